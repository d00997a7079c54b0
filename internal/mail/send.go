package mail

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/clientele/clientele/internal/store"
)

const (
	look       = 5 * time.Second // how often it is looked whether mail is due
	leaveAlone = time.Minute     // for how long a mail server that cannot be reached is
	mostInOne  = 50              // notices of a digest
)

// waits are those after a try that did not succeed; after the last the mail is given up.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// interrupted is why a mail is unsure that was on its way when the program ended.
const interrupted = "the program ended before the mail server answered"

// Resume sets right what an earlier process left: what it was sending may have arrived.
func (s *Service) Resume(ctx context.Context) error {
	_, err := s.Store.InterruptMails(ctx, interrupted)
	return err
}

// Run has mail sent when it is due, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	if !s.SetUp() {
		return nil
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := s.askFor(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "mail cannot be sent now", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// askFor adds a job if something is due.
func (s *Service) askFor(ctx context.Context) error {
	due, err := s.due(ctx)
	if err != nil || len(due) == 0 {
		return err
	}
	_, err = s.Jobs.Add(ctx, JobKind, "send", struct{}{})
	return err
}

func (s *Service) due(ctx context.Context) ([]store.KeptMail, error) {
	s.mu.Lock()
	quiet := s.Now().Before(s.quiet)
	s.mu.Unlock()
	if quiet {
		return nil, nil
	}
	return s.Store.NextMails(ctx, s.Now(), mostInOne)
}

// Sent is what a run of the job did.
type Sent struct {
	Sent    int `json:"sent"`
	Refused int `json:"refused"` // and will not be sent
	Later   int `json:"later"`   // to be tried again
	Unsure  int `json:"unsure"`
}

// Send is the job.Handler of JobKind: it sends what is due. It may be run again: what is on
// its way is marked before it is handed over.
func (s *Service) Send(ctx context.Context, _ json.RawMessage, report func(store.JobProgress)) (any, error) {
	var did Sent
	if !s.SetUp() {
		return did, nil
	}
	w, err := s.wire()
	if err != nil {
		return did, err
	}
	defer w.close()
	for ctx.Err() == nil {
		due, err := s.due(ctx)
		if err != nil {
			return did, err
		}
		if len(due) == 0 {
			break
		}
		report(store.JobProgress{Step: "sending mail", Fraction: -1, Rows: int64(did.Sent)})
		if err := s.sendOne(ctx, w, due, &did); err != nil {
			return did, err
		}
	}
	if err := ctx.Err(); err != nil {
		return did, err
	}
	_, err = s.Store.ForgetMails(ctx, s.Now().Add(-KeptFor))
	return did, err
}

// sendOne sends letters to one address as one mail.
func (s *Service) sendOne(ctx context.Context, w *wire, mails []store.KeptMail, did *Sent) error {
	why, stopped, err := s.stopped(ctx, mails[0])
	if err != nil {
		return err
	}
	if stopped {
		did.Refused++
		return s.end(ctx, mails, store.MailRefused, why)
	}
	if err := w.dial(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.mu.Lock()
		s.quiet = s.Now().Add(leaveAlone)
		s.mu.Unlock()
		return s.again(ctx, mails, said(err), did)
	}
	secret, err := s.begin(ctx, mails)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // what has been handed over is told
	text, err := s.write(mails, mails[0].Parcel, secret)
	if err != nil {
		return err
	}
	m, err := s.message(text)
	if err != nil {
		did.Refused++
		return s.end(ctx, mails, store.MailRefused, said(err))
	}
	outcome, why := w.send(m)
	why = strings.ReplaceAll(why, mails[0].Address, "the address") // which is shown to those who may see it alone
	return s.settle(ctx, mails, outcome, why, did)
}

// begin marks letters as on their way, under one Message-ID, whichever try it is.
func (s *Service) begin(ctx context.Context, mails []store.KeptMail) (secret string, err error) {
	parcel := mails[0].Parcel
	if parcel == "" {
		parcel = "<" + strings.ToLower(rand.Text()) + "@" + s.domain() + ">"
	}
	secret, hash := newSecret()
	return secret, s.save(ctx, mails, func(m *store.KeptMail) {
		m.State, m.Parcel, m.StopHash = store.MailSending, parcel, ""
		if Kind(m.Kind).stoppable() {
			m.StopHash = hash
		}
		m.Attempts++
	})
}

func newSecret() (secret, hash string) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the program instead
	secret = base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, hashOf(secret)
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// settle keeps what became of letters.
func (s *Service) settle(ctx context.Context, mails []store.KeptMail, f fate, why string, did *Sent) error {
	s.Log.InfoContext(ctx, "mail tried", "parcel", mails[0].Parcel, "letters", len(mails), "outcome", [...]string{"sent", "later", "bounced", "unsure"}[f])
	switch f {
	case taken:
		did.Sent++
		return s.end(ctx, mails, store.MailSent, "")
	case unsure:
		did.Unsure++
		return s.save(ctx, mails, func(m *store.KeptMail) { m.State, m.Reason = store.MailUnsure, why })
	case bounced:
		did.Refused++
		return s.Store.Atomically(ctx, func(ctx context.Context) error {
			stop := store.MailStop{Address: mails[0].Address, Customer: mails[0].Customer, Bounced: true, Says: why, At: s.Now()}
			if err := s.Store.StopMail(ctx, stop); err != nil {
				return err
			}
			return s.end(ctx, mails, store.MailRefused, why)
		})
	}
	return s.again(ctx, mails, why, did)
}

// again has letters tried later, or gives them up.
func (s *Service) again(ctx context.Context, mails []store.KeptMail, why string, did *Sent) error {
	tries := mails[0].Attempts
	if mails[0].State == store.MailWaiting { // the server was not reached: nothing was begun
		tries++
	}
	if tries > len(waits) {
		did.Refused++
		return s.end(ctx, mails, store.MailRefused, "given up: "+why)
	}
	did.Later++
	due := s.Now().Add(waits[tries-1])
	return s.save(ctx, mails, func(m *store.KeptMail) {
		m.State, m.Reason, m.Due, m.Attempts = store.MailWaiting, why, due, tries
	})
}

// end keeps that letters have ended, without their texts.
func (s *Service) end(ctx context.Context, mails []store.KeptMail, state store.MailState, why string) error {
	now := s.Now()
	return s.save(ctx, mails, func(m *store.KeptMail) { m.State, m.Reason, m.Ended, m.Body = state, why, &now, nil })
}

// save changes letters in one transaction, and in mails.
func (s *Service) save(ctx context.Context, mails []store.KeptMail, change func(*store.KeptMail)) error {
	return s.Store.Atomically(ctx, func(ctx context.Context) error {
		for i := range mails {
			change(&mails[i])
			if err := s.Store.SaveMail(ctx, mails[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
