package access

import (
	"context"
	"strconv"

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

// LatestLane returns how touchpoints stood when that was last made.
func (g Measures) LatestLane(ctx context.Context) (lane clientele.MeasureLane, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadMeasures); err != nil {
		return lane, false, err
	}
	return g.parts.Measures.LatestLane(ctx)
}

// Marks lists the events that are marked on charts.
func (g Measures) Marks(ctx context.Context) ([]clientele.MarkedEvent, error) {
	if _, err := policy.Require(ctx, policy.ReadMeasures); err != nil {
		return nil, err
	}
	return g.parts.Measures.Marks(ctx)
}

// Mark marks an event on charts, as the actor; by is heard from the owner of the machine alone.
func (g Measures) Mark(ctx context.Context, day clientele.Date, name, touchpoint, by string) (m clientele.MarkedEvent, err error) {
	a, err := policy.Require(ctx, policy.MarkEvents)
	if err != nil {
		return m, err
	}
	return m, g.parts.recorded(ctx, "measures.marked", func(ctx context.Context) (string, any, any, error) {
		m, err = g.parts.Measures.Mark(ctx, day, name, touchpoint, signature(a, by))
		return markName(m), nil, map[string]any{"day": m.Day}, err
	})
}

// Unmark takes an event away, likewise.
func (g Measures) Unmark(ctx context.Context, number int64, by string) error {
	a, err := policy.Require(ctx, policy.MarkEvents)
	if err != nil {
		return err
	}
	return g.parts.recorded(ctx, "measures.unmarked", func(ctx context.Context) (string, any, any, error) {
		m, err := g.parts.Measures.Unmark(ctx, number, signature(a, by))
		return markName(m), map[string]any{"day": m.Day}, nil, err
	})
}

func markName(m clientele.MarkedEvent) string {
	return "marked-event/" + strconv.FormatInt(m.Number, 10)
}
