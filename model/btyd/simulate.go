package btyd

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// SpreadBirths gives n customers who first buy on days 0 … days−1, as evenly as whole
// customers go.
func SpreadBirths(n, days int) []Birth {
	out := make([]Birth, days)
	for d := range out {
		out[d] = Birth{Day: d, N: float64((d+1)*n/days - d*n/days)}
	}
	return out
}

// Simulate draws customers of a model: their histories up to day asOf, and the
// purchases after it up to day end; days count as those of births do, and are
// opportunities for the BG/BB. An instant belongs to the day in which it falls, the
// first purchase to the end of its day; several purchases of one day are one, as in
// records, so that a fit finds Alpha larger by about 3(R+1)/14 weeks. Rows are distinct
// and in order. The same seed gives the same bits.
func Simulate(m Model, births []Birth, asOf, end int, seed uint64) []HoldoutRow {
	perUnit := 1.0
	if _, opportunities := m.(BGBB); !opportunities {
		perUnit = DaysPerWeek
	}
	count := map[HoldoutRow]float64{}
	for i, b := range births {
		if b.Day > asOf {
			continue
		}
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		for range int(b.N) {
			count[summarised(m.Simulate(rng, float64(end-b.Day)/perUnit), perUnit, asOf-b.Day)]++
		}
	}
	return inOrder(count)
}

// Calibration gives the cells of rows, one for one: what a fit at the end of the
// calibration sees of them.
func Calibration(rows []HoldoutRow) []Cell {
	out := make([]Cell, len(rows))
	for i, r := range rows {
		out[i] = Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	return out
}

// summarised is the row of a customer of an age in days.
func summarised(instants []float64, perUnit float64, age int) HoldoutRow {
	r, last := HoldoutRow{T: age}, 0
	for _, at := range instants {
		day := int(math.Ceil(at * perUnit))
		switch {
		case day <= last:
			continue
		case day <= age:
			r.X, r.Tx = r.X+1, day
		default:
			r.Actual++
		}
		last = day
	}
	return r
}

func inOrder(count map[HoldoutRow]float64) []HoldoutRow {
	rows := slices.SortedFunc(maps.Keys(count), func(a, b HoldoutRow) int {
		return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.T, b.T), cmp.Compare(a.Tx, b.Tx), cmp.Compare(a.Actual, b.Actual))
	})
	for i, r := range rows {
		rows[i].N = count[r]
	}
	return rows
}

// Simulate draws a new customer: see Model.
func (p ParetoNBD) Simulate(rng *rand.Rand, until float64) []float64 {
	if !p.valid() {
		return nil
	}
	left := rng.ExpFloat64() / gammaRate(rng, p.S, p.Beta)
	return purchases(rng, gammaRate(rng, p.R, p.Alpha), math.Min(until, left), 1, never)
}

// Simulate draws a new customer: see Model.
func (p ExponentialNBD) Simulate(rng *rand.Rand, until float64) []float64 {
	return p.core().Simulate(rng, until)
}

// Simulate draws a new customer: see Model.
func (p ParetoPoisson) Simulate(rng *rand.Rand, until float64) []float64 {
	return p.core().Simulate(rng, until)
}

// Simulate draws a new customer: see Model.
func (p BGNBD) Simulate(rng *rand.Rand, until float64) []float64 {
	return p.core().simulate(rng, until)
}

// Simulate draws a new customer: see Model.
func (p MBGNBD) Simulate(rng *rand.Rand, until float64) []float64 {
	return p.core().simulate(rng, until)
}

func (p betaGeometric) simulate(rng *rand.Rand, until float64) []float64 {
	if !positive(p.r, p.alpha, p.a, p.b) {
		return nil
	}
	rate, leaving := gammaRate(rng, p.r, p.alpha), betaShare(rng, p.a, p.b)
	leave := func() bool { return rng.Float64() < leaving }
	if p.first == 1 && leave() {
		return nil
	}
	return purchases(rng, rate, until, p.k, leave)
}

// Simulate draws a new customer: see Model.
func (p NBD) Simulate(rng *rand.Rand, until float64) []float64 {
	if !positive(p.R, p.Alpha) {
		return nil
	}
	return purchases(rng, gammaRate(rng, p.R, p.Alpha), until, 1, never)
}

// Simulate draws a new customer: see Model.
func (p NBDWithLeavers) Simulate(rng *rand.Rand, until float64) []float64 {
	if !positive(p.Odds) || rng.Float64() < p.Odds/(1+p.Odds) {
		return nil
	}
	return p.nbd().Simulate(rng, until)
}

// Simulate draws a new customer: see Model.
func (p BGBB) Simulate(rng *rand.Rand, until float64) []float64 {
	if !positive(p.Alpha, p.Beta, p.Gamma, p.Delta) {
		return nil
	}
	buying, leaving := betaShare(rng, p.Alpha, p.Beta), betaShare(rng, p.Gamma, p.Delta)
	var out []float64
	for at := 1.0; at <= math.Min(until, maxDays) && rng.Float64() >= leaving; at++ {
		if rng.Float64() < buying {
			out = append(out, at)
		}
	}
	return out
}

// purchases are the instants of every k-th stage, stages at a rate, up to an end or
// to the purchase after which the customer leaves.
func purchases(rng *rand.Rand, rate, end float64, k int, leave func() bool) []float64 {
	gap := func() (sum float64) {
		for range k {
			sum += rng.ExpFloat64() / rate
		}
		return sum
	}
	var out []float64
	for at := gap(); at <= end && len(out) < maxDays; at += gap() {
		if out = append(out, at); leave() {
			break
		}
	}
	return out
}

func never() bool { return false }

// gammaRate draws from Gamma(shape, a).
func gammaRate(rng *rand.Rand, shape, a float64) float64 {
	return math.Exp(logGamma(rng, shape) - math.Log(a))
}

// betaShare draws from Beta(a, b).
func betaShare(rng *rand.Rand, a, b float64) float64 {
	return 1 / (1 + math.Exp(logGamma(rng, b)-logGamma(rng, a)))
}

// logGamma draws ln of a Gamma(shape, 1), which for small shapes is too small for a
// float64: the draw of shape + 1 times a power of a uniform one.
func logGamma(rng *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return logGamma(rng, shape+1) - rng.ExpFloat64()/shape
	}
	return math.Log(distuv.Gamma{Alpha: shape, Beta: 1, Src: rng}.Rand())
}
