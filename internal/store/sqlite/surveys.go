package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddSurvey implements store.Surveys.
func (s *Store) AddSurvey(ctx context.Context, v store.KeptSurvey) error {
	return s.added(ctx, "there is a survey of that name already", "survey.add", v.ID, v.Name, v.Key, string(v.Document), v.Employees, v.Address, v.Made.UnixMilli(), v.By)
}

// Survey implements store.Surveys.
func (s *Store) Survey(ctx context.Context, id string) (store.KeptSurvey, error) {
	return oneOf(ctx, s, scanSurvey, "survey", "survey.get", id)
}

// SurveyNamed implements store.Surveys.
func (s *Store) SurveyNamed(ctx context.Context, name string) (store.KeptSurvey, error) {
	return oneOf(ctx, s, scanSurvey, "survey", "survey.get_named", name, name, name, name)
}

// Surveys implements store.Surveys.
func (s *Store) Surveys(ctx context.Context) ([]store.KeptSurvey, error) {
	return listed(ctx, s, scanSurvey, "survey.list")
}

// CloseSurvey implements store.Surveys.
func (s *Store) CloseSurvey(ctx context.Context, id string, at time.Time) error {
	return changed(ctx, s.on(ctx), "survey", "survey.close", at.UnixMilli(), id)
}

func scanSurvey(row scanner) (v store.KeptSurvey, err error) {
	var document string
	var made int64
	var closed sql.NullInt64
	err = row.Scan(&v.ID, &v.Name, &v.Key, &document, &v.Employees, &v.Address, &made, &v.By, &closed)
	v.Document, v.Made, v.Closed = json.RawMessage(document), time.UnixMilli(made).UTC(), timeOf(closed)
	return v, err
}

// oneOf is the one thing that a query answers. CodeNotFound if there is none.
func oneOf[T any](ctx context.Context, s *Store, scan func(scanner) (T, error), what, query string, args ...any) (T, error) {
	one, err := scan(s.on(ctx).QueryRowContext(ctx, queries.Text(query), args...))
	return one, missing(what, err)
}

// AddWave implements store.Surveys.
func (s *Store) AddWave(ctx context.Context, w store.KeptWave) error {
	return s.added(ctx, "the survey was sent meanwhile", "survey_wave.add", w.Survey, w.Number, w.Began.UnixMilli(), w.Closes.UnixMilli(), w.Asked, string(w.Strata))
}

// Waves implements store.Surveys.
func (s *Store) Waves(ctx context.Context, survey string) ([]store.KeptWave, error) {
	return listed(ctx, s, func(row scanner) (w store.KeptWave, err error) {
		var began, closes int64
		var strata string
		err = row.Scan(&w.Survey, &w.Number, &began, &closes, &w.Asked, &strata)
		w.Began, w.Closes, w.Strata = time.UnixMilli(began).UTC(), time.UnixMilli(closes).UTC(), json.RawMessage(strata)
		return w, err
	}, "survey_wave.list", survey)
}

// AddInvitation implements store.Surveys.
func (s *Store) AddInvitation(ctx context.Context, i store.KeptInvitation) error {
	return s.added(ctx, "the customer is asked already", "survey_invitation.add", i.ID, i.Survey, i.Wave, i.Customer, i.Segment, i.Occasion, i.About, i.Chance, i.Address,
		i.Asked.UnixMilli(), i.Reminders, i.State, i.Language, string(i.Answers), millisOf(i.Answered))
}

// AddInvitationLink implements store.Surveys.
func (s *Store) AddInvitationLink(ctx context.Context, hash, invitation string) error {
	return s.run(ctx, "survey_link.add", hash, invitation)
}

// InvitationByLink implements store.Surveys.
func (s *Store) InvitationByLink(ctx context.Context, hash string) (store.KeptInvitation, error) {
	return oneOf(ctx, s, scanInvitation, "invitation", "survey_invitation.get_by_link", hash)
}

// InvitationOf implements store.Surveys.
func (s *Store) InvitationOf(ctx context.Context, survey, customer, occasion string) (store.KeptInvitation, error) {
	return oneOf(ctx, s, scanInvitation, "invitation", "survey_invitation.get_of", survey, customer, occasion)
}

// SaveInvitation implements store.Surveys.
func (s *Store) SaveInvitation(ctx context.Context, i store.KeptInvitation) error {
	return changed(ctx, s.on(ctx), "invitation", "survey_invitation.save", i.Reminders, i.State, i.Language, string(i.Answers), millisOf(i.Answered), i.ID)
}

// ToRemind implements store.Surveys.
func (s *Store) ToRemind(ctx context.Context, survey string, wave, reminders int64) ([]store.KeptInvitation, error) {
	return listed(ctx, s, scanInvitation, "survey_invitation.list_to_remind", survey, wave, reminders)
}

// AskedSince implements store.Surveys.
func (s *Store) AskedSince(ctx context.Context, since time.Time) ([]string, error) {
	return listed(ctx, s, scanText, "survey_invitation.list_asked_since", since.UnixMilli())
}

func scanText(row scanner) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}

// LastAsked implements store.Surveys.
func (s *Store) LastAsked(ctx context.Context, customer string) (at time.Time, ok bool, err error) {
	var asked sql.NullInt64
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("survey_invitation.get_last_asked"), customer).Scan(&asked)
	return time.UnixMilli(asked.Int64).UTC(), asked.Valid, failure(err)
}

func scanInvitation(row scanner) (i store.KeptInvitation, err error) {
	var asked int64
	var answers string
	var answered sql.NullInt64
	err = row.Scan(&i.ID, &i.Survey, &i.Wave, &i.Customer, &i.Segment, &i.Occasion, &i.About, &i.Chance, &i.Address, &asked, &i.Reminders, &i.State, &i.Language,
		&answers, &answered)
	i.Asked, i.Answered = time.UnixMilli(asked).UTC(), timeOf(answered)
	if answers != "" {
		i.Answers = json.RawMessage(answers)
	}
	return i, err
}

// AddAnswers implements store.Surveys.
func (s *Store) AddAnswers(ctx context.Context, invitation string, answers []store.KeptAnswer) error {
	return s.inTx(ctx, func(tx *transaction) error {
		for _, a := range answers {
			if _, err := tx.ExecContext(ctx, queries.Text("survey_answer.add"), invitation, a.Question, a.Kind, a.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// CountAsked implements store.Surveys.
func (s *Store) CountAsked(ctx context.Context, survey string) ([]store.AskedCount, error) {
	return listed(ctx, s, func(row scanner) (c store.AskedCount, err error) {
		err = row.Scan(&c.Wave, &c.Segment, &c.Open, &c.State, &c.N)
		return c, err
	}, "survey_invitation.count", survey)
}

// CountAnswers implements store.Surveys.
func (s *Store) CountAnswers(ctx context.Context, survey string) ([]store.AnswerCount, error) {
	return listed(ctx, s, func(row scanner) (c store.AnswerCount, err error) {
		err = row.Scan(&c.Wave, &c.Segment, &c.Open, &c.Question, &c.Kind, &c.Value, &c.N)
		return c, err
	}, "survey_answer.count", survey)
}

func scanAnswer(row scanner) (a store.KeptAnswer, err error) {
	err = row.Scan(&a.Question, &a.Kind, &a.Value)
	return a, err
}

// AnswerTexts implements store.Surveys.
func (s *Store) AnswerTexts(ctx context.Context, survey string, limit int) ([]store.KeptAnswer, error) {
	return listed(ctx, s, scanAnswer, "survey_answer.list_texts", survey, limit)
}

// AnswersOf implements store.Surveys.
func (s *Store) AnswersOf(ctx context.Context, invitation string) ([]store.KeptAnswer, error) {
	return listed(ctx, s, scanAnswer, "survey_answer.list_of", invitation)
}

// Refuse implements store.Surveys.
func (s *Store) Refuse(ctx context.Context, customer string, at time.Time) error {
	return s.run(ctx, "survey_refusal.put", customer, at.UnixMilli())
}

// Refusing implements store.Surveys.
func (s *Store) Refusing(ctx context.Context) ([]string, error) {
	return listed(ctx, s, scanText, "survey_refusal.list")
}

// Refuses implements store.Surveys.
func (s *Store) Refuses(ctx context.Context, customer string) (bool, error) {
	var n int64
	err := s.on(ctx).QueryRowContext(ctx, queries.Text("survey_refusal.count"), customer).Scan(&n)
	return n > 0, failure(err)
}

// InvitationsOf implements store.Surveys.
func (s *Store) InvitationsOf(ctx context.Context, customer string) iter.Seq2[store.KeptInvitation, error] {
	return streamed(ctx, s, scanInvitation, "survey_invitation.list_of", customer)
}

// EraseInvitationsOf implements store.Surveys.
func (s *Store) EraseInvitationsOf(ctx context.Context, customer string) (n int64, err error) {
	err = s.Atomically(ctx, func(ctx context.Context) error {
		for _, query := range []string{"survey_answer.erase_of", "survey_link.erase_of", "survey_refusal.erase_of"} {
			if err := s.run(ctx, query, customer); err != nil {
				return err
			}
		}
		n, err = s.counted(ctx, "survey_invitation.erase_of", customer)
		return err
	})
	return n, err
}

// missed is the error of a change that found nothing to change, as a conflict.
func missed(err error, format string, args ...any) error {
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return clientele.Errorf(clientele.CodeConflict, format, args...)
	}
	return err
}

// errNoLot is that no number that is free was drawn.
var errNoLot = errors.New("no free number was drawn")
