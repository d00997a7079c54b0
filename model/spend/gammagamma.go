package spend

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
	"gonum.org/v1/gonum/mathext"
)

// GammaGamma holds the parameters, all positive: spend of one purchase is
// Gamma(P, ν) within a customer, ν is Gamma(Q, V) over customers. V is money.
type GammaGamma struct {
	P, Q, V float64
}

// Mean is the expected spend per purchase of a customer of whom nothing is
// known, P·V/(Q−1); NaN for Q ≤ 1.
func (g GammaGamma) Mean() float64 {
	a, _ := g.Line(0)
	return a
}

// Line gives E[spend per purchase | x, z] = intercept + slope·z for customers
// with x repeat days that had spend and z in all: p·v/(p·x+q−1) and
// p/(p·x+q−1). Linear in z, so totals over customers need only counts and Σz.
// NaN where p·x + q ≤ 1.
func (g GammaGamma) Line(x int) (intercept, slope float64) {
	d := g.P*float64(x) + g.Q - 1
	if !(d > 0) {
		return math.NaN(), math.NaN()
	}
	return g.P * g.V / d, g.P / d
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
	px := g.P * float64(x)
	return g.Q*math.Log(g.V) + (px-1)*math.Log(z) + math.Log(float64(x)) -
		(px+g.Q)*math.Log(g.V+z) - mathx.Lbeta(px, g.Q)
}

// logLikelihood sums over rows, with derivatives by p, q and v on the scaled
// data.
func (d *data) logLikelihood(g GammaGamma) (l float64, grad [3]float64) {
	lnV := math.Log(g.V)
	for k, x := range d.x {
		px := g.P * x
		both, own := mathext.Digamma(px+g.Q), mathext.Digamma(px)
		base := g.Q*lnV + math.Log(x) - mathx.Lbeta(px, g.Q)
		var weight, sum, logs, inverse float64
		for i := d.lo[k]; i < d.hi[k]; i++ {
			n, all := d.n[i], math.Log(g.V+d.z[i])
			weight += n
			sum += n * (px*(d.lnZ[i]-all) - d.lnZ[i] - g.Q*all)
			logs += n * (d.lnZ[i] - all)
			inverse += n / (g.V + d.z[i])
			grad[1] += n * (lnV - all)
		}
		l += weight*base + sum
		grad[0] += x * (weight*(both-own) + logs)
		grad[1] += weight * (both - mathext.Digamma(g.Q))
		grad[2] += weight*g.Q/g.V - (px+g.Q)*inverse
	}
	return l, grad
}
