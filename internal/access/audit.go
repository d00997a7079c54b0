package access

import (
	"context"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/policy"
)

// Audit guards audit.Log, to which everybody adds and which auditors read.
type Audit struct{ parts *Parts }

// Page returns events, the latest first.
func (g Audit) Page(ctx context.Context, below int64, limit int, match func(audit.Event) bool) ([]audit.Event, error) {
	if _, err := policy.Require(ctx, policy.ReadAudit); err != nil {
		return nil, err
	}
	return g.parts.Log.Page(ctx, below, limit, match)
}

// Verify follows the chain of events.
func (g Audit) Verify(ctx context.Context) (n int64, head string, findings []ledger.Finding, err error) {
	if _, err := policy.Require(ctx, policy.ReadAudit); err != nil {
		return 0, "", nil, err
	}
	return g.parts.Log.Verify(ctx)
}

// Exported records that events were taken out of the book, and by which filter.
func (g Audit) Exported(ctx context.Context, filter any) error {
	if _, err := policy.Require(ctx, policy.ReadAudit); err != nil {
		return err
	}
	return g.parts.Log.Record(ctx, "audit.exported", "audit", nil, filter)
}
