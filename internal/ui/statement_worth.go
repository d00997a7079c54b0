package ui

import (
	"fmt"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/warehouse"
)

// worth is the one number with its interval, or why there is none.
func (b *builder) worth() worthPart {
	e := b.st.Equity
	if w := b.st.Worth; e == nil && w != nil && w.Refused == "" {
		return b.contractWorth(w)
	}
	if e == nil {
		return worthPart{Refused: b.refusal()}
	}
	s := scaleFor(e.Estimate.Estimate)
	p := worthPart{
		Symbol: b.symbol, Before: b.before, Digits: b.inScale(e.Estimate.Estimate, s), Suffix: strings.TrimSpace(s.suffix()),
		Estimate: b.moneyFig("equity.estimate", "customer equity", e.Estimate.Estimate),
		Range:    fmt.Sprintf("95%% sure, by the model: %s to %s", b.short(e.Low), b.short(e.High)),
		Basis:    fmt.Sprintf("%d years, %s, %s discount a year", e.HorizonYears, b.marginWords(), b.setting(b.settings.DiscountRate)),
	}
	if m := e.Moved; m != nil {
		change := m.Closing.Sub(m.Opening)
		p.Rows = append(p.Rows, figRow{Name: "since " + b.date(b.st.From-1), Cells: []fig{b.fig("equity.moved.closing", "change since opening", signed(change, b.short(change)))}})
	}
	p.Rows = append(p.Rows,
		figRow{Name: fmt.Sprintf("beyond %d years", e.HorizonYears), Cells: []fig{b.fig("equity.tail.estimate", "worth beyond the horizon", b.short(e.Tail.Estimate))},
			Note: fmt.Sprintf("%s to %s", b.short(e.Tail.Low), b.short(e.Tail.High))},
		figRow{Name: "per customer", Cells: []fig{b.moneyFig("equity.per_customer", "worth per customer", e.PerCustomer)}},
		figRow{Name: "customers valued", Cells: []fig{b.countFig("equity.customers_scored", "customers valued", e.Scored)}},
	)
	p.Rows = append(p.Rows, b.together()...)
	return p
}

// contractWorth is the one number of a company that has contracts alone.
func (b *builder) contractWorth(w *clientele.BookWorth) worthPart {
	s := scaleFor(w.Estimate.Estimate)
	return worthPart{
		Symbol: b.symbol, Before: b.before, Digits: b.inScale(w.Estimate.Estimate, s), Suffix: strings.TrimSpace(s.suffix()),
		Estimate: fig{Of: "worth of contracts", Text: b.short(w.Estimate.Estimate), Href: fmt.Sprintf("/contracts?as_of=%s", b.st.To)},
		Range:    fmt.Sprintf("95%% sure, by the model: %s to %s", b.short(w.Low), b.short(w.High)),
		Basis:    fmt.Sprintf("contracts that run, %d years, %s, %s discount a year", w.HorizonYears, b.marginWords(), b.setting(b.settings.DiscountRate)),
		Rows: []figRow{
			{Name: fmt.Sprintf("beyond %d years", w.HorizonYears), Cells: []fig{{Text: b.short(w.Tail.Estimate)}}, Note: fmt.Sprintf("%s to %s", b.short(w.Tail.Low), b.short(w.Tail.High))},
			{Name: "customers", Cells: []fig{{Text: b.int(w.Customers)}}},
		},
	}
}

// together is the worth by orders and contracts, where there are contracts.
func (b *builder) together() []figRow {
	w := b.st.Worth
	if w == nil {
		return nil
	}
	if w.Refused != "" {
		return []figRow{{Name: "with contracts", Cells: []fig{{Text: "cannot be told"}}, Note: b.sentence(w.Refused)}}
	}
	return []figRow{
		{Name: "contracts that run", Cells: []fig{{Text: b.short(w.Contracts.Estimate)}}, Note: fmt.Sprintf("%s to %s", b.short(w.Contracts.Low), b.short(w.Contracts.High))},
		{Name: "orders and contracts", Cells: []fig{{Text: b.short(w.Estimate.Estimate)}}, Note: fmt.Sprintf("%s to %s", b.short(w.Low), b.short(w.High))},
		{Name: "customers of both, each once", Cells: []fig{{Text: b.int(w.Customers)}}},
	}
}

func (b *builder) marginWords() string {
	if b.settings.Margin == nil {
		return "at revenue"
	}
	return b.setting(*b.settings.Margin) + " margin"
}

func (b *builder) refusal() string {
	if m := b.whole.Model; m != nil && m.Refused != "" {
		return m.Refused
	}
	return "No model has valued these customers."
}

// moved is what moved the worth over the period.
func (b *builder) moved() *chart.Figure {
	if b.st.Equity == nil || b.st.Equity.Moved == nil {
		return nil
	}
	m := b.st.Equity.Moved
	s := scaleOfBars(m.Opening.Reach(m.Closing))
	step := func(label, name string, amount clientele.Money, total bool) chart.Step {
		return b.moneyStep(label, warehouse.Line("equity.moved."+name), amount, total, s)
	}
	steps := []chart.Step{
		step("Opening\n"+b.date(b.st.From-1), "opening", m.Opening, true),
		step("New", "new", m.New, false),
		step("Back", "reactivated", m.Reactivated, false),
		step("Stayed", "stayed", m.Stayed, false),
		step("Lost", "lost", m.Lost, false),
		step("Lapsed", "lapsed", m.Lapsed, false),
		step("Closing\n"+b.date(b.st.To), "closing", m.Closing, true),
	}
	fig := b.waterfall(chart.Figure{
		ID: "moved", Title: b.movedTitle(steps[1:6]),
		Subtitle: "Movement of customer equity" + b.unit(s) + ", both ends valued with the closing model",
	}, b.settings.Currency, steps)
	return &fig
}

// moneyStep is one bar of money, short on the bar and in full in the table.
func (b *builder) moneyStep(label string, line warehouse.Line, m clientele.Money, total bool, s scale) chart.Step {
	step := chart.Step{Label: label, Amount: m, Text: b.money(m), Short: b.inScale(m, s), Href: b.explain(line), Total: total}
	if !total {
		step.Text, step.Short = signed(m, step.Text), signed(m, step.Short)
	}
	return step
}

// unit names currency and scale, for subtitles.
func (v visit) unit(s scale) string { return ", " + v.symbol + s.word() }

// came sets what came beside what left.
func (b *builder) came() figTable {
	t := figTable{Title: "What the new are worth, and what the lost were worth", Columns: []string{"", "customers", "each", "together"}}
	if b.st.Equity == nil || b.st.Equity.Moved == nil {
		t.Subtitle = "Cannot be told: it takes a worth at both ends of the period."
		t.Columns = nil
		return t
	}
	m := b.st.Equity.Moved
	t.Title = b.worthTitle(m.CameWorth, m.LostWorth)
	t.Subtitle = fmt.Sprintf("%d-year worth when they came, and when they left", b.st.Equity.HorizonYears)
	for _, r := range []struct {
		name, line string
		w          clientele.Worth
	}{{"Came", "came_worth", m.CameWorth}, {"Came back", "back_worth", m.BackWorth}, {"Left", "lost_worth", m.LostWorth}} {
		line := warehouse.Line("equity.moved." + r.line)
		each := "–"
		if r.w.Customers > 0 {
			each = b.estimate(perHead(r.w))
		}
		t.Rows = append(t.Rows, figRow{Name: r.name, Cells: []fig{
			b.countFig(line+".customers", r.name+", customers", r.w.Customers),
			b.fig(line+".together", r.name+", worth each", each),
			b.fig(line+".together", r.name+", worth together", b.short(r.w.Together)),
		}})
	}
	return t
}

// perHead is an estimate, as the worth that it divides is.
func perHead(w clientele.Worth) float64 { return w.Together.Float64() / float64(w.Customers) }

// estimate writes money that was never exact.
func (l *locale) estimate(f float64) string {
	m, err := clientele.EstimateMoney(f)
	if err != nil {
		return "cannot be told"
	}
	return l.money(m)
}
