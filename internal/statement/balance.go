package statement

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// fault is an identity that does not hold, and the lines it is made of.
type fault struct {
	what    string
	segment string
	lines   []warehouse.Line
}

// checks collects the faults of one movement.
type checks struct {
	segment string
	faults  []fault
}

func (c *checks) heads(what string, left, right int64, lines ...warehouse.Line) {
	if left != right {
		c.faults = append(c.faults, fault{fmt.Sprintf("%s: %d is not %d", what, left, right), c.segment, lines})
	}
}

func (c *checks) money(what string, left, right clientele.Money, lines ...warehouse.Line) {
	if !left.Equal(right) {
		c.faults = append(c.faults, fault{fmt.Sprintf("%s: %s is not %s", what, left, right), c.segment, lines})
	}
}

// faultsOf checks every identity of a movement.
func faultsOf(m clientele.Movement, segment string) []fault {
	c := checks{segment: segment}
	h := m.Heads
	c.heads("customers, opening + new + reactivated − lost = closing", h.Opening+h.New+h.Reactivated-h.Lost, h.Closing,
		"customers.new", "customers.reactivated", "customers.lost")
	c.value("value", m.Value)
	if m.Recurring != nil {
		c.value("recurring", *m.Recurring)
	}
	r, t := m.Revenue, m.TieOut
	c.money("revenue, gross − refunds = net", r.Gross.Sub(r.Refunds), r.Net, "revenue.refunds")
	c.money("tie-out, value at closing + inactive + unattributed = net revenue of the window",
		clientele.SumMoney(m.Value.Closing, t.Inactive, t.Unattributed), t.Window, "tie_out.inactive", "tie_out.unattributed", "value.closing")
	c.reasons("reasons for coming = new + reactivated", m.Reasons.In, h.New+h.Reactivated, m.Value.New.Add(m.Value.Reactivated), "new", "reactivated")
	c.reasons("reasons for leaving = lost", m.Reasons.Out, h.Lost, m.Value.Lost, "lost")
	if m.Recurring != nil {
		c.recurringReasons("recurring, reasons for coming = new + reactivated", m.Reasons.In, m.Recurring.New.Add(m.Recurring.Reactivated), "recurring.new", "recurring.reactivated")
		c.recurringReasons("recurring, reasons for leaving = lost", m.Reasons.Out, m.Recurring.Lost, "recurring.lost")
	}
	return c.faults
}

func (c *checks) value(name string, v clientele.Value) {
	line := func(s string) warehouse.Line { return warehouse.Line(name + "." + s) }
	came := clientele.SumMoney(v.Opening, v.New, v.Reactivated, v.Expanded)
	c.money(name+", opening + new + reactivated + expanded − contracted − lost = closing", came.Sub(v.Contracted).Sub(v.Lost), v.Closing,
		line("new"), line("reactivated"), line("expanded"), line("contracted"), line("lost"))
}

// reasons checks that reasons add up to the lines that they are of, in heads and money.
func (c *checks) reasons(what string, reasons []clientele.ReasonLine, heads int64, value clientele.Money, names ...string) {
	var counted int64
	var sum clientele.Money
	for _, r := range reasons {
		counted += r.Customers
		sum = sum.Add(r.Value)
	}
	var people, money []warehouse.Line
	for _, name := range names {
		people, money = append(people, warehouse.Line("customers."+name)), append(money, warehouse.Line("value."+name))
	}
	c.heads(what, counted, heads, people...)
	c.money(what, sum, value, money...)
}

// recurringReasons checks the recurring amounts of reasons.
func (c *checks) recurringReasons(what string, reasons []clientele.ReasonLine, amount clientele.Money, lines ...warehouse.Line) {
	var sum clientele.Money
	for _, r := range reasons {
		if r.Recurring != nil {
			sum = sum.Add(*r.Recurring)
		}
	}
	c.money(what, sum, amount, lines...)
}

// faultsBetween checks that segments add up to the total, line by line.
func faultsBetween(m warehouse.Movements) []fault {
	var c checks
	for _, l := range warehouse.MovementLines {
		what := "segments add up to " + string(l.Line)
		if l.Heads != nil {
			sum := int64(0)
			for i := range m.Segments {
				sum += *l.Heads(&m.Segments[i].Movement)
			}
			c.heads(what, sum, *l.Heads(&m.Total), l.Line)
			continue
		}
		total := l.Money(&m.Total)
		if total == nil {
			continue // no such figure in this business
		}
		var sum clientele.Money
		for i := range m.Segments {
			sum = sum.Add(*l.Money(&m.Segments[i].Movement))
		}
		c.money(what, sum, *total, l.Line)
	}
	return c.faults
}

// namedRows bounds the rows that an imbalance names.
const namedRows = 36

// balance proves the movement, or returns an error that names the first
// identity that fails and the rows behind it.
func (s *Service) balance(ctx context.Context, q warehouse.MovementQuery, m warehouse.Movements) error {
	faults := faultsOf(m.Total, "")
	for _, seg := range m.Segments {
		faults = append(faults, faultsOf(seg.Movement, seg.Name)...)
	}
	if q.By != "" {
		faults = append(faults, faultsBetween(m)...)
	}
	if len(faults) == 0 {
		return nil
	}
	first := faults[0]
	e := clientele.Errorf(clientele.CodeUnbalanced, "the movement of %s does not balance: %s", q.Period, first.what)
	if first.segment != "" {
		e.Message += fmt.Sprintf(" (segment %s)", first.segment)
	}
	if len(faults) > 1 {
		e.Message += fmt.Sprintf("; %d further identities fail", len(faults)-1)
	}
	e.Rows = s.rowsOf(ctx, q, first)
	return e.WithHint("Nothing was published. Run clientele verify on the book, then clientele rebuild; if it stays, report the rows named here.")
}

// rowsOf names rows of the lines of a fault, sharing the room between lines.
func (s *Service) rowsOf(ctx context.Context, q warehouse.MovementQuery, f fault) []string {
	var rows []string
	for _, line := range f.lines {
		x, err := s.warehouse.Explain(ctx, warehouse.ExplainQuery{MovementQuery: q, Line: line, Segment: f.segment, Limit: namedRows / len(f.lines)})
		if err != nil {
			rows = append(rows, fmt.Sprintf("%s: its rows cannot be read: %v", line, err))
			continue
		}
		for _, r := range x.Rows {
			rows = append(rows, fmt.Sprintf("%s: %s%s, opening %s, closing %s, counted as %d and %s",
				line, who(r), on(r.Day), r.Opening, r.Closing, r.Heads, r.Amount))
		}
	}
	return slices.Clip(rows)
}

func on(day *clientele.Date) string {
	if day == nil {
		return ""
	}
	return " on " + day.String()
}

func who(r warehouse.ExplainRow) string {
	switch {
	case r.Customer != "":
		return "customer " + r.Customer
	case r.Order != "":
		return "order " + r.Order
	}
	return "no customer"
}
