package statement

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/fit"
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
	read := s.Read()
	defer read.Close()
	all, err := read.EquityMovements(ctx, r.Request, []clientele.Horizon{r.Horizon}, progress)
	if err != nil {
		return clientele.EquityMovement{}, err
	}
	return all[0], nil
}

// PrepareEquityMovements has the movements by both horizons ready for ReadyEquityMovement;
// what they are made of is read once. Progress may be nil. Errors are those of EquityMovement.
func (s *Service) PrepareEquityMovements(ctx context.Context, r Request, progress Progress) (err error) {
	if progress == nil {
		progress = func(string, float64) {}
	}
	read := s.Read()
	defer read.Close()
	for i, h := range []clientele.Horizon{clientele.FiveYears, clientele.Infinite} {
		half := part(progress, float64(i)/2, float64(i+1)/2)
		_, failed := read.EquityMovements(ctx, r, []clientele.Horizon{h}, Progress(half))
		err = errors.Join(err, failed)
	}
	return err
}

// EquityMovements returns the movement by each horizon. Progress may be nil. Errors are
// those of Service.EquityMovement.
func (r *Reading) EquityMovements(ctx context.Context, q Request, horizons []clientele.Horizon, progress Progress) ([]clientele.EquityMovement, error) {
	if progress == nil {
		progress = func(string, float64) {}
	}
	all, _, err := kept.Answer(ctx, r.service.answers, func() (kept.Work[[]clientele.EquityMovement], error) {
		b, err := r.service.equityBasis(ctx, q, horizons)
		return kept.Work[[]clientele.EquityMovement]{Question: b.question(), Compute: func() ([]clientele.EquityMovement, error) {
			if all, ok := b.frozen(); ok {
				return all, nil
			}
			return r.moveEquity(ctx, b, progress)
		}}, err
	})
	return all, err
}

// ReadyEquityMovement returns the movement if it is closed or in the cache; ok is false if
// it has to be computed first.
func (s *Service) ReadyEquityMovement(ctx context.Context, r EquityRequest) (m clientele.EquityMovement, ok bool, err error) {
	b, err := s.equityBasis(ctx, r.Request, []clientele.Horizon{r.Horizon})
	if err != nil {
		return m, false, err
	}
	if all, ok := b.frozen(); ok {
		return all[0], true, nil
	}
	all, ok, err := kept.Ready[[]clientele.EquityMovement](ctx, s.answers, b.question())
	if err != nil || !ok {
		return m, false, err
	}
	return all[0], true, nil
}

// LatestEquityMovement is for a movement what Latest is for a statement.
func (s *Service) LatestEquityMovement(ctx context.Context, r EquityRequest) (m clientele.EquityMovement, is kept.Is, err error) {
	b, err := s.equityBasis(ctx, r.Request, []clientele.Horizon{r.Horizon})
	if err != nil {
		return m, is, err
	}
	if all, ok := b.frozen(); ok {
		return all[0], kept.Is{Key: b.closed.Hash, Current: true}, nil
	}
	all, is, err := kept.Latest[[]clientele.EquityMovement](ctx, s.answers, b.question())
	if err != nil || is.Key == "" {
		return m, is, err
	}
	return all[0], is, nil
}

// equityBasis is everything that makes equity movements, beside the records themselves.
type equityBasis struct {
	basis
	Horizons []clientele.Horizon
	Opening  string           // hash of the close that the opening is of; "" if there is none
	opening  *clientele.Close // that close
	foreign  *clientele.Close // one that would be, but was made in another currency
	closed   *clientele.Close // the close of the period itself
}

func (s *Service) equityBasis(ctx context.Context, r Request, horizons []clientele.Horizon) (b equityBasis, err error) {
	if b.basis, err = s.basis(ctx, r); err != nil {
		return b, err
	}
	b.Horizons = horizons
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

// frozen are the movements as they were closed; ok is false if the period is not closed,
// or one was refused then, or is asked for by segments, which are not closed.
func (b equityBasis) frozen() (all []clientele.EquityMovement, ok bool) {
	if b.closed == nil || b.Request.By != "" {
		return nil, false
	}
	for _, h := range b.Horizons {
		i := slices.IndexFunc(b.closed.Movements, func(m clientele.EquityMovement) bool { return m.Horizon == h })
		if i < 0 {
			return nil, false
		}
		all = append(all, b.closed.Movements[i])
	}
	return all, true
}

func (b equityBasis) question() kept.Question {
	return b.basis.question("equity_movement", b.Horizons, b.Opening)
}

// refused says why there is no movement; "" if there is one.
func (e ends) refused() string {
	for _, r := range e.runs {
		if !r.Usable() {
			return fmt.Sprintf("As of %s there is no model: %s", r.AsOf, r.Refused)
		}
	}
	return ""
}

func (e ends) move(b equityBasis) modelling.Move {
	return modelling.Move{Opening: e.runs[0], Closing: e.runs[1], Terms: b.terms(), Horizons: b.Horizons}
}

// moveEquity computes the movements from the records.
func (r *Reading) moveEquity(ctx context.Context, b equityBasis, progress Progress) ([]clientele.EquityMovement, error) {
	progress("Summing up purchase histories", 0)
	if err := r.service.knows(ctx, b.Request.By); err != nil {
		return nil, err
	}
	e, err := r.readEnds(ctx, b, progress)
	if err != nil {
		return nil, err
	}
	all := b.untold(e)
	if e.refused() != "" {
		return all, nil
	}
	move := e.move(b)
	progress("Moving every customer's worth", 0.7)
	moved, err := r.moveCustomers(ctx, move, e, b.Request.By)
	if refusal, ok := fit.AsRefusal(err); ok {
		for i := range all {
			all[i].Refused = refusal.Error()
		}
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	progress("Telling how sure that is", 0.9)
	for i := range all {
		if err := e.tell(b, &all[i], move, moved, moved.Horizons[i]); err != nil {
			return nil, err
		}
	}
	progress("Done", 1)
	return all, nil
}

// untold are the movements without their lines.
func (b equityBasis) untold(e ends) []clientele.EquityMovement {
	r := b.Request
	all := make([]clientele.EquityMovement, len(b.Horizons))
	for i, h := range b.Horizons {
		all[i] = clientele.EquityMovement{
			Attribute: r.By, Currency: b.Settings.Currency, From: r.Period.From, To: r.Period.To, Horizon: h, Refused: e.refused(),
		}
		if all[i].Refused == "" {
			all[i].Models = &clientele.MovementModels{Opening: modelOf(e.runs[0]), Closing: modelOf(e.runs[1])}
			all[i].Warnings = b.movementWarnings(e)
		}
	}
	return all
}

// tell fills in the lines of one movement, and how sure they are.
func (e ends) tell(b equityBasis, m *clientele.EquityMovement, move modelling.Move, moved warehouse.EquityMoved, by warehouse.EquityTotals) error {
	total := fill(m, by)
	if err := e.restate(b, m); err != nil {
		return err
	}
	m.Cash = &clientele.CashMargin{Expected: fromCents(cents(total.Cash)), Actual: moved.Actual.Share(b.Settings.MarginOrOne())}
	spreadMovement(m, move, moved.Pairs, total)
	return e.sameAsStatements(b, m)
}

// moveCustomers moves the worth of every customer. The error may be a *fit.Refusal.
func (r *Reading) moveCustomers(ctx context.Context, move modelling.Move, e ends, by string) (moved warehouse.EquityMoved, err error) {
	q, err := move.Query(e.opening.cells.all(), e.closing.cells.all())
	if err != nil {
		return moved, err
	}
	q.By, q.Sample = by, modelling.MoveSample
	if moved, err = r.service.warehouse.MoveEquity(ctx, q); err != nil {
		return moved, err
	}
	for _, h := range moved.Horizons {
		if err := addsUp(h.Sums); err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// modelOf names a run.
func modelOf(r *modelling.Run) clientele.MovementModel {
	report := r.Report()
	return clientele.MovementModel{Name: report.Name, Run: r.ID, AsOf: r.AsOf}
}

// movementWarnings are what a reader of the movement must know.
func (b equityBasis) movementWarnings(e ends) []string {
	out := b.warnings()
	if b.closed != nil {
		out = append(out, fmt.Sprintf("%s is closed; by segment it is shown as the records are now.", b.closed.Period))
	}
	if c := b.foreign; c != nil {
		out = append(out, fmt.Sprintf("%s was closed in %s, and the book is in %s now: without a rate between them the opening is as the records are now.", c.Period, c.Settings.Currency, b.Settings.Currency))
	}
	for _, r := range e.runs {
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
func fill(m *clientele.EquityMovement, moved warehouse.EquityTotals) (total warehouse.EquitySums) {
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

// restate begins the movement with the opening as it was closed: what the records, and then
// the terms, make of it now are lines of their own. Segments were not closed, and add up:
// by segment the movement begins as the records are now.
func (e ends) restate(b equityBasis, m *clientele.EquityMovement) error {
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
	w, err := e.opening.worthBy(e.runs[0], terms)
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
