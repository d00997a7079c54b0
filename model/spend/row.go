package spend

import (
	"fmt"
	"math"
	"sort"

	"github.com/clientele/clientele/model/fit"
)

// Row is N customers with X repeat days that had spend, SumZ in all. Customers
// of one row should have nearly the same Z (see the package rules).
type Row struct {
	X    int
	N    float64
	SumZ float64
}

// Left counts the customers that the fit leaves out, and why.
type Left struct {
	NoRepeat    float64 // X = 0: no repeat spend to learn from; scored at the mean
	NotPositive float64 // X > 0 with Z ≤ 0
}

// data are the rows in use, by X, scaled to a typical spend of one.
type data struct {
	model   string    // its name in refusals
	x       []float64 // frequency of each group
	lo, hi  []int     // its rows
	z, lnZ  []float64 // mean Z of a row, over unit
	n       []float64
	unit    float64 // money
	weight  float64
	left    Left
	maxMean float64 // largest and smallest mean spend, over unit
	minMean float64
}

// collect checks, sorts and scales rows.
func collect(model string, rows []Row) (*data, error) {
	d, used := &data{model: model}, make([]Row, 0, len(rows))
	for _, r := range rows {
		switch {
		case r.X < 0 || !(r.N >= 0) || math.IsInf(r.N, 0) || math.IsNaN(r.SumZ) || math.IsInf(r.SumZ, 0):
			return nil, badRow(model, r)
		case r.N == 0:
		case r.X == 0:
			d.left.NoRepeat += r.N
		case r.SumZ <= 0:
			d.left.NotPositive += r.N
		default:
			used = append(used, r)
		}
	}
	sort.Slice(used, func(i, j int) bool { return before(used[i], used[j]) })
	d.unit = typicalSpend(used)
	for _, r := range used {
		d.add(r)
	}
	return d, nil
}

func before(a, b Row) bool {
	if a.X != b.X {
		return a.X < b.X
	}
	if a.SumZ*b.N != b.SumZ*a.N {
		return a.SumZ*b.N < b.SumZ*a.N
	}
	return a.N < b.N
}

// typicalSpend is the geometric mean over customers of their mean spend: a unit
// that a few extreme amounts do not move.
func typicalSpend(rows []Row) float64 {
	logs, n := 0.0, 0.0
	for _, r := range rows {
		logs += r.N * math.Log(r.SumZ/r.N/float64(r.X))
		n += r.N
	}
	return math.Exp(logs / n)
}

func (d *data) add(r Row) {
	x := float64(r.X)
	if k := len(d.x); k == 0 || d.x[k-1] != x {
		d.x, d.lo, d.hi = append(d.x, x), append(d.lo, len(d.z)), append(d.hi, len(d.z))
	}
	z := r.SumZ / r.N / d.unit
	if len(d.z) == 0 {
		d.minMean = z / x
	}
	d.minMean, d.maxMean = math.Min(d.minMean, z/x), math.Max(d.maxMean, z/x)
	d.z, d.lnZ, d.n = append(d.z, z), append(d.lnZ, math.Log(z)), append(d.n, r.N)
	d.hi[len(d.hi)-1]++
	d.weight += r.N
}

func badRow(model string, r Row) error {
	return &fit.Refusal{
		Reason: fit.BadInput, Model: model,
		Message: fmt.Sprintf("A row is not usable: %d repeat days, %g customers, total %g.", r.X, r.N, r.SumZ),
		Hint:    "Needed are X ≥ 0, N ≥ 0, and finite totals.",
	}
}
