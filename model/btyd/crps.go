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
		f.square += float64(k) * float64(k) * f.p[k]
		left = math.Max(0, left-f.p[k])
		f.over[k+1] = f.over[k] + left
		f.over2[k+1] = f.over2[k] + left*left
	}
	f.mean = m.ExpectedOrders(h, weeks) / scale
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

// Behind is how much worse one model foretold than another: the mean over customers
// of its CRPS less the other's, and the standard error of that mean (paired). one and
// other hold both models against the same windows, whose rows are windows. A
// customer who is in several windows counts as several, which makes the standard
// error too small if their surprises go together.
func Behind(one, other []*HoldoutResult, windows [][]HoldoutRow) (mean, se float64) {
	n, sum, square := 0.0, 0.0, 0.0
	for w, rows := range windows {
		for i, row := range rows {
			d := one[w].Rows[i].CRPS - other[w].Rows[i].CRPS
			n += row.N
			sum += row.N * d
			square += row.N * d * d
		}
	}
	mean = sum / n
	return mean, math.Sqrt(math.Max(0, square/n-mean*mean) / n)
}
