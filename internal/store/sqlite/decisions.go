package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/clientele/clientele/internal/store/queries"
)

// Decide implements store.Decisions.
func (s *Store) Decide(ctx context.Context, name string, value []byte, at time.Time) error {
	return s.inTx(ctx, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, queries.Text("decision.add"), name, string(value), at.UnixMilli(), name)
		return err
	})
}

// Decided implements store.Decisions.
func (s *Store) Decided(ctx context.Context, name string) (value []byte, ok bool, err error) {
	last, err := recalled(ctx, s, "decision", name, func() (sql.NullString, error) {
		var text sql.NullString
		err := s.on(ctx).QueryRowContext(ctx, queries.Text("decision.get_last"), name).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return text, failure(err)
	})
	if err != nil || !last.Valid {
		return nil, false, err
	}
	return []byte(last.String), true, nil
}
