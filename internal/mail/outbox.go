package mail

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Sendable is a mail as administrators see it: what became of it, and not what it says.
type Sendable struct {
	Number   int64           `json:"number"`
	Kind     Kind            `json:"kind"`
	Address  string          `json:"address"` // of somebody of the company; "" of a customer
	State    store.MailState `json:"state"`
	Attempts int             `json:"attempts"`
	Created  time.Time       `json:"created"`
	Due      time.Time       `json:"due"`    // the next try, while it waits
	Ended    *time.Time      `json:"ended"`  // null until then
	Reason   string          `json:"reason"` // of the last try that did not succeed; "" is none
}

// Stop is an address that is not written to.
type Stop struct {
	ID      string    `json:"id"`      // hash of the address
	Address string    `json:"address"` // of somebody of the company; "" of a customer
	Bounced bool      `json:"bounced"` // a mail server refused it; else whoever reads there asked for it
	Says    string    `json:"says"`    // of the mail server
	At      time.Time `json:"at"`
}

// Outbox is the state of a book's mail.
type Outbox struct {
	SetUp  bool                      `json:"set_up"`
	Server string                    `json:"server"` // "" if there is none
	From   string                    `json:"from"`
	Counts map[store.MailState]int64 `json:"counts"`
	Oldest *time.Time                `json:"oldest"` // since when the oldest waits; null if none does
	Mails  []Sendable                `json:"mails"`  // the latest first
	Stops  []Stop                    `json:"stops"`  // the latest first
}

// Outbox returns the state of mail, with the mails below a number, the latest first; 0 is the end.
func (s *Service) Outbox(ctx context.Context, below int64, limit int) (o Outbox, err error) {
	o = Outbox{SetUp: s.SetUp(), Counts: map[store.MailState]int64{}, Mails: []Sendable{}, Stops: []Stop{}}
	if o.SetUp {
		o.Server, o.From = s.Settings.Host, s.Settings.From
	}
	counts, err := s.Store.CountMails(ctx)
	if err != nil {
		return o, err
	}
	for _, c := range counts {
		o.Counts[c.State] = c.Count
		if c.State == store.MailWaiting {
			o.Oldest = &c.Oldest
		}
	}
	mails, err := s.Store.Mails(ctx, below, limit)
	if err != nil {
		return o, err
	}
	for _, m := range mails {
		o.Mails = append(o.Mails, seen(m))
	}
	stops, err := s.Store.MailStops(ctx)
	for _, x := range stops {
		o.Stops = append(o.Stops, Stop{hashOf(x.Address), addressFor(x.Address, x.Customer), x.Bounced, x.Says, x.At})
	}
	return o, err
}

func seen(m store.KeptMail) Sendable {
	return Sendable{m.Number, Kind(m.Kind), addressFor(m.Address, m.Customer), m.State, m.Attempts, m.Created, m.Due, m.Ended, m.Reason}
}

// addressFor is an address as administrators see it, who do not thereby see who is a customer.
func addressFor(address, customer string) string {
	if customer != "" {
		return ""
	}
	return address
}

// Of returns what became of the mail of a key. CodeNotFound if there is none, or it was forgotten.
func (s *Service) Of(ctx context.Context, key string) (Sendable, error) {
	m, err := s.Store.MailByKey(ctx, key)
	return seen(m), err
}

// Try sends a mail to an address, so that somebody sees whether it arrives. CodeConflict if mail
// is not set up.
func (s *Service) Try(ctx context.Context, address string) error {
	if !s.SetUp() {
		return clientele.Errorf(clientele.CodeConflict, "mail is not set up").
			WithHint("Name a mail server in the section [mail] of book.toml, and start the program again.")
	}
	return s.Store.Atomically(ctx, func(ctx context.Context) error {
		queued, err := s.Enqueue(ctx, Letter{
			Key: "test/" + rand.Text(), Kind: Trial, Address: address, Subject: "Mail from " + s.Company + " arrives",
			Lines: []string{"Somebody asked for this mail to see whether it arrives. It does."},
		})
		if err == nil && !queued {
			err = clientele.Errorf(clientele.CodeConflict, "the address bounced before").WithHint("Clear it first.")
		}
		if err != nil {
			return err
		}
		return s.Audit.Record(ctx, "mail.tried", "mail", nil, nil)
	})
}

// Clear lets the address of a stop be written to again. CodeNotFound if it is.
func (s *Service) Clear(ctx context.Context, id string) error {
	return s.Store.Atomically(ctx, func(ctx context.Context) error {
		stops, err := s.Store.MailStops(ctx)
		if err != nil {
			return err
		}
		address := ""
		for _, x := range stops {
			if hashOf(x.Address) == id {
				address = x.Address
			}
		}
		if err := s.Store.ClearMailStop(ctx, address); err != nil {
			return err
		}
		return s.Audit.Record(ctx, "mail.cleared", "mail", nil, nil)
	})
}

// Decide ends a mail that may have arrived, or has it sent again. CodeConflict if nothing is
// to be decided about it.
func (s *Service) Decide(ctx context.Context, number int64, again bool) error {
	return s.Store.Atomically(ctx, func(ctx context.Context) error {
		m, err := s.Store.Mail(ctx, number)
		if err != nil {
			return err
		}
		if m.State != store.MailUnsure {
			return clientele.Errorf(clientele.CodeConflict, "the mail is %s", m.State).WithHint("Only one that may have arrived is decided about.")
		}
		if again {
			m.State, m.Due = store.MailWaiting, s.Now()
		} else {
			now := s.Now()
			m.State, m.Ended, m.Body = store.MailSent, &now, nil
		}
		if err := s.Store.SaveMail(ctx, m); err != nil {
			return err
		}
		return s.Audit.Record(ctx, "mail.decided", "mail", nil, map[string]bool{"again": again})
	})
}

// Stop keeps that whoever reads there wants no more mail, by the secret of one that they got.
// CodeForbidden if it is none.
func (s *Service) Stop(ctx context.Context, secret string) error {
	m, err := s.Store.MailByStop(ctx, hashOf(secret))
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return clientele.Errorf(clientele.CodeForbidden, "this link is too old").WithHint("Use the link of a later mail, or answer it.")
	}
	if err != nil {
		return err
	}
	return s.Store.Atomically(ctx, func(ctx context.Context) error {
		if _, stopped, err := s.Store.MailStopOf(ctx, m.Address); stopped || err != nil {
			return err
		}
		if err := s.Store.StopMail(ctx, store.MailStop{Address: m.Address, Customer: m.Customer, At: s.Now()}); err != nil {
			return err
		}
		return s.Audit.Record(ctx, "mail.stopped", "mail", nil, nil)
	})
}
