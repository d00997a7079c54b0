package equity

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"github.com/clientele/clientele/model/spend"
)

// pairsOf pairs everyone's past at two days; who first bought in between is new.
func pairsOf(log cdnow.Log, from, to string) []Pair {
	at := func(day string) map[int]Past {
		out := map[int]Past{}
		for i, p := range log {
			if c := (cdnow.Log{p}).At(day, day); len(c) > 0 {
				out[i] = Past{X: c[0].X, Tx: c[0].Tx, T: c[0].T, XG: c[0].XG, Z: c[0].Z}
			}
		}
		return out
	}
	before, after := at(from), at(to)
	var pairs []Pair
	for i := range log {
		if past, ok := after[i]; ok {
			opening, old := before[i]
			pairs = append(pairs, Pair{Opening: opening, Closing: past, New: !old, N: 1, Group: i % 3})
		}
	}
	return pairs
}

// golden are the assumptions of statistics, section 3.
func golden(p *btyd.ParetoNBDFit, m *spend.Fit) (opening, closing Assumptions) {
	at := func(theta, phi []float64) Assumptions {
		e, f := *p.Estimate, *m.Estimate
		e.Theta, f.Theta = theta, phi
		return Assumptions{&btyd.ParetoNBDFit{Estimate: &e}, &spend.Fit{Estimate: &f}}
	}
	return at([]float64{.55327661, 10.57767270, .60623924, 11.66871664}, []float64{6.2495518, 3.7442156, 15.4435337}),
		at([]float64{.56300344, 12.55916076, .40810587, 10.51447911}, []float64{4.6834428, 4.1897703, 24.3905294})
}

var publishedMove = MovementOptions{Margin: .3, Delta: btyd.WeeklyDiscount(.15), Horizon: 260, Weeks: 39, Groups: 3, Seed: 1}

// Statistics, section 3, to the cent; with parameter error z is about 2.2.
func TestGoldenMovement(t *testing.T) {
	log := cdnow.Load(t, cdnow.Sample)
	p, m, _ := fitBoth(t, log.At("1997-09-30", "1998-06-30"))
	opening, closing := golden(p, m)
	pairs := pairsOf(log, "1997-09-30", "1998-06-30")
	for _, c := range []struct {
		horizon float64
		want    Lines
		z       float64
	}{
		{math.Inf(1), Lines{
			Opening: 78459.60, Unwinding: 8670.75, Release: -19183.04, Window: 0, Survival: 13813.79, Activity: -5321.66,
			Spend: 1231.44, New: 0, Assumption: 26518.40, Closing: 104189.28, Cash: 18134.80,
		}, 3.1597},
		{260, Lines{
			Opening: 55911.49, Unwinding: 6178.91, Release: -19183.04, Window: 3499.11, Survival: 9438.87, Activity: -3630.14,
			Spend: 839.92, New: 0, Assumption: 12364.91, Closing: 65420.03, Cash: 18134.80,
		}, 3.1636},
	} {
		o := publishedMove
		o.Horizon = c.horizon
		got, groups, err := Move(pairs, opening, closing, o)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "opening", got.Opening, c.want.Opening, .005)
		near(t, "unwinding", got.Unwinding, c.want.Unwinding, .005)
		near(t, "release", got.Release, c.want.Release, .005)
		near(t, "window", got.Window, c.want.Window, .005)
		near(t, "survival", got.Survival, c.want.Survival, .005)
		near(t, "activity", got.Activity, c.want.Activity, .005)
		near(t, "spend", got.Spend, c.want.Spend, .005)
		near(t, "new", got.New, c.want.New, .005)
		near(t, "assumption change", got.Assumption, c.want.Assumption, .005)
		near(t, "closing", got.Closing, c.want.Closing, .005)
		near(t, "cash", got.Cash, c.want.Cash, .005)
		near(t, "z", got.Experience()/math.Sqrt(got.Squares), c.z, .00005)
		near(t, "adds up", got.Discrepancy(), 0, 1e-9*got.Scale())
		sum := 0.0
		for _, g := range groups {
			sum += g.Survival
		}
		near(t, "groups", sum, got.Survival, 1e-8)
		if math.IsInf(c.horizon, 1) {
			continue
		}
		o.Draws = 400
		spread, err := Spread(pairs, got, opening, closing, o)
		if err != nil {
			t.Fatal(err)
		}
		z := got.Experience() / math.Sqrt(got.Squares+spread.ExperienceVariance)
		t.Logf("horizon %g: z %.3f; %+v", c.horizon, z, spread)
		near(t, "z with parameter error", z, 2.2, .2)
	}
}

// A sample tells how sure the lines of all are: around the lines of all, by draws that are
// worked out one by one as by the surface.
func TestSpreadOfASampleIsAroundTheLinesOfAll(t *testing.T) {
	log := cdnow.Load(t, cdnow.Sample)
	p, m, _ := fitBoth(t, log.At("1997-09-30", "1998-06-30"))
	opening, closing := golden(p, m)
	pairs := pairsOf(log, "1997-09-30", "1998-06-30")
	got, _, err := Move(pairs, opening, closing, publishedMove)
	if err != nil {
		t.Fatal(err)
	}
	all := Lines{}
	all.add(got, 2)
	for way, draws := range map[string]int{"one by one": 200, "surface": 20_000} {
		o := publishedMove
		o.Draws = draws
		of, err := Spread(pairs, got, opening, closing, o)
		if err != nil {
			t.Fatal(err)
		}
		ofAll, err := Spread(pairs, all, opening, closing, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []struct {
			name                       string
			low, high, total, was, now float64
		}{
			{"opening", ofAll.Low.Opening, ofAll.High.Opening, all.Opening, of.Low.Opening, ofAll.Low.Opening},
			{"release", ofAll.Low.Release, ofAll.High.Release, all.Release, of.Low.Release, ofAll.Low.Release},
			{"window", ofAll.Low.Window, ofAll.High.Window, all.Window, of.Low.Window, ofAll.Low.Window},
			{"survival", ofAll.Low.Survival, ofAll.High.Survival, all.Survival, of.Low.Survival, ofAll.Low.Survival},
			{"activity", ofAll.Low.Activity, ofAll.High.Activity, all.Activity, of.Low.Activity, ofAll.Low.Activity},
			{"spend", ofAll.Low.Spend, ofAll.High.Spend, all.Spend, of.Low.Spend, ofAll.Low.Spend},
			{"closing", ofAll.Low.Closing, ofAll.High.Closing, all.Closing, of.Low.Closing, ofAll.Low.Closing},
		} {
			if !(l.low < l.total && l.total < l.high) {
				t.Errorf("%s: %s is %.2f, outside %.2f to %.2f", way, l.name, l.total, l.low, l.high)
			}
			near(t, way+": "+l.name+" of twice as many", l.now/l.was, 2, 1e-9)
		}
	}
}

// anyPast draws a past of an age, and one that it has grown into some days later.
func anyPast(rng *rand.Rand, grown int) (before, after Past) {
	p := Past{T: rng.IntN(800)}
	if p.T > 0 && rng.IntN(3) > 0 {
		p.Tx = 1 + rng.IntN(p.T)
		p.X = 1 + rng.IntN(min(p.Tx, 30))
		p.XG = rng.IntN(p.X + 1)
		if p.XG > 0 {
			p.Z = math.Round(100*math.Exp(6*rng.NormFloat64())) / 100
		}
	}
	q := p
	if q.T += grown; rng.IntN(2) > 0 && grown > 0 {
		more := 1 + rng.IntN(min(grown, 20))
		q.X, q.Tx = q.X+more, q.T-rng.IntN(grown-more+1)
		if paid := rng.IntN(more + 1); paid > 0 {
			q.XG, q.Z = q.XG+paid, q.Z+math.Round(100*math.Exp(6*rng.NormFloat64()))/100
		}
	}
	if rng.IntN(20) == 0 { // a refund took a day's money away
		q.XG, q.Z = 0, 0
	}
	return p, q
}

// For every customer of any model, parameters, horizon and period the lines add up.
func TestEveryCustomerMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		kind := rapid.SampledFrom(btyd.Kinds()).Draw(t, "kind")
		days := 1 + rng.IntN(400)
		horizon := rapid.SampledFrom([]float64{4, 52, 260, math.Inf(1)}).Draw(t, "horizon")
		assume := func() Assumptions {
			theta := []float64{.2 + rng.Float64(), 2 + 20*rng.Float64(), .2 + rng.Float64(), 1 + 10*rng.Float64()}
			switch kind.Key {
			case "nbd":
				theta = theta[:2]
			case "exponential_nbd", "nbd_leavers", "pareto_poisson":
				theta = []float64{theta[0], theta[1], theta[2]}
			}
			phi := []float64{1 + 5*rng.Float64(), 1.5 + 4*rng.Float64(), 30 * rng.Float64()}
			return Assumptions{
				kind.Restore(&fit.Estimate{Model: kind.Name, Theta: theta}).(Foreseeing),
				&spend.Fit{Params: spend.At(phi), Estimate: &fit.Estimate{Theta: phi}},
			}
		}
		pairs := make([]Pair, 30)
		for i := range pairs {
			p, q := anyPast(rng, days)
			if pairs[i] = (Pair{Opening: p, Closing: q, N: 1, Group: i}); rng.IntN(4) == 0 {
				q.T, q.Tx = min(q.T, days-1), min(q.Tx, days-1)
				q.X = min(q.X, q.Tx)
				q.XG = min(q.XG, q.X)
				if q.X == 0 {
					q.Tx = 0
				}
				pairs[i] = Pair{Closing: q, New: true, N: 1, Group: i}
			}
		}
		o := MovementOptions{Margin: .3, Delta: btyd.WeeklyDiscount(.1), Horizon: horizon, Weeks: float64(days) / 7, Groups: len(pairs)}
		_, groups, err := Move(pairs, assume(), assume(), o)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range groups {
			if !(math.Abs(g.Discrepancy()) <= 1e-9*g.Scale()) {
				t.Fatalf("%s %+v: %+v is off by %g", kind.Name, pairs[i], g, g.Discrepancy())
			}
		}
	})
}

// The factor that is 0 takes all.
func TestSplitAtZero(t *testing.T) {
	dead, free := math.Inf(-1), math.Inf(-1)
	for _, c := range []struct {
		e    experience
		want [3]float64
	}{
		{experience{0, 0, [2]float64{dead, dead}, [2]float64{1, 1}}, [3]float64{0, 0, 0}},
		{experience{5, 0, [2]float64{-1, dead}, [2]float64{1, free}}, [3]float64{-5, 0, 0}},
		{experience{5, 0, [2]float64{-1, -1}, [2]float64{1, 1}}, [3]float64{0, -5, 0}},
		{experience{5, 0, [2]float64{-1, -1}, [2]float64{1, free}}, [3]float64{0, 0, -5}},
		{experience{2, 2 * math.E, [2]float64{-1, -.5}, [2]float64{1, 1.5}}, [3]float64{math.E - 1, 0, math.E - 1}},
	} {
		a, b, s := c.e.split()
		for i, v := range []float64{a, b, s} {
			near(t, "part", v, c.want[i], 1e-12)
		}
	}
	for _, ratio := range []float64{1e-9, 1e-3, .0099, .0101, 2, -3} {
		near(t, "L", logMean(3, 3*math.Exp(ratio), ratio)/(3*math.Expm1(ratio)/ratio), 1, 1e-12)
	}
}

// Drawn together, the parameters of either end are as sure as their own fit says, and how far
// one end's lie from the other's is what the quarter in between adds: of 12 quarters'
// knowledge and 13, the difference is small beside either.
func TestDrawsOfBothEnds(t *testing.T) {
	pairs := company(trueModel, trueMoney, 3)
	before, err0 := fitted(pairs, func(p Pair) (Past, bool) { return p.Opening, !p.New })
	after, err1 := fitted(pairs, func(p Pair) (Past, bool) { return p.Closing, true })
	m, err := newMover(pairs, before, after, studyOptions(260, 1, 20_000))
	if err := errors.Join(err0, err1, err); err != nil {
		t.Fatal(err)
	}
	opening, closing := m.byOpening(), m.byClosing()
	u0, u1 := m.draws(opening, closing)
	dim := len(u0[0])
	for _, u := range [][][]float64{u0, u1} {
		for i := range dim {
			for j := range i + 1 {
				sum := 0.0
				for _, v := range u {
					sum += v[i] * v[j] / float64(len(u))
				}
				near(t, "covariance", sum, map[bool]float64{true: 1}[i == j], .05)
			}
		}
	}
	for b := range 2 {
		s := shareOf(m.atOnePoint(b, nil, nil))
		t.Log(s.w)
		for _, w := range s.w {
			if !(w > .7 && w < 1.05) {
				t.Errorf("block %d: the closing's variance is %.3f of the opening's", b, w)
			}
		}
	}
}

// Where the histories give the closing's parameters no covariance, as one customer's do not,
// the estimates' own are taken.
func TestDrawsOfBothEndsWithoutOnePoint(t *testing.T) {
	log := cdnow.Load(t, cdnow.Sample)
	p, f, _ := fitBoth(t, log.At("1997-09-30", "1998-06-30"))
	opening, closing := golden(p, f)
	m, err := newMover([]Pair{{N: 1, Opening: Past{T: 7}, Closing: Past{T: 14}}}, opening, closing, publishedMove)
	if err != nil {
		t.Fatal(err)
	}
	for b := range 2 {
		was, is := m.atOnePoint(b, [][]float64{{2}}, [][]float64{{3}})
		if was[0][0] != 2 || is[0][0] != 3 {
			t.Error(b, was, is)
		}
	}
}
