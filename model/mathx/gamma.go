package mathx

import "math"

// stirlingMin is where the Stirling series below is exact to double precision:
// the first term left out, 1/(156 x¹³), is 6e−16 at 10.
const stirlingMin = 10

// Lgamma returns ln Γ(x) for x > 0, NaN otherwise.
func Lgamma(x float64) float64 {
	if !(x > 0) {
		return math.NaN()
	}
	v, _ := math.Lgamma(x)
	return v
}

// LgammaDiff returns ln Γ(a+b) − ln Γ(a) for a > 0, b ≥ 0. From a = 10 on it
// takes the difference inside Stirling's series, so that it does not cancel
// where a is large and b is small.
func LgammaDiff(a, b float64) float64 {
	if !(a > 0) || !(b >= 0) {
		return math.NaN()
	}
	if a < stirlingMin {
		return Lgamma(a+b) - Lgamma(a)
	}
	return (a-0.5)*math.Log1p(b/a) + b*(math.Log(a+b)-1) + stirling(a+b) - stirling(a)
}

// Lbeta returns ln B(a, b) for a, b > 0. With both arguments from 10 on it uses
// the cancelled Stirling form of DiDonato & Morris, ACM TOMS 18 (1992) 360,
// algorithm 708 (BCORR).
func Lbeta(a, b float64) float64 {
	p, q := math.Min(a, b), math.Max(a, b)
	if !(p > 0) {
		return math.NaN()
	}
	if p < stirlingMin {
		return Lgamma(p) - LgammaDiff(q, p)
	}
	corr := stirling(p) + stirling(q) - stirling(p+q)
	halfLog2Pi := 0.5 * math.Log(2*math.Pi)
	return halfLog2Pi - 0.5*math.Log(q) + corr + (p-0.5)*math.Log(p/(p+q)) - q*math.Log1p(p/q)
}

// stirling is ln Γ(x) − [(x−½) ln x − x + ½ ln 2π] for x ≥ 10: Abramowitz &
// Stegun 6.1.41.
func stirling(x float64) float64 {
	z := 1 / (x * x)
	return (1.0/12 - z*(1.0/360-z*(1.0/1260-z*(1.0/1680-z*(1.0/1188-z*691.0/360360))))) / x
}
