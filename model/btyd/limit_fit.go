package btyd

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

// Names of the models at the edges of others, as Refusal.Limit and
// Estimate.Model give them.
const (
	nbdName         = "NBD"
	exponentialName = "Exponential/NBD"
	poissonName     = "Pareto/Poisson"
	leaversName     = "NBD with immediate leavers"
)

var exponentialFamily = family[ExponentialNBD]{
	name: exponentialName, names: []string{"r", "alpha", "mu"},
	of:     func(v []float64) ExponentialNBD { return ExponentialNBD{v[0], v[1], v[2]} },
	add:    ExponentialNBD.add,
	starts: (*Grid).exponentialStarts, limit: limitOfLimit,
}

var poissonFamily = family[ParetoPoisson]{
	name: poissonName, names: []string{"lambda", "s", "beta"},
	of:     func(v []float64) ParetoPoisson { return ParetoPoisson{v[0], v[1], v[2]} },
	add:    ParetoPoisson.add,
	starts: (*Grid).poissonStarts, limit: limitOfLimit,
}

var leaversFamily = family[NBDWithLeavers]{
	name: leaversName, names: []string{"r", "alpha", "odds"},
	of:     func(v []float64) NBDWithLeavers { return NBDWithLeavers{v[0], v[1], v[2]} },
	add:    NBDWithLeavers.add,
	starts: (*Grid).leaversStarts, limit: limitOfLimit,
}

// FitExponentialNBD fits cells by maximum likelihood. The error is a *fit.Refusal:
// see FitParetoNBD.
func FitExponentialNBD(cells []Cell, o Options) (*Fit[ExponentialNBD], error) {
	return exponentialFamily.fit(cells, o)
}

// FitParetoPoisson fits cells by maximum likelihood. The error is a *fit.Refusal:
// see FitParetoNBD.
func FitParetoPoisson(cells []Cell, o Options) (*Fit[ParetoPoisson], error) {
	return poissonFamily.fit(cells, o)
}

// FitNBDWithLeavers fits cells by maximum likelihood. The error is a *fit.Refusal:
// see FitParetoNBD.
func FitNBDWithLeavers(cells []Cell, o Options) (*Fit[NBDWithLeavers], error) {
	return leaversFamily.fit(cells, o)
}

// limitGain is the share of the log-likelihood by which a limit may stay below the
// search that it stands for (issue 3: "no gain of more than 1e−6 relative").
const limitGain = 1e-6

// worthParameter is the log-likelihood that a limit with one parameter more must
// gain: half the 95 % quantile of χ² with one degree of freedom.
const worthParameter = 1.92

// FitLimit fits the model at the edge to which a refused search went: of the limits of
// the refused model that are as likely as the point that the search had reached, the
// likeliest, but a simpler one if that is not less likely by more than chance.
// Estimate.Model names it. The error is the refusal itself where that was for another
// reason than Limit or Flat, or where no limit is as likely.
func FitLimit(cells []Cell, refused *fit.Refusal, o Options) (*Fit[Model], error) {
	if refused.Last == nil || refused.Reason != fit.Limit && refused.Reason != fit.Flat {
		return nil, refused
	}
	reached := refused.Last.LogLikelihood
	var best *Fit[Model]
	for _, fitLimit := range limitsOf(refused.Model) {
		f, err := fitLimit(cells, o)
		if err != nil || f.LogLikelihood < reached-limitGain*math.Abs(reached) {
			continue
		}
		if best == nil || f.LogLikelihood > best.LogLikelihood+worthParameter*float64(len(f.Theta)-len(best.Theta)) {
			best = f
		}
	}
	if best == nil {
		return nil, refused
	}
	return best, nil
}

// limitsOf are the models at the edges of another that can be fitted, simple ones
// first.
func limitsOf(model string) []func([]Cell, Options) (*Fit[Model], error) {
	switch model {
	case paretoName:
		return []func([]Cell, Options) (*Fit[Model], error){
			nbdFamily.asModel, exponentialFamily.asModel, poissonFamily.asModel, leaversFamily.asModel,
		}
	case mbgFamily.name:
		return []func([]Cell, Options) (*Fit[Model], error){nbdFamily.asModel, leaversFamily.asModel}
	case bgFamily.name:
		return []func([]Cell, Options) (*Fit[Model], error){nbdFamily.asModel}
	default:
		return nil
	}
}

// asModel is fit for callers who take any model.
func (f family[M]) asModel(cells []Cell, o Options) (*Fit[Model], error) {
	got, err := f.fit(cells, o)
	if err != nil {
		return nil, err
	}
	return &Fit[Model]{
		Params: got.Params, Estimate: got.Estimate, Cells: got.Cells, Repeaters: got.Repeaters,
		of:      func(theta []float64) Model { return f.of(theta) },
		problem: got.problem,
	}, nil
}

// add adds a chunk's log-likelihood and its derivatives by r, α and μ to sum.
func (p ExponentialNBD) add(g *Grid, c *chunk, sum []float64) {
	k, core := p.R+c.x, p.core()
	byR := digamma(k) - digamma(p.R) + math.Log(p.Alpha)
	for i := c.lo; i < c.hi; i++ {
		h, n := g.history(i), g.n[i]
		d := core.depart(h)
		alive, dead := d.split()
		sum[0] += n * core.logLikelihood(h, d)
		sum[1] += n * (byR - alive*math.Log(p.Alpha+h.T) - dead*d.logA)
		sum[2] += n * (p.R/p.Alpha - k*(alive/(p.Alpha+h.T)+dead*d.invA))
		sum[3] += n * (dead*(1/p.Mu-d.instant) - alive*h.T)
	}
}

// add adds a chunk's log-likelihood and its derivatives by λ, s and β to sum.
func (p ParetoPoisson) add(g *Grid, c *chunk, sum []float64) {
	core := p.core()
	for i := c.lo; i < c.hi; i++ {
		h, n := g.history(i), g.n[i]
		d := core.depart(h)
		alive, dead := d.split()
		sum[0] += n * core.logLikelihood(h, d)
		sum[1] += n * (c.x/p.Lambda - alive*h.T - dead*d.instant)
		sum[2] += n * (dead*(1/p.S-d.logB+math.Log(p.Beta)) - alive*math.Log1p(h.T/p.Beta))
		sum[3] += n * (p.S/p.Beta - alive*p.S/(p.Beta+h.T) - dead*(p.S+1)*d.invB)
	}
}

// add adds a chunk's log-likelihood and its derivatives by r, α and the odds to sum.
func (p NBDWithLeavers) add(g *Grid, c *chunk, sum []float64) {
	p.nbd().add(g, c, sum)
	for i := c.lo; i < c.hi; i++ {
		h, n := g.history(i), g.n[i]
		logAlive := p.logAlive(h)
		dead := -math.Expm1(logAlive)
		sum[0] -= n * (math.Log1p(p.Odds) + logAlive)
		sum[1] += n * dead * math.Log1p(h.T/p.Alpha)
		sum[2] -= n * dead * p.R * h.T / (p.Alpha * (p.Alpha + h.T))
		sum[3] += n * (dead/p.Odds - 1/(1+p.Odds))
	}
}

func (g *Grid) exponentialStarts() [][]float64 {
	rate, age := g.means()
	var out [][]float64
	for _, k := range [][2]float64{{0.5, 0.5}, {1, 0.1}, {0.3, 3}} { // r, μ times the mean age
		out = append(out, []float64{k[0], k[0] / (rate * (1 + k[1])), k[1] / age})
	}
	return out
}

func (g *Grid) poissonStarts() [][]float64 {
	rate, age := g.means()
	var out [][]float64
	for _, k := range [][2]float64{{0.5, 0.5}, {0.2, 1}, {2, 4}} { // s, β over the mean age
		out = append(out, []float64{rate * (1 + k[0]/k[1]/2), k[0], k[1] * age})
	}
	return out
}

func (g *Grid) leaversStarts() [][]float64 {
	var out [][]float64
	for i, v := range g.nbdStarts() {
		out = append(out, append(v, []float64{0.1, 0.5, 1, 3}[i]))
	}
	return out
}

// limitOfLimit says that even a limit goes to an edge of its own.
func limitOfLimit([]float64) (limit, message, hint string) {
	return "a simpler model still", "The likelihood has no maximum inside the model: it rises towards the edge.",
		"Use a longer record, or more customers."
}
