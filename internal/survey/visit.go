package survey

import (
	"context"
	"encoding/json"
	"regexp"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// State is how a respondent finds a survey.
type State string

// The states of a visit.
const (
	Asking   State = "asking"
	Answered State = "answered" // by this link already
	Over     State = "over"     // no more answers are taken
)

// Visit is a respondent at a link.
type Visit struct {
	Survey    Survey
	State     State
	Answers   map[string]store.KeptAnswer // so far, by question
	Language  string                      // in which they were asked, or have begun; "" is not known
	Refusable bool                        // they can ask not to be asked again
	Anonymous bool                        // they are an employee

	key, draft string // secrets
	invitation store.KeptInvitation
	ticket     store.KeptTicket
}

var (
	secretText  = regexp.MustCompile(`^[A-Z2-7]{26}$`) // what rand.Text gives
	addressText = regexp.MustCompile(`^[a-z2-7]{26}$`) // the same of open links
)

// errNoLink is the error of a link that leads nowhere.
var errNoLink = clientele.Errorf(clientele.CodeNotFound, "this link leads nowhere").WithHint("Look whether the whole link was copied.")

// Visit finds what a link leads to. Draft is the secret by which an employee comes back to what
// they filled in; "" is none. CodeNotFound if the link leads nowhere.
func (s *Service) Visit(ctx context.Context, key, draft string) (v Visit, err error) {
	v = Visit{key: key, draft: draft, State: Asking, Answers: map[string]store.KeptAnswer{}}
	switch {
	case secretText.MatchString(key):
		err = s.visitPersonally(ctx, &v)
	case addressText.MatchString(key):
		err = s.visitOpenly(ctx, &v)
	default:
		err = errNoLink
	}
	if err != nil {
		return v, err
	}
	if v.State == Asking && s.closed(v.Survey) {
		v.State = Over
	}
	if v.Anonymous && draft != "" {
		err = s.readDraft(ctx, &v)
	}
	return v, err
}

// visitPersonally finds the invitation or the ticket of a secret.
func (s *Service) visitPersonally(ctx context.Context, v *Visit) error {
	i, err := s.parts.Store.InvitationByLink(ctx, hashOf(v.key))
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return s.visitByTicket(ctx, v)
	}
	if err != nil {
		return err
	}
	v.invitation, v.Language, v.Refusable = i, i.Language, i.Customer != ""
	if err := s.readSurvey(ctx, v, i.Survey); err != nil {
		return err
	}
	if i.State == store.InvitationAnswered {
		v.State = Answered
		return nil
	}
	closes := i.Asked.AddDate(0, 0, v.Survey.Document.Waves.Open) // as its wave
	if s.parts.Now().After(closes) {
		v.State = Over
	}
	return readAnswers(i.Answers, v)
}

func (s *Service) visitByTicket(ctx context.Context, v *Visit) (err error) {
	v.ticket, err = s.parts.Store.Ticket(ctx, hashOf(v.key))
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return errNoLink
	}
	if err != nil {
		return err
	}
	v.Anonymous = true
	if v.ticket.Used {
		v.State = Answered
	}
	if err := s.readSurvey(ctx, v, v.ticket.Survey); err != nil {
		return err
	}
	waves, err := s.parts.Store.Waves(ctx, v.ticket.Survey)
	for _, w := range waves {
		if w.Number == v.ticket.Wave && s.parts.Now().After(w.Closes) {
			v.State = Over
		}
	}
	return err
}

// visitOpenly finds the survey of an open link.
func (s *Service) visitOpenly(ctx context.Context, v *Visit) error {
	k, err := s.parts.Store.SurveyNamed(ctx, v.key)
	if err == nil && k.Address != v.key || clientele.CodeOf(err) == clientele.CodeNotFound {
		return errNoLink
	}
	if err != nil {
		return err
	}
	v.Anonymous = k.Employees
	v.Survey, err = s.surveyOf(k)
	return err
}

func (s *Service) readSurvey(ctx context.Context, v *Visit, id string) error {
	k, err := s.parts.Store.Survey(ctx, id)
	if err == nil {
		v.Survey, err = s.surveyOf(k)
	}
	return err
}

func (s *Service) readDraft(ctx context.Context, v *Visit) error {
	d, err := s.parts.Store.Draft(ctx, hashOf(v.draft))
	if clientele.CodeOf(err) == clientele.CodeNotFound || err == nil && d.Survey != v.Survey.ID {
		v.draft = "" // it was sent, or forgotten
		return nil
	}
	if err != nil {
		return err
	}
	v.Language = d.Language
	return readAnswers(d.Answers, v)
}

func readAnswers(text json.RawMessage, v *Visit) error {
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, &v.Answers); err != nil {
		return clientele.Errorf(clientele.CodeInternal, "answers cannot be read back").Because(err)
	}
	return nil
}

// At is the number of the question at which they go on, from 1: the first after the last that
// they answered.
func (v Visit) At() int {
	at := 1
	for n, q := range v.Survey.Document.Questions {
		if _, ok := v.Answers[q.ID]; ok {
			at = n + 2
		}
	}
	return min(at, len(v.Survey.Document.Questions))
}

// Refuse keeps that whoever was asked by a link is not to be asked again.
func (s *Service) Refuse(ctx context.Context, key string) error {
	v, err := s.Visit(ctx, key, "")
	if err != nil {
		return err
	}
	if !v.Refusable {
		return errNoLink
	}
	return s.commits.Make(ctx, func(ctx context.Context) error {
		if err := s.parts.Store.Refuse(ctx, v.invitation.Customer, s.parts.Now()); err != nil {
			return err
		}
		i, err := s.parts.Store.InvitationByLink(ctx, hashOf(key))
		if err != nil || i.State == store.InvitationAnswered {
			return err
		}
		i.State, i.Answers = store.InvitationRefused, nil
		return s.parts.Store.SaveInvitation(ctx, i)
	})
}

// today is the day in the book's zone.
func (s *Service) today() string { return s.parts.Now().In(s.parts.Zone).Format(time.DateOnly) }
