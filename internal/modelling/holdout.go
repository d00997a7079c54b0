package modelling

import (
	"context"
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

func (w window) weeks() float64 { return float64(w.to-w.calibrated) / week }

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

// purchases are the days on which customers first bought and bought again, of which
// the first and the last one bound what models are held against: contracts may end
// long after the last purchase.
type purchases struct {
	warehouse.Tracking
	first, last clientele.Date
}

func (p purchases) any() bool { return len(p.FirstPurchases) > 0 }

// endOfTime is after every purchase.
var endOfTime = clientele.MustDate("9999-12-31")

func (s *Service) purchases(ctx context.Context) (p purchases, err error) {
	if p.Tracking, err = s.warehouse.Tracking(ctx, endOfTime); err != nil || !p.any() {
		return p, err
	}
	p.first = p.FirstPurchases[0].Day
	for _, d := range p.FirstPurchases {
		p.first, p.last = min(p.first, d.Day), max(p.last, d.Day)
	}
	for _, d := range p.RepeatPurchases {
		p.last = max(p.last, d.Day)
	}
	return p, nil
}

// checkWindow is where a run is checked: a chosen model on the latest of the windows
// on which models are compared, the default as holdoutWindow says.
func checkWindow(asOf clientele.Date, bought purchases, chosen chosen) (w window, ok bool) {
	if chosen.choice != nil {
		if all := origins(asOf, bought.first, bought.last); len(all) > 0 {
			w = all[0]
			w.refit = w.calibrated < asOf
			return w, true
		}
	}
	return holdoutWindow(asOf, bought.first, bought.last)
}

// check holds the model against days it has not seen, and says what it found.
func (s *Service) check(ctx context.Context, run *Run, chosen chosen, bought purchases) error {
	w, ok := checkWindow(run.AsOf, bought, chosen)
	if !ok {
		run.unchecked("The records are too short to hold a part back, so the model is unchecked.")
		return nil
	}
	cells, err := s.warehouse.Holdout(ctx, w.calibrated, w.to)
	if err != nil {
		return err
	}
	rows := holdoutRows(cells)
	model, err := run.modelFor(w, rows)
	if refusal, refused := fit.AsRefusal(err); refused {
		run.unchecked("The model could not be checked: fitted to the records up to %s it was refused. %s", w.calibrated, refusal.Message)
		return nil
	}
	if err != nil {
		return err
	}
	result, err := foretold(model, rows, w)
	if err != nil {
		return err
	}
	if result.Actual == 0 {
		run.unchecked("No customer bought again in the held-out days (%s to %s), so the model is unchecked.", w.calibrated+1, w.to)
		return nil
	}
	if n := crowd(bought.FirstPurchases); n > 0 {
		run.warn("%d customers appear in the first four weeks of the records, far more than later: if the company is older than its records, they are older customers than they seem.", n)
	}
	run.Check = checkOf(result, rows, w)
	weeksOf(model, bought.Tracking, w).addTo(run.Check)
	choice := chosen.choice
	if chosen.kind.Name != run.Estimate.Model {
		choice = nil // another took its place
	}
	run.judged(judge(result, choice))
	return nil
}

// foretold holds a fit against what came, with the uncertainty of its parameters.
func foretold(model btyd.Fitted, rows []btyd.HoldoutRow, w window) (*btyd.HoldoutResult, error) {
	r, err := btyd.Holdout(model.Model(), rows, w.weeks())
	if err != nil {
		return nil, err
	}
	return r, r.WithParameters(rows, model)
}

// unchecked notes why there is no check.
func (r *Run) unchecked(format string, args ...any) {
	r.warn(format, args...)
	r.Trust = clientele.ModelTrust{
		Verdict: clientele.Unchecked, Words: r.Warnings[len(r.Warnings)-1],
		Todo: []string{"Import a longer record, or wait for more purchases, before you plan with its totals."},
	}
}

// judged takes the verdict in. A model that what came after contradicts is never
// used silently: what to do about it stands among the warnings.
func (r *Run) judged(t clientele.ModelTrust) {
	r.Trust = t
	if t.Verdict == clientele.Rejected {
		r.Warnings = append(append(r.Warnings, t.Words), t.Todo...)
	}
}

// modelFor is the run's fit, or one of the same kind to the histories as they stood
// at the cut.
func (r *Run) modelFor(w window, rows []btyd.HoldoutRow) (btyd.Fitted, error) {
	if !w.refit {
		return r.Purchases, nil
	}
	return r.kind().Fit(past(rows), btyd.Options{})
}

// past are the histories at the end of the calibration.
func past(rows []btyd.HoldoutRow) []btyd.Cell {
	out := make([]btyd.Cell, len(rows))
	for i, r := range rows {
		out[i] = btyd.Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	return out
}

func holdoutRows(cells []warehouse.HoldoutCell) []btyd.HoldoutRow {
	rows := make([]btyd.HoldoutRow, len(cells))
	for i, c := range cells {
		rows[i] = btyd.HoldoutRow{X: int(c.X), Tx: int(c.Tx), T: int(c.T), Actual: int(c.Actual), N: float64(c.N)}
	}
	return rows
}

// checkOf is the result as people and programs read it, without its weeks.
func checkOf(r *btyd.HoldoutResult, rows []btyd.HoldoutRow, w window) *clientele.ModelCheck {
	c := &clientele.ModelCheck{
		CalibratedTo: w.calibrated, To: w.to, Refitted: w.refit, Customers: int64(r.Customers), Actual: int64(r.Actual), Expected: r.Expected,
		Low: math.Max(0, r.Expected-z95*r.SE), High: r.Expected + z95*r.SE, Bias: r.Bias, MAE: r.MAE, RMSE: r.RMSE, CRPS: r.CRPS,
		ByFrequency: classes(r, rows), Cohorts: cohorts(r, rows, w.calibrated),
	}
	if !math.IsNaN(r.AUC) {
		c.AUC = &r.AUC
	}
	for _, s := range r.Sets {
		c.Sets = append(c.Sets, clientele.PredictiveSet{Nominal: s.Mass, Expected: s.Held, Covered: s.Covered, Width: s.Width})
	}
	return c
}

// classes are the customers by purchases in the calibration.
func classes(r *btyd.HoldoutResult, rows []btyd.HoldoutRow) []clientele.FrequencyClass {
	const last = frequencyBars - 1
	var out []clientele.FrequencyClass
	for _, g := range r.Groups(rows, func(row btyd.HoldoutRow) int { return min(row.X, last) }) {
		out = append(out, clientele.FrequencyClass{
			Orders: g.Key, OrMore: g.Key == last, Customers: int64(g.Customers), Actual: g.Actual / g.Customers, Expected: g.Expected / g.Customers,
			Held: new(g.Held), Covered: new(g.Covered),
		})
	}
	return out
}
