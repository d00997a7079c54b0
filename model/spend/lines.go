package spend

import "math"

// Coefficients are the line E[spend per purchase | x, z] = Intercept + Slope·z
// for one x, with the covariance of the two from the uncertainty of the
// parameters (delta method). The variance of the expectation of a customer is
// VarIntercept + 2z·Cov + z²·VarSlope.
type Coefficients struct {
	X                           int
	Intercept, Slope            float64
	VarIntercept, Cov, VarSlope float64
}

// Coefficients gives the line for x repeat days that had spend.
func (f *Fit) Coefficients(x int) Coefficients {
	g := f.Params
	a, b := g.Line(x)
	px, d := g.P*float64(x), g.P*float64(x)+g.Q-1
	// derivatives of ln a and ln b by ln p, ln q, ln v and the log of the doubling
	dim := len(f.Theta)
	la := []float64{1 - px/d, -g.Q / d, 1, logFrequency(float64(x)) / math.Ln2}[:dim]
	lb := []float64{1 - px/d, -g.Q / d, 0, 0}[:dim]
	sum := make([]float64, dim)
	for i := range sum {
		sum[i] = la[i] + lb[i]
	}
	va, vb := f.Variance(la), f.Variance(lb)
	cov := (f.Variance(sum) - va - vb) / 2
	return Coefficients{X: x, Intercept: a, Slope: b, VarIntercept: a * a * va, Cov: a * b * cov, VarSlope: b * b * vb}
}
