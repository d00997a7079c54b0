package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// BGNBD is the beta-geometric/NBD of Fader, Hardie and Lee (Marketing Science 24,
// 2005): purchases are Gamma(R, Alpha) over customers, Alpha in weeks; after each
// repeat purchase a customer leaves with a probability that is Beta(A, B) over
// customers. All positive.
//
// Nobody leaves before the second purchase, so P(alive) is 1 for every customer
// without one, however long ago the first was: never count active customers by
// this model. MBGNBD mends that.
type BGNBD struct {
	R, Alpha, A, B float64
}

// MBGNBD is the modified BG/NBD of Batislam, Denizel and Filiztekin
// (International Journal of Research in Marketing 24, 2007): as BGNBD, but a
// customer may leave after the first purchase too.
type MBGNBD struct {
	R, Alpha, A, B float64
}

func (p BGNBD) core() betaGeometric  { return betaGeometric{p.R, p.Alpha, p.A, p.B, 0, 1} }
func (p MBGNBD) core() betaGeometric { return betaGeometric{p.R, p.Alpha, p.A, p.B, 1, 1} }

// LogLikelihood returns ln L of one history (Fader, Hardie and Lee 2005, eq. 3).
func (p BGNBD) LogLikelihood(h History) float64 { return p.core().logLikelihood(h) }

// LogLikelihood returns ln L of one history (Batislam et al. 2007).
func (p MBGNBD) LogLikelihood(h History) float64 { return p.core().logLikelihood(h) }

// PAlive returns the probability that the customer is still one at T: 1 for X = 0,
// see BGNBD.
func (p BGNBD) PAlive(h History) float64 { return math.Exp(p.core().logAlive(h)) }

// PAlive returns the probability that the customer is still one at T.
func (p MBGNBD) PAlive(h History) float64 { return math.Exp(p.core().logAlive(h)) }

// ExpectedOrders returns the purchases expected in the weeks after T.
func (p BGNBD) ExpectedOrders(h History, weeks float64) float64 { return p.core().det(h, 0, weeks) }

// ExpectedOrders returns the purchases expected in the weeks after T.
func (p MBGNBD) ExpectedOrders(h History, weeks float64) float64 { return p.core().det(h, 0, weeks) }

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p BGNBD) ExpectedOrdersNew(weeks float64) float64 { return p.ExpectedOrders(History{}, weeks) }

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p MBGNBD) ExpectedOrdersNew(weeks float64) float64 { return p.ExpectedOrders(History{}, weeks) }

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p BGNBD) DET(h History, delta, horizon float64) float64 { return p.core().det(h, delta, horizon) }

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p MBGNBD) DET(h History, delta, horizon float64) float64 {
	return p.core().det(h, delta, horizon)
}

// betaGeometric is these models and their regular kin: purchases are every k-th
// stage of a process whose stages come at a rate that is Gamma(r, alpha), and a
// customer with x repeat purchases had x + first occasions to leave.
type betaGeometric struct {
	r, alpha, a, b, first float64
	k                     int
}

func (p betaGeometric) valid(h History) bool {
	return h.valid() && positive(p.r, p.alpha, p.a, p.b) && p.k >= 1 && p.k <= MaxRegularity
}

// rho is the shape of the rate of stages after x repeat purchases.
func (p betaGeometric) rho(x float64) float64 { return p.r + float64(p.k)*x }

// logLikelihood is ln of the alive part, B(a, b+n)/B(a, b)·Γ(r+kx)/Γ(r)/Γ(k)^x·α^r
// (α+T)^−(r+kx)·E with n occasions to leave and E of phases, times one plus the odds
// of having left.
func (p betaGeometric) logLikelihood(h History) float64 {
	if !p.valid(h) {
		return math.NaN()
	}
	n, stages := h.X+p.first, float64(p.k)*h.X
	stayed := mathx.LgammaDiff(p.b, n) - mathx.LgammaDiff(p.a+p.b, n)
	bought := mathx.LgammaDiff(p.r, stages) - p.r*math.Log1p(h.T/p.alpha) - stages*math.Log(p.alpha+h.T)
	return stayed + bought - h.X*mathx.Lgamma(float64(p.k)) + math.Log(p.phases(h, nil)) + mathx.Softplus(p.logOdds(h))
}

// phases gives E = Σ (r+kx)_j/j!·((T−tx)/(α+T))^j over the j < k stages that a
// customer alive at T may have passed since the last purchase, and its terms into
// dst, if not nil: how probable each is, relative to the others.
func (p betaGeometric) phases(h History, dst []float64) float64 {
	v, rho := (h.T-h.Tx)/(p.alpha+h.T), p.rho(h.X)
	term, sum := 1.0, 0.0
	for j := range p.k {
		if dst != nil {
			dst[j] = term
		}
		sum += term
		term *= (rho + float64(j)) / float64(j+1) * v
	}
	return sum
}

// logOdds is ln of the odds that the customer left at the last occasion,
// a/(b+n−1)·((α+T)/(α+tx))^(r+kx)/E.
func (p betaGeometric) logOdds(h History) float64 {
	grown := p.rho(h.X) * math.Log1p((h.T-h.Tx)/(p.alpha+h.Tx))
	return p.logLeave(h.X+p.first) + grown - math.Log(p.phases(h, nil))
}

// logLeave is ln a/(b+n−1), −Inf without an occasion to leave.
func (p betaGeometric) logLeave(n float64) float64 {
	if n == 0 {
		return math.Inf(-1)
	}
	return math.Log(p.a / (p.b + n - 1))
}

func (p betaGeometric) logAlive(h History) float64 {
	if !p.valid(h) {
		return math.NaN()
	}
	return -mathx.Softplus(p.logOdds(h))
}

// det for k = 1 is P(alive)·(r+x)/(α+T)·∫₀ᴴ e^−δu 2F1(r+x+1, a; a+b+n; −u/(α+T)) du:
// given that the customer is alive the rate is Gamma(r+x, α+T), the probability of
// leaving Beta(a, b+n), and 2F1 is the mean of the rate times survival over both,
// relative to the mean rate.
func (p betaGeometric) det(h History, delta, horizon float64) float64 {
	if !p.valid(h) || !(delta >= 0) || !(horizon >= 0) || math.IsInf(delta, 1) {
		return math.NaN()
	}
	r, alpha, b := p.r+h.X, p.alpha+h.T, p.b+h.X+p.first
	switch {
	case horizon == 0:
		return 0
	case delta == 0 && math.IsInf(horizon, 1):
		return times(math.Exp(p.logAlive(h)), p.endlessOrders(h.X))
	case p.k > 1:
		return p.detByStages(h, term{delta: delta, horizon: horizon})
	}
	// the length over which the fastest leavers fall by e
	c := 1 / ((r+1)/alpha + delta)
	top := math.Log1p(horizon / c)
	if delta > 0 {
		top = math.Min(top, math.Log1p(cutoff/(delta*c)))
	}
	sum := 0.0
	panels(top, 0, func(v, weight float64) {
		u := c * math.Expm1(v)
		sum += weight * math.Exp(v-delta*u+mathx.LogHyp2F1(r+1, p.a, p.a+b, -u/alpha))
	})
	return math.Exp(p.logAlive(h)) * r / alpha * c * sum
}

// endlessOrders is the mean of 1/p, p ~ Beta(a, b+n): the purchases up to leaving of
// a customer alive.
func (p betaGeometric) endlessOrders(x float64) float64 {
	if p.a <= 1 {
		return math.Inf(1)
	}
	return (p.a + p.b + x + p.first - 1) / (p.a - 1)
}
