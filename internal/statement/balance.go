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
	c.heads("reasons for coming = new + reactivated", countReasons(m.Reasons.In), h.New+h.Reactivated, "customers.new", "customers.reactivated")
	c.heads("reasons for leaving = lost", countReasons(m.Reasons.Out), h.Lost, "customers.lost")
	return c.faults
}

func (c *checks) value(name string, v clientele.Value) {
	line := func(s string) warehouse.Line { return warehouse.Line(name + "." + s) }
	came := clientele.SumMoney(v.Opening, v.New, v.Reactivated, v.Expanded)
	c.money(name+", opening + new + reactivated + expanded − contracted − lost = closing", came.Sub(v.Contracted).Sub(v.Lost), v.Closing,
		line("new"), line("reactivated"), line("expanded"), line("contracted"), line("lost"))
}

func countReasons(lines []clientele.ReasonLine) (sum int64) {
	for _, l := range lines {
		sum += l.Customers
	}
	return sum
}

// faultsBetween checks that segments add up to the total, line by line. Orders
// are left out: an order that names two customers counts in both their segments.
func faultsBetween(m warehouse.Movements) []fault {
	var c checks
	for _, l := range addUp {
		if l.heads != nil {
			sum := int64(0)
			for i := range m.Segments {
				sum += l.heads(&m.Segments[i].Movement)
			}
			c.heads("segments add up to "+string(l.line), sum, l.heads(&m.Total), l.line)
			continue
		}
		var sum clientele.Money
		for i := range m.Segments {
			sum = sum.Add(l.money(&m.Segments[i].Movement))
		}
		c.money("segments add up to "+string(l.line), sum, l.money(&m.Total), l.line)
	}
	return c.faults
}

// addUp are the lines whose segments add up to the total, each with heads or money.
var addUp = []struct {
	line  warehouse.Line
	heads func(*clientele.Movement) int64
	money func(*clientele.Movement) clientele.Money
}{
	{line: "customers.opening", heads: func(m *clientele.Movement) int64 { return m.Heads.Opening }},
	{line: "customers.new", heads: func(m *clientele.Movement) int64 { return m.Heads.New }},
	{line: "customers.reactivated", heads: func(m *clientele.Movement) int64 { return m.Heads.Reactivated }},
	{line: "customers.lost", heads: func(m *clientele.Movement) int64 { return m.Heads.Lost }},
	{line: "customers.closing", heads: func(m *clientele.Movement) int64 { return m.Heads.Closing }},
	{line: "customers.lost_of_opening", heads: func(m *clientele.Movement) int64 { return m.Heads.LostOfOpening }},
	{line: "customers.came_and_left", heads: func(m *clientele.Movement) int64 { return m.Heads.CameAndLeft }},
	{line: "value.opening", money: func(m *clientele.Movement) clientele.Money { return m.Value.Opening }},
	{line: "value.new", money: func(m *clientele.Movement) clientele.Money { return m.Value.New }},
	{line: "value.reactivated", money: func(m *clientele.Movement) clientele.Money { return m.Value.Reactivated }},
	{line: "value.expanded", money: func(m *clientele.Movement) clientele.Money { return m.Value.Expanded }},
	{line: "value.contracted", money: func(m *clientele.Movement) clientele.Money { return m.Value.Contracted }},
	{line: "value.lost", money: func(m *clientele.Movement) clientele.Money { return m.Value.Lost }},
	{line: "value.closing", money: func(m *clientele.Movement) clientele.Money { return m.Value.Closing }},
	{line: "revenue.gross", money: func(m *clientele.Movement) clientele.Money { return m.Revenue.Gross }},
	{line: "revenue.refunds", money: func(m *clientele.Movement) clientele.Money { return m.Revenue.Refunds }},
	{line: "revenue.net", money: func(m *clientele.Movement) clientele.Money { return m.Revenue.Net }},
	{line: "revenue.unattributed", money: func(m *clientele.Movement) clientele.Money { return m.Revenue.Unattributed }},
	{line: "revenue.lines", heads: func(m *clientele.Movement) int64 { return m.Revenue.Lines }},
	{line: "tie_out.inactive", money: func(m *clientele.Movement) clientele.Money { return m.TieOut.Inactive }},
	{line: "tie_out.unattributed", money: func(m *clientele.Movement) clientele.Money { return m.TieOut.Unattributed }},
	{line: "tie_out.window", money: func(m *clientele.Movement) clientele.Money { return m.TieOut.Window }},
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
