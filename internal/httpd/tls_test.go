package httpd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clientele/clientele"
)

// writePair writes a certificate for this machine and its key.
func writePair(t *testing.T, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// get asks by https, and returns what was agreed on and the headers of the answer.
func get(t *testing.T, address string, config *tls.Config) (tls.ConnectionState, http.Header, error) {
	t.Helper()
	config.InsecureSkipVerify = true // the certificate is looked at below
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get("https://" + address + "/")
	if err != nil {
		return tls.ConnectionState{}, nil, err
	}
	defer answer.Body.Close()
	return *answer.TLS, answer.Header, nil
}

func TestHttpsByFiles(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "first")
	front, err := Door{Listen: "127.0.0.1:0", Cert: cert, Key: key}.Open(discard)
	if err != nil {
		t.Fatal(err)
	}
	address := run(t, front, ok, Options{Front: front})
	agreed, header, err := get(t, address, &tls.Config{})
	if err != nil || agreed.NegotiatedProtocol != "h2" || agreed.Version != tls.VersionTLS13 || agreed.PeerCertificates[0].Subject.CommonName != "first" {
		t.Fatal(agreed, err)
	}
	if header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to keep to https")
	}
	if _, _, err := get(t, address, &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if got := send(t, address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); got != "HTTP/1.0 400 Bad Request" {
		t.Errorf("http is answered: %s", got)
	}
	if front.URL() != "https://"+address {
		t.Errorf("reached at %s", front.URL())
	}
}

func TestARenewedCertificateIsUsed(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, key, "first")
	k := &keyPair{cert: cert, key: key, log: discard}
	if err := k.load(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change func()
		want   string
	}{
		{func() {}, "first"},
		{func() { writePair(t, cert, key, "second") }, "second"},
		{func() { writePair(t, cert, filepath.Join(dir, "other.pem"), "third") }, "second"}, // its key is not there yet
		{func() { _ = os.Remove(key) }, "second"},
		{func() { writePair(t, cert, key, "fourth") }, "fourth"},
	} {
		time.Sleep(5 * time.Millisecond) // a file's time has to differ
		c.change()
		if got := k.current().Leaf.Subject.CommonName; got != c.want {
			t.Errorf("%s is used, want %s", got, c.want)
		}
	}
}

func TestCertificatesThatCannotBeUsedAreNamedAtTheStart(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, cert, filepath.Join(dir, "other.pem"), "a")
	writePair(t, filepath.Join(dir, "other-cert.pem"), key, "b")
	for _, file := range []string{key, filepath.Join(dir, "none.pem"), cert} {
		if _, err := (Door{Listen: "127.0.0.1:0", Cert: cert, Key: file}).Open(discard); clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "" {
			t.Errorf("%s: %v", file, err)
		}
	}
}
