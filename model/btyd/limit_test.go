package btyd

import (
	"errors"
	"math"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/mathx"
	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"
)

// By the formulas of the documentation and another quadrature.
func TestLikelihoodsOfLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		h := drawOpportunities(t, 30)
		r, alpha, mu := one("r", .1, 4), one("alpha", 1, 30), one("mu", .001, .5)
		bought := func(y float64) float64 { return -(r + h.X) * math.Log(alpha+y) }
		left := quad.Fixed(func(y float64) float64 { return mu * math.Exp(bought(y)-mu*y) }, h.Tx, h.T, 200, nil, 0)
		want := mathx.LgammaDiff(r, h.X) + r*math.Log(alpha) + math.Log(math.Exp(bought(h.T)-mu*h.T)+left)
		if got := (ExponentialNBD{r, alpha, mu}).LogLikelihood(h); math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
			t.Fatalf("%+v: Exponential/NBD %.15g, by the formula %.15g", h, got, want)
		}
		lambda, s, beta := one("lambda", .01, .5), one("s", .1, 4), one("beta", 1, 30)
		leaving := func(y float64) float64 { return s * math.Exp(-lambda*y+s*math.Log(beta)-(s+1)*math.Log(beta+y)) }
		left = quad.Fixed(leaving, h.Tx, h.T, 200, nil, 0)
		want = h.X*math.Log(lambda) + math.Log(math.Exp(-lambda*h.T-s*math.Log1p(h.T/beta))+left)
		if got := (ParetoPoisson{lambda, s, beta}).LogLikelihood(h); math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
			t.Fatalf("%+v: Pareto/Poisson %.15g, by the formula %.15g", h, got, want)
		}
	})
}

// The whole model near its edges says what the limits say.
func TestLimitsAreLimits(t *testing.T) {
	for _, h := range []History{{T: .1}, {T: 40}, {1, 3, 40}, {6, 30, 40}, {30, 40, 40}} {
		for name, c := range map[string]struct {
			limit, whole Model
			tol          float64
		}{
			exponentialName: {ExponentialNBD{.5, 8, .02}, ParetoNBD{.5, 8, 1e7, 1e7 / .02}, 1e-5},
			poissonName:     {ParetoPoisson{.1, .6, 12}, ParetoNBD{1e7, 1e8, .6, 12}, 1e-5},
			"of the MBG":    {NBDWithLeavers{.5, 8, .7}, MBGNBD{.5, 8, .7e-6, 1e-6}, 1e-5},
			// the odds of leaving are β^−s, less 1: this limit is slow
			leaversName: {NBDWithLeavers{.5, 8, .7}, ParetoNBD{.5, 8, 1e-3, math.Pow(1.7, -1e3)}, .02},
		} {
			near(t, name+" ln L", c.limit.LogLikelihood(h), c.whole.LogLikelihood(h), c.tol*math.Max(1, h.X))
			near(t, name+" P(alive)", c.limit.PAlive(h), c.whole.PAlive(h), c.tol)
			near(t, name+" expected", c.limit.ExpectedOrders(h, 30), c.whole.ExpectedOrders(h, 30), c.tol*(1+h.X))
			near(t, name+" DET", c.limit.DET(h, .003, 200), c.whole.DET(h, .003, 200), 5*c.tol*(1+h.X))
			near(t, name+" none", c.limit.Orders(h, 5, 30).None(), c.whole.Orders(h, 5, 30).None(), c.tol)
		}
	}
}

func TestGradientsOfLimits(t *testing.T) {
	checkFamily(t, exponentialFamily)
	checkFamily(t, poissonFamily)
	checkFamily(t, leaversFamily)
}

// Customers simulated from a limit are refused by the whole model as often as not,
// and then the limit is fitted, by its name, at its parameters.
func TestFitLimit(t *testing.T) {
	births := SpreadBirths(2000, 4)
	for _, c := range []struct {
		truth Model
		name  string
		theta []float64
	}{
		{ExponentialNBD{.8, 9, .03}, exponentialName, []float64{.8, 9, .03}},
		{ParetoPoisson{.15, .6, 12}, poissonName, []float64{.15, .6, 12}},
		{NBDWithLeavers{.8, 9, .7}, leaversName, []float64{.8, 9, .7}},
		{NBD{.8, 9}, nbdName, []float64{.8, 9}},
	} {
		limits := 0
		for seed := range uint64(3) {
			cells := Calibration(Simulate(c.truth, births, 357, 357, seed))
			_, err := FitParetoNBD(cells, Options{})
			r, refused := fit.AsRefusal(err)
			if !refused {
				continue
			}
			f, err := FitLimit(cells, r, Options{})
			if err != nil {
				t.Errorf("%s, seed %d: %v [%s %s]", c.name, seed, err, r.Reason, r.Limit)
				continue
			}
			t.Logf("%s, seed %d: %s %s → %s %.4g, likelihood %+.2g above", c.name, seed, r.Reason, r.Limit, f.Estimate.Model, f.Theta, f.LogLikelihood-r.Last.LogLikelihood)
			if f.Estimate.Model != c.name {
				continue
			}
			limits++
			for j, want := range c.theta {
				near(t, c.name+" "+f.Names[j], f.Theta[j], want, 4*f.SE[j]+.03*want)
			}
		}
		if limits == 0 {
			t.Errorf("%s was never fitted", c.name)
		}
	}
}

// A refusal for another reason, or of a model whose limits are not built, stands.
func TestFitLimitLeavesOtherRefusals(t *testing.T) {
	cells := []Cell{{X: 9, Tx: 200, T: 200, N: 900}, {X: 10, Tx: 200, T: 200, N: 900}}
	_, few := FitParetoNBD(cells[:0], Options{})
	_, geometric := FitBGNBD(cells, Options{})
	for _, err := range []error{few, geometric} {
		r, _ := fit.AsRefusal(err)
		f, again := FitLimit(cells, r, Options{})
		if f != nil || !errors.Is(again, r) {
			t.Errorf("%v became %v, %v", err, f, again)
		}
	}
}
