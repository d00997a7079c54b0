package btyd

import (
	"math"
	"strings"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"gonum.org/v1/gonum/optimize"
	"pgregory.net/rapid"
)

// patterned draws customers of a model with covariates, n of each pattern.
func patterned(p CovariateParetoNBD, z [][]float64, n int, seed uint64) []Pattern {
	out := make([]Pattern, len(z))
	for k := range z {
		out[k] = Pattern{Z: z[k], Cells: Calibration(Simulate(p.Of(z[k]), SpreadBirths(n, 84), 360, 360, seed+uint64(k)))}
	}
	return out
}

// kinds are a yes or no and a number, in all combinations.
var kinds = [][]float64{{0, -1}, {0, 0}, {0, 1}, {1, -1}, {1, 0}, {1, 1}}

var assumedEffects = CovariateParetoNBD{
	Base: ParetoNBD{.8, 16, .6, 9}, Buying: []float64{.5, -.3}, Leaving: []float64{.4, .25},
}

func TestCovariatesRecoverTruth(t *testing.T) {
	f, err := FitCovariates([]string{"web", "age"}, patterned(assumedEffects, kinds, 2500, 1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := assumedEffects
	truth := []float64{p.Base.R, p.Base.Alpha, p.Base.S, p.Base.Beta,
		math.Exp(.5), math.Exp(-.3), math.Exp(.4), math.Exp(.25)}
	for i, want := range truth {
		near(t, f.Names[i], f.Theta[i], want, 4*f.SE[i])
	}
	if names := strings.Join(f.Names, " "); names != "r alpha s beta buying:web buying:age leaving:web leaving:age" {
		t.Error(names)
	}
	near(t, "buying", f.Params.Buying[1], math.Log(f.Theta[5]), 1e-15)
	near(t, "leaving", f.Params.Leaving[0], math.Log(f.Theta[6]), 1e-15)
	if f.Weight != 15000 || f.Cells < 1000 || !(f.Repeaters > 3000) {
		t.Errorf("%g customers, %d cells, %g repeaters", f.Weight, f.Cells, f.Repeaters)
	}
}

// Intervals of the effects over simulated samples, in bounded form.
func TestCovariateIntervals(t *testing.T) {
	held, runs, profiled := 0, 8, 0
	for seed := range uint64(runs) {
		ps := patterned(assumedEffects, kinds, 300, 100*seed)
		f, err := FitCovariates([]string{"web", "age"}, ps, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{.5, -.3, .4, .25} {
			if math.Abs(math.Log(f.Theta[4+i])-want) < 1.96*math.Sqrt(f.CovLog[4+i][4+i]) {
				held++
			}
		}
		if seed > 0 {
			continue
		}
		intervals, err := f.Profile(ps)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range intervals {
			if v.Low < f.Theta[i] && f.Theta[i] < v.High {
				profiled++
			}
		}
	}
	t.Logf("%d of %d effects lie in their intervals", held, 4*runs)
	if profiled != 8 || held < 4*runs-6 {
		t.Errorf("%d of %d effects lie in their intervals; %d profiled", held, 4*runs, profiled)
	}
}

func TestCovariateGradient(t *testing.T) {
	c, err := layCovariates([]string{"a", "b"}, patterned(assumedEffects, kinds, 60, 5))
	if err != nil {
		t.Fatal(err)
	}
	p := c.problem()
	rapid.Check(t, func(t *rapid.T) {
		x, grad, none := make([]float64, 8), make([]float64, 8), make([]float64, 8)
		for i := range x {
			x[i] = rapid.Float64Range(-2, 2).Draw(t, p.Names[i])
		}
		p.LogLikelihood(x, grad)
		for i := range x {
			const h = 1e-5
			y := append([]float64(nil), x...)
			y[i] += h
			up := p.LogLikelihood(y, none)
			y[i] -= 2 * h
			if diff := (up - p.LogLikelihood(y, none)) / (2 * h); math.Abs(diff-grad[i]) > 1e-5*math.Max(100, math.Abs(diff)) {
				t.Fatalf("at %v: d/d%s = %g, differences %g", x, p.Names[i], grad[i], diff)
			}
		}
	})
}

// Without effects the model is the plain one, whatever the pattern.
func TestNoEffectIsThePlainModel(t *testing.T) {
	ps := patterned(assumedEffects, kinds, 200, 3)
	c, err := layCovariates([]string{"a", "b"}, ps)
	if err != nil {
		t.Fatal(err)
	}
	x := []float64{-.3, 2, -.5, 2.2, 0, 0, 0, 0}
	got, grad := c.problem(), make([]float64, 8)
	plain, want := c.whole.problem(), make([]float64, 4)
	l := plain.LogLikelihood(x[:4], want)
	near(t, "log-likelihood", got.LogLikelihood(x, grad), l, 1e-11*math.Abs(l))
	for i := range want {
		near(t, "gradient by "+plain.Names[i], grad[i], want[i], 1e-8*math.Max(1, math.Abs(want[i])))
	}
	p := CovariateParetoNBD{Base: ParetoNBD{.5, 10, .6, 11}, Buying: make([]float64, 2), Leaving: make([]float64, 2)}
	if p.Of(kinds[5]) != p.Base || assumedEffects.Of(kinds[1]) != assumedEffects.Base {
		t.Error("another model than the base")
	}
}

// byFirstOrder splits the CDNOW sample by whether the first order was above 30.
func byFirstOrder(t *testing.T) []Pattern {
	log := cdnow.Load(t, cdnow.Sample)
	ps := []Pattern{{Z: []float64{0}}, {Z: []float64{1}}}
	for i, c := range cellsOf(log.At("1997-09-30", "1998-06-30")) {
		large := 0
		if log[i][0].Cents > 3000 {
			large = 1
		}
		ps[large].Cells = append(ps[large].Cells, c)
	}
	return ps
}

// A covariate of two values lies between one fit for all and a fit for each; no
// published twin of the effects is at hand (G).
func TestCovariateBetweenOneFitAndTwo(t *testing.T) {
	ps := byFirstOrder(t)
	f, err := FitCovariates([]string{"large first order"}, ps, Options{})
	if err != nil {
		t.Fatal(err)
	}
	one, err := FitParetoNBD(append(append([]Cell(nil), ps[0].Cells...), ps[1].Cells...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	two := 0.0
	for _, p := range ps {
		own, err := FitParetoNBD(p.Cells, Options{})
		if err != nil {
			t.Fatal(err)
		}
		two += own.LogLikelihood
	}
	t.Logf("%v ± %v; log-likelihood of one fit %.3f, covariate %.3f, two fits %.3f", f.Theta, f.SE, one.LogLikelihood, f.LogLikelihood, two)
	near(t, "one fit", one.LogLikelihood, -9594.976, 1e-3)
	near(t, "ratio of buying", f.Theta[4], 1.678, 5e-4)
	near(t, "ratio of leaving", f.Theta[5], 1.100, 5e-4)
	if !(one.LogLikelihood < f.LogLikelihood && f.LogLikelihood < two) {
		t.Errorf("log-likelihood of one fit %.3f, covariate %.3f, two fits %.3f", one.LogLikelihood, f.LogLikelihood, two)
	}
}

// Another optimiser, on the likelihood of single customers by quadrature, finds
// nothing better.
func TestCovariatesAgainstAnotherOptimiser(t *testing.T) {
	ps := byFirstOrder(t)
	f, err := FitCovariates([]string{"large"}, ps, Options{})
	if err != nil {
		t.Fatal(err)
	}
	negative := func(x []float64) float64 {
		theta := make([]float64, len(x))
		for i := range x {
			theta[i] = math.Exp(x[i])
		}
		p, sum := covariateParetoNBD(theta), 0.0
		for _, pattern := range ps {
			g, err := NewGrid(pattern.Cells)
			if err != nil {
				t.Fatal(err)
			}
			for i := range g.Len() {
				sum -= g.n[i] * p.Of(pattern.Z).LogLikelihood(g.history(i))
			}
		}
		return sum
	}
	r, err := optimize.Minimize(optimize.Problem{Func: negative}, []float64{-.5, 2.4, -.4, 2.5, 0, 0},
		&optimize.Settings{FuncEvaluations: 500}, &optimize.NelderMead{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%.6f by Nelder and Mead, %.6f here", -r.F, f.LogLikelihood)
	near(t, "log-likelihood by the other", -r.F, f.LogLikelihood, .01)
	if -r.F > f.LogLikelihood+1e-8*math.Abs(f.LogLikelihood) {
		t.Errorf("the other found %.6f, here %.6f", -r.F, f.LogLikelihood)
	}
}

// The fit of a pattern has the covariance that draws of the parameters have, and
// scores customers.
func TestFitOfAPattern(t *testing.T) {
	f, err := FitCovariates([]string{"web", "age"}, patterned(assumedEffects, kinds, 1000, 2), Options{})
	if err != nil {
		t.Fatal(err)
	}
	base := f.Of([]float64{0, 0})
	for i := range 4 {
		near(t, "base "+base.Names[i], base.SE[i], f.SE[i], 1e-12)
	}
	z := []float64{1, -1}
	of := f.Of(z)
	if of.Params != f.Params.Of(z) {
		t.Errorf("%+v", of.Params)
	}
	var logs [4][]float64
	for _, theta := range f.Draws(4000, 1) {
		p := covariateParetoNBD(theta).Of(z)
		for i, v := range []float64{p.R, p.Alpha, p.S, p.Beta} {
			logs[i] = append(logs[i], math.Log(v))
		}
	}
	for i := range logs {
		for j := range i + 1 {
			near(t, "covariance", covarianceOf(logs[i], logs[j]), of.CovLog[i][j], .08*math.Sqrt(of.CovLog[i][i]*of.CovLog[j][j]))
		}
	}
	scores, err := of.ScoreCells([]Cell{{X: 3, Tx: 100, T: 200, N: 1}}, ScoreOptions{Weeks: 52, Delta: .003, Horizon: 260})
	if err != nil {
		t.Fatal(err)
	}
	h := Cell{X: 3, Tx: 100, T: 200}.History()
	near(t, "P(alive)", scores[0].PAlive, of.Params.PAlive(h), 1e-10)
	if !(scores[0].SDLogDET > 0 && scores[0].SDLogDET < .3) {
		t.Errorf("%+v", scores[0])
	}
}

func covarianceOf(a, b []float64) float64 {
	var ma, mb, sum float64
	for i := range a {
		ma, mb = ma+a[i]/float64(len(a)), mb+b[i]/float64(len(b))
	}
	for i := range a {
		sum += (a[i] - ma) * (b[i] - mb)
	}
	return sum / float64(len(a)-1)
}

func TestCovariateRefusals(t *testing.T) {
	ps := patterned(assumedEffects, kinds, 400, 4)
	with := func(change func(z []float64) []float64) []Pattern {
		out := make([]Pattern, len(ps))
		for i, p := range ps {
			out[i] = Pattern{Z: change(p.Z), Cells: p.Cells}
		}
		return out
	}
	silent := with(func(z []float64) []float64 { return z })
	for k := 3; k < 6; k++ { // who came by the web never bought again
		silent[k].Cells = []Cell{{T: 300, N: 400}}
	}
	for _, c := range []struct {
		name     string
		names    []string
		patterns []Pattern
		want     fit.Reason
		says     string
	}{
		{"nobody", []string{"web", "age"}, nil, fit.TooFew, "no customers"},
		{"too few values", []string{"web", "age", "sex"}, ps, fit.BadInput, "2 values for 3"},
		{"constant", []string{"web", "one"}, with(func(z []float64) []float64 { return []float64{z[0], 1} }), fit.BadInput, `"one"`},
		{"all zero", []string{"nil", "age"}, with(func(z []float64) []float64 { return []float64{0, z[1]} }), fit.BadInput, `"nil"`},
		{"yes and no", []string{"web", "shop"}, with(func(z []float64) []float64 { return []float64{z[0], 1 - z[0]} }), fit.BadInput, `"shop"`},
		{"sum", []string{"web", "age", "both"}, with(func(z []float64) []float64 { return []float64{z[0], z[1], z[0] - 2*z[1]} }), fit.BadInput, `"both"`},
		{"a year", []string{"web", "year"}, with(func(z []float64) []float64 { return []float64{z[0], 2020 + z[1]} }), fit.BadInput, `"year"`},
		{"not a number", []string{"web", "age"}, with(func(z []float64) []float64 { return []float64{z[0], math.NaN()} }), fit.BadInput, `"age"`},
		{"never again", []string{"web", "age"}, silent, fit.Limit, `"web"`},
		{"contradiction", []string{"web"}, []Pattern{{Z: []float64{1}, Cells: []Cell{{X: 1, Tx: 3, T: 2, N: 1}}}}, fit.BadInput, "contradicts"},
	} {
		_, err := FitCovariates(c.names, c.patterns, Options{})
		r, ok := fit.AsRefusal(err)
		if !ok || r.Reason != c.want || !strings.Contains(r.Message, c.says) || r.Hint == "" || r.Model != covariateName {
			t.Errorf("%s: %v, want %s with %s", c.name, err, c.want, c.says)
		}
	}
}

// A covariate whose values come in several patterns, and patterns without customers,
// change nothing.
func TestPatternsAreMerged(t *testing.T) {
	ps := patterned(CovariateParetoNBD{Base: assumedEffects.Base, Buying: []float64{.5}, Leaving: []float64{.2}}, [][]float64{{0}, {1}}, 1500, 6)
	want, err := FitCovariates([]string{"web"}, ps, Options{})
	if err != nil {
		t.Fatal(err)
	}
	half := len(ps[0].Cells) / 2
	got, err := FitCovariates([]string{"web"}, []Pattern{
		{[]float64{1}, ps[1].Cells}, {[]float64{0}, ps[0].Cells[half:]}, {[]float64{7}, nil}, {[]float64{0}, ps[0].Cells[:half]},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want.Theta {
		near(t, want.Names[i], got.Theta[i], want.Theta[i], 1e-6*want.Theta[i])
	}
	if got.Cells != want.Cells || got.Weight != want.Weight {
		t.Errorf("%d cells, %g customers", got.Cells, got.Weight)
	}
}
