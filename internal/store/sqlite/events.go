package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddEvents implements store.Events.
func (s *Store) AddEvents(ctx context.Context, messages []store.EventMessage) (kept []bool, err error) {
	err = s.inTx(ctx, func(tx *transaction) (err error) {
		add, err := tx.PrepareContext(ctx, queries.Text("event.add"))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, add.Close()) }()
		for _, m := range messages {
			done, err := add.ExecContext(ctx, m.Source, m.ID, m.Customer, m.State, m.Received.UnixMilli(), textOf(m.Body))
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			kept = append(kept, n == 1)
		}
		return nil
	})
	return kept, err
}

// WaitingEvents implements store.Events.
func (s *Store) WaitingEvents(ctx context.Context) (n int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("event.count_waiting")).Scan(&n)
	return n, failure(err)
}

// NextPortion implements store.Events.
func (s *Store) NextPortion(ctx context.Context, limit int) (portion int64, messages []store.EventMessage, err error) {
	err = s.Atomically(ctx, func(ctx context.Context) error {
		var next sql.NullInt64
		if err := s.on(ctx).QueryRowContext(ctx, queries.Text("event.get_portion")).Scan(&next); err != nil {
			return err
		}
		if !next.Valid {
			if _, err := s.on(ctx).ExecContext(ctx, queries.Text("event.make_portion"), limit); err != nil {
				return err
			}
			if err := s.on(ctx).QueryRowContext(ctx, queries.Text("event.get_portion")).Scan(&next); err != nil {
				return err
			}
		}
		portion = next.Int64
		messages, err = listed(ctx, s, scanEvent, "event.list_portion", portion)
		return err
	})
	return portion, messages, err
}

// SettlePortion implements store.Events.
func (s *Store) SettlePortion(ctx context.Context, portion int64, landed bool) error {
	query := "event.refuse"
	if landed {
		query = "event.settle"
	}
	return s.run(ctx, query, portion)
}

// EventsOf implements store.Events.
func (s *Store) EventsOf(ctx context.Context, customer string) iter.Seq2[store.EventMessage, error] {
	return streamed(ctx, s, scanEvent, "event.list_of", customer)
}

// EraseEventsOf implements store.Events.
func (s *Store) EraseEventsOf(ctx context.Context, customer string) (int64, error) {
	return s.counted(ctx, "event.erase_of", customer)
}

// ForgetEvents implements store.Events.
func (s *Store) ForgetEvents(ctx context.Context, before time.Time) (int64, error) {
	return s.counted(ctx, "event.forget", before.UnixMilli())
}

func scanEvent(row scanner) (m store.EventMessage, err error) {
	var received int64
	var body sql.NullString
	err = row.Scan(&m.Number, &m.Source, &m.ID, &m.Customer, &m.State, &received, &body)
	m.Received = time.UnixMilli(received).UTC()
	if body.Valid {
		m.Body = json.RawMessage(body.String)
	}
	return m, err
}
