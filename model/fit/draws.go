package fit

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// Draws returns n Laplace draws of θ on the natural scale: ln θ is normal around
// the estimate with covariance CovLog. The same seed gives the same draws; two
// models that are drawn jointly need two seeds.
func (e *Estimate) Draws(n int, seed uint64) [][]float64 {
	l := e.Factor()
	rng := rand.New(rand.NewPCG(seed, 0x6c61706c616365)) // second word: "laplace"
	dim := len(e.Theta)
	flat, out := make([]float64, n*dim), make([][]float64, n)
	z := make([]float64, dim)
	for k := range out {
		for j := range z {
			z[j] = rng.NormFloat64()
		}
		out[k] = flat[k*dim : (k+1)*dim : (k+1)*dim]
		for i := range dim {
			out[k][i] = e.Theta[i] * math.Exp(dot(l[i][:i+1], z[:i+1]))
		}
	}
	return out
}

// Factor is the lower Cholesky factor of CovLog.
func (e *Estimate) Factor() [][]float64 { return Factor(e.CovLog) }

// Factor is the lower Cholesky factor of a covariance. That of an estimate has one by its
// acceptance, so a matrix without one is a programming error.
func Factor(covariance [][]float64) [][]float64 {
	n := len(covariance)
	c := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			c.SetSym(i, j, covariance[i][j])
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(c) {
		panic("fit: the covariance of an accepted estimate is not positive definite")
	}
	var l mat.TriDense
	chol.LTo(&l)
	out := make([][]float64, n)
	for i := range n {
		out[i] = make([]float64, n)
		for j := range i + 1 {
			out[i][j] = l.At(i, j)
		}
	}
	return out
}

// Variance returns g'·CovLog·g: the variance of a quantity whose gradient by
// ln θ is g (the delta method).
func (e *Estimate) Variance(g []float64) float64 {
	sum := 0.0
	for i := range g {
		sum += g[i] * dot(e.CovLog[i], g)
	}
	return sum
}

// Param returns the estimate of the named parameter and its standard error,
// NaN for a name it does not have.
func (e *Estimate) Param(name string) (theta, se float64) {
	for i, n := range e.Names {
		if n == name {
			return e.Theta[i], e.SE[i]
		}
	}
	return math.NaN(), math.NaN()
}
