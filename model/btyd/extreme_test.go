package btyd

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/seeds"
	"pgregory.net/rapid"
)

// The extreme corpus of issue 3, must hold 4: shapes from 1e−4 to 1e4, ages from 1e−3
// to 1e5 weeks, up to 1e4 purchases, weights to 1e9. What functions and fits say of it
// is finite, or +Inf where a sum has no end, or a refusal in words.

// quadrature is the relative error that what falls or rises is allowed on the way.
const quadrature = 1e-8

func finiteFrom(lo, v float64) bool { return v >= lo && v <= math.MaxFloat64 }

// saneModel checks every function of one model on one history, in its unit of time.
func saneModel(t *rapid.T, name string, m Model, h History) {
	if l := m.LogLikelihood(h); !finiteFrom(-math.MaxFloat64, l) {
		t.Fatalf("%s: ln L %g", name, l)
	}
	alive := m.PAlive(h)
	if !(alive >= 0 && alive <= 1) {
		t.Fatalf("%s: P(alive) %g", name, alive)
	}
	delta := math.Pow(10, rapid.Float64Range(-6, 1).Draw(t, "log delta"))
	windows := []float64{0, 1e-3, 1, 52, 1e5, math.Inf(1)}
	before, undiscounted, fresh := 0.0, 0.0, 0.0
	for _, w := range windows {
		d, e, n := m.DET(h, delta, w), m.ExpectedOrders(h, w), m.ExpectedOrdersNew(w)
		if !finiteFrom(before*(1-quadrature), d) || !(e >= undiscounted*(1-quadrature)) || !(n >= fresh*(1-quadrature)) {
			t.Fatalf("%s to %g: DET %g after %g, expected %g after %g, of a new one %g after %g", name, w, d, before, e, undiscounted, n, fresh)
		}
		if !math.IsInf(w, 1) && !(finiteFrom(0, e) && finiteFrom(0, n)) || d > e*(1+quadrature) {
			t.Fatalf("%s to %g: DET %g, expected %g, of a new one %g", name, w, d, e, n)
		}
		before, undiscounted, fresh = d, e, n
	}
}

// saneOrders checks the distribution of the purchases of a window.
func saneOrders(t *rapid.T, name string, m Model, h History) {
	to := math.Pow(10, rapid.Float64Range(-3, 3).Draw(t, "log window"))
	o, sum := m.Orders(h, 0, to), 0.0
	for k, p := range o.P {
		if !finiteFrom(0, p) {
			t.Fatalf("%s: P(%d) = %g to %g", name, k, p, to)
		}
		sum += p
	}
	if !finiteFrom(0, o.Beyond) || math.Abs(sum+o.Beyond-1) > 1e-5 {
		t.Fatalf("%s: probabilities sum to %.9g, with %g beyond, to %g", name, sum, o.Beyond, to)
	}
	if !finiteFrom(0, o.CRPS(int(math.Min(h.X, 1e4)))) {
		t.Fatalf("%s: CRPS %g", name, o.CRPS(int(h.X)))
	}
}

func saneSimulation(t *rapid.T, name string, m Model, until float64) {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	at := m.Simulate(rng, until)
	if !slices.IsSorted(at) || len(at) > 0 && !(at[0] >= 0 && at[len(at)-1] <= until) {
		t.Fatalf("%s: %d instants up to %g, the last %g", name, len(at), until, at[len(at)-1])
	}
}

// saneFunctions is the property of one draw of shapes and of a history.
func saneFunctions(t *rapid.T) {
	p, h := params(t), history(t)
	all := models(p.R, p.Alpha, p.S, p.Beta)
	all["BG/CNBD-2"] = BGCNBD{2, p.R, p.Alpha, p.S, p.Beta}
	all["MBG/CNBD-4"] = MBGCNBD{4, p.R, p.Alpha, p.S, p.Beta}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(t, "model")
	saneModel(t, name, all[name], h)
	saneOrders(t, name, all[name], h)
	saneSimulation(t, name, all[name], math.Min(h.T, 1e3))
	b, c := BGBB{p.R, p.Alpha, p.S, p.Beta}, drawOpportunities(t, 3000)
	saneModel(t, bgbbName, b, c)
	saneOrders(t, bgbbName, b, c)
	saneSimulation(t, bgbbName, b, c.T)
	if v := p.VarianceOrders(h, 39); !finiteFrom(0, v) {
		t.Fatalf("%+v %+v: variance %g", p, h, v)
	}
}

func TestExtremeFunctions(t *testing.T) { rapid.Check(t, saneFunctions) }

func FuzzFunctions(f *testing.F) {
	seeds.Add(f)
	f.Fuzz(rapid.MakeFuzz(saneFunctions))
}

// plausible draws customers that a model might be fitted to, or a few too little for it.
func plausible(t *rapid.T) []Cell {
	power := func(name string, lo, hi float64) float64 {
		return math.Pow(10, rapid.Float64Range(lo, hi).Draw(t, name))
	}
	r, s, beta := power("log r", -1, 1), power("log s", -2, 1), power("log beta", -1, 2)
	m := ParetoNBD{r, r / power("log rate", -2.5, 0), s, beta}
	weeks := rapid.IntRange(1, 150).Draw(t, "weeks")
	births := SpreadBirths(rapid.IntRange(1, 150).Draw(t, "customers"), 3)
	cells := Calibration(Simulate(m, births, 7*weeks, 7*weeks, rapid.Uint64().Draw(t, "seed")))
	weight := rapid.SampledFrom([]float64{1, 1e-3, 1e9}).Draw(t, "weight")
	for i := range cells {
		cells[i].N *= weight
	}
	return cells
}

// extremeCells draws what a company's records should not hold, alone or beside those of
// a company: nobody, one customer, all alike, all of one kind, decades, and weights of
// all sizes.
func extremeCells(t *rapid.T) []Cell {
	var base []Cell
	if rapid.Bool().Draw(t, "company") {
		base = plausible(t)
	}
	if base != nil && rapid.Bool().Draw(t, "alone") {
		return base
	}
	ages := rapid.SampledFrom([]int{0, 3, 60, 500, 700_000}).Draw(t, "oldest")
	most := rapid.SampledFrom([]int{0, 1, 5, 10_000}).Draw(t, "most purchases")
	last := rapid.SampledFrom([]string{"anywhere", "at the end", "on the first day"}).Draw(t, "last purchase")
	heavy := rapid.SampledFrom([]float64{0, 3, 9}).Draw(t, "log weight")
	cells := make([]Cell, rapid.SampledFrom([]int{0, 1, 2, 12, 60}).Draw(t, "cells"))
	for i := range cells {
		c := Cell{T: rapid.IntRange(0, ages).Draw(t, "T"), N: math.Pow(10, rapid.Float64Range(-1, heavy).Draw(t, "log N"))}
		c.X = rapid.IntRange(0, most).Draw(t, "x")
		switch {
		case c.X == 0 || last == "on the first day":
		case last == "at the end":
			c.Tx = c.T
		default:
			c.Tx = rapid.IntRange(0, c.T).Draw(t, "tx")
		}
		cells[i] = c
	}
	return append(base, cells...)
}

// asOpportunities makes cells that the BG/BB can take.
func asOpportunities(cells []Cell) []Cell {
	out := slices.Clone(cells)
	for i := range out {
		c := &out[i]
		c.T = min(c.T, 2000)
		c.Tx = min(c.Tx, c.T)
		if c.X = min(c.X, c.Tx); c.X == 0 {
			c.Tx = 0
		}
	}
	return out
}

// saneRefusal is true where an error is a refusal in words.
func saneRefusal(t *rapid.T, model string, err error) bool {
	if err == nil {
		return false
	}
	r, ok := fit.AsRefusal(err)
	if !ok || r.Reason == "" || r.Message == "" || r.Hint == "" || r.Model != model || r.Reason == fit.Limit && r.Limit == "" {
		t.Fatalf("%s: a refusal without words: %v", model, err)
	}
	return true
}

// saneEstimate checks an accepted estimate.
func saneEstimate(t *rapid.T, e *fit.Estimate) {
	for i, v := range e.Theta {
		if !(v > 0 && finiteFrom(0, v)) || !(e.SE[i] > 0 && finiteFrom(0, e.SE[i])) || !finiteFrom(-math.MaxFloat64, e.LogLikelihood) {
			t.Fatalf("%s: %+v", e.Model, e)
		}
	}
	for _, theta := range e.Draws(3, 1) {
		for _, v := range theta {
			if !finiteFrom(0, v) {
				t.Fatalf("%s: a draw is %v", e.Model, theta)
			}
		}
	}
}

// saneIntervals demands of every interval that it is about the estimate.
func saneIntervals(t *rapid.T, e *fit.Estimate, v []fit.Interval, err error) {
	if saneRefusal(t, e.Model, err) {
		return
	}
	for j, i := range v {
		if i.Low > e.Theta[j] || i.High < e.Theta[j] || i.Low < 0 {
			t.Fatalf("%s %s: %v about %g", e.Model, e.Names[j], i, e.Theta[j])
		}
	}
}

// saneFit fits a family, and its limit where it is refused.
func saneFit[M Model](t *rapid.T, f family[M], cells []Cell) {
	o := Options{MinRepeaters: -1}
	got, err := f.asModel(cells, o)
	if saneRefusal(t, f.name, err) {
		r, _ := fit.AsRefusal(err)
		if got, err = FitLimit(cells, r, o); saneRefusal(t, f.name, err) {
			return
		}
	}
	g := saneProfile(t, got, cells)
	for _, theta := range got.Bootstrap(g, 2, 1).Theta {
		for _, v := range theta {
			if !finiteFrom(0, v) {
				t.Fatalf("%s: a replicate is %v", f.name, theta)
			}
		}
	}
	if f.name == bgbbName {
		return // its cells count opportunities
	}
	for i := range min(g.Len(), 3) {
		saneModel(t, f.name, got.Params, g.history(i))
	}
}

// saneProfile checks an accepted fit and its intervals, and returns the grid of its cells.
func saneProfile(t *rapid.T, f interface {
	Estimated() *fit.Estimate
	Profile(*Grid) ([]fit.Interval, error)
}, cells []Cell) *Grid {
	saneEstimate(t, f.Estimated())
	g, err := NewGrid(cells)
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Profile(g)
	saneIntervals(t, f.Estimated(), v, err)
	return g
}

// saneFits is the property of one draw of cells.
func saneFits(t *rapid.T) {
	cells := extremeCells(t)
	saneFit(t, nbdFamily, cells)
	saneFit(t, bgFamily, cells)
	saneFit(t, mbgFamily, cells)
	saneFit(t, exponentialFamily, cells)
	saneFit(t, bgcnbdFamily(2), cells)
	saneFit(t, mbgcnbdFamily(4), cells)
	saneFit(t, poissonFamily, cells)
	saneFit(t, leaversFamily, cells)
	saneFit(t, bgbbFamily, asOpportunities(cells))
	f, err := FitParetoNBD(cells, Options{MinRepeaters: -1})
	if saneRefusal(t, paretoName, err) {
		r, _ := fit.AsRefusal(err)
		if limit, err := FitLimit(cells, r, Options{MinRepeaters: -1}); !saneRefusal(t, paretoName, err) {
			saneEstimate(t, limit.Estimate)
		}
		return
	}
	saneProfile(t, f, cells)
}

func TestExtremeFits(t *testing.T) { rapid.Check(t, saneFits) }

func FuzzFits(f *testing.F) {
	seeds.Add(f)
	f.Fuzz(rapid.MakeFuzz(saneFits))
}
