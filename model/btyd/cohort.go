package btyd

import (
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
// 1974); else all have those of the fit of all cells. The covariances hold the
// company's uncertainty, but not that of Between: with few cohorts they are somewhat
// too small. The error is the *fit.Refusal of the fit of all cells, TooFew below
// MinCohorts, BadInput for a label that comes twice, Flat or NotConverged.
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

// result makes fits of where the search ended.
func (b *bayes) result(cohorts []Cohort, o Options, rounds int) *CohortsFit {
	out := &CohortsFit{
		Company: fitAt(b.whole, b.prior.mean, b.prior.cov, b.start.Diagnostics),
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
