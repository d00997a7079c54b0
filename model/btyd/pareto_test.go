package btyd

import (
	"math"
	"testing"
)

// cdnowMLE is the maximum on the CDNOW 1/10 sample: statistics, section 1.
var cdnowMLE = ParetoNBD{.55327708, 10.57768405, .60624009, 11.6687382}

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

// Values of statistics, section 1 (marked C there: recomputed and published).
func TestPublishedPredictions(t *testing.T) {
	h := History{26, 216.0 / 7, 31}
	near(t, "E[X(52)]", cdnowMLE.ExpectedOrdersNew(52), 1.473434, 1e-6)
	near(t, "expected in 52", cdnowMLE.ExpectedOrders(h, 52), 25.455182, 1e-6)
	near(t, "P(alive)", cdnowMLE.PAlive(h), .99787341, 1e-8)
	rounded := ParetoNBD{.5534, 10.5802, .6061, 11.6562}
	near(t, "E[X(52)]", rounded.ExpectedOrdersNew(52), 1.473067, 1e-6)
	near(t, "expected in 52", rounded.ExpectedOrders(h, 52), 25.453779, 1e-6)
	near(t, "P(alive)", rounded.PAlive(h), .99787328, 1e-8)
	dert := ParetoNBD{.5629966, 12.5590370, .4081095, 10.5148048}
	near(t, "DERT", dert.DERT(History{7, 32, 33}, .0027), 30.05857849, 1e-8)
}

// exact integrates the departure part by a rule far finer than any in use.
func exact(p ParetoNBD, h History) float64 {
	rule := panelRule
	a, b, k := p.Alpha+h.Tx, p.Beta+h.Tx, p.R+h.X
	c := 1 / (k/a + (p.S+1)/b)
	top := math.Log1p((h.T - h.Tx) / c)
	const n = 800
	sum := 0.0
	for i := range n {
		for j, x := range rule.X {
			v := (float64(i) + x) * top / n
			u := c * math.Expm1(v)
			sum += rule.W[j] * top / n * math.Exp(v-k*math.Log1p(u/a)-(p.S+1)*math.Log1p(u/b))
		}
	}
	gap := h.T - h.Tx
	odds := math.Log(sum) + math.Log(p.S*c/b) + k*math.Log1p(gap/a) + p.S*math.Log1p(gap/b)
	return -k*math.Log(p.Alpha+h.T) - p.S*math.Log(p.Beta+h.T) + math.Log1p(math.Exp(-odds)) + odds
}

// extremes calls f over the ranges that issue 3 names.
func extremes(f func(ParetoNBD, History)) {
	shapes := []float64{1e-4, 1e-2, 1, 30, 1e4}
	for _, r := range shapes {
		for _, al := range shapes {
			for _, s := range shapes {
				for _, be := range shapes {
					for _, x := range []float64{0, 1, 60, 1e4} {
						for _, age := range []float64{1e-3, 1, 100, 1e5} {
							for _, share := range []float64{0, .3, .999, 1} {
								if x == 0 && share > 0 {
									continue
								}
								f(ParetoNBD{r, al, s, be}, History{x, share * age, age})
							}
						}
					}
				}
			}
		}
	}
}

// The quadrature against a rule far finer, on a sample of the extreme ranges;
// everywhere it is finite. The bound is that of LogLikelihood's documentation.
func TestQuadratureOverExtremeRanges(t *testing.T) {
	every := 29
	if testing.Short() {
		every = 401
	}
	n := 0
	extremes(func(p ParetoNBD, h History) {
		got, _ := p.logMass(h)
		if math.IsNaN(got) || math.IsInf(got, 0) {
			t.Fatalf("%+v %+v: %g", p, h, got)
		}
		if n++; n%every != 0 || h.Tx == h.T {
			return
		}
		if want := exact(p, h); math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(got)*1e-5) {
			t.Errorf("%+v %+v: %.15g, want %.15g", p, h, got, want)
		}
	})
}
