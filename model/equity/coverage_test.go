package equity

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// soak asks for the study at full length, as make soak does.
var soak = flag.Bool("soak", false, "run the studies of this package at full length")

// company draws 2,000 customers who come evenly over three years and a quarter, as they
// were known at the beginning of the last quarter and at its end. Two purchases of one day
// are two, as the models have it: to count them as one, as records do, moves α by
// 3(r+1)/14 weeks, three quarters of a standard error here, and what is studied is the
// intervals, not that (see studied in model/btyd).
func company(m btyd.ParetoNBD, g spend.GammaGamma, seed uint64) []Pair {
	const opening, closing = 3 * 364, 3*364 + 91
	rng := rand.New(rand.NewPCG(seed, 1))
	pairs := make([]Pair, 2000)
	for i := range pairs {
		born := i * closing / len(pairs)
		rate := gammaDraw(rng, g.Q) / g.V
		p := Pair{N: 1, New: born > opening, Opening: Past{T: max(0, opening-born)}, Closing: Past{T: closing - born}}
		buy := func(q *Past, days, z float64) {
			if days <= float64(q.T) {
				q.X, q.Tx, q.XG, q.Z = q.X+1, int(math.Round(days)), q.XG+1, q.Z+z
			}
		}
		for _, at := range m.Simulate(rng, float64(closing-born)/btyd.DaysPerWeek) {
			z := gammaDraw(rng, g.P) / rate
			buy(&p.Opening, at*btyd.DaysPerWeek, z)
			buy(&p.Closing, at*btyd.DaysPerWeek, z)
		}
		pairs[i] = p
	}
	return pairs
}

// gammaDraw is of shape k and rate 1 (Marsaglia and Tsang, ACM TOMS 26, 2000).
func gammaDraw(rng *rand.Rand, k float64) float64 {
	if k < 1 {
		return gammaDraw(rng, k+1) * math.Pow(rng.Float64(), 1/k)
	}
	d := k - 1./3
	for {
		x := rng.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// fitted fits the pasts of one end.
func fitted(pairs []Pair, past func(Pair) (Past, bool)) (Assumptions, error) {
	var cells []btyd.Cell
	var money []spend.Row
	for _, p := range pairs {
		if q, ok := past(p); ok {
			cells = append(cells, btyd.Cell{X: q.X, Tx: q.Tx, T: q.T, N: p.N})
			money = append(money, spend.Row{X: q.XG, N: p.N, SumZ: q.Z})
		}
	}
	f, err := btyd.FitParetoNBD(cells, btyd.Options{})
	if err != nil {
		return Assumptions{}, err
	}
	s, err := spend.FitGammaGamma(money, spend.Options{})
	return Assumptions{f, s}, err
}

// The study's company, truly.
var (
	trueModel = btyd.ParetoNBD{R: .75, Alpha: 8, S: .9, Beta: 40}
	trueMoney = spend.GammaGamma{P: 5, Q: 5, V: 40}
	truth     = Assumptions{
		&btyd.ParetoNBDFit{Params: trueModel, Estimate: &fit.Estimate{Theta: []float64{trueModel.R, trueModel.Alpha, trueModel.S, trueModel.Beta}}},
		&spend.Fit{Params: trueMoney, Estimate: &fit.Estimate{Theta: []float64{trueMoney.P, trueMoney.Q, trueMoney.V}}},
	}
)

// horizons of the study, in weeks. Of the second it is told only.
var horizons = [...]float64{260, math.Inf(1)}

func studyOptions(horizon float64, seed uint64, draws int) MovementOptions {
	return MovementOptions{Margin: .3, Delta: btyd.WeeklyDiscount(.15), Horizon: horizon, Weeks: 13, Seed: seed, Draws: draws}
}

// studied is a fit that foresees for all horizons of the study at once, and keeps what it
// foresaw: who is a customer still is most of the work of a draw, and the same for all.
type studied struct {
	Foreseeing
	kept sync.Map
}

func (f *studied) Foresee(g *btyd.Grid, theta []float64, a btyd.Ahead, into *btyd.Prospects, w *btyd.Workspace) {
	all, nth, n := btyd.Ahead{Weeks: a.Weeks}, 0, len(a.Sums)
	for k, horizon := range horizons {
		opening, closing := studyOptions(horizon, 0, 0).Sums()
		sums := closing.Sums
		if n > 1 {
			sums = opening.Sums
		}
		if sums[0] == a.Sums[0] {
			nth = k
		}
		all.Sums = append(all.Sums, sums...)
	}
	key := fmt.Sprint(n, g.Len(), theta)
	p, ok := f.kept.Load(key)
	if !ok {
		fresh := &btyd.Prospects{}
		f.Foreseeing.Foresee(g, theta, all, fresh, w)
		f.kept.Store(key, fresh)
		p = fresh
	}
	*into = *p.(*btyd.Prospects)
	into.DET = into.DET[nth*n : (nth+1)*n]
}

// verdicts say of every line whether its interval holds the truth, by horizon.
type verdicts [len(horizons)]map[string]bool

// study makes the company of one seed, fits both ends once, and judges the lines of the
// movement under every horizon; nil where a fit is refused.
func study(seed uint64, draws int) (*verdicts, error) {
	pairs := company(trueModel, trueMoney, seed)
	before, err0 := fitted(pairs, func(p Pair) (Past, bool) { return p.Opening, !p.New })
	after, err1 := fitted(pairs, func(p Pair) (Past, bool) { return p.Closing, true })
	if err0 != nil || err1 != nil {
		return nil, nil
	}
	before.Purchases, after.Purchases = &studied{Foreseeing: before.Purchases}, &studied{Foreseeing: after.Purchases}
	var v verdicts
	for k, horizon := range horizons {
		o := studyOptions(horizon, seed, draws)
		want, _, err := Move(pairs, truth, truth, o)
		if err != nil {
			return nil, err
		}
		d, err := deviationOf(pairs, before, after, o)
		if err != nil {
			return nil, err
		}
		if v[k] = held(want, d); math.IsInf(horizon, 1) {
			delete(v[k], "window") // 0, and known
		}
	}
	return &v, nil
}

func deviationOf(pairs []Pair, before, after Assumptions, o MovementOptions) (*Deviation, error) {
	total, _, err := Move(pairs, before, after, o)
	if err != nil {
		return nil, err
	}
	return Spread(pairs, total, before, after, o)
}

// held tells which lines of want lie in their intervals.
func held(want Lines, d *Deviation) map[string]bool {
	out := map[string]bool{}
	for line, v := range map[string][3]float64{
		"opening": {d.Low.Opening, want.Opening, d.High.Opening}, "unwinding": {d.Low.Unwinding, want.Unwinding, d.High.Unwinding},
		"release": {d.Low.Release, want.Release, d.High.Release}, "window": {d.Low.Window, want.Window, d.High.Window},
		"experience": {d.ExperienceLow, want.Experience(), d.ExperienceHigh}, "survival": {d.Low.Survival, want.Survival, d.High.Survival},
		"activity": {d.Low.Activity, want.Activity, d.High.Activity}, "spend": {d.Low.Spend, want.Spend, d.High.Spend},
		"new": {d.Low.New, want.New, d.High.New}, "assumption": {d.Low.Assumption, want.Assumption, d.High.Assumption},
		"closing": {d.Low.Closing, want.Closing, d.High.Closing},
	} {
		out[line] = v[0] <= v[1] && v[1] <= v[2]
	}
	return out
}

// studyStep is after how many companies a study says what it has seen so far.
const studyStep = 50

// Issue 4, must hold 6: at 260 weeks the 95 % interval of every estimated line holds the
// line at the true parameters in 93 to 97 % of 1,000 simulated companies; without a horizon
// it is reported. In short form it must not be far from that.
func TestStudyOfMovementLines(t *testing.T) {
	companies, draws := 2, 100
	if *soak {
		companies, draws = 1000, MovementDraws
	}
	var seen [len(horizons)]map[string]int
	for k := range seen {
		seen[k] = map[string]int{}
	}
	fits, seeds := 0, 0
	for fits < companies {
		found, errs := make([]*verdicts, min(studyStep, companies-fits)), make([]error, studyStep)
		inParallel(len(found), func() func(int) {
			return func(i int) { found[i], errs[i] = study(uint64(seeds+i+1), draws) }
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		seeds += len(found)
		for _, v := range found {
			if v == nil {
				continue
			}
			fits++
			for k := range v {
				for line, ok := range v[k] {
					seen[k][line] += map[bool]int{true: 1}[ok]
				}
			}
		}
		for k, horizon := range horizons {
			t.Logf("%d companies, %d refused, horizon %g, shares held: %s", fits, seeds-fits, horizon, shares(seen[k], fits))
		}
	}
	least, most := .93, .97
	if !*soak {
		least, most = .95-4*math.Sqrt(.95*.05/float64(fits)), 1
	}
	for line, n := range seen[0] {
		if share := float64(n) / float64(fits); share < least || share > most {
			t.Errorf("%s: the intervals hold the truth in %.3f of %d", line, share, fits)
		}
	}
}

func shares(seen map[string]int, fits int) string {
	var out []string
	for line, n := range seen {
		out = append(out, fmt.Sprintf("%s %.3f", line, float64(n)/float64(fits)))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// What the study keeps of one horizon for the other is what the fit itself foresees.
func TestStudyForeseesAsTheFitDoes(t *testing.T) {
	pairs := company(trueModel, trueMoney, 1)
	direct, err := fitted(pairs, func(p Pair) (Past, bool) { return p.Closing, true })
	if err != nil {
		t.Fatal(err)
	}
	kept := Assumptions{&studied{Foreseeing: direct.Purchases}, direct.Money}
	for _, horizon := range horizons {
		want, _, err0 := Move(pairs, direct, direct, studyOptions(horizon, 1, 0))
		got, _, err1 := Move(pairs, kept, kept, studyOptions(horizon, 1, 0))
		if err := errors.Join(err0, err1); err != nil || got != want {
			t.Errorf("horizon %g: %v\ngot  %+v\nwant %+v", horizon, err, got, want)
		}
	}
}
