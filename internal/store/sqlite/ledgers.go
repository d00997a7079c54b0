package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele/clientele/internal/store"
)

// AddEntry implements store.Ledgers.
func (s *Store) AddEntry(ctx context.Context, e store.LedgerEntry) error {
	there := fmt.Sprintf("entry %d of the %s is there already", e.Number, e.Ledger)
	return s.added(ctx, there, "ledger.add", e.Ledger, e.Number, e.Text)
}

// Entries implements store.Ledgers.
func (s *Store) Entries(ctx context.Context, ledger string) ([]store.LedgerEntry, error) {
	entries, err := recalled(ctx, s, "ledger_entry", ledger, func() ([]store.LedgerEntry, error) {
		return listed(ctx, s, scanEntry, "ledger.list", ledger)
	})
	return slices.Clone(entries), err
}

func scanEntry(row scanner) (e store.LedgerEntry, err error) {
	err = row.Scan(&e.Ledger, &e.Number, &e.Text)
	return e, err
}
