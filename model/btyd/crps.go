package btyd

import (
	"math"
)

// future is the distribution of the purchases in a window of customers who share
// it, given that they are alive at its start, with the sums that score it.
type future struct {
	p            []float64 // probability of each count
	mean, square float64   // of the count, and of its square
	// over, over2 hold at k the sums of 1 − F and of (1 − F)² over the counts
	// below k, F the distribution function
	over, over2 []float64
}

// futureOf takes the distribution of a history whose P(alive) is scale, given that
// the customer is alive.
func futureOf(m Model, h History, weeks, scale float64) *future {
	o := m.Orders(h, 0, weeks)
	if len(o.P) == 0 {
		o.P = []float64{math.NaN()}
	}
	o.P[0] = math.Max(0, o.P[0]-(1-scale))
	f := &future{p: o.P, over: make([]float64, len(o.P)+1), over2: make([]float64, len(o.P)+1)}
	left := 1.0
	for k := range f.p {
		f.p[k] /= scale
		f.mean += float64(k) * f.p[k]
		f.square += float64(k) * float64(k) * f.p[k]
		left = math.Max(0, left-f.p[k])
		f.over[k+1] = f.over[k] + left
		f.over2[k+1] = f.over2[k] + left*left
	}
	return f
}

// moments are mean and variance of the count of a customer who is alive with
// probability a.
func (f *future) moments(a float64) (mean, variance float64) {
	mean = a * f.mean
	return mean, math.Max(0, a*f.square-mean*mean)
}

// crps is Orders.CRPS of a customer who is alive with probability a: F becomes
// 1 − a(1 − F), so that the counts below the actual add (1 − a(1 − F))², the others
// a²(1 − F)².
func (f *future) crps(a float64, actual int) float64 {
	k := min(actual, len(f.p))
	return float64(actual) - 2*a*f.over[k] + a*a*f.over2[len(f.p)]
}

// shortest gives the shortest sets of counts of a customer who is alive with
// probability a; mixed is memory.
func (f *future) shortest(a float64, mixed []float64) (out cellSets) {
	for k, v := range f.p {
		mixed[k] = a * v
	}
	mixed[0] += 1 - a
	o := Orders{P: mixed}
	for j, mass := range holdoutMasses {
		lo, hi, ok := o.Shortest(mass)
		if !ok {
			hi = len(mixed) - 1
		}
		held := 0.0
		for _, v := range mixed[lo : hi+1] {
			held += v
		}
		out[j] = set{int32(lo), int32(hi), held}
	}
	return out
}

// Contest compares how well several models foretold the same rows, over one window
// or several. A customer who is in several windows counts as several, which makes
// standard errors too small where their surprises go together.
type Contest struct {
	customers float64
	cross     [][]float64 // sums of the products of two models' scores; of the scores in the last row
}

// NewContest makes a contest of so many models.
func NewContest(models int) *Contest {
	c := &Contest{cross: make([][]float64, models+1)}
	for i := range c.cross {
		c.cross[i] = make([]float64, models)
	}
	return c
}

// Add adds a window: scores holds, per model, the CRPS of each row. A model without
// scores is out of the contest; nothing may be asked of it any more.
func (c *Contest) Add(rows []HoldoutRow, scores [][]float64) {
	for k, row := range rows {
		c.customers += row.N
		for i, one := range scores {
			if one == nil {
				continue
			}
			c.cross[len(scores)][i] += row.N * one[k]
			for j, other := range scores[:i+1] {
				if other != nil {
					c.cross[i][j] += row.N * one[k] * other[k]
				}
			}
		}
	}
}

// Mean is the mean over customers of a model's CRPS.
func (c *Contest) Mean(i int) float64 { return c.cross[len(c.cross)-1][i] / c.customers }

// Behind is how much worse model i foretold than j: the mean over customers of its
// CRPS less the other's, and the standard error of that mean (paired).
func (c *Contest) Behind(i, j int) (mean, se float64) {
	mean = c.Mean(i) - c.Mean(j)
	square := c.cross[i][i] + c.cross[j][j] - 2*c.cross[max(i, j)][min(i, j)]
	return mean, math.Sqrt(math.Max(0, square/c.customers-mean*mean) / c.customers)
}
