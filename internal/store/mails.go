package store

import (
	"context"
	"encoding/json"
	"time"
)

// MailState is where a mail stands.
type MailState string

// The states of a mail. Sent and refused are final; what is unsure is for people to decide.
const (
	MailWaiting MailState = "waiting" // to be sent when it is due
	MailSending MailState = "sending" // handed to the mail server, which has not answered yet
	MailSent    MailState = "sent"    // the mail server has taken it over
	MailRefused MailState = "refused" // not sent, and never will be
	MailUnsure  MailState = "unsure"  // the mail server may have it: the connection, or this program, ended before the answer
)

// KeptMail is a mail as it is kept.
type KeptMail struct {
	Number   int64 // in the order in which they came, from 1; AddMail gives it
	Key      string
	Kind     string
	Address  string // lower case
	Customer string // whose address it is; "" of somebody of the company
	Digest   bool   // goes out with others to the address
	State    MailState
	Parcel   string // Message-ID of what it goes, or went, out with; "" before the first try
	StopHash string // of the secret that ends mail to the address; "" is none
	Attempts int
	Due      time.Time
	Created  time.Time
	Ended    *time.Time // null until then
	Reason   string     // of the last try that did not succeed
	Body     json.RawMessage
}

// MailStop is an address that is not written to.
type MailStop struct {
	Address  string
	Customer string // as of KeptMail
	Bounced  bool   // a mail server refused it; else whoever reads there asked for it
	Says     string // of the mail server
	At       time.Time
}

// MailCount is how many mails stand in a state, and since when the oldest.
type MailCount struct {
	State  MailState
	Count  int64
	Oldest time.Time
}

// Mails keeps what is to be told by mail. Where a method names one thing, it is CodeNotFound
// if there is none.
type Mails interface {
	// AddMail keeps a mail, unless there is one of its key.
	AddMail(ctx context.Context, m KeptMail) (added bool, err error)
	// NextMails returns the mail that has been due longest, with those that go out with it:
	// those of its parcel, or of a digest those that wait for the same address, up to a limit.
	NextMails(ctx context.Context, now time.Time, limit int) ([]KeptMail, error)
	// SaveMail keeps what a mail has become: all but number, key, kind, address, customer, digest and created.
	SaveMail(ctx context.Context, m KeptMail) error
	Mail(ctx context.Context, number int64) (KeptMail, error)
	MailByKey(ctx context.Context, key string) (KeptMail, error)
	MailByStop(ctx context.Context, hash string) (KeptMail, error)
	// Mails returns those below a number, the latest first; 0 is the end.
	Mails(ctx context.Context, below int64, limit int) ([]KeptMail, error)
	CountMails(ctx context.Context) ([]MailCount, error)
	// InterruptMails makes unsure what was being sent, and says how many.
	InterruptMails(ctx context.Context, reason string) (int64, error)
	// ForgetMails removes mails that ended before a time.
	ForgetMails(ctx context.Context, before time.Time) (int64, error)

	// StopMail keeps that an address is not written to, in place of what was kept of it.
	StopMail(ctx context.Context, s MailStop) error
	// MailStopOf returns why an address is not written to; ok is false if it is.
	MailStopOf(ctx context.Context, address string) (s MailStop, ok bool, err error)
	MailStops(ctx context.Context) ([]MailStop, error)
	ClearMailStop(ctx context.Context, address string) error

	// EraseMailsOf removes a customer's mails and stops, and says how many.
	EraseMailsOf(ctx context.Context, customer string) (int64, error)
}
