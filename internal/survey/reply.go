package survey

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Reply is what was sent from one screen. Nothing in it is trusted.
type Reply struct {
	Question      string   // id
	Values        []string // a score, or ids of options
	Text          string
	Skip          bool
	NotApplicable bool
	Language      string // in which it was asked
}

// Next is where a respondent goes on.
type Next struct {
	Key, Draft string // secrets that lead on
	Done       bool   // that was the last answer, and all are kept
}

// What can be wrong with a reply.
var (
	ErrNothing = invalid("nothing was answered").WithHint("Choose an answer, or skip the question.")
	ErrTooLong = invalid("the answer is longer than %d letters", longestReply).WithHint("Shorten it.")
)

// read makes an answer of a reply; ok is false if the question is skipped.
func (q Question) read(r Reply) (a store.KeptAnswer, ok bool, err error) {
	a.Question = q.ID
	switch {
	case r.Skip:
		return a, false, nil
	case r.NotApplicable:
		a.Kind = store.NotApplicable
		return a, true, nil
	case q.Kind == Words:
		return q.readText(r.Text)
	case len(r.Values) == 0:
		return a, false, ErrNothing
	case q.Kind == Choice:
		return q.readChoice(r.Values)
	}
	from, to, _ := q.Scale()
	n, err := strconv.Atoi(r.Values[0])
	if err != nil || n < from || n > to || len(r.Values) > 1 {
		return a, false, invalid("that is not on the scale")
	}
	a.Kind, a.Value = store.ScoreAnswer, strconv.Itoa(n)
	return a, true, nil
}

func (q Question) readText(text string) (a store.KeptAnswer, ok bool, err error) {
	clean := strings.TrimSpace(strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(text), "\uFFFD"))
	clean = strings.Map(func(r rune) rune {
		if shownWhole(string(r)) {
			return r
		}
		return -1
	}, clean)
	if utf8.RuneCountInString(clean) > longestReply {
		return a, false, ErrTooLong
	}
	return store.KeptAnswer{Question: q.ID, Kind: store.TextAnswer, Value: clean}, clean != "", nil
}

func (q Question) readChoice(values []string) (a store.KeptAnswer, ok bool, err error) {
	a = store.KeptAnswer{Question: q.ID, Kind: store.ChoiceAnswer}
	for _, o := range q.Options {
		if slices.Contains(values, o.ID) {
			a.Value += o.ID + " "
			ok = true
		}
	}
	unknown := slices.ContainsFunc(values, func(v string) bool { return !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == v }) })
	if unknown || !q.Several && len(values) > 1 {
		return a, false, invalid("that is none of the options")
	}
	return a, ok, nil
}

// Reply keeps what was answered on one screen; with the last, all that was answered becomes an
// answer, once. It returns when that is on the disk. CodeInvalid if the reply is none, and
// CodeConflict if no more answers are taken.
func (s *Service) Reply(ctx context.Context, v Visit, r Reply) (next Next, err error) {
	next = Next{Key: v.key, Draft: v.draft}
	switch v.State {
	case Answered:
		next.Done = true
		return next, nil
	case Over:
		return next, clientele.Errorf(clientele.CodeConflict, "the survey is closed")
	}
	d := v.Survey.Document
	at := slices.IndexFunc(d.Questions, func(q Question) bool { return q.ID == r.Question })
	if at < 0 {
		return next, invalid("there is no such question")
	}
	a, given, err := d.Questions[at].read(r)
	if err != nil {
		return next, err
	}
	change := func(answers map[string]store.KeptAnswer) {
		delete(answers, r.Question)
		if given {
			answers[r.Question] = a
		}
	}
	next.Done = at == len(d.Questions)-1
	language := d.Speaks(r.Language)
	if v.Anonymous {
		return s.replyAnonymously(ctx, v, change, language, next)
	}
	return s.replyAsCustomer(ctx, v, change, language, next)
}

// replyAsCustomer keeps an answer with its invitation. Who came by the open link gets one.
func (s *Service) replyAsCustomer(ctx context.Context, v Visit, change func(map[string]store.KeptAnswer), language string, next Next) (Next, error) {
	key := v.key
	if v.invitation.ID == "" {
		key, next.Key = newSecret(), ""
	}
	err := s.commits.Make(ctx, func(ctx context.Context) error {
		if next.Key == "" {
			if err := s.openInvitation(ctx, v, key, language); err != nil {
				return err
			}
		}
		i, err := s.parts.Store.InvitationByLink(ctx, hashOf(key)) // it may have changed since the visit
		if err != nil || i.State == store.InvitationAnswered {
			return err
		}
		answers := map[string]store.KeptAnswer{}
		if len(i.Answers) > 0 {
			if err := json.Unmarshal(i.Answers, &answers); err != nil {
				return err
			}
		}
		change(answers)
		i.State, i.Language = store.InvitationBegun, language
		if next.Done {
			return s.finish(ctx, v, i, answers)
		}
		if i.Answers, err = json.Marshal(answers); err != nil {
			return err
		}
		return s.parts.Store.SaveInvitation(ctx, i)
	})
	if err == nil && next.Done && s.parts.Landing != nil {
		s.parts.Landing(1)
	}
	next.Key = key
	return next, err
}

// openInvitation makes an invitation of nobody in particular.
func (s *Service) openInvitation(ctx context.Context, v Visit, key, language string) error {
	i := store.KeptInvitation{
		ID: newID(), Survey: v.Survey.ID, Asked: s.parts.Now().UTC().Truncate(time.Millisecond), State: store.InvitationBegun, Language: language,
	}
	if err := s.parts.Store.AddInvitation(ctx, i); err != nil {
		return err
	}
	return s.parts.Store.AddInvitationLink(ctx, hashOf(key), i.ID)
}

// finish keeps all answers of a customer for good, and what is to become records.
func (s *Service) finish(ctx context.Context, v Visit, i store.KeptInvitation, answers map[string]store.KeptAnswer) error {
	now := s.parts.Now().UTC().Truncate(time.Millisecond)
	i.State, i.Answers, i.Answered = store.InvitationAnswered, nil, &now
	if err := s.parts.Store.SaveInvitation(ctx, i); err != nil {
		return err
	}
	var kept []store.KeptAnswer
	for _, q := range v.Survey.Document.Questions {
		if a, ok := answers[q.ID]; ok {
			kept = append(kept, a)
		}
	}
	if err := s.parts.Store.AddAnswers(ctx, i.ID, kept); err != nil {
		return err
	}
	rows := rowsOf(v.Survey.Document, i, kept)
	if len(rows) == 0 {
		return nil
	}
	body, err := json.Marshal(message{rows})
	if err != nil {
		return err
	}
	_, err = s.parts.Store.AddEvents(ctx, []store.EventMessage{{
		Source: Source, ID: i.ID, Customer: i.Customer, State: store.EventWaiting, Received: now, Body: body,
	}})
	return err
}

// replyAnonymously keeps an answer with a draft, and with the last makes answers of it that
// nothing joins, neither to a link nor to each other.
func (s *Service) replyAnonymously(ctx context.Context, v Visit, change func(map[string]store.KeptAnswer), language string, next Next) (Next, error) {
	fresh := v.draft == ""
	if fresh {
		v.draft = newSecret()
	}
	hash := hashOf(v.draft)
	err := s.commits.Make(ctx, func(ctx context.Context) error {
		answers := map[string]store.KeptAnswer{}
		if !fresh {
			d, err := s.parts.Store.Draft(ctx, hash)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(d.Answers, &answers); err != nil {
				return err
			}
		}
		change(answers)
		if next.Done {
			return s.finishAnonymously(ctx, v, fresh, answers)
		}
		text, err := json.Marshal(answers)
		if err != nil {
			return err
		}
		return s.parts.Store.SaveDraft(ctx, store.KeptDraft{Hash: hash, Survey: v.Survey.ID, Language: language, Answers: text, Day: s.today()})
	})
	next.Draft = v.draft
	return next, err
}

func (s *Service) finishAnonymously(ctx context.Context, v Visit, fresh bool, answers map[string]store.KeptAnswer) error {
	if v.ticket.Hash != "" {
		if err := s.parts.Store.UseTicket(ctx, v.ticket.Hash); err != nil {
			return err
		}
	}
	if !fresh {
		if err := s.parts.Store.RemoveDraft(ctx, hashOf(v.draft)); err != nil {
			return err
		}
	}
	kept := []store.AnonymousAnswer{{Wave: v.ticket.Wave, Part: v.ticket.Part}}
	for _, a := range answers {
		kept = append(kept, anonymous(v.ticket, a))
	}
	return s.parts.Store.AddAnonymous(ctx, v.Survey.ID, kept)
}

// naSuffix makes those to whom a question does not apply a question of its own, which is told by
// itself.
const naSuffix = "/na"

// anonymous is an answer as it is kept of an employee. Texts are told of the whole company alone.
func anonymous(t store.KeptTicket, a store.KeptAnswer) store.AnonymousAnswer {
	out := store.AnonymousAnswer{Wave: t.Wave, Question: a.Question, Part: t.Part, Value: a.Value}
	switch a.Kind {
	case store.TextAnswer:
		out.Part = ""
	case store.NotApplicable:
		out.Question += naSuffix
	}
	return out
}
