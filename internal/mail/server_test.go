package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
)

// server is a mail server that runs as a process of its own.
type server struct {
	settings config.Mail
	mails    *bufio.Reader
}

// arrived is a mail that the server took.
type arrived struct {
	From, To, Text string
	TLS            bool
	User           string
}

var build struct {
	sync.Once
	program string
	said    []byte
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if build.program != "" {
		_ = os.RemoveAll(filepath.Dir(build.program))
	}
	os.Exit(code)
}

// startServer runs a mail server with arguments, and returns how it is reached.
func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	build.Do(func() {
		dir, err := os.MkdirTemp("", "smtptest")
		build.program, build.err = filepath.Join(dir, "smtptest"), err
		if err == nil {
			build.said, build.err = exec.Command("go", "build", "-o", build.program, "./smtptest").CombinedOutput()
		}
	})
	if build.err != nil {
		t.Fatalf("%v %s", build.err, build.said)
	}
	s := &server{settings: config.Mail{From: "Acme <clientele@example.com>", TLS: config.NoTLS}}
	run := exec.CommandContext(t.Context(), build.program, args...)
	stdin, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	s.mails = bufio.NewReader(stdout)
	t.Cleanup(func() {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, s.mails)
		_ = run.Wait()
	})
	address, err := s.mails.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(strings.TrimSpace(address))
	if err != nil {
		t.Fatal(err)
	}
	s.settings.Host = host
	s.settings.Port, err = strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// next is the next mail that the server took, with its headers read.
func (s *server) next(t *testing.T) (arrived, *netmail.Message) {
	t.Helper()
	line, err := s.mails.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var a arrived
	if err := json.Unmarshal(line, &a); err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(strings.NewReader(a.Text))
	if err != nil {
		t.Fatal(err)
	}
	return a, m
}

// certificate writes one for this machine that nobody else vouches for.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return cert, key, roots
}

// world is a service over a store, with a clock that tests turn.
type world struct {
	*Service
	t   *testing.T
	now time.Time
}

func serviceOn(t *testing.T, settings *config.Mail, roots *x509.CertPool) *world {
	t.Helper()
	kept, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "operations.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	w.Service = New(Parts{
		Store: kept, Jobs: job.NewQueue(kept), Audit: audit.New(kept, nil), Company: "Acme", Settings: settings, Roots: roots, Now: func() time.Time { return w.now },
	})
	w.SetOrigin("https://clientele.example.com/")
	return w
}

// enqueue keeps a letter, and fails unless it is queued.
func (w *world) enqueue(l Letter) {
	w.t.Helper()
	if queued, err := w.Enqueue(w.t.Context(), l); err != nil || !queued {
		w.t.Fatalf("queued %v, %v", queued, err)
	}
}

// send runs the job once.
func (w *world) send() Sent {
	w.t.Helper()
	did, err := w.Send(w.t.Context(), nil, func(store.JobProgress) {})
	if err != nil {
		w.t.Fatal(err)
	}
	return did.(Sent)
}

// state is where the mail of a key stands.
func (w *world) state(key string) Sendable {
	w.t.Helper()
	m, err := w.Of(context.Background(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}
