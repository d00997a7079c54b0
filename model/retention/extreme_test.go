package retention

import (
	"math"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/seeds"
	"pgregory.net/rapid"
)

func finiteFrom(lo, v float64) bool { return v >= lo && v <= math.MaxFloat64 }

// saneModel: survival falls from one, and what remains is finite, or +Inf where the
// sum has no end.
func saneModel(t *rapid.T, name string, m Model) {
	at := math.Pow(10, rapid.Float64Range(-1, 4).Draw(t, "log t"))
	for _, v := range []float64{0, 1, at} {
		if l := m.LogSurvival(v); !(l <= 1e-12) || math.IsInf(l, 0) {
			t.Fatalf("%s %+v: ln S(%g) = %g", name, m, v, l)
		}
		if r := Rate(m, v+1); !(r >= 0 && r <= 1+1e-12) {
			t.Fatalf("%s %+v: the rate of renewal %g is %g", name, m, v+1, r)
		}
		for _, d := range []float64{1e-4, .1, 10} {
			if w := m.Remaining(v, d); !finiteFrom(1-1e-9, w) {
				t.Fatalf("%s %+v: %g periods remain after %g at %g", name, m, w, v, d)
			}
		}
		if w := m.Remaining(v, 0); !(w >= 1-1e-9) {
			t.Fatalf("%s %+v: %g periods remain after %g", name, m, w, v)
		}
	}
}

// saneFunctions draws shapes from 1e−4 to 1e4.
func saneFunctions(t *rapid.T) {
	one := func(name string) float64 { return math.Pow(10, rapid.Float64Range(-4, 4).Draw(t, name)) }
	a, b := one("alpha"), one("beta")
	saneModel(t, "sBG", SBG{a, b})
	saneModel(t, "BDW", BDW{a, b, math.Pow(10, rapid.Float64Range(-1, 1).Draw(t, "log c"))})
	saneModel(t, "geometric", Geometric{rapid.Float64Range(1e-4, 1-1e-4).Draw(t, "r")})
}

// saneFits: an estimate of finite numbers, or a refusal in words, of cells of all
// weights, late entries and one outcome only.
func saneFits(t *rapid.T) {
	longest := rapid.SampledFrom([]int{1, 3, 30, 10_000}).Draw(t, "longest")
	heavy := rapid.SampledFrom([]float64{0, 3, 9}).Draw(t, "log weight")
	who := rapid.SampledFrom([]int{0, 1, 2}).Draw(t, "who left")
	cells := make([]Cell, rapid.SampledFrom([]int{0, 1, 2, 12, 40}).Draw(t, "cells"))
	for i := range cells {
		entry := rapid.IntRange(0, longest-1).Draw(t, "entry")
		cells[i] = Cell{
			Entry: entry, Exit: rapid.IntRange(entry+1, longest).Draw(t, "exit"),
			Left: who == 1 || who == 2 && rapid.Bool().Draw(t, "left"),
			N:    math.Pow(10, rapid.Float64Range(-1, heavy).Draw(t, "log N")),
		}
	}
	saneFit(t, cells, FitSBG)
	saneFit(t, cells, FitBDW)
	saneFit(t, cells, FitGeometric)
}

func saneFit[M Model](t *rapid.T, cells []Cell, how func([]Cell) (*Fit[M], error)) {
	f, err := how(cells)
	if err != nil {
		if r, ok := fit.AsRefusal(err); !ok || r.Reason == "" || r.Message == "" || r.Hint == "" {
			t.Fatalf("a refusal without words: %v", err)
		}
		return
	}
	for i, v := range f.Theta {
		if !(v > 0 && finiteFrom(0, v)) || !finiteFrom(0, f.SE[i]) {
			t.Fatalf("%+v", f.Estimate)
		}
	}
	saneModel(t, f.Estimate.Model, f.Params)
}

func TestExtremeFunctions(t *testing.T) { rapid.Check(t, saneFunctions) }

func FuzzFunctions(f *testing.F) {
	seeds.Add(f)
	f.Fuzz(rapid.MakeFuzz(saneFunctions))
}

func TestExtremeFits(t *testing.T) { rapid.Check(t, saneFits) }

func FuzzFits(f *testing.F) {
	seeds.Add(f)
	f.Fuzz(rapid.MakeFuzz(saneFits))
}
