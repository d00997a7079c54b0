package btyd

import (
	"math"
	"math/rand/v2"
)

// BGCNBD is the BG/CNBD-k of Platzer and Reutterer (Marketing Science 35, 2016) and
// Reutterer, Platzer and Schröder (International Journal of Research in Marketing
// 38, 2021): as BGNBD, but purchases are regular. The weeks between two are
// Erlang-K, the sum of K exponential stages, which come at a rate that is Gamma(R,
// Alpha) over customers; K = 1 is BGNBD. The customer is taken as new to regularity
// at the first purchase. All positive; K at most MaxRegularity.
//
// Likelihoods leave Σ ln of the weeks between purchases out, which no other value
// needs: those of different K compare once (K−1) times that sum, over all
// customers, is added. Options.LogGaps does so for a fit.
type BGCNBD struct {
	K              int
	R, Alpha, A, B float64
}

// MBGCNBD is the MBG/CNBD-k: as BGCNBD, but a customer may leave after the first
// purchase too. K = 1 is MBGNBD.
type MBGCNBD struct {
	K              int
	R, Alpha, A, B float64
}

// MaxRegularity is the largest K.
const MaxRegularity = 32

func (p BGCNBD) core() betaGeometric  { return betaGeometric{p.R, p.Alpha, p.A, p.B, 0, p.K} }
func (p MBGCNBD) core() betaGeometric { return betaGeometric{p.R, p.Alpha, p.A, p.B, 1, p.K} }

// LogLikelihood returns ln L of one history, Σ ln of the weeks between purchases
// left out: see BGCNBD.
func (p BGCNBD) LogLikelihood(h History) float64 { return p.core().logLikelihood(h) }

// LogLikelihood returns ln L of one history, Σ ln of the weeks between purchases
// left out: see BGCNBD.
func (p MBGCNBD) LogLikelihood(h History) float64 { return p.core().logLikelihood(h) }

// PAlive returns the probability that the customer is still one at T: 1 for X = 0,
// see BGNBD.
func (p BGCNBD) PAlive(h History) float64 { return math.Exp(p.core().logAlive(h)) }

// PAlive returns the probability that the customer is still one at T.
func (p MBGCNBD) PAlive(h History) float64 { return math.Exp(p.core().logAlive(h)) }

// ExpectedOrders returns the purchases expected in the weeks after T. It is exact,
// a mean over the stages that the customer may have passed since the last purchase;
// published software takes an approximation.
func (p BGCNBD) ExpectedOrders(h History, weeks float64) float64 { return p.core().det(h, 0, weeks) }

// ExpectedOrders returns the purchases expected in the weeks after T: see
// BGCNBD.ExpectedOrders.
func (p MBGCNBD) ExpectedOrders(h History, weeks float64) float64 { return p.core().det(h, 0, weeks) }

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p BGCNBD) ExpectedOrdersNew(weeks float64) float64 { return p.ExpectedOrders(History{}, weeks) }

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p MBGCNBD) ExpectedOrdersNew(weeks float64) float64 { return p.ExpectedOrders(History{}, weeks) }

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p BGCNBD) DET(h History, delta, horizon float64) float64 {
	return p.core().det(h, delta, horizon)
}

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: see Model.
func (p MBGCNBD) DET(h History, delta, horizon float64) float64 {
	return p.core().det(h, delta, horizon)
}

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p BGCNBD) Orders(h History, from, to float64) Orders { return p.core().orders(h, from, to) }

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p MBGCNBD) Orders(h History, from, to float64) Orders { return p.core().orders(h, from, to) }

// Simulate draws a new customer: see Model.
func (p BGCNBD) Simulate(rng *rand.Rand, until float64) []float64 {
	return p.core().simulate(rng, until)
}

// Simulate draws a new customer: see Model.
func (p MBGCNBD) Simulate(rng *rand.Rand, until float64) []float64 {
	return p.core().simulate(rng, until)
}
