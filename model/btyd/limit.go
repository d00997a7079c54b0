package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// The limits of the Pareto/NBD are models of their own: where the data prefer one,
// the likelihood of the whole has no maximum. NBD, where nobody leaves, is one.

// ExponentialNBD is the Pareto/NBD without differences in leaving: S and Beta grow
// together, S/Beta to Mu. Purchases are Gamma(R, Alpha) over customers, Alpha in
// weeks; all leave at the rate Mu per week. All positive.
type ExponentialNBD struct {
	R, Alpha, Mu float64
}

// ParetoPoisson is the Pareto/NBD without differences in buying: R and Alpha grow
// together, R/Alpha to Lambda. All buy at the rate Lambda per week while alive;
// leaving is Gamma(S, Beta) over customers, Beta in weeks. All positive.
type ParetoPoisson struct {
	Lambda, S, Beta float64
}

// endless is a shape at which a gamma distribution is a single value to the last
// digit: it is off by a few parts in 1e15 times the square of the counts.
const endless = 1e15

// core is the Pareto/NBD that cannot be told from the limit.
func (p ExponentialNBD) core() ParetoNBD {
	return ParetoNBD{p.R, p.Alpha, endless, endless / p.Mu}
}

func (p ParetoPoisson) core() ParetoNBD {
	return ParetoNBD{endless, endless / p.Lambda, p.S, p.Beta}
}

// LogLikelihood returns ln L of one history: α^r Γ(r+x)/Γ(r) · [(α+T)^−(r+x) e^−μT +
// μ∫ (α+y)^−(r+x) e^−μy dy], the integral from tx to T.
func (p ExponentialNBD) LogLikelihood(h History) float64 { return p.core().LogLikelihood(h) }

// LogLikelihood returns ln L of one history: λ^x · [e^−λT (β/(β+T))^s + s β^s ∫ e^−λy
// (β+y)^−(s+1) dy], the integral from tx to T.
func (p ParetoPoisson) LogLikelihood(h History) float64 { return p.core().LogLikelihood(h) }

// PAlive returns the probability that the customer is still one at T.
func (p ExponentialNBD) PAlive(h History) float64 { return p.core().PAlive(h) }

// PAlive returns the probability that the customer is still one at T.
func (p ParetoPoisson) PAlive(h History) float64 { return p.core().PAlive(h) }

// ExpectedOrders returns the purchases expected in the weeks after T.
func (p ExponentialNBD) ExpectedOrders(h History, weeks float64) float64 {
	return p.core().ExpectedOrders(h, weeks)
}

// ExpectedOrders returns the purchases expected in the weeks after T.
func (p ParetoPoisson) ExpectedOrders(h History, weeks float64) float64 {
	return p.core().ExpectedOrders(h, weeks)
}

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p ExponentialNBD) ExpectedOrdersNew(weeks float64) float64 {
	return p.ExpectedOrders(History{}, weeks)
}

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p ParetoPoisson) ExpectedOrdersNew(weeks float64) float64 {
	return p.ExpectedOrders(History{}, weeks)
}

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p ExponentialNBD) DET(h History, delta, horizon float64) float64 {
	return p.core().DET(h, delta, horizon)
}

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p ParetoPoisson) DET(h History, delta, horizon float64) float64 {
	return p.core().DET(h, delta, horizon)
}

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p ExponentialNBD) Orders(h History, from, to float64) Orders {
	return p.core().Orders(h, from, to)
}

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p ParetoPoisson) Orders(h History, from, to float64) Orders {
	return p.core().Orders(h, from, to)
}

// NBDWithLeavers is the limit of the Pareto/NBD where S and Beta go to zero
// together: with the odds Odds a customer leaves right after the first purchase,
// and nobody leaves later. Purchases are Gamma(R, Alpha) over the others, Alpha in
// weeks. It is the NBD with a spike at zero of Morrison (Journal of Marketing
// Research 6, 1969), as is the limit of the MBG/NBD where A and B go to zero. All
// positive.
type NBDWithLeavers struct {
	R, Alpha, Odds float64
}

func (p NBDWithLeavers) nbd() NBD { return NBD{p.R, p.Alpha} }

// LogLikelihood returns ln L of one history: that of the NBD times the share of
// those who stay, and for X = 0 the share of those who leave beside it.
func (p NBDWithLeavers) LogLikelihood(h History) float64 {
	return p.nbd().LogLikelihood(h) - math.Log1p(p.Odds) - p.logAlive(h)
}

func (p NBDWithLeavers) logAlive(h History) float64 {
	switch {
	case !h.valid() || !positive(p.R, p.Alpha, p.Odds):
		return math.NaN()
	case h.X > 0:
		return 0
	}
	return -mathx.Softplus(math.Log(p.Odds) + p.R*math.Log1p(h.T/p.Alpha))
}

// PAlive returns the probability that the customer is still one at T: 1 for X > 0.
func (p NBDWithLeavers) PAlive(h History) float64 { return math.Exp(p.logAlive(h)) }

// ExpectedOrders returns the purchases expected in the weeks after T.
func (p NBDWithLeavers) ExpectedOrders(h History, weeks float64) float64 {
	return times(p.PAlive(h), p.nbd().ExpectedOrders(h, weeks))
}

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p NBDWithLeavers) ExpectedOrdersNew(weeks float64) float64 {
	return p.ExpectedOrders(History{}, weeks)
}

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p NBDWithLeavers) DET(h History, delta, horizon float64) float64 {
	return times(p.PAlive(h), p.nbd().DET(h, delta, horizon))
}

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p NBDWithLeavers) Orders(h History, from, to float64) Orders {
	alive, o := p.PAlive(h), p.nbd().Orders(h, from, to)
	if math.IsNaN(alive) || len(o.P) == 0 {
		return Orders{}
	}
	for k := range o.P {
		o.P[k] *= alive
	}
	o.P[0] += 1 - alive
	o.Beyond *= alive
	return o
}
