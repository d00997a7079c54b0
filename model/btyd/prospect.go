package btyd

import "math"

// Ahead says what to foresee of customers, and over how long.
type Ahead struct {
	Sums  []Sum   // of Prospects.DET
	Weeks float64 // of Prospects.LogStays, finite
}

// Sum is one of discounted purchases.
type Sum struct {
	Delta   float64 // continuous discount rate per week: see WeeklyDiscount
	Horizon float64 // in weeks; math.Inf(1) with a discount only
}

// Prospects is what a model expects of one customer of every merged cell of a grid.
type Prospects struct {
	LogAlive []float64   // ln P(alive)
	LogStays []float64   // ln of the probability of being a customer still, Ahead.Weeks after T
	DET      [][]float64 // discounted purchases expected, per sum
}

// make makes room for n cells and so many sums.
func (p *Prospects) make(n, sums int) {
	if len(p.LogAlive) == n && len(p.DET) == sums {
		return
	}
	p.LogAlive, p.LogStays, p.DET = make([]float64, n), make([]float64, n), make([][]float64, sums)
	for k := range p.DET {
		p.DET[k] = make([]float64, n)
	}
}

// Foresee fills the prospects of the merged cells of g in, under parameters theta. w is
// memory that is reused by calls of one goroutine on one grid.
func (f *ParetoNBDFit) Foresee(g *Grid, theta []float64, a Ahead, into *Prospects, w *Workspace) {
	p := paretoNBD(theta)
	into.make(g.Len(), len(a.Sums))
	weeks := make([][]float64, len(a.Sums))
	for k, sum := range a.Sums {
		weeks[k] = make([]float64, len(g.ages))
		overAges(g.ages, p.Beta*DaysPerWeek, func(day float64, dst []float64) {
			dst[0] = p.DiscountedWeeks(day/DaysPerWeek, sum.Delta, sum.Horizon)
		}, weeks[k:k+1])
	}
	g.PAlive(p, into.LogAlive, w)
	for i, alive := range into.LogAlive {
		t := g.t[i]
		age := float64(t) / DaysPerWeek
		rate := alive * (p.R + float64(g.x[i])) / (p.Alpha + age)
		for k := range weeks {
			into.DET[k][i] = rate * weeks[k][g.nth[t]]
		}
		into.LogAlive[i] = math.Log(alive)
		into.LogStays[i] = into.LogAlive[i] - p.S*math.Log1p(a.Weeks/(p.Beta+age))
	}
}

// Foresee fills the prospects of the merged cells of g in: see ParetoNBDFit.Foresee.
func (f *Fit[M]) Foresee(g *Grid, theta []float64, a Ahead, into *Prospects, w *Workspace) {
	into.make(g.Len(), len(a.Sums))
	m := f.of(theta)
	terms := make([]term, 0, len(a.Sums)+1)
	for _, sum := range a.Sums {
		terms = append(terms, term{delta: sum.Delta, horizon: sum.Horizon})
	}
	det := into.DET
	if _, leaves := Model(m).(staged); leaves {
		terms = append(terms, term{horizon: a.Weeks, leaves: true})
		det = append(det[:len(det):len(det)], into.LogStays)
	}
	for k := range g.chunks {
		c := &g.chunks[k]
		valueChunk(m, g, c, terms, into.LogAlive, det, w)
		for i := c.lo; i < c.hi; i++ {
			alive, stays := into.LogAlive[i], 0.0
			if s, direct := Model(m).(lasting); direct {
				stays = alive * s.survival(g.history(i), a.Weeks)
			} else {
				stays = math.Max(0, alive-into.LogStays[i])
			}
			into.LogAlive[i], into.LogStays[i] = math.Log(alive), math.Log(stays)
		}
	}
}

// lasting is a model that tells directly how probable a customer alive at the end of a
// history is to be one still the given weeks later.
type lasting interface {
	survival(h History, weeks float64) float64
}

func (p NBD) survival(History, float64) float64            { return 1 }
func (p NBDWithLeavers) survival(History, float64) float64 { return 1 }
func (p ExponentialNBD) survival(h History, weeks float64) float64 {
	return math.Exp(-p.Mu * weeks)
}
func (p ParetoPoisson) survival(h History, weeks float64) float64 {
	return p.core().Survival(h.T, weeks)
}
func (p BGBB) survival(h History, opportunities float64) float64 {
	return p.Survival(h.T, math.Floor(opportunities))
}
