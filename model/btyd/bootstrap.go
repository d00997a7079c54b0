package btyd

import (
	"github.com/clientele/clientele/model/fit"
)

// Bootstrap returns n replicates of the Bayesian bootstrap over the customers of the
// grid that was fitted: see fit.Bootstrap.
func (f *ParetoNBDFit) Bootstrap(g *Grid, n int, seed uint64) *fit.Replicates {
	return fit.Bootstrap(f.Estimate, g.n, func(w []float64) fit.Problem { return g.weighing(w).problem() }, n, seed)
}

// Bootstrap returns n replicates of the Bayesian bootstrap over the customers of the
// grid that was fitted: see fit.Bootstrap.
func (f *Fit[M]) Bootstrap(g *Grid, n int, seed uint64) *fit.Replicates {
	return fit.Bootstrap(f.Estimate, g.n, func(w []float64) fit.Problem { return f.problem(g.weighing(w)) }, n, seed)
}

// weighing is the grid with other weights.
func (g *Grid) weighing(w []float64) *Grid {
	other := *g
	other.n, other.customers, other.repeaters = w, 0, 0
	for i, n := range w {
		other.customers += n
		if g.x[i] > 0 {
			other.repeaters += n
		}
	}
	return &other
}
