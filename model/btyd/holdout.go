package btyd

import (
	"maps"
	"math"
	"slices"

	"github.com/clientele/clientele/model/fit"
)

// HoldoutRow is a number of customers who share a history at the end of the
// calibration and the number of purchases after it.
type HoldoutRow struct {
	X, Tx, T int     // as in Cell, at the end of the calibration
	Actual   int     // purchases (days with one) in the holdout window
	N        float64 // customers
}

// HoldoutResult compares a window that the fit has not seen with what the model
// foretold of it.
type HoldoutResult struct {
	Customers float64
	Weeks     float64
	Actual    float64 // purchases in all
	Expected  float64
	// SEProcess is the standard deviation of the total that chance alone gives
	// at the true parameters, SEParameter that of the expectation from the
	// uncertainty of the parameters (0 until WithParameters), and SE the two
	// together.
	SEProcess, SEParameter, SE float64
	Bias                       float64 // Expected/Actual − 1, NaN without purchases
	MAE, RMSE                  float64 // per customer, in purchases
	// AUC is the probability that of two customers, of whom one bought in the window,
	// the model expected more of that one; ties count half. NaN where all bought or
	// none.
	AUC  float64
	CRPS float64 // mean over customers: see Orders.CRPS
	Sets []HoldoutSet
	Rows []Foretold // one per row, in their order
}

// Foretold is what the model foretold of a customer of one row.
type Foretold struct {
	Expected float64
	Variance float64
	CRPS     float64 // of what came
	Held     float64 // probability of the shortest set of 90 %
	Covered  bool    // what came lay in it
}

// Scores are the CRPS of the rows.
func (r *HoldoutResult) Scores() []float64 {
	out := make([]float64, len(r.Rows))
	for i, f := range r.Rows {
		out[i] = f.CRPS
	}
	return out
}

// HoldoutSet tells how well the shortest sets of counts hold what came.
type HoldoutSet struct {
	Mass    float64 // asked for, of HoldoutMasses
	Held    float64 // mean probability of the sets: Mass or more, for counts are whole
	Covered float64 // share of the customers whose purchases lay in their set
	Width   float64 // mean of highest less lowest count
}

// holdoutMasses are the probabilities of the sets of a holdout; the one at foretoldSet
// is that of Foretold.
var holdoutMasses = [...]float64{.5, .8, .9, .95}

const foretoldSet = 2

// Z is how many standard errors the actual total lies above the expected one.
func (r *HoldoutResult) Z() float64 { return (r.Actual - r.Expected) / r.SE }

// Holdout holds a model against the weeks after the calibration. Its cost goes
// with the number of distinct histories. The error is a *fit.Refusal for a row that
// contradicts itself.
func Holdout(m Model, rows []HoldoutRow, weeks float64) (*HoldoutResult, error) {
	h, err := layHoldout(rows)
	if err != nil {
		return nil, err
	}
	r := &HoldoutResult{Weeks: weeks, Rows: make([]Foretold, len(rows))}
	r.Sets = h.sets(h.foretell(m, weeks, r.Rows))
	r.AUC = h.auc(r.Rows)
	r.total(rows)
	return r, nil
}

// total adds the rows up, in their order.
func (r *HoldoutResult) total(rows []HoldoutRow) {
	variance, miss, square := 0.0, 0.0, 0.0
	for i, row := range rows {
		f := r.Rows[i]
		e := float64(row.Actual) - f.Expected
		r.Customers += row.N
		r.Actual += row.N * float64(row.Actual)
		r.Expected += row.N * f.Expected
		variance += row.N * f.Variance
		miss += row.N * math.Abs(e)
		square += row.N * e * e
		r.CRPS += row.N * f.CRPS
	}
	r.SEProcess = math.Sqrt(variance)
	r.SE = r.SEProcess
	r.Bias = r.Expected/r.Actual - 1
	if r.Actual == 0 {
		r.Bias = math.NaN()
	}
	r.MAE, r.RMSE, r.CRPS = miss/r.Customers, math.Sqrt(square/r.Customers), r.CRPS/r.Customers
}

// WithParameters adds the standard error of the expected total that comes from
// the parameters' uncertainty: the delta method, by differences in ln θ. rows are
// those of the holdout, f is the fit of its model.
func (r *HoldoutResult) WithParameters(rows []HoldoutRow, f Fitted) error {
	h, err := layHoldout(rows)
	if err != nil {
		return err
	}
	e := f.Estimated()
	r.SEParameter = math.Sqrt(e.Variance(gradient(e, func(theta []float64) float64 {
		return h.expectedTotal(f.At(theta), r.Weeks)
	})))
	r.SE = math.Hypot(r.SEProcess, r.SEParameter)
	return nil
}

// gradient takes central differences of a quantity by ln θ at the estimate.
func gradient(e *fit.Estimate, of func(theta []float64) float64) []float64 {
	const h = 1e-4
	out := make([]float64, len(e.Theta))
	for i := range out {
		up, down := append([]float64(nil), e.Theta...), append([]float64(nil), e.Theta...)
		up[i] *= math.Exp(h)
		down[i] *= math.Exp(-h)
		out[i] = (of(up) - of(down)) / (2 * h)
	}
	return out
}

// HoldoutGroup is the customers of some rows, in all.
type HoldoutGroup struct {
	Key       int
	Customers float64
	Actual    float64
	Expected  float64
	// SE is the standard deviation of Actual around Expected by chance and by the
	// uncertainty of the parameters, taken to move all groups in proportion.
	SE            float64
	Held, Covered float64 // of the shortest sets of 90 %: see HoldoutSet
}

// Groups adds rows up by a key of theirs, in the order of the keys: by frequency,
// by age. rows are those of the holdout.
func (r *HoldoutResult) Groups(rows []HoldoutRow, key func(HoldoutRow) int) []HoldoutGroup {
	sums := map[int]HoldoutGroup{}
	for i, row := range rows {
		k := key(row)
		g := sums[k]
		g.Key = k
		g.Customers += row.N
		g.Actual += row.N * float64(row.Actual)
		g.Expected += row.N * r.Rows[i].Expected
		g.SE += row.N * r.Rows[i].Variance
		g.Held += row.N * r.Rows[i].Held
		if r.Rows[i].Covered {
			g.Covered += row.N
		}
		sums[k] = g
	}
	out := make([]HoldoutGroup, 0, len(sums))
	for _, k := range slices.Sorted(maps.Keys(sums)) {
		g := sums[k]
		g.SE = math.Hypot(math.Sqrt(g.SE), r.SEParameter*g.Expected/r.Expected)
		g.Held, g.Covered = g.Held/g.Customers, g.Covered/g.Customers
		out = append(out, g)
	}
	return out
}
