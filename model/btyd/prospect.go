package btyd

import "math"

// Ahead says what to foresee of customers: over how long.
type Ahead struct {
	Delta    float64   // continuous discount rate per week: see WeeklyDiscount
	Horizons []float64 // in weeks; the last may be math.Inf(1)
	Weeks    float64   // of Prospects.LogStays, finite
}

// Prospects is what a model expects of one customer of every merged cell of a grid.
type Prospects struct {
	LogAlive []float64   // ln P(alive)
	LogStays []float64   // ln of the probability of being a customer still, Ahead.Weeks after T
	DET      [][]float64 // discounted purchases expected, per horizon
}

// make makes room for n cells and so many horizons.
func (p *Prospects) make(n, horizons int) {
	if len(p.LogAlive) == n && len(p.DET) == horizons {
		return
	}
	p.LogAlive, p.LogStays, p.DET = make([]float64, n), make([]float64, n), make([][]float64, horizons)
	for k := range p.DET {
		p.DET[k] = make([]float64, n)
	}
}

// Foresee fills the prospects of the merged cells of g in, under parameters theta. w is
// memory that is reused by calls of one goroutine on one grid.
func (f *ParetoNBDFit) Foresee(g *Grid, theta []float64, a Ahead, into *Prospects, w *Workspace) {
	p := paretoNBD(theta)
	into.make(g.Len(), len(a.Horizons))
	weeks := make([][]float64, len(a.Horizons))
	for k, horizon := range a.Horizons {
		weeks[k] = make([]float64, len(g.ages))
		overAges(g.ages, p.Beta*DaysPerWeek, func(day float64, dst []float64) {
			dst[0] = p.DiscountedWeeks(day/DaysPerWeek, a.Delta, horizon)
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
	into.make(g.Len(), len(a.Horizons))
	m := f.of(theta)
	terms := make([]term, 0, len(a.Horizons)+1)
	for _, horizon := range a.Horizons {
		terms = append(terms, term{delta: a.Delta, horizon: horizon})
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
