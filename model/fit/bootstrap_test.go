package fit

import (
	"math"
	"slices"
	"testing"
)

// poisson are counts in cells, with one rate.
func poisson(counts, weights []float64) Problem {
	total, sum := 0.0, 0.0
	for i, n := range weights {
		total, sum = total+n, sum+n*counts[i]
	}
	return Problem{Model: "Poisson", Names: []string{"rate"}, Weight: total, LogLikelihood: func(x, g []float64) float64 {
		g[0] = sum - total*math.Exp(x[0])
		return sum*x[0] - total*math.Exp(x[0])
	}}
}

// The replicates of a mean are its weighted means: of a Dirichlet's weights the
// mean is the sample's, and the variance the sample's over n + 1 (Rubin 1981).
func TestBootstrapOfAMean(t *testing.T) {
	counts, weights := []float64{0, 1, 2, 7}, []float64{40, 30.5, 20, 0}
	e, err := Maximise(poisson(counts, weights), Options{Starts: [][]float64{{1}}})
	if err != nil {
		t.Fatal(err)
	}
	of := func(w []float64) Problem { return poisson(counts, w) }
	const n = 4000
	r := Bootstrap(e, weights, of, n, 3)
	if len(r.Theta) != n || r.Failed != 0 || r.AtEdge != 0 {
		t.Fatalf("%d replicates, %d failed, %d at the edge", len(r.Theta), r.Failed, r.AtEdge)
	}
	mean := (30.5 + 40) / 90.5
	variance := ((30.5+80)/90.5 - mean*mean) / 91.5
	sum, square := 0.0, 0.0
	for _, v := range r.Theta {
		sum, square = sum+v[0], square+(v[0]-mean)*(v[0]-mean)
	}
	near(t, "mean", sum/n, mean, 4*math.Sqrt(variance/n))
	near(t, "variance", square/n/variance, 1, .1)
	again, other := Bootstrap(e, weights, of, 2, 3), Bootstrap(e, weights, of, 2, 4)
	if !slices.Equal(again.Theta[1], r.Theta[1]) || slices.Equal(other.Theta[1], r.Theta[1]) {
		t.Error("seeds")
	}
}

// A replicate without a maximum ends at the edge and is counted.
func TestBootstrapAtTheEdge(t *testing.T) {
	counts, weights := []float64{0, 1}, []float64{3, 1e-2}
	e, err := Maximise(poisson(counts, weights), Options{Starts: [][]float64{{1}}})
	if err != nil {
		t.Fatal(err)
	}
	r := Bootstrap(e, weights, func(w []float64) Problem { return poisson(counts, w) }, 200, 1)
	if r.AtEdge == 0 || len(r.Theta)+r.Failed != 200 {
		t.Errorf("%d at the edge, %d failed, %d in all", r.AtEdge, r.Failed, len(r.Theta))
	}
}
