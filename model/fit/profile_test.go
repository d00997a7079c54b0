package fit

import (
	"math"
	"testing"
)

func profiled(t *testing.T, p Problem, o Options) (*Estimate, []Interval) {
	t.Helper()
	e, err := Maximise(p, o)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Profile(p, e)
	if err != nil {
		t.Fatal(err)
	}
	return e, v
}

// On a quadratic likelihood the interval is that of the standard error.
func TestProfileOfAQuadratic(t *testing.T) {
	e, v := profiled(t, bowl([2]float64{1, -2}, 100), somewhere)
	for j := range v {
		half := 1.959963984540054 * math.Sqrt(e.CovLog[j][j])
		near(t, e.Names[j]+" low", math.Log(v[j].Low), math.Log(e.Theta[j])-half, 1e-5)
		near(t, e.Names[j]+" high", math.Log(v[j].High), math.Log(e.Theta[j])+half, 1e-5)
	}
}

// normal is the likelihood of n values with mean m and variance v (divisor n); its
// parameters are mean and standard deviation.
func normal(n, m, v float64) Problem {
	return Problem{
		Model: "normal", Names: []string{"mean", "sd"}, Weight: n,
		LogLikelihood: func(x, g []float64) float64 {
			mu, sd := math.Exp(x[0]), math.Exp(x[1])
			square := (v + (m-mu)*(m-mu)) / (sd * sd)
			g[0], g[1] = n*(m-mu)*mu/(sd*sd), n*(square-1)
			return -n * (x[1] + square/2)
		},
	}
}

// By the closed form of the profile of the mean, and at both ends of that of the
// deviation by its equation: n (ln(σ/σ̂) + (σ̂²/σ² − 1)/2) = 1.92.
func TestProfileOfFewValues(t *testing.T) {
	const n, m, variance, half = 6, 10, 9, 1.959963984540054 * 1.959963984540054 / 2
	_, v := profiled(t, normal(n, m, variance), Options{Starts: [][]float64{{5, 5}}})
	reach := math.Sqrt(variance * math.Expm1(2*half/n))
	near(t, "mean, low", v[0].Low, m-reach, 1e-4*reach)
	near(t, "mean, high", v[0].High, m+reach, 1e-4*reach)
	for _, sd := range []float64{v[1].Low, v[1].High} {
		near(t, "fall at the deviation's end", n*(math.Log(sd/3)+(9/(sd*sd)-1)/2), half, 1e-3)
	}
	if !(v[1].Low < 3 && v[1].High > 3) {
		t.Errorf("%v", v[1])
	}
}

// dip falls by depth at most, from a maximum at θ = 1; below it by another depth.
func dip(above, below float64) Problem {
	return Problem{
		Model: "dip", Names: []string{"a", "b"}, Weight: 1,
		LogLikelihood: func(x, g []float64) float64 {
			depth := above
			if x[0] < 0 {
				depth = below
			}
			f := depth * math.Exp(-x[0]*x[0]/2)
			g[0], g[1] = -f*x[0], -50*(x[1]-math.Tanh(x[0]))
			g[0] += 50 * (x[1] - math.Tanh(x[0])) / math.Pow(math.Cosh(x[0]), 2)
			return f - depth - 25*math.Pow(x[1]-math.Tanh(x[0]), 2)
		},
	}
}

// Where the likelihood never falls by 1.92 the interval has no end, and says so.
func TestProfileWithoutEnds(t *testing.T) {
	o := Options{Starts: [][]float64{{1.3, 1.2}}}
	_, v := profiled(t, dip(1.9, 1.9), o)
	if v[0] != (Interval{0, math.Inf(1)}) {
		t.Errorf("shallow on both sides: %v", v[0])
	}
	_, v = profiled(t, dip(1.9, 5), o)
	if !math.IsInf(v[0].High, 1) {
		t.Errorf("shallow above: %v", v[0])
	}
	x := math.Log(v[0].Low)
	near(t, "fall at the lower end", 5-5*math.Exp(-x*x/2), 1.9207, 1e-3)
	if !(v[1].Low > 0 && v[1].High < math.Inf(1)) {
		t.Errorf("the other parameter: %v", v[1])
	}
}

func TestProfileOfOneParameter(t *testing.T) {
	p := Problem{Model: "rate", Names: []string{"rate"}, Weight: 9, LogLikelihood: func(x, g []float64) float64 {
		g[0] = 9 * (1 - math.Exp(x[0]))
		return 9 * (x[0] - math.Exp(x[0]))
	}}
	_, v := profiled(t, p, Options{Starts: [][]float64{{3}}})
	for _, end := range []float64{v[0].Low, v[0].High} {
		near(t, "fall", 9*(end-1-math.Log(end)), 1.9207, 1e-3)
	}
}

// An estimate that is not the maximum is found out.
func TestProfileBesideTheMaximum(t *testing.T) {
	p := bowl([2]float64{1, -2}, 100)
	e, err := Maximise(p, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	e.Theta[0] *= 1.3
	e.LogLikelihood -= 5
	_, err = Profile(p, e)
	if r, ok := AsRefusal(err); !ok || r.Reason != NotConverged {
		t.Errorf("%v", err)
	}
}

// What cannot be evaluated beyond the maximum gives no number.
func TestProfileOfABrokenLikelihood(t *testing.T) {
	whole := bowl([2]float64{1, -2}, 100)
	e, err := Maximise(whole, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	broken := whole
	broken.LogLikelihood = func(x, g []float64) float64 {
		if x[0] > 1.05 {
			g[0], g[1] = math.NaN(), math.NaN()
			return math.NaN()
		}
		return whole.LogLikelihood(x, g)
	}
	v, err := Profile(broken, e)
	if err != nil || !math.IsNaN(v[0].High) || math.IsNaN(v[0].Low) {
		t.Errorf("%v, %v", v, err)
	}
}
