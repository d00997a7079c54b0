package btyd

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

// ParetoNBDFit and Fit of every other model have the methods Estimated, Model, At,
// Score, ScoreCells, Discounted and Effort in common: what values customers by any
// of them takes an interface with those that it needs.

// Estimated returns the estimate: parameters, covariance, draws.
func (f *Fit[M]) Estimated() *fit.Estimate { return f.Estimate }

// Model returns the model at the estimate.
func (f *Fit[M]) Model() Model { return f.Params }

// At returns the model under other parameters, in the order of the estimate's.
func (f *Fit[M]) At(theta []float64) Model { return f.of(theta) }

// Estimated returns the estimate: parameters, covariance, draws.
func (f *ParetoNBDFit) Estimated() *fit.Estimate { return f.Estimate }

// Model returns the model at the estimate.
func (f *ParetoNBDFit) Model() Model { return f.Params }

// At returns the model under other parameters, in the order of the estimate's.
func (f *ParetoNBDFit) At(theta []float64) Model { return paretoNBD(theta) }

// term is a discount rate and a horizon, per unit of time: of the purchases up to the
// horizon or, with leaves, of those after which the customer leaves.
type term struct {
	delta, horizon float64
	leaves         bool
}

// staged is a model of the beta-geometric kind.
type staged interface{ core() betaGeometric }

// valueChunk fills P(alive) of the chunk's cells in, and their discounted expected
// purchases per term, at their places in the grid.
func valueChunk(m Model, g *Grid, c *chunk, terms []term, alive []float64, det [][]float64, w *Workspace) {
	switch m := m.(type) {
	case staged:
		m.core().valueChunk(g, c, terms, alive, det, &w.outlook)
	case BGBB: // time counts opportunities
		valueEach(m, c, terms, alive, det, func(i int) History {
			return History{X: c.x, Tx: float64(g.tx[i]), T: float64(g.t[i])}
		})
	default:
		valueEach(m, c, terms, alive, det, g.history)
	}
}

// valueEach values cells one by one.
func valueEach(m Model, c *chunk, terms []term, alive []float64, det [][]float64, history func(i int) History) {
	for i := c.lo; i < c.hi; i++ {
		h := history(i)
		alive[i] = m.PAlive(h)
		for k, t := range terms {
			det[k][i] = m.DET(h, t.delta, t.horizon)
		}
	}
}

// value values all merged cells on all cores.
func (g *Grid) value(m Model, terms []term, alive []float64, det [][]float64) {
	parallel(len(g.chunks), func(i int, s *scratch) {
		valueChunk(m, g, &g.chunks[i], terms, alive, det, &s.work)
	})
}

// Score scores cells, in their order: see ParetoNBDFit.Score. Weeks are
// opportunities for the BG/BB.
func (f *Fit[M]) Score(g *Grid, o ScoreOptions) []Score {
	terms := []term{{horizon: o.Weeks}, {delta: o.Delta, horizon: o.Horizon}, {delta: o.Delta, horizon: math.Inf(1)}}
	columns := make([][]float64, 1+len(terms))
	for k := range columns {
		columns[k] = make([]float64, g.Len())
	}
	g.value(f.Params, terms, columns[0], columns[1:])
	out := make([]Score, g.Len())
	for i := range out {
		out[i] = Score{PAlive: columns[0][i], ExpectedOrders: columns[1][i], DET: columns[2][i], DETInfinite: columns[3][i]}
	}
	if !o.NoSpread {
		f.spread(g, terms[1], out, columns[0], columns[1], columns[2])
	}
	return out
}

// ScoreCells is Score for cells that have no grid yet: see ParetoNBDFit.ScoreCells.
func (f *Fit[M]) ScoreCells(cells []Cell, o ScoreOptions) ([]Score, error) {
	g, err := newGrid(f.Estimate.Model, cells)
	if err != nil {
		return nil, err
	}
	return g.perInput(f.Score(g, o)), nil
}

// spreadStep is the largest step in ln θ of the differences behind SDLogDET: ln DET
// is good to 1e−11 or better, and its third derivative of the order of 1.
const spreadStep = 1e-4

// spread fills SDLogDET in: with CovLog = LL', the variance of ln DET is the sum of
// squares of its derivatives along the columns of L. alive, up and down are memory,
// one number per cell.
func (f *Fit[M]) spread(g *Grid, t term, out []Score, alive, up, down []float64) {
	l := f.Factor()
	for j := range l {
		size := 0.0
		for i := range l {
			size = math.Max(size, math.Abs(l[i][j]))
		}
		h := spreadStep / size
		g.value(f.of(f.along(l, j, h)), []term{t}, alive, [][]float64{up})
		g.value(f.of(f.along(l, j, -h)), []term{t}, alive, [][]float64{down})
		for i := range out {
			d := math.Log(up[i]/down[i]) / (2 * h)
			out[i].SDLogDET += d * d
		}
	}
	for i := range out {
		out[i].SDLogDET = math.Sqrt(out[i].SDLogDET)
	}
}

// along is θ moved by h along column j of a factor of CovLog.
func (f *Fit[M]) along(l [][]float64, j int, h float64) []float64 {
	theta := make([]float64, len(l))
	for i := range theta {
		theta[i] = f.Theta[i] * math.Exp(h*l[i][j])
	}
	return theta
}

// Discounted fills, per merged cell of g and under parameters theta, the discounted
// purchases expected of one customer up to the horizon and beyond it; the latter may
// be +Inf. w is memory that is reused by calls of one goroutine on one grid.
func (f *Fit[M]) Discounted(g *Grid, theta []float64, delta, horizon float64, within, beyond []float64, w *Workspace) {
	if cap(w.alive) < g.Len() {
		w.alive = make([]float64, g.Len())
	}
	m, terms := f.of(theta), []term{{delta: delta, horizon: horizon}, {delta: delta, horizon: math.Inf(1)}}
	det := [][]float64{within, beyond}
	for k := range g.chunks {
		valueChunk(m, g, &g.chunks[k], terms, w.alive[:g.Len()], det, w)
	}
	for i, v := range within {
		beyond[i] = math.Max(0, beyond[i]-v)
	}
}

// Discounted fills, per merged cell of g and under parameters theta, the discounted
// purchases expected of one customer up to the horizon and beyond it; the latter may
// be +Inf. w is memory that is reused by calls of one goroutine on one grid.
func (f *ParetoNBDFit) Discounted(g *Grid, theta []float64, delta, horizon float64, within, beyond []float64, w *Workspace) {
	p := paretoNBD(theta)
	if n := len(g.ages); cap(w.capped) < n {
		w.capped, w.after = make([]float64, n), make([]float64, n)
	}
	capped, after := w.capped[:len(g.ages)], w.after[:len(g.ages)]
	p.weeksByAge(g.ages, delta, horizon, capped, after)
	g.PAlive(p, within, w)
	for i, alive := range within {
		t := g.t[i]
		rate := alive * (p.R + float64(g.x[i])) / (p.Alpha + float64(t)/DaysPerWeek)
		within[i], beyond[i] = rate*capped[g.nth[t]], times(rate, after[g.nth[t]])
	}
}

// weeksByAge fills the discounted weeks up to the horizon and beyond it in, for
// ages in days.
func (p ParetoNBD) weeksByAge(days []float64, delta, horizon float64, capped, after []float64) {
	into := [][]float64{capped, after}
	if delta == 0 && p.S <= 1 {
		for i := range after {
			after[i] = math.Inf(1)
		}
		into = into[:1]
	}
	overAges(days, p.Beta*DaysPerWeek, func(day float64, dst []float64) {
		age := day / DaysPerWeek
		dst[0] = p.DiscountedWeeks(age, delta, horizon)
		if len(dst) > 1 {
			dst[1] = math.Exp(-delta*horizon) * p.Survival(age, horizon) * p.DiscountedWeeks(age+horizon, delta, math.Inf(1))
		}
	}, into)
}

// ageEffort is what one age costs in a pass of the Pareto/NBD, in cells.
const ageEffort = 50

// Effort tells roughly what one call of Discounted on g costs, in cells of the
// Pareto/NBD.
func (f *ParetoNBDFit) Effort(g *Grid) float64 { return float64(g.Len() + ageEffort*len(g.ages)) }

// cellEffort is what a cell costs that is valued alone.
const cellEffort = 1000

// Effort tells roughly what one call of Discounted on g costs, in cells of the
// Pareto/NBD.
func (f *Fit[M]) Effort(g *Grid) float64 {
	if _, ok := f.Model().(staged); ok {
		return g.latticeEffort()
	}
	return cellEffort * float64(g.Len())
}
