package btyd

import (
	"math"
	"runtime"
	"slices"
	"testing"
)

// spreadOf is the standard deviation of the logarithm of the orders expected in the
// next year, and their mean logarithm.
func spreadOf(g *Grid, draws [][]float64) (mean, sd float64) {
	sum, square := 0.0, 0.0
	for _, theta := range draws {
		orders, _ := g.totals(paretoNBD(theta))
		l := math.Log(orders)
		sum, square = sum+l, square+l*l
	}
	n := float64(len(draws))
	return sum / n, math.Sqrt(square/n - sum*sum/(n*n))
}

// Where the model is true, the Bayesian bootstrap and Laplace draws agree on how sure
// a total is: statistics, section 1, "checked against a Bayesian bootstrap".
func TestBootstrapAgainstLaplace(t *testing.T) {
	n := 80
	if *soak {
		n = 1000
	}
	g, err := NewGrid(studied(identifiable[1], 1))
	if err != nil {
		t.Fatal(err)
	}
	f, err := g.FitParetoNBD(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := f.Bootstrap(g, n, 7)
	if r.Failed > 0 || r.AtEdge > 0 || len(r.Theta) != n {
		t.Errorf("%d replicates, %d failed, %d at the edge", len(r.Theta), r.Failed, r.AtEdge)
	}
	mean, sd := spreadOf(g, r.Theta)
	laplaceMean, laplaceSD := spreadOf(g, f.Draws(n, 3))
	t.Logf("ln of a year's orders: bootstrap %.4f ± %.4f, Laplace %.4f ± %.4f", mean, sd, laplaceMean, laplaceSD)
	near(t, "mean", mean, laplaceMean, 5*sd/math.Sqrt(float64(n)))
	// each deviation is known to one part in √2n
	near(t, "ratio of deviations", sd/laplaceSD, 1, .05+4/math.Sqrt(float64(n)))
}

// The same seed gives the same replicates on any number of cores.
func TestBootstrapIgnoresCores(t *testing.T) {
	cells := simulated(truth, 3000, 84, 357, 4)
	g, err := NewGrid(cells)
	if err != nil {
		t.Fatal(err)
	}
	f, err := FitMBGNBD(cells, Options{})
	if err != nil {
		t.Fatal(err)
	}
	on := func(cores int) [][]float64 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		return f.Bootstrap(g, 3, 5).Theta
	}
	if a, b := on(1), on(5); !slices.EqualFunc(a, b, slices.Equal) {
		t.Errorf("one core %v, five %v", a, b)
	}
}
