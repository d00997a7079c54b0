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
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, queries.Text("decision.add"), name, string(value), at.UnixMilli(), name)
		return err
	})
}

// Decided implements store.Decisions.
func (s *Store) Decided(ctx context.Context, name string) (value []byte, ok bool, err error) {
	var text string
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("decision.get_last"), name).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, failure(err)
	}
	return []byte(text), true, nil
}
