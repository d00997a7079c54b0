package cases

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// Take says that somebody works on a case. CodeConflict if it is settled or closed, CodeStale if
// version is not the one at hand.
func (s *Service) Take(ctx context.Context, number, version int64) (Case, error) {
	return s.change(ctx, number, version, "taken", "", func(_ context.Context, k *store.KeptCase) error {
		if k.State != Open {
			return clientele.Errorf(clientele.CodeConflict, "the case is %s already", k.State)
		}
		now := s.moment()
		k.State, k.Taken = Taken, &now
		return nil
	})
}

// Note keeps what somebody has to say of a case.
func (s *Service) Note(ctx context.Context, number, version int64, text string) (Case, error) {
	clean, err := cleanText("note", text)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, number, version, "noted", clean, func(context.Context, *store.KeptCase) error { return nil })
}

// Asked is how a customer is asked whether a case is settled.
type Asked struct {
	Link   string `json:"link"`   // path and secret of the page that takes the answer; shown once
	Mailed bool   `json:"mailed"` // it is sent to the customer
}

// Settle says what was done, and asks the customer: by mail if there is an address, otherwise
// by the link that is returned. Errors are those of Take, and CodeInvalid if nothing is said or
// the address is none.
func (s *Service) Settle(ctx context.Context, number, version int64, done, address string) (c Case, a Asked, err error) {
	clean, err := cleanText("what was done", done)
	if err != nil {
		return c, a, err
	}
	c, err = s.change(ctx, number, version, "settled", clean, func(ctx context.Context, k *store.KeptCase) error {
		if k.State != Open && k.State != Taken {
			return clientele.Errorf(clientele.CodeConflict, "the case is %s already", k.State)
		}
		now, secret := s.moment(), newSecret()
		k.State, k.Settled, k.Settlement, k.Answer, k.AnswerText, k.AskedByMail = Settled, &now, clean, "", "", ""
		k.Due, k.AnswerHash = now.Add(AnswerFor), hashOf(secret)
		a.Link = AnswerPage + "?" + url.Values{"secret": {secret}}.Encode()
		if strings.TrimSpace(address) == "" {
			return nil
		}
		return s.ask(ctx, k, address, &a)
	})
	return c, a, err
}

// ask has the question mailed.
func (s *Service) ask(ctx context.Context, k *store.KeptCase, address string, a *Asked) (err error) {
	day, err := s.happenedOn(ctx, *k)
	if err != nil {
		return err
	}
	k.AskedByMail = fmt.Sprintf("case/%d/%d/question", k.Number, k.Version)
	a.Mailed, err = s.Mail.Enqueue(ctx, mail.Letter{
		Key: k.AskedByMail, Kind: mail.Question, Address: address, Customer: k.Customer, Subject: "Is it settled? A question from " + s.Company,
		Lines: []string{
			"On " + day.Time().Format("2 January 2006") + " something did not go as it should at " + k.TouchpointName + ". We have looked after it.",
			"Is it settled for you? Two clicks are enough, and what you write is read by whoever answers for it. The link holds until " + k.Due.In(s.Zone).Format("2 January 2006") + ".",
		},
		Link: &mail.Link{Says: "Say whether it is settled", Path: a.Link},
	})
	if !a.Mailed {
		k.AskedByMail = ""
	}
	return err
}

// Question is what a customer is asked.
type Question struct {
	At  string         // name of the touchpoint
	Day clientele.Date // on which it happened
}

// Question returns what the secret of a link asks. CodeForbidden if it asks nothing, or nothing any more.
func (s *Service) Question(ctx context.Context, secret string) (Question, error) {
	k, err := s.asked(ctx, secret)
	if err != nil {
		return Question{}, err
	}
	day, err := s.happenedOn(ctx, k)
	return Question{k.TouchpointName, day}, err
}

// happenedOn is the day of what opened a case.
func (s *Service) happenedOn(ctx context.Context, k store.KeptCase) (clientele.Date, error) {
	causes, err := s.Store.Causes(ctx, k.Number)
	if err != nil || len(causes) == 0 {
		return clientele.DateOf(k.Opened.In(s.Zone)), err
	}
	var f Fact
	err = json.Unmarshal(causes[0].Body, &f)
	return f.Day, err
}

func (s *Service) asked(ctx context.Context, secret string) (store.KeptCase, error) {
	k, err := s.Store.CaseByAnswer(ctx, hashOf(secret))
	if clientele.CodeOf(err) == clientele.CodeNotFound || err == nil && (k.State != Settled || !s.Now().Before(k.Due)) {
		return store.KeptCase{}, clientele.Errorf(clientele.CodeForbidden, "this link was used, or is too old").WithHint("Thank you. If something is not as it should be, tell us in the way that you know.")
	}
	return k, err
}

// Answer keeps what a customer says: the case closes, or is open again. Errors are those of Question,
// and CodeInvalid if the text cannot be.
func (s *Service) Answer(ctx context.Context, secret string, settled bool, text string) error {
	clean := ""
	if strings.TrimSpace(text) != "" {
		var err error
		if clean, err = cleanText("comment", text); err != nil {
			return err
		}
	}
	c, err := s.chart(ctx)
	if err != nil {
		return err
	}
	return s.Store.Atomically(ctx, func(ctx context.Context) error {
		k, err := s.asked(ctx, secret)
		if err != nil {
			return err
		}
		all, err := s.rules(ctx)
		if err != nil {
			return err
		}
		now := s.moment()
		k.Version++
		k.AnswerHash, k.AnswerText, k.Answer, k.State, k.Closed = "", clean, Yes, Closed, &now
		what, subject := "answered yes", "A customer says that it is settled: "
		if !settled {
			k.Answer, k.State, k.Closed, k.Taken, k.Settled = No, Open, nil, nil, nil
			k.Step, k.RaisedTo, k.RaisedName, k.Due = 0, "", "", all.of(k.Touchpoint).Rule.due(now)
			k.Reopened++
			what, subject = "answered no", "A customer says that it is not settled: "
		}
		if err := s.Store.SaveCase(ctx, k); err != nil {
			return err
		}
		if err := s.Store.AddCaseEvent(ctx, k.Number, store.CaseEvent{At: now, Name: "The customer", What: what, Note: clean}); err != nil {
			return err
		}
		if !settled {
			if err := s.tell(ctx, c, k, k.Owner, "answered", subject+k.TouchpointName, "The case is open again."); err != nil {
				return err
			}
		}
		return s.Audit.Record(ctx, "case.answered", objectOf(k.Number), nil, map[string]string{"answer": k.Answer})
	})
}

// change changes a case from a version on, and keeps who did it. It is told to the audit by who guards it.
func (s *Service) change(ctx context.Context, number, version int64, what, note string, change func(context.Context, *store.KeptCase) error) (c Case, err error) {
	err = s.Store.Atomically(ctx, func(ctx context.Context) error {
		k, err := s.Store.Case(ctx, number)
		if err != nil {
			return err
		}
		if k.Version != version {
			return clientele.Errorf(clientele.CodeStale, "the case was changed meanwhile").WithHint("Look at it again.")
		}
		if err := change(ctx, &k); err != nil {
			return err
		}
		k.Version++
		if err := s.Store.SaveCase(ctx, k); err != nil {
			return err
		}
		a, _ := policy.ActorOf(ctx)
		c = s.caseOf(k)
		return s.Store.AddCaseEvent(ctx, number, store.CaseEvent{At: s.moment(), Who: a.ID, Name: a.Name, What: what, Note: note})
	})
	return c, err
}

// objectOf names a case to the audit.
func objectOf(number int64) string { return fmt.Sprintf("case/%d", number) }

func newSecret() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// cleanText is what somebody wrote, with the line breaks of every system made one.
func cleanText(what, text string) (string, error) {
	clean := strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	e := (*clientele.Error)(nil)
	switch {
	case clean == "":
		e = clientele.Errorf(clientele.CodeInvalid, "%s: nothing is written", what)
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		e = clientele.Errorf(clientele.CodeInvalid, "%s: it holds characters that cannot be shown", what)
	case utf8.RuneCountInString(clean) > mostText:
		e = clientele.Errorf(clientele.CodeInvalid, "%s: it is longer than %d letters", what, mostText)
	default:
		return clean, nil
	}
	return "", e
}
