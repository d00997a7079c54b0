package btyd

import (
	"math"
	"runtime"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"pgregory.net/rapid"
)

// params draws parameters between 10⁻⁴ and 10⁴.
func params(t *rapid.T) ParetoNBD {
	one := func(name string) float64 { return math.Pow(10, rapid.Float64Range(-4, 4).Draw(t, name)) }
	return ParetoNBD{one("r"), one("alpha"), one("s"), one("beta")}
}

// history draws frequencies to 10⁴ and ages from 10⁻³ to 10⁵ weeks.
func history(t *rapid.T) History {
	age := math.Pow(10, rapid.Float64Range(-3, 5).Draw(t, "log T"))
	x := rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 20), rapid.IntRange(0, 10_000)).Draw(t, "x")
	share := rapid.OneOf(rapid.Just(0.0), rapid.Just(1.0), rapid.Float64Range(0, 1)).Draw(t, "tx/T")
	if x == 0 {
		share = 0
	}
	return History{X: float64(x), Tx: share * age, T: age}
}

func TestPredictionsStayInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, h := params(t), history(t)
		alive, logAlive := p.PAlive(h), p.LogPAlive(h)
		if !(alive >= 0 && alive <= 1) || !(logAlive <= 0) || math.IsInf(logAlive, 0) {
			t.Fatalf("P(alive) %g, its logarithm %g", alive, logAlive)
		}
		if l := p.LogLikelihood(h); math.IsNaN(l) || math.IsInf(l, 0) {
			t.Fatalf("ln L %g", l)
		}
		last := 0.0
		for _, horizon := range []float64{0, 1e-3, 1, 52, 260, 1e4, math.Inf(1)} {
			d := p.DET(h, .0027, horizon)
			if !(d >= last*(1-1e-12)) || math.IsInf(d, 0) {
				t.Fatalf("DET to %g is %g, before %g", horizon, d, last)
			}
			if e := p.ExpectedOrders(h, horizon); horizon < 1e5 && !(d <= e*(1+1e-9)) {
				t.Fatalf("DET %g above undiscounted %g to %g", d, e, horizon)
			}
			last = d
		}
		if v := p.VarianceOrders(h, 39); !(v >= 0) || math.IsInf(v, 0) {
			t.Fatalf("variance %g", v)
		}
	})
}

// Without discount DET is the expected number of orders.
func TestDETWithoutDiscount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, h := params(t), history(t)
		weeks := math.Pow(10, rapid.Float64Range(-3, 4).Draw(t, "log weeks"))
		want := p.ExpectedOrders(h, weeks)
		if got := p.DET(h, 0, weeks); math.Abs(got-want) > 1e-9*want {
			t.Fatalf("DET %.15g, expected orders %.15g", got, want)
		}
	})
}

func TestOutsideTheDomain(t *testing.T) {
	p := cdnowMLE
	for _, h := range []History{{X: -1}, {T: -1}, {X: 1, Tx: 2, T: 1}, {Tx: 1, T: 2}, {T: math.NaN()}, {T: math.Inf(1)}} {
		if !math.IsNaN(p.LogLikelihood(h)) || !math.IsNaN(p.PAlive(h)) || !math.IsNaN(p.DERT(h, .01)) {
			t.Errorf("%+v has a likelihood", h)
		}
	}
	if !math.IsNaN((ParetoNBD{R: 1, Alpha: 1, S: -1, Beta: 1}).PAlive(History{T: 1})) {
		t.Error("negative parameters have a P(alive)")
	}
}

// cellsIn draws cells whose frequencies fit their days, dense enough for tables.
func cellsIn(t *rapid.T, maxT int) []Cell {
	n := rapid.IntRange(1, 60).Draw(t, "cells")
	out := make([]Cell, n)
	few := rapid.IntRange(0, 3).Draw(t, "x from")
	for i := range out {
		age := rapid.IntRange(0, maxT).Draw(t, "T")
		x := min(few+rapid.IntRange(0, 2).Draw(t, "x"), age)
		tx := 0
		if x > 0 {
			tx = rapid.IntRange(x, age).Draw(t, "tx")
		}
		out[i] = Cell{X: x, Tx: tx, T: age, N: float64(rapid.IntRange(0, 9).Draw(t, "n"))}
	}
	return out
}

// The day table against quadrature: likelihood, gradient and P(alive).
func TestTableAgainstQuadrature(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := params(t)
		g, err := NewGrid(cellsIn(t, rapid.SampledFrom([]int{3, 60, 400, 1400}).Draw(t, "max T")))
		if err != nil {
			t.Fatal(err)
		}
		alive := make([]float64, g.Len())
		g.PAlive(p, alive, &Workspace{})
		var m nodes
		g.place(p, &m)
		for i := range g.chunks {
			g.each(&g.chunks[i], &m, &scratch{}, func(i int, v *mass, scale float64) {
				l, d := p.logMass(g.history(i))
				if e := math.Abs(math.Log(v[0]) - scale - l); e > 1e-9*math.Max(1, math.Abs(l)*1e-3) {
					t.Fatalf("%+v %+v: table %.15g, quadrature %.15g", p, g.Cell(i), math.Log(v[0])-scale, l)
				}
				for j := range d {
					if e := math.Abs(v[j+1]/v[0] - d[j]); e > 1e-9*math.Max(1, math.Abs(d[j])) {
						t.Fatalf("%+v %+v: derivative %d: table %g, quadrature %g", p, g.Cell(i), j, v[j+1]/v[0], d[j])
					}
				}
				if e := math.Abs(alive[i] - p.PAlive(g.history(i))); e > 1e-9 {
					t.Fatalf("%+v %+v: P(alive) table %g, quadrature %g", p, g.Cell(i), alive[i], p.PAlive(g.history(i)))
				}
			})
		}
	})
}

func TestTablesAreUsed(t *testing.T) {
	g, err := NewGrid(simulated(truth, 20_000, 84, 357, 1))
	if err != nil {
		t.Fatal(err)
	}
	tables, cells := 0, 0
	for i := range g.chunks {
		if c := &g.chunks[i]; c.tabular(truth) {
			tables, cells = tables+1, cells+c.hi-c.lo
		}
	}
	if share := float64(cells) / float64(g.Len()); share < .95 {
		t.Errorf("tables for %.2f of the cells, %d of %d chunks", share, tables, len(g.chunks))
	}
}

// The gradient by ln θ against central differences of the likelihood. A step may
// change the nodes of a day, which moves the likelihood by 2e−11 of the day (see
// dayRules): the differences are no surer than that over the step.
func TestGradientAgainstDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, err := NewGrid(cellsIn(t, 300))
		if err != nil {
			t.Fatal(err)
		}
		p, x := g.problem(), make([]float64, 4)
		for i := range x {
			x[i] = rapid.Float64Range(-4, 5).Draw(t, p.Names[i])
		}
		grad, none := make([]float64, 4), make([]float64, 4)
		size := math.Abs(p.LogLikelihood(x, grad))
		for i := range x {
			const h = 1e-4
			y := append([]float64(nil), x...)
			y[i] += h
			up := p.LogLikelihood(y, none)
			y[i] -= 2 * h
			diff := (up - p.LogLikelihood(y, none)) / (2 * h)
			if math.Abs(diff-grad[i]) > 5e-7*math.Max(1, size) {
				t.Fatalf("d/d%s %g, differences %g", p.Names[i], grad[i], diff)
			}
		}
	})
}

// The gradient of ln DET behind SDLogDET, against draws of the parameters.
func TestSpreadAgainstDraws(t *testing.T) {
	cells := simulated(truth, 30_000, 84, 357, 3)
	f, err := FitParetoNBD(cells, Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := ScoreOptions{Weeks: 365.0 / 7, Delta: WeeklyDiscount(.15), Horizon: 260}
	few := cells[:8]
	scores, err := f.ScoreCells(few, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range scores {
		h := few[i].History()
		near(t, "P(alive)", s.PAlive, f.Params.PAlive(h), 1e-11)
		near(t, "expected orders", s.ExpectedOrders, f.Params.ExpectedOrders(h, o.Weeks), 1e-9)
		near(t, "DET", s.DET, f.Params.DET(h, o.Delta, o.Horizon), 1e-9)
		near(t, "DERT", s.DETInfinite, f.Params.DERT(h, o.Delta), 1e-9)
		grad := gradient(f.Estimate, func(v []float64) float64 { return math.Log(paretoNBD(v).DET(h, o.Delta, o.Horizon)) })
		near(t, "SD of ln DET", s.SDLogDET, math.Sqrt(f.Variance(grad)), 1e-6)
		var sum, sq float64
		draws := f.Draws(2000, 1)
		for _, d := range draws {
			l := math.Log(paretoNBD(d).DET(h, o.Delta, o.Horizon))
			sum, sq = sum+l, sq+l*l
		}
		mean := sum / 2000
		near(t, "SD of ln DET over that of draws", s.SDLogDET/math.Sqrt(sq/2000-mean*mean), 1, .12)
	}
}

func TestFitRecoversTruth(t *testing.T) {
	for seed := uint64(1); seed <= 3 && (seed == 1 || !testing.Short()); seed++ {
		f, err := FitParetoNBD(simulated(truth, 60_000, 84, 728, seed), Options{})
		if err != nil {
			t.Fatal(err)
		}
		// day resolution merges orders of one day and rounds times up, which moves
		// r and α by a little: allow for 3 % beside four standard errors
		for i, want := range []float64{truth.R, truth.Alpha, truth.S, truth.Beta} {
			near(t, f.Names[i], f.Theta[i], want, 4*f.SE[i]+.03*want)
		}
	}
}

// The order of the cells and their splitting into parts change nothing.
func TestFitIgnoresOrderOfCells(t *testing.T) {
	cells := simulated(truth, 30_000, 84, 357, 4)
	a, err := FitParetoNBD(cells, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var mixed []Cell
	for i := len(cells) - 1; i >= 0; i-- {
		c := cells[i]
		c.N--
		mixed = append(mixed, c)
	}
	for _, c := range cells {
		c.N = 1
		mixed = append(mixed, c)
	}
	b, err := FitParetoNBD(mixed, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Params != b.Params || a.LogLikelihood != b.LogLikelihood {
		t.Errorf("%+v and %+v", a.Params, b.Params)
	}
}

// Whatever the cells, the outcome is finite or a refusal in words.
func soundOutcome(t interface{ Fatalf(string, ...any) }, cells []Cell) {
	f, err := FitParetoNBD(cells, Options{MinRepeaters: -1})
	if err != nil {
		if r, ok := fit.AsRefusal(err); !ok || r.Reason == "" || r.Message == "" || r.Hint == "" || (r.Reason == fit.Limit) != (r.Limit != "") {
			t.Fatalf("%v", err)
		}
		return
	}
	for i, v := range f.Theta {
		if !(v > 0 && f.SE[i] > 0) || math.IsInf(v, 0) || math.IsInf(f.SE[i], 0) {
			t.Fatalf("%v ± %v", f.Theta, f.SE)
		}
	}
	scores, err := f.ScoreCells(cells, ScoreOptions{Weeks: 52, Delta: .0027, Horizon: 260})
	if err != nil {
		t.Fatalf("%v", err)
	}
	for i, s := range scores {
		for _, v := range []float64{s.PAlive, s.ExpectedOrders, s.DET, s.DETInfinite, s.SDLogDET} {
			if !(v >= 0) || math.IsInf(v, 0) {
				t.Fatalf("%+v scores %+v", cells[i], s)
			}
		}
	}
}

func TestHostileCells(t *testing.T) {
	everywhere := simulated(truth, 500, 84, 357, 5)
	heavy := append([]Cell(nil), everywhere...)
	for i := range heavy {
		heavy[i].N *= 1e9
	}
	atEnd := append([]Cell(nil), everywhere...)
	for i := range atEnd {
		if atEnd[i].X > 0 {
			atEnd[i].Tx = atEnd[i].T
		}
	}
	for name, cells := range map[string][]Cell{
		"none":                nil,
		"no weight":           {{1, 3, 10, 0}},
		"one customer":        {{3, 30, 100, 1}},
		"one-time buyers":     {{0, 0, 100, 50}, {0, 0, 90, 40}, {0, 0, 0, 9}},
		"all alike":           {{2, 50, 300, 1e6}},
		"new today":           {{0, 0, 0, 1000}},
		"two cells, 1e9":      {{2, 50, 300, 1e9}, {0, 0, 300, 1e9}},
		"last day":            atEnd,
		"weights 1e9":         heavy,
		"impossible rate":     {{10000, 1, 1, 60}, {1, 1, 1, 40}},
		"decades":             {{10000, 30000, 36500, 60}, {3, 20000, 36500, 900}, {0, 0, 36500, 5000}},
		"bought before birth": {{1, 0, 100, 60}, {0, 0, 100, 100}},
		"contradiction":       {{1, 200, 100, 60}},
		"negative":            {{1, 20, 100, -1}},
		"not a number":        {{1, 20, 100, math.NaN()}},
		"endless":             {{1, 20, 1 << 40, 1}},
	} {
		t.Run(name, func(t *testing.T) { soundOutcome(t, cells) })
	}
}

func TestFitIsSoundOnAnyCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		soundOutcome(t, cellsIn(t, rapid.SampledFrom([]int{10, 200, 2000}).Draw(t, "max T")))
	})
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name  string
		cells []Cell
		want  fit.Reason
	}{
		{"nobody", nil, fit.TooFew},
		{"no repeaters", []Cell{{0, 0, 100, 900}}, fit.TooFew},
		{"49 repeaters", []Cell{{0, 0, 100, 900}, {1, 50, 100, 49}}, fit.TooFew},
		{"alike", []Cell{{2, 50, 100, 900}}, fit.Identical},
		{"contradiction", []Cell{{2, 150, 100, 900}}, fit.BadInput},
		{"nobody leaves", simulated(ParetoNBD{1, 5, 1e-4, 1000}, 3000, 84, 357, 2), fit.Limit},
	} {
		_, err := FitParetoNBD(c.cells, Options{})
		r, ok := fit.AsRefusal(err)
		if !ok || r.Reason != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
			continue
		}
		t.Logf("%s: %v [%s]", c.name, err, r.Limit)
	}
}

// The number of cores changes no bit.
func TestFitIgnoresCores(t *testing.T) {
	cells := simulated(truth, 60_000, 84, 357, 6)
	fitOn := func(cores int) *ParetoNBDFit {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		f, err := FitParetoNBD(cells, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if a, b := fitOn(1), fitOn(5); a.Params != b.Params || a.LogLikelihood != b.LogLikelihood {
		t.Errorf("one core %+v, five %+v", a.Params, b.Params)
	}
}
