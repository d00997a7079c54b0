package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"encoding/json"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddTicket implements store.Surveys.
func (s *Store) AddTicket(ctx context.Context, t store.KeptTicket) error {
	return s.run(ctx, "survey_ticket.add", t.Hash, t.Survey, t.Wave, t.Part, t.Used)
}

// Ticket implements store.Surveys.
func (s *Store) Ticket(ctx context.Context, hash string) (store.KeptTicket, error) {
	return oneOf(ctx, s, func(row scanner) (t store.KeptTicket, err error) {
		err = row.Scan(&t.Hash, &t.Survey, &t.Wave, &t.Part, &t.Used)
		return t, err
	}, "link", "survey_ticket.get", hash)
}

// UseTicket implements store.Surveys.
func (s *Store) UseTicket(ctx context.Context, hash string) error {
	return missed(changed(ctx, s.on(ctx), "link", "survey_ticket.use", hash), "the link was used already")
}

// Hear implements store.Surveys.
func (s *Store) Hear(ctx context.Context, survey string, wave int64, person string) error {
	return s.added(ctx, "they were heard already", "survey_heard.add", survey, wave, person)
}

// Draft implements store.Surveys.
func (s *Store) Draft(ctx context.Context, hash string) (store.KeptDraft, error) {
	return oneOf(ctx, s, func(row scanner) (d store.KeptDraft, err error) {
		var answers string
		err = row.Scan(&d.Hash, &d.Survey, &d.Language, &answers, &d.Day)
		d.Answers = json.RawMessage(answers)
		return d, err
	}, "draft", "survey_draft.get", hash)
}

// SaveDraft implements store.Surveys.
func (s *Store) SaveDraft(ctx context.Context, d store.KeptDraft) error {
	return s.run(ctx, "survey_draft.put", d.Hash, d.Survey, d.Language, string(d.Answers), d.Day)
}

// RemoveDraft implements store.Surveys.
func (s *Store) RemoveDraft(ctx context.Context, hash string) error {
	return changed(ctx, s.on(ctx), "draft", "survey_draft.remove", hash)
}

// ForgetDrafts implements store.Surveys.
func (s *Store) ForgetDrafts(ctx context.Context, day string) error {
	return s.run(ctx, "survey_draft.forget", day)
}

// mostDraws is how often a number is drawn before something must be wrong: with a million
// answers of the two thousand million that there are, the third fails once in ten thousand million.
const mostDraws = 10

// AddAnonymous implements store.Surveys. The number is the key of the table, by which the engine
// lays rows: it is drawn by lot, so that the file holds no order of their coming.
func (s *Store) AddAnonymous(ctx context.Context, survey string, answers []store.AnonymousAnswer) error {
	return s.inTx(ctx, func(tx *transaction) error {
		for _, a := range answers {
			if err := addByLot(ctx, tx, survey, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func addByLot(ctx context.Context, tx *transaction, survey string, a store.AnonymousAnswer) error {
	for range mostDraws {
		var drawn [4]byte
		_, _ = rand.Read(drawn[:]) // which never fails
		done, err := tx.ExecContext(ctx, queries.Text("survey_anonymous.add"), int64(binary.BigEndian.Uint32(drawn[:])>>1), survey, a.Wave, a.Question, a.Part, a.Value)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil || n == 1 {
			return err
		}
	}
	return errNoLot
}

// Untold implements store.Surveys.
func (s *Store) Untold(ctx context.Context, survey string) ([]store.AnonymousCell, error) {
	return listed(ctx, s, func(row scanner) (c store.AnonymousCell, err error) {
		err = row.Scan(&c.Wave, &c.Question, &c.Part, &c.N)
		return c, err
	}, "survey_anonymous.count_untold", survey)
}

// Tell implements store.Surveys.
func (s *Store) Tell(ctx context.Context, survey string, of store.AnonymousCell, day string) error {
	return s.inTx(ctx, func(tx *transaction) error {
		var number int64
		if err := tx.QueryRowContext(ctx, queries.Text("survey_release.add"), survey, survey, of.Wave, of.Question, of.Part, day).Scan(&number); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, queries.Text("survey_anonymous.tell"), number, survey, of.Wave, of.Question, of.Part)
		return err
	})
}

// LastTold implements store.Surveys.
func (s *Store) LastTold(ctx context.Context, survey string) (string, bool, error) {
	var day sql.NullString
	err := s.on(ctx).QueryRowContext(ctx, queries.Text("survey_release.get_last"), survey).Scan(&day)
	return day.String, day.Valid, failure(err)
}

// CountTold implements store.Surveys.
func (s *Store) CountTold(ctx context.Context, survey string) ([]store.AnonymousCount, error) {
	return listed(ctx, s, func(row scanner) (c store.AnonymousCount, err error) {
		err = row.Scan(&c.Wave, &c.Question, &c.Part, &c.Value, &c.N)
		return c, err
	}, "survey_anonymous.count_told", survey)
}
