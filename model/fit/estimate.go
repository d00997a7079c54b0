package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Estimate is an accepted maximum of a likelihood.
type Estimate struct {
	Model         string // its name, as in messages
	Names         []string
	Theta         []float64   // natural scale
	SE            []float64   // standard errors, natural scale (Wald)
	CovLog        [][]float64 // covariance of ln θ
	LogLikelihood float64     // total
	Weight        float64     // total weight of the observations
	Diagnostics   Diagnostics
}

// Diagnostics tell how far an estimate can be trusted.
type Diagnostics struct {
	Starts             int     // searches begun
	Agreeing           int     // of these, ended at the same likelihood within 1e−6
	Evaluations        int     // of likelihood and gradient, over all data
	Gradient           float64 // largest |∂ℓ/∂ ln θ| at the end, per unit weight
	PromisedGain       float64 // log-likelihood that another Newton step promises
	SmallestEigenvalue float64 // of the negative Hessian of ℓ in ln θ
	Condition          float64 // smallest over largest eigenvalue
}

// estimate checks a settled search and makes the estimate, or says what fails.
func (p *scaled) estimate(s *search) (*Estimate, Reason) {
	h := p.hessian(s.x)
	e := &Estimate{Model: p.Model, Names: p.Names, Theta: exps(s.x), LogLikelihood: -s.f * p.Weight, Weight: p.Weight}
	for _, g := range s.g {
		e.Diagnostics.Gradient = math.Max(e.Diagnostics.Gradient, math.Abs(g))
	}
	if !finite(s.f) || !finite(s.g...) || !finite(h.RawSymmetric().Data...) {
		return e, NotFinite
	}
	if !e.curvature(h) {
		return e, Flat
	}
	return e, e.covariance(h, s.g)
}

// curvature fills the eigenvalues in and checks them.
func (e *Estimate) curvature(h *mat.SymDense) bool {
	var eigen mat.EigenSym
	if !eigen.Factorize(h, false) {
		return false
	}
	v := eigen.Values(nil)
	d := &e.Diagnostics
	d.SmallestEigenvalue = v[0] * e.Weight
	d.Condition = v[0] / v[len(v)-1]
	return d.SmallestEigenvalue > MinEigenvalue && d.Condition > minCondition
}

// covariance inverts the Hessian and checks what a further step promises.
func (e *Estimate) covariance(h *mat.SymDense, g []float64) Reason {
	var chol mat.Cholesky
	if !chol.Factorize(h) {
		return Flat
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return Flat
	}
	n := len(g)
	e.CovLog, e.SE = make([][]float64, n), make([]float64, n)
	for i := range n {
		e.CovLog[i] = make([]float64, n)
		for j := range n {
			e.CovLog[i][j] = inverse.At(i, j) / e.Weight
		}
		e.SE[i] = e.Theta[i] * math.Sqrt(e.CovLog[i][i])
	}
	e.Diagnostics.PromisedGain = 0.5 * quadratic(&inverse, g) * e.Weight
	if e.Diagnostics.PromisedGain > math.Max(maxGain, 1e-12*math.Abs(e.LogLikelihood)) {
		return NotConverged
	}
	return ""
}

// CovarianceAt is the covariance of ln θ that p has by its curvature at theta, be that its
// maximum or not; false where an estimate could not be accepted for that curvature.
func CovarianceAt(p Problem, theta []float64) ([][]float64, bool) {
	q, e := &scaled{Problem: p}, &Estimate{Theta: theta, Weight: p.Weight}
	h := q.hessian(logs(theta))
	if !finite(h.RawSymmetric().Data...) || !e.curvature(h) || e.covariance(h, make([]float64, len(theta))) != "" {
		return nil, false
	}
	return e.CovLog, true
}
