package modelling

import (
	"iter"
	"slices"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/equity"
	"github.com/clientele/clientele/model/fit"
)

// HorizonYears is the headline horizon: five years. The value beyond is the tail.
const HorizonYears = 5

// Terms are the settings that turn purchases into worth.
type Terms struct {
	DiscountRate float64 // per year, a fraction above 0
	Margin       float64 // of net revenue, a fraction
}

func (t Terms) delta() float64 { return btyd.WeeklyDiscount(t.DiscountRate) }

// check refuses terms under which customers have no finite worth.
func (t Terms) check() error {
	if t.DiscountRate > 0 {
		return nil
	}
	return &fit.Refusal{
		Reason: fit.BadInput, Model: "customer equity",
		Message: "The discount rate is 0, so that the worth beyond five years has no end.", Hint: "Propose a discount rate above 0: clientele definition BOOK propose --discount-rate.",
	}
}

const horizonWeeks = HorizonYears * btyd.WeeksPerYear

// Part is the customers of one segment to whom the same happened over a period.
type Part struct {
	Segment string
	Group   warehouse.Group
}

// PartWorth is how many customers a part has and what they are worth up to the horizon.
type PartWorth struct {
	Customers int64
	Horizon   float64
}

// Worth is what customers are worth, in all and by segment, with intervals. Segments add
// up to the total.
type Worth struct {
	Total    equity.Value
	Segments map[string]equity.Value
}

// histories are cells in columns: the rows of package equity, and whose they are.
type histories struct {
	rows     []equity.Row
	parts    []Part
	segments []string
}

// collect reads cells; segments are numbered as they come.
func collect(cells iter.Seq2[warehouse.Cell, error]) (*histories, error) {
	h, number := &histories{}, map[string]int{}
	for c, err := range cells {
		if err != nil {
			return nil, err
		}
		k, known := number[c.Segment]
		if !known {
			k = len(h.segments)
			number[c.Segment], h.segments = k, append(h.segments, c.Segment)
		}
		h.rows = append(h.rows, equity.Row{X: int(c.X), Tx: int(c.Tx), T: int(c.T), XG: int(c.XG), N: float64(c.N), SumZ: c.Spend, Group: k})
		h.parts = append(h.parts, Part{c.Segment, c.Group})
	}
	return h, nil
}

// seed makes the draws of intervals the same for the same data.
const seed = 1

// Worth values the customers of the cells. The run must be usable. The error may
// be a *fit.Refusal: terms or data for which there is no finite worth.
func (r *Run) Worth(cells iter.Seq2[warehouse.Cell, error], t Terms) (*Worth, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	h, err := collect(cells)
	if err != nil {
		return nil, err
	}
	w := &Worth{Segments: map[string]equity.Value{}}
	segments, err := r.evaluate(h.rows, t, max(1, len(h.segments)))
	if err != nil {
		return nil, err
	}
	for k, name := range h.segments {
		w.Segments[name] = segments.Groups[k]
	}
	w.Total = segments.Total
	if len(h.segments) > 1 {
		// the same interval, to the last digit, as without segments
		for i := range h.rows {
			h.rows[i].Group = 0
		}
		whole, err := r.evaluate(h.rows, t, 1)
		if err != nil {
			return nil, err
		}
		w.Total = whole.Total
	}
	return w, nil
}

func (r *Run) evaluate(rows []equity.Row, t Terms, groups int) (*equity.Result, error) {
	return equity.Evaluate(r.Purchases, r.Spend, rows, equity.Options{
		Margin: t.Margin, Delta: t.delta(), Horizon: horizonWeeks, Seed: seed, Groups: groups,
	})
}

// Parts values the customers of the cells by part, without intervals. Parts add up to the
// total that Worth gives.
func (r *Run) Parts(cells iter.Seq2[warehouse.Cell, error], t Terms) (map[Part]PartWorth, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	h, err := collect(cells)
	if err != nil {
		return nil, err
	}
	past := make([]btyd.Cell, len(h.rows))
	for i, row := range h.rows {
		past[i] = btyd.Cell{X: row.X, Tx: row.Tx, T: row.T, N: row.N}
	}
	scores, err := r.Purchases.ScoreCells(past, btyd.ScoreOptions{Weeks: yearWeeks, Delta: t.delta(), Horizon: horizonWeeks, NoSpread: true})
	if err != nil {
		return nil, err
	}
	out := map[Part]PartWorth{}
	for i, row := range h.rows {
		base, slope := r.Spend.Params.Line(row.XG)
		w := out[h.parts[i]]
		w.Customers += int64(row.N)
		w.Horizon += t.Margin * scores[i].DET * (base*row.N + slope*row.SumZ)
		out[h.parts[i]] = w
	}
	return out, nil
}

// yearWeeks are the 365 days of expected orders.
const yearWeeks = 365.0 / btyd.DaysPerWeek

// Scores are what goes down to the engine to value single customers.
type Scores struct {
	Cells []warehouse.CellScore
	Spend []warehouse.SpendScore
	after []float64 // per cell: discounted purchases beyond the horizon
}

// Beyond are the scores of the worth beyond the horizon, without its interval.
func (s Scores) Beyond() Scores {
	out := Scores{Cells: slices.Clone(s.Cells), Spend: s.Spend, after: s.after}
	for i := range out.Cells {
		out.Cells[i].Discounted, out.Cells[i].LogSD = s.after[i], 0
	}
	return out
}

// Scores scores every distinct history and every number of paid repeat days.
// The run must be usable. The error may be a *fit.Refusal, as in Worth.
func (r *Run) Scores(cells iter.Seq2[warehouse.Cell, error], t Terms) (Scores, error) {
	var (
		out  Scores
		past []btyd.Cell
		paid = map[int32]bool{}
	)
	for c, err := range cells {
		if err != nil {
			return Scores{}, err
		}
		past = append(past, btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)})
		if !paid[c.XG] {
			paid[c.XG] = true
			k := r.Spend.Coefficients(int(c.XG))
			out.Spend = append(out.Spend, warehouse.SpendScore{
				XG: c.XG, Base: k.Intercept, Slope: k.Slope, VarBase: k.VarIntercept, Cov: k.Cov, VarSlope: k.VarSlope,
			})
		}
	}
	if err := t.check(); err != nil {
		return Scores{}, err
	}
	grid, err := btyd.NewGrid(past)
	if err != nil {
		return Scores{}, err
	}
	out.Cells, out.after = make([]warehouse.CellScore, grid.Len()), make([]float64, grid.Len())
	for i, s := range r.Purchases.Score(grid, btyd.ScoreOptions{Weeks: yearWeeks, Delta: t.delta(), Horizon: horizonWeeks}) {
		c := grid.Cell(i)
		out.Cells[i] = warehouse.CellScore{
			X: int32(c.X), Tx: int32(c.Tx), T: int32(c.T), PAlive: s.PAlive, Expected: s.ExpectedOrders, Discounted: s.DET, LogSD: s.SDLogDET,
		}
		out.after[i] = s.DETInfinite - s.DET
	}
	return out, nil
}
