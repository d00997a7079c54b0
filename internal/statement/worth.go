package statement

import (
	"context"
	"maps"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/equity"
	"github.com/clientele/clientele/model/fit"
	"golang.org/x/sync/errgroup"
)

// groups are what can happen to a customer over a period, in the order of tables.
var groups = []warehouse.Group{
	warehouse.GroupNew, warehouse.GroupReactivated, warehouse.GroupStayed, warehouse.GroupLost, warehouse.GroupLapsed,
}

// value adds the model and the worth to a statement and its segments.
func (r *Reading) value(ctx context.Context, b basis, st *clientele.Statement, progress Progress) error {
	progress("Summing up purchase histories", 0.2)
	defer r.service.warehouse.KeepDays()()
	by := warehouse.CellsBy{
		Attribute: b.Request.By, Movement: &warehouse.MovementQuery{Period: b.Request.Period, Definition: b.Settings.Definition},
	}
	closing, err := r.readSplit(ctx, b, b.Request.Period.To, by)
	if err != nil {
		return err
	}
	run, opening, err := r.runAndOpening(ctx, b, closing, by, progress)
	if err != nil {
		return err
	}
	report := run.Report()
	report.Warnings = append(report.Warnings, b.warnings()...)
	if run.Usable() {
		err := addWorth(b, run, opening, closing, st, progress)
		if refusal, ok := fit.AsRefusal(err); ok {
			report.Refused = refusal.Error()
		} else if err != nil {
			return err
		}
	}
	st.Model = report
	for i := range st.Segments {
		st.Segments[i].Model = report
	}
	progress("Done", 1)
	return nil
}

// readSplit reads the cells as of a day by segment and by what happened.
func (r *Reading) readSplit(ctx context.Context, b basis, day clientele.Date, by warehouse.CellsBy) (*end, error) {
	e, err := r.at(ctx, b.Data, day)
	if err != nil {
		return nil, err
	}
	return e, e.read(ctx, by)
}

// runAndOpening reads the histories as of the opening while it finds or fits the model as
// of the closing: one keeps the engine busy, the other mostly does not.
func (r *Reading) runAndOpening(ctx context.Context, b basis, closing *end, by warehouse.CellsBy, progress Progress) (run *modelling.Run, opening *end, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		opening, err = r.readSplit(ctx, b, b.Request.Period.Opening(), by)
		return err
	})
	g.Go(func() (err error) {
		run, err = r.service.models.Run(ctx, b.Request.Period.To, b.Data, closing, part(progress, 0.3, 0.7))
		return err
	})
	return run, opening, g.Wait()
}

func (b basis) terms() modelling.Terms {
	return modelling.Terms{DiscountRate: b.Settings.DiscountRate, Margin: b.Settings.MarginOrOne()}
}

// warnings are what the settings give cause to say beside the worth.
func (b basis) warnings() []string {
	if b.Settings.Margin == nil {
		return []string{"Worth is at revenue: no margin is given, so every unit of revenue counts in full. Propose a margin: clientele definition BOOK propose --margin."}
	}
	return nil
}

// addWorth values both ends of the period with the closing model.
func addWorth(b basis, run *modelling.Run, opening, closing *end, st *clientele.Statement, progress Progress) error {
	progress("Valuing the customers at closing", 0.7)
	w, err := closing.worthBy(run, b.terms())
	if err != nil {
		return err
	}
	after, err := run.Parts(closing.cells.all(), b.terms())
	if err != nil {
		return err
	}
	progress("Valuing the customers at opening", 0.85)
	before, err := run.Parts(opening.cells.all(), b.terms())
	if err != nil {
		return err
	}
	spread(st, w, after, before)
	return nil
}

// spread rounds the worth to cents, such that segments and groups add up, and
// writes it into the statement.
func spread(st *clientele.Statement, w *modelling.Worth, after, before map[modelling.Part]modelling.PartWorth) {
	addSegments(st, w)
	names := []string{""}
	if st.Attribute != "" {
		names = names[:0]
		for _, seg := range st.Segments {
			names = append(names, seg.Segment)
		}
	}
	sum := 0.0
	for _, w := range before {
		sum += w.Horizon
	}
	opening := apportion(table(before, names), cents(sum))
	closing := apportion(table(after, names), cents(w.Total.Horizon.Estimate))
	tail := cents(w.Total.Tail.Estimate)
	st.Equity = equityOf(w.Total, columnSums(opening), columnSums(closing), tail, customersOf(after, before, names))
	if st.Attribute == "" {
		return
	}
	tails := make([]float64, len(names))
	for i, name := range names {
		tails[i] = w.Segments[name].Tail.Estimate
	}
	beyond := apportion([][]float64{tails}, tail)[0]
	for i, name := range names {
		st.Segments[i].Equity = equityOf(w.Segments[name], opening[i], closing[i], beyond[i], customersOf(after, before, names[i:i+1]))
	}
}

// addSegments adds the segments that only the worth knows: whose customers were
// active at neither end.
func addSegments(st *clientele.Statement, w *modelling.Worth) {
	if st.Attribute == "" {
		return
	}
	known := map[string]bool{}
	for _, seg := range st.Segments {
		known[seg.Segment] = true
	}
	for _, name := range slices.Sorted(maps.Keys(w.Segments)) {
		if !known[name] {
			st.Segments = append(st.Segments, clientele.Statement{
				Segment: name, Currency: st.Currency, From: st.From, To: st.To, Definition: st.Definition,
				Value: clientele.Value{Measure: st.Value.Measure}, Rates: ratesOf(clientele.Movement{}),
				Reasons: clientele.ReasonLines{In: []clientele.ReasonLine{}, Out: []clientele.ReasonLine{}},
			})
		}
	}
}

// table lays parts out: a row for each segment, a column for each group.
func table(parts map[modelling.Part]modelling.PartWorth, names []string) [][]float64 {
	out := make([][]float64, len(names))
	for i, name := range names {
		out[i] = make([]float64, len(groups))
		for j, g := range groups {
			out[i][j] = parts[modelling.Part{Segment: name, Group: g}].Horizon
		}
	}
	return out
}

func columnSums(table [][]int64) []int64 {
	out := make([]int64, len(groups))
	for _, row := range table {
		for j, n := range row {
			out[j] += n
		}
	}
	return out
}

// customersOf counts the customers of each group over some segments: as of
// opening for those lost, as of closing for the rest.
func customersOf(after, before map[modelling.Part]modelling.PartWorth, names []string) []int64 {
	out := make([]int64, len(groups))
	for _, name := range names {
		for j, g := range groups {
			parts := after
			if g == warehouse.GroupLost {
				parts = before
			}
			out[j] += parts[modelling.Part{Segment: name, Group: g}].Customers
		}
	}
	return out
}

// equityOf puts a worth together; opening, closing and customers are by group, in cents.
func equityOf(v equity.Value, opening, closing []int64, tail int64, customers []int64) *clientele.Equity {
	scored := int64(v.Customers)
	e := &clientele.Equity{HorizonYears: modelling.HorizonYears, Scored: scored}
	change := make([]int64, len(groups))
	var start, end int64
	for j := range groups {
		change[j] = closing[j] - opening[j]
		start += opening[j]
		end += closing[j]
	}
	e.Estimate = estimate(end, v.Horizon)
	e.Tail = estimate(tail, v.Tail)
	if scored > 0 {
		e.PerCustomer = fromCents(cents(float64(end) / 100 / float64(scored)))
	}
	e.Moved = &clientele.EquityMoved{
		Opening: fromCents(start), New: fromCents(change[0]), Reactivated: fromCents(change[1]), Stayed: fromCents(change[2]),
		Lost: fromCents(change[3]), Lapsed: fromCents(change[4]), Closing: fromCents(end),
		CameWorth: clientele.Worth{Customers: customers[0], Together: fromCents(closing[0])},
		BackWorth: clientele.Worth{Customers: customers[1], Together: fromCents(closing[1])},
		LostWorth: clientele.Worth{Customers: customers[3], Together: fromCents(opening[3])},
	}
	return e
}

func estimate(at int64, a equity.Amount) clientele.Estimate {
	return clientele.Estimate{Estimate: fromCents(at), Low: fromCents(cents(a.Low)), High: fromCents(cents(a.High))}
}
