// Package modelling is the floor under all that values customers: it takes cells
// from the warehouse, fits them, checks the fit against a holdout, and keeps
// the result as a model run. Nothing here is per customer: cells come up,
// parameters and per-cell scores go down.
package modelling
