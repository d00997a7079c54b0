package btyd

import (
	"github.com/clientele/clientele/model/fit"
)

// Profile returns the 95 % profile-likelihood interval of every parameter, in their
// order, on the grid of the cells that were fitted: see fit.Profile.
func (f *ParetoNBDFit) Profile(g *Grid) ([]fit.Interval, error) {
	return fit.Profile(g.problem(), f.Estimate)
}

// Profile returns the 95 % profile-likelihood interval of every parameter, in their
// order, on the grid of the cells that were fitted: see fit.Profile.
func (f *Fit[M]) Profile(g *Grid) ([]fit.Interval, error) {
	return fit.Profile(f.problem(g), f.Estimate)
}
