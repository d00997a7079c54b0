package retention

import (
	"fmt"
	"math"
	"sort"

	"github.com/clientele/clientele/model/fit"
)

// Spell is the time during which a number of customers is watched, in any unit
// since each one's start: they are at risk in (Entry, Exit].
type Spell struct {
	Entry float64 // 0 for those known from the start; later for a base that was migrated in
	Exit  float64
	Left  bool    // left at Exit; otherwise still there
	N     float64 // customers ≥ 0
}

// Step is an instant at which customers left.
type Step struct {
	Time     float64
	AtRisk   float64 // customers watched just before
	Left     float64
	Survival float64 // share that stays longer than Time
	SE       float64 // of Survival, by Greenwood's formula; 0 where Survival is 0
}

// Interval is the 95 % interval of Survival, on the scale of ln(−ln S), so that it stays within
// 0 and 1 (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 1980). Where
// Survival is 0 it has no width.
func (s Step) Interval() (low, high float64) {
	if s.Survival <= 0 {
		return 0, 0
	}
	spread := math.Exp(1.959964 * s.SE / (s.Survival * -math.Log(s.Survival)))
	return math.Pow(s.Survival, spread), math.Pow(s.Survival, 1/spread)
}

// KaplanMeier returns the product-limit estimate of survival with late entry
// (Kaplan and Meier, Journal of the American Statistical Association 53, 1958),
// one step per instant of leaving. It assumes no model, and says nothing beyond the
// last instant. With late entry few customers may be at risk early on: where all
// of them leave, survival is 0 from there on, so look at AtRisk. The error is a
// *fit.Refusal for a spell that contradicts itself.
func KaplanMeier(spells []Spell) ([]Step, error) {
	entries, exits, left := map[float64]float64{}, map[float64]float64{}, map[float64]float64{}
	for _, s := range spells {
		if ok := s.Entry >= 0 && s.Exit > s.Entry && s.Exit <= math.MaxFloat64 && s.N >= 0 && s.N <= math.MaxFloat64; !ok {
			return nil, &fit.Refusal{
				Reason: fit.BadInput, Model: "Kaplan–Meier",
				Message: fmt.Sprintf("A spell contradicts itself: entry %g, exit %g, weight %g.", s.Entry, s.Exit, s.N),
				Hint:    "Needed are 0 ≤ Entry < Exit and a weight that is finite and not negative.",
			}
		}
		entries[s.Entry] += s.N
		exits[s.Exit] += s.N
		if s.Left && s.N > 0 {
			left[s.Exit] += s.N
		}
	}
	return steps(ordered(entries), ordered(exits), ordered(left)), nil
}

// count is a number of customers at an instant.
type count struct{ at, n float64 }

func ordered(m map[float64]float64) []count {
	out := make([]count, 0, len(m))
	for at, n := range m {
		out = append(out, count{at, n})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].at < out[j].at })
	return out
}

// rounding is what sums of weights may leave over of nobody.
const rounding = 1e-12

// steps walks the instants of leaving; at risk are those who entered before and
// did not exit before.
func steps(entries, exits, left []count) []Step {
	out := make([]Step, 0, len(left))
	risk, survival, greenwood := 0.0, 1.0, 0.0
	in, gone := 0, 0
	for _, l := range left {
		for ; in < len(entries) && entries[in].at < l.at; in++ {
			risk += entries[in].n
		}
		for ; gone < len(exits) && exits[gone].at < l.at; gone++ {
			risk -= exits[gone].n
		}
		s := Step{Time: l.at, AtRisk: risk, Left: l.n}
		if stay := risk - l.n; stay > rounding*risk && survival > 0 {
			survival *= stay / risk
			greenwood += l.n / (risk * stay)
			s.Survival, s.SE = survival, survival*math.Sqrt(greenwood)
		} else {
			survival = 0
		}
		out = append(out, s)
	}
	return out
}
