package access

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/warehouse"
)

// Measures guards measure.Service.
type Measures struct{ parts *Parts }

// Ready returns a report that is there already, with the segments that are the actor's.
func (g Measures) Ready(ctx context.Context, r measure.Request) (out clientele.MeasureReport, ok bool, err error) {
	a, err := policy.Require(ctx, policy.ReadMeasures)
	if err != nil {
		return out, false, err
	}
	out, ok, err = g.parts.Measures.Ready(ctx, r)
	return cutMeasure(a, out), ok, err
}

// ReadyOverview returns all measures if they are there already.
func (g Measures) ReadyOverview(ctx context.Context) (out clientele.MeasureOverview, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadMeasures); err != nil {
		return out, false, err
	}
	return g.parts.Measures.ReadyOverview(ctx)
}

// Prepare has a report ready.
func (g Measures) Prepare(ctx context.Context, r measure.Request) error {
	if _, err := policy.Require(ctx, policy.ReadMeasures); err != nil {
		return err
	}
	return g.parts.Measures.Prepare(ctx, r)
}

// Touchpoints lists the touchpoints of the records.
func (g Measures) Touchpoints(ctx context.Context) ([]warehouse.Touchpoint, error) {
	if _, err := policy.Require(ctx, policy.ReadMeasures); err != nil {
		return nil, err
	}
	return g.parts.Measures.Touchpoints(ctx)
}
