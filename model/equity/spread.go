package equity

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// Deviation tells how sure the lines of a movement are.
type Deviation struct {
	Low, High          Lines   // ends of the central 95 % of every line; Squares and Cash are left out
	ExperienceLow      float64 // the same of Lines.Experience
	ExperienceHigh     float64
	ExperienceVariance float64 // by the opening's parameters
}

// Spread tells how sure the lines are that Move gives, total, by the same pairs or by a
// sample of them: every line over the same draws of all parameters on the log scale, never the difference of intervals.
// The closing's estimate has seen all that the opening's had, so that of two fits of one
// model the covariance is the closing's variance (Hausman, Econometrica 46, 1978), in the
// proportion that the pairs' own histories at the two ends have at one θ, the closing's; where
// the closing's is the larger, which it should not be, it is the opening's. Of many pairs
// lines are taken as quadratic in the parameters, those of one sign in their logarithm. The error is that of Move; or a
// *fit.Refusal, NotFinite, where a line is not a number, as spend without a mean makes it.
func Spread(pairs []Pair, total Lines, opening, closing Assumptions, o MovementOptions) (*Deviation, error) {
	m, err := newMover(pairs, opening, closing, o)
	if err != nil {
		return nil, err
	}
	before, after := m.byOpening(), m.byClosing()
	u0, u1 := m.draws(before, after)
	cost := float64(len(pairs)) + m.opening.Purchases.Effort(m.before) + m.opening.Purchases.Effort(m.after)
	olds, ok := before.over(u0, cost, []float64{
		total.Opening, total.Release, total.Window, total.New, total.Closing - total.Assumption - total.New,
		total.Survival, total.Activity, total.Spend,
	})
	nows, okAfter := after.over(u1, cost, []float64{total.Closing})
	if !ok || !okAfter {
		return nil, &fit.Refusal{Reason: fit.NotFinite, Model: name,
			Message: "The lines of the movement have no intervals: within their uncertainty, the parameters allow worth that is not finite.",
			Hint:    "Use a longer record, or look for a few customers with extreme amounts."}
	}
	lines := make([]Lines, 0, m.o.Draws)
	for k, old := range olds {
		now := nows[k]
		lines = append(lines, Lines{
			Opening: old[0], Unwinding: old[0] * (m.growth - 1), Release: old[1], Window: old[2], New: old[3],
			Survival: old[5], Activity: old[6], Spend: old[7], Closing: now[0], Assumption: now[0] - old[3] - old[4],
		})
	}
	return deviation(lines), nil
}

// byOpening are the sums that the opening's assumptions make: opening, release, window,
// new, the others at the closing, survival, activity and spend.
func (m *mover) byOpening() *lineSurface {
	return newLineSurface(m.opening, func(theta []float64, s *moverSpace) { m.at(theta, nil, s) }, func(phi []float64, s *moverSpace) []float64 {
		g, sum, old := spend.At(phi), Lines{}, 0.0
		for i, p := range m.pairs {
			sum.add(m.lines(i, s, g), p.N)
			if !p.New {
				old += p.N * m.worthOf(i, &s.old, g)
			}
		}
		return []float64{sum.Opening, sum.Release, sum.Window, sum.New, old, sum.Survival, sum.Activity, sum.Spend}
	})
}

// byClosing is the closing, which its own assumptions make.
func (m *mover) byClosing() *lineSurface {
	return newLineSurface(m.closing, func(theta []float64, s *moverSpace) { m.at(nil, theta, s) }, func(phi []float64, s *moverSpace) []float64 {
		g, sum := spend.At(phi), 0.0
		for i, p := range m.pairs {
			sum += p.N * m.worthOf(i, &s.current, g)
		}
		return []float64{sum}
	})
}

// lineSurface tells sums as functions of the parameters of one end: those of purchases,
// then those of spend, whitened.
type lineSurface struct {
	blocks [2]*fit.Estimate
	factor [2][][]float64
	points []steps
	fits   []quadratic
	sign   []float64 // per sum: of its logarithm that is told; 0: it is told itself

	foresee func(theta []float64, s *moverSpace)
	sums    func(phi []float64, s *moverSpace) []float64 // after foresee
}

func newLineSurface(a Assumptions, foresee func(theta []float64, s *moverSpace), sums func(phi []float64, s *moverSpace) []float64) *lineSurface {
	f := &lineSurface{blocks: [2]*fit.Estimate{a.Purchases.Estimated(), a.Money.Estimate}, foresee: foresee, sums: sums}
	f.factor = [2][][]float64{f.blocks[0].Factor(), f.blocks[1].Factor()}
	f.points = allSteps(len(f.factor[0]) + len(f.factor[1]))
	return f
}

// exactMoves is how much effort goes into draws that are worked out one by one: pairs, and
// cell evaluations of the Pareto/NBD; about two seconds on two cores.
const exactMoves = 2e7

// over gives the sums at whitened draws: exactly where that costs little, else by a
// surface; both brought to at, the sums at the estimate. It returns false where a sum is not
// finite.
func (f *lineSurface) over(draws [][]float64, cost float64, at []float64) ([][]float64, bool) {
	if cost*float64(len(draws)) <= exactMoves {
		return f.exact(draws, at)
	}
	if !f.fit(at) {
		return nil, false
	}
	f.bringTo(at)
	out := make([][]float64, len(draws))
	for k, u := range draws {
		out[k] = f.at(u)
	}
	return out, true
}

func (f *lineSurface) exact(draws [][]float64, at []float64) ([][]float64, bool) {
	dim := len(f.factor[0])
	estimate := make([]float64, dim+len(f.factor[1]))
	points := append(slices.Clone(draws), estimate)
	out := make([][]float64, len(points))
	each(len(points), func(k int, s *moverSpace) {
		f.foresee(dewhitened(f.blocks[0].Theta, f.factor[0], points[k][:dim]), s)
		out[k] = f.sums(dewhitened(f.blocks[1].Theta, f.factor[1], points[k][dim:]), s)
	})
	for _, sums := range out {
		for _, v := range sums {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, false
			}
		}
	}
	for n, v := range at {
		bring(out, n, v)
	}
	return out[:len(draws)], true
}

// bring moves sum n of all draws such that the last, the estimate, has it at v: in
// proportion where it never changes sign, else by a difference.
func bring(out [][]float64, n int, v float64) {
	estimate := out[len(out)-1][n]
	by, shift := v/estimate, 0.0
	for _, sums := range out {
		if !(sums[n]*v > 0) {
			by, shift = 1, v-estimate
		}
	}
	for _, sums := range out {
		sums[n] = sums[n]*by + shift
	}
}

// dewhitened is θ·exp(L·u).
func dewhitened(theta []float64, factor [][]float64, u []float64) []float64 {
	out := lower(factor, u)
	for i, v := range out {
		out[i] = theta[i] * math.Exp(v)
	}
	return out
}

// whitened is L⁻¹·ln(at/θ), what dewhitened undoes.
func whitened(theta []float64, factor [][]float64, at []float64) []float64 {
	v := make([]float64, len(at))
	for i := range v {
		v[i] = math.Log(at[i] / theta[i])
	}
	return solved(factor, v)
}

// fit evaluates the design; at are the sums at the estimate. It returns false where a sum
// is not finite.
func (f *lineSurface) fit(at []float64) bool {
	dim := len(f.factor[0])
	byTheta, order := map[string][]steps{}, []string{}
	for _, s := range f.points {
		key := s[:dim].key()
		if byTheta[key] == nil {
			order = append(order, key)
		}
		byTheta[key] = append(byTheta[key], s)
	}
	results := make([][][]float64, len(order))
	each(len(order), func(i int, s *moverSpace) {
		for k, point := range byTheta[order[i]] {
			if k == 0 {
				f.foresee(dewhitened(f.blocks[0].Theta, f.factor[0], point[:dim].whitened()), s)
			}
			results[i] = append(results[i], f.sums(dewhitened(f.blocks[1].Theta, f.factor[1], point[dim:].whitened()), s))
		}
	})
	values := map[string][]float64{}
	for i, key := range order {
		for k, point := range byTheta[key] {
			values[point.key()] = results[i][k]
		}
	}
	return f.through(values, at)
}

// through fits every sum over the design: its logarithm where it never changes sign, and
// has that of at.
func (f *lineSurface) through(values map[string][]float64, at []float64) bool {
	centre := values[f.points[0].key()]
	f.fits, f.sign = make([]quadratic, len(centre)), make([]float64, len(centre))
	for n, v := range centre {
		f.sign[n] = math.Copysign(1, v)
		if !(at[n]*f.sign[n] > 0) {
			f.sign[n] = 0
		}
		for _, s := range f.points {
			if !(values[s.key()][n]*f.sign[n] > 0) {
				f.sign[n] = 0
			}
		}
		var ok bool
		f.fits[n], ok = through(f.points, func(s steps) float64 {
			if f.sign[n] == 0 {
				return values[s.key()][n]
			}
			return math.Log(values[s.key()][n] * f.sign[n])
		})
		if !ok {
			return false
		}
	}
	return true
}

// bringTo moves the surfaces such that they pass through sums at the estimate: by the
// logarithm in proportion, else by a difference.
func (f *lineSurface) bringTo(sums []float64) {
	for n, v := range sums {
		if f.fits[n].c = v; f.sign[n] != 0 {
			f.fits[n].c = math.Log(v * f.sign[n])
		}
	}
}

// at gives the sums at whitened coordinates.
func (f *lineSurface) at(u []float64) []float64 {
	out := make([]float64, len(f.fits))
	for n := range out {
		if out[n] = f.fits[n].at(u); f.sign[n] != 0 {
			out[n] = f.sign[n] * math.Exp(out[n])
		}
	}
	return out
}

// draws are the parameters of both ends, whitened.
func (m *mover) draws(before, after *lineSurface) (u0, u1 [][]float64) {
	var joint [2]*shared
	for b := range joint {
		if before.blocks[b].Model == after.blocks[b].Model {
			joint[b] = shareOf(m.atOnePoint(b, before.factor[b], after.factor[b]))
		}
	}
	rng := rand.New(rand.NewPCG(m.o.Seed, 0x6d6f766564)) // second word: "moved"
	for range m.o.Draws {
		var one, other []float64
		for b, j := range joint {
			first, second := normals(rng, len(before.factor[b])), normals(rng, len(after.factor[b]))
			if j != nil {
				first, second = j.draw(first, second)
			}
			one, other = append(one, first...), append(other, second...)
		}
		u0, u1 = append(u0, one), append(u1, other)
	}
	return u0, u1
}

// atOnePoint gives factors of the covariances that the pairs' histories at either end give
// the closing's parameters, of purchases or of spend; or else those of the two estimates.
// How the errors go together is in the little by which the two differ. Each at its own
// estimate, they differ by the estimates as well, and by as much.
func (m *mover) atOnePoint(block int, before, after [][]float64) (was, is [][]float64) {
	var covariance [2][][]float64
	var ok [2]bool
	if block == 0 {
		p := m.closing.Purchases
		covariance[0], ok[0] = p.CovarianceAt(m.before, p.Estimated().Theta)
		covariance[1], ok[1] = p.CovarianceAt(m.after, p.Estimated().Theta)
	} else {
		for k, rows := range m.spent() {
			covariance[k], ok[k] = m.closing.Money.CovarianceAt(rows, m.closing.Money.Theta)
		}
	}
	if !ok[0] || !ok[1] {
		return before, after
	}
	return fit.Factor(covariance[0]), fit.Factor(covariance[1])
}

// spent are the rows of spend at either end.
func (m *mover) spent() (rows [2][]spend.Row) {
	for _, p := range m.pairs {
		if !p.New {
			rows[0] = append(rows[0], spend.Row{X: p.Opening.XG, N: p.N, SumZ: p.N * p.Opening.Z})
		}
		rows[1] = append(rows[1], spend.Row{X: p.Closing.XG, N: p.N, SumZ: p.N * p.Closing.Z})
	}
	return rows
}

// shared is how the errors of two fits of one model go together. In the coordinates in
// which the opening's have unit variance and the closing's a diagonal one, w, their
// covariance is w where that is at most 1, and 1 beyond.
type shared struct {
	before, after [][]float64 // lower Cholesky factors
	axes          mat.Dense
	w             []float64
}

// shareOf returns nil where the axes cannot be found: then nothing is shared.
func shareOf(before, after [][]float64) *shared {
	n := len(before)
	columns := make([][]float64, n) // of before⁻¹·after
	for j := range columns {
		column := make([]float64, n)
		for i := range column {
			if j <= i {
				column[i] = after[i][j]
			}
		}
		columns[j] = solved(before, column)
	}
	variance := mat.NewSymDense(n, nil)
	for i := range n {
		for k := range i + 1 {
			sum := 0.0
			for j := range columns {
				sum += columns[j][i] * columns[j][k]
			}
			variance.SetSym(i, k, sum)
		}
	}
	s := &shared{before: before, after: after}
	var eigen mat.EigenSym
	if !eigen.Factorize(variance, true) {
		return nil
	}
	eigen.VectorsTo(&s.axes)
	s.w = eigen.Values(nil)
	return s
}

// draw turns independent normals into whitened errors of both ends.
func (s *shared) draw(a, b []float64) (u0, u1 []float64) {
	along := make([]float64, len(s.w))
	for i, w := range s.w {
		c := math.Min(w, 1)
		along[i] = c*a[i] + math.Sqrt(math.Max(0, w-c*c))*b[i]
	}
	return s.turned(a), solved(s.after, lower(s.before, s.turned(along)))
}

// turned is axes·v.
func (s *shared) turned(v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range out {
		for j, x := range v {
			out[i] += s.axes.At(i, j) * x
		}
	}
	return out
}

func normals(rng *rand.Rand, n int) []float64 {
	z := make([]float64, n)
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	return z
}

// lower is L·v.
func lower(l [][]float64, v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range out {
		for j := range i + 1 {
			out[i] += l[i][j] * v[j]
		}
	}
	return out
}

// solved is L⁻¹·v, by forward substitution.
func solved(l [][]float64, v []float64) []float64 {
	out := make([]float64, len(v))
	for i := range out {
		sum := v[i]
		for j := range i {
			sum -= l[i][j] * out[j]
		}
		out[i] = sum / l[i][i]
	}
	return out
}

// deviation takes quantiles of every line over draws.
func deviation(lines []Lines) *Deviation {
	d := &Deviation{}
	v := make([]float64, len(lines))
	ends := func(of func(l *Lines) *float64) {
		for k := range lines {
			v[k] = *of(&lines[k])
		}
		slices.Sort(v)
		*of(&d.Low), *of(&d.High) = quantile(v, 0.025), quantile(v, 0.975)
	}
	for _, of := range []func(l *Lines) *float64{
		func(l *Lines) *float64 { return &l.Opening }, func(l *Lines) *float64 { return &l.Unwinding },
		func(l *Lines) *float64 { return &l.Release }, func(l *Lines) *float64 { return &l.Window },
		func(l *Lines) *float64 { return &l.Survival }, func(l *Lines) *float64 { return &l.Activity },
		func(l *Lines) *float64 { return &l.Spend }, func(l *Lines) *float64 { return &l.New },
		func(l *Lines) *float64 { return &l.Assumption }, func(l *Lines) *float64 { return &l.Closing },
	} {
		ends(of)
	}
	for k := range lines {
		v[k] = lines[k].Experience()
	}
	slices.Sort(v)
	d.ExperienceLow, d.ExperienceHigh = quantile(v, 0.025), quantile(v, 0.975)
	d.ExperienceVariance = stat.Variance(v, nil)
	return d
}

// each calls work for 0 … n−1 on all cores, each goroutine with its own memory.
func each(n int, work func(i int, s *moverSpace)) {
	inParallel(n, func() func(int) {
		s := &moverSpace{}
		return func(i int) { work(i, s) }
	})
}
