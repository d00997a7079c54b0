// Package mail tells people by mail what the program has to tell them. What is to be told is
// kept in the transaction of the change that it tells of, and sent later by a job: so a mail
// goes out if, and only if, the change is there.
//
// Rules: what has a key is told once. A mail server that refuses for now is asked again after
// growing waits; one that refuses for good is not, and the address is not written to again
// until somebody clears it. Where the connection ended after the whole mail was handed over,
// nobody knows whether it arrived: it is not sent again until somebody decides so. Texts, and
// the secrets in their links, are removed once a mail has ended. The log names no address.
package mail

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/store"
)

// JobKind is the kind of job that sends mail.
const JobKind = "mail"

// StopPage is where whoever reads a mail says that they want no more.
const StopPage = "/mail/stop"

// How long things last.
const (
	DigestFor = time.Hour           // several notices to one address within it are one mail
	KeptFor   = 90 * 24 * time.Hour // what became of a mail, and the link by which it is stopped
)

// Kind is what a mail is.
type Kind string

// The kinds of mail. Those that somebody asked for on the spot have no way to be stopped.
const (
	Notice     Kind = "notice"     // to somebody of the company: there is something to do
	Question   Kind = "question"   // to a customer
	Invitation Kind = "invitation" // to somebody who gets an account
	Trial      Kind = "test"       // to see whether mail arrives
)

func (k Kind) stoppable() bool { return k != Invitation && k != Trial }

// Link is where a mail leads.
type Link struct {
	Says string `json:"says"` // such as "Open the case"
	Path string `json:"path"` // of a page, from the slash on; where pages are reached is added when it is sent
}

// Letter is one thing to tell, in plain text.
type Letter struct {
	Key      string // of what is told, such as case/7/opened: it is told once, whatever is asked for
	Kind     Kind
	Address  string
	Name     string // of whoever reads there; "" is not known
	Customer string // id of the customer whose address it is, by which it is erased; "" of somebody of the company
	Subject  string
	Lines    []string // paragraphs
	Link     *Link    // nil is none
	Digest   bool     // may wait up to DigestFor, to go out with others to the address
}

// text is what is kept of a letter until it has ended.
type text struct {
	Name    string   `json:"name"`
	Subject string   `json:"subject"`
	Lines   []string `json:"lines"`
	Link    *Link    `json:"link"`
}

// Store is what mail asks of the operational records.
type Store interface {
	store.Mails
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
}

// Parts are what the service works with.
type Parts struct {
	Store    Store
	Jobs     *job.Queue
	Audit    *audit.Log
	Company  string
	Settings *config.Mail     // nil: mail is not set up
	Roots    *x509.CertPool   // that vouch for mail servers; nil: those that this machine trusts
	Now      func() time.Time // nil: the clock
	Log      *slog.Logger     // nil: nowhere
}

// Service sends a book's mail. Its methods may be called from several goroutines.
type Service struct {
	Parts
	mu     sync.Mutex
	origin string    // how browsers reach the pages, without a slash at the end
	quiet  time.Time // until then the mail server is left alone
}

// New makes the service.
func New(p Parts) *Service {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Parts: p}
}

// SetUp reports whether there is a mail server to send by.
func (s *Service) SetUp() bool { return s.Settings != nil }

// SetOrigin says how browsers reach the pages, which links in mails begin with.
func (s *Service) SetOrigin(origin string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.origin = strings.TrimSuffix(origin, "/")
}

// SetLog says where it is told what was sent.
func (s *Service) SetLog(log *slog.Logger) { s.Log = log }

// Enqueue keeps a letter to be sent, in the transaction of ctx. queued is false, and nothing
// is kept, if mail is not set up or there is a letter of its key already. To an address that is
// not written to it is kept as refused. CodeInvalid if the address is none.
func (s *Service) Enqueue(ctx context.Context, l Letter) (queued bool, err error) {
	address, err := CleanAddress(l.Address)
	if err != nil || !s.SetUp() {
		return false, err
	}
	now := s.Now().UTC().Truncate(time.Millisecond)
	m := store.KeptMail{
		Key: l.Key, Kind: string(l.Kind), Address: address, Customer: l.Customer, Digest: l.Digest, State: store.MailWaiting, Due: now, Created: now,
	}
	if l.Digest {
		m.Due = now.Add(DigestFor)
	}
	if m.Body, err = json.Marshal(l.clean()); err != nil {
		return false, clientele.Errorf(clientele.CodeInternal, "a mail cannot be kept").Because(err)
	}
	err = s.Store.Atomically(ctx, func(ctx context.Context) error {
		why, stopped, err := s.stopped(ctx, m)
		if err != nil {
			return err
		}
		if stopped {
			m.State, m.Reason, m.Ended, m.Body = store.MailRefused, why, &now, nil
		}
		queued, err = s.Store.AddMail(ctx, m)
		return err
	})
	return queued && m.State == store.MailWaiting, err
}

// stopped says why a mail is not sent to its address.
func (s *Service) stopped(ctx context.Context, m store.KeptMail) (why string, stopped bool, err error) {
	stop, ok, err := s.Store.MailStopOf(ctx, m.Address)
	switch {
	case err != nil || !ok:
		return "", false, err
	case stop.Bounced:
		return "the address bounced before: " + stop.Says, true, nil
	}
	return "whoever reads there wants no mail", Kind(m.Kind).stoppable(), nil
}

const (
	longestSubject = 150  // runes
	longestLine    = 2000 // runes
	mostLines      = 20
)

// clean is the letter's text as it may stand in a mail: without anything that could end a line
// of a header, and of a length that people read.
func (l Letter) clean() text {
	t := text{Name: CleanText(l.Name, longestSubject), Subject: CleanText(l.Subject, longestSubject), Link: l.Link}
	for _, line := range l.Lines[:min(len(l.Lines), mostLines)] {
		t.Lines = append(t.Lines, CleanText(line, longestLine))
	}
	return t
}

// CleanText makes a text one line without control characters, of at most so many runes.
func CleanText(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes)
}

// CleanAddress is an address in lower case. CodeInvalid if it is none.
func CleanAddress(address string) (string, error) {
	clean := strings.ToLower(strings.TrimSpace(address))
	parsed, err := netmail.ParseAddress(clean)
	if err != nil || parsed.Address != clean || len(clean) > 254 || strings.ContainsFunc(clean, func(r rune) bool { return !unicode.IsPrint(r) || r > unicode.MaxASCII }) {
		e := clientele.Errorf(clientele.CodeInvalid, "this is no email address, such as ada@example.com")
		e.At.Column = "email"
		return "", e
	}
	return clean, nil
}
