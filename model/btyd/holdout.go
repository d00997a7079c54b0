package btyd

import (
	"math"
)

// HoldoutRow is a number of customers who share a history at the end of the
// calibration and the number of purchases after it.
type HoldoutRow struct {
	X, Tx, T int     // as in Cell, at the end of the calibration
	Actual   int     // purchases (days with one) in the holdout window
	N        float64 // customers
}

// HoldoutResult compares a window that the fit has not seen with what the fit
// expected of it.
type HoldoutResult struct {
	Customers float64
	Weeks     float64
	Actual    float64 // purchases in all
	Expected  float64
	// SEProcess is the standard deviation of the total that chance alone gives
	// at the true parameters, SEParameter that of the expectation from the
	// uncertainty of the parameters (0 where only parameters are known), and SE
	// the two together.
	SEProcess, SEParameter, SE float64
	Bias                       float64 // Expected/Actual − 1, NaN without purchases
	MAE, RMSE                  float64 // per customer, in purchases
}

// Z is how many standard errors the actual total lies above the expected one.
func (r HoldoutResult) Z() float64 { return (r.Actual - r.Expected) / r.SE }

// Holdout checks the parameters against the weeks after the calibration. The
// error is a *fit.Refusal for a row that contradicts itself.
func (p ParetoNBD) Holdout(rows []HoldoutRow, weeks float64) (HoldoutResult, error) {
	g, err := NewGrid(holdoutCells(rows))
	if err != nil {
		return HoldoutResult{}, err
	}
	r := HoldoutResult{Weeks: weeks}
	expected, variance := g.expect(p, weeks)
	var miss, square float64
	for i, row := range rows {
		k := g.Slot(i)
		e := float64(row.Actual) - expected[k]
		r.Actual += row.N * float64(row.Actual)
		r.Expected += row.N * expected[k]
		r.SEProcess += row.N * variance[k]
		miss += row.N * math.Abs(e)
		square += row.N * e * e
	}
	r.Customers = g.customers
	r.SEProcess = math.Sqrt(r.SEProcess)
	r.SE = r.SEProcess
	r.Bias = r.Expected/r.Actual - 1
	if r.Actual == 0 {
		r.Bias = math.NaN()
	}
	r.MAE, r.RMSE = miss/r.Customers, math.Sqrt(square/r.Customers)
	return r, nil
}

// Holdout is that of the parameters, with the standard error that their
// uncertainty adds (delta method, by differences in ln θ).
func (f *ParetoNBDFit) Holdout(rows []HoldoutRow, weeks float64) (HoldoutResult, error) {
	r, err := f.Params.Holdout(rows, weeks)
	if err != nil {
		return r, err
	}
	g, err := NewGrid(holdoutCells(rows))
	if err != nil {
		return r, err
	}
	grad := f.gradient(func(p ParetoNBD) float64 { return g.expectedTotal(p, weeks) })
	r.SEParameter = math.Sqrt(f.Variance(grad))
	r.SE = math.Hypot(r.SEProcess, r.SEParameter)
	return r, nil
}

// gradient takes central differences of a quantity by ln θ at the estimate.
func (f *ParetoNBDFit) gradient(of func(ParetoNBD) float64) []float64 {
	const h = 1e-4
	out := make([]float64, len(f.Theta))
	for i := range out {
		up, down := append([]float64(nil), f.Theta...), append([]float64(nil), f.Theta...)
		up[i] *= math.Exp(h)
		down[i] *= math.Exp(-h)
		out[i] = (of(paretoNBD(up)) - of(paretoNBD(down))) / (2 * h)
	}
	return out
}

func holdoutCells(rows []HoldoutRow) []Cell {
	out := make([]Cell, len(rows))
	for i, r := range rows {
		out[i] = Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	return out
}

// expect gives mean and variance of the purchases of a customer of each cell.
func (g *Grid) expect(p ParetoNBD, weeks float64) (mean, variance []float64) {
	mean, variance = make([]float64, g.Len()), make([]float64, g.Len())
	var w Workspace
	g.PAlive(p, mean, &w)
	active, squared := make([]float64, g.days), make([]float64, g.days)
	for i, alive := range mean {
		t := g.t[i]
		h := g.history(i)
		if active[t] == 0 {
			active[t], squared[t] = activeWeeks(p.S, p.Beta+h.T, weeks), squaredWeeks(p.S, p.Beta+h.T, weeks)
		}
		mean[i] = alive * p.rate(h) * active[t]
		variance[i] = p.variance(h, alive, active[t], squared[t])
	}
	return mean, variance
}

func (g *Grid) expectedTotal(p ParetoNBD, weeks float64) float64 {
	alive := make([]float64, g.Len())
	var w Workspace
	g.PAlive(p, alive, &w)
	active, total := make([]float64, g.days), 0.0
	for i, a := range alive {
		h := g.history(i)
		if active[g.t[i]] == 0 {
			active[g.t[i]] = activeWeeks(p.S, p.Beta+h.T, weeks)
		}
		total += g.n[i] * a * p.rate(h) * active[g.t[i]]
	}
	return total
}

// Birth is a number of customers who first bought on one day. Days count from
// any common day on.
type Birth struct {
	Day int
	N   float64
}

// Tracking gives the expected number of repeat purchases, in all, from the first
// births up to each instant in ends: Σ N·E[X((end − day)/7)]. Instants count
// days as births do, so the close of day d is d + 1. Nothing of what customers
// did after their first purchase enters it. Differences of successive ends are
// the expected purchases of a period.
func (p ParetoNBD) Tracking(births []Birth, ends []int) []float64 {
	byAge, out := map[int]float64{}, make([]float64, len(ends))
	for k, end := range ends {
		for _, b := range births {
			age := end - b.Day
			if age <= 0 {
				continue
			}
			e, known := byAge[age]
			if !known {
				e = p.ExpectedOrdersNew(float64(age) / DaysPerWeek)
				byAge[age] = e
			}
			out[k] += b.N * e
		}
	}
	return out
}
