package duckdb

import (
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// figure is one figure of a movement: which rows of its source make it, and what
// each adds. The sum and its explanation are rendered from the same figure.
type figure struct {
	Line  warehouse.Line
	Where string
	Sum   string
	Day   string // the day that explains a row: of the event, or the last purchase
	field func(*clientele.Movement) any
}

// IsHeads reports whether the figure counts; otherwise it is money.
func (f figure) IsHeads() bool {
	_, ok := f.field(&clientele.Movement{Recurring: &clientele.Value{}}).(*int64)
	return ok
}

// set puts a sum into its place.
func (f figure) set(m *clientele.Movement, sum any) (err error) {
	switch field := f.field(m).(type) {
	case *int64:
		*field = sum.(int64)
	case *clientele.Money:
		*field, err = moneyOf(sum)
	}
	return err
}

// movementFigures are sums over run_movement.
var movementFigures = slices.Concat([]figure{
	{"customers.opening", "active0", "1", "last_day", func(m *clientele.Movement) any { return &m.Heads.Opening }},
	{"customers.new", "came > 0", "came", "first_day", func(m *clientele.Movement) any { return &m.Heads.New }},
	{"customers.reactivated", "returned > 0", "returned", "in_day", func(m *clientele.Movement) any { return &m.Heads.Reactivated }},
	{"customers.lost", "lost > 0", "lost", "out_day", func(m *clientele.Movement) any { return &m.Heads.Lost }},
	{"customers.closing", "active1", "1", "last_day", func(m *clientele.Movement) any { return &m.Heads.Closing }},
	{"customers.lost_of_opening", "active0 AND NOT active1", "1", "out_day", func(m *clientele.Movement) any { return &m.Heads.LostOfOpening }},
	{"customers.came_and_left", "NOT active0 AND NOT active1 AND in_day IS NOT NULL", "1", "out_day", func(m *clientele.Movement) any { return &m.Heads.CameAndLeft }},
	{"customers.lapsed_at_opening", "NOT active0 AND first_day IS NOT NULL AND NOT fresh", "1", "last_day", func(m *clientele.Movement) any { return &m.LapsedAtOpening }},
	{"customers.lapsed_and_back", "NOT active0 AND active1 AND NOT fresh", "1", "in_day", func(m *clientele.Movement) any { return &m.ReactivatedStock }},
	{"tie_out.inactive", "customer IS NOT NULL AND NOT active1", "net1", "last_day", func(m *clientele.Movement) any { return &m.TieOut.Inactive }},
	{"tie_out.unattributed", "customer IS NULL", "net1", "last_day", func(m *clientele.Movement) any { return &m.TieOut.Unattributed }},
	{"tie_out.window", "TRUE", "net1", "last_day", func(m *clientele.Movement) any { return &m.TieOut.Window }},
}, valueFigures("value.", "value", func(m *clientele.Movement) *clientele.Value { return &m.Value }))

// recurringFigures are further sums over run_movement, for contracts.
var recurringFigures = valueFigures("recurring.", "recurring", func(m *clientele.Movement) *clientele.Value { return m.Recurring })

// valueFigures classify the money of both ends by the state at both ends.
func valueFigures(prefix warehouse.Line, column string, value func(*clientele.Movement) *clientele.Value) []figure {
	v0, v1 := column+"0", column+"1"
	return []figure{
		{prefix + "opening", "active0", v0, "last_day", func(m *clientele.Movement) any { return &value(m).Opening }},
		{prefix + "new", "NOT active0 AND active1 AND fresh", v1, "first_day", func(m *clientele.Movement) any { return &value(m).New }},
		{prefix + "reactivated", "NOT active0 AND active1 AND NOT fresh", v1, "in_day", func(m *clientele.Movement) any { return &value(m).Reactivated }},
		{prefix + "expanded", "active0 AND active1 AND " + v1 + " > " + v0, v1 + " - " + v0, "last_day", func(m *clientele.Movement) any { return &value(m).Expanded }},
		{prefix + "contracted", "active0 AND active1 AND " + v1 + " < " + v0, v0 + " - " + v1, "last_day", func(m *clientele.Movement) any { return &value(m).Contracted }},
		{prefix + "lost", "active0 AND NOT active1", v0, "out_day", func(m *clientele.Movement) any { return &value(m).Lost }},
		{prefix + "closing", "active1", v1, "last_day", func(m *clientele.Movement) any { return &value(m).Closing }},
	}
}

// revenueFigures are sums over the period's transaction lines.
var revenueFigures = []figure{
	{"revenue.gross", "kind <> 'refund'", "amount", "day", func(m *clientele.Movement) any { return &m.Revenue.Gross }},
	{"revenue.refunds", "kind = 'refund'", "-amount", "day", func(m *clientele.Movement) any { return &m.Revenue.Refunds }},
	{"revenue.net", "TRUE", "amount", "day", func(m *clientele.Movement) any { return &m.Revenue.Net }},
	{"revenue.unattributed", "customer IS NULL", "amount", "day", func(m *clientele.Movement) any { return &m.Revenue.Unattributed }},
	{"revenue.lines", "TRUE", "1", "day", func(m *clientele.Movement) any { return &m.Revenue.Lines }},
}

// orderFigures are sums over the period's orders.
var orderFigures = []figure{
	{"revenue.orders", "TRUE", "1", "day", func(m *clientele.Movement) any { return &m.Revenue.Orders }},
}

// windowFigures explain, by transaction lines of the closing window, what
// movementFigures sum by customer.
var windowFigures = []figure{
	{"tie_out.unattributed", "customer IS NULL", "amount", "day", func(m *clientele.Movement) any { return &m.TieOut.Unattributed }},
	{"tie_out.window", "TRUE", "amount", "day", func(m *clientele.Movement) any { return &m.TieOut.Window }},
}
