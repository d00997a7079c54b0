package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// BGBB is the beta-geometric/beta-Bernoulli of Fader, Hardie and Shang (Marketing
// Science 29, 2010), for purchases that can happen at given opportunities only (a
// yearly appeal, an event): a customer buys at each with a probability that is
// Beta(Alpha, Beta) over customers, and leaves before each with a probability
// that is Beta(Gamma, Delta). All positive.
//
// Time counts opportunities after the first purchase, not weeks: a History holds
// X opportunities taken, Tx the last of them, T all so far; whole numbers with
// X ≤ Tx ≤ T. Discount rates are per opportunity, ln(1+d) for a rate d.
type BGBB struct {
	Alpha, Beta, Gamma, Delta float64
}

// valid bounds T by what a Cell can hold, for its effort grows with it.
func (p BGBB) valid(h History) bool {
	whole := h.X == math.Trunc(h.X) && h.Tx == math.Trunc(h.Tx) && h.T == math.Trunc(h.T)
	return whole && h.valid() && h.X <= h.Tx && h.T <= maxDays && positive(p.Alpha, p.Beta, p.Gamma, p.Delta)
}

// LogLikelihood returns ln L of one history (Fader, Hardie and Shang 2010, eq. 4),
// NaN outside the domain.
func (p BGBB) LogLikelihood(h History) float64 {
	if !p.valid(h) {
		return math.NaN()
	}
	return mathx.LogAdd(p.logStayed(h), p.leave(h).log)
}

// PAlive returns the probability that the customer is still one at the last
// opportunity T. The paper gives that of the next opportunity, which is smaller:
// times Survival(T, 1).
func (p BGBB) PAlive(h History) float64 {
	if !p.valid(h) {
		return math.NaN()
	}
	return math.Exp(-mathx.Softplus(p.leave(h).log - p.logStayed(h)))
}

// Survival returns the probability that a customer alive at opportunity t is
// still alive the given number of opportunities later.
func (p BGBB) Survival(t, later float64) float64 {
	return math.Exp(mathx.LgammaDiff(p.Delta+t, later) - mathx.LgammaDiff(p.Gamma+p.Delta+t, later))
}

// ExpectedOrders returns the purchases expected at the opportunities after T, of
// which a part counts for nothing.
func (p BGBB) ExpectedOrders(h History, opportunities float64) float64 {
	return p.DET(h, 0, opportunities)
}

// ExpectedOrdersNew returns the purchases expected of a new customer at the first
// opportunities.
func (p BGBB) ExpectedOrdersNew(opportunities float64) float64 {
	return p.ExpectedOrders(History{}, opportunities)
}

// DET returns the discounted purchases expected at the opportunities after T up to
// the horizon: P(alive)·(α+x)/(α+β+T)·Σ e^−δk S(k).
func (p BGBB) DET(h History, delta, horizon float64) float64 {
	if !(delta >= 0) || !(horizon >= 0) || math.IsInf(delta, 1) {
		return math.NaN()
	}
	often := (p.Alpha + h.X) / (p.Alpha + p.Beta + h.T)
	return times(p.PAlive(h), often*p.opportunities(h.T, delta, math.Floor(horizon)))
}

// longSum is where the opportunities that remain are summed in closed form.
const longSum = 1 << 12

// opportunities is Σ e^−δk S(k), k = 1 … horizon, for a customer alive at t. What
// lies beyond longSum is summed in closed form: with a discount as the difference of
// two tails.
func (p BGBB) opportunities(t, delta, horizon float64) float64 {
	sum, term := 0.0, 1.0
	for k := 0.0; k < math.Min(horizon, longSum); k++ {
		term *= math.Exp(-delta) * (p.Delta + t + k) / (p.Gamma + p.Delta + t + k)
		if sum += term; term == 0 {
			return sum
		}
	}
	if horizon <= longSum {
		return sum
	}
	switch from := t + longSum; {
	case math.IsInf(horizon, 1):
		return sum + term*p.tail(from, delta)
	case delta == 0:
		return sum + term*p.undiscounted(from, horizon-longSum)
	default:
		beyond := p.Survival(t, horizon) * math.Exp(-delta*horizon) * p.tail(t+horizon, delta)
		return sum + math.Max(0, term*p.tail(from, delta)-beyond)
	}
}

// undiscounted is Σ S(k), k = 1 … n, for a customer alive at t: with D = δ+t it
// telescopes to D·(1 − e^g)/(γ−1), e^g = (D+n)·S(n)/D.
func (p BGBB) undiscounted(t, n float64) float64 {
	d, over := p.Delta+t, p.Gamma-1
	g := mathx.LgammaDiff(d+1, n) - mathx.LgammaDiff(d+p.Gamma, n)
	slope := -g / over
	if math.Abs(over) < 1e-6 { // where g is nothing but rounding
		slope = digamma(d+1+n) - digamma(d+1)
	}
	return d * slope * mathx.ExpRel(g)
}

// tail is Σ e^−δk S(k) over all k ≥ 1 for a customer alive at t:
// z·D/(γ+D)·2F1(1, D+1; γ+D+1; z) with D = δ+t and z = e^−δ.
func (p BGBB) tail(t, delta float64) float64 {
	d := p.Delta + t
	if delta == 0 {
		if p.Gamma <= 1 {
			return math.Inf(1)
		}
		return d / (p.Gamma - 1)
	}
	return math.Exp(-delta+mathx.LogHyp2F1(1, d+1, p.Gamma+d+1, math.Exp(-delta))) * d / (p.Gamma + d)
}

// logStayed is ln of the part of L in which the customer is alive at T.
func (p BGBB) logStayed(h History) float64 {
	return p.logBought(h.X, h.T) + mathx.LgammaDiff(p.Delta, h.T) - mathx.LgammaDiff(p.Gamma+p.Delta, h.T)
}

// logBought is ln B(α+x, β+n−x)/B(α, β).
func (p BGBB) logBought(x, n float64) float64 {
	return mathx.LgammaDiff(p.Alpha, x) + mathx.LgammaDiff(p.Beta, n-x) - mathx.LgammaDiff(p.Alpha+p.Beta, n)
}

// leaving is the part of L in which the customer left after Tx and before T, with
// means over when of what the digammas of its derivatives grow by from Tx on.
type leaving struct {
	log                         float64 // −Inf where Tx = T
	all, missed, stayed, chance float64 // Σ1/(α+β+·), Σ1/(β+·), Σ1/(δ+·), Σ1/(γ+δ+1+·)
}

// leave sums over the opportunity before which the customer left, relative to the
// first; terms fall.
func (p BGBB) leave(h History) leaving {
	if h.Tx == h.T {
		return leaving{log: math.Inf(-1)}
	}
	var mean, grown leaving
	sum, term := 0.0, 1.0
	for i := 0.0; i < h.T-h.Tx; i++ {
		sum += term
		mean.all += term * grown.all
		mean.missed += term * grown.missed
		mean.stayed += term * grown.stayed
		mean.chance += term * grown.chance
		all, missed := p.Alpha+p.Beta+h.Tx+i, p.Beta+h.Tx-h.X+i
		stayed, chance := p.Delta+h.Tx+i, p.Gamma+p.Delta+1+h.Tx+i
		grown.all, grown.missed = grown.all+1/all, grown.missed+1/missed
		grown.stayed, grown.chance = grown.stayed+1/stayed, grown.chance+1/chance
		if term *= missed / all * stayed / chance; term*(h.T-h.Tx) < 1e-18*sum {
			break
		}
	}
	first := p.logBought(h.X, h.Tx) + math.Log(p.Gamma/(p.Gamma+p.Delta)) +
		mathx.LgammaDiff(p.Delta, h.Tx) - mathx.LgammaDiff(p.Gamma+p.Delta+1, h.Tx)
	return leaving{first + math.Log(sum), mean.all / sum, mean.missed / sum, mean.stayed / sum, mean.chance / sum}
}
