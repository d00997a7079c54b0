package btyd

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
	"gonum.org/v1/gonum/mat"
)

const cohortName = "Pareto/NBD by cohort"

// MinCohorts is the least number of cohorts from which it is told how cohorts
// differ: the covariance of four parameters needs one more than that.
const MinCohorts = 5

// Cohort is the customers that were acquired together.
type Cohort struct {
	Label string
	Cells []Cell
}

// CohortFit is what the cohorts' own histories and the company's others say of one
// cohort.
type CohortFit struct {
	Label string
	// Fit has the parameters, shrunk towards the company's, with their covariance; it
	// scores and values the cohort as any fit does. It is there for every cohort.
	// LogLikelihood is that of the cohort's cells; of the Diagnostics, PromisedGain is
	// that of the search.
	Fit *ParetoNBDFit
	// Own tells per parameter, r, α, s, β, how much of what is known of the cohort is its
	// own: the share of the variance between cohorts that its data take away. At 0
	// the parameter is the company's, at 1 that of the cohort alone.
	Own [4]float64
	// Alone is the cohort's fit by itself, nil where that is Refused.
	Alone   *ParetoNBDFit
	Refused *fit.Refusal
}

// CohortsFit is an accepted fit of cohorts by empirical Bayes.
type CohortsFit struct {
	// Company is the middle of the cohorts: the centre that they are shrunk to, with
	// its covariance. Without differences between cohorts it is the fit of all cells,
	// whose Diagnostics it has.
	Company *ParetoNBDFit
	// Between is the covariance of ln r, ln α, ln s, ln β over cohorts: zero where the
	// data show no more difference than chance makes.
	Between [][]float64
	Cohorts []CohortFit // in the order of the input
	Rounds  int         // of the search
}

// FitCohorts fits every cohort with the help of the others: the logarithms of the
// cohorts' parameters are normal around the company's (empirical Bayes; Efron and
// Morris, Journal of the American Statistical Association 70, 1975). Centre and
// covariance are those of restricted maximum likelihood (Patterson and Thompson,
// Biometrika 58, 1971), each cohort's likelihood by Laplace's approximation at its
// estimate; that is the maximum of its likelihood times the normal density. Thin
// cohorts are hardly moved from the company's parameters, and none is left out.
// Cohorts are taken to differ only if that raises the log-likelihood by more than the
// ten parameters that it takes (Akaike, IEEE Transactions on Automatic Control 19,
// 1974); else all have those of the fit of all cells. The covariances hold the company's uncertainty, but not that of Between: with few
// cohorts they are somewhat too small. The error is the *fit.Refusal of the fit of
// all cells, TooFew below MinCohorts, BadInput for a label that comes twice, or
// NotConverged.
func FitCohorts(cohorts []Cohort, o Options) (*CohortsFit, error) {
	b, err := layCohorts(cohorts, o)
	if err != nil {
		return nil, err
	}
	rounds, settled := 0, false
	for rounds < maxRounds && !settled {
		before := b.prior
		b.shrink(rounds < trialRounds)
		if err := b.spread(); err != nil {
			return nil, err
		}
		rounds, settled = rounds+1, b.prior.near(before)
	}
	if b.gain() <= betweenParameters {
		b.alike()
	} else if !settled {
		return nil, &fit.Refusal{Reason: fit.NotConverged, Model: cohortName, Last: b.start.Estimate,
			Message: "How cohorts differ did not settle.", Hint: "Use longer cohorts (quarters in place of months), or one fit for all."}
	}
	return b.result(cohorts, o, rounds), nil
}

// maxRounds bounds the search: each takes the cohorts' likelihoods at new estimates.
// After trialRounds a cohort that says nothing does so for good, or one at the bounds
// of an estimate could come and go for ever.
const (
	maxRounds   = 60
	trialRounds = 4
)

// betweenParameters is the number of variances and covariances between cohorts.
const betweenParameters = 10

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
	b.prior = normal4{mean: make([]float64, 4), between: mat.NewSymDense(4, nil), error: mat.NewSymDense(4, nil)}
	for i, v := range b.start.Theta {
		b.prior.mean[i] = math.Log(v)
		for j := range i + 1 {
			b.prior.error.SetSym(i, j, b.start.CovLog[i][j])
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

// result makes fits of where the search ended.
func (b *bayes) result(cohorts []Cohort, o Options, rounds int) *CohortsFit {
	out := &CohortsFit{
		Company: fitAt(b.whole, b.prior.mean, b.prior.error, b.start.Diagnostics),
		Cohorts: make([]CohortFit, len(cohorts)), Rounds: rounds,
	}
	for i := range 4 {
		out.Between = append(out.Between, mat.Row(nil, i, b.prior.between))
	}
	for k, g := range b.grids {
		s := b.stands[k]
		whole, own := s.local.posterior(b.prior)
		c := CohortFit{Label: cohorts[k].Label, Fit: fitAt(g, s.x, whole, fit.Diagnostics{PromisedGain: s.promised})}
		for i := range c.Own {
			if prior := b.prior.between.At(i, i); prior > 0 {
				c.Own[i] = math.Min(1, math.Max(0, 1-own.At(i, i)/prior))
			}
		}
		alone, err := g.FitParetoNBD(o)
		c.Alone = alone
		c.Refused, _ = fit.AsRefusal(err)
		out.Cohorts[k] = c
	}
	return out
}

// fitAt is the fit of a grid at ln θ = x with a covariance.
func fitAt(g *Grid, x []float64, cov *mat.SymDense, d fit.Diagnostics) *ParetoNBDFit {
	e := &fit.Estimate{Model: cohortName, Names: paretoNames, Weight: g.customers, Diagnostics: d}
	for i, v := range x {
		e.Theta = append(e.Theta, math.Exp(v))
		e.CovLog = append(e.CovLog, mat.Row(nil, i, cov))
		e.SE = append(e.SE, e.Theta[i]*math.Sqrt(cov.At(i, i)))
	}
	e.LogLikelihood = g.problem().LogLikelihood(x, make([]float64, 4))
	return &ParetoNBDFit{Params: paretoNBD(e.Theta), Estimate: e, Cells: g.Len(), Repeaters: g.repeaters}
}
