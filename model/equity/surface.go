package equity

import (
	"math"
	"slices"

	"github.com/clientele/clientele/model/spend"
)

// reach is how far, in standard deviations, the design points of the surface
// lie from the estimate: near where the ends of a 95 % interval are made.
const reach = 1.5

// surfaceTolerance is the relative error of the total above which the surface
// is not used.
const surfaceTolerance = 0.01

// checkDraws is the number of draws checked at each end of the interval: the end by
// all rows, those beside it by the rows of the surface.
const checkDraws = 3

// How value changes with the parameters is told by a part of the rows, where there are
// many: rows of a group that follow each other in order of history are much alike.
const (
	thinFrom  = 400_000 // rows; below, all are taken
	thinStep  = 16      // of so many rows one is taken
	leastRows = 20_000  // of a group that are left, if it has them
)

// surface evaluates ln value of every group as a quadratic in the whitened
// parameters, on central differences over the design, around the estimate. Only 21 of the
// 57 design points of four and three parameters need a pass over the rows, for those of
// spend act on sums. It returns nil where the surface does not hold at the draws that make
// the interval, or is not finite.
func (e *evaluation) surface(ps []point, estimate []worth) ([][]worth, float64) {
	d := e.thinned(thinFrom).design()
	d.scale(estimate)
	fits, ok := e.quadratics(d)
	if !ok {
		return nil, 0
	}
	out := make([][]worth, len(ps))
	for i, p := range ps {
		u := d.white(p)
		out[i] = make([]worth, e.o.Groups)
		for g := range out[i] {
			out[i][g] = worth{math.Exp(fits[2*g].at(u)), math.Exp(fits[2*g+1].at(u))}
			if p.phi[1] <= 1 {
				out[i][g] = worth{times(math.Inf(1), e.groups[g]), times(math.Inf(1), e.groups[g])}
			}
		}
	}
	err := e.discrepancy(d, ps, out)
	if !(err <= surfaceTolerance) {
		return nil, err
	}
	return out, err
}

// design maps whitened coordinates to parameters and holds the worth of every group
// at its points.
type design struct {
	e          *evaluation
	theta, phi [][]float64 // lower Cholesky factors on the log scale
	points     []steps
	values     map[string][]worth // by point: steps.key
	toAll      []worth            // per group: what brings a value by these rows to all
}

// steps is a design point in units of reach, −1, 0 or 1 per coordinate: first those
// of purchases, then those of spend.
type steps []int8

func (s steps) key() string {
	k := make([]byte, len(s))
	for i, v := range s {
		k[i] = byte(v)
	}
	return string(k)
}

// thinned is the evaluation by a part of the rows, if there are at least so many.
func (e *evaluation) thinned(from int) *evaluation {
	if len(e.n) < from {
		return e
	}
	count, seen := make([]int, e.o.Groups), make([]int, e.o.Groups)
	for _, b := range e.bucket {
		count[e.buckets[b].group]++
	}
	var rows []Row
	for i := range e.grid.Len() {
		c := e.grid.Cell(i)
		for j := e.first[i]; j < e.first[i+1]; j++ {
			b := e.buckets[e.bucket[j]]
			step := max(1, min(thinStep, count[b.group]/leastRows))
			if seen[b.group]++; seen[b.group]%step == 0 {
				rows = append(rows, Row{X: c.X, Tx: c.Tx, T: c.T, XG: b.xg, N: e.n[j], SumZ: e.z[j], Group: b.group})
			}
		}
	}
	few, err := arrange(rows, e.o)
	if err != nil {
		return e // not for rows that were arranged before
	}
	return &evaluation{layout: few, purchases: e.purchases, money: e.money, o: e.o}
}

// scale brings the values of the design to the estimate by all rows at its centre.
func (d *design) scale(estimate []worth) {
	centre := d.values[d.points[0].key()]
	d.toAll = make([]worth, len(centre))
	for g, c := range centre {
		d.toAll[g] = worth{ratio(estimate[g].horizon, c.horizon), ratio(estimate[g].tail, c.tail)}
	}
	for _, value := range d.values {
		d.bringToAll(value)
	}
}

func (d *design) bringToAll(value []worth) {
	for g, by := range d.toAll {
		value[g].horizon *= by.horizon
		value[g].tail *= by.tail
	}
}

// ratio is to/from; 1 where there is nothing to scale by.
func ratio(to, from float64) float64 {
	if to == from || !(from > 0) || math.IsInf(from, 0) {
		return 1
	}
	return to / from
}

func (e *evaluation) design() *design {
	d := &design{e: e, theta: e.purchases.Estimated().Factor(), phi: e.money.Factor(), values: map[string][]worth{}}
	d.points = allSteps(len(d.theta) + len(d.phi))
	passes := d.passes()
	for _, s := range d.points {
		by := s[:len(d.theta)]
		out := make([]worth, e.o.Groups)
		e.fold(passes[by.key()], spend.At(dewhitened(e.money.Theta, d.phi, s[len(d.theta):].whitened())), out)
		d.values[s.key()] = out
	}
	return d
}

// passes are the sums at the purchase parameters of the design points.
func (d *design) passes() map[string][]sums {
	out := map[string][]sums{}
	var want []steps
	for _, s := range d.points {
		by := s[:len(d.theta)]
		if _, seen := out[by.key()]; !seen {
			out[by.key()], want = nil, append(want, by)
		}
	}
	got := make([][]sums, len(want))
	parallel(len(want), func(i int, w *workspace) {
		theta := dewhitened(d.e.purchases.Estimated().Theta, d.theta, want[i].whitened())
		got[i] = slices.Clone(d.e.pass(theta, w))
	})
	for i, by := range want {
		out[by.key()] = got[i]
	}
	return out
}

// allSteps lists the centre, ± each coordinate, and both + and both − of each
// pair.
func allSteps(dim int) []steps {
	out := []steps{make(steps, dim)}
	for i := range dim {
		for _, sign := range []int8{1, -1} {
			out = append(out, unit(dim, i, i, sign))
			for j := range i {
				out = append(out, unit(dim, i, j, sign))
			}
		}
	}
	return out
}

func unit(dim, i, j int, sign int8) steps {
	s := make(steps, dim)
	s[i], s[j] = sign, sign
	return s
}

// whitened are the coordinates of the point.
func (s steps) whitened() []float64 {
	u := make([]float64, len(s))
	for i, by := range s {
		u[i] = reach * float64(by)
	}
	return u
}

// white gives the whitened coordinates of a point.
func (d *design) white(p point) []float64 {
	return append(whitened(d.e.purchases.Estimated().Theta, d.theta, p.theta), whitened(d.e.money.Theta, d.phi, p.phi)...)
}

// quadratic is a value, or its logarithm, around the estimate.
type quadratic struct {
	c float64 // −Inf for no value, +Inf for one without an end, at every design point
	g []float64
	h [][]float64 // lower triangle
}

// at is the value at whitened coordinates.
func (q *quadratic) at(u []float64) float64 {
	sum := q.c
	for i, g := range q.g {
		row := g + q.h[i][i]*u[i]/2
		for j := range i {
			row += q.h[i][j] * u[j]
		}
		sum += row * u[i]
	}
	return sum
}

// quadratics fits two surfaces per group, horizon and tail; false if a value of
// the design is not positive and finite (and not the same zero or +Inf throughout).
func (e *evaluation) quadratics(d *design) ([]quadratic, bool) {
	fits := make([]quadratic, 0, 2*e.o.Groups)
	for g := range e.o.Groups {
		for _, of := range []func(worth) float64{
			func(w worth) float64 { return w.horizon },
			func(w worth) float64 { return w.tail },
		} {
			q, ok := through(d.points, func(s steps) float64 { return math.Log(of(d.values[s.key()][g])) })
			if !ok {
				return nil, false
			}
			fits = append(fits, q)
		}
	}
	return fits, true
}

// through takes central differences; false if a value is not finite (and not the same
// −Inf or +Inf throughout).
func through(points []steps, value func(steps) float64) (quadratic, bool) {
	dim := len(points[0])
	q := quadratic{c: value(points[0])}
	good, same := true, true
	for _, s := range points {
		v := value(s)
		good = good && !math.IsNaN(v) && !math.IsInf(v, 0)
		same = same && v == q.c
	}
	if !good {
		return q, same && math.IsInf(q.c, 0)
	}
	q.g, q.h = make([]float64, dim), make([][]float64, dim)
	up, down := make([]float64, dim), make([]float64, dim)
	for i := range dim {
		up[i], down[i] = value(unit(dim, i, i, 1)), value(unit(dim, i, i, -1))
		q.g[i] = (up[i] - down[i]) / (2 * reach)
		q.h[i] = make([]float64, i+1)
		q.h[i][i] = (up[i] + down[i] - 2*q.c) / (reach * reach)
		for j := range i {
			both := value(unit(dim, i, j, 1)) + value(unit(dim, i, j, -1))
			q.h[i][j] = (both - up[i] - down[i] - up[j] - down[j] + 2*q.c) / (2 * reach * reach)
		}
	}
	return q, true
}

// discrepancy is the largest relative error of the total, up to the horizon and
// beyond it, at the draws nearest to the ends of the interval of the horizon.
func (e *evaluation) discrepancy(d *design, ps []point, draws [][]worth) float64 {
	total := make([]worth, len(ps))
	order := make([]int, len(ps))
	for k := range ps {
		order[k] = k
		total[k] = sumOf(draws[k])
	}
	slices.SortFunc(order, func(a, b int) int { return compare(total[a].horizon, total[b].horizon) })
	var ends, beside []int
	for _, p := range []float64{0.025, 0.975} {
		at := int(p * float64(len(ps)))
		ends = append(ends, order[at])
		for k := at - checkDraws/2; k <= at+checkDraws/2; k++ {
			if k != at {
				beside = append(beside, order[k])
			}
		}
	}
	worst := 0.0
	against := func(check []int, exact [][]worth) {
		for i, k := range check {
			want := sumOf(exact[i])
			worst = max(worst, relative(total[k].horizon, want.horizon), relative(total[k].tail, want.tail))
		}
	}
	against(ends, e.exact(chosen(ps, ends)))
	near := d.e.exact(chosen(ps, beside))
	for _, value := range near {
		d.bringToAll(value)
	}
	against(beside, near)
	return worst
}

func chosen(ps []point, at []int) []point {
	out := make([]point, len(at))
	for i, k := range at {
		out[i] = ps[k]
	}
	return out
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
