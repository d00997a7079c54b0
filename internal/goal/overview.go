package goal

import (
	"context"
	"errors"

	"github.com/clientele/clientele"
)

// Overview is every goal with what came of it, and the latest quarter that the records
// cover with its alarm.
type Overview struct {
	Goals  []Report `json:"goals"`  // the latest period first
	Latest *Report  `json:"latest"` // null if no quarter is covered
}

// Overview computes the overview. Progress may be nil. Errors are those of Report.
func (s *Service) Overview(ctx context.Context, progress Progress) (Overview, error) {
	o, _, err := s.overview(ctx, func(p clientele.Period) (Report, bool, error) { return s.Report(ctx, p, progress) })
	return o, err
}

// ReadyOverview is the overview if its statements are computed already; ok is false
// otherwise.
func (s *Service) ReadyOverview(ctx context.Context) (o Overview, ok bool, err error) {
	return s.overview(ctx, func(p clientele.Period) (Report, bool, error) { return s.Ready(ctx, p) })
}

// PrepareOverview computes what ReadyOverview needs. Progress may be nil.
func (s *Service) PrepareOverview(ctx context.Context, progress Progress) error {
	var failed error
	_, _, err := s.overview(ctx, func(p clientele.Period) (Report, bool, error) {
		failed = errors.Join(failed, s.Prepare(ctx, p, progress))
		return Report{}, true, ctx.Err()
	})
	return errors.Join(failed, err)
}

// overview asks for the report of every goal and of the latest quarter. A goal of days that
// the calendar no longer has stands without its figures.
func (s *Service) overview(ctx context.Context, report func(clientele.Period) (Report, bool, error)) (o Overview, ok bool, err error) {
	o = Overview{Goals: []Report{}}
	goals, err := s.Goals(ctx)
	if err != nil {
		return o, false, err
	}
	ok = true
	for _, g := range goals {
		r, done, err := s.one(ctx, g, report)
		if err != nil {
			return o, false, err
		}
		ok = ok && done
		o.Goals = append(o.Goals, r)
	}
	latest, found, err := s.statements.Latest(ctx)
	if err != nil || !found {
		return o, ok && err == nil, err
	}
	r, done, err := report(latest)
	o.Latest = &r
	return o, ok && done, err
}

// one is the report of a goal.
func (s *Service) one(ctx context.Context, g Goal, report func(clientele.Period) (Report, bool, error)) (Report, bool, error) {
	p := clientele.Period{From: g.From, To: g.To}
	if known, err := s.Named(ctx, p); err != nil || known {
		if err != nil {
			return Report{}, false, err
		}
		return report(p)
	}
	const why = "the fiscal calendar has changed and has no such period"
	r := Report{Goal: g, Lines: append([]Line{}, g.list()...), Alarm: untold(g.Period, "", why)}
	for i := range r.Lines {
		r.Lines[i].Why = why
	}
	return r, true, nil
}
