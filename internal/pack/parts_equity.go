package pack

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

func (b *builder) refusal() string {
	if m := b.Statement.Model; m != nil && m.Refused != "" {
		return m.Refused
	}
	return "No model has valued these customers."
}

// equity is what customers are worth, with its interval, or why that cannot be told.
func (b *builder) equity() []block {
	e := b.Statement.Equity
	if e == nil {
		return []block{{Title: "What customers are worth cannot be told", Notes: []string{sentence(b.refusal())}}}
	}
	worth := block{
		Title:    fmt.Sprintf("Customers are worth %s over %d years", b.short(e.Estimate.Estimate), e.HorizonYears),
		Subtitle: "As of " + day(b.Statement.To) + b.basis() + ", in " + b.Statement.Currency,
		Table: &table{
			Columns: []column{{Name: ""}, {Name: "estimate", Width: figureWidth}, {Name: "95" + nbsp + "% low", Width: figureWidth}, {Name: "95" + nbsp + "% high", Width: figureWidth}},
			Rows: []row{
				line(fmt.Sprintf("Customer equity, %d years", e.HorizonYears), b.money(e.Estimate.Estimate), b.money(e.Low), b.money(e.High)).sum(),
				line("Beyond that (the tail)", b.money(e.Tail.Estimate), b.money(e.Tail.Low), b.money(e.Tail.High)),
				line("Per customer", b.money(e.PerCustomer), cell{}, cell{}),
				line("Customers valued", counted(e.Scored), cell{}, cell{}),
			},
		},
	}
	b.together(worth.Table)
	if e.Moved == nil {
		worth.Notes = []string{"What moved it cannot be told: it takes a worth at both ends of the period."}
		return []block{worth}
	}
	return []block{worth, b.moved(e.Moved), b.came(e)}
}

// together adds the worth by orders and contracts, where there are contracts.
func (b *builder) together(t *table) {
	w := b.Statement.Worth
	if w == nil {
		return
	}
	if w.Refused != "" {
		t.Rows = append(t.Rows, line("Orders and contracts together", text(cannotTell), cell{}, cell{}))
		return
	}
	t.Rows = append(t.Rows,
		line(fmt.Sprintf("Contracts that run, %d years", w.HorizonYears), b.money(w.Contracts.Estimate), b.money(w.Contracts.Low), b.money(w.Contracts.High)),
		line("Orders and contracts together", b.money(w.Estimate.Estimate), b.money(w.Low), b.money(w.High)).sum(),
		line("Customers of both, each counted once", counted(w.Customers), cell{}, cell{}),
	)
}

// moved is what moved the worth, both ends valued with the closing model.
func (b *builder) moved(m *clientele.EquityMoved) block {
	s := scaleOf(m.Opening.Reach(m.Closing))
	opening, closing := b.ends()
	title := b.rose("By the closing model, the worth", m.Opening, m.Closing)
	moves := func(name string, m clientele.Money) row { return line(name, b.money(m).change()) }
	return block{
		Title: title, Subtitle: "Who moved customer equity" + b.unit(s) + ", both ends valued with the closing model",
		Figure: b.waterfall(title, []chart.Step{
			b.step(opening, m.Opening, true, s), b.step("New", m.New, false, s), b.step("Back", m.Reactivated, false, s),
			b.step("Stayed", m.Stayed, false, s), b.step("Lost", m.Lost, false, s), b.step("Lapsed", m.Lapsed, false, s), b.step(closing, m.Closing, true, s),
		}),
		Table: lineTable(b.Statement.Currency,
			line("At opening", b.money(m.Opening)), moves("New", m.New), moves("Came back", m.Reactivated), moves("Stayed", m.Stayed),
			moves("Lost", m.Lost), moves("Lapsed before", m.Lapsed), line("At closing", b.money(m.Closing).of(down(1, 0, 5)...)).sum(),
		),
	}
}

// came sets what came beside what left.
func (b *builder) came(e *clientele.Equity) block {
	t := &table{Columns: []column{{Name: ""}, {Name: "customers", Width: smallWidth}, {Name: "each", Width: figureWidth}, {Name: "together", Width: figureWidth}}}
	for _, r := range []struct {
		name  string
		worth clientele.Worth
	}{{"Came", e.Moved.CameWorth}, {"Came back", e.Moved.BackWorth}, {"Left", e.Moved.LostWorth}} {
		each := text("–")
		if r.worth.Customers > 0 {
			each = b.money(perHead(r.worth))
		}
		t.Rows = append(t.Rows, line(r.name, counted(r.worth.Customers), each, b.money(r.worth.Together)))
	}
	return block{
		Title: "What those who came are worth, and what those who left were", Table: t,
		Subtitle: fmt.Sprintf("%d-year worth when they came, and when they left, in %s", e.HorizonYears, b.Statement.Currency),
	}
}

// perHead divides to the hundredth, as estimates are kept.
func perHead(w clientele.Worth) clientele.Money {
	r, _ := new(big.Rat).SetString(w.Together.String())
	return clientele.MustMoney(r.Quo(r, new(big.Rat).SetInt64(w.Customers)).FloatString(2))
}

// movements are the equity movements by horizon, or why there are none.
func (b *builder) movements() []block {
	if len(b.Movements) == 0 {
		why := "A draft is made without one."
		if b.Close != nil {
			why = "The period was closed without one."
		}
		return []block{{Title: "The period has no equity movement", Notes: []string{why, "The change of the worth under Equity is by the closing model at both ends."}}}
	}
	var blocks []block
	for i, m := range b.Movements {
		if m.Refused != "" {
			blocks = append(blocks, block{
				Title: "The period has no equity movement, " + horizonWords(m.Horizon), Notes: append([]string{sentence(m.Refused)}, m.Warnings...),
			})
			continue
		}
		if i > 0 {
			m.Cash = nil // the same under every horizon
		}
		blocks = append(blocks, b.movement(m))
		blocks = append(blocks, b.movementDetail(m)...)
	}
	return blocks
}

func horizonWords(h clientele.Horizon) string {
	if h == clientele.Infinite {
		return "without a horizon"
	}
	return string(h) + " years"
}

// movementLine is a line of the equity movement.
type movementLine struct {
	key, name, bar string // name in JSON; in the table; on the chart
	amount         clientele.Money
	kind           rowKind
}

func movementLines(m clientele.EquityMovement) []movementLine {
	return []movementLine{
		{"opening", "Opening, by its own assumptions", "", m.Opening, plainRow},
		{"unwinding", "Unwinding of discount", "Unwind-\ning", m.Unwinding, plainRow},
		{"expected_release", "Expected release", "Expected\nrelease", m.ExpectedRelease, plainRow},
		{"window", "Window: the horizon moved on", "Window", m.Window, plainRow},
		{"experience.total", "Experience, beside what was expected", "", m.Experience.Total, plainRow},
		{"experience.survival", "of survival", "Survival", m.Experience.Survival, partRow},
		{"experience.activity", "of activity", "Activity", m.Experience.Activity, partRow},
		{"experience.spend", "of spend", "Spend", m.Experience.Spend, partRow},
		{"new_customers", "New customers", "New\ncustomers", m.NewCustomers, plainRow},
		{"scope", "Scope: what counts was defined anew", "Scope", m.Scope, plainRow},
		{"currency_effect", "Currency", "Currency", m.CurrencyEffect, plainRow},
		{"restatement", "Restatement: records that came late", "Restate-\nment", m.Restatement, plainRow},
		{"assumption_change", "Assumption change: the model fitted anew", "Assump-\ntions", m.AssumptionChange, plainRow},
		{"closing", "Closing, by its own assumptions", "", m.Closing, sumRow},
	}
}

func (b *builder) movement(m clientele.EquityMovement) block {
	s := scaleOf(m.Opening.Reach(m.Closing))
	opening, closing := b.ends()
	steps := []chart.Step{b.step(opening, m.Opening, true, s)}
	t := &table{Columns: []column{{Name: ""}, {Name: m.Currency, Width: figureWidth}, {Name: "95" + nbsp + "% low", Width: 32}, {Name: "95" + nbsp + "% high", Width: 32}}}
	var whole, experience []term
	for i, l := range movementLines(m) {
		amount := b.money(l.amount)
		amount.Signed = l.kind != sumRow && i > 0
		low, high := cell{}, cell{}
		if v, ok := m.Intervals[l.key]; ok && (v.Low.Sign() != 0 || v.High.Sign() != 0) {
			low, high = b.money(v.Low), b.money(v.High)
		}
		switch {
		case l.kind == plainRow:
			whole = append(whole, term{Row: i, Col: 1})
		case l.kind == partRow:
			experience = append(experience, term{Row: i, Col: 1})
		case l.kind == sumRow:
			amount = amount.of(whole...)
		}
		if l.bar != "" && l.amount.Sign() != 0 {
			steps = append(steps, b.step(l.bar, l.amount, false, s))
		}
		t.Rows = append(t.Rows, row{Cells: []cell{text(l.name), amount, low, high}, Kind: l.kind})
	}
	total := experience[0].Row - 1
	t.Rows[total].Cells[1].Terms = experience
	title := b.rose("Customer equity, "+horizonWords(m.Horizon)+",", m.Opening, m.Closing)
	steps = append(steps, b.step(closing, m.Closing, true, s))
	return block{
		Title: title, Subtitle: "Why it moved" + b.unit(s) + "; lines of 0 stand in the table only",
		Figure: b.waterfall(title, steps), Table: t, Notes: b.movementNotes(m),
	}
}

func (b *builder) movementNotes(m clientele.EquityMovement) []string {
	var notes []string
	if a := m.Audit; a != nil {
		notes = append(notes, fmt.Sprintf("The audit: %s Experience lies %s standard deviations from what was expected, %s with the parameters' own error.",
			sentence(a.Reading), number(a.Z, 1), number(a.WithParameters, 1)))
	}
	if mm := m.Models; mm != nil {
		notes = append(notes, fmt.Sprintf("Opening by the model as of %s: %s, run %s. Closing by the model as of %s: %s, run %s. Intervals are 95%s%%, by the uncertainty of the parameters; they do not add up.",
			day(mm.Opening.AsOf), mm.Opening.Name, mm.Opening.Run, day(mm.Closing.AsOf), mm.Closing.Name, mm.Closing.Run, nbsp))
	}
	return append(notes, m.Warnings...)
}

// movementDetail is cash, cohorts and segments, as far as the movement has them.
func (b *builder) movementDetail(m clientele.EquityMovement) []block {
	var blocks []block
	if c := m.Cash; c != nil {
		gap := c.Actual.Sub(c.Expected)
		title := "The period brought the margin that was expected"
		if gap.Sign() > 0 {
			title = "The period brought " + b.short(gap) + " more margin than expected"
		} else if gap.Sign() < 0 {
			title = "The period brought " + b.short(gap.Neg()) + " less margin than expected"
		}
		blocks = append(blocks, block{Title: title, Subtitle: "From the customers of the opening, not discounted", Table: lineTable(m.Currency,
			line("Cash expected", b.money(c.Expected)), line("Cash actual", b.money(c.Actual)),
			line("More or less than expected", b.money(gap).change().of(term{Row: 1, Col: 1}, term{Row: 0, Col: 1, Minus: true})).sum())})
	}
	if len(m.Cohorts) > 0 {
		blocks = append(blocks, b.cohorts(m))
	}
	if len(m.Segments) > 0 {
		blocks = append(blocks, b.movementSegments(m))
	}
	return blocks
}

// cohorts are the new customers by the month in which they came.
func (b *builder) cohorts(m clientele.EquityMovement) block {
	t := &table{Columns: []column{{Name: ""}, {Name: "customers", Width: smallWidth}, {Name: m.Currency, Width: figureWidth}}}
	var n int64
	for _, c := range m.Cohorts {
		n += c.Customers
		t.Rows = append(t.Rows, line(c.Month.Time().Format("January 2006"), counted(c.Customers), b.money(c.Worth)))
	}
	t.total(line("All", counted(n), b.money(m.NewCustomers)))
	return block{
		Title:    fmt.Sprintf("%s new %s brought %s", counted(n), customersWord(n), b.short(m.NewCustomers)),
		Subtitle: "By the month of their first purchase", Table: t,
	}
}

// movementSegments has the movement of every segment, and the whole as their sum.
func (b *builder) movementSegments(m clientele.EquityMovement) block {
	const width = 24
	t := &table{Columns: []column{{Name: strings.ReplaceAll(m.Attribute, "_", " ")}}}
	for _, name := range []string{"opening", "time passed", "experience", "new", "assumptions", "closing"} {
		t.Columns = append(t.Columns, column{Name: name, Width: width})
	}
	cells := func(m clientele.EquityMovement) []cell {
		passed := clientele.SumMoney(m.Unwinding, m.ExpectedRelease, m.Window, m.Scope, m.CurrencyEffect, m.Restatement)
		return []cell{b.money(m.Opening), b.money(passed), b.money(m.Experience.Total), b.money(m.NewCustomers), b.money(m.AssumptionChange), b.money(m.Closing)}
	}
	for _, s := range m.Segments {
		t.Rows = append(t.Rows, line(s.Segment, cells(s)...))
	}
	t.total(line("All customers", cells(m)...))
	return block{
		Title: "Every segment, and their sum", Table: t,
		Subtitle: "Equity movement, " + horizonWords(m.Horizon) + ", in " + m.Currency + "; time passed: unwinding, release, window, scope, currency and restatement",
	}
}

// total ends a table with the sums of its rows, as far as they have figures.
func (t *table) total(sums row) {
	for col, c := range sums.Cells {
		for i, r := range t.Rows {
			if c.Kind != words && r.Cells[col].Kind != words {
				sums.Cells[col].Terms = append(sums.Cells[col].Terms, term{Row: i, Col: col})
			}
		}
	}
	t.Rows = append(t.Rows, sums.sum())
}

// segments has the statement of every segment, and the whole as their sum.
func (b *builder) segments() []block {
	t := &table{Columns: []column{{Name: strings.ReplaceAll(b.Statement.Attribute, "_", " ")}}}
	for _, name := range []string{"opening", "new", "back", "lost", "closing"} {
		t.Columns = append(t.Columns, column{Name: name, Width: 16})
	}
	t.Columns = append(t.Columns, column{Name: "value", Width: 30}, column{Name: "worth", Width: 30})
	cells := func(st clientele.Statement) []cell {
		h, worth := st.Customers, text("–")
		if st.Equity != nil {
			worth = b.money(st.Equity.Estimate.Estimate)
		}
		return []cell{counted(h.Opening), counted(h.New), counted(h.Reactivated), counted(-h.Lost), counted(h.Closing), b.money(st.Value.Closing), worth}
	}
	sorted := slices.SortedStableFunc(slices.Values(b.Statement.Segments), func(x, y clientele.Statement) int {
		return cmp.Compare(y.Customers.Closing, x.Customers.Closing)
	})
	for _, s := range sorted {
		t.Rows = append(t.Rows, line(s.Segment, cells(s)...))
	}
	t.total(line("All customers", cells(b.Statement)...))
	return []block{{Title: "Every segment, and their sum", Subtitle: "Customers, value and worth at closing, in " + b.Statement.Currency, Table: t}}
}
