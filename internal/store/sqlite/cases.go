package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddCase implements store.Cases.
func (s *Store) AddCase(ctx context.Context, c store.KeptCase) (number int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("casefile.add"), c.Version, c.Touchpoint, c.TouchpointName, c.Customer, c.Matter, c.State, c.Owner, c.OwnerName,
		c.Why, c.Step, c.RaisedTo, c.RaisedName, c.Opened.UnixMilli(), c.Due.UnixMilli(), millisOf(c.Taken), millisOf(c.Settled), millisOf(c.Closed),
		c.Settlement, c.Answer, c.AnswerText, c.AnswerHash, c.AskedByMail, c.Reopened).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, clientele.Errorf(clientele.CodeConflict, "there is such a case already, which is not closed")
	}
	return number, failure(err)
}

// SaveCase implements store.Cases.
func (s *Store) SaveCase(ctx context.Context, c store.KeptCase) error {
	return changed(ctx, s.on(ctx), "case", "casefile.save", c.Version, c.TouchpointName, c.State, c.Owner, c.OwnerName, c.Why, c.Step, c.RaisedTo, c.RaisedName,
		c.Due.UnixMilli(), millisOf(c.Taken), millisOf(c.Settled), millisOf(c.Closed), c.Settlement, c.Answer, c.AnswerText, c.AnswerHash, c.AskedByMail, c.Reopened, c.Number)
}

// Case implements store.Cases.
func (s *Store) Case(ctx context.Context, number int64) (store.KeptCase, error) {
	return s.oneCase(ctx, "casefile.get", number)
}

// CaseByAnswer implements store.Cases.
func (s *Store) CaseByAnswer(ctx context.Context, hash string) (store.KeptCase, error) {
	return s.oneCase(ctx, "casefile.get_by_answer", hash)
}

func (s *Store) oneCase(ctx context.Context, query string, by any) (store.KeptCase, error) {
	c, err := scanCase(s.on(ctx).QueryRowContext(ctx, queries.Text(query), by))
	return c, missing("case", err)
}

// LatestCase implements store.Cases.
func (s *Store) LatestCase(ctx context.Context, customer, touchpoint, matter string) (c store.KeptCase, ok bool, err error) {
	c, err = scanCase(s.on(ctx).QueryRowContext(ctx, queries.Text("casefile.get_latest"), customer, touchpoint, matter))
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, failure(err)
}

// caseArgs are the parameters of what CaseQuery asks for.
func caseArgs(q store.CaseQuery) []any {
	return []any{q.State, q.State, q.Person, q.Person, q.Person, q.Touchpoint, q.Touchpoint}
}

// Cases implements store.Cases.
func (s *Store) Cases(ctx context.Context, q store.CaseQuery) ([]store.KeptCase, error) {
	query := "casefile.list"
	if q.State == store.CaseClosed {
		query = "casefile.list_closed"
	}
	return listed(ctx, s, scanCase, query, append(caseArgs(q), q.Limit, q.Offset)...)
}

// CountCases implements store.Cases.
func (s *Store) CountCases(ctx context.Context, q store.CaseQuery) (n int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("casefile.count"), caseArgs(q)...).Scan(&n)
	return n, failure(err)
}

// DueCases implements store.Cases.
func (s *Store) DueCases(ctx context.Context, state store.CaseState, before time.Time, limit int) ([]store.KeptCase, error) {
	return listed(ctx, s, scanCase, "casefile.list_due", state, before.UnixMilli(), limit)
}

// AddCause implements store.Cases.
func (s *Store) AddCause(ctx context.Context, c store.CaseCause) (added bool, err error) {
	n, err := s.counted(ctx, "casefile_cause.add", c.Record, c.Number, c.At.UnixMilli(), c.Quiet, string(c.Body))
	return n == 1, err
}

// HasCause implements store.Cases.
func (s *Store) HasCause(ctx context.Context, record string) (bool, error) {
	var n int64
	err := s.on(ctx).QueryRowContext(ctx, queries.Text("casefile_cause.count"), record).Scan(&n)
	return n > 0, failure(err)
}

// Causes implements store.Cases.
func (s *Store) Causes(ctx context.Context, number int64) ([]store.CaseCause, error) {
	return listed(ctx, s, func(row scanner) (c store.CaseCause, err error) {
		var at int64
		var body string
		err = row.Scan(&c.Record, &c.Number, &at, &c.Quiet, &body)
		c.At, c.Body = time.UnixMilli(at).UTC(), json.RawMessage(body)
		return c, err
	}, "casefile_cause.list", number)
}

// AddCaseEvent implements store.Cases.
func (s *Store) AddCaseEvent(ctx context.Context, number int64, e store.CaseEvent) error {
	return s.run(ctx, "casefile_event.add", number, number, e.At.UnixMilli(), e.Who, e.Name, e.What, e.Note)
}

// CaseEvents implements store.Cases.
func (s *Store) CaseEvents(ctx context.Context, number int64) ([]store.CaseEvent, error) {
	return listed(ctx, s, func(row scanner) (e store.CaseEvent, err error) {
		var at int64
		err = row.Scan(&at, &e.Who, &e.Name, &e.What, &e.Note)
		e.At = time.UnixMilli(at).UTC()
		return e, err
	}, "casefile_event.list", number)
}

// CaseRules implements store.Cases.
func (s *Store) CaseRules(ctx context.Context) ([]store.CaseRule, error) {
	return listed(ctx, s, func(row scanner) (r store.CaseRule, err error) {
		var body string
		err = row.Scan(&r.Touchpoint, &r.Version, &body)
		r.Body = json.RawMessage(body)
		return r, err
	}, "casefile_rule.list")
}

// SaveCaseRule implements store.Cases.
func (s *Store) SaveCaseRule(ctx context.Context, r store.CaseRule) error {
	return s.run(ctx, "casefile_rule.put", r.Touchpoint, r.Version, string(r.Body))
}

// CasesOf implements store.Cases.
func (s *Store) CasesOf(ctx context.Context, customer string) ([]store.KeptCase, error) {
	return listed(ctx, s, scanCase, "casefile.list_of", customer)
}

// EraseCasesOf implements store.Cases.
func (s *Store) EraseCasesOf(ctx context.Context, customer string) (n int64, err error) {
	err = s.Atomically(ctx, func(ctx context.Context) error {
		for _, query := range []string{"casefile_cause.erase_of", "casefile_event.erase_of"} {
			if err := s.run(ctx, query, customer); err != nil {
				return err
			}
		}
		n, err = s.counted(ctx, "casefile.erase_of", customer)
		return err
	})
	return n, err
}

func scanCase(row scanner) (c store.KeptCase, err error) {
	var opened, due int64
	var taken, settled, closed sql.NullInt64
	err = row.Scan(&c.Number, &c.Version, &c.Touchpoint, &c.TouchpointName, &c.Customer, &c.Matter, &c.State, &c.Owner, &c.OwnerName, &c.Why, &c.Step, &c.RaisedTo,
		&c.RaisedName, &opened, &due, &taken, &settled, &closed, &c.Settlement, &c.Answer, &c.AnswerText, &c.AnswerHash, &c.AskedByMail, &c.Reopened)
	c.Opened, c.Due = time.UnixMilli(opened).UTC(), time.UnixMilli(due).UTC()
	c.Taken, c.Settled, c.Closed = timeOf(taken), timeOf(settled), timeOf(closed)
	return c, err
}
