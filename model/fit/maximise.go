package fit

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mat"
)

// Options steer Maximise.
type Options struct {
	// Starts are points θ on the natural scale; at least one.
	Starts [][]float64
	// Coarse, if not nil, is the same likelihood on fewer cells, on which the
	// starts are searched; only the best of them is carried on to the whole.
	Coarse *Problem
	// NameLimit names the simpler model that lies where ln θ is heading and says
	// it in plain words; nil gives a general message.
	NameLimit func(logTheta []float64) (limit, message, hint string)
}

// sameLikelihood is how close two searches must end to be the same maximum.
const sameLikelihood = 1e-6

// attempt is one search and how it ended.
type attempt struct {
	*search
	end outcome
}

// Maximise finds the maximum of a likelihood. The error is always a *Refusal.
func Maximise(p Problem, o Options) (*Estimate, error) {
	whole := &scaled{Problem: p, target: gainTarget, box: boxLog}
	best, agreeing := whole.explore(o)
	if best == nil {
		return nil, p.refuse(NotFinite, nil)
	}
	if best.end == escaped || !inside(best.x, MaxLogParameter) {
		return nil, p.atLimit(best, o)
	}
	e, reason := whole.estimate(best.search)
	e.Diagnostics.Starts, e.Diagnostics.Agreeing = len(o.Starts), agreeing
	e.Diagnostics.Evaluations = whole.evaluations
	if reason == Flat && best.end != settled {
		reason = NotConverged
	}
	if reason != "" {
		return nil, p.refuse(reason, e)
	}
	return e, nil
}

// explore gives the best attempt on the whole data: from the coarse optimum if
// that lies inside, else from every start.
func (p *scaled) explore(o Options) (*attempt, int) {
	if o.Coarse != nil {
		coarse := &scaled{Problem: *o.Coarse, target: coarseTarget, box: boxLog}
		first, agreeing := coarse.multi(o.Starts)
		if first != nil && first.end != escaped && inside(first.x, MaxLogParameter) {
			s, end := p.minimise(first.x, cloneSym(first.b))
			if end == settled {
				return &attempt{s, end}, agreeing
			}
		}
	}
	return p.multi(o.Starts)
}

// multi searches from every start and returns the best end and how many share
// it; nil if no start has a finite likelihood.
func (p *scaled) multi(starts [][]float64) (*attempt, int) {
	var all []*attempt
	for _, theta := range starts {
		s, end := p.minimise(logs(theta), nil)
		if finite(s.f) && s.b != nil {
			all = append(all, &attempt{s, end})
		}
	}
	if len(all) == 0 {
		return nil, 0
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].f < all[j].f })
	best, agreeing := all[0], 0
	near := math.Max(sameLikelihood, 10*p.target*p.Weight)
	for _, a := range all {
		if (a.f-best.f)*p.Weight > near {
			continue
		}
		agreeing++
		if a.end == settled && best.end == stalled {
			best = a
		}
	}
	return best, agreeing
}

func cloneSym(b *mat.SymDense) *mat.SymDense {
	c := mat.NewSymDense(b.SymmetricDim(), nil)
	c.CopySym(b)
	return c
}

func (p Problem) atLimit(a *attempt, o Options) *Refusal {
	last := &Estimate{Model: p.Model, Names: p.Names, Theta: exps(a.x), LogLikelihood: -a.f * p.Weight, Weight: p.Weight}
	r := p.refuse(Limit, last)
	if o.NameLimit != nil {
		r.Limit, r.Message, r.Hint = o.NameLimit(a.x)
	}
	return r
}

// refuse gives the general words for a reason.
func (p Problem) refuse(reason Reason, last *Estimate) *Refusal {
	r := &Refusal{Reason: reason, Model: p.Model, Last: last}
	switch reason {
	case Limit:
		r.Message = "The likelihood has no maximum inside the model: it rises towards the edge."
		r.Hint = "Use a simpler model, or a longer record."
	case Flat:
		r.Message = "The data do not tell the parameters apart."
		r.Hint = "Use a longer record, more customers, or a simpler model."
	case NotConverged:
		r.Message = "The fit did not converge."
		r.Hint = "Check the data for extreme customers; use a longer record or more customers."
	case NotFinite:
		r.Message = "The likelihood is not a finite number for these data."
		r.Hint = "Check the data for extreme frequencies, ages or amounts."
	}
	return r
}
