package pack

import (
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

// Widths of columns in millimetres.
const (
	figureWidth = 36
	smallWidth  = 22
)

// cannotTell stands where there is no figure.
const cannotTell = "cannot be told"

// row is a plain row of a table.
func line(name string, cells ...cell) row { return row{Cells: append([]cell{text(name)}, cells...)} }

func (r row) sum() row { r.Kind = sumRow; return r }

func (r row) part() row { r.Kind = partRow; return r }

// lineTable is a table of lines with one figure each.
func lineTable(unit string, rows ...row) *table {
	return &table{Columns: []column{{Name: ""}, {Name: unit, Width: figureWidth}}, Rows: rows}
}

// summary is what a reader must know who reads one page.
func (b *builder) summary() []block {
	st := b.Statement
	v, h := st.Value, st.Customers
	ends := &table{Columns: []column{
		{Name: ""}, {Name: day(st.From - 1), Width: figureWidth}, {Name: day(st.To), Width: figureWidth}, {Name: "change", Width: figureWidth},
	}}
	add := func(name string, opening, closing, change cell) {
		i := len(ends.Rows)
		ends.Rows = append(ends.Rows, line(name, opening, closing, change.change().of(term{Row: i, Col: 2}, term{Row: i, Col: 1, Minus: true})))
	}
	add("Customers", counted(h.Opening), counted(h.Closing), counted(h.Closing-h.Opening))
	add(measureWords(v.Measure)+", "+st.Currency, b.money(v.Opening), b.money(v.Closing), b.money(v.Closing.Sub(v.Opening)))
	if opening, closing, ok := b.equityEnds(); ok {
		add("Customer equity, "+st.Currency, b.money(opening), b.money(closing), b.money(closing.Sub(opening)))
	}
	lead := b.leading()
	return []block{
		{Title: b.headline(), Subtitle: lead.Subtitle, Figure: lead.Figure, Table: ends, Notes: b.cautions()},
		{Title: b.keptTitle(), Subtitle: "The period itself", Table: b.key()},
	}
}

// leading is the block whose chart is the headline's: the equity movement, or who
// moved the worth, or the customers.
func (b *builder) leading() block {
	for _, m := range b.Movements {
		if m.Horizon == clientele.FiveYears && m.Refused == "" {
			return b.movement(m)
		}
	}
	if e := b.Statement.Equity; e != nil && e.Moved != nil && b.openingCovered() {
		return b.moved(e.Moved)
	}
	return b.customers()[0]
}

// key are the figures of the period that have no two ends.
func (b *builder) key() *table {
	st := b.Statement
	t := &table{Columns: []column{{Name: ""}, {Name: "", Width: figureWidth}, {Name: "", Width: 70, Left: true}}}
	add := func(name string, figure cell, note string) { t.Rows = append(t.Rows, line(name, figure, text(note))) }
	if e := st.Equity; e != nil {
		add(fmt.Sprintf("Customer equity, %d years, %s", e.HorizonYears, st.Currency), b.money(e.Estimate.Estimate), b.interval(e.Estimate))
		add("Worth beyond that, "+st.Currency, b.money(e.Tail.Estimate), b.interval(e.Tail))
	} else {
		add("Customer equity", text(cannotTell), b.refusal())
	}
	add("Net revenue of the period, "+st.Currency, b.money(st.Revenue.Net), "")
	t.Rows = append(t.Rows, b.rateRows()...)
	return t
}

func (b *builder) interval(e clientele.Estimate) string {
	return "95" + nbsp + "% sure, by the model: " + b.short(e.Low) + " to " + b.short(e.High)
}

func (b *builder) headline() string {
	e := b.Statement.Equity
	if opening, closing, ok := b.equityEnds(); ok {
		return b.rose("Customer equity", opening, closing)
	}
	if e != nil {
		return "Customers are worth " + b.short(e.Estimate.Estimate) + " over five years"
	}
	return b.customersTitle()
}

// equityEnds are customer equity at both ends: each by its own assumptions if
// there is an equity movement, else both by those of the closing.
func (b *builder) equityEnds() (opening, closing clientele.Money, ok bool) {
	for _, m := range b.Movements {
		if m.Horizon == clientele.FiveYears && m.Refused == "" {
			return m.Opening, m.Closing, true
		}
	}
	if e := b.Statement.Equity; e != nil && e.Moved != nil && b.openingCovered() {
		return e.Moved.Opening, e.Moved.Closing, true
	}
	return opening, closing, false
}

func (b *builder) openingCovered() bool {
	return b.Statement.Data == nil || b.Statement.Data.PartialPeriod.OpeningCovered
}

// cautions are what a reader must know before the figures.
func (b *builder) cautions() []string {
	var all []string
	if b.Close == nil {
		all = append(all, "This is a draft: the period is not closed, and its figures change with the records.")
	}
	if d := b.Statement.Data; d != nil {
		if p := d.PartialPeriod; !p.OpeningCovered || !p.ClosingCovered {
			why := p.Why
			if why == "" {
				why = "the records do not cover this period whole"
			}
			all = append(all, "In part: "+sentence(why))
		}
	}
	if m := b.Statement.Model; m != nil && m.Trust == clientele.Rejected && m.Holdout != nil {
		all = append(all, "The worth is not to be relied on: "+sentence(m.Holdout.Verdict))
	}
	return all
}

func (b *builder) customersTitle() string {
	h, since := b.Statement.Customers, day(b.Statement.From-1)
	switch change := h.Closing - h.Opening; {
	case change > 0:
		return fmt.Sprintf("%s more %s than on %s: %s", counted(change), customersWord(change), since, counted(h.Closing))
	case change < 0:
		return fmt.Sprintf("%s fewer %s than on %s: %s", counted(-change), customersWord(-change), since, counted(h.Closing))
	}
	return fmt.Sprintf("As many customers as on %s: %s", since, counted(h.Closing))
}

func (b *builder) customers() []block {
	h := b.Statement.Customers
	opening, closing := b.ends()
	step := func(label string, n int64, total bool) chart.Step {
		c := counted(n)
		c.Signed = !total
		return chart.Step{Label: label, Amount: heads(n), Text: c.String(), Total: total}
	}
	title := b.customersTitle()
	return []block{
		{
			Title: title, Subtitle: "Customers, " + activeWords(b.Statement.Definition),
			Figure: b.waterfall(title, []chart.Step{
				step(opening, h.Opening, true), step("New", h.New, false), step("Back", h.Reactivated, false), step("Lost", -h.Lost, false), step(closing, h.Closing, true),
			}),
			Table: lineTable("customers",
				line("At opening", counted(h.Opening)), line("New", counted(h.New).change()), line("Came back", counted(h.Reactivated).change()),
				line("Lost", counted(-h.Lost).change()), line("At closing", counted(h.Closing).of(down(1, 0, 3)...)).sum(),
				line("Of the opening customers, gone at the close", counted(h.LostOfOpening)).part(),
				line("Came and left within the period", counted(h.CameAndLeft)).part(),
			),
		},
		{Title: b.keptTitle(), Subtitle: "What became of the customers, and the value, of the opening", Table: &table{
			Columns: []column{{Name: ""}, {Name: "rate", Width: figureWidth}, {Name: "", Width: 70, Left: true}}, Rows: b.rateRows(),
		}},
	}
}

func (b *builder) keptTitle() string {
	if r := b.Statement.Rates.Retention; r != nil {
		return percent(*r, 1) + " of the opening customers were kept"
	}
	return "How many customers were kept cannot be told"
}

func (b *builder) rateRows() []row {
	r := b.Statement.Rates
	var rows []row
	for _, rate := range []struct {
		name, key string
		value     *float64
	}{
		{"Customers kept (retention)", "retention", r.Retention}, {"Customers lost (churn)", "churn", r.Churn},
		{"Lapsed customers won back", "reactivation", r.Reactivation},
		{"Value kept, without growth (GRR)", "grr", r.GRR}, {"Value kept, with growth (NRR)", "nrr", r.NRR},
	} {
		if rate.value == nil {
			rows = append(rows, line(rate.name, text(cannotTell), text(r.Why[rate.key])))
			continue
		}
		rows = append(rows, line(rate.name, shared(*rate.value), cell{}))
	}
	return rows
}

// measureWords says what value is counted in.
func measureWords(m clientele.Measure) string {
	if m.Days > 0 {
		return fmt.Sprintf("Net revenue of active customers over %d days", m.Days)
	}
	return "Recurring amount a month"
}

func (b *builder) values() []block {
	blocks := []block{b.value("Value", b.Statement.Value)}
	if r := b.Statement.Recurring; r != nil {
		blocks = append(blocks, b.value("Recurring value", *r))
	}
	return blocks
}

func (b *builder) value(what string, v clientele.Value) block {
	s := scaleOf(v.Opening.Reach(v.Closing))
	opening, closing := b.ends()
	title := b.rose(what, v.Opening, v.Closing)
	moves := func(name string, m clientele.Money) row { return line(name, b.money(m).change()) }
	return block{
		Title: title, Subtitle: measureWords(v.Measure) + b.unit(s),
		Figure: b.waterfall(title, []chart.Step{
			b.step(opening, v.Opening, true, s), b.step("New", v.New, false, s), b.step("Back", v.Reactivated, false, s),
			b.step("Grown", v.Expanded, false, s), b.step("Shrunk", v.Contracted.Neg(), false, s), b.step("Lost", v.Lost.Neg(), false, s),
			b.step(closing, v.Closing, true, s),
		}),
		Table: lineTable(b.Statement.Currency,
			line("At opening", b.money(v.Opening)), moves("New", v.New), moves("Came back", v.Reactivated), moves("Expanded", v.Expanded),
			moves("Contracted", v.Contracted.Neg()), moves("Lost", v.Lost.Neg()), line("At closing", b.money(v.Closing).of(down(1, 0, 5)...)).sum(),
		),
	}
}
