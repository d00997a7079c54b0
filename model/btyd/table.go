package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// The likelihood of a cell needs ∫ from Tx to T of (α+y)^−(r+x) (β+y)^−(s+1).
// For all cells of one frequency that is the difference of one cumulative table
// over days, H(Tx) − H(T), and nothing cancels: s·H(T) is at most the part of the
// likelihood in which the customer is alive. The nodes' logarithms are shared by
// all frequencies.

// nodes are the abscissae of the day grid under one set of parameters.
type nodes struct {
	p      ParetoNBD
	start  []int32   // per day: its first node; one more than days
	la, lb []float64 // ln(α+y), ln(β+y)
	ia, ib []float64 // 1/(α+y), 1/(β+y)
	w      []float64 // weight, in weeks
}

// dayRules give the nodes per day. The relative fall ρ of the integrand over the
// day bounds the error of n nodes by about ρ^2n (n!)⁴/((2n+1) (2n)!³); the
// singularities at −α and −β, a day's length over near away from its first
// instant, add about (4/near)^−2n. Both stay below 2e−11 of the day.
var dayRules = []struct {
	fall, near float64
	rule       mathx.Rule
}{
	{0.01, 0.005, mathx.Legendre(2)},
	{0.1, 0.05, mathx.Legendre(3)},
	{0.5, 0.2, mathx.Legendre(4)},
	{2, 1, mathx.Legendre(8)},
}

// maxFall is the largest ρ on the first day of a chunk's table; beyond it the
// chunk goes to quadrature.
const maxFall = 8

// underflow bounds the exponents of a chunk's table; beyond it: quadrature.
const underflow = 600

// place fills the nodes in for the days that any table needs.
func (g *Grid) place(p ParetoNBD, m *nodes) {
	m.p = p
	m.start, m.la, m.lb, m.w = m.start[:0], m.la[:0], m.lb[:0], m.w[:0]
	m.ia, m.ib = m.ia[:0], m.ib[:0]
	for d := range g.days {
		m.start = append(m.start, int32(len(m.w)))
		if g.reach[d] >= 0 {
			m.day(float64(d), float64(g.reach[d]))
		}
	}
	m.start = append(m.start, int32(len(m.w)))
}

// day places the nodes of [d, d+1] days for frequencies up to x.
func (m *nodes) day(d, x float64) {
	const h = 1.0 / DaysPerWeek
	y, p := d*h, m.p
	fall := (p.R+x)/(p.Alpha+y) + (p.S+1)/(p.Beta+y)
	for _, r := range dayRules {
		if fall*h < r.fall && h < r.near*min(p.Alpha+y, p.Beta+y) {
			for i, u := range r.rule.X {
				m.add(y+u*h, r.rule.W[i]*h)
			}
			return
		}
	}
	c := min(1/fall, p.Alpha+y)
	panels(math.Log1p(h/c), 0, func(v, weight float64) {
		m.add(y+c*math.Expm1(v), weight*c*math.Exp(v))
	})
}

func (m *nodes) add(y, w float64) {
	a, b := m.p.Alpha+y, m.p.Beta+y
	m.la, m.ia = append(m.la, math.Log(a)), append(m.ia, 1/a)
	m.lb, m.ib = append(m.lb, math.Log(b)), append(m.ib, 1/b)
	m.w = append(m.w, w)
}

// tabular is true where a chunk's table neither underflows nor is too coarse.
func (c *chunk) tabular(p ParetoNBD) bool {
	if !c.dense {
		return false
	}
	const h = 1.0 / DaysPerWeek
	from, to := float64(c.from)*h, float64(c.to)*h
	k, a, b := p.R+c.x, p.Alpha+from, p.Beta+from
	span := k*math.Log1p((to-from)/a) + (p.S+1)*math.Log1p((to-from)/b)
	steep := c.from > 0 && h*(k/a+(p.S+1)/b) > maxFall
	return span < underflow && !steep
}

// mass is the bracket A of the likelihood and its derivatives by r, α, s, β, all
// on the scale of one chunk.
type mass [5]float64

// scratch is one worker's memory, reused from chunk to chunk: a table row per day.
type scratch struct {
	table []mass
	work  Workspace
	known register
}

// scaleOf is ln of the factor that brings a chunk's integrand to 1 at its first day.
func (c *chunk) scaleOf(p ParetoNBD) float64 {
	y := float64(c.from) / DaysPerWeek
	return (p.R+c.x)*math.Log(p.Alpha+y) + (p.S+1)*math.Log(p.Beta+y)
}

// fill makes the chunk's table: row d − from holds s∫ from day d to the last day,
// and its derivatives.
func (c *chunk) fill(m *nodes, s *scratch) []mass {
	p, k, s1 := m.p, m.p.R+c.x, m.p.S+1
	rows := c.to - c.from + 1
	if cap(s.table) < rows {
		s.table = make([]mass, rows)
	}
	table := s.table[:rows]
	table[rows-1] = mass{}
	var sum, sumA, sumB, invA, invB float64
	shift := c.scaleOf(p)
	for d := c.to - 1; d >= c.from; d-- {
		for i := m.start[d]; i < m.start[d+1]; i++ {
			la, lb := m.la[i], m.lb[i]
			f := m.w[i] * math.Exp(shift-k*la-s1*lb)
			sum += f
			sumA += f * la
			sumB += f * lb
			invA += f * m.ia[i]
			invB += f * m.ib[i]
		}
		table[d-c.from] = mass{p.S * sum, -p.S * sumA, -k * p.S * invA, sum - p.S*sumB, -p.S * s1 * invB}
	}
	return table
}

// alive is the part of A in which the customer is alive at day t, less the
// table's row there: what all cells of that age share.
func (c *chunk) alive(p ParetoNBD, shift float64, t int, row *mass) mass {
	y := float64(t) / DaysPerWeek
	k, a, b := p.R+c.x, p.Alpha+y, p.Beta+y
	la, lb := math.Log(a), math.Log(b)
	f := math.Exp(shift - k*la - p.S*lb)
	return mass{f - row[0], -f*la - row[1], -f*k/a - row[2], -f*lb - row[3], -f*p.S/b - row[4]}
}

// each calls visit for every cell of the chunk with its mass and ln of the
// mass's scale: ln A = ln mass[0] − scale.
func (g *Grid) each(c *chunk, m *nodes, s *scratch, visit func(i int, v *mass, scale float64)) {
	if !c.tabular(m.p) {
		g.eachByQuadrature(c, m.p, visit)
		return
	}
	table, shift := c.fill(m, s), c.scaleOf(m.p)
	var v mass // outside of the loop: visit makes it escape
	age, alive := int32(-1), mass{}
	for i := c.lo; i < c.hi; i++ {
		if g.t[i] != age {
			age = g.t[i]
			alive = c.alive(m.p, shift, int(age), &table[int(age)-c.from])
		}
		row := &table[int(g.tx[i])-c.from]
		v = mass{alive[0] + row[0], alive[1] + row[1], alive[2] + row[2], alive[3] + row[3], alive[4] + row[4]}
		visit(i, &v, shift)
	}
}

func (g *Grid) eachByQuadrature(c *chunk, p ParetoNBD, visit func(int, *mass, float64)) {
	var v mass
	for i := c.lo; i < c.hi; i++ {
		l, d := p.logMass(g.history(i))
		v = mass{1, d[0], d[1], d[2], d[3]}
		visit(i, &v, -l)
	}
}

// history is merged cell i in weeks.
func (g *Grid) history(i int) History {
	return History{X: float64(g.x[i]), Tx: float64(g.tx[i]) / DaysPerWeek, T: float64(g.t[i]) / DaysPerWeek}
}

// sums are the log-likelihood and its derivatives by r, α, s, β.
type sums [5]float64

// logLikelihood returns the total and its gradient on the natural scale. part
// has one element per chunk.
func (g *Grid) logLikelihood(p ParetoNBD, m *nodes, part []sums) sums {
	g.place(p, m)
	parallel(len(g.chunks), func(i int, s *scratch) {
		part[i] = g.chunkSums(&g.chunks[i], m, s)
	})
	var total sums
	for _, v := range part {
		for j := range total {
			total[j] += v[j]
		}
	}
	return total
}

func (g *Grid) chunkSums(c *chunk, m *nodes, s *scratch) sums {
	var r sums
	weight, scaled := 0.0, 0.0
	g.each(c, m, s, func(i int, v *mass, scale float64) {
		n := g.n[i]
		over := n / v[0]
		weight += n
		scaled += n * scale
		r[0] += n * math.Log(v[0])
		r[1] += over * v[1]
		r[2] += over * v[2]
		r[3] += over * v[3]
		r[4] += over * v[4]
	})
	p := m.p
	r[0] += weight*p.logFactor(c.x) - scaled
	r[1] += weight * (digamma(p.R+c.x) - digamma(p.R) + math.Log(p.Alpha))
	r[2] += weight * p.R / p.Alpha
	r[3] += weight * math.Log(p.Beta)
	r[4] += weight * p.S / p.Beta
	return r
}
