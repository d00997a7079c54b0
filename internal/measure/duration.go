package measure

import (
	"context"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/retention"
	"github.com/clientele/clientele/model/score"
)

// atOnce is how long, in minutes, what ended in the minute of its beginning counts as having
// taken: nothing lasts no time at all.
const atOnce = .5

// durations counts how long matters took.
func durations(ctx context.Context, w warehouse.Measures, q warehouse.MeasureQuery) (counted, error) {
	rows, err := w.Durations(ctx, q)
	if err != nil {
		return counted{}, err
	}
	out := counted{parts: map[place]part{}, left: map[warehouse.LeftOut]int64{}}
	for _, d := range rows {
		if d.LeftOut != warehouse.Counts {
			out.left[d.LeftOut] += d.N
			continue
		}
		at := place{d.Period, d.Segment}
		p := out.parts[at]
		p.Sums, p.ended = p.Sums.Add(d.Sums), p.ended || d.Ended
		p.spells = append(p.spells, retention.Spell{Exit: max(atOnce, float64(d.Minutes)) / 60, Left: d.Ended, N: d.W})
		out.parts[at] = p
		if d.Ended && d.Minutes == 0 {
			out.instant += d.N
		}
	}
	return out, nil
}

// median is the time that half of the matters outlast, which count for as many as they
// effectively are; why says why it could not be told.
func (p part) median() (e score.Estimate, why string, err error) {
	why = "Fewer than half of these have ended so far."
	if !p.ended {
		why = "None of these has an end on record: map the field end, or wait for it."
	}
	if p.W == 0 {
		return unknown, why, nil
	}
	spells := make([]retention.Spell, len(p.spells))
	for i, s := range p.spells {
		s.N *= p.Effective() / p.W
		spells[i] = s
	}
	e, err = score.Median(spells)
	return e, why, err
}
