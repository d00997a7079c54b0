package btyd

import (
	"math"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"github.com/clientele/clientele/model/mathx"
	"pgregory.net/rapid"
)

// models are all of this package that count time in weeks, at given shapes.
func models(a, b, c, d float64) map[string]Model {
	return map[string]Model{
		"Pareto/NBD": ParetoNBD{a, b, c, d},
		"BG/NBD":     BGNBD{a, b, c, d},
		"MBG/NBD":    MBGNBD{a, b, c, d},
		"NBD":        NBD{a, b},

		exponentialName: ExponentialNBD{a, b, 1 / d},
		poissonName:     ParetoPoisson{1 / b, c, d},
		leaversName:     NBDWithLeavers{a, b, c},
	}
}

func TestModelsStayInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, h := params(t), history(t)
		for name, m := range models(p.R, p.Alpha, p.S, p.Beta) {
			if l := m.LogLikelihood(h); math.IsNaN(l) || math.IsInf(l, 0) {
				t.Fatalf("%s: ln L %g", name, l)
			}
			if alive := m.PAlive(h); !(alive >= 0 && alive <= 1) {
				t.Fatalf("%s: P(alive) %g", name, alive)
			}
			last := 0.0
			for _, horizon := range []float64{0, 1e-3, 52, 1e4, math.Inf(1)} {
				d := m.DET(h, .0027, horizon)
				if !(d >= last*(1-1e-9)) || math.IsInf(d, 0) {
					t.Fatalf("%s: DET to %g is %g, before %g", name, horizon, d, last)
				}
				if e := m.ExpectedOrders(h, horizon); horizon < 1e5 && !(d <= e*(1+1e-9)) {
					t.Fatalf("%s: DET %g above undiscounted %g to %g", name, d, e, horizon)
				}
				last = d
			}
		}
	})
}

func TestModelsOutsideTheDomain(t *testing.T) {
	for name, m := range models(1, 2, 1, 3) {
		for _, h := range []History{{X: -1}, {X: 1, Tx: 2, T: 1}, {Tx: 1, T: 2}, {T: math.NaN()}, {T: math.Inf(1)}} {
			if !math.IsNaN(m.LogLikelihood(h)) || !math.IsNaN(m.PAlive(h)) || !math.IsNaN(m.DET(h, .01, 9)) {
				t.Errorf("%s: %+v has a likelihood", name, h)
			}
		}
		if !math.IsNaN(m.ExpectedOrders(History{T: 1}, -1)) || !math.IsNaN(m.DET(History{T: 1}, -1, 1)) {
			t.Errorf("%s: negative time or discount", name)
		}
	}
	for name, m := range models(1, -2, 1, 3) {
		if !math.IsNaN(m.LogLikelihood(History{T: 1})) || !math.IsNaN(m.PAlive(History{T: 1})) {
			t.Errorf("%s: a negative parameter has a likelihood", name)
		}
	}
}

// The sum over a grid is that of single customers, and its gradient that of
// differences.
func checkFamily[M Model](t *testing.T, f family[M]) {
	rapid.Check(t, func(t *rapid.T) {
		g, err := newGrid(f.name, cellsIn(t, 400))
		if err != nil || g.Customers() == 0 {
			return
		}
		p, dim := f.problem(g), len(f.names)
		x, grad, none := make([]float64, dim), make([]float64, dim), make([]float64, dim)
		theta := make([]float64, dim)
		for i := range x {
			x[i] = rapid.Float64Range(-6, 6).Draw(t, "ln θ")
			theta[i] = math.Exp(x[i])
		}
		got, want := p.LogLikelihood(x, grad), 0.0
		for i := range g.Len() {
			want += g.n[i] * f.of(theta).LogLikelihood(g.history(i))
		}
		if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
			t.Fatalf("%s at %v: sum %.15g, singles %.15g", f.name, theta, got, want)
		}
		for i := range x {
			const h = 1e-5
			y := append([]float64(nil), x...)
			y[i] += h
			up := p.LogLikelihood(y, none)
			y[i] -= 2 * h
			diff := (up - p.LogLikelihood(y, none)) / (2 * h)
			if math.Abs(diff-grad[i]) > 1e-6*math.Max(1, math.Max(math.Abs(got), math.Abs(diff))) {
				t.Fatalf("%s at %v: d/d%s = %g, differences %g", f.name, theta, f.names[i], grad[i], diff)
			}
		}
	})
}

func TestGradients(t *testing.T) {
	checkFamily(t, bgFamily)
	checkFamily(t, mbgFamily)
	checkFamily(t, nbdFamily)
}

// at fits CDNOW to 1997-09-30.
func at(t *testing.T, file string) ([]cdnow.Customer, []Cell) {
	cs := cdnow.Load(t, file).At("1997-09-30", "1998-06-30")
	return cs, cellsOf(cs)
}

func accepted[M Model](t *testing.T, cells []Cell, how func([]Cell, Options) (*Fit[M], error)) *Fit[M] {
	t.Helper()
	f, err := how(cells, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %.4f %+v", f.Params, f.LogLikelihood, f.Diagnostics)
	return f
}

// Statistics, section 1, to the decimals printed there.
func TestFitsOfCDNOWSample(t *testing.T) {
	_, cells := at(t, cdnow.Sample)
	bg := accepted(t, cells, FitBGNBD)
	near(t, "BG r", bg.Params.R, .24259, 5e-6)
	near(t, "BG alpha", bg.Params.Alpha, 4.4136, 5e-5)
	near(t, "BG a", bg.Params.A, .79292, 5e-6)
	near(t, "BG b", bg.Params.B, 2.4259, 5e-5)
	near(t, "BG log-likelihood", bg.LogLikelihood, -9582.429, 5e-4)
	mbg := accepted(t, cells, FitMBGNBD)
	near(t, "MBG r", mbg.Params.R, .525, 5e-4)
	near(t, "MBG alpha", mbg.Params.Alpha, 6.183, 5e-4)
	near(t, "MBG a", mbg.Params.A, .891, 5e-4)
	near(t, "MBG b", mbg.Params.B, 1.614, 5e-4)
	near(t, "MBG log-likelihood", mbg.LogLikelihood, -9582.136, 5e-4)
	nbd := accepted(t, cells, FitNBD)
	near(t, "NBD r", nbd.Params.R, .38477, 5e-6)
	near(t, "NBD alpha", nbd.Params.Alpha, 12.072, 5e-4)
	near(t, "NBD log-likelihood", nbd.LogLikelihood, -9763.658, 5e-4)
}

// Statistics, section 1 (marked C there: recomputed and published).
func TestPublishedPredictionsOfBGNBD(t *testing.T) {
	p, h := BGNBD{.24259452, 4.41360202, .79292207, 2.42590695}, History{26, 216.0 / 7, 31}
	near(t, "E[X(52)]", p.ExpectedOrdersNew(52), 1.444012, 1e-6)
	near(t, "expected in 52", p.ExpectedOrders(h, 52), 25.757336, 1e-6)
	near(t, "P(alive)", p.PAlive(h), .9688544, 1e-7)
	near(t, "P(alive) of a one-time buyer", p.PAlive(History{T: 1000}), 1, 0)
}

// By the closed form of Fader, Hardie and Lee 2005, eq. 10, where a is above 1
// and nothing cancels.
func TestBGNBDAgainstItsClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		p := BGNBD{one("r", .1, 5), one("alpha", .5, 30), one("a", 1.5, 6), one("b", .2, 9)}
		weeks := one("weeks", 1, 300)
		f := math.Exp(mathx.LogHyp2F1(p.R, p.B, p.A+p.B-1, weeks/(p.Alpha+weeks)))
		want := (p.A + p.B - 1) / (p.A - 1) * (1 - math.Pow(p.Alpha/(p.Alpha+weeks), p.R)*f)
		if got := p.ExpectedOrdersNew(weeks); math.Abs(got-want) > 1e-9*want {
			t.Fatalf("%+v in %g weeks: %.15g, closed form %.15g", p, weeks, got, want)
		}
	})
}

// A model fitted to customers simulated from it finds its parameters again. They
// buy seldom, so that whole days lose nothing.
func TestBetaGeometricRecoversTruth(t *testing.T) {
	for _, truth := range []betaGeometric{{.8, 25, .7, 2.5, 0, 1}, {.8, 25, .7, 2.5, 1, 1}} {
		cells := simulatedBetaGeometric(truth, 20_000, 300, 2000, 5)
		theta := []float64{truth.r, truth.alpha, truth.a, truth.b}
		var e *fit.Estimate
		if truth.first == 0 {
			e = accepted(t, cells, FitBGNBD).Estimate
		} else {
			e = accepted(t, cells, FitMBGNBD).Estimate
		}
		for i, want := range theta {
			near(t, e.Names[i], e.Theta[i], want, 4*e.SE[i])
		}
	}
}

func TestModelsRefuse(t *testing.T) {
	repeat := []Cell{{X: 1, Tx: 40, T: 200, N: 90}}
	for _, c := range []struct {
		name  string
		cells []Cell
		want  fit.Reason
	}{
		{"nobody", nil, fit.TooFew},
		{"one-time buyers", []Cell{{T: 200, N: 900}}, fit.TooFew},
		{"all alike", repeat, fit.Identical},
		{"contradiction", []Cell{{X: 1, Tx: 4, T: 2, N: 1}}, fit.BadInput},
		{"all buy at one rate", []Cell{{X: 9, Tx: 200, T: 200, N: 900}, {X: 10, Tx: 200, T: 200, N: 900}}, fit.Limit},
	} {
		_, bg := FitBGNBD(c.cells, Options{})
		_, mbg := FitMBGNBD(c.cells, Options{})
		_, nbd := FitNBD(c.cells, Options{})
		for model, err := range map[string]error{"BG/NBD": bg, "MBG/NBD": mbg, "NBD": nbd} {
			r, ok := fit.AsRefusal(err)
			if !ok || r.Reason != c.want || r.Model != model || r.Message == "" || r.Hint == "" {
				t.Errorf("%s of %s: %v, want %s", model, c.name, err, c.want)
			}
		}
	}
}
