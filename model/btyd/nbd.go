package btyd

import (
	"math"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/mathx"
)

// NBD is Ehrenberg's negative binomial model (Applied Statistics 8, 1959), the
// floor that other models are measured against: purchases are Gamma(R, Alpha)
// over customers, Alpha in weeks, and nobody ever leaves. It forecasts too much
// wherever customers do.
type NBD struct {
	R, Alpha float64
}

// LogLikelihood returns ln of the likelihood of the instants of purchase,
// Γ(r+x)/Γ(r)·α^r/(α+T)^(r+x), which compares with the other models'.
func (p NBD) LogLikelihood(h History) float64 {
	if !h.valid() || !positive(p.R, p.Alpha) {
		return math.NaN()
	}
	return mathx.LgammaDiff(p.R, h.X) - p.R*math.Log1p(h.T/p.Alpha) - h.X*math.Log(p.Alpha+h.T)
}

// PAlive is 1: nobody leaves.
func (p NBD) PAlive(h History) float64 {
	if !h.valid() || !positive(p.R, p.Alpha) {
		return math.NaN()
	}
	return 1
}

// ExpectedOrders returns the purchases expected in the weeks after T.
func (p NBD) ExpectedOrders(h History, weeks float64) float64 { return p.DET(h, 0, weeks) }

// ExpectedOrdersNew returns E[X(weeks)] of a new customer.
func (p NBD) ExpectedOrdersNew(weeks float64) float64 { return p.ExpectedOrders(History{}, weeks) }

// DET returns the discounted purchases expected after T up to the horizon, in
// weeks: (r+x)/(α+T)·(1 − e^−δH)/δ.
func (p NBD) DET(h History, delta, horizon float64) float64 {
	if !(delta >= 0) || !(horizon >= 0) || math.IsInf(delta, 1) {
		return math.NaN()
	}
	weeks := 1 / delta
	if !math.IsInf(horizon, 1) {
		weeks = horizon * mathx.ExpRel(-delta*horizon)
	}
	return p.PAlive(h) * (p.R + h.X) / (p.Alpha + h.T) * weeks
}

var nbdFamily = family[NBD]{
	name: nbdName, names: []string{"r", "alpha"},
	of:     func(v []float64) NBD { return NBD{v[0], v[1]} },
	add:    NBD.add,
	starts: (*Grid).nbdStarts, limit: nbdLimit,
}

// FitNBD fits cells by maximum likelihood. The error is a *fit.Refusal: see
// FitParetoNBD.
func FitNBD(cells []Cell, o Options) (*Fit[NBD], error) { return nbdFamily.fit(cells, o) }

// add adds a chunk's log-likelihood and its derivatives by r and α to sum.
func (p NBD) add(g *Grid, c *chunk, sum []float64) {
	k := p.R + c.x
	var weight, logs, inverse float64
	for i := c.lo; i < c.hi; i++ {
		end := p.Alpha + g.history(i).T
		weight += g.n[i]
		logs += g.n[i] * math.Log(end)
		inverse += g.n[i] / end
	}
	lnAlpha := math.Log(p.Alpha)
	sum[0] += weight*(mathx.LgammaDiff(p.R, c.x)+p.R*lnAlpha) - k*logs
	sum[1] += weight*(digamma(k)-digamma(p.R)+lnAlpha) - logs
	sum[2] += weight*p.R/p.Alpha - k*inverse
}

func (g *Grid) nbdStarts() [][]float64 {
	rate, _ := g.means()
	var out [][]float64
	for _, r := range []float64{0.2, 0.5, 1, 3} {
		out = append(out, []float64{r, r / rate})
	}
	return out
}

// nbdLimit names the model at the edge that ln θ heads for.
func nbdLimit(x []float64) (limit, message, hint string) {
	if x[0] > fit.MaxLogParameter/2 {
		return "one purchase rate (Poisson)", "The data do not show that customers differ in how often they buy.",
			"Check that customer ids are those of single customers; use a longer record."
	}
	return "a limit of the NBD", "The likelihood has no maximum inside the model: it rises towards the edge.",
		"Use a longer record, or more customers."
}
