package btyd

import (
	"math"
)

// Score is what the model says of the customers of one cell.
type Score struct {
	PAlive         float64 // probability of still being a customer
	ExpectedOrders float64 // in the next ScoreOptions.Weeks
	DET            float64 // discounted expected purchases up to the horizon
	DETInfinite    float64 // the same without a horizon; +Inf where the sum has no end
	SDLogDET       float64 // standard deviation of ln DET from the parameters' uncertainty
}

// ScoreOptions say over which time cells are scored.
type ScoreOptions struct {
	Weeks    float64 // of ExpectedOrders; 365 days are 365.0/DaysPerWeek
	Delta    float64 // continuous discount rate per week, above 0; see WeeklyDiscount
	Horizon  float64 // of DET, in weeks
	NoSpread bool    // leave SDLogDET at 0, which saves half of the time
}

// Score scores cells, in their order. SDLogDET is the delta method on the log
// scale: the root of g'·CovLog·g with g the gradient of ln DET by ln θ. It
// tells how sure the expected value is, not how much single customers will vary
// around it: exp(±1.96·SDLogDET) times DET is a 95 % interval of the expectation.
func (f *ParetoNBDFit) Score(g *Grid, o ScoreOptions) []Score {
	out := make([]Score, g.Len())
	m := &nodes{}
	g.place(f.Params, m)
	ages := g.agesOf(f.Params, o)
	parallel(len(g.chunks), func(i int, s *scratch) {
		c := &g.chunks[i]
		g.each(c, m, s, func(i int, v *mass, scale float64) {
			out[i] = f.score(c, v, scale, &ages[g.t[i]], o)
		})
	})
	return out
}

// ScoreCells is Score for cells that have no grid yet, one score per cell in
// their order. The error is a *fit.Refusal for a cell that contradicts itself.
func (f *ParetoNBDFit) ScoreCells(cells []Cell, o ScoreOptions) ([]Score, error) {
	g, err := NewGrid(cells)
	if err != nil {
		return nil, err
	}
	return g.perInput(f.Score(g, o)), nil
}

// perInput turns scores of merged cells into those of the input cells.
func (g *Grid) perInput(merged []Score) []Score {
	out := make([]Score, len(g.slot))
	for i, k := range g.slot {
		out[i] = merged[k]
	}
	return out
}

// age holds what all cells of one age share.
type age struct {
	used            bool
	a, b            float64 // α+T, β+T
	la, lb          float64 // their logarithms
	active          float64
	capped, endless discounted
}

// agesOf fills one age per day in use.
func (g *Grid) agesOf(p ParetoNBD, o ScoreOptions) []age {
	out := make([]age, g.days)
	for _, t := range g.t {
		if out[t].used {
			continue
		}
		weeks := float64(t) / DaysPerWeek
		a, b := p.Alpha+weeks, p.Beta+weeks
		out[t] = age{
			used: true, a: a, b: b, la: math.Log(a), lb: math.Log(b),
			active:  activeWeeks(p.S, b, o.Weeks),
			capped:  p.weeksWorth(weeks, o.Delta, o.Horizon),
			endless: p.weeksWorth(weeks, o.Delta, math.Inf(1)),
		}
	}
	return out
}

func (f *ParetoNBDFit) score(c *chunk, v *mass, scale float64, t *age, o ScoreOptions) Score {
	p := f.Params
	k := p.R + c.x
	alive := math.Min(1, math.Exp(scale-k*t.la-p.S*t.lb)/v[0])
	rate := alive * k / t.a
	s := Score{PAlive: alive, ExpectedOrders: rate * t.active, DET: rate * t.capped.d, DETInfinite: rate * t.endless.d}
	if o.NoSpread {
		return s
	}
	// ln DET = −k ln(α+T) − s ln(β+T) − ln A + ln k − ln(α+T) + ln D
	d := &t.capped
	grad := [4]float64{
		p.R * (-t.la - v[1]/v[0] + 1/k),
		p.Alpha * (-(k+1)/t.a - v[2]/v[0]),
		p.S * (-t.lb - v[3]/v[0] + d.ds/d.d),
		p.Beta * (-p.S/t.b - v[4]/v[0] + d.db/d.d),
	}
	s.SDLogDET = math.Sqrt(math.Max(0, f.Variance(grad[:])))
	return s
}

// PAlive fills P(alive) of every merged cell in, len(dst) = Len. It is the
// cheapest pass over a grid, for draws of parameters; w is memory that is
// reused by calls of one goroutine.
func (g *Grid) PAlive(p ParetoNBD, dst []float64, w *Workspace) {
	g.place(p, &w.nodes)
	for i := range g.chunks {
		g.chunkAlive(&g.chunks[i], w, dst)
	}
}

// Workspace is one goroutine's memory for passes over one grid. The zero value is
// ready.
type Workspace struct {
	nodes         nodes
	tail          []float64
	alive         []float64 // per merged cell
	capped, after []float64 // per age
	outlook       outlook
}

func (g *Grid) chunkAlive(c *chunk, w *Workspace, dst []float64) {
	p := w.nodes.p
	if !c.tabular(p) {
		for i := c.lo; i < c.hi; i++ {
			dst[i] = math.Exp(p.depart(g.history(i)).logAlive())
		}
		return
	}
	table, shift := c.fillTail(w), c.scaleOf(p)
	last, here, gone := int32(-1), 0.0, 0.0
	for i := c.lo; i < c.hi; i++ {
		if t := g.t[i]; t != last {
			y := float64(t) / DaysPerWeek
			last = t
			here = math.Exp(shift - (p.R+c.x)*math.Log(p.Alpha+y) - p.S*math.Log(p.Beta+y))
			gone = here - table[int(t)-c.from]
		}
		dst[i] = math.Min(1, here/(gone+table[int(g.tx[i])-c.from]))
	}
}

// fillTail is fill without derivatives.
func (c *chunk) fillTail(w *Workspace) []float64 {
	m, rows := &w.nodes, c.to-c.from+1
	if cap(w.tail) < rows {
		w.tail = make([]float64, rows)
	}
	table := w.tail[:rows]
	k, s1, shift := m.p.R+c.x, m.p.S+1, c.scaleOf(m.p)
	sum := 0.0
	table[rows-1] = 0
	for d := c.to - 1; d >= c.from; d-- {
		for i := m.start[d]; i < m.start[d+1]; i++ {
			sum += m.w[i] * math.Exp(shift-k*m.la[i]-s1*m.lb[i])
		}
		table[d-c.from] = m.p.S * sum
	}
	return table
}
