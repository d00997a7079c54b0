package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p BGNBD) Orders(h History, from, to float64) Orders { return p.core().orders(h, from, to) }

// Orders returns the distribution of the purchases between from and to weeks after
// T: see ParetoNBD.Orders.
func (p MBGNBD) Orders(h History, from, to float64) Orders { return p.core().orders(h, from, to) }

// Orders returns the distribution of the purchases between from and to weeks after
// T, a negative binomial: see ParetoNBD.Orders.
func (p NBD) Orders(h History, from, to float64) Orders {
	if math.IsNaN(p.PAlive(h)) || !window(from, to) {
		return Orders{}
	}
	n := negativeBinomial{rho: p.R + h.X, a: p.Alpha + h.T}
	o := Orders{P: make([]float64, n.enough(to-from))}
	n.add(o.P, to-from, 1)
	return o.completed()
}

func window(from, to float64) bool { return from >= 0 && to >= from && !math.IsInf(to, 1) }

// completed puts what is missing from one into Beyond.
func (o Orders) completed() Orders {
	sum := 0.0
	for _, v := range o.P {
		sum += v
	}
	o.Beyond = math.Max(0, 1-sum)
	return o
}

// orders adds up over the stages i that pass from the last purchase to the window,
// at whose purchases the customer stayed: given them, the rate of stages is
// Gamma(r+kx+i, α+T+from).
func (p betaGeometric) orders(h History, from, to float64) Orders {
	if !p.valid(h) || !window(from, to) {
		return Orders{}
	}
	before := p.stagesBefore(h, from)
	size := negativeBinomial{rho: p.rho(h.X) + float64(p.k) - 1, a: p.alpha + h.T}.enough(to)
	o := Orders{P: make([]float64, (p.k-1+size-1)/p.k+1)}
	occasions, in := h.X+p.first, 0.0
	stages, counts := make([]float64, size), make([]float64, len(o.P))
	for i, weight := range before {
		done := float64(i / p.k)
		stayed := weight * p.stayed(occasions, done)
		if stayed < missedOrders*missedOrders {
			continue
		}
		n := negativeBinomial{rho: p.rho(h.X) + float64(i), a: p.alpha + h.T + from}
		clear(stages)
		n.add(stages, to-from, 1)
		p.purchasesAt(stages, i%p.k, counts)
		p.leaveAmong(o.P, counts, occasions+done, stayed)
		in += stayed
	}
	o.P[0] += math.Max(0, 1-in)
	return o.completed()
}

// stagesBefore gives the probabilities that the customer is alive at T and would have
// passed 0, 1, … stages from the last purchase to the window.
func (p betaGeometric) stagesBefore(h History, from float64) []float64 {
	phases := make([]float64, p.k)
	alive := math.Exp(p.logAlive(h)) / p.phases(h, phases)
	n := negativeBinomial{rho: p.rho(h.X) + float64(p.k) - 1, a: p.alpha + h.T}
	out := make([]float64, p.k-1+n.enough(from))
	for j, v := range phases {
		n.rho = p.rho(h.X) + float64(j)
		n.add(out[j:], from, alive*v)
	}
	return out
}

// purchasesAt turns counts of stages into those of purchases, every k-th stage from
// the one given.
func (p betaGeometric) purchasesAt(stages []float64, phase int, dst []float64) {
	clear(dst)
	for n, v := range stages {
		dst[(phase+n)/p.k] += v
	}
}

// leaveAmong adds the counts of a customer who would buy as counts say and who may
// leave after each purchase, n occasions behind it: all k are survived, or the k-th
// of k or more is not.
func (p betaGeometric) leaveAmong(dst, counts []float64, n, weight float64) {
	stayed, more := 1.0, 1.0 // probability of staying at k occasions, of k purchases or more
	dst[0] += weight * counts[0]
	for k := 1; k < len(dst); k++ {
		more -= counts[k-1]
		last := stayed
		stayed *= (p.b + n + float64(k) - 1) / (p.a + p.b + n + float64(k) - 1)
		dst[k] += weight * (stayed*counts[k] + (last-stayed)*math.Max(0, more))
	}
}

// stayed is the probability of staying at k more occasions after n.
func (p betaGeometric) stayed(n, k float64) float64 {
	return math.Exp(mathx.LgammaDiff(p.b+n, k) - mathx.LgammaDiff(p.a+p.b+n, k))
}

// maxOpportunities bounds the window of BGBB.Orders, whose effort is its square.
const maxOpportunities = 1000

// Orders returns the distribution of the purchases at the opportunities after from
// up to to, counted from T; parts of one count for nothing. P is nil outside the
// domain and for windows of more than 1,000 opportunities.
func (p BGBB) Orders(h History, from, to float64) Orders {
	from, to = math.Floor(from), math.Floor(to)
	if !p.valid(h) || !window(from, to) || to-from > maxOpportunities {
		return Orders{}
	}
	size := int(to - from)
	o := Orders{P: make([]float64, size+1)}
	alive := p.PAlive(h)
	here := alive * p.Survival(h.T, from)
	o.P[0] = math.Max(0, 1-here)
	for m := range size + 1 { // opportunities of the window before the customer leaves
		next := 0.0
		if m < size {
			next = alive * p.Survival(h.T, from+float64(m)+1)
		}
		p.take(o.P, h, m, math.Max(0, here-next))
		here = next
	}
	return o
}

// take adds the purchases at m opportunities, beta-binomial given the history; by
// logarithms, for none at all may be next to impossible.
func (p BGBB) take(dst []float64, h History, m int, weight float64) {
	a, b, n := p.Alpha+h.X, p.Beta+h.T-h.X, float64(m)
	log := mathx.LgammaDiff(b, n) - mathx.LgammaDiff(a+b, n)
	for k := range m + 1 {
		dst[k] += weight * math.Exp(log)
		i := float64(k)
		log += math.Log((n - i) * (a + i) / ((i + 1) * (b + n - i - 1)))
	}
}
