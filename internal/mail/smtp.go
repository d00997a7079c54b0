package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/clientele/clientele/internal/config"
)

// answerWithin is how long a mail server may take for one answer.
const answerWithin = 60 * time.Second

// fate is what became of a try to send a mail.
type fate int

const (
	taken   fate = iota // the mail server has it
	later               // it refused for now, or was not told the whole
	bounced             // it refused for good
	unsure              // it was told the whole, and did not answer
)

// wire is a connection to the mail server, which is made when it is needed first.
type wire struct {
	client *gomail.Client
	open   *smtp.Client // nil while there is none
}

func (s *Service) wire() (*wire, error) {
	c := s.Settings
	options := []gomail.Option{
		gomail.WithPort(c.Port), gomail.WithTimeout(answerWithin), gomail.WithHELO(s.domain()), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: c.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch c.TLS {
	case config.StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case config.TLS:
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	client, err := gomail.NewClient(c.Host, options...)
	return &wire{client: client}, err
}

// dial sees to it that there is a connection.
func (w *wire) dial(ctx context.Context) (err error) {
	if w.open == nil {
		w.open, err = w.client.DialToSMTPClientWithContext(ctx)
	}
	return err
}

// close ends the connection, if there is one.
func (w *wire) close() {
	if w.open != nil {
		_ = w.client.CloseWithSMTPClient(w.open) // what was taken is taken
		w.open = nil
	}
}

// send hands a mail over, and says what became of it and why.
func (w *wire) send(m *gomail.Msg) (fate, string) {
	err := w.client.SendWithSMTPClient(w.open, m)
	f, why := fateOf(m.IsDelivered(), err)
	if err != nil {
		w.close() // the next mail begins anew
	}
	return f, why
}

// fateOf reads the library's error. Before the end of the text has been sent a mail server
// cannot have taken the mail; after it, only its answer tells.
func fateOf(delivered bool, err error) (fate, string) {
	e := (*gomail.SendError)(nil)
	switch {
	case delivered || err == nil:
		return taken, ""
	case !errors.As(err, &e):
		return later, said(err)
	case e.Reason == gomail.ErrSMTPDataClose && e.ErrorCode() == 0:
		return unsure, "the mail server was told everything, and the connection ended before it answered"
	case e.ErrorCode() >= 500 && (e.Reason == gomail.ErrSMTPRcptTo || e.Reason == gomail.ErrSMTPData || e.Reason == gomail.ErrSMTPDataClose):
		return bounced, said(err)
	}
	return later, said(err) // a sender that is refused is the company's to mend, not the address's
}

// said is what the mail server answered, without what the library adds.
func said(err error) string {
	text, _, _ := strings.Cut(err.Error(), ", affected")
	return CleanText(text, 300)
}
