package fit

import (
	"gonum.org/v1/gonum/mat"
)

// Acceptance of an interior maximum: statistics, section 1, "Uncertainty".
const (
	// MaxLogParameter bounds |ln θ| of an accepted estimate.
	MaxLogParameter = 8.0
	// MinEigenvalue is the least eigenvalue of the negative Hessian of the total
	// log-likelihood in ln θ.
	MinEigenvalue = 1e-3
)

const (
	boxLog   = 10.0 // the box of a search for the maximum
	hessStep = 1e-4 // in ln θ; central differences of the gradient: error ~1e−9
	// minCondition is the least ratio of extreme eigenvalues that differences of
	// the gradient can tell from zero.
	minCondition = 1e-8
	// maxGain is the log-likelihood that a further Newton step may still promise.
	maxGain = 1e-6
)

// Problem is a likelihood to be maximised over positive parameters.
type Problem struct {
	Model  string   // its name in messages
	Names  []string // of the parameters, in order
	Weight float64  // total weight of the observations, customers as a rule
	// LogLikelihood returns the total log-likelihood at ln θ and, into gradient,
	// its derivatives by ln θ.
	LogLikelihood func(logTheta, gradient []float64) float64
}

// scaled is a problem as minimised: minus the log-likelihood per unit weight.
type scaled struct {
	Problem
	target      float64 // expected gain at which a search settles
	box         float64 // a search that leaves |ln θ| < box has escaped
	evaluations int
}

func (p *scaled) at(x, g []float64) float64 {
	p.evaluations++
	f := p.LogLikelihood(x, g)
	for i := range g {
		g[i] /= -p.Weight
	}
	return -f / p.Weight
}

// hessian is taken by central differences of the gradient, made symmetric.
func (p *scaled) hessian(x []float64) *mat.SymDense {
	n := len(x)
	rows := make([][]float64, n)
	for i := range n {
		up, down := make([]float64, n), make([]float64, n)
		y := append([]float64(nil), x...)
		y[i] = x[i] + hessStep
		p.at(y, up)
		y[i] = x[i] - hessStep
		p.at(y, down)
		rows[i] = scale(add(up, scale(down, -1)), 1/(2*hessStep))
	}
	h := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			h.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	return h
}
