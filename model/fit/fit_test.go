package fit

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

// bowl is −½·weight·(x−c)'A(x−c) in x = ln θ, A = [[2, .5], [.5, 1]].
func bowl(c [2]float64, weight float64) Problem {
	return Problem{
		Model: "bowl", Names: []string{"a", "b"}, Weight: weight,
		LogLikelihood: func(x, g []float64) float64 {
			u, v := x[0]-c[0], x[1]-c[1]
			g[0], g[1] = -weight*(2*u+.5*v), -weight*(.5*u+v)
			return -weight * (u*u + .5*u*v + .5*v*v)
		},
	}
}

var somewhere = Options{Starts: [][]float64{{1, 1}, {20, .01}}}

func TestQuadraticHasItsExactEstimate(t *testing.T) {
	e, err := Maximise(bowl([2]float64{1, -2}, 100), somewhere)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a", e.Theta[0], math.Exp(1), 1e-7)
	near(t, "b", e.Theta[1], math.Exp(-2), 1e-7)
	// the inverse of A is [[4, −2], [−2, 8]]/7
	near(t, "variance of ln a", e.CovLog[0][0], .04/7, 1e-9)
	near(t, "covariance", e.CovLog[0][1], -.02/7, 1e-9)
	near(t, "SE of b", e.SE[1], math.Exp(-2)*math.Sqrt(.08/7), 1e-8)
	near(t, "smallest eigenvalue", e.Diagnostics.SmallestEigenvalue, 100*(3-math.Sqrt2)/2, 1e-5)
	if e.Diagnostics.Starts != 2 || e.Diagnostics.Agreeing != 2 {
		t.Errorf("%+v", e.Diagnostics)
	}
	near(t, "variance of a sum", e.Variance([]float64{1, 1}), .08/7, 1e-9)
	if v, se := e.Param("b"); v != e.Theta[1] || se != e.SE[1] {
		t.Error("Param(b)")
	}
	if v, _ := e.Param("c"); !math.IsNaN(v) {
		t.Error("Param(c)")
	}
}

// Rosenbrock's valley is narrow, bent, and indefinite off its floor.
func TestBentValley(t *testing.T) {
	p := Problem{
		Model: "valley", Names: []string{"a", "b"}, Weight: 1,
		LogLikelihood: func(x, g []float64) float64 {
			u, v := 1-x[0], x[1]-x[0]*x[0]
			g[0], g[1] = 2*u+400*x[0]*v, -200*v
			return -u*u - 100*v*v
		},
	}
	e, err := Maximise(p, Options{Starts: [][]float64{{math.Exp(-1.2), math.E}, {10, 10}, {.1, 5}}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ln a", math.Log(e.Theta[0]), 1, 1e-6)
	near(t, "ln b", math.Log(e.Theta[1]), 1, 1e-6)
}

// Of two maxima the higher one is taken.
func TestTwoMaxima(t *testing.T) {
	p := Problem{
		Model: "twins", Names: []string{"a"}, Weight: 10,
		LogLikelihood: func(x, g []float64) float64 {
			v := x[0]
			g[0] = -10 * (4*v*v*v - 8*v - .3)
			return -10 * (v*v*v*v - 4*v*v - .3*v)
		},
	}
	e, err := Maximise(p, Options{Starts: [][]float64{{.1}, {.2}, {3}}})
	if err != nil {
		t.Fatal(err)
	}
	if e.Theta[0] < 1 || e.Diagnostics.Agreeing != 1 {
		t.Errorf("%v %+v", e.Theta, e.Diagnostics)
	}
}

func refusal(t *testing.T, p Problem, o Options) *Refusal {
	t.Helper()
	e, err := Maximise(p, o)
	r, ok := AsRefusal(err)
	if !ok || e != nil || r.Message == "" || r.Hint == "" || r.Model != p.Model {
		t.Fatalf("%v, %v", e, err)
	}
	return r
}

func TestRefusals(t *testing.T) {
	rising := bowl([2]float64{0, 0}, 1)
	rising.LogLikelihood = func(x, g []float64) float64 {
		g[0], g[1] = math.Exp(-x[0]), -x[1]
		return -math.Exp(-x[0]) - x[1]*x[1]/2
	}
	named := Options{Starts: somewhere.Starts, NameLimit: func([]float64) (string, string, string) {
		return "large a", "It grows.", "Let it."
	}}
	if r := refusal(t, rising, named); r.Reason != Limit || r.Limit != "large a" || r.Last.Theta[0] < 1000 {
		t.Errorf("rising: %+v", r)
	}
	if r := refusal(t, bowl([2]float64{9, 0}, 1), somewhere); r.Reason != Limit {
		t.Errorf("beyond the bound: %+v", r)
	}
	if r := refusal(t, bowl([2]float64{1, 1}, 1e-4), somewhere); r.Reason != Flat {
		t.Errorf("flat: %+v", r)
	}
	level := bowl([2]float64{}, 1)
	level.LogLikelihood = func(x, g []float64) float64 { g[0], g[1] = 0, 0; return -1 }
	if r := refusal(t, level, somewhere); r.Reason != Flat {
		t.Errorf("level: %+v", r)
	}
	broken := bowl([2]float64{}, 1)
	broken.LogLikelihood = func(x, g []float64) float64 { return math.NaN() }
	if r := refusal(t, broken, somewhere); r.Reason != NotFinite {
		t.Errorf("not a number: %+v", r)
	}
	wrong := bowl([2]float64{}, 100)
	wrong.LogLikelihood = func(x, g []float64) float64 { // a gradient that is not the function's
		g[0], g[1] = 100*(x[0]-1), -100*x[1]
		return -50 * (x[0]*x[0] + x[1]*x[1])
	}
	if r := refusal(t, wrong, somewhere); r.Reason == "" {
		t.Errorf("wrong gradient: %+v", r)
	}
}

// A coarse problem only finds where to begin; the estimate is the whole's.
func TestCoarseStart(t *testing.T) {
	coarse := bowl([2]float64{.9, -1.8}, 5)
	o := somewhere
	o.Coarse = &coarse
	e, err := Maximise(bowl([2]float64{1, -2}, 100), o)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a", e.Theta[0], math.Exp(1), 1e-7)
	edge := bowl([2]float64{30, 0}, 5)
	o.Coarse = &edge
	if e, err = Maximise(bowl([2]float64{1, -2}, 100), o); err != nil {
		t.Fatal(err)
	}
	near(t, "a in spite of a misleading coarse problem", e.Theta[0], math.Exp(1), 1e-7)
}

func TestDraws(t *testing.T) {
	e, err := Maximise(bowl([2]float64{1, -2}, 100), somewhere)
	if err != nil {
		t.Fatal(err)
	}
	const n = 40_000
	draws := e.Draws(n, 7)
	var m [2]float64
	var c [2][2]float64
	for _, d := range draws {
		for i := range 2 {
			m[i] += math.Log(d[i]) / n
		}
	}
	for _, d := range draws {
		for i := range 2 {
			for j := range 2 {
				c[i][j] += (math.Log(d[i]) - m[i]) * (math.Log(d[j]) - m[j]) / n
			}
		}
	}
	near(t, "mean of ln a", m[0], 1, 4*math.Sqrt(e.CovLog[0][0]/n))
	near(t, "variance of ln a", c[0][0]/e.CovLog[0][0], 1, .04)
	near(t, "covariance", c[0][1]/e.CovLog[0][1], 1, .06)
	again, other := e.Draws(3, 7), e.Draws(3, 8)
	for k := range 3 {
		if again[k][0] != draws[k][0] || other[k][0] == draws[k][0] {
			t.Error("seeds")
		}
	}
}

// The trust-region step is no worse than any other step of the region.
func TestSubproblemIsOptimal(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b := bent(rng)
		g := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		radius := math.Exp(rng.NormFloat64())
		d := subproblem(b, g, radius)
		best := dot(g, d) + quadratic(b, d)/2
		if norm(d) > radius*(1+1e-9) {
			t.Fatalf("step %g beyond %g", norm(d), radius)
		}
		for range 200 {
			o := []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
			o = scale(o, radius*rng.Float64()/norm(o))
			if v := dot(g, o) + quadratic(b, o)/2; v < best-1e-9 {
				t.Fatalf("step to %g, but %g is there", best, v)
			}
		}
	}
}

// The covariance at the maximum is the estimate's; off it, that of the curvature there;
// where the likelihood bends upwards there is none.
func TestCovarianceAt(t *testing.T) {
	p := Problem{Model: "cosine", Names: []string{"a"}, Weight: 10, LogLikelihood: func(x, g []float64) float64 {
		g[0] = -10 * math.Sin(x[0])
		return 10 * math.Cos(x[0])
	}}
	e, err := Maximise(p, Options{Starts: [][]float64{{1.2}}})
	if err != nil {
		t.Fatal(err)
	}
	own, ok := CovarianceAt(p, e.Theta)
	near(t, "at the maximum", own[0][0], e.CovLog[0][0], 1e-9)
	off, okOff := CovarianceAt(p, []float64{math.Exp(1)})
	near(t, "off it", off[0][0], .1/math.Cos(1), 1e-7)
	if _, okUp := CovarianceAt(p, []float64{math.Exp(2)}); !ok || !okOff || okUp {
		t.Error(ok, okOff, okUp)
	}
}
