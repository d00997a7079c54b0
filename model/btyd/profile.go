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

// CovarianceAt is the covariance of ln θ by the curvature of the grid's likelihood at
// theta, of the grid that was fitted or another: see fit.CovarianceAt.
func (f *ParetoNBDFit) CovarianceAt(g *Grid, theta []float64) ([][]float64, bool) {
	return fit.CovarianceAt(g.problem(), theta)
}

// CovarianceAt is the covariance of ln θ by the curvature of the grid's likelihood at
// theta, of the grid that was fitted or another: see fit.CovarianceAt.
func (f *Fit[M]) CovarianceAt(g *Grid, theta []float64) ([][]float64, bool) {
	return fit.CovarianceAt(f.problem(g), theta)
}
