package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"gonum.org/v1/gonum/optimize"
	"pgregory.net/rapid"
)

// gains is what Nelder–Mead finds in likelihood from near an accepted estimate.
func gains(p fit.Problem, e *fit.Estimate) float64 {
	x, none := make([]float64, len(e.Theta)), make([]float64, len(e.Theta))
	for i, v := range e.Theta {
		x[i] = math.Log(v) + .3
	}
	r, err := optimize.Minimize(optimize.Problem{Func: func(x []float64) float64 { return -p.LogLikelihood(x, none) }},
		x, &optimize.Settings{FuncEvaluations: 600}, &optimize.NelderMead{})
	if err != nil && r == nil {
		return math.NaN()
	}
	return -r.F - e.LogLikelihood
}

// outcome fits cells and says how it ended; an accepted fit is checked.
func outcome[M Model](t *testing.T, f family[M], cells []Cell) string {
	t.Helper()
	got, err := f.fit(cells, Options{MinRepeaters: -1})
	if r, ok := fit.AsRefusal(err); ok {
		return string(r.Reason) + " " + r.Limit
	}
	g, err := newGrid(f.name, cells)
	if err != nil {
		t.Fatal(err)
	}
	if gain := gains(f.problem(g), got.Estimate); !(gain <= 1e-6*math.Abs(got.LogLikelihood)) {
		t.Errorf("%s, %d cells: %+v gains %g", f.name, len(cells), got.Params, gain)
	}
	return "fitted"
}

// Issue 3, must hold 4, bounded: random CDNOW subsamples are fitted, given a named
// limit or refused, and a second optimiser gains next to nothing on what was
// accepted.
func TestSubsamplesOfFamilies(t *testing.T) {
	_, all := at(t, cdnow.Master)
	rng := rand.New(rand.NewPCG(2, 5))
	ended, runs := map[string]int{}, 20
	if testing.Short() {
		runs = 5
	}
	for range runs {
		cells := make([]Cell, 50+rng.IntN(951))
		for i := range cells {
			cells[i] = all[rng.IntN(len(all))]
		}
		ended["BG "+outcome(t, bgFamily, cells)]++
		ended["MBG "+outcome(t, mbgFamily, cells)]++
		ended["NBD "+outcome(t, nbdFamily, cells)]++
	}
	t.Logf("%v", ended)
	if ended["NBD fitted"] < runs || ended["BG fitted"] < runs/2 || ended["MBG fitted"] < runs/2 {
		t.Errorf("few fitted: %v", ended)
	}
}

// The extreme corpus of issue 3, must hold 4: an estimate of finite numbers, or a
// refusal in words.
func TestExtremeCellsAreFittedOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []Cell
		for range rapid.IntRange(1, 12).Draw(t, "cells") {
			age := rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 500), rapid.IntRange(0, 700_000)).Draw(t, "T")
			x := min(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 5), rapid.IntRange(0, 10_000)).Draw(t, "x"), age)
			tx := 0
			if x > 0 {
				tx = rapid.OneOf(rapid.Just(age), rapid.IntRange(x, age)).Draw(t, "tx")
			}
			cells = append(cells, Cell{x, tx, age, math.Pow(10, rapid.Float64Range(-3, 9).Draw(t, "log N"))})
		}
		sound(t, bgFamily, cells)
		sound(t, mbgFamily, cells)
		sound(t, nbdFamily, cells)
		for i := range cells { // as opportunities
			cells[i].T = min(cells[i].T, 2000)
			cells[i].Tx = min(cells[i].Tx, cells[i].T)
			cells[i].X = min(cells[i].X, cells[i].Tx)
			if cells[i].X == 0 {
				cells[i].Tx = 0
			}
		}
		sound(t, bgbbFamily, cells)
	})
}

// sound fits cells to finite numbers or to a refusal in words.
func sound[M Model](t *rapid.T, f family[M], cells []Cell) {
	got, err := f.fit(cells, Options{MinRepeaters: -1})
	if r, ok := fit.AsRefusal(err); ok {
		if r.Message == "" || r.Hint == "" || r.Model != f.name {
			t.Fatalf("a refusal without words: %+v", r)
		}
		return
	}
	for i, v := range got.Theta {
		if se := got.SE[i]; !(v > 0 && v <= math.MaxFloat64 && se > 0 && se <= math.MaxFloat64) {
			t.Fatalf("%s: %+v", f.name, got.Estimate)
		}
	}
}
