package equity

import (
	"iter"
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

// Spread tells how sure the lines are that Move gives of the same pairs: every line over
// the same draws of all parameters on the log scale, never the difference of intervals.
// The closing's estimate has seen all that the opening's had, so that of two fits of one
// model the covariance is the closing's variance, and what the opening's has above it is
// its own (Hausman, Econometrica 46, 1978). Lines are quadratic in the parameters between
// design points, those of one sign in their logarithm. The error is that of Move; or a
// *fit.Refusal, NotFinite, where a line at a design point is not a number, as spend
// without a mean makes it.
func Spread(pairs []Pair, opening, closing Assumptions, o MovementOptions) (*Deviation, error) {
	m, err := newMover(pairs, opening, closing, o)
	if err != nil {
		return nil, err
	}
	before, after, ok := m.surfaces()
	if !ok {
		return nil, &fit.Refusal{Reason: fit.NotFinite, Model: name,
			Message: "The lines of the movement have no intervals: within their uncertainty, the parameters allow worth that is not finite.",
			Hint:    "Use a longer record, or look for a few customers with extreme amounts."}
	}
	lines := make([]Lines, 0, m.o.Draws)
	for u0, u1 := range m.draws(before, after) {
		old, now := before.at(u0), after.at(u1)
		lines = append(lines, Lines{
			Opening: old[0], Unwinding: old[0] * (m.growth - 1), Release: old[1], Window: old[2], New: old[3],
			Survival: old[5], Activity: old[6], Spend: old[7], Closing: now[0], Assumption: now[0] - old[3] - old[4],
		})
	}
	return deviation(lines), nil
}

// surfaces fits surfaces to what the assumptions of either end make: of the opening's
// opening, release, window, new, the others at the closing, survival, activity and spend;
// of the closing's the closing.
func (m *mover) surfaces() (before, after *lineSurface, ok bool) {
	before = newLineSurface(m.opening)
	okBefore := before.fit(func(theta []float64, s *moverSpace) { m.at(theta, nil, s) }, func(phi []float64, s *moverSpace) []float64 {
		g, sum, old := spend.At(phi), Lines{}, 0.0
		for i, p := range m.pairs {
			sum.add(m.lines(i, s, g), p.N)
			if !p.New {
				old += p.N * m.worthOf(i, &s.old, g)
			}
		}
		return []float64{sum.Opening, sum.Release, sum.Window, sum.New, old, sum.Survival, sum.Activity, sum.Spend}
	})
	after = newLineSurface(m.closing)
	okAfter := after.fit(func(theta []float64, s *moverSpace) { m.at(nil, theta, s) }, func(phi []float64, s *moverSpace) []float64 {
		g, sum := spend.At(phi), 0.0
		for i, p := range m.pairs {
			sum += p.N * m.worthOf(i, &s.current, g)
		}
		return []float64{sum}
	})
	return before, after, okBefore && okAfter
}

// lineSurface tells sums as functions of the parameters of one end: those of purchases,
// then those of spend, whitened.
type lineSurface struct {
	blocks [2]*fit.Estimate
	factor [2][][]float64
	points []steps
	fits   []quadratic
	sign   []float64 // per sum: of its logarithm that is told; 0: it is told itself
}

func newLineSurface(a Assumptions) *lineSurface {
	f := &lineSurface{blocks: [2]*fit.Estimate{a.Purchases.Estimated(), a.Money.Estimate}}
	f.factor = [2][][]float64{f.blocks[0].Factor(), f.blocks[1].Factor()}
	f.points = allSteps(len(f.factor[0]) + len(f.factor[1]))
	return f
}

// fit evaluates the design: foresee under purchase parameters, then sums under spend
// parameters. It returns false where a sum is not finite.
func (f *lineSurface) fit(foresee func(theta []float64, s *moverSpace), sums func(phi []float64, s *moverSpace) []float64) bool {
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
				foresee(moved(f.blocks[0].Theta, f.factor[0], point[:dim]), s)
			}
			results[i] = append(results[i], sums(moved(f.blocks[1].Theta, f.factor[1], point[dim:]), s))
		}
	})
	values := map[string][]float64{}
	for i, key := range order {
		for k, point := range byTheta[key] {
			values[point.key()] = results[i][k]
		}
	}
	return f.through(values)
}

// through fits every sum over the design: its logarithm where it never changes sign.
func (f *lineSurface) through(values map[string][]float64) bool {
	centre := values[f.points[0].key()]
	f.fits, f.sign = make([]quadratic, len(centre)), make([]float64, len(centre))
	for n, v := range centre {
		f.sign[n] = math.Copysign(1, v)
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

// draws yields the parameters of both ends, whitened, of one draw after the other.
func (m *mover) draws(before, after *lineSurface) iter.Seq2[[]float64, []float64] {
	own := [2][][]float64{}
	for b := range own {
		if before.blocks[b].Model == after.blocks[b].Model {
			own[b] = excess(before.blocks[b].CovLog, after.blocks[b].CovLog)
		}
	}
	return func(yield func(u0, u1 []float64) bool) {
		rng := rand.New(rand.NewPCG(m.o.Seed, 0x6d6f766564)) // second word: "moved"
		for range m.o.Draws {
			var u0, u1 []float64
			for b := range own {
				z := normals(rng, len(after.factor[b]))
				u1 = append(u1, z...)
				if own[b] == nil { // another model: nothing is shared
					u0 = append(u0, normals(rng, len(before.factor[b]))...)
					continue
				}
				shared, apart := product(after.factor[b], z), product(own[b], normals(rng, len(z)))
				for i := range shared {
					shared[i] += apart[i]
				}
				u0 = append(u0, solved(before.factor[b], shared)...)
			}
			if !yield(u0, u1) {
				return
			}
		}
	}
}

func normals(rng *rand.Rand, n int) []float64 {
	z := make([]float64, n)
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	return z
}

// product is A·v.
func product(a [][]float64, v []float64) []float64 {
	out := make([]float64, len(a))
	for i, row := range a {
		for j, w := range row {
			out[i] += w * v[j]
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

// excess is a root of what the covariance wide has above narrow: A with A·Aᵀ the nearest
// to wide − narrow that is a covariance.
func excess(wide, narrow [][]float64) [][]float64 {
	n := len(wide)
	d := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			d.SetSym(i, j, wide[i][j]-narrow[i][j])
		}
	}
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(d, true) {
		return out
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	for j, value := range eigen.Values(nil) {
		for i := range out {
			out[i][j] = vectors.At(i, j) * math.Sqrt(math.Max(0, value))
		}
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
