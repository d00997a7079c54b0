package btyd

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/mathx"
)

const bgbbName = "BG/BB"

var bgbbFamily = family[BGBB]{
	name: bgbbName, names: []string{"alpha", "beta", "gamma", "delta"},
	of:     func(v []float64) BGBB { return BGBB{v[0], v[1], v[2], v[3]} },
	add:    BGBB.add,
	starts: (*Grid).bgbbStarts, limit: bgbbLimit,
}

// FitBGBB fits cells whose Tx and T count opportunities by maximum likelihood. The
// error is a *fit.Refusal: see FitParetoNBD; BadInput also where a cell has more
// purchases than opportunities up to the last one.
func FitBGBB(cells []Cell, o Options) (*Fit[BGBB], error) {
	for _, c := range cells {
		if c.X > c.Tx {
			return nil, &fit.Refusal{
				Reason: fit.BadInput, Model: bgbbName,
				Message: fmt.Sprintf("A cell has %d purchases at %d opportunities.", c.X, c.Tx),
				Hint:    "Count Tx and T in opportunities, at most one purchase at each.",
			}
		}
	}
	return bgbbFamily.fit(cells, o)
}

// add adds a chunk's log-likelihood and its derivatives by α, β, γ, δ to sum.
func (p BGBB) add(g *Grid, c *chunk, sum []float64) {
	for i := c.lo; i < c.hi; i++ {
		l, d := p.gradient(History{X: c.x, Tx: float64(g.tx[i]), T: float64(g.t[i])})
		sum[0] += g.n[i] * l
		for j, v := range d {
			sum[j+1] += g.n[i] * v
		}
	}
}

// gradient is ln L of one history and its derivatives.
func (p BGBB) gradient(h History) (l float64, d [4]float64) {
	stayed, gone := p.logStayed(h), p.leave(h)
	l = mathx.LogAdd(stayed, gone.log)
	alive, left := math.Exp(stayed-l), math.Exp(gone.log-l)
	both, all := p.Alpha+p.Beta, p.Gamma+p.Delta
	atEnd, atLast := digamma(both+h.T), digamma(both+h.Tx)+gone.all
	d[0] = digamma(p.Alpha+h.X) - digamma(p.Alpha) + digamma(both) - alive*atEnd - left*atLast
	d[1] = digamma(both) - digamma(p.Beta) +
		alive*(digamma(p.Beta+h.T-h.X)-atEnd) + left*(digamma(p.Beta+h.Tx-h.X)+gone.missed-atLast)
	overEnd, overLast := digamma(all+h.T), digamma(all+1+h.Tx)+gone.chance
	d[2] = digamma(all) - alive*overEnd + left*(1/p.Gamma-overLast)
	d[3] = digamma(all) - digamma(p.Delta) +
		alive*(digamma(p.Delta+h.T)-overEnd) + left*(digamma(p.Delta+h.Tx)+gone.stayed-overLast)
	return l, d
}

// bgbbStarts spread over shapes of buying and leaving.
func (g *Grid) bgbbStarts() [][]float64 {
	orders, chances := 0.0, 0.0
	for i, n := range g.n {
		orders += n * float64(g.x[i])
		chances += n * float64(max(g.tx[i], 1))
	}
	often := math.Min(orders/chances, 0.95)
	var out [][]float64
	for _, k := range [][3]float64{ // α+β, γ, δ
		{2, 0.6, 2.5}, {1, 0.2, 1}, {4, 1, 8}, {2, 3, 9}, {1, 0.3, 0.3},
	} {
		out = append(out, []float64{k[0] * often, k[0] * (1 - often), k[1], k[2]})
	}
	return out
}

// bgbbLimit names the model at the edge that ln θ heads for.
func bgbbLimit(x []float64) (limit, message, hint string) {
	const far = fit.MaxLogParameter - 2
	alpha, beta, gamma, delta := x[0], x[1], x[2], x[3]
	switch {
	case gamma < -far && delta > -far/2, delta > far && gamma < far/2:
		return "beta-Bernoulli (no leaving)", "The data show no customer leaving: the probability of leaving goes to zero.",
			"Use a longer record: the customers' silences are still too short to tell who has left."
	case gamma > far/2 && delta > far/2:
		return "BG/BB with one probability of leaving", "The data do not show that customers differ in how readily they leave.",
			"Use a longer record, or more customers."
	case alpha > far/2 && (beta > far/2 || beta < -far/2):
		return "BG/BB with one probability of buying", "The data do not show that customers differ in how often they buy.",
			"Check that customer ids are those of single customers; use a longer record."
	default:
		return "a limit of the BG/BB", "The likelihood has no maximum inside the model: it rises towards the edge.",
			"Use a longer record, or more customers."
	}
}
