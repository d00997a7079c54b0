// Command smtptest is a mail server for tests: a process of its own, by a library that is not
// the one under test. It writes its address to standard output and then every mail that it
// took, one JSON text a line; what it does with a mail is told by the name before the @ of
// whom it is to. It ends with its standard input.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// taken is a mail that the server took.
type taken struct {
	From, To, Text string
	TLS            bool
	User           string
}

// server counts the tries of each address.
type server struct {
	mu    sync.Mutex
	tries map[string]int
	out   *json.Encoder
	user  string // who may send; "" is everybody
	pass  string
}

func (s *server) tried(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries[to]++
	return s.tries[to]
}

// session is one connection.
type session struct {
	*server
	conn *smtp.Conn
	mail taken
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != s.user || pass != s.pass {
			return smtp.ErrAuthFailed
		}
		s.mail.User = user
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.user != "" && s.mail.User == "" {
		return smtp.ErrAuthRequired
	}
	s.mail.From = from
	return nil
}

// Rcpt implements smtp.Session: later2@ is refused for now twice, never@ for good, and at cut1@
// the connection ends once.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = to
	name, _, _ := strings.Cut(to, "@")
	if n, ok := strings.CutPrefix(name, "later"); ok {
		times, err := strconv.Atoi(n)
		if err == nil && s.tried(to) <= times {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
		}
	}
	if name == "cut1" && s.tried(to) == 1 {
		s.drop()
		return io.ErrUnexpectedEOF
	}
	if strings.HasPrefix(name, "never") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	}
	return nil
}

// Data implements smtp.Session: unwanted@ is refused for good once it is read; at silent1@ the
// connection ends once before that is answered.
func (s *session) Data(r io.Reader) error {
	name, _, _ := strings.Cut(s.mail.To, "@")
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if name == "unwanted" {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Unwanted"}
	}
	_, s.mail.TLS = s.conn.TLSConnectionState()
	s.mail.Text = string(text)
	s.mu.Lock()
	err = s.out.Encode(s.mail)
	s.mu.Unlock()
	if name == "silent1" && s.tried(s.mail.To) == 1 {
		s.drop()
	}
	return err
}

// drop ends the connection at once, as a network does.
func (s *session) drop() {
	if c, ok := s.conn.Conn().(*net.TCPConn); ok {
		_ = c.SetLinger(0) // what is not sent yet is not
	}
	_ = s.conn.Conn().Close()
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.mail = taken{User: s.mail.User} }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	user := flag.String("user", "", "who may send; nobody else may")
	pass := flag.String("password", "", "of the user")
	cert := flag.String("cert", "", "PEM file of the certificate")
	key := flag.String("key", "", "PEM file of its key")
	fromStart := flag.Bool("tls", false, "encrypt from the start")
	flag.Parse()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	all := &server{tries: map[string]int{}, out: json.NewEncoder(os.Stdout), user: *user, pass: *pass}
	smtpd := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: all, conn: c}, nil }))
	smtpd.Domain = "localhost"
	smtpd.ErrorLog = silent{}
	if *cert != "" {
		pair, err := tls.LoadX509KeyPair(*cert, *key)
		if err != nil {
			return err
		}
		smtpd.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until whoever started it is gone
		os.Exit(0)
	}()
	fmt.Println(l.Addr())
	if *fromStart {
		l = tls.NewListener(l, smtpd.TLSConfig)
	}
	return smtpd.Serve(l)
}

// silent is a log that nobody reads: connections that end early are what is tested.
type silent struct{}

// Printf implements smtp.Logger.
func (silent) Printf(string, ...any) {}

// Println implements smtp.Logger.
func (silent) Println(...any) {}
