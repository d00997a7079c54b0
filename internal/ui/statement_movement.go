package ui

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/warehouse"
)

// heads is a count as an amount, for waterfalls.
func heads(n int64) clientele.Money { return clientele.MustMoney(fmt.Sprint(n)) }

// headStep is one bar of the customer movement.
func (b *builder) headStep(label, name string, n int64, total bool) chart.Step {
	text := b.int(n)
	if !total {
		text = b.change(n)
	}
	return chart.Step{Label: label, Amount: heads(n), Text: text, Href: b.explain(warehouse.Line("customers." + name)), Total: total}
}

// headMoves are the bars between opening and closing.
func (b *builder) headMoves(h clientele.Heads) []chart.Step {
	return []chart.Step{
		b.headStep("New", "new", h.New, false),
		b.headStep("Back", "reactivated", h.Reactivated, false),
		b.headStep("Lost", "lost", -h.Lost, false),
	}
}

func (b *builder) customers() chart.Figure {
	h := b.st.Customers
	steps := append([]chart.Step{b.headStep("Opening\n"+b.date(b.st.From-1), "opening", h.Opening, true)}, b.headMoves(h)...)
	steps = append(steps, b.headStep("Closing\n"+b.date(b.st.To), "closing", h.Closing, true))
	return b.waterfall(chart.Figure{
		ID: "customers", Title: b.customersTitle(h), Subtitle: "Customers, " + activeWords(b.st.Definition),
	}, "customers", steps)
}

// activeWords says who counts as a customer.
func activeWords(d clientele.Definition) string {
	orders := fmt.Sprintf("active while the last purchase lies within %d days", d.LapseDays)
	contracts := "active while a contract runs"
	switch d.Kind {
	case clientele.Contracts:
		return contracts
	case clientele.Both:
		return orders + " or a contract runs"
	}
	return orders
}

func (b *builder) customerNotes() []figRow {
	h := b.st.Customers
	return []figRow{
		{Name: "of the opening customers, gone at the close", Cells: []fig{b.countFig("customers.lost_of_opening", "lost of the opening customers", h.LostOfOpening)}},
		{Name: "came and left within the period", Cells: []fig{b.countFig("customers.came_and_left", "came and left within the period", h.CameAndLeft)}},
	}
}

// value is a value movement, of trailing revenue or of recurring amounts.
func (b *builder) value(id, lines string, val clientele.Value) chart.Figure {
	s := scaleOfBars(val.Opening.Reach(val.Closing))
	step := func(label, name string, m clientele.Money, total bool) chart.Step {
		return b.moneyStep(label, warehouse.Line(lines+"."+name), m, total, s)
	}
	steps := []chart.Step{
		step("Opening\n"+b.date(b.st.From-1), "opening", val.Opening, true),
		step("New", "new", val.New, false),
		step("Back", "reactivated", val.Reactivated, false),
		step("Grown", "expanded", val.Expanded, false),
		step("Shrunk", "contracted", val.Contracted.Neg(), false),
		step("Lost", "lost", val.Lost.Neg(), false),
		step("Closing\n"+b.date(b.st.To), "closing", val.Closing, true),
	}
	return b.waterfall(chart.Figure{ID: id, Title: b.valueTitle(val), Subtitle: measureWords(val.Measure) + b.unit(s)}, b.settings.Currency, steps)
}

// measureWords says what value is counted in.
func measureWords(m clientele.Measure) string {
	if m.Days > 0 {
		return fmt.Sprintf("Net revenue of active customers over %d days", m.Days)
	}
	return "Recurring amount a month"
}

// multiples shows each segment's movement on one scale, from its own opening.
func (b *builder) multiples() []chart.Figure {
	var figures []chart.Figure
	var plots []*chart.Waterfall
	for i, seg := range bySize(b.st.Segments) {
		if i == maxMultiples || seg.Segment == clientele.NoCustomerSegment {
			break
		}
		h := seg.Customers
		at := *b
		at.filter = b.filter.of(b.filter.By, seg.Segment)
		change := h.Closing - h.Opening
		total := chart.Step{Label: "Change", Amount: heads(change), Text: b.change(change), Href: at.explain("customers.closing"), Total: true}
		fig := at.waterfall(chart.Figure{
			ID: fmt.Sprintf("segment-%d", i), Title: seg.Segment,
			Subtitle: fmt.Sprintf("%s → %s customers", b.int(h.Opening), b.int(h.Closing)),
		}, "customers", append(at.headMoves(h), total))
		b.err = at.err
		if b.err != nil {
			return nil
		}
		figures, plots = append(figures, fig), append(plots, fig.Plot.Waterfall)
	}
	chart.OneScale(plots...)
	return figures
}

// bySize orders segments by customers at closing; lines without a customer come last.
func bySize(segments []clientele.Statement) []clientele.Statement {
	none := func(s clientele.Statement) int {
		if s.Segment == clientele.NoCustomerSegment {
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(segments), func(x, y clientele.Statement) int {
		return cmp.Or(none(x)-none(y), cmp.Compare(y.Customers.Closing, x.Customers.Closing))
	})
}

// maxMultiples bounds the charts of one page; the table has every segment.
const maxMultiples = 12

// segmentTable has the figures of every segment that the reader may see, and the whole;
// nil if there are none.
func (b *builder) segmentTable() *figTable {
	if len(b.st.Segments) == 0 {
		return nil
	}
	t := &figTable{
		Title: "Every segment, and their sum", Columns: []string{attributeWords(b.filter.By), "opening", "new", "back", "lost", "closing", "value", "worth"},
	}
	if b.st.Hidden != nil {
		t.Title = "Segments of your units, and the company"
	}
	for _, seg := range bySize(b.st.Segments) {
		at := *b
		at.filter = b.filter.of(b.filter.By, seg.Segment)
		t.Rows = append(t.Rows, at.segmentRow(seg.Segment, seg))
	}
	all := b.segmentRow("All customers", b.st)
	all.Sum = true
	t.Rows = append(t.Rows, all)
	return t
}

func (b *builder) segmentRow(name string, st clientele.Statement) figRow {
	h := st.Customers
	worth := fig{Text: "–", Of: "worth"}
	if st.Equity != nil {
		worth = b.fig("equity.estimate", name+", worth", b.short(st.Equity.Estimate.Estimate))
	}
	return figRow{Name: name, Cells: []fig{
		b.countFig("customers.opening", name+", opening", h.Opening),
		b.countFig("customers.new", name+", new", h.New),
		b.countFig("customers.reactivated", name+", back", h.Reactivated),
		b.countFig("customers.lost", name+", lost", h.Lost),
		b.countFig("customers.closing", name+", closing", h.Closing),
		b.fig("value.closing", name+", value at closing", b.short(st.Value.Closing)),
		worth,
	}}
}
