package cli

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/statement"
)

// page writes a statement as text: sections of lines with their figures in one
// column, so that a movement reads as the sum that it is.
type page struct{ *bufio.Writer }

const (
	labelWidth  = 42
	figureWidth = 18
	textWidth   = 78
)

func (p page) section(title, unit string) {
	fmt.Fprintf(p, "\n%s\n", strings.TrimRight(pad(title, labelWidth+2)+padLeft(unit, figureWidth), " "))
}

func (p page) line(label, figure string) {
	fmt.Fprintf(p, "  %s%s\n", pad(label, labelWidth), padLeft(figure, figureWidth))
}

func (p page) sum(label, figure string) {
	fmt.Fprintf(p, "  %s%s\n", strings.Repeat(" ", labelWidth+figureWidth-len(figure)), strings.Repeat("─", len(figure)))
	p.line(label, figure)
}

// note writes a sentence, wrapped.
func (p page) note(text string) {
	width := 0
	p.WriteString(" ")
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if width > 0 && width+n+2 > textWidth {
			p.WriteString("\n ")
			width = 0
		}
		p.WriteString(" " + word)
		width += n + 1
	}
	p.WriteString("\n")
}

func pad(s string, width int) string {
	return visible(s) + strings.Repeat(" ", max(1, width-utf8.RuneCountInString(s)))
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s))) + s
}

// writeStatementText writes a statement for people to read, with its goal unless that is nil.
func writeStatementText(w *bufio.Writer, name string, st clientele.Statement, aimed *goal.Report) error {
	p := page{w}
	fmt.Fprintf(p, "%s: customers as an asset, %s to %s\n\n", name, st.From, st.To)
	p.note(statement.Headline(st))
	if aimed != nil {
		p.goal(st.Currency, "Goals", *aimed)
	}
	p.body(st)
	p.segments(st)
	p.footer(st)
	return w.Flush()
}

func (p page) body(st clientele.Statement) {
	p.heads(st)
	p.value("Value: "+measureText(st.Value.Measure), st.Currency, st.Value)
	if st.Recurring != nil {
		p.value("Value: recurring amount a month", st.Currency, *st.Recurring)
	}
	p.revenue(st)
	p.rates(st.Rates)
	p.reasons("Why they came", st.Currency, st.Reasons.In)
	p.reasons("Why they left", st.Currency, st.Reasons.Out)
	p.worth(st)
}

func measureText(m clientele.Measure) string {
	return fmt.Sprintf("%s of %d days", strings.ReplaceAll(m.Name, "_", " "), m.Days)
}

func (p page) heads(st clientele.Statement) {
	h := st.Customers
	p.section("Customers", "")
	p.line("at opening", whole(h.Opening))
	p.line("+ new", whole(h.New))
	p.line("+ came back", whole(h.Reactivated))
	p.line("− lost", whole(h.Lost))
	p.sum("at closing", whole(h.Closing))
}

func (p page) value(title, currency string, v clientele.Value) {
	p.section(title, currency)
	p.line("at opening", cents(v.Opening))
	p.line("+ new", cents(v.New))
	p.line("+ came back", cents(v.Reactivated))
	p.line("+ expanded", cents(v.Expanded))
	p.line("− contracted", cents(v.Contracted))
	p.line("− lost", cents(v.Lost))
	p.sum("at closing", cents(v.Closing))
}

func (p page) revenue(st clientele.Statement) {
	r := st.Revenue
	p.section("Revenue of the period", st.Currency)
	p.line("gross", cents(r.Gross))
	p.line("− refunds", cents(r.Refunds))
	p.sum("net", cents(r.Net))
	p.line("  of that without a customer", cents(r.Unattributed))
	p.line("orders", whole(r.Orders))
	p.line("lines", whole(r.Lines))
}

func (p page) rates(r clientele.Rates) {
	p.section("Rates, by the customers at opening", "")
	for _, rate := range []struct {
		label, key string
		value      *float64
	}{
		{"churn", "churn", r.Churn}, {"retention", "retention", r.Retention}, {"reactivation", "reactivation", r.Reactivation},
		{"gross revenue retention", "grr", r.GRR}, {"net revenue retention", "nrr", r.NRR},
	} {
		if rate.value != nil {
			p.line(rate.label, fmt.Sprintf("%.1f %%", 100**rate.value))
			continue
		}
		p.line(rate.label, "cannot be told")
		p.note("    " + r.Why[rate.key])
	}
}

// reasons writes nothing where no reason at all is known.
func (p page) reasons(title, currency string, lines []clientele.ReasonLine) {
	if len(lines) == 0 || len(lines) == 1 && lines[0].Reason == clientele.UnknownReason {
		return
	}
	p.section(title, "customers, "+currency)
	for _, l := range lines {
		p.line(l.Reason, whole(l.Customers)+padLeft(cents(l.Money()), 14))
	}
}

func (p page) worth(st clientele.Statement) {
	p.section("What they are worth as of "+st.To.String(), st.Currency)
	e := st.Equity
	if e == nil {
		p.note("Cannot be told: " + refusal(st.Model))
		p.together(st.Worth)
		return
	}
	p.line(fmt.Sprintf("customer equity, next %d years", e.HorizonYears), cents(e.Estimate.Estimate))
	p.line("  95 % interval", e.Low.Grouped(0)+" to "+e.High.Grouped(0))
	p.line("beyond that (the tail)", cents(e.Tail.Estimate))
	p.line("  95 % interval", e.Tail.Low.Grouped(0)+" to "+e.Tail.High.Grouped(0))
	p.line("per customer", cents(e.PerCustomer))
	p.together(st.Worth)
	if m := e.Moved; m != nil {
		p.moved(st.Currency, m)
	}
}

// together writes the worth by orders and contracts, where there are contracts.
func (p page) together(w *clientele.BookWorth) {
	if w == nil {
		return
	}
	if w.Contracts != nil {
		p.line("contracts that run", cents(w.Contracts.Estimate))
		p.line("  95 % interval", w.Contracts.Low.Grouped(0)+" to "+w.Contracts.High.Grouped(0))
	}
	if w.Refused != "" {
		p.note("Orders and contracts together cannot be told: " + w.Refused)
		return
	}
	p.sum("orders and contracts together", cents(w.Estimate.Estimate))
	p.line("  95 % interval", w.Low.Grouped(0)+" to "+w.High.Grouped(0))
	p.line("  beyond five years", cents(w.Tail.Estimate))
	p.line("  customers, each counted once", whole(w.Customers))
}

func (p page) moved(currency string, m *clientele.EquityMoved) {
	p.section("What moved it", currency)
	p.line("at opening", cents(m.Opening))
	p.line("+ new", cents(m.New))
	p.line("+ came back", cents(m.Reactivated))
	p.line("+ stayed", cents(m.Stayed))
	p.line("+ lost", cents(m.Lost))
	p.line("+ lapsed before", cents(m.Lapsed))
	p.sum("at closing", cents(m.Closing))
}

func refusal(m *clientele.ModelReport) string {
	if m == nil || m.Refused == "" {
		return "there are no purchases to fit a model to."
	}
	return m.Refused
}

// footer says which model and data made the figures, and what they do not cover.
func (p page) footer(st clientele.Statement) {
	if m := st.Model; m != nil {
		p.section("The model", "")
		p.note(fmt.Sprintf("%s, fitted to %s customers in %s cells.", m.Name, whole(m.Customers), whole(m.Cells)))
		if m.Holdout != nil {
			p.note("Holdout check: " + m.Holdout.Verdict)
		}
		for _, w := range m.Warnings {
			p.note(w)
		}
	}
	p.section("The data", "")
	p.note(fmt.Sprintf("A customer is %s (definition %d).", definitionText(st.Definition), st.Definition.Version))
	d := st.Data
	if d == nil {
		return
	}
	if d.FirstDay != nil && d.LastDay != nil {
		p.note(fmt.Sprintf("Records from %s to %s, files: %d, rows rejected: %s.", d.FirstDay, d.LastDay, len(d.Imports), whole(d.RejectedRows)))
	}
	if why := d.PartialPeriod.Why; why != "" {
		p.note("Not covered: " + why + ".")
	}
	for _, i := range d.Imports {
		if i.State != "loaded" {
			p.note(fmt.Sprintf("Not in these figures: %s (%s).", i.Name, i.State))
		}
	}
}

func definitionText(d clientele.Definition) string {
	orders := fmt.Sprintf("active for %d days after a purchase", d.LapseDays)
	contracts := fmt.Sprintf("active while a subscription runs, and %d days more", d.GraceDays)
	switch d.Kind {
	case clientele.Contracts:
		return contracts
	case clientele.Both:
		return orders + ", or " + contracts
	}
	return orders
}

// writeExplanationText writes what stands behind a figure for people to read.
func writeExplanationText(w *bufio.Writer, e statement.Explanation, offset int64) error {
	p := page{w}
	title := e.Title
	if e.Segment != "" {
		title += " of " + visible(e.Segment)
	}
	fmt.Fprintf(p, "%s, %s: %s\n\n", title, e.Period, explainedFigure(e))
	p.note(e.Meaning)
	p.note(e.Ties)
	fmt.Fprintf(p, "\n%s%s%s%s%s\n", pad("  customer or order", 32), pad("day", 12), padLeft("opening", 16), padLeft("closing", 16), padLeft("amount", 16))
	for _, r := range e.Rows {
		id := r.Customer
		if r.Order != "" {
			id = strings.TrimSpace(id + " order " + r.Order)
		}
		fmt.Fprintf(p, "  %s%s%s%s%s\n", pad(id, 30), pad(dayOr(r.Day, "—"), 12), padLeft(cents(r.Opening), 16), padLeft(cents(r.Closing), 16), padLeft(cents(r.Amount), 16))
	}
	fmt.Fprintf(p, "\n  rows %d to %d of %s; in all %s events and %s\n", offset+1, offset+int64(len(e.Rows)), whole(e.Count), whole(e.Heads), cents(e.Amount))
	for _, left := range e.LeftOut {
		p.note("Left out: " + left)
	}
	if e.LoadedAt != nil {
		p.note("Loaded at " + e.LoadedAt.Format("2006-01-02 15:04:05 MST") + ".")
	}
	fmt.Fprintf(p, "\nThe query:\n%s\n", strings.TrimSpace(e.Query))
	return w.Flush()
}

func explainedFigure(e statement.Explanation) string {
	switch {
	case e.Figure == "":
		return "cannot be told. " + e.Why
	case e.Unit == statement.UnitMoney:
		if m, err := clientele.ParseMoney(e.Figure); err == nil {
			return cents(m)
		}
	case e.Unit == statement.UnitCount:
		if n, err := strconv.ParseInt(e.Figure, 10, 64); err == nil {
			return whole(n)
		}
	}
	return e.Figure
}
