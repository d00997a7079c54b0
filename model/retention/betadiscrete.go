package retention

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
	"gonum.org/v1/gonum/mathext"
)

// SBG is the shifted-beta-geometric of Fader and Hardie (Journal of Interactive
// Marketing 21, 2007): at each renewal a customer leaves with a probability that
// is Beta(Alpha, Beta) over customers, and the same all along. Both positive.
type SBG struct {
	Alpha, Beta float64
}

// BDW is the beta-discrete-Weibull of Fader, Hardie, Liu, Davin and Steenburgh
// (Marketing Science 37, 2018): as SBG, but a customer's own probability of leaving
// rises with tenure where C > 1 and falls where C < 1. All positive.
type BDW struct {
	Alpha, Beta, C float64
}

func (p SBG) core() betaDiscrete { return betaDiscrete{p.Alpha, p.Beta, 1} }
func (p BDW) core() betaDiscrete { return betaDiscrete{p.Alpha, p.Beta, p.C} }

// LogSurvival returns ln B(α, β+t)/B(α, β).
func (p SBG) LogSurvival(t float64) float64 { return p.core().logSurvival(t) }

// LogSurvival returns ln B(α, β+t^c)/B(α, β).
func (p BDW) LogSurvival(t float64) float64 { return p.core().logSurvival(t) }

// Remaining returns 2F1(1, β+t; α+β+t; 1/(1+d)) (Fader and Hardie 2010); without
// discount (α+β+t−1)/(α−1), +Inf for α ≤ 1.
func (p SBG) Remaining(t, d float64) float64 {
	z := discount(d)
	switch {
	case math.IsNaN(p.LogSurvival(t)) || math.IsNaN(z):
		return math.NaN()
	case z < 1:
		return math.Exp(mathx.LogHyp2F1(1, p.Beta+t, p.Alpha+p.Beta+t, z))
	case p.Alpha <= 1:
		return math.Inf(1)
	}
	return (p.Alpha + p.Beta + t - 1) / (p.Alpha - 1)
}

// Remaining is summed, its far part by the Euler–Maclaurin formula: within 1e−9.
// Without discount it is +Inf for α·c ≤ 1.
func (p BDW) Remaining(t, d float64) float64 {
	z := discount(d)
	switch {
	case math.IsNaN(p.LogSurvival(t)) || math.IsNaN(z):
		return math.NaN()
	case z == 1 && p.Alpha*p.C <= 1:
		return math.Inf(1)
	}
	return p.core().remaining(t, math.Log1p(d))
}

// betaDiscrete is both models; the SBG has c = 1.
type betaDiscrete struct{ alpha, beta, c float64 }

func (p betaDiscrete) valid() bool {
	return p.alpha > 0 && p.beta > 0 && p.c > 0 && p.alpha <= math.MaxFloat64 && p.beta <= math.MaxFloat64 && p.c <= math.MaxFloat64
}

func (p betaDiscrete) logSurvival(t float64) float64 {
	if !p.valid() || !(t >= 0) {
		return math.NaN()
	}
	return mathx.Lbeta(p.alpha, p.beta+math.Pow(t, p.c)) - mathx.Lbeta(p.alpha, p.beta)
}

// gradient gives the derivatives of ln S(t) by α, β and c.
func (p betaDiscrete) gradient(t float64) [3]float64 {
	if t == 0 {
		return [3]float64{}
	}
	u := math.Pow(t, p.c)
	both, end := mathext.Digamma(p.alpha+p.beta), mathext.Digamma(p.alpha+p.beta+u)
	byU := mathext.Digamma(p.beta+u) - end
	return [3]float64{both - end, byU - mathext.Digamma(p.beta) + both, byU * u * math.Log(t)}
}

// logLikelihood sums over tenures, with derivatives by α, β and c.
func (p betaDiscrete) logLikelihood(d *tenures) (l float64, grad [3]float64) {
	for i, t := range d.t {
		here, by := p.logSurvival(t), p.gradient(t)
		if n := d.stayed[i]; n != 0 {
			l += n * here
			for j := range grad {
				grad[j] += n * by[j]
			}
		}
		if n := d.left[i]; n != 0 {
			before, byBefore := p.logSurvival(t-1), p.gradient(t-1)
			gone := mathx.LogSub(before, here)
			l += n * gone
			more := math.Exp(before - gone) // S(t−1) over what left, one above S(t) over it
			for j := range grad {
				grad[j] += n * (more*(byBefore[j]-by[j]) + by[j])
			}
		}
	}
	return l, grad
}

// nearTerms is where the sum of Remaining goes over to an integral.
const nearTerms = 1000

// remaining is Σ S(t+k)/S(t)·e^−δk: terms up to nearTerms, then Euler–Maclaurin
// (Abramowitz & Stegun 23.1.30) with derivatives by differences.
func (p betaDiscrete) remaining(t, delta float64) float64 {
	base := p.logSurvival(t)
	term := func(k float64) float64 { return math.Exp(p.logSurvival(t+k) - base - delta*k) }
	sum := 0.0
	for k := range nearTerms {
		f := term(float64(k))
		if sum += f; f < 1e-18*sum && delta*float64(k) > 1 {
			return sum
		}
	}
	const k = nearTerms
	far, near := term(k+2)-term(k-2), term(k+1)-term(k-1)
	first, third := (8*near-far)/12, (far-2*near)/2
	return sum + p.integral(t, delta, term) + term(k)/2 - first/12 + third/720
}

// farRule integrates one panel; it is never written to.
var farRule = mathx.Legendre(16)

// integral is ∫ term from nearTerms on, in w = ln(k/nearTerms): to where nothing is
// left, or, without discount, to where S falls like t^−αc.
func (p betaDiscrete) integral(t, delta float64, term func(float64) float64) float64 {
	const panel = 2.0
	end := 250 / math.Max(1, p.c)
	sum := 0.0
	for w := 0.0; w < end; w += panel {
		part := 0.0
		for i, x := range farRule.X {
			k := nearTerms * math.Exp(w+panel*x)
			part += farRule.W[i] * panel * k * term(k)
		}
		if sum += part; part < 1e-17*sum {
			return sum
		}
	}
	if delta > 0 {
		return sum
	}
	k := nearTerms * math.Exp(end)
	return sum + k*term(k)/(p.alpha*p.c-1)
}
