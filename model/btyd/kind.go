package btyd

import (
	"github.com/clientele/clientele/model/fit"
)

// Fitted is an accepted fit of any model that counts weeks: *ParetoNBDFit, *Fit of
// another.
type Fitted interface {
	// Estimated returns the parameters and how sure they are; its Model names it.
	Estimated() *fit.Estimate
	// Model returns the model at the estimate, At under other parameters.
	Model() Model
	At(theta []float64) Model
	// Score scores the merged cells of a grid, ScoreCells cells that have none.
	Score(g *Grid, o ScoreOptions) []Score
	ScoreCells(cells []Cell, o ScoreOptions) ([]Score, error)
	// Discounted, Foresee and Effort serve draws of the parameters: see Fit.
	Discounted(g *Grid, theta []float64, delta, horizon float64, within, beyond []float64, w *Workspace)
	Foresee(g *Grid, theta []float64, a Ahead, into *Prospects, w *Workspace)
	Effort(g *Grid) float64
	// Profile returns the 95 % intervals of the parameters: see fit.Profile.
	Profile(g *Grid) ([]fit.Interval, error)
	// CovarianceAt returns the covariance of ln θ at any θ: see fit.CovarianceAt.
	CovarianceAt(g *Grid, theta []float64) ([][]float64, bool)
}

// Kind is a model by its name, for callers who take any: Kinds lists them.
type Kind struct {
	Key     string // pareto_nbd
	K       int    // regularity, of those that have one: bg_cnbd_k, mbg_cnbd_k
	Name    string // Pareto/NBD, as in Estimate.Model
	Limit   bool   // stands at the edge of another: for where that has no maximum
	fit     func(cells []Cell, o Options) (Fitted, error)
	restore func(e *fit.Estimate) Fitted
}

// Fit fits cells by maximum likelihood. The error is a *fit.Refusal: see
// FitParetoNBD.
func (k Kind) Fit(cells []Cell, o Options) (Fitted, error) { return k.fit(cells, o) }

// Restore makes a fit of an estimate that was kept: one of this kind.
func (k Kind) Restore(e *fit.Estimate) Fitted { return k.restore(e) }

// Kinds lists the models that count weeks, the default first.
func Kinds() []Kind {
	return []Kind{
		{Key: "pareto_nbd", Name: paretoName, fit: fitPareto, restore: restorePareto},
		kindOf("bg_nbd", bgFamily),
		kindOf("mbg_nbd", mbgFamily),
		regular("bg_cnbd_k", 2, bgcnbdFamily),
		regular("bg_cnbd_k", 3, bgcnbdFamily),
		regular("bg_cnbd_k", 4, bgcnbdFamily),
		regular("mbg_cnbd_k", 2, mbgcnbdFamily),
		regular("mbg_cnbd_k", 3, mbgcnbdFamily),
		regular("mbg_cnbd_k", 4, mbgcnbdFamily),
		kindOf("nbd", nbdFamily),
		kindOf("exponential_nbd", exponentialFamily).asLimit(),
		kindOf("pareto_poisson", poissonFamily).asLimit(),
		kindOf("nbd_leavers", leaversFamily).asLimit(),
	}
}

// KindOf finds the kind of an estimate by the model's name.
func KindOf(name string) (k Kind, ok bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

func kindOf[M Model](key string, f family[M]) Kind {
	return Kind{
		Key: key, Name: f.name,
		fit: func(cells []Cell, o Options) (Fitted, error) {
			got, err := f.fit(cells, o)
			if err != nil {
				return nil, err // not a nil *Fit, which were no nil Fitted
			}
			return got, nil
		},
		restore: func(e *fit.Estimate) Fitted {
			return &Fit[M]{Params: f.of(e.Theta), Estimate: e, of: f.of, problem: f.problem}
		},
	}
}

func regular[M Model](key string, k int, of func(k int) family[M]) Kind {
	kind := kindOf(key, of(k))
	kind.K = k
	return kind
}

func (k Kind) asLimit() Kind {
	k.Limit = true
	return k
}

func fitPareto(cells []Cell, o Options) (Fitted, error) {
	got, err := FitParetoNBD(cells, o)
	if err != nil {
		return nil, err
	}
	return got, nil
}

func restorePareto(e *fit.Estimate) Fitted {
	return &ParetoNBDFit{Params: paretoNBD(e.Theta), Estimate: e}
}
