package btyd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// contender is a model whose fits another optimiser tries to better.
type contender struct {
	name    string
	fit     func([]Cell, Options) (*fit.Estimate, error)
	problem func(*Grid) fit.Problem
}

func contenderOf[M Model](f family[M]) contender {
	return contender{f.name, func(cells []Cell, o Options) (*fit.Estimate, error) {
		got, err := f.fit(cells, o)
		if err != nil {
			return nil, err
		}
		return got.Estimate, nil
	}, f.problem}
}

func contenders() []contender {
	pareto := contender{paretoName, func(cells []Cell, o Options) (*fit.Estimate, error) {
		got, err := FitParetoNBD(cells, o)
		if err != nil {
			return nil, err
		}
		return got.Estimate, nil
	}, (*Grid).problem}
	return []contender{pareto, contenderOf(bgFamily), contenderOf(mbgFamily), contenderOf(nbdFamily)}
}

// highest is the highest likelihood that gonum's optimisers find: BFGS from near a
// point and from anywhere, at full length Nelder–Mead from near it too.
func highest(p fit.Problem, theta []float64, rng *rand.Rand) float64 {
	grad, best := make([]float64, len(theta)), math.Inf(-1)
	of := optimize.Problem{
		Func: func(x []float64) float64 { return -p.LogLikelihood(x, grad) },
		Grad: func(g, x []float64) {
			p.LogLikelihood(x, g)
			floats.Scale(-1, g)
		},
	}
	try := func(around []float64, spread float64, evaluations int, how optimize.Method) {
		x := make([]float64, len(theta))
		for i := range x {
			x[i] = math.Max(-8, math.Min(around[i]+spread*rng.NormFloat64(), 8))
		}
		// an error says that the method could not go on from where it was
		if r, _ := optimize.Minimize(of, x, &optimize.Settings{FuncEvaluations: evaluations}, how); r != nil && -r.F > best {
			best = -r.F
		}
	}
	x := make([]float64, len(theta))
	for i, v := range theta {
		x[i] = math.Log(v)
	}
	anywhere := make([]float64, len(x))
	try(x, .3, 100, &optimize.BFGS{})
	try(anywhere, 1.5, 100, &optimize.BFGS{})
	if *soak {
		try(anywhere, 1.5, 100, &optimize.BFGS{})
		try(x, .3, 60*len(x), &optimize.NelderMead{})
	}
	return best
}

// challenged says how a fit of cells ended: fitted, given a limit, or refused. What is
// accepted or given is no less likely than anything that gonum finds.
func (c contender) challenged(t *testing.T, cells []Cell, rng *rand.Rand) string {
	t.Helper()
	g, err := newGrid(c.name, cells)
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.fit(cells, Options{MinRepeaters: -1})
	ended := "fitted"
	r, refused := fit.AsRefusal(err)
	if refused {
		limit, err := FitLimit(cells, r, Options{MinRepeaters: -1})
		if err != nil {
			return fmt.Sprintf("refused: %s %s", r.Reason, r.Limit)
		}
		e, ended = limit.Estimate, fmt.Sprintf("%s, given %s", r.Reason, limit.Estimate.Model)
	}
	at := e.Theta
	if refused {
		at = r.Last.Theta
	}
	if got := highest(c.problem(g), at, rng); got > e.LogLikelihood+1e-6*math.Abs(e.LogLikelihood) {
		t.Errorf("%s of %d customers, %s: %.8f at %v, and gonum finds %.8f", c.name, len(cells), ended, e.LogLikelihood, at, got)
	}
	if !refused && *soak {
		c.aboveLimits(t, cells, e)
	}
	return ended
}

// aboveLimits demands that an accepted fit is no less likely than the limits of its
// model.
func (c contender) aboveLimits(t *testing.T, cells []Cell, e *fit.Estimate) {
	t.Helper()
	for _, fitLimit := range limitsOf(c.name) {
		l, err := fitLimit(cells, Options{MinRepeaters: -1})
		if err == nil && l.LogLikelihood > e.LogLikelihood+1e-6*math.Abs(e.LogLikelihood) {
			t.Errorf("%s of %d customers: %.8f at %v, and its limit %s has %.8f", c.name, len(cells), e.LogLikelihood, e.Theta, l.Estimate.Model, l.LogLikelihood)
		}
	}
}

// Issue 3, must hold 4: random CDNOW subsamples of 50 to 1,000 customers are fitted,
// given a named limit or refused, and for no accepted fit does a second optimiser gain
// more than 1e−6 relative in likelihood: 1,000 for every model at full length, 40 and
// 10 in a common run.
func TestSubsamplesAreFittedOrRefused(t *testing.T) {
	_, all := at(t, cdnow.Master)
	for i, c := range contenders() {
		runs := 10
		switch {
		case *soak:
			runs = 1000
		case i == 0 && !testing.Short():
			runs = 40
		}
		rng, ended := rand.New(rand.NewPCG(1, 4)), map[string]int{}
		for range runs {
			cells := make([]Cell, 50+rng.IntN(951))
			for i := range cells {
				cells[i] = all[rng.IntN(len(all))]
			}
			ended[c.challenged(t, cells, rng)]++
		}
		t.Logf("%s: %v", c.name, ended)
		if ended["fitted"] < runs*3/4 {
			t.Errorf("%s: few fitted: %v", c.name, ended)
		}
	}
}
