package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/warehouse"
)

// cannotTell stands where there is no figure.
const cannotTell = "cannot be told"

func (b *builder) reasonsOut() reasonPart {
	p := b.reasons("out", b.st.Reasons.Out)
	p.Title, p.Subtitle = outTitle(b.st.Reasons.Out), "Customers lost, and what they had bought, by reason"
	return p
}

func (b *builder) reasonsIn() reasonPart {
	p := b.reasons("in", b.st.Reasons.In)
	p.Title, p.Subtitle = inTitle(b.st.Reasons.In), "Customers new and back, and what they bought, by reason"
	return p
}

// reasons are the lines by money, unknown last.
func (b *builder) reasons(direction string, lines []clientele.ReasonLine) reasonPart {
	p := reasonPart{Direction: direction}
	var top float64
	for _, l := range lines {
		top = max(top, l.Money().Float64())
	}
	for _, l := range byValue(lines) {
		line := warehouse.Line("reasons." + direction + "." + l.Reason)
		row := reasonRow{
			Name: capital(l.Reason), Unknown: l.Reason == clientele.UnknownReason,
			Customers: b.countFig(line, l.Reason+", customers", l.Customers),
			Value:     b.fig(line, l.Reason+", value", b.short(l.Money())),
			Width:     "0%",
		}
		if top > 0 {
			row.Width = fmt.Sprintf("%.1f%%", max(0, 100*l.Money().Float64()/top))
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func byValue(lines []clientele.ReasonLine) []clientele.ReasonLine {
	return slices.SortedStableFunc(slices.Values(lines), func(x, y clientele.ReasonLine) int {
		unknown := func(l clientele.ReasonLine) int {
			if l.Reason == clientele.UnknownReason {
				return 1
			}
			return 0
		}
		return cmp.Or(unknown(x)-unknown(y), y.Money().Cmp(x.Money()), strings.Compare(x.Reason, y.Reason))
	})
}

func (b *builder) rates() figTable {
	r := b.st.Rates
	t := figTable{Title: rateTitle(b.visit, r), Subtitle: "What became of the customers, and the value, of the opening"}
	for _, row := range []struct {
		name, line string
		rate       *float64
	}{
		{"Customers kept (retention)", "retention", r.Retention}, {"Customers lost (churn)", "churn", r.Churn},
		{"Lapsed customers won back", "reactivation", r.Reactivation},
		{"Value kept, without growth (GRR)", "grr", r.GRR}, {"Value kept, with growth (NRR)", "nrr", r.NRR},
	} {
		text, note := cannotTell, r.Why[row.line]
		if row.rate != nil {
			text, note = b.percent(*row.rate), ""
		}
		t.Rows = append(t.Rows, figRow{Name: row.name, Cells: []fig{b.fig(warehouse.Line("rates."+row.line), row.name, text)}, Note: note})
	}
	return t
}

func (b *builder) revenue() figTable {
	r := b.st.Revenue
	t := figTable{Title: b.revenueTitle(r), Subtitle: "What was sold in the period"}
	money := func(name, line string, m clientele.Money) figRow {
		return figRow{Name: name, Cells: []fig{b.moneyFig(warehouse.Line("revenue."+line), name, m)}}
	}
	net := money("Net revenue", "net", r.Net)
	net.Sum = true
	unattributed := money("of it without a customer", "unattributed", r.Unattributed)
	if r.Unattributed.Sign() != 0 {
		unattributed.Note = b.share(r.Unattributed, r.Net)
	}
	t.Rows = []figRow{
		money("Gross", "gross", r.Gross), money("less refunds", "refunds", r.Refunds), net, unattributed,
		{Name: "Orders", Cells: []fig{b.countFig("revenue.orders", "orders", r.Orders)}},
		{Name: "Lines", Cells: []fig{b.countFig("revenue.lines", "lines", r.Lines)}},
	}
	return t
}

// share says which part of the whole something is; nothing if there is no whole.
func (b *builder) share(part, whole clientele.Money) string {
	if whole.Sign() <= 0 {
		return ""
	}
	return b.percent(part.Float64()/whole.Float64()) + " of net revenue"
}

// tieOut proves the closing value against the ledger.
func (b *builder) tieOut() figTable {
	t, days := b.st.TieOut, b.st.Value.Measure.Days
	money := func(name string, line warehouse.Line, m clientele.Money) figRow {
		return figRow{Name: name, Cells: []fig{b.moneyFig(line, name, m)}}
	}
	window := money(fmt.Sprintf("Net revenue of the %d days to %s", days, b.date(b.st.To)), "tie_out.window", t.Window)
	window.Sum = true
	return figTable{
		Title: "The closing value ties to the ledger", Subtitle: "Every amount is in exactly one of these lines",
		Rows: []figRow{
			money("Value of active customers at closing", "value.closing", b.st.Value.Closing),
			money("Bought by customers no longer active", "tie_out.inactive", t.Inactive),
			money("Without a customer", "tie_out.unattributed", t.Unattributed),
			window,
		},
	}
}

// model is the model against the part of the records that it had not seen.
func (b *builder) model() modelPart {
	m := b.whole.Model
	if m == nil {
		return modelPart{Title: "No model has valued these customers", Why: "Records of purchases are needed."}
	}
	if m.Holdout == nil {
		return modelPart{Title: "The model could not be checked", Href: b.hrefFor(policy.ReadModel, modelHref(b.whole.To)), Why: cmp.Or(m.Refused, strings.Join(m.Warnings, " "), "The records are too short to hold a part back.")}
	}
	h := m.Holdout
	p := modelPart{Title: strings.TrimSuffix(b.sentence(h.Verdict), "."), Figure: b.holdout(h), Href: b.hrefFor(policy.ReadModel, modelHref(b.whole.To))}
	p.Rows = []figRow{
		{Name: "purchase days held out, actual", Cells: []fig{{Text: b.int(h.Actual)}}},
		{Name: "expected by the model", Cells: []fig{{Text: b.number(h.Expected, 0)}}, Note: signedPercent(b.locale, h.Bias)},
		{Name: "mean error per customer", Cells: []fig{{Text: b.number(h.MAE, 2)}}},
	}
	return p
}

func signedPercent(l *locale, f float64) string {
	if f > 0 {
		return "+" + l.percent(f)
	}
	return l.percent(f)
}

func (b *builder) holdout(h *clientele.Holdout) *chart.Figure {
	fig := b.tracking(h.Weeks)
	fig.ID = "model"
	fig.Summary = fmt.Sprintf("%s. Fitted on purchases to %s; then %s purchase days were expected and %s happened.",
		strings.TrimSuffix(b.sentence(h.Verdict), "."), b.date(h.CalibratedTo), b.number(h.Expected, 0), b.int(h.Actual))
	return &fig
}

// tracking sets the weeks against what a model expected of them.
func (v visit) tracking(weeks []clientele.HoldoutWeek) chart.Figure {
	points := make([]chart.Point, len(weeks))
	split := len(points)
	table := chart.Table{Caption: "Purchase days a week", Columns: []string{"Week of", "actual", "expected", "95% band", "the model"}}
	for i, w := range weeks {
		points[i] = chart.Point{Label: v.date(w.Week), Actual: float64(w.Actual), Expected: w.Expected, Low: w.Low, High: w.High}
		said := "had seen it"
		if w.HeldOut {
			split, said = min(split, i), "had not"
		}
		table.Rows = append(table.Rows, textRow(v.date(w.Week),
			v.int(w.Actual), v.number(w.Expected, 1), v.number(w.Low, 0)+" – "+v.number(w.High, 0), said))
	}
	return chart.Figure{
		Subtitle: "Repeat purchase days a week: actual, and expected by a model that had not seen the second part",
		Table:    table,
		Plot:     chart.Plot{Tracking: chart.NewTracking(points, split, func(f float64) string { return v.number(f, 1) })},
	}
}

// cautions are what a reader must know before the figures.
func (b *builder) cautions() []caution {
	var all []caution
	if d := b.whole.Data; d != nil && !(d.PartialPeriod.OpeningCovered && d.PartialPeriod.ClosingCovered) {
		all = append(all, caution{Lead: "In part:", Text: cmp.Or(d.PartialPeriod.Why, "The records do not cover this period whole.")})
	}
	if m := b.whole.Model; m != nil && m.Trust == clientele.Rejected {
		all = append(all, caution{"The worth is not to be relied on:", b.sentence(m.Holdout.Verdict), b.hrefFor(policy.ReadModel, modelHref(b.whole.To)), "What to do"})
	}
	return all
}

// notCovered says what the statement leaves out, so that nobody has to ask.
func (b *builder) notCovered() figTable {
	t := figTable{Title: "What this statement does not cover", Subtitle: "Shown so that nobody has to ask"}
	add := func(name string, f fig, note string) {
		t.Rows = append(t.Rows, figRow{Name: name, Cells: []fig{f}, Note: note})
	}
	if r := b.st.Revenue; r.Unattributed.Sign() != 0 {
		add("Revenue without a customer", b.fig("revenue.unattributed", "revenue without a customer", b.short(r.Unattributed)), b.share(r.Unattributed, r.Net))
	}
	if d := b.whole.Data; d != nil {
		b.notCoveredData(*d, add)
	}
	if b.settings.Margin == nil {
		add("Cost of what was sold", fig{Text: "not known"}, "no margin is set: worth is at revenue")
	}
	if m := b.whole.Model; m != nil {
		if m.Refused != "" {
			add("What customers are worth", fig{Text: cannotTell}, "the reason stands above")
		}
		for _, w := range m.Warnings {
			add("The model", fig{Text: "take care"}, w)
		}
	}
	if len(t.Rows) == 0 {
		t.Subtitle = "Nothing in the records was left out."
	}
	return t
}

func (b *builder) notCoveredData(d clientele.DataReport, add func(string, fig, string)) {
	var read int64
	kept := 0
	for _, im := range d.Imports {
		read += im.Rows
		if im.State != "loaded" {
			kept++
		}
	}
	if d.RejectedRows > 0 {
		add("Rows rejected", fig{Text: b.int(d.RejectedRows), Href: b.hrefFor(policy.ReadData, "/data"), Of: "rows rejected"}, "of "+b.int(read)+" read")
	}
	if kept > 0 {
		add("Files kept, not loaded", fig{Text: b.int(int64(kept)), Href: b.hrefFor(policy.ReadData, "/data"), Of: "files kept, not loaded"}, "they load when the book is next opened")
	}
	if p := d.PartialPeriod; !p.OpeningCovered || !p.ClosingCovered {
		add("Part of the period", fig{Text: "not covered"}, p.Why)
	}
}

func (b *builder) footer() footer {
	d := b.st.Definition
	f := footer{Definition: fmt.Sprintf("Definition %d: %s", d.Version, activeWords(d))}
	if m := b.whole.Model; m != nil && m.Run != "" {
		f.Run = m.Name + " (" + m.Run + ")"
	}
	data := b.whole.Data
	if data == nil {
		return f
	}
	if data.LoadedAt != nil {
		f.LoadedAt = b.instant(*data.LoadedAt)
	}
	if data.FirstDay != nil && data.LastDay != nil {
		f.Records = b.date(*data.FirstDay) + " to " + b.date(*data.LastDay)
	}
	for _, im := range data.Imports {
		f.Imports = append(f.Imports, im.Name+" ("+shortHash(im.SHA256)+")")
	}
	return f
}

func shortHash(sha string) string { return sha[:min(8, len(sha))] }
