package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Interval is a 95 % confidence interval of one parameter, on the natural scale.
// An end that the data leave open is 0 or +Inf; one that could not be determined
// is NaN.
type Interval struct {
	Low, High float64
}

const (
	// root95 is the root of the 95 % quantile of χ² with one degree of freedom.
	root95 = 1.959963984540054
	// profileBox is where a parameter counts as without bound: e^12 is 162,755.
	profileBox = 12.0
	// profileGain is the log-likelihood that a settled search may still promise,
	// doubtfulGain that of one that could go no further: they move an end by less
	// than 1e−7 and 1e−4 standard errors.
	profileGain, doubtfulGain = 1e-7, 1e-4
	// rootError is how near the root of the deviance must come to root95: 1e−4
	// standard errors.
	rootError = 1e-4
	// maxEndSteps bounds the constrained searches for one end; 3 are usual.
	maxEndSteps = 40
	// maxFaces bounds the searches of one point while parameters are held at the edge of
	// the box and let go again.
	maxFaces = 10
)

// Profile returns the profile-likelihood interval of every parameter of e, the
// accepted estimate of p: the values at which the log-likelihood, maximised over
// the other parameters, lies within 1.92 of its maximum (Pawitan, In All
// Likelihood, 2001, section 3.4). The error is a *Refusal: NotConverged where
// the likelihood is found to be higher than at e.
func Profile(p Problem, e *Estimate) ([]Interval, error) {
	b, ok := e.curvatureModel()
	if !ok {
		return nil, p.refuse(Flat, e)
	}
	f := &profiler{p: &scaled{Problem: p, target: profileGain / p.Weight, box: profileBox}, e: e, b: b}
	out := make([]Interval, len(e.Theta))
	for j := range out {
		out[j] = Interval{Low: math.Exp(f.end(j, -1)), High: math.Exp(f.end(j, 1))}
	}
	if f.above {
		return nil, p.refuse(NotConverged, e)
	}
	return out, nil
}

// curvatureModel is the negative Hessian per unit weight at the estimate.
func (e *Estimate) curvatureModel() (*mat.SymDense, bool) {
	n := len(e.Theta)
	c, b := mat.NewSymDense(n, nil), mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			c.SetSym(i, j, e.CovLog[i][j]*e.Weight)
		}
	}
	var chol mat.Cholesky
	return b, chol.Factorize(c) && chol.InverseTo(b) == nil
}

// profiler searches the ends of intervals from the maximum e.
type profiler struct {
	p     *scaled
	e     *Estimate
	b     *mat.SymDense // curvature at e
	above bool          // a likelihood above that of e was met
}

// ridge is a point at which all parameters but j are at their best.
type ridge struct {
	x     []float64 // ln θ
	along []float64 // how x moves with x[j]
	root  float64   // of the deviance, 2(ℓ(e) − ℓ(x))
	slope float64   // of root by x[j]
	edge  bool      // a parameter is at its best beyond the box
}

// end is the logarithm of one end of the interval of parameter j: ±Inf where it is
// open, or would lie elsewhere were it not for the box. The root of the deviance is
// nearly straight in ln θ, so that Newton's method on it needs few searches; it is kept
// between a point inside and one beyond.
func (f *profiler) end(j int, sign float64) float64 {
	at := f.top(j)
	inside, beyond := at.x[j], math.Inf(int(sign))
	to := inside + sign*root95*math.Sqrt(f.e.CovLog[j][j])
	for range maxEndSteps {
		to = sign * math.Min(sign*to, profileBox)
		r, ok := f.best(j, to, at)
		switch {
		case !ok:
			return math.NaN()
		case math.Abs(r.root-root95) < rootError || math.Abs(beyond-inside) < 1e-9:
			if r.edge {
				return math.Inf(int(sign))
			}
			return to
		case r.root > root95:
			beyond = to
		case sign*to == profileBox:
			return math.Inf(int(sign))
		default:
			inside = to
		}
		at, to = r, r.newton(j, sign, inside, beyond)
	}
	return math.NaN()
}

// newton is where Newton's method for the end goes from r, within the bracket; its
// middle, or further out where nothing beyond is known, if that leads astray.
func (r ridge) newton(j int, sign, inside, beyond float64) float64 {
	to := r.x[j] + (root95-r.root)/r.slope
	switch {
	case sign*r.slope > 0 && sign*(to-inside) > 0 && sign*(beyond-to) > 0:
		return to
	case math.IsInf(beyond, 0):
		return inside + sign
	default:
		return (inside + beyond) / 2
	}
}

// top is the maximum itself as a point of the ridge of parameter j.
func (f *profiler) top(j int) ridge {
	r := ridge{x: logs(f.e.Theta), along: make([]float64, len(f.e.Theta))}
	for i := range r.along {
		r.along[i] = f.e.CovLog[i][j] / f.e.CovLog[j][j]
	}
	return r
}

// best is the point of the ridge at a value of parameter j, searched from another
// one. Parameters that leave the box are held at its edge until the likelihood rises
// inwards; ok is false where no search settles.
func (f *profiler) best(j int, value float64, from ridge) (r ridge, ok bool) {
	x := add(from.x, scale(from.along, value-from.x[j]))
	clamp(x, profileBox-1)
	x[j] = value
	held := make([]bool, len(x))
	held[j] = true
	for range maxFaces {
		end := f.settle(x, held)
		if end == stalled {
			return r, false
		}
		r, g := f.ridgeAt(j, x, from)
		if end == settled && !f.release(x, held, g, j) {
			r.edge = anyBut(held, j)
			return r, true
		}
		for i := range x {
			held[i] = held[i] || math.Abs(x[i]) >= profileBox
		}
		clamp(x, profileBox)
	}
	return r, false
}

// anyBut is true where another than j is held.
func anyBut(held []bool, j int) bool {
	for i, h := range held {
		if h && i != j {
			return true
		}
	}
	return false
}

// settle moves the parameters that are not held to their best.
func (f *profiler) settle(x []float64, held []bool) outcome {
	q := f.p.holding(x, held)
	if len(q.free) == 0 {
		return settled
	}
	s, end := q.minimise(q.pick(x), q.block(f.b))
	if end == stalled && s.promise() < doubtfulGain/f.p.Weight {
		end = settled
	}
	for k, i := range q.free {
		x[i] = s.x[k]
	}
	return end
}

// release lets go of the parameters but j that are held at the edge of the box while
// the likelihood rises inwards, and says whether there are any; g is the gradient.
func (f *profiler) release(x []float64, held []bool, g []float64, j int) (any bool) {
	for i := range x {
		if outwards := math.Copysign(g[i], g[i]*x[i]); held[i] && i != j && outwards*f.p.Weight > profileGain {
			held[i], any = false, true
			x[i] -= math.Copysign(1, x[i])
		}
	}
	return any
}

// ridgeAt measures a point of the ridge, and gives the gradient there.
func (f *profiler) ridgeAt(j int, x []float64, from ridge) (r ridge, g []float64) {
	g = make([]float64, len(x))
	fell := 2 * (f.e.LogLikelihood + f.p.at(x, g)*f.p.Weight)
	if fell < -2*math.Max(maxGain, roundingNoise*math.Abs(f.e.LogLikelihood)) {
		f.above = true
	}
	r = ridge{x: append([]float64(nil), x...), root: math.Sqrt(math.Max(fell, 0))}
	r.slope = g[j] * f.p.Weight / r.root
	r.along = scale(add(x, scale(from.x, -1)), 1/(x[j]-from.x[j]))
	return r, g
}

// promise is the gain per unit weight that a Newton step promises, +Inf where the
// search ended before it began.
func (s *search) promise() float64 {
	if s.b == nil {
		return math.Inf(1)
	}
	s.refresh()
	d := subproblem(s.b, s.g, s.p.box)
	return -(dot(s.g, d) + 0.5*quadratic(s.b, d))
}

// face is a problem over the parameters that are not held.
type face struct {
	*scaled
	free []int
}

// holding holds some parameters at their value in x.
func (p *scaled) holding(x []float64, held []bool) *face {
	q := &face{}
	for i, h := range held {
		if !h {
			q.free = append(q.free, i)
		}
	}
	all, grad := append([]float64(nil), x...), make([]float64, len(x))
	q.scaled = &scaled{target: p.target, box: p.box, Problem: Problem{
		Model: p.Model, Weight: p.Weight,
		LogLikelihood: func(y, g []float64) float64 {
			for k, i := range q.free {
				all[i] = y[k]
			}
			v := p.LogLikelihood(all, grad)
			copy(g, q.pick(grad))
			return v
		},
	}}
	return q
}

// pick gives the free elements of v.
func (q *face) pick(v []float64) []float64 {
	out := make([]float64, len(q.free))
	for k, i := range q.free {
		out[k] = v[i]
	}
	return out
}

// block gives the free rows and columns of b.
func (q *face) block(b *mat.SymDense) *mat.SymDense {
	out := mat.NewSymDense(len(q.free), nil)
	for k, i := range q.free {
		for l, j := range q.free[:k+1] {
			out.SetSym(k, l, b.At(i, j))
		}
	}
	return out
}
