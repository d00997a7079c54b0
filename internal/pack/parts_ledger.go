package pack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clientele/clientele"
)

func (b *builder) reasons() []block {
	out, in := b.Statement.Reasons.Out, b.Statement.Reasons.In
	return []block{
		{Title: dearest(out, "Nobody left", "Nobody has said why they left", " is the dearest known reason for leaving"), Subtitle: "Customers lost, and what they had bought, by reason", Table: b.reasonTable(out)},
		{Title: dearest(in, "Nobody came", "Nobody has said why they came", " is the known reason that brought the most value"), Subtitle: "Customers new and back, and what they bought, by reason", Table: b.reasonTable(in)},
	}
}

// byValue puts the reasons with most money first and the unknown last.
func byValue(lines []clientele.ReasonLine) []clientele.ReasonLine {
	unknown := func(l clientele.ReasonLine) int {
		if l.Reason == clientele.UnknownReason {
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(lines), func(x, y clientele.ReasonLine) int {
		return cmp.Or(unknown(x)-unknown(y), y.Money().Cmp(x.Money()), strings.Compare(x.Reason, y.Reason))
	})
}

func dearest(lines []clientele.ReasonLine, none, unknown, known string) string {
	if len(lines) == 0 {
		return none
	}
	if l := byValue(lines)[0]; l.Reason != clientele.UnknownReason && l.Customers > 0 {
		return capital(l.Reason) + known
	}
	return unknown
}

// reasonTable is nil where there is no reason at all.
func (b *builder) reasonTable(lines []clientele.ReasonLine) *table {
	if len(lines) == 0 {
		return nil
	}
	t := &table{Columns: []column{{Name: "reason"}, {Name: "customers", Width: smallWidth}, {Name: b.Statement.Currency, Width: figureWidth}}}
	var n int64
	var sum clientele.Money
	for _, l := range byValue(lines) {
		n, sum = n+l.Customers, sum.Add(l.Money())
		t.Rows = append(t.Rows, line(capital(l.Reason), counted(l.Customers), b.money(l.Money())))
	}
	t.total(line("All", counted(n), b.money(sum)))
	return t
}

func (b *builder) revenue() []block {
	st := b.Statement
	r, t := st.Revenue, st.TieOut
	title := b.short(r.Net) + " sold, all of it to known customers"
	if r.Net.Sign() == 0 {
		title = "Nothing was sold in the period"
	} else if r.Unattributed.Sign() != 0 {
		title = b.short(r.Net) + " sold; " + b.short(r.Unattributed) + " of it names no customer"
	}
	return []block{
		{Title: title, Subtitle: "Net revenue of the period", Table: lineTable(st.Currency,
			line("Gross", b.money(r.Gross)), line("Less refunds", b.money(r.Refunds.Neg()).change()), line("Net revenue", b.money(r.Net).of(down(1, 0, 1)...)).sum(),
			line("Of it without a customer", b.money(r.Unattributed)).part(),
			line("Orders", counted(r.Orders)), line("Lines", counted(r.Lines)))},
		{Title: "The closing value ties to the ledger", Subtitle: "Every amount is in exactly one of these lines", Table: lineTable(st.Currency,
			line("Value of active customers at closing", b.money(st.Value.Closing)), line("Bought by customers no longer active", b.money(t.Inactive)),
			line("Without a customer", b.money(t.Unattributed)),
			line(fmt.Sprintf("Net revenue of the %d days to %s", st.Value.Measure.Days, day(st.To)), b.money(t.Window).of(down(1, 0, 2)...)).sum())},
	}
}

// model is what valued the customers, and how it did on what it had not seen.
func (b *builder) model() []block {
	m := b.Statement.Model
	if m == nil {
		return []block{{Title: "No model has valued these customers", Notes: []string{"Records of purchases are needed."}}}
	}
	fit := block{Title: m.Name, Subtitle: fmt.Sprintf("Run %s, fitted to %s customers in %s cells", m.Run, counted(m.Customers), counted(m.Cells)), Table: parameters(m)}
	if m.Refused != "" {
		fit.Title, fit.Notes = "The model was refused", []string{sentence(m.Refused)}
	}
	if m.LogLikelihood != nil {
		fit.Notes = append(fit.Notes, "Log-likelihood "+number(*m.LogLikelihood, 2)+".")
	}
	for _, w := range m.Warnings {
		fit.Notes = append(fit.Notes, sentence(w))
	}
	if m.Holdout == nil {
		fit.Notes = append(fit.Notes, "The model could not be checked against records that it had not seen.")
		return []block{fit}
	}
	return []block{holdout(m.Holdout), fit}
}

func holdout(h *clientele.Holdout) block {
	bl := block{
		Title:    strings.TrimSuffix(h.Verdict, "."),
		Subtitle: fmt.Sprintf("Fitted on purchases to %s; what came then, to %s, it had not seen", day(h.CalibratedTo), day(h.To)),
		Table: lineTable("repeat purchase days",
			line("Held out, actual", counted(h.Actual)), line("Expected by the model", measured(h.Expected, 1)), line("Expected beside actual", shared(h.Bias)),
			line("Mean error per customer", measured(h.MAE, 3)), line("Root of the mean squared error", measured(h.RMSE, 3)), line("Customers", counted(h.Customers))),
	}
	if len(h.Weeks) > 1 {
		bl.Figure = tracking(h, bl.Title)
	}
	return bl
}

// parameters is nil for a model without any.
func parameters(m *clientele.ModelReport) *table {
	t := &table{Columns: []column{{Name: "model"}, {Name: "parameter", Width: 40, Left: true}, {Name: "estimate", Width: 32}, {Name: "standard error", Width: 32}}}
	for _, model := range slices.Sorted(maps.Keys(m.Parameters)) {
		for _, name := range slices.Sorted(maps.Keys(m.Parameters[model])) {
			se := text(cannotTell)
			if v, ok := m.StandardErrors[model][name]; ok {
				se = measured(v, 4)
			}
			t.Rows = append(t.Rows, line(model, text(name), measured(m.Parameters[model][name], 4), se))
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// definitions are what the words mean, how the period was closed, and which files made it.
func (b *builder) definitions() []block {
	blocks := []block{{Title: "What the words mean", Table: b.terms()}}
	if b.Close != nil {
		blocks = append(blocks, b.closed())
	}
	d := b.Statement.Data
	if d == nil {
		return blocks
	}
	t := &table{Columns: []column{
		{Name: "file"}, {Name: "kind", Width: 20, Left: true}, {Name: "rows", Width: 16}, {Name: "rejected", Width: 15},
		{Name: "state", Width: 17, Left: true}, {Name: "accepted", Width: 21, Left: true}, {Name: "SHA-256", Width: 39, Left: true},
	}}
	for _, f := range d.Imports {
		t.Rows = append(t.Rows, line(f.Name, text(string(f.Kind)), counted(f.Rows), counted(f.Rejected), text(f.State), text(b.instant(f.At)), text(f.SHA256)))
	}
	return append(blocks, block{Title: "The files behind these figures", Subtitle: "By their SHA-256, in the order in which they were accepted", Table: t})
}

func (b *builder) terms() *table {
	t := &table{Columns: []column{{Name: "term"}, {Name: "meaning", Width: 124, Left: true}}}
	d := b.Statement.Definition
	for _, term := range [][2]string{
		{"Customer", fmt.Sprintf("Who is %s (definition %d).", activeWords(d), d.Version)},
		{"New, back, lost", "The first time that someone becomes a customer; a later time; the day on which someone is a customer no more. These are events."},
		{"Value", measureWords(b.Statement.Value.Measure) + ", compared between the two ends of the period. Refunds reduce it."},
		{"Retention, churn", "Opening customers who are, or are not, customers at closing, over opening customers."},
		{"GRR, NRR", "Opening value less what was contracted and lost, over opening value: at most 1, and with what was expanded."},
		{"Customer equity", "What every customer ever acquired will bring, weighted by the chance to be one still" + b.basis() + "."},
		{"Unwinding", "Of the discount: what was to come has come nearer."},
		{"Expected release", "The margin that was expected in the period, and is no longer to come."},
		{"Window", "The horizon moved on with the period; nothing without a horizon."},
		{"Experience", "What the customers of the opening are worth at closing beyond what was expected of them: more or fewer are customers still (survival), they buy more or less often (activity), they spend more or less (spend)."},
		{"Scope, restatement", "What counts was defined anew; records came after the opening was closed."},
		{"Assumption change", "The model was fitted anew."},
	} {
		t.Rows = append(t.Rows, line(term[0], text(term[1])))
	}
	return t
}

// closed is how the period was closed.
func (b *builder) closed() block {
	c := b.Close
	t := &table{Columns: []column{{Name: ""}, {Name: "", Width: 124, Left: true}}}
	previous := c.Previous
	if previous == "" {
		previous = "none: this is the first close"
	}
	for _, l := range [][2]string{
		{"Close", fmt.Sprintf("%d, of %s", c.Number, c.Period)}, {"At", b.instant(c.At)}, {"By", c.By}, {"Program", c.Program},
		{"Hash", c.Hash}, {"Hash of the close before", previous},
	} {
		t.Rows = append(t.Rows, line(l[0], text(l[1])))
	}
	return block{Title: "How the period was closed", Subtitle: "Closes are a chain: each holds the hash of the one before", Table: t}
}
