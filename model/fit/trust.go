package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// outcome is how a search ended.
type outcome int

const (
	stalled outcome = iota // no further progress, gradient not small
	settled                // the expected gain of another step is below tolerance
	escaped                // a parameter left the box
)

// search is a trust-region minimiser (Nocedal & Wright, Numerical Optimization,
// 2nd ed., algorithm 4.1) with symmetric rank-one updates (ibid., algorithm
// 6.2) of a Hessian that is first taken from differences of the gradient.
type search struct {
	p      *scaled
	x, g   []float64
	f      float64
	b      *mat.SymDense // model of the Hessian at x
	radius float64
	fails  int // rejected steps in a row
	fresh  bool
}

// Limits of one search. The expected gain is per unit of weight: 1e−17 leaves a
// parameter within 1e−4 standard errors even of a billion customers.
const (
	maxSteps   = 200
	gainTarget = 1e-17
	// coarseTarget is for a coarse problem, whose maximum lies elsewhere anyway
	coarseTarget = 1e-10
	// roundingNoise is the relative error of a sum over a million cells
	roundingNoise = 1e-11
	startSize     = 1.0
	maxSize       = 4.0
	sr1Skip       = 1e-8 // Nocedal & Wright, eq. 6.26
)

// minimise searches from x0; b0 is a model of the Hessian there or nil.
func (p *scaled) minimise(x0 []float64, b0 *mat.SymDense) (*search, outcome) {
	s := &search{p: p, x: append([]float64(nil), x0...), radius: startSize}
	s.g = make([]float64, len(x0))
	s.f = p.at(s.x, s.g)
	if !finite(s.f) || !finite(s.g...) {
		return s, stalled
	}
	if s.b = b0; b0 == nil {
		s.refresh()
	}
	for range maxSteps {
		if end, done := s.step(); done {
			return s, end
		}
	}
	return s, stalled
}

// step tries one step and says whether the search is over.
func (s *search) step() (outcome, bool) {
	d := subproblem(s.b, s.g, s.radius)
	gain := -(dot(s.g, d) + 0.5*quadratic(s.b, d))
	if gain <= s.p.target {
		return settled, true
	}
	x, g := add(s.x, d), make([]float64, len(d))
	f := s.p.at(x, g)
	if !finite(f) || !finite(g...) {
		return s.reject(0.25)
	}
	s.update(d, g)
	ratio := (s.f - f) / gain
	if s.belowRounding(f, gain) {
		ratio = gainByGradients(s.g, g, d) / gain
	}
	s.resize(ratio, norm(d))
	if ratio < 1e-4 {
		return s.reject(1)
	}
	s.x, s.f, s.g, s.fails, s.fresh = x, f, g, 0, false
	if !inside(s.x, s.p.box) {
		return escaped, true
	}
	return stalled, false
}

// reject shrinks the region; after three rejections in a row the Hessian is
// taken anew, after twelve the search is over.
func (s *search) reject(shrink float64) (outcome, bool) {
	s.fails++
	s.radius *= shrink
	if s.fails == 3 && !s.fresh {
		s.refresh()
	}
	return stalled, s.fails > 12
}

// belowRounding is true where f, a sum of many terms, may not show the expected
// gain any more, and does not show the contrary.
func (s *search) belowRounding(f, gain float64) bool {
	noise := roundingNoise * math.Max(1, math.Abs(f))
	return gain < noise && math.Abs(f-s.f) < 10*noise
}

// gainByGradients is the gain of a step d by the trapezoidal rule: exact to third
// order in d, and free of the rounding of f.
func gainByGradients(before, after, d []float64) float64 {
	return -(dot(before, d) + dot(after, d)) / 2
}

func (s *search) resize(ratio, length float64) {
	switch {
	case ratio < 0.25:
		s.radius = 0.25 * length
	case ratio > 0.75 && length > 0.8*s.radius:
		s.radius = math.Min(2*s.radius, maxSize)
	}
}

// update is the symmetric rank-one update from a step d to gradient g.
func (s *search) update(d, g []float64) {
	n := len(d)
	r := make([]float64, n)
	for i := range r {
		r[i] = g[i] - s.g[i]
		for j := range d {
			r[i] -= s.b.At(i, j) * d[j]
		}
	}
	rd := dot(r, d)
	if math.Abs(rd) < sr1Skip*norm(r)*norm(d) || rd == 0 {
		return
	}
	s.b.SymRankOne(s.b, 1/rd, mat.NewVecDense(n, r))
}

func (s *search) refresh() {
	s.b, s.fresh = s.p.hessian(s.x), true
}

// subproblem minimises g·d + ½ d'Bd over ‖d‖ ≤ radius through the eigenvalues
// of B (Nocedal & Wright, section 4.3).
func subproblem(b *mat.SymDense, g []float64, radius float64) []float64 {
	var e mat.EigenSym
	n := len(g)
	if !e.Factorize(b, true) {
		return scale(g, -radius/math.Max(norm(g), 1e-300))
	}
	var q mat.Dense
	e.VectorsTo(&q)
	values, c := e.Values(nil), make([]float64, n)
	for j := range c {
		for i := range g {
			c[j] += q.At(i, j) * g[i]
		}
	}
	shift := eigenShift(values, c, radius)
	d := make([]float64, n)
	for i := range d {
		for j := range c {
			d[i] -= q.At(i, j) * c[j] / (values[j] + shift)
		}
	}
	return d
}

// eigenShift finds μ ≥ 0 with B + μI positive and ‖(B+μI)⁻¹g‖ ≤ radius, by
// bisection on a log scale.
func eigenShift(values, c []float64, radius float64) float64 {
	top := math.Abs(values[len(values)-1])
	floor := math.Max(0, 1e-12*math.Max(top, 1e-8)-values[0])
	length := func(mu float64) float64 {
		sum := 0.0
		for j, v := range values {
			sum += c[j] * c[j] / ((v + mu) * (v + mu))
		}
		return math.Sqrt(sum)
	}
	if length(floor) <= radius {
		return floor
	}
	lo, hi := floor, floor+norm(c)/radius
	for range 60 {
		mid := lo + (hi-lo)/2
		if length(mid) > radius {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
