package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// panelRule integrates one panel of a composite quadrature. It is never written
// to.
var panelRule = mathx.Legendre(16)

// cutoff is where an exponential is left out: e^−45 is 3e−20.
const cutoff = 45

// times is a probability, which may be too small for a float64 but is not 0, times a
// sum, which may have no end.
func times(alive, sum float64) float64 {
	if math.IsInf(sum, 1) && alive >= 0 {
		return sum
	}
	return alive * sum
}

// activeWeeks returns ∫₀ᵗ (b/(b+u))^s du, the expected weeks alive of the next
// t, for a customer alive now whose leaving rate is Gamma(s, b): b per the
// parameters, b = Beta + T. t may be infinite where s > 1.
func activeWeeks(s, b, t float64) float64 {
	if math.IsInf(t, 1) {
		if s > 1 {
			return b / (s - 1)
		}
		return t
	}
	l := math.Log1p(t / b)
	return b * l * mathx.ExpRel((1-s)*l)
}

// squaredWeeks returns E[τ²] = ∫₀ᵗ 2u (b/(b+u))^s du for the weeks τ alive of
// the next t, by quadrature in ln(1 + u/b).
func squaredWeeks(s, b, t float64) float64 {
	top := math.Log1p(t / b)
	sum := 0.0
	panels(top, math.Abs(2-s)*top, func(w, weight float64) {
		u := b * math.Expm1(w)
		sum += weight * 2 * u * b * math.Exp((1-s)*w)
	})
	return sum
}

// discounted holds D = ∫₀ᴴ e^−δu (b/(b+u))^s du and its derivatives by s and b.
type discounted struct {
	d, ds, db float64
}

// discountedWeeks is activeWeeks under a continuous discount rate per week, with
// derivatives. With w = ln(1 + u/b) the integrand b·exp(−δb(e^w − 1) + (1−s)w)
// is entire, so that few nodes do.
func discountedWeeks(s, b, delta, horizon float64) discounted {
	top := discountEnd(s, b, delta, horizon)
	bend := delta*b*math.Expm1(top) + math.Abs(1-s)*top
	var r discounted
	panels(top, bend, func(w, weight float64) {
		grow := math.Expm1(w)
		f := weight * b * math.Exp(-delta*b*grow+(1-s)*w)
		r.d += f
		r.ds -= f * w
		r.db += f * s * grow / (b * (1 + grow))
	})
	return r
}

// discountEnd is where the integration over w = ln(1 + u/b) stops: at the
// horizon, or where nothing is left.
func discountEnd(s, b, delta, horizon float64) float64 {
	top := math.Log1p(horizon / b)
	if s > 1 {
		top = math.Min(top, cutoff/(s-1))
	}
	if delta > 0 {
		spare := math.Max(0, 1-s) * math.Log1p(2*cutoff/(delta*b))
		top = math.Min(top, math.Log1p((cutoff+spare)/(delta*b)))
	}
	return top
}

// panels integrates over [0, top] with as many equal panels as the range and
// the bend of the integrand's exponent over it ask for.
func panels(top, bend float64, f func(x, weight float64)) {
	n := math.Ceil(math.Max(top/2.5, bend/12))
	n = math.Min(math.Max(n, 1), 64)
	h := top / n
	for k := range int(n) {
		for i, x := range panelRule.X {
			f((float64(k)+x)*h, panelRule.W[i]*h)
		}
	}
}
