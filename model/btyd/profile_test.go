package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// fall is twice the log-likelihood lost where one parameter is held and an
// independent optimiser has the others.
func fall(t *testing.T, p fit.Problem, e *fit.Estimate, j int, value float64) float64 {
	t.Helper()
	x, grad := make([]float64, len(e.Theta)), make([]float64, len(e.Theta))
	whole := func(y []float64) float64 {
		copy(x, y[:j])
		x[j] = math.Log(value)
		copy(x[j+1:], y[j:])
		return -p.LogLikelihood(x, grad)
	}
	of := optimize.Problem{Func: whole, Grad: func(g, y []float64) {
		whole(y)
		copy(g, grad[:j])
		copy(g[j:], grad[j+1:])
		floats.Scale(-1, g)
	}}
	var start []float64
	for i, v := range e.Theta {
		if i != j {
			start = append(start, math.Log(v)+e.CovLog[i][j]/e.CovLog[j][j]*math.Log(value/e.Theta[j]))
		}
	}
	// an error says that no further gain is to be had
	r, err := optimize.Minimize(of, start, &optimize.Settings{FuncEvaluations: 200}, &optimize.BFGS{})
	if r == nil {
		t.Fatal(err)
	}
	return 2 * (r.F + e.LogLikelihood)
}

// At both ends of every interval an independent optimiser loses 3.84, the 95 %
// quantile of χ² with one degree of freedom.
func checkProfile(t *testing.T, p fit.Problem, e *fit.Estimate, evaluations *int, v []fit.Interval, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %v ± %v: %v in %d evaluations", e.Model, e.Theta, e.SE, v, *evaluations)
	for j, i := range v {
		for _, end := range []float64{i.Low, i.High} {
			if end == 0 || math.IsInf(end, 1) {
				continue
			}
			near(t, e.Model+" "+e.Names[j]+": fall at the end", fall(t, p, e, j, end), 3.8415, 2e-3)
		}
	}
}

// counted counts the evaluations of a problem.
func counted(p fit.Problem) (fit.Problem, *int) {
	n, inner := new(int), p.LogLikelihood
	p.LogLikelihood = func(x, g []float64) float64 { *n++; return inner(x, g) }
	return p, n
}

func profileFamily[M Model](t *testing.T, f family[M], cells []Cell) {
	t.Helper()
	got, err := f.fit(cells, Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := newGrid(f.name, cells)
	if err != nil {
		t.Fatal(err)
	}
	p, n := counted(f.problem(g))
	v, err := fit.Profile(p, got.Estimate)
	checkProfile(t, p, got.Estimate, n, v, err)
}

func TestProfilesOfCDNOWSample(t *testing.T) {
	_, cells := at(t, cdnow.Sample)
	g, err := NewGrid(cells)
	if err != nil {
		t.Fatal(err)
	}
	f, err := g.FitParetoNBD(Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, n := counted(g.problem())
	v, err := fit.Profile(p, f.Estimate)
	checkProfile(t, p, f.Estimate, n, v, err)
	profileFamily(t, bgFamily, cells)
	profileFamily(t, mbgFamily, cells)
	profileFamily(t, nbdFamily, cells)
	profileFamily(t, exponentialFamily, cells)
}

// Of few customers the profiles are far from straight, and other parameters leave for
// the edge of the box on the way.
func TestProfilesOfSubsamples(t *testing.T) {
	_, all := at(t, cdnow.Master)
	open, fits := 0, 0
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 99))
		cells := make([]Cell, 150)
		for i := range cells {
			cells[i] = all[rng.IntN(len(all))]
		}
		g, err := NewGrid(cells)
		if err != nil {
			t.Fatal(err)
		}
		f, err := g.FitParetoNBD(Options{MinRepeaters: -1})
		if err != nil {
			continue
		}
		fits++
		p, n := counted(g.problem())
		v, err := fit.Profile(p, f.Estimate)
		checkProfile(t, p, f.Estimate, n, v, err)
		for _, i := range v {
			if math.IsInf(i.High, 1) {
				open++
			}
			if math.IsNaN(i.Low + i.High) {
				t.Errorf("%v of %v", v, f.Theta)
			}
		}
	}
	t.Logf("%d fits, %d open ends", fits, open)
	if fits == 0 || open == 0 {
		t.Error("nothing was tried")
	}
}

// At the estimate, on its own grid, the covariance is the estimate's, whatever the model.
func TestCovarianceAtTheEstimate(t *testing.T) {
	_, cells := at(t, cdnow.Sample)
	g, err := NewGrid(cells)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"Pareto/NBD", "BG/NBD", "NBD"} {
		k, _ := KindOf(key)
		f, err := k.Fit(cells, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := f.Estimated()
		got, ok := f.CovarianceAt(g, e.Theta)
		if !ok {
			t.Fatal(key)
		}
		for i := range got {
			for j := range got[i] {
				near(t, key, got[i][j]/math.Sqrt(e.CovLog[i][i]*e.CovLog[j][j]), e.CovLog[i][j]/math.Sqrt(e.CovLog[i][i]*e.CovLog[j][j]), 1e-6)
			}
		}
	}
}
