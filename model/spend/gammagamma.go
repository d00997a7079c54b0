package spend

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
	"gonum.org/v1/gonum/mathext"
)

// GammaGamma holds the parameters: spend of one purchase is Gamma(P, ν) within a
// customer, ν is Gamma(Q, V·x^Elasticity) over the customers with x repeat days;
// those without any are taken as x = 1. P, Q and V are positive; V is money.
// Elasticity is 0 in the Gamma-Gamma proper: spend does not depend on frequency.
type GammaGamma struct {
	P, Q, V    float64
	Elasticity float64
}

// At gives the parameters of a vector in the order of a fit's estimate: p, q, v
// and, where there is a fourth, the doubling 2^Elasticity.
func At(theta []float64) GammaGamma {
	g := GammaGamma{P: theta[0], Q: theta[1], V: theta[2]}
	if len(theta) > 3 {
		g.Elasticity = math.Log2(theta[3])
	}
	return g
}

// scale is V·x^Elasticity.
func (g GammaGamma) scale(x float64) float64 {
	if g.Elasticity == 0 {
		return g.V
	}
	return g.V * math.Exp(g.Elasticity*logFrequency(x))
}

// logFrequency is ln x, 0 without repeat days: a power would go to zero there, on
// which nothing has been learnt.
func logFrequency(x float64) float64 { return math.Log(math.Max(x, 1)) }

// Mean is the expected spend per purchase of a customer of whom nothing is
// known, P·V/(Q−1); NaN for Q ≤ 1.
func (g GammaGamma) Mean() float64 {
	a, _ := g.Line(0)
	return a
}

// Line gives E[spend per purchase | x, z] = intercept + slope·z for customers
// with x repeat days that had spend and z in all: p·v/(p·x+q−1) and
// p/(p·x+q−1), v times x^Elasticity. Linear in z, so totals over customers
// need only counts and Σz. NaN where p·x + q ≤ 1.
func (g GammaGamma) Line(x int) (intercept, slope float64) {
	d := g.P*float64(x) + g.Q - 1
	if !(d > 0) {
		return math.NaN(), math.NaN()
	}
	return g.P * g.scale(float64(x)) / d, g.P / d
}

// Expected is E[spend per purchase] of a customer: see Line.
func (g GammaGamma) Expected(x int, z float64) float64 {
	a, b := g.Line(x)
	return a + b*z
}

// LogLikelihood returns ln of the density of the mean spend z/x of a customer
// with x ≥ 1 repeat days and z > 0 in all (Fader, Hardie and Lee 2005, eq. A2),
// NaN outside that.
func (g GammaGamma) LogLikelihood(x int, z float64) float64 {
	if !(g.P > 0 && g.Q > 0 && g.V > 0 && x > 0 && z > 0) {
		return math.NaN()
	}
	px, v := g.P*float64(x), g.scale(float64(x))
	return g.Q*math.Log(v) + (px-1)*math.Log(z) + math.Log(float64(x)) -
		(px+g.Q)*math.Log(v+z) - mathx.Lbeta(px, g.Q)
}

// logLikelihood sums over rows, with derivatives by ln p, ln q and ln v on the
// scaled data.
func (d *data) logLikelihood(g GammaGamma) (l float64, grad [3]float64) {
	for k, x := range d.x {
		v := g.scale(x)
		px, lnV := g.P*x, math.Log(v)
		both, own := mathext.Digamma(px+g.Q), mathext.Digamma(px)
		base := g.Q*lnV + math.Log(x) - mathx.Lbeta(px, g.Q)
		var weight, sum, logs, beyond, inverse float64
		for i := d.lo[k]; i < d.hi[k]; i++ {
			n, all := d.n[i], math.Log(v+d.z[i])
			weight += n
			sum += n * (px*(d.lnZ[i]-all) - d.lnZ[i] - g.Q*all)
			logs += n * (d.lnZ[i] - all)
			beyond += n * (lnV - all)
			inverse += n / (v + d.z[i])
		}
		l += weight*base + sum
		grad[0] += px * (weight*(both-own) + logs)
		grad[1] += g.Q * (weight*(both-mathext.Digamma(g.Q)) + beyond)
		grad[2] += weight*g.Q - v*(px+g.Q)*inverse
	}
	return l, grad
}
