package btyd

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
	"gonum.org/v1/gonum/mat"
)

// bayes is the search: the likelihoods, where each cohort stands, and how cohorts are
// distributed.
type bayes struct {
	whole  *Grid
	start  *ParetoNBDFit // of the whole
	grids  []*Grid
	likes  []fit.Problem
	plain  []float64 // log-likelihood of each under the fit of the whole
	stands []stand
	prior  normal4
}

// stand is a cohort's estimate in the search.
type stand struct {
	x        []float64 // ln θ
	local    quadratic4
	marginal float64 // log-likelihood, the parameters integrated out (Laplace)
	promised float64 // gain in the penalised likelihood that a further step promises
}

// layCohorts fits all cells and begins every cohort there.
func layCohorts(cohorts []Cohort, o Options) (*bayes, error) {
	b, seen := &bayes{}, map[string]bool{}
	var all []Cell
	held := 0
	for _, c := range cohorts {
		g, err := newGrid(cohortName, c.Cells)
		if err != nil {
			return nil, err
		}
		if seen[c.Label] {
			return nil, &fit.Refusal{Reason: fit.BadInput, Model: cohortName,
				Message: fmt.Sprintf("The cohort %q comes twice.", c.Label), Hint: "Give each cohort once, with all its cells."}
		}
		seen[c.Label] = true
		if g.customers > 0 {
			held++
		}
		b.grids, b.likes, all = append(b.grids, g), append(b.likes, g.problem()), append(all, c.Cells...)
	}
	if held < MinCohorts {
		return nil, &fit.Refusal{Reason: fit.TooFew, Model: cohortName,
			Message: fmt.Sprintf("%d cohorts have customers; at least %d are needed to tell how cohorts differ.", held, MinCohorts),
			Hint:    "Use shorter cohorts (months in place of years), or one fit for all."}
	}
	var err error
	if b.whole, err = newGrid(cohortName, all); err != nil {
		return nil, err
	}
	if b.start, err = b.whole.FitParetoNBD(o); err != nil {
		return nil, err
	}
	b.begin()
	return b, nil
}

// startVariance of ln θ between cohorts is a wide one: 40 % up or down.
const startVariance = 0.1

func (b *bayes) begin() {
	b.alike()
	for i := range 4 {
		b.prior.between.SetSym(i, i, startVariance)
	}
	for _, like := range b.likes {
		b.plain = append(b.plain, like.LogLikelihood(b.prior.mean, make([]float64, 4)))
	}
}

// alike gives all cohorts the company's parameters.
func (b *bayes) alike() {
	b.prior = normal4{mean: make([]float64, 4), between: mat.NewSymDense(4, nil), cov: mat.NewSymDense(4, nil)}
	for i, v := range b.start.Theta {
		b.prior.mean[i] = math.Log(v)
		for j := range i + 1 {
			b.prior.cov.SetSym(i, j, b.start.CovLog[i][j])
		}
	}
	b.stands = make([]stand, len(b.grids))
	for k := range b.stands {
		b.stands[k].x = b.prior.mean
	}
}

// gain is what differences between cohorts add to the log-likelihood of all cells.
func (b *bayes) gain() float64 {
	sum := 0.0
	for k, s := range b.stands {
		if s.local.a != nil {
			sum += s.marginal - b.plain[k]
		}
	}
	return sum
}

// shrink takes every cohort to the maximum of its likelihood times the density of
// cohorts. One without customers, or whose maximum is not found within the bounds of
// an estimate, says nothing: it has the company's parameters.
func (b *bayes) shrink(trial bool) {
	root := b.prior.root()
	for k, like := range b.likes {
		s := stand{x: b.prior.mean}
		if like.Weight > 0 && (trial || b.stands[k].local.a != nil) {
			s = b.prior.shrunk(like, root, b.stands[k].x)
		}
		if !(s.promised <= settledGain*math.Max(1, like.Weight)) {
			s = stand{x: b.prior.mean}
		}
		b.stands[k] = s
	}
}

// settledGain per customer, and maxNewton steps, end a cohort's search.
const (
	settledGain = 1e-9
	maxNewton   = 50
)

// shrunk climbs from ln θ = x, by Newton's method in the coordinates z of the
// principal directions, in which the density of cohorts is standard normal.
func (n normal4) shrunk(like fit.Problem, root [][]float64, x []float64) stand {
	z := make([]float64, len(root))
	for i, r := range root {
		z[i] = (product(r, x) - product(r, n.mean)) / product(r, r)
	}
	c := climb{like: like, prior: n, root: root}
	c.moveTo(z)
	var s stand
	for range maxNewton {
		s = stand{x: c.x, local: around(like, c.x)}
		step, promised, logDet := s.local.newton(c.z, root)
		s.marginal, s.promised = c.height-logDet/2, promised
		if promised <= settledGain || !c.along(step) {
			break
		}
	}
	return s
}

// climb is where a cohort's search is.
type climb struct {
	like   fit.Problem
	prior  normal4
	root   [][]float64
	z, x   []float64
	height float64 // of the penalised likelihood
}

func (c *climb) moveTo(z []float64) {
	c.z, c.x = z, append([]float64(nil), c.prior.mean...)
	for i, r := range c.root {
		for j := range c.x {
			c.x[j] += z[i] * r[j]
		}
	}
	c.height = c.like.LogLikelihood(c.x, make([]float64, 4)) - product(z, z)/2
}

// along takes a step, or the longest of its shorter forms that rises and stays within
// the bounds of an estimate; false if none does.
func (c *climb) along(step []float64) bool {
	for share := 1.0; share > 1e-5; share /= 4 {
		next := *c
		z := append([]float64(nil), c.z...)
		for i := range z {
			z[i] += share * step[i]
		}
		next.moveTo(z)
		if next.height > c.height && mat.Norm(mat.NewVecDense(4, next.x), math.Inf(1)) < fit.MaxLogParameter {
			*c = next
			return true
		}
	}
	return false
}

// newton is the step from z, the gain that it promises, and ln of the determinant of
// minus the Hessian there, I + L'AL.
func (q quadratic4) newton(z []float64, root [][]float64) (step []float64, promised, logDet float64) {
	if len(root) == 0 {
		return nil, 0, 0
	}
	h, g := mat.NewSymDense(len(root), nil), mat.NewVecDense(len(root), nil)
	for i, r := range root {
		ri := mat.NewVecDense(4, r)
		g.SetVec(i, product(r, q.grad)-z[i])
		for j := range i + 1 {
			h.SetSym(i, j, mat.Inner(ri, q.a, mat.NewVecDense(4, root[j])))
		}
		h.SetSym(i, i, h.At(i, i)+1)
	}
	var chol mat.Cholesky
	out := mat.NewVecDense(len(root), nil)
	if !chol.Factorize(h) || chol.SolveVecTo(out, g) != nil {
		return nil, 0, 0
	}
	return out.RawVector().Data, mat.Dot(out, g) / 2, chol.LogDet()
}
