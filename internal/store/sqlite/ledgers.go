package sqlite

import (
	"context"
	"errors"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddEntry implements store.Ledgers.
func (s *Store) AddEntry(ctx context.Context, e store.LedgerEntry) error {
	done, err := s.on(ctx).ExecContext(ctx, queries.Text("ledger.add"), e.Ledger, e.Number, e.Text)
	if err != nil {
		return failure(err)
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return clientele.Errorf(clientele.CodeConflict, "entry %d of the %s is there already", e.Number, e.Ledger)
	}
	return failure(err)
}

// Entries implements store.Ledgers.
func (s *Store) Entries(ctx context.Context, ledger string) (all []store.LedgerEntry, err error) {
	rows, err := s.on(ctx).QueryContext(ctx, queries.Text("ledger.list"), ledger)
	if err != nil {
		return nil, failure(err)
	}
	defer func() { err = errors.Join(err, failure(rows.Close())) }()
	for rows.Next() {
		var e store.LedgerEntry
		if err := rows.Scan(&e.Ledger, &e.Number, &e.Text); err != nil {
			return nil, failure(err)
		}
		all = append(all, e)
	}
	return all, failure(rows.Err())
}
