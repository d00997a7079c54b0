package equity

import (
	"math"
	"slices"
)

// reach is how far, in standard deviations, the design points of the surface
// lie from the estimate: near where the ends of a 95 % interval are made.
const reach = 1.5

// surfaceTolerance is the relative error of the total above which the surface
// is not used.
const surfaceTolerance = 0.01

// checkDraws is the number of draws checked at each end of the interval.
const checkDraws = 3

const (
	dimTheta = 4
	dimPhi   = 3
	dim      = dimTheta + dimPhi
)

// surface evaluates ln value of every group as a quadratic in the whitened
// parameters, on central differences over the design. Only 21 of the 57 design
// points need a pass over the rows, for the spend parameters act on sums. It
// returns nil where the surface does not hold at the draws that make the
// interval, or is not finite.
func (e *evaluation) surface(ps []point) ([][]worth, float64) {
	d := e.design()
	fits, ok := e.quadratics(d)
	if !ok {
		return nil, 0
	}
	out := make([][]worth, len(ps))
	for i, p := range ps {
		u := d.white(p)
		out[i] = make([]worth, e.o.Groups)
		for g := range out[i] {
			out[i][g] = worth{fits[2*g].at(&u), fits[2*g+1].at(&u)}
			if p.phi[1] <= 1 {
				out[i][g] = worth{times(math.Inf(1), e.groups[g]), times(math.Inf(1), e.groups[g])}
			}
		}
	}
	err := e.discrepancy(ps, out)
	if !(err <= surfaceTolerance) {
		return nil, err
	}
	return out, err
}

// design maps whitened coordinates to parameters and holds the passes done.
type design struct {
	e          *evaluation
	theta, phi [][]float64 // lower Cholesky factors on the log scale
	passes     map[[dimTheta]int8][]sums
}

// steps is a design point in units of reach, −1, 0 or 1 per coordinate.
type steps [dim]int8

func (e *evaluation) design() *design {
	d := &design{e: e, theta: e.purchases.Factor(), phi: e.money.Factor(), passes: map[[dimTheta]int8][]sums{}}
	var want [][dimTheta]int8
	for _, s := range allSteps() {
		k := [dimTheta]int8(s[:dimTheta])
		if _, seen := d.passes[k]; !seen {
			d.passes[k], want = nil, append(want, k)
		}
	}
	got := make([][]sums, len(want))
	parallel(len(want), func(i int, w *workspace) {
		theta := moved(e.purchases.Theta, d.theta, want[i][:])
		got[i] = slices.Clone(e.pass(purchase(theta), e.o, w))
	})
	for i, k := range want {
		d.passes[k] = got[i]
	}
	return d
}

// allSteps lists the centre, ± each coordinate, and both + and both − of each
// pair.
func allSteps() []steps {
	out := []steps{{}}
	for i := range dim {
		for _, sign := range []int8{1, -1} {
			s := steps{}
			s[i] = sign
			out = append(out, s)
			for j := range i {
				s := s
				s[j] = sign
				out = append(out, s)
			}
		}
	}
	return out
}

// moved is θ·exp(L·reach·steps).
func moved(theta []float64, factor [][]float64, by []int8) []float64 {
	out := make([]float64, len(theta))
	for i := range out {
		sum := 0.0
		for j := range i + 1 {
			sum += factor[i][j] * reach * float64(by[j])
		}
		out[i] = theta[i] * math.Exp(sum)
	}
	return out
}

// white gives the whitened coordinates of a point, by forward substitution.
func (d *design) white(p point) [dim]float64 {
	var u [dim]float64
	forward(d.theta, d.e.purchases.Theta, p.theta, u[:dimTheta])
	forward(d.phi, d.e.money.Theta, p.phi, u[dimTheta:])
	return u
}

func forward(factor [][]float64, centre, at, into []float64) {
	for i := range into {
		v := math.Log(at[i] / centre[i])
		for j := range i {
			v -= factor[i][j] * into[j]
		}
		into[i] = v / factor[i][i]
	}
}

// quadratic is ln value around the estimate.
type quadratic struct {
	empty bool // no value at any design point
	c     float64
	g     [dim]float64
	h     [dim][dim]float64 // lower triangle
}

func (q *quadratic) at(u *[dim]float64) float64 {
	if q.empty {
		return 0
	}
	sum := q.c
	for i := range dim {
		row := q.g[i] + q.h[i][i]*u[i]/2
		for j := range i {
			row += q.h[i][j] * u[j]
		}
		sum += row * u[i]
	}
	return math.Exp(sum)
}

// quadratics fits two surfaces per group, horizon and tail; false if a value of
// the design is not positive and finite (and not zero throughout).
func (e *evaluation) quadratics(d *design) ([]quadratic, bool) {
	values := map[steps][]worth{}
	for _, s := range allSteps() {
		out := make([]worth, e.o.Groups)
		phi := moved(e.money.Theta, d.phi, s[dimTheta:])
		e.fold(d.passes[[dimTheta]int8(s[:dimTheta])], spending(phi), out)
		values[s] = out
	}
	fits := make([]quadratic, 0, 2*e.o.Groups)
	for g := range e.o.Groups {
		for _, of := range []func(worth) float64{
			func(w worth) float64 { return w.horizon },
			func(w worth) float64 { return w.tail },
		} {
			q, ok := through(func(s steps) float64 { return of(values[s][g]) })
			if !ok {
				return nil, false
			}
			fits = append(fits, q)
		}
	}
	return fits, true
}

// through takes central differences of ln value.
func through(value func(steps) float64) (quadratic, bool) {
	if value(steps{}) == 0 {
		return quadratic{empty: true}, true
	}
	good := true
	at := func(s steps) float64 {
		v := math.Log(value(s))
		good = good && !math.IsNaN(v) && !math.IsInf(v, 0)
		return v
	}
	unit := func(i, j int, sign int8) (s steps) { s[i], s[j] = sign, sign; return s }
	q := quadratic{c: at(steps{})}
	var up, down [dim]float64
	for i := range dim {
		up[i], down[i] = at(unit(i, i, 1)), at(unit(i, i, -1))
		q.g[i] = (up[i] - down[i]) / (2 * reach)
		q.h[i][i] = (up[i] + down[i] - 2*q.c) / (reach * reach)
		for j := range i {
			both := at(unit(i, j, 1)) + at(unit(i, j, -1))
			q.h[i][j] = (both - up[i] - down[i] - up[j] - down[j] + 2*q.c) / (2 * reach * reach)
		}
	}
	return q, good
}

// discrepancy is the largest relative error of the total, up to the horizon and
// beyond it, at the draws nearest to the ends of the interval of the horizon.
func (e *evaluation) discrepancy(ps []point, draws [][]worth) float64 {
	total := make([]worth, len(ps))
	order := make([]int, len(ps))
	for k := range ps {
		order[k] = k
		total[k] = sumOf(draws[k])
	}
	slices.SortFunc(order, func(a, b int) int { return compare(total[a].horizon, total[b].horizon) })
	var check []int
	for _, p := range []float64{0.025, 0.975} {
		at := int(p*float64(len(ps))) - checkDraws/2
		check = append(check, order[at:at+checkDraws]...)
	}
	var at []point
	for _, k := range check {
		at = append(at, ps[k])
	}
	worst := 0.0
	for i, exact := range e.exact(at) {
		want, got := sumOf(exact), total[check[i]]
		worst = max(worst, relative(got.horizon, want.horizon), relative(got.tail, want.tail))
	}
	return worst
}

func sumOf(groups []worth) (total worth) {
	for _, g := range groups {
		total.horizon += g.horizon
		total.tail += g.tail
	}
	return total
}

func relative(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got/want - 1)
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
