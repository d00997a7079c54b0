package statement

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/equity"
	"github.com/clientele/clientele/model/fit"
	"golang.org/x/sync/errgroup"
)

// EquityRequest asks how customer equity moved over a period: from the close of the day
// before it to the close of its last day.
type EquityRequest struct {
	Request
	Horizon clientele.Horizon
}

// EquityMovement returns the movement: of a closed period as it was closed, else computed
// or from the cache. Its lines add up to the cent, for the company and for every segment,
// and segments to the company; the equity at either end is that of a statement that closes
// there. Where the opening was closed, it is as closed, and by the model that it was closed
// with: what came late is Restatement, what was defined anew Scope. Where a model is refused, so is
// the movement: Refused says why. Errors are those of Statement; CodeUnbalanced if the
// lines of a customer do not add up.
func (s *Service) EquityMovement(ctx context.Context, r EquityRequest, progress Progress) (clientele.EquityMovement, error) {
	var read reading
	defer read.close()
	return s.equityMovement(ctx, r, &read, progress)
}

// EquityMovements returns the movement by each horizon, for less than they cost one by one.
// Errors are those of EquityMovement.
func (s *Service) EquityMovements(ctx context.Context, r Request, horizons []clientele.Horizon) ([]clientele.EquityMovement, error) {
	var read reading
	defer read.close()
	out := make([]clientele.EquityMovement, len(horizons))
	g, ctx := errgroup.WithContext(ctx)
	for i, h := range horizons {
		g.Go(func() (err error) {
			out[i], err = s.equityMovement(ctx, EquityRequest{r, h}, &read, nil)
			return err
		})
	}
	return out, g.Wait()
}

func (s *Service) equityMovement(ctx context.Context, r EquityRequest, read *reading, progress Progress) (clientele.EquityMovement, error) {
	if progress == nil {
		progress = func(string, float64) {}
	}
	m, _, err := answer(ctx, s, func() (work[clientele.EquityMovement], error) {
		b, err := s.equityBasis(ctx, r)
		if err != nil {
			return work[clientele.EquityMovement]{}, err
		}
		keys, err := b.keys()
		return work[clientele.EquityMovement]{keys, b.Data, func() (clientele.EquityMovement, error) {
			if m, ok := b.frozen(); ok {
				return m, nil
			}
			return s.moveEquity(ctx, b, read, progress)
		}}, err
	})
	return m, err
}

// ReadyEquityMovement returns the movement if it is closed or in the cache; ok is false if
// it has to be computed first.
func (s *Service) ReadyEquityMovement(ctx context.Context, r EquityRequest) (m clientele.EquityMovement, ok bool, err error) {
	b, err := s.equityBasis(ctx, r)
	if err != nil {
		return m, false, err
	}
	if m, ok := b.frozen(); ok {
		return m, true, nil
	}
	keys, err := b.keys()
	if err != nil {
		return m, false, err
	}
	return kept[clientele.EquityMovement](ctx, s, keys.now)
}

// LatestEquityMovement is for a movement what Latest is for a statement.
func (s *Service) LatestEquityMovement(ctx context.Context, r EquityRequest) (m clientele.EquityMovement, is Kept, err error) {
	b, err := s.equityBasis(ctx, r)
	if err != nil {
		return m, is, err
	}
	if m, ok := b.frozen(); ok {
		return m, Kept{b.closed.Hash, true}, nil
	}
	keys, err := b.keys()
	if err != nil {
		return m, is, err
	}
	return latest[clientele.EquityMovement](ctx, s, keys)
}

// equityBasis is everything that makes an equity movement, beside the records themselves.
type equityBasis struct {
	basis
	Horizon clientele.Horizon
	Opening string           // hash of the close that the opening is of; "" if there is none
	opening *clientele.Close // that close
	foreign *clientele.Close // one that would be, but was made in another currency
	closed  *clientele.Close // the close of the period itself
}

func (s *Service) equityBasis(ctx context.Context, r EquityRequest) (b equityBasis, err error) {
	if b.basis, err = s.basis(ctx, r.Request); err != nil {
		return b, err
	}
	b.Horizon = r.Horizon
	opening, ok, err := s.book.ClosedOn(ctx, r.Period.Opening())
	if err != nil {
		return b, err
	}
	switch {
	case !ok || opening.Statement.Equity == nil:
	case opening.Settings.Currency != b.Settings.Currency:
		b.foreign = &opening
	default:
		b.Opening, b.opening = opening.Hash, &opening
	}
	closed, ok, err := s.book.ClosedOn(ctx, r.Period.To)
	if ok && closed.From == r.Period.From {
		b.closed = &closed
	}
	return b, err
}

// frozen is the movement as it was closed; ok is false if the period is not closed, or is
// asked for by segments, which are not closed.
func (b equityBasis) frozen() (m clientele.EquityMovement, ok bool) {
	if b.closed == nil || b.Request.By != "" {
		return m, false
	}
	for _, m := range b.closed.Movements {
		if m.Horizon == b.Horizon {
			return m, true
		}
	}
	return m, false
}

func (b equityBasis) keys() (keys, error) {
	lasting := b
	lasting.basis = b.lasting()
	return keysOf("equity_movement", b, lasting)
}

// refused says why there is no movement; "" if there is one.
func (e *ends) refused() string {
	for _, r := range []*modelling.Run{e.opening.run, e.closing.run} {
		if !r.Usable() {
			return fmt.Sprintf("As of %s there is no model: %s", r.AsOf, r.Refused)
		}
	}
	return ""
}

func (e *ends) move(b equityBasis) modelling.Move {
	return modelling.Move{Opening: e.opening.run, Closing: e.closing.run, Terms: b.terms(), Horizon: b.Horizon}
}

// moveEquity computes the movement from the records.
func (s *Service) moveEquity(ctx context.Context, b equityBasis, read *reading, progress Progress) (clientele.EquityMovement, error) {
	r := b.Request
	m := clientele.EquityMovement{
		Attribute: r.By, Currency: b.Settings.Currency, From: r.Period.From, To: r.Period.To, Horizon: b.Horizon,
	}
	progress("Summing up purchase histories", 0)
	if err := s.knows(ctx, r.By); err != nil {
		return m, err
	}
	e, err := s.ends(ctx, b, read, progress)
	if err != nil {
		return m, err
	}
	if m.Refused = e.refused(); m.Refused != "" {
		return m, nil
	}
	m.Models = &clientele.MovementModels{Opening: modelOf(e.opening.run), Closing: modelOf(e.closing.run)}
	m.Warnings = b.movementWarnings(e)
	move := e.move(b)
	progress("Moving every customer's worth", 0.7)
	moved, err := s.moveCustomers(ctx, move, e, r.By)
	if refusal, ok := fit.AsRefusal(err); ok {
		m.Refused = refusal.Error()
		return m, nil
	}
	if err != nil {
		return m, err
	}
	progress("Telling how sure that is", 0.9)
	total := fill(&m, moved)
	if err := e.restate(b, &m); err != nil {
		return m, err
	}
	m.Cash = &clientele.CashMargin{Expected: fromCents(cents(total.Cash)), Actual: moved.Actual.Share(b.Settings.MarginOrOne())}
	spreadMovement(&m, move, moved, total)
	if err := e.sameAsStatements(b, &m); err != nil {
		return m, err
	}
	progress("Done", 1)
	return m, nil
}

// moveCustomers moves the worth of every customer, one horizon at a time: it takes much
// memory. The error may be a *fit.Refusal.
func (s *Service) moveCustomers(ctx context.Context, move modelling.Move, e *ends, by string) (moved warehouse.EquityMoved, err error) {
	e.moving.Lock()
	defer e.moving.Unlock()
	q, err := move.Query(e.opening.cells.all(), e.closing.cells.all())
	if err != nil {
		return moved, err
	}
	q.By, q.Sample = by, modelling.MoveSample
	if moved, err = s.warehouse.MoveEquity(ctx, q); err != nil {
		return moved, err
	}
	return moved, addsUp(moved.Sums)
}

// modelOf names a run.
func modelOf(r *modelling.Run) clientele.MovementModel {
	report := r.Report()
	return clientele.MovementModel{Name: report.Name, Run: r.ID, AsOf: r.AsOf}
}

// movementWarnings are what a reader of the movement must know.
func (b equityBasis) movementWarnings(e *ends) []string {
	out := b.warnings()
	if b.closed != nil {
		out = append(out, fmt.Sprintf("%s is closed; by segment it is shown as the records are now.", b.closed.Period))
	}
	if c := b.foreign; c != nil {
		out = append(out, fmt.Sprintf("%s was closed in %s, and the book is in %s now: without a rate between them the opening is as the records are now.", c.Period, c.Settings.Currency, b.Settings.Currency))
	}
	for _, r := range []*modelling.Run{e.opening.run, e.closing.run} {
		if r.Trust.Verdict == clientele.Rejected {
			out = append(out, fmt.Sprintf("The model as of %s does not hold against weeks that it had not seen: %s", r.AsOf, r.Trust.Words))
		}
	}
	return out
}

// mostAmiss is what a customer's lines may fail to add up by, over the sum of their
// absolute values.
const mostAmiss = 1e-9

func addsUp(sums []warehouse.EquitySums) error {
	for _, s := range sums {
		if !(s.Worst <= mostAmiss) {
			return clientele.Errorf(clientele.CodeUnbalanced, "the equity movement of a customer is off by %.1e of its lines", s.Worst).
				WithHint("Run clientele verify on the book, then clientele rebuild.")
		}
	}
	return nil
}

// middle are the lines between opening and closing that customers make one by one.
var middle = []warehouse.EquityLine{
	"unwinding", "expected_release", "window", "experience.survival", "experience.activity", "experience.spend",
	"new_customers", "assumption_change",
}

// fill rounds the lines to cents, such that they, and the segments, add up.
func fill(m *clientele.EquityMovement, moved warehouse.EquityMoved) (total warehouse.EquitySums) {
	total.Lines = map[warehouse.EquityLine]float64{}
	table, openings := make([][]float64, len(moved.Sums)), make([]float64, len(moved.Sums))
	for i, s := range moved.Sums {
		for line, v := range s.Lines {
			total.Lines[line] += v
		}
		total.Customers, total.Squares, total.Cash = total.Customers+s.Customers, total.Squares+s.Squares, total.Cash+s.Cash
		openings[i] = s.Lines["opening"]
		for _, line := range middle {
			table[i] = append(table[i], s.Lines[line])
		}
	}
	if len(moved.Sums) == 0 {
		return total
	}
	opening, closing := cents(total.Lines["opening"]), cents(total.Lines["closing"])
	parts := apportion(table, closing-opening)
	starts := apportion([][]float64{openings}, opening)[0]
	sum := make([]int64, len(middle))
	for i, row := range parts {
		for j, v := range row {
			sum[j] += v
		}
		if m.Attribute != "" {
			part := clientele.EquityMovement{
				Segment: moved.Sums[i].Segment, Currency: m.Currency, From: m.From, To: m.To, Horizon: m.Horizon,
			}
			setLines(&part, starts[i], row)
			m.Segments = append(m.Segments, part)
		}
	}
	setLines(m, opening, sum)
	for _, c := range moved.Cohorts {
		m.Cohorts = append(m.Cohorts, clientele.CohortWorth{Month: c.Month, Customers: c.Customers})
	}
	worths := make([]float64, len(moved.Cohorts))
	for i, c := range moved.Cohorts {
		worths[i] = c.Worth
	}
	if len(worths) > 0 {
		for i, v := range apportion([][]float64{worths}, sum[slices.Index(middle, "new_customers")])[0] {
			m.Cohorts[i].Worth = fromCents(v)
		}
	}
	return total
}

// setLines writes lines in cents into a movement, in the order of middle.
func setLines(m *clientele.EquityMovement, opening int64, lines []int64) {
	m.Opening = fromCents(opening)
	for i, into := range []*clientele.Money{
		&m.Unwinding, &m.ExpectedRelease, &m.Window, &m.Experience.Survival, &m.Experience.Activity, &m.Experience.Spend,
		&m.NewCustomers, &m.AssumptionChange,
	} {
		*into = fromCents(lines[i])
		opening += lines[i]
	}
	m.Experience.Total = clientele.SumMoney(m.Experience.Survival, m.Experience.Activity, m.Experience.Spend)
	m.Closing = fromCents(opening)
}

// spreadMovement adds intervals and the audit; where they cannot be told a warning says why.
func spreadMovement(m *clientele.EquityMovement, move modelling.Move, moved warehouse.EquityMoved, total warehouse.EquitySums) {
	if len(moved.Pairs) == 0 {
		return
	}
	experience := total.Lines["experience.total"]
	d, err := move.Spread(moved.Pairs, total)
	if err != nil {
		m.Warnings = append(m.Warnings, err.Error())
		return
	}
	m.Intervals = intervals(d)
	if total.Squares > 0 {
		m.Audit = audit(experience/math.Sqrt(total.Squares), experience/math.Sqrt(total.Squares+d.ExperienceVariance))
	}
}

// restate begins the movement with the opening as it was closed: what the records, and then
// the terms, make of it now are lines of their own. Segments were not closed, and add up:
// by segment the movement begins as the records are now.
func (e *ends) restate(b equityBasis, m *clientele.EquityMovement) error {
	if b.opening == nil {
		return nil
	}
	if b.Request.By != "" {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%s is closed, not by segment: here the opening is as the records are now.", b.opening.Period))
		return nil
	}
	closed := b.opening.Statement.Equity.Estimate.Estimate
	if m.Horizon == clientele.Infinite {
		closed = closed.Add(b.opening.Statement.Equity.Tail.Estimate)
	}
	terms := basis{Settings: b.opening.Settings}.terms()
	w, err := e.opening.worthBy(terms)
	if err != nil {
		return err
	}
	restated := fromCents(cents(w.Total.Horizon.Estimate))
	if m.Horizon == clientele.Infinite {
		restated = restated.Add(fromCents(cents(w.Total.Tail.Estimate)))
	}
	if terms == b.terms() {
		restated = m.Opening // to the cent, as it is without a close
	}
	m.Restatement, m.Scope, m.Opening = restated.Sub(closed), m.Opening.Sub(restated), closed
	return nil
}

// sameAsStatements gives both ends the intervals that statements show, which come of more
// draws.
func (e *ends) sameAsStatements(b equityBasis, m *clientele.EquityMovement) error {
	if m.Intervals == nil {
		return nil
	}
	for line, end := range map[string]*end{"opening": &e.opening, "closing": &e.closing} {
		w, err := end.worthBy(b.terms())
		if _, refused := fit.AsRefusal(err); refused {
			continue // it keeps the movement's own
		}
		if err != nil {
			return err
		}
		v := w.Total.Horizon
		if m.Horizon == clientele.Infinite {
			v = w.Total.Whole
		}
		m.Intervals[line] = clientele.Interval{Low: fromCents(cents(v.Low)), High: fromCents(cents(v.High))}
	}
	if b.opening != nil && b.Request.By == "" && m.Horizon == clientele.FiveYears {
		e := b.opening.Statement.Equity
		m.Intervals["opening"] = clientele.Interval{Low: e.Low, High: e.High}
	}
	return nil
}

func intervals(d *equity.Deviation) map[string]clientele.Interval {
	out := map[string]clientele.Interval{}
	put := func(line string, low, high float64) {
		out[line] = clientele.Interval{Low: fromCents(cents(low)), High: fromCents(cents(high))}
	}
	put("opening", d.Low.Opening, d.High.Opening)
	put("unwinding", d.Low.Unwinding, d.High.Unwinding)
	put("expected_release", d.Low.Release, d.High.Release)
	put("window", d.Low.Window, d.High.Window)
	put("experience.total", d.ExperienceLow, d.ExperienceHigh)
	put("experience.survival", d.Low.Survival, d.High.Survival)
	put("experience.activity", d.Low.Activity, d.High.Activity)
	put("experience.spend", d.Low.Spend, d.High.Spend)
	put("new_customers", d.Low.New, d.High.New)
	put("assumption_change", d.Low.Assumption, d.High.Assumption)
	put("closing", d.Low.Closing, d.High.Closing)
	return out
}

// audit words the reading on z with the parameters' uncertainty in it: beyond 1.96 once in
// twenty periods by chance alone, beyond 3.29 once in a thousand.
func audit(z, with float64) *clientele.Audit {
	side := "better"
	if with < 0 {
		side = "worse"
	}
	reading := fmt.Sprintf("Customers did as the model expected, within chance (z = %.1f): experience may be read as noise.", with)
	switch a := math.Abs(with); {
	case a > 3.29:
		reading = fmt.Sprintf("Customers did %s than expected by far more than chance allows (z = %.1f): the assumptions of the opening did not hold. Ask what changed before the closing is signed.", side, with)
	case a > 1.96:
		reading = fmt.Sprintf("Customers did %s than expected by more than chance allows in nineteen of twenty periods (z = %.1f): look for a cause.", side, with)
	}
	return &clientele.Audit{Z: rounded(z), WithParameters: rounded(with), Reading: reading}
}

// rounded is z to six decimals: beyond them the order of summing shows.
func rounded(z float64) float64 { return math.Round(z*1e6) / 1e6 }
