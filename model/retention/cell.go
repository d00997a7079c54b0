package retention

import (
	"fmt"
	"math"
	"sort"

	"github.com/clientele/clientele/model/fit"
)

// Cell is a number of customers who share one observed tenure.
type Cell struct {
	// Entry counts the renewals behind a customer when the record begins: 0 for
	// one that is known from the start.
	Entry int
	// Exit counts the renewals up to the end of the record, or, for those who
	// left, up to and with the one that did not happen.
	Exit int
	Left bool
	N    float64 // customers, or any other weight ≥ 0
}

// FromSurvivors makes cells of one cohort of which survivors[t] passed t renewals;
// survivors[0] are all that started. The error is a *fit.Refusal where the numbers
// rise or are no numbers.
func FromSurvivors(survivors []float64) ([]Cell, error) {
	var cells []Cell
	for t, n := range survivors {
		next := 0.0
		last := t == len(survivors)-1
		if !last {
			next = survivors[t+1]
		}
		switch {
		case !(n >= next && next >= 0 && n <= math.MaxFloat64):
			return nil, &fit.Refusal{
				Reason: fit.BadInput, Model: "retention",
				Message: fmt.Sprintf("The cohort counts %g customers after %d renewals and %g after the next.", n, t, next),
				Hint:    "Give the customers left of one cohort after 0, 1, 2, … renewals; the numbers cannot rise.",
			}
		case last:
			cells = append(cells, Cell{Exit: t, N: n})
		default:
			cells = append(cells, Cell{Exit: t + 1, Left: true, N: n - next})
		}
	}
	return cells, nil
}

// tenures are cells by renewal: ln L = Σ stayed·ln S(t) + left·ln(S(t−1) − S(t)).
type tenures struct {
	t            []float64
	stayed, left []float64
	weight       float64
	renewals     float64 // seen to happen
	leavers      float64 // renewals seen not to happen
}

// collect checks cells and adds them up by renewal, in order. A late entry
// conditions on S(Entry): it counts against those who stayed.
func collect(model string, cells []Cell) (*tenures, error) {
	d, stayed, left := &tenures{}, map[int]float64{}, map[int]float64{}
	for _, c := range cells {
		if ok := c.Entry >= 0 && c.Exit >= c.Entry && (!c.Left || c.Exit > c.Entry) && c.N >= 0 && c.N <= math.MaxFloat64; !ok {
			return nil, &fit.Refusal{
				Reason: fit.BadInput, Model: model,
				Message: fmt.Sprintf("A cell contradicts itself: entry %d, exit %d, left %t, weight %g.", c.Entry, c.Exit, c.Left, c.N),
				Hint:    "Needed are 0 ≤ Entry ≤ Exit, Entry < Exit for those who left, and a weight that is finite and not negative.",
			}
		}
		seen := float64(c.Exit - c.Entry)
		if c.Left {
			left[c.Exit] += c.N
			d.leavers += c.N
			seen--
		} else {
			stayed[c.Exit] += c.N
		}
		stayed[c.Entry] -= c.N
		d.renewals += c.N * seen
		d.weight += c.N
	}
	d.layOut(stayed, left)
	return d, d.refuseEarly(model)
}

// layOut puts the sums in order of their renewal; S(0) is 1 and tells nothing.
func (d *tenures) layOut(stayed, left map[int]float64) {
	at := map[int]bool{}
	for t := range stayed {
		at[t] = t > 0
	}
	for t := range left {
		at[t] = t > 0
	}
	for t, counts := range at {
		if counts {
			d.t = append(d.t, float64(t))
		}
	}
	sort.Float64s(d.t)
	for _, t := range d.t {
		d.stayed, d.left = append(d.stayed, stayed[int(t)]), append(d.left, left[int(t)])
	}
}

// refuseEarly says what can be said before any search.
func (d *tenures) refuseEarly(model string) error {
	r := &fit.Refusal{Reason: fit.TooFew, Model: model}
	switch {
	case d.renewals+d.leavers == 0:
		r.Message, r.Hint = "No customer has come to a renewal yet.", "Wait for renewals, or choose a later as-of date."
	case d.leavers == 0:
		r.Message, r.Hint = "No customer has left yet.", "Wait for the first who leave; until then no rate can be told."
	case d.renewals == 0:
		r.Message, r.Hint = "No customer has renewed.", "Check how periods and ends of contract were read."
	default:
		return nil
	}
	return r
}
