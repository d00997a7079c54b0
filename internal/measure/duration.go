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

// durations measures how long matters took.
func (b *builder) durations(ctx context.Context, w warehouse.Measures, q warehouse.MeasureQuery) (counted, error) {
	rows, err := w.Durations(ctx, q)
	if err != nil {
		return counted{}, err
	}
	out := counted{figures: map[place]figure{}, left: map[warehouse.LeftOut]int64{}}
	spells := map[place][]retention.Spell{}
	ended := map[place]bool{}
	for _, d := range rows {
		if d.LeftOut != warehouse.Counts {
			out.left[d.LeftOut] += d.N
			continue
		}
		at := place{d.Period, segmentName(q.By, d.Segment)}
		out.figures[at] = figure{Sums: out.figures[at].Sums.Add(d.Sums)}
		spells[at] = append(spells[at], retention.Spell{Exit: max(atOnce, float64(d.Minutes)) / 60, Left: d.Ended, N: d.W})
		ended[at] = ended[at] || d.Ended
		if d.Ended && d.Minutes == 0 {
			out.instant += d.N
		}
	}
	for at, f := range out.figures {
		if f.Estimate, err = median(spells[at], f.Sums); err != nil {
			return counted{}, err
		}
		f.why = "Fewer than half of these have ended so far."
		if !ended[at] {
			f.why = "None of these has an end on record: map the field end, or wait for it."
		}
		out.figures[at] = f
	}
	return out, nil
}

// median is that of weighted matters, which count for as many as they effectively are.
func median(spells []retention.Spell, of score.Sums) (score.Estimate, error) {
	if of.W == 0 {
		return unknown, nil
	}
	for i := range spells {
		spells[i].N *= of.Effective() / of.W
	}
	return score.Median(spells)
}
