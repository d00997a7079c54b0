package privacy

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/ledger"
)

type signedEntry = ledger.Entry[Signed]

// Exported is a file that somebody took out of the book. It may hold people who are
// erased since: ask who has it.
type Exported struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Action string    `json:"action"`
	Object string    `json:"object,omitempty"`
}

// maxExports is how many are listed.
const maxExports = 1000

// Exports lists what was taken out of the book since a time, the latest first: exports of
// rows, and backups.
func (s *Service) Exports(ctx context.Context, since time.Time) ([]Exported, error) {
	taken := []Exported{}
	events, err := s.parts.Audit.Page(ctx, 0, maxExports, func(e audit.Event) bool {
		out := strings.HasSuffix(e.Action, ".exported") || strings.HasSuffix(e.Action, ".backed_up")
		return out && e.Action != "tombstones.exported" && e.Outcome == audit.Done && !e.At.Before(since)
	})
	for _, e := range events {
		taken = append(taken, Exported{e.At, e.Name, e.Action, e.Object})
	}
	return taken, err
}

// Erasures lists what was erased, the latest first. Errors are those of the ledger.
func (s *Service) Erasures(ctx context.Context) ([]Receipt, error) {
	entries, err := s.erasures.Entries(ctx)
	all := make([]Receipt, 0, len(entries))
	for _, e := range slices.Backward(entries) {
		all = append(all, receiptOf(e))
	}
	return all, err
}
