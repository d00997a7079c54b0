package httpd

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/clientele/clientele"
)

// lookEvery is how often the files of a certificate are looked at for newer ones.
const lookEvery = 10 * time.Second

// keyPair is a certificate that follows its files, so that one that is renewed is used
// without a restart.
type keyPair struct {
	cert, key string
	every     time.Duration
	log       *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]time.Time // when the files were changed that pair is of
	looked time.Time
}

// certificate speaks https by a certificate and its key. CodeInvalid if they cannot be
// read, or do not belong together.
func certificate(cert, key string, log *slog.Logger) (*tls.Config, error) {
	k := &keyPair{cert: cert, key: key, every: lookEvery, log: log}
	if err := k.load(); err != nil {
		return nil, clientele.Errorf(clientele.CodeInvalid, "the certificate cannot be used").
			WithHint("See that --tls-cert and --tls-key name PEM files that belong together and that this user can read.").Because(err)
	}
	return k.config(), nil
}

func (k *keyPair) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.current(), nil },
	}
}

// current is the pair of the files as they are. Files that cannot be used leave the pair
// that there is: half of a renewal is none.
func (k *keyPair) current() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.looked) < k.every {
		return k.pair
	}
	k.looked = time.Now()
	if stamp, err := k.changed(); err == nil && stamp == k.stamp {
		return k.pair
	}
	if err := k.load(); err != nil {
		k.log.Warn("the new certificate cannot be used; the one before it stays", "error", err)
	} else {
		k.log.Info("the certificate was read anew", "expires", k.pair.Leaf.NotAfter)
	}
	return k.pair
}

func (k *keyPair) load() error {
	stamp, err := k.changed()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err != nil {
		return err
	}
	k.pair, k.stamp, k.looked = &pair, stamp, time.Now()
	return nil
}

func (k *keyPair) changed() (stamp [2]time.Time, err error) {
	for i, path := range []string{k.cert, k.key} {
		info, err := os.Stat(path)
		if err != nil {
			return stamp, err
		}
		stamp[i] = info.ModTime()
	}
	return stamp, nil
}
