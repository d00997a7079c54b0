package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// ParetoNBD holds the four parameters, all positive. Purchases are
// Gamma(R, Alpha) over customers, mean R/Alpha per week while alive; leaving is
// Gamma(S, Beta), mean S/Beta per week. Alpha and Beta are in weeks.
type ParetoNBD struct {
	R, Alpha, S, Beta float64
}

func paretoNBD(theta []float64) ParetoNBD {
	return ParetoNBD{R: theta[0], Alpha: theta[1], S: theta[2], Beta: theta[3]}
}

func (p ParetoNBD) valid() bool {
	ok := func(v float64) bool { return v > 0 && v <= math.MaxFloat64 }
	return ok(p.R) && ok(p.Alpha) && ok(p.S) && ok(p.Beta)
}

// LogLikelihood returns ln L of one history, NaN outside the domain:
// L = Γ(r+x) α^r β^s / Γ(r) · [(α+T)^−(r+x) (β+T)^−s + s∫…], the individual
// likelihood of Schmittlein et al. 1987 in the form of statistics, section 1.
// Within 1e−9 in ln L by quadrature.
func (p ParetoNBD) LogLikelihood(h History) float64 {
	if !p.valid() || !h.valid() {
		return math.NaN()
	}
	return p.logLikelihood(h, p.depart(h))
}

// logLikelihood is ln of the part of L in which the customer is alive at T, less ln
// P(alive); nothing in it cancels where shapes are large.
func (p ParetoNBD) logLikelihood(h History, d departure) float64 {
	bought := mathx.LgammaDiff(p.R, h.X) - p.R*math.Log1p(h.T/p.Alpha) - h.X*math.Log(p.Alpha+h.T)
	return bought - p.S*math.Log1p(h.T/p.Beta) - d.logAlive()
}

// logFactor is the part of ln L that depends on the frequency alone.
func (p ParetoNBD) logFactor(x float64) float64 {
	return mathx.LgammaDiff(p.R, x) + p.R*math.Log(p.Alpha) + p.S*math.Log(p.Beta)
}

// LogPAlive returns ln of the probability that the customer is still a customer
// at T. It stays finite where PAlive underflows.
func (p ParetoNBD) LogPAlive(h History) float64 {
	if !p.valid() || !h.valid() {
		return math.NaN()
	}
	return p.depart(h).logAlive()
}

// PAlive returns the probability that the customer is still a customer at T.
func (p ParetoNBD) PAlive(h History) float64 { return math.Exp(p.LogPAlive(h)) }

// ExpectedOrders returns the expected number of purchases in the weeks after T,
// given the history.
func (p ParetoNBD) ExpectedOrders(h History, weeks float64) float64 {
	return times(p.PAlive(h), p.rate(h)*p.active(h.T, weeks))
}

// ExpectedOrdersNew returns E[X(weeks)]: the expected repeat purchases of a new
// customer in the first weeks after the first purchase.
func (p ParetoNBD) ExpectedOrdersNew(weeks float64) float64 {
	return p.ExpectedOrders(History{}, weeks)
}

// VarianceOrders returns the variance of the purchases in the weeks after T,
// given the history: rate and time alive are independent given that the
// customer is alive, and purchases are Poisson given both.
func (p ParetoNBD) VarianceOrders(h History, weeks float64) float64 {
	b := p.Beta + h.T
	return p.variance(h, p.PAlive(h), p.active(h.T, weeks), squaredWeeks(p.S, b, weeks))
}

// variance takes the mean time alive and the mean of its square, given that the
// customer is alive at T.
func (p ParetoNBD) variance(h History, alive, active, squared float64) float64 {
	mean := alive * p.rate(h) * active
	pairs := alive * p.rate(h) * (p.R + h.X + 1) / (p.Alpha + h.T) * squared
	return math.Max(0, pairs+mean-mean*mean)
}

// DET returns the discounted expected purchases of the weeks after T up to the
// horizon: P(alive)·(r+x)/(α+T)·∫₀ᴴ e^−δu ((β+T)/(β+T+u))^s du. The horizon is
// in weeks and may be math.Inf(1); delta is the continuous discount rate per
// week (WeeklyDiscount). With delta = 0 and no horizon it is +Inf where s ≤ 1.
func (p ParetoNBD) DET(h History, delta, horizon float64) float64 {
	return times(p.PAlive(h), p.rate(h)*p.weeksWorth(h.T, delta, horizon).d)
}

// DERT returns DET without a horizon: discounted expected residual
// transactions (Fader, Hardie and Lee, Journal of Marketing Research 42, 2005).
func (p ParetoNBD) DERT(h History, delta float64) float64 {
	return p.DET(h, delta, math.Inf(1))
}

// DiscountedWeeks returns ∫₀ᴴ e^−δu ((β+T)/(β+T+u))^s du: the discounted expected
// weeks alive, up to the horizon, of a customer alive at age T; all in weeks. It
// is the part of DET that depends on the age alone.
func (p ParetoNBD) DiscountedWeeks(age, delta, horizon float64) float64 {
	return p.weeksWorth(age, delta, horizon).d
}

// Survival returns the probability that a customer alive at age T is still alive
// the given weeks later, ((β+T)/(β+T+weeks))^s.
func (p ParetoNBD) Survival(age, weeks float64) float64 {
	return math.Exp(-p.S * math.Log1p(weeks/(p.Beta+age)))
}

// rate is the expected purchase rate per week of a customer alive.
func (p ParetoNBD) rate(h History) float64 { return (p.R + h.X) / (p.Alpha + h.T) }

func (p ParetoNBD) active(age, weeks float64) float64 {
	if !(weeks >= 0) {
		return math.NaN()
	}
	return activeWeeks(p.S, p.Beta+age, weeks)
}

// weeksWorth is the discounted time alive after an age, up to the horizon.
func (p ParetoNBD) weeksWorth(age, delta, horizon float64) discounted {
	switch {
	case !(delta >= 0) || !(horizon >= 0) || math.IsInf(delta, 1):
		return discounted{math.NaN(), math.NaN(), math.NaN()}
	case delta == 0 && math.IsInf(horizon, 1) && p.S <= 1:
		return discounted{math.Inf(1), math.NaN(), math.NaN()}
	case horizon == 0:
		return discounted{}
	}
	return discountedWeeks(p.S, p.Beta+age, delta, horizon)
}
