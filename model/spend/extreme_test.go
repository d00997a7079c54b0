package spend

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/seeds"
	"pgregory.net/rapid"
)

func finiteFrom(lo, v float64) bool { return v >= lo && v <= math.MaxFloat64 }

// plausible draws customers who differ in what they spend, and spend alike each time.
func plausible(t *rapid.T) []Row {
	typical := math.Pow(10, rapid.Float64Range(-3, 6).Draw(t, "log typical spend"))
	weight := rapid.SampledFrom([]float64{1, 1e-3, 1e9}).Draw(t, "weight")
	spread := rapid.Float64Range(.1, 2).Draw(t, "spread")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	rows := make([]Row, rapid.IntRange(1, 300).Draw(t, "rows"))
	for i := range rows {
		x := 1 + rng.IntN(6)
		own, days := typical*math.Exp(spread*rng.NormFloat64()), 0.0
		for range x {
			days += own * math.Exp(.4*rng.NormFloat64())
		}
		rows[i] = Row{X: x, N: weight, SumZ: weight * days}
	}
	return rows
}

// The extreme corpus of issue 3, must hold 4, of spend, alone or beside a company's:
// nothing, refunds, amounts of all sizes, one customer, all alike, weights to 1e9.
func extremeRows(t *rapid.T) []Row {
	var base []Row
	if rapid.Bool().Draw(t, "company") {
		base = plausible(t)
	}
	if base != nil && rapid.Bool().Draw(t, "alone") {
		return base
	}
	most := rapid.SampledFrom([]int{0, 1, 5, 10_000}).Draw(t, "most days")
	lo := rapid.SampledFrom([]float64{-1e9, -1, 0, 1e-9, 20}).Draw(t, "least spend")
	hi := lo + rapid.SampledFrom([]float64{0, 1e-3, 30, 1e12}).Draw(t, "range of spend")
	heavy := rapid.SampledFrom([]float64{0, 3, 9}).Draw(t, "log weight")
	rows := make([]Row, rapid.SampledFrom([]int{0, 1, 2, 12, 60}).Draw(t, "rows"))
	for i := range rows {
		r := Row{X: rapid.IntRange(0, most).Draw(t, "x"), N: math.Pow(10, rapid.Float64Range(-1, heavy).Draw(t, "log N"))}
		r.SumZ = r.N * float64(r.X) * rapid.Float64Range(lo, hi).Draw(t, "spend")
		rows[i] = r
	}
	return append(base, rows...)
}

// saneFits: an estimate of finite numbers with finite expectations, or a refusal in
// words.
func saneFits(t *rapid.T) {
	rows := extremeRows(t)
	for _, how := range []func([]Row, Options) (*Fit, error){FitGammaGamma, FitElastic} {
		f, err := how(rows, Options{MinRepeaters: -1})
		if err != nil {
			if r, ok := fit.AsRefusal(err); !ok || r.Reason == "" || r.Message == "" || r.Hint == "" {
				t.Fatalf("a refusal without words: %v", err)
			}
			continue
		}
		for i, v := range f.Theta {
			if !finiteFrom(0, v) || !finiteFrom(0, f.SE[i]) {
				t.Fatalf("%+v", f.Estimate)
			}
		}
		if f.Check.Words == "" || !finiteFrom(0, f.Params.Mean()) {
			t.Fatalf("mean %g, %+v", f.Params.Mean(), f.Check)
		}
		for _, r := range rows {
			if v := f.Params.Expected(r.X, r.SumZ/r.N); !finiteFrom(-math.MaxFloat64, v) {
				t.Fatalf("%+v is expected to spend %g", r, v)
			}
		}
	}
}

func TestExtremeRows(t *testing.T) { rapid.Check(t, saneFits) }

func FuzzFits(f *testing.F) {
	seeds.Add(f)
	f.Fuzz(rapid.MakeFuzz(saneFits))
}
