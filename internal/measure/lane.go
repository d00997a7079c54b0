package measure

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/warehouse"
)

// mostLanes is how many touchpoints have a lane, those with the most records.
const mostLanes = 1000

// LatestLane returns the lane that was made last; ok is false if none was. It computes nothing.
func (s *Service) LatestLane(ctx context.Context) (lane clientele.MeasureLane, ok bool, err error) {
	q, err := s.laneQuestion(ctx)
	if err != nil {
		return lane, false, err
	}
	lane, is, err := kept.Latest[clientele.MeasureLane](ctx, s.answers, q)
	lane.Current = is.Current
	return lane, is.Key != "", err
}

// prepareLane makes and keeps the lane. The error is also the cache's.
func (s *Service) prepareLane(ctx context.Context) error {
	_, notKept, err := kept.Answer(ctx, s.answers, func() (kept.Work[clientele.MeasureLane], error) {
		q, err := s.laneQuestion(ctx)
		return kept.Work[clientele.MeasureLane]{Question: q, Compute: func() (clientele.MeasureLane, error) { return s.lane(ctx) }}, err
	})
	return errors.Join(err, notKept)
}

func (s *Service) laneQuestion(ctx context.Context) (kept.Question, error) {
	settings, err := s.book.Settings(ctx)
	return kept.Question{Kind: "measure_lanes", Asked: settings}, err
}

// lane measures every touchpoint, each measure of all of them at once.
func (s *Service) lane(ctx context.Context) (out clientele.MeasureLane, err error) {
	settings, known, err := s.known(ctx)
	if err != nil {
		return out, err
	}
	at := map[string]*clientele.TouchpointMeasures{}
	for _, e := range library() {
		if e.everywhere || e.undivided {
			continue
		}
		days, some, err := s.warehouse.MeasuredDays(ctx, e.of, known)
		if err != nil {
			return out, err
		}
		if !some {
			continue
		}
		if err := s.alongside(ctx, settings, e, days, at); err != nil {
			return out, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(at)) {
		if len(out.Touchpoints) < mostLanes {
			out.Touchpoints = append(out.Touchpoints, *at[name])
		}
	}
	return out, nil
}

// alongside adds a measure to every touchpoint at which it can be told.
func (s *Service) alongside(ctx context.Context, settings clientele.Settings, e entry, days clientele.Period, at map[string]*clientele.TouchpointMeasures) error {
	grid, err := gridOf(settings, days)
	if err != nil {
		return err
	}
	all := newBuilder(e, Request{Name: e.Name})
	all.query.Days = days
	c, err := all.count(ctx, s.warehouse, grid.periods, warehouse.ByTouchpoint)
	if err != nil {
		return err
	}
	own := map[string]counted{}
	for p, counts := range c.parts {
		if own[p.segment].parts == nil {
			own[p.segment] = counted{parts: map[place]part{}}
		}
		own[p.segment].parts[place{period: p.period}] = counts
	}
	for name, parts := range own {
		b := newBuilder(e, Request{Name: e.Name, Touchpoint: name})
		if err := b.series(parts, grid); err != nil {
			return err
		}
		if m, ok := lastOf(b.report); ok && name != clientele.UnknownSegment {
			if at[name] == nil {
				at[name] = &clientele.TouchpointMeasures{Touchpoint: name}
			}
			at[name].Measures = append(at[name].Measures, m)
		}
	}
	return nil
}

// lastOf is the last whole period of a report with a figure, and its signal.
func lastOf(r clientele.MeasureReport) (m clientele.LastMeasure, ok bool) {
	m = clientele.LastMeasure{Name: r.Definition.Name, Title: r.Definition.Title, Unit: r.Definition.Unit, Every: r.Series.Every, Judged: r.Series.Centre != nil}
	for _, p := range r.Series.Points {
		if p.Value != nil && !p.Partial {
			m.Period, m.Measurement, ok = p.Period, p.Measurement, true
		}
	}
	for _, signal := range r.Signals {
		if signal.From == m.From {
			m.Signal = &signal
		}
	}
	return m, ok
}
