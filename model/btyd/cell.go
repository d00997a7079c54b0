package btyd

import (
	"cmp"
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
)

// DaysPerWeek turns the days of a Cell into the weeks of the parameters.
const DaysPerWeek = 7

// WeeksPerYear is the year of discount rates and horizons (design: five years
// are 260 weeks).
const WeeksPerYear = 52

// maxDays bounds Tx, T and X of a cell: 2,871 years.
const maxDays = 1 << 20

// Cell is a number of customers who share one history.
type Cell struct {
	X  int     // repeat purchases: days with a purchase, the first one left out
	Tx int     // days from the first purchase to the last one, 0 if X = 0
	T  int     // days from the first purchase to the as-of date
	N  float64 // customers, or any other weight ≥ 0
}

// History gives the cell's history in weeks.
func (c Cell) History() History {
	return History{X: float64(c.X), Tx: float64(c.Tx) / DaysPerWeek, T: float64(c.T) / DaysPerWeek}
}

// History is what the model knows of one customer.
type History struct {
	X  float64 // repeat purchases
	Tx float64 // weeks from the first purchase to the last
	T  float64 // weeks from the first purchase to the as-of date
}

// valid is true for 0 ≤ Tx ≤ T, X ≥ 0, all finite, and Tx = 0 where X = 0.
func (h History) valid() bool {
	return h.X >= 0 && h.Tx >= 0 && h.Tx <= h.T && h.X <= math.MaxFloat64 && h.T <= math.MaxFloat64 &&
		(h.X > 0 || h.Tx == 0)
}

// WeeklyDiscount returns the continuous rate δ per week of a yearly rate d, a
// fraction: ln(1+d)/52 (statistics, section 1).
func WeeklyDiscount(yearly float64) float64 {
	return math.Log1p(yearly) / WeeksPerYear
}

// checkCells returns a *fit.Refusal for the first cell that contradicts itself.
func checkCells(model string, cells []Cell) error {
	wrong := make([]*Cell, partsOf(len(cells))) // the first of each part
	inParts(len(cells), func(k, lo, hi int, _ *scratch) {
		for i := lo; i < hi && wrong[k] == nil; i++ {
			if c := &cells[i]; !c.valid() {
				wrong[k] = c
			}
		}
	})
	c := cmp.Or(wrong...)
	if c == nil {
		return nil
	}
	return &fit.Refusal{
		Reason: fit.BadInput, Model: model,
		Message: fmt.Sprintf("A cell contradicts itself: %d repeat purchases, the last on day %d, age %d days, weight %g.", c.X, c.Tx, c.T, c.N),
		Hint:    "Needed are 0 ≤ Tx ≤ T, X ≥ 0, Tx = 0 where X = 0, and a weight that is finite and not negative.",
	}
}

func (c *Cell) valid() bool {
	return c.T <= maxDays && c.X <= maxDays && c.History().valid() && c.N >= 0 && c.N <= math.MaxFloat64
}
