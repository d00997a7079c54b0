package access

import (
	"context"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// Statements guards statement.Service.
type Statements struct{ parts *Parts }

// Prepare has a statement ready.
func (g Statements) Prepare(ctx context.Context, r statement.Request, p statement.Progress) error {
	if _, err := policy.Require(ctx, policy.ReadStatement); err != nil {
		return err
	}
	return g.parts.Statements.Prepare(ctx, r, p)
}

// Ready returns a statement that is there already, with the segments that are the actor's.
func (g Statements) Ready(ctx context.Context, r statement.Request) (st clientele.Statement, ok bool, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return st, false, err
	}
	st, ok, err = g.parts.Statements.Ready(ctx, r)
	return cutStatement(a, st), ok, err
}

// Latest returns the statement that is there already, or was there last, with the segments
// that are the actor's.
func (g Statements) Latest(ctx context.Context, r statement.Request) (st clientele.Statement, is kept.Is, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return st, is, err
	}
	st, is, err = g.parts.Statements.Latest(ctx, r)
	return cutStatement(a, st), is, err
}

// Explain returns what stands behind a figure: of the company with its rows for who sees all,
// and else without; of a segment only to whose it is.
func (g Statements) Explain(ctx context.Context, r statement.ExplainRequest) (x statement.Explanation, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return x, err
	}
	seen, err := sees(a, r.By, r.Segment)
	if err != nil {
		return x, err
	}
	x, err = g.parts.Statements.Explain(ctx, r)
	if !seen {
		x.Rows, x.Hidden = []warehouse.ExplainRow{}, hidden(a, x.Count, "rows")
	}
	return x, err
}

// PrepareEquityMovements has the movements of a period ready.
func (g Statements) PrepareEquityMovements(ctx context.Context, r statement.Request, p statement.Progress) error {
	if _, err := policy.Require(ctx, policy.ReadStatement); err != nil {
		return err
	}
	return g.parts.Statements.PrepareEquityMovements(ctx, r, p)
}

// ReadyEquityMovement returns one that is there already, with the segments that are the actor's.
func (g Statements) ReadyEquityMovement(ctx context.Context, r statement.EquityRequest) (m clientele.EquityMovement, ok bool, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return m, false, err
	}
	m, ok, err = g.parts.Statements.ReadyEquityMovement(ctx, r)
	return cutMovement(a, m), ok, err
}

// LatestEquityMovement is for a movement what Latest is for a statement.
func (g Statements) LatestEquityMovement(ctx context.Context, r statement.EquityRequest) (m clientele.EquityMovement, is kept.Is, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return m, is, err
	}
	m, is, err = g.parts.Statements.LatestEquityMovement(ctx, r)
	return cutMovement(a, m), is, err
}

// ExplainEquity returns what stands behind a line of a movement, with rows as Explain has.
func (g Statements) ExplainEquity(ctx context.Context, r statement.ExplainEquityRequest) (x statement.EquityExplanation, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return x, err
	}
	seen, err := sees(a, r.By, r.Segment)
	if err != nil {
		return x, err
	}
	x, err = g.parts.Statements.ExplainEquity(ctx, r)
	if !seen {
		x.Rows, x.Hidden = []warehouse.EquityRow{}, hidden(a, x.Count, "rows")
	}
	return x, err
}

// Acquisition tells what it brings to win customers, with the channels that are the actor's.
func (g Statements) Acquisition(ctx context.Context, day clientele.Date) (q clientele.Acquisition, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return q, err
	}
	q, err = g.parts.Statements.Acquisition(ctx, day)
	return cutAcquisition(a, q), err
}

// ReadyAcquisition returns it if it is there already.
func (g Statements) ReadyAcquisition(ctx context.Context, day clientele.Date) (q clientele.Acquisition, ok bool, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return q, false, err
	}
	q, ok, err = g.parts.Statements.ReadyAcquisition(ctx, day)
	return cutAcquisition(a, q), ok, err
}

// LatestAcquisition is for it what Latest is for a statement.
func (g Statements) LatestAcquisition(ctx context.Context, day clientele.Date) (q clientele.Acquisition, is kept.Is, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return q, is, err
	}
	q, is, err = g.parts.Statements.LatestAcquisition(ctx, day)
	return cutAcquisition(a, q), is, err
}

// Periods are those that the records cover.
func (g Statements) Periods(ctx context.Context) (p statement.Periods, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadStatement); err != nil {
		return p, false, err
	}
	return g.parts.Statements.Periods(ctx)
}

// Attributes are those by which the actor sees segments.
func (g Statements) Attributes(ctx context.Context) ([]string, error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return nil, err
	}
	all, err := g.parts.Statements.Attributes(ctx)
	if a.Reach(policy.ReadRows) == policy.Everything {
		return all, err
	}
	own := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return !slices.ContainsFunc(a.Scopes, func(s policy.Scope) bool { return s.Attribute == name && a.Covers(policy.ReadRows, s) })
	})
	return own, err
}
