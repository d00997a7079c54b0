package btyd

import (
	"math"
	"slices"

	"github.com/clientele/clientele/model/mathx"
)

// What a customer alive will buy is a mean over the rate of stages λ of what one of
// a known rate will buy, by the stages j passed since the last purchase: λ is
// Gamma(r+kx+j, α+T). The mean is a trapezoidal sum over a lattice in ln λ, which
// converges exponentially (Trefethen and Weideman, SIAM Review 56, 2014), and the
// values at the lattice are shared by all ages and instants of the last purchase.

// lattice holds the values of one frequency.
type lattice struct {
	p            betaGeometric
	x            float64
	terms        []term
	origin, step float64   // point i lies at ln λ = origin + i·step
	up, down     []float64 // of the points from 0 on, and of those from −1 on downwards: λ, then values per term and j
	stays        []float64 // probability of staying at m more occasions
	tail         []float64 // memory
	inverse      []float64 // 1/n
}

// prepare makes the lattice one for the cells of frequency x. It keeps the values
// where they are the same.
func (l *lattice) prepare(p betaGeometric, x float64, terms []term) {
	if l.p == p && l.x == x && slices.Equal(l.terms, terms) {
		return
	}
	l.p, l.x, l.terms = p, x, append(l.terms[:0], terms...)
	l.up, l.down, l.stays = l.up[:0], l.down[:0], append(l.stays[:0], 1)
	// of a gamma density of shape ρ in ln λ, the sum misses 1e−11 at most
	rho := p.rho(x) + float64(p.k)
	l.step = math.Min(0.28, 0.6/math.Sqrt(rho+1))
	l.origin = math.Log(rho / p.alpha)
}

// at gives λ at point i and the values there.
func (l *lattice) at(i int) (lambda float64, values []float64) {
	size := 1 + len(l.terms)*l.p.k
	side, n := &l.up, i
	if i < 0 {
		side, n = &l.down, -1-i
	}
	for len(*side) <= n*size {
		known := len(*side)
		*side = append(*side, make([]float64, size)...)
		place := known / size
		if i < 0 {
			place = -1 - place
		}
		(*side)[known] = math.Exp(l.origin + float64(place)*l.step)
		l.fill((*side)[known], (*side)[known+1:])
	}
	return (*side)[n*size], (*side)[n*size+1 : (n+1)*size]
}

func (l *lattice) fill(lambda float64, dst []float64) {
	for t, of := range l.terms {
		into := dst[t*l.p.k : (t+1)*l.p.k]
		switch y := (lambda + of.delta) * of.horizon; {
		case math.IsInf(of.horizon, 1):
			l.endless(lambda, of.delta, into)
		case of.leaves && y > manyStages:
			l.gone(y, into)
		default:
			l.finite(y, -math.Log1p(of.delta/lambda), of.leaves, into)
		}
	}
}

// endless is the discounted purchases of a customer who has passed j stages and whose
// stages come at a rate λ: φ^(k−j)·Σ S(m) φ^km, φ = λ/(λ+δ), S(m) the probability of
// staying at m occasions, a hypergeometric series in φ^k.
func (l *lattice) endless(lambda, delta float64, dst []float64) {
	k, lnPhi := float64(l.p.k), -math.Log1p(delta/lambda)
	sum := l.geometric(-k * lnPhi)
	for j := range dst {
		dst[j] = math.Exp((k-float64(j))*lnPhi) * sum
	}
}

// geometric is Σ S(m) z^m = 2F1(1, b; a+b; z) with z = e^−d, b with the occasions
// behind. It is 1/(1 − c₁z/(1 − c₂z/(1 − …))), Gauss's continued fraction (Cuyt et
// al., Handbook of Continued Fractions for Special Functions, 2008, eq. 15.3.4), taken from as
// far as ((1−√(1−z))/(1+√(1−z)))^terms is 1e−17.
func (l *lattice) geometric(d float64) float64 {
	b, c := l.p.b+l.x+l.p.first, l.p.a+l.p.b+l.x+l.p.first
	z := math.Exp(-d)
	root := math.Sqrt(-math.Expm1(-d))
	terms := 39 / (math.Log1p(root) - math.Log1p(-root))
	if !(terms < maxFraction) {
		return math.Exp(mathx.LogHyp2F1(1, b, c, math.Min(z, math.Nextafter(1, 0))))
	}
	v := 1.0
	for n := math.Ceil(terms / 2); n >= 0; n-- {
		v = 1 - z*(b+n)*(c-1+n)/((c+2*n-1)*(c+2*n)*v)
		if n > 0 {
			v = 1 - z*n*(c-b+n-1)/((c+2*n-2)*(c+2*n-1)*v)
		}
	}
	return 1 / v
}

// maxFraction is the length of a continued fraction that costs as much as the integral
// that mathx takes, roughly.
const maxFraction = 2000

// manyStages is where the number of stages within a horizon is no longer summed over:
// its spread enters by its variance alone, which leaves an error below 1e−7.
const manyStages = 1 << 13

// finite is endless up to a horizon: Σ S(m)·φ^n·P(n, y) over the purchases m = 0, 1, …
// to come, the m-th at stage n = k−j+km, where P(n, y) is the probability that a
// Poisson count of mean y = (λ+δ)H is n or more. Of the purchases, leaves counts those
// after which the customer leaves: its sum is the probability of having left.
func (l *lattice) finite(y, lnPhi float64, leaves bool, dst []float64) {
	k := l.p.k
	if y > manyStages {
		l.dense(y, lnPhi, dst)
		return
	}
	from, tail := l.poissonTail(y)
	last := from + len(tail) - 1
	phi, discount, sum := math.Exp(lnPhi), 1.0, 0.0
	for m, stayed := range l.staying(last/k + 1) {
		v := 0.0
		if leaves {
			stayed *= l.p.a / (l.p.a + l.p.b + l.x + l.p.first + float64(m))
		}
		for j := k - 1; j >= 0; j-- {
			n := k - j + k*m
			if n > last {
				return
			}
			discount *= phi
			v = stayed * discount
			if n >= from {
				v *= tail[n-from]
			}
			dst[j] += v
		}
		if sum += v; v*float64(last) < 1e-18*sum {
			return
		}
	}
}

// poissonTail gives the probabilities that a Poisson count of mean y is n or more,
// n = from, from+1, …; below from it is 1, past the end 0.
func (l *lattice) poissonTail(y float64) (from int, tail []float64) {
	spread := 8 * math.Sqrt(y)
	from = int(math.Max(0, math.Floor(y-spread)))
	to := int(math.Ceil(y+spread)) + 2*l.p.k + 16
	l.tail = slices.Grow(l.tail[:0], to-from+1)
	tail = l.tail[:to-from+1]
	mode := min(int(y), to)
	at := mode - from
	tail[at] = math.Exp(float64(mode)*math.Log(math.Max(y, math.SmallestNonzeroFloat64)) - y - mathx.Lgamma(float64(mode)+1))
	for i, inverse := range l.inverses(to)[mode+1:] {
		tail[at+1+i] = tail[at+i] * (y * inverse)
	}
	for i := at; i > 0; i-- {
		tail[i-1] = tail[i] * (float64(from+i) / y)
	}
	for i := len(tail) - 1; i > 0; i-- {
		tail[i-1] += tail[i]
	}
	return from, tail
}

// inverses gives 1/n for n up to last: to multiply is quicker than to divide.
func (l *lattice) inverses(last int) []float64 {
	for n := len(l.inverse); n <= last; n++ {
		l.inverse = append(l.inverse, 1/float64(n))
	}
	return l.inverse[:last+1]
}

// gone is the probability of having left after so many stages that their spread is
// nothing beside their number.
func (l *lattice) gone(y float64, dst []float64) {
	b, m := l.p.b+l.x+l.p.first, y/float64(l.p.k)
	left := -math.Expm1(mathx.LgammaDiff(b, m) - mathx.LgammaDiff(l.p.a+b, m))
	for j := range dst {
		dst[j] = left
	}
}

// dense sums the first purchases one by one and integrates over the others.
func (l *lattice) dense(y, lnPhi float64, dst []float64) {
	k, b := float64(l.p.k), l.p.b+l.x+l.p.first
	first := manyStages / l.p.k
	for j := range dst {
		at := func(m float64) float64 {
			stayed := mathx.LgammaDiff(b, m) - mathx.LgammaDiff(l.p.a+b, m)
			return math.Exp(stayed + (k-float64(j)+k*m)*lnPhi)
		}
		for m, stayed := range l.staying(first) {
			dst[j] += stayed * math.Exp((k-float64(j)+k*float64(m))*lnPhi)
		}
		// sums are integrals from half a step before to half a step after; the last
		// purchase within y stages is at the phase's mean
		lo, hi := float64(first)-0.5, (float64(j)+y)/k-(k-1)/(2*k)-0.5
		fall := l.p.a/(b+hi) - k*lnPhi
		dst[j] -= y / (2 * k * k) * fall * at(hi)
		if lnPhi < 0 {
			hi = math.Min(hi, lo-cutoff/(k*lnPhi))
		}
		top := math.Log(hi / lo)
		panels(top, l.p.a*top-(hi-lo)*k*lnPhi, func(v, weight float64) {
			m := lo * math.Exp(v)
			dst[j] += weight * m * at(m)
		})
	}
}

// staying gives the probabilities of staying at 0, 1, … occasions after the history,
// so many of them.
func (l *lattice) staying(many int) []float64 {
	b := l.p.b + l.x + l.p.first
	for n := len(l.stays); n < many; n++ {
		i := float64(n - 1)
		l.stays = append(l.stays, l.stays[n-1]*(b+i)/(l.p.a+b+i))
	}
	return l.stays[:many]
}

// mean fills in, per term and j, the mean over λ at an age, with alpha = α + T.
func (l *lattice) mean(alpha float64, dst []float64) {
	clear(dst)
	rho := l.p.rho(l.x)
	lnAlpha, norm := math.Log(alpha), mathx.Lgamma(rho)
	centre := int(math.Round((math.Log(rho+float64(l.p.k)) - lnAlpha - l.origin) / l.step))
	add := func(i int) (more bool) {
		lambda, values := l.at(i)
		rate := alpha * lambda
		return l.add(dst, values, rate, l.step*math.Exp(rho*(l.origin+float64(i)*l.step+lnAlpha)-rate-norm))
	}
	for i := centre; add(i); i-- {
	}
	for i := centre + 1; add(i); i++ {
	}
}

// add adds a point's values to means, by its weight for j = 0, and tells whether that
// was anything to speak of.
func (l *lattice) add(dst, values []float64, rate, weight float64) (more bool) {
	rho, k := l.p.rho(l.x), l.p.k
	for j := range k {
		for t := j; t < len(dst); t += k {
			part := weight * values[t]
			dst[t] += part
			more = more || part > 1e-15*dst[t]
		}
		weight *= rate / (rho + float64(j))
	}
	return more
}

// known gives a term's value where it does not depend on λ.
func (p betaGeometric) known(x float64, t term) (v float64, ok bool) {
	switch {
	case !(t.delta >= 0) || !(t.horizon >= 0) || math.IsInf(t.delta, 1):
		return math.NaN(), true
	case t.horizon == 0:
		return 0, true
	case t.delta == 0 && math.IsInf(t.horizon, 1):
		return p.endlessOrders(x), true
	}
	return 0, false
}

// detByStages is the mean over the stages passed since the last purchase.
func (p betaGeometric) detByStages(h History, t term) float64 {
	var l lattice
	l.prepare(p, h.X, []term{t})
	phases, means := make([]float64, p.k), make([]float64, p.k)
	sum, all := 0.0, p.phases(h, phases)
	l.mean(p.alpha+h.T, means)
	for j, v := range phases {
		sum += v * means[j]
	}
	return math.Exp(p.logAlive(h)) * sum / all
}

// outlook is one goroutine's memory for valuing chunks.
type outlook struct {
	lattice
	ages    []float64   // of the chunk, in days
	tables  [][]float64 // per term and j: by age
	phases  []float64
	logDays []float64 // ln(α + day/7)
	alpha   float64   // of logDays
}

// valueChunk interpolates what customers alive will buy over the ages of the chunk.
func (p betaGeometric) valueChunk(g *Grid, c *chunk, terms []term, alive []float64, det [][]float64, o *outlook) {
	if !p.valid(History{}) {
		fillNaN(c, alive, det)
		return
	}
	o.countDays(p, g)
	o.takeAges(g, c)
	o.tabulate(p, c.x, terms)
	o.phases = slices.Grow(o.phases[:0], p.k)[:p.k]
	leave, rho, hush := p.logLeave(c.x+p.first), p.rho(c.x), p.hush(c.x)
	nth, age, end := -1, int32(-1), 0.0
	for i := c.lo; i < c.hi; i++ {
		if g.t[i] != age {
			nth, age = nth+1, g.t[i]
			end = 1 / (p.alpha*DaysPerWeek + float64(age))
		}
		all := hush.terms(float64(age-g.tx[i])*end, o.phases)
		over := 1 / (all + math.Exp(leave+rho*(o.logDays[age]-o.logDays[g.tx[i]])))
		alive[i] = all * over
		for t := range terms {
			sum := 0.0
			for j, v := range o.phases {
				sum += v * o.tables[t*p.k+j][nth]
			}
			det[t][i] = times(over, sum)
		}
	}
}

// terms fills E's in and adds them up: see phases.
func (q *hush) terms(v float64, dst []float64) float64 {
	term, sum := 1.0, 1.0
	dst[0] = 1
	for j := 1; j < len(dst); j++ {
		term *= q.growth[j-1] * v
		dst[j] = term
		sum += term
	}
	return sum
}

func fillNaN(c *chunk, alive []float64, det [][]float64) {
	for i := c.lo; i < c.hi; i++ {
		alive[i] = math.NaN()
		for t := range det {
			det[t][i] = math.NaN()
		}
	}
}

// countDays fills the logarithms of days in, unless they are there already.
func (o *outlook) countDays(p betaGeometric, g *Grid) {
	if o.alpha == p.alpha && len(o.logDays) == g.days {
		return
	}
	o.alpha, o.logDays = p.alpha, slices.Grow(o.logDays[:0], g.days)[:g.days]
	for d := range o.logDays {
		o.logDays[d] = math.Log(p.alpha + float64(d)/DaysPerWeek)
	}
}

// takeAges fills the chunk's ages in, of which cells of one age follow one another.
func (o *outlook) takeAges(g *Grid, c *chunk) {
	o.ages = o.ages[:0]
	for i := c.lo; i < c.hi; i++ {
		if t := float64(g.t[i]); len(o.ages) == 0 || o.ages[len(o.ages)-1] != t {
			o.ages = append(o.ages, t)
		}
	}
}

// tabulate fills the tables in: those of terms that do not depend on λ at once, the
// others by interpolation.
func (o *outlook) tabulate(p betaGeometric, x float64, terms []term) {
	for len(o.tables) < len(terms)*p.k {
		o.tables = append(o.tables, nil)
	}
	var open []term
	var into [][]float64
	for n := range len(terms) * p.k {
		o.tables[n] = slices.Grow(o.tables[n][:0], len(o.ages))[:len(o.ages)]
		v, ok := p.known(x, terms[n/p.k])
		if !ok {
			if into = append(into, o.tables[n]); n%p.k == 0 {
				open = append(open, terms[n/p.k])
			}
			continue
		}
		for i := range o.tables[n] {
			o.tables[n][i] = v
		}
	}
	o.prepare(p, x, open)
	overAges(o.ages, p.alpha*DaysPerWeek, func(day float64, dst []float64) {
		o.mean(p.alpha+day/DaysPerWeek, dst)
	}, into)
}

// latticeEffort is what the lattice of one frequency costs in a pass, in cells of the
// Pareto/NBD, and phaseEffort what a cell does.
const (
	latticeEffort = 4000
	phaseEffort   = 2
)

func (g *Grid) latticeEffort() float64 {
	frequencies := 0
	for i := range g.chunks {
		if i == 0 || g.chunks[i].x != g.chunks[i-1].x {
			frequencies++
		}
	}
	return float64(latticeEffort*frequencies + phaseEffort*g.Len())
}
