package btyd

import (
	"fmt"
	"math"
	"slices"

	"github.com/clientele/clientele/model/fit"
)

const covariateName = "Pareto/NBD with covariates"

// maxCovariate bounds the values of covariates, so that α·e^−γz is a number
// wherever the search goes. It asks for no more than sensible units.
const maxCovariate = 10

// FitCovariates fits a Pareto/NBD whose rates depend on the named covariates by
// maximum likelihood. Covariates are few-valued: every pattern is a grid of its own,
// and the cost is that of all cells. Give yes and no as 1 and 0, a choice among k
// as k − 1 of these, and numbers centred and divided by their standard deviation.
// The error is a *fit.Refusal: see FitParetoNBD; BadInput also for a covariate that
// is constant, that follows from the others, or that has values beyond ±10.
func FitCovariates(names []string, patterns []Pattern, o Options) (*CovariateFit, error) {
	c, err := layCovariates(names, patterns)
	if err != nil {
		return nil, err
	}
	if err := c.whole.refuseEarly(covariateName, o); err != nil {
		return nil, err
	}
	if err := c.identified(); err != nil {
		return nil, err
	}
	coarse := c.thin().problem()
	e, err := fit.Maximise(c.problem(), fit.Options{Starts: c.starts(), Coarse: &coarse, NameLimit: c.nameLimit})
	if err != nil {
		return nil, err
	}
	f := &CovariateFit{Params: covariateParetoNBD(e.Theta), Estimate: e, Repeaters: c.whole.repeaters}
	for _, g := range c.grids {
		f.Cells += g.Len()
	}
	return f, nil
}

// Profile returns the 95 % profile-likelihood interval of every parameter, in their
// order: see fit.Profile. The patterns are those that were fitted.
func (f *CovariateFit) Profile(patterns []Pattern) ([]fit.Interval, error) {
	names := make([]string, len(f.Params.Buying))
	c, err := layCovariates(names, patterns)
	if err != nil {
		return nil, err
	}
	return fit.Profile(c.problem(), f.Estimate)
}

// covariates are patterns laid out for repeated evaluation.
type covariates struct {
	names []string
	z     [][]float64
	grids []*Grid
	whole *Grid // all cells, whatever their pattern
}

// layCovariates checks patterns and merges those with the same values.
func layCovariates(names []string, patterns []Pattern) (*covariates, error) {
	c := &covariates{names: names}
	var cells [][]Cell
	var all []Cell
	for _, p := range patterns {
		if err := c.check(p.Z); err != nil {
			return nil, err
		}
		k := slices.IndexFunc(c.z, func(z []float64) bool { return slices.Equal(z, p.Z) })
		if k < 0 {
			k = len(c.z)
			c.z, cells = append(c.z, p.Z), append(cells, nil)
		}
		cells[k] = append(cells[k], p.Cells...)
		all = append(all, p.Cells...)
	}
	for _, own := range cells {
		g, err := newGrid(covariateName, own)
		if err != nil {
			return nil, err
		}
		c.grids = append(c.grids, g)
	}
	whole, err := newGrid(covariateName, all)
	c.whole = whole
	return c, err
}

func (c *covariates) check(z []float64) error {
	if len(z) != len(c.names) {
		return badCovariate(fmt.Sprintf("A pattern has %d values for %d covariates.", len(z), len(c.names)),
			"Give every pattern one value for each covariate, in their order.")
	}
	for j, v := range z {
		if !(math.Abs(v) <= maxCovariate) {
			return badCovariate(fmt.Sprintf("The covariate %q has the value %g.", c.names[j], v),
				"Values lie within ±10: centre numbers and divide them by their standard deviation.")
		}
	}
	return nil
}

func badCovariate(message, hint string) error {
	return &fit.Refusal{Reason: fit.BadInput, Model: covariateName, Message: message, Hint: hint}
}

// leastShare is the share of a covariate's variance that the others must leave over.
const leastShare = 1e-8

// identified refuses a covariate that is constant over customers, or follows from
// those before it: Gram and Schmidt's orthogonalisation, weighted by customers.
func (c *covariates) identified() error {
	basis := [][]float64{c.column(func([]float64) float64 { return 1 })}
	for j, name := range c.names {
		v := c.column(func(z []float64) float64 { return z[j] })
		raw := c.inner(v, v)
		c.without(v, basis[0])
		own := c.inner(v, v)
		if !(own > leastShare*leastShare*raw) {
			return badCovariate(fmt.Sprintf("The covariate %q has the same value for every customer.", name), "Leave it out.")
		}
		for _, b := range basis[1:] {
			c.without(v, b)
		}
		if !(c.inner(v, v) > leastShare*own) {
			return badCovariate(fmt.Sprintf("The covariate %q follows from the covariates before it.", name),
				"Leave it out: a choice among k kinds takes k − 1 covariates.")
		}
		basis = append(basis, v)
	}
	return nil
}

// column gives one number per pattern.
func (c *covariates) column(of func(z []float64) float64) []float64 {
	out := make([]float64, len(c.z))
	for k, z := range c.z {
		out[k] = of(z)
	}
	return out
}

// inner is Σ N·a·b over customers, as a share of them.
func (c *covariates) inner(a, b []float64) float64 {
	sum := 0.0
	for k, g := range c.grids {
		sum += g.customers / c.whole.customers * a[k] * b[k]
	}
	return sum
}

// without takes its projection on b from a.
func (c *covariates) without(a, b []float64) {
	share := c.inner(a, b) / c.inner(b, b)
	for k := range a {
		a[k] -= share * b[k]
	}
}

// thin is the same on fewer cells, to search starts on.
func (c *covariates) thin() *covariates {
	out := &covariates{names: c.names, z: c.z, whole: &Grid{}}
	for _, g := range c.grids {
		few := g.thin(max(1, searchCells/len(c.grids)))
		out.grids, out.whole.customers = append(out.grids, few), out.whole.customers+few.customers
	}
	return out
}

// problem is the likelihood in ln r, ln α, ln s, ln β and γ, pattern by pattern: the
// chain rule takes the derivatives by a pattern's α and β to the γ.
func (c *covariates) problem() fit.Problem {
	names := slices.Clone(paretoNames)
	for _, process := range []string{"buying:", "leaving:"} {
		for _, name := range c.names {
			names = append(names, process+name)
		}
	}
	m, dim := &nodes{}, len(c.names)
	parts := make([][]sums, len(c.grids))
	for k, g := range c.grids {
		parts[k] = make([]sums, len(g.chunks))
	}
	return fit.Problem{
		Model: covariateName, Names: names, Weight: c.whole.customers,
		LogLikelihood: func(x, grad []float64) float64 {
			p := CovariateParetoNBD{
				Base:   ParetoNBD{math.Exp(x[0]), math.Exp(x[1]), math.Exp(x[2]), math.Exp(x[3])},
				Buying: x[4 : 4+dim], Leaving: x[4+dim:],
			}
			total := 0.0
			clear(grad)
			for k, g := range c.grids {
				of := p.Of(c.z[k])
				v := g.logLikelihood(of, m, parts[k])
				total += v[0]
				by := [4]float64{v[1] * of.R, v[2] * of.Alpha, v[3] * of.S, v[4] * of.Beta}
				for i, d := range by {
					grad[i] += d
				}
				for j, z := range c.z[k] {
					grad[4+j] -= z * by[1]
					grad[4+dim+j] -= z * by[3]
				}
			}
			return total
		},
	}
}

// starts are those of the plain model, without any effect.
func (c *covariates) starts() [][]float64 {
	out := c.whole.starts()
	for i := range out {
		for range 2 * len(c.names) {
			out[i] = append(out[i], 1)
		}
	}
	return out
}

// nameLimit names the covariate whose effect has no bounds, or the limit of the
// plain model.
func (c *covariates) nameLimit(x []float64) (limit, message, hint string) {
	const far = fit.MaxLogParameter / 2
	for j, name := range c.names {
		switch dim := len(c.names); {
		case math.Abs(x[4+j]) > far:
			return "no purchases for some value of " + name, fmt.Sprintf("By the covariate %q, some customers hardly ever buy again: its effect has no bounds.", name),
				"Leave the covariate out, or merge its values."
		case math.Abs(x[4+dim+j]) > far:
			return "no leaving for some value of " + name, fmt.Sprintf("By the covariate %q, some customers leave at once or never: its effect has no bounds.", name),
				"Leave the covariate out, merge its values, or use a longer record."
		}
	}
	return nameLimit(x[:4])
}
