package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AppendAudit implements store.Audit.
func (s *Store) AppendAudit(ctx context.Context, seal func(number int64, previous string) ([]byte, string, error)) error {
	return s.inTx(ctx, func(tx *transaction) error {
		var last int64
		var previous string
		err := tx.QueryRowContext(ctx, queries.Text("audit.get_last")).Scan(&last, &previous)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		text, hash, err := seal(last+1, previous)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, queries.Text("audit.add"), last+1, hash, text)
		return err
	})
}

// AuditForward implements store.Audit.
func (s *Store) AuditForward(ctx context.Context) iter.Seq2[store.AuditText, error] {
	return streamed(ctx, s, scanAudit, "audit.list")
}

// AuditBackward implements store.Audit.
func (s *Store) AuditBackward(ctx context.Context, below int64) iter.Seq2[store.AuditText, error] {
	if below <= 0 {
		below = math.MaxInt64
	}
	return streamed(ctx, s, scanAudit, "audit.list_back", below)
}

func scanAudit(row scanner) (t store.AuditText, err error) {
	err = row.Scan(&t.Number, &t.Text)
	return t, err
}
