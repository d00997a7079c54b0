package modelling

import (
	"context"
	"fmt"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// How much is held out, in days.
const (
	week       = 7
	leastAfter = 13 * week // records past the as-of date from which they are the holdout
	leastHeld  = 4 * week  // fewer held-out days tell nothing
	mostHeld   = 52 * week
)

// window is what a model is checked on: the days (calibrated, to].
type window struct {
	calibrated, to clientele.Date
	refit          bool // the run's own fit has seen the days, so another is made
}

// holdoutWindow chooses the window. Records that reach 13 weeks past the as-of
// date are the holdout, up to a year of them; else the last year before the
// as-of date is held back, but no more than a third of the records.
func holdoutWindow(asOf, first, last clientele.Date) (w window, ok bool) {
	if last-asOf >= leastAfter {
		return window{calibrated: asOf, to: asOf + min(mostHeld, last-asOf)}, true
	}
	to := min(asOf, last)
	held := min(mostHeld, (to-first+1)/3/week*week)
	return window{calibrated: to - held, to: to, refit: true}, held >= leastHeld
}

// check holds the model against days it has not seen, and says what it found.
func (s *Service) check(ctx context.Context, run *Run, span warehouse.Span) error {
	w, ok := holdoutWindow(run.AsOf, span.FirstDay, span.LastDay)
	if !ok {
		run.warn("The records are too short to hold a part back, so the model is unchecked.")
		return nil
	}
	cells, err := s.warehouse.Holdout(ctx, w.calibrated, w.to)
	if err != nil {
		return err
	}
	model, err := run.modelFor(w, cells)
	if refusal, refused := fit.AsRefusal(err); refused {
		run.warn("The model could not be checked: fitted to the records up to %s it was refused. %s", w.calibrated, refusal.Message)
		return nil
	}
	if err != nil {
		return err
	}
	rows := holdoutRows(cells)
	result, err := btyd.Holdout(model.Params, rows, float64(w.to-w.calibrated)/week)
	if err != nil {
		return err
	}
	if err := result.WithParameters(rows, model.Estimate, paretoNBD); err != nil {
		return err
	}
	if result.Actual == 0 {
		run.warn("No customer bought again in the held-out days (%s to %s), so the model is unchecked.", w.calibrated+1, w.to)
		return nil
	}
	tracking, err := s.warehouse.Tracking(ctx, w.to)
	if err != nil {
		return err
	}
	if n := crowd(tracking.FirstPurchases); n > 0 {
		run.warn("%d customers appear in the first four weeks of the records, far more than later: if the company is older than its records, they are older customers than they seem.", n)
	}
	verdict, bad := judge(result)
	run.Holdout = &clientele.Holdout{
		CalibratedTo: w.calibrated, To: w.to, Customers: int64(result.Customers), Actual: int64(result.Actual), Expected: result.Expected,
		Bias: result.Bias, MAE: result.MAE, RMSE: result.RMSE, Verdict: verdict, Weeks: weekly(model, tracking, w),
	}
	if bad {
		run.warn("%s", verdict)
	}
	return nil
}

// A crowd at the start of the records is a sign that they begin in the middle of
// a company's life. The bounds are our own.
const (
	crowdDays  = 4 * week
	crowdTimes = 3 // as many a day as in the rest of the first year
	firstYear  = 52 * week
)

// crowd counts the customers who seem to have come with the records: 0 unless
// they are conspicuously many.
func crowd(first []warehouse.DayCount) int64 {
	begin := clientele.Date(math.MaxInt32)
	for _, d := range first {
		begin = min(begin, d.Day)
	}
	var early, later int64
	for _, d := range first {
		switch {
		case d.Day < begin+crowdDays:
			early += d.N
		case d.Day < begin+firstYear:
			later += d.N
		}
	}
	if float64(early)/crowdDays > crowdTimes*float64(later)/(firstYear-crowdDays) {
		return early
	}
	return 0
}

// modelFor is the run's fit, or one to the histories as they stood at the cut.
func (r *Run) modelFor(w window, cells []warehouse.HoldoutCell) (*btyd.ParetoNBDFit, error) {
	if !w.refit {
		return r.Purchases, nil
	}
	past := make([]btyd.Cell, len(cells))
	for i, c := range cells {
		past[i] = btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)}
	}
	return btyd.FitParetoNBD(past, btyd.Options{})
}

func holdoutRows(cells []warehouse.HoldoutCell) []btyd.HoldoutRow {
	rows := make([]btyd.HoldoutRow, len(cells))
	for i, c := range cells {
		rows[i] = btyd.HoldoutRow{X: int(c.X), Tx: int(c.Tx), T: int(c.T), Actual: int(c.Actual), N: float64(c.N)}
	}
	return rows
}

// The bounds of the verdict are our own: no published ones exist. A total within
// a tenth is good enough to plan with, one off by more than a quarter is not.
const (
	goodBias = 0.10
	fairBias = 0.25
	farOff   = 2 // standard errors within which chance explains the difference
)

// judge says in plain words how the model did; bad asks for a warning.
func judge(r *btyd.HoldoutResult) (verdict string, bad bool) {
	side := "more"
	if r.Bias < 0 {
		side = "fewer"
	}
	found := fmt.Sprintf("In %.0f weeks that it had not seen the model expected %.1f %% %s repeat purchases than were made", r.Weeks, 100*math.Abs(r.Bias), side)
	switch off := math.Abs(r.Bias); {
	case off <= goodBias:
		return found + ": totals can be relied on.", false
	case off <= fairBias:
		return found + ": totals are roughly right.", false
	case math.Abs(r.Z()) <= farOff:
		return found + ", which chance can explain: there are too few purchases to judge it.", false
	default:
		return found + ": do not rely on its totals. Look for a change in how customers buy, or for seasons, over the year.", true
	}
}

// weekly sets whole weeks of repeat purchases, counted from the cut in both
// directions, against what was expected of customers when they first bought.
// The band is 1.96 standard deviations to each side: chance, the uncertainty of
// the parameters, and as much more as the weeks before the cut scattered beyond
// these (weather, holidays, mailings). It knows of no seasons.
func weekly(model *btyd.ParetoNBDFit, t warehouse.Tracking, w window) []clientele.HoldoutWeek {
	if len(t.FirstPurchases) == 0 {
		return []clientele.HoldoutWeek{}
	}
	births, first := make([]btyd.Birth, len(t.FirstPurchases)), t.FirstPurchases[0].Day
	for i, d := range t.FirstPurchases {
		births[i] = btyd.Birth{Day: int(d.Day), N: float64(d.N)}
		first = min(first, d.Day)
	}
	start := w.calibrated + 1 - (w.calibrated+1-first)/week*week
	n := int(w.to-start+1) / week
	ends := make([]int, n+1)
	for k := range ends {
		ends[k] = int(start) + k*week
	}
	expected, sd := weeksExpected(model, births, ends)
	out := make([]clientele.HoldoutWeek, n)
	for k := range out {
		day := start + clientele.Date(k*week)
		out[k] = clientele.HoldoutWeek{Week: day, Expected: expected[k], HeldOut: day > w.calibrated}
	}
	for _, d := range t.RepeatPurchases {
		if k := int(d.Day-start) / week; d.Day >= start && k < n {
			out[k].Actual += d.N
		}
	}
	wider := scatter(out, sd)
	for k := range out {
		reach := z95 * wider * sd[k]
		out[k].Low, out[k].High = math.Max(0, expected[k]-reach), expected[k]+reach
	}
	return out
}

// scatter is by how much the weeks before the cut lie further from the expected
// than their standard deviations say, at least 1.
func scatter(weeks []clientele.HoldoutWeek, sd []float64) float64 {
	sum, n := 0.0, 0.0
	for k, w := range weeks {
		if !w.HeldOut && sd[k] > 0 {
			z := (float64(w.Actual) - w.Expected) / sd[k]
			sum, n = sum+z*z, n+1
		}
	}
	return math.Sqrt(math.Max(1, sum/math.Max(1, n)))
}

// z95 bounds the middle 95 % of a normal distribution.
const z95 = 1.959964

// weeksExpected gives the expected repeat purchases of each week between
// successive ends and the standard deviation of the actual ones around them.
func weeksExpected(model *btyd.ParetoNBDFit, births []btyd.Birth, ends []int) (expected, sd []float64) {
	expected = differences(btyd.Tracking(model.Params, births, ends))
	gradients := make([][]float64, len(expected))
	for k := range gradients {
		gradients[k] = make([]float64, len(model.Theta))
	}
	const h = 1e-4 // in ln θ, as the model library takes its own differences
	for j := range model.Theta {
		up := differences(btyd.Tracking(moved(model, j, h), births, ends))
		down := differences(btyd.Tracking(moved(model, j, -h), births, ends))
		for k := range gradients {
			gradients[k][j] = (up[k] - down[k]) / (2 * h)
		}
	}
	sd = make([]float64, len(expected))
	for k, m := range expected {
		sd[k] = math.Sqrt(overdispersion(model.Params)*m + model.Variance(gradients[k]))
	}
	return expected, sd
}

// overdispersion is the variance of a week's purchases over their mean. Given a
// customer's rate they are Poisson while alive, so it is at most 1 + E[λ²]/E[λ]
// = 1 + (r+1)/α, which it reaches but for the week in which a customer leaves.
func overdispersion(p btyd.ParetoNBD) float64 { return 1 + (p.R+1)/p.Alpha }

// moved is the model with parameter j moved by h in its logarithm.
func moved(model *btyd.ParetoNBDFit, j int, h float64) btyd.Model {
	t := append([]float64(nil), model.Theta...)
	t[j] *= math.Exp(h)
	return paretoNBD(t)
}

func paretoNBD(t []float64) btyd.Model {
	return btyd.ParetoNBD{R: t[0], Alpha: t[1], S: t[2], Beta: t[3]}
}

func differences(cumulative []float64) []float64 {
	out := make([]float64, max(0, len(cumulative)-1))
	for k := range out {
		out[k] = cumulative[k+1] - cumulative[k]
	}
	return out
}
