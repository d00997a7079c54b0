package mathx

import "math"

// Rule is a quadrature rule on [0, 1]: ∫₀¹ f ≈ Σ W·f(X).
type Rule struct {
	X, W []float64
}

// Legendre returns the n-node Gauss–Legendre rule on [0, 1], exact for
// polynomials up to degree 2n−1. Nodes are the roots of the Legendre
// polynomial by Newton's method from the start values of Abramowitz & Stegun
// 22.16.6.
func Legendre(n int) Rule {
	r := Rule{X: make([]float64, n), W: make([]float64, n)}
	for i := range n {
		z := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		d := 0.0
		for range 100 {
			var p float64
			p, d = legendre(n, z)
			step := p / d
			z -= step
			if math.Abs(step) < 1e-16 {
				break
			}
		}
		_, d = legendre(n, z)
		r.X[n-1-i] = (1 + z) / 2
		r.W[n-1-i] = 1 / ((1 - z*z) * d * d)
	}
	return r
}

// legendre returns P_n(z) and its derivative by the three-term recurrence.
func legendre(n int, z float64) (p, d float64) {
	p, last := 1.0, 0.0
	for k := range n {
		p, last = (float64(2*k+1)*z*p-float64(k)*last)/float64(k+1), p
	}
	return p, float64(n) * (z*p - last) / (z*z - 1)
}
