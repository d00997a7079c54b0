package access

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/policy"
)

// Models guards modelling.Service.
type Models struct{ parts *Parts }

// Examined returns what is known of the model as of a day.
func (g Models) Examined(ctx context.Context, day clientele.Date) (m clientele.ModelRun, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadModel); err != nil {
		return m, false, err
	}
	return g.parts.Models.Examined(ctx, day)
}

// Examine fits and checks the model as of a day.
func (g Models) Examine(ctx context.Context, day clientele.Date, p modelling.Progress) (m clientele.ModelRun, err error) {
	if _, err := policy.Require(ctx, policy.ReadModel); err != nil {
		return m, err
	}
	return g.parts.Models.Examine(ctx, day, p)
}

// Compare compares the candidates, and so chooses the model in use.
func (g Models) Compare(ctx context.Context, day clientele.Date, p modelling.Progress) (c *clientele.ModelChoice, err error) {
	if _, err := policy.Require(ctx, policy.ChooseModel); err != nil {
		return nil, err
	}
	if c, err = g.parts.Models.Compare(ctx, day, p); err != nil {
		return nil, err
	}
	return c, g.parts.Log.Record(ctx, "model.chosen", "model/"+day.String(), nil, map[string]string{"chosen": c.Name})
}

// Contracts guards contract.Service.
type Contracts struct{ parts *Parts }

// Ready returns a report that is there already, with the plans that are the actor's.
func (g Contracts) Ready(ctx context.Context, r contract.Request) (out clientele.ContractReport, ok bool, err error) {
	a, err := policy.Require(ctx, policy.ReadStatement)
	if err != nil {
		return out, false, err
	}
	out, ok, err = g.parts.Contracts.Ready(ctx, r)
	return cutContracts(a, out), ok, err
}

// Prepare has a report ready.
func (g Contracts) Prepare(ctx context.Context, r contract.Request) error {
	if _, err := policy.Require(ctx, policy.ReadStatement); err != nil {
		return err
	}
	return g.parts.Contracts.Prepare(ctx, r)
}

// Closings guards closing.Service.
type Closings struct{ parts *Parts }

// Closes lists the closed periods.
func (g Closings) Closes(ctx context.Context) ([]clientele.Close, error) {
	a, err := policy.Require(ctx, policy.ReadCloses)
	if err != nil {
		return nil, err
	}
	closes, err := g.parts.Closings.Closes(ctx)
	out := make([]clientele.Close, len(closes))
	for i, c := range closes {
		out[i] = cutClose(a, c)
	}
	return out, err
}

// Closed returns one.
func (g Closings) Closed(ctx context.Context, period string) (c clientele.Close, err error) {
	a, err := policy.Require(ctx, policy.ReadCloses)
	if err != nil {
		return c, err
	}
	c, err = g.parts.Closings.Closed(ctx, period)
	return cutClose(a, c), err
}

// Compared returns a comparison with the records that is there already.
func (g Closings) Compared(ctx context.Context, c clientele.Close) (r closing.Restatement, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadCloses); err != nil {
		return r, false, err
	}
	return g.parts.Closings.Compared(ctx, c)
}

// Restated compares a close with the records.
func (g Closings) Restated(ctx context.Context, c clientele.Close) (r closing.Restatement, err error) {
	if _, err := policy.Require(ctx, policy.ReadCloses); err != nil {
		return r, err
	}
	return g.parts.Closings.Restated(ctx, c)
}
