package duckdb

import (
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// figure is one line of a movement: which rows of its source make it, and what
// each adds. The sum and its explanation are rendered from the same figure.
type figure struct {
	Line  warehouse.Line
	Where string
	Sum   string
	Day   string // the day that explains a row: of the event, or the last purchase
}

// movementFigures are sums over run_movement.
var movementFigures = slices.Concat([]figure{
	{"customers.opening", "active0", "1", "last_day"},
	{"customers.new", "came > 0", "came", "first_day"},
	{"customers.reactivated", "returned > 0", "returned", "in_day"},
	{"customers.lost", "lost > 0", "lost", "out_day"},
	{"customers.closing", "active1", "1", "last_day"},
	{"customers.lost_of_opening", "active0 AND NOT active1", "1", "out_day"},
	{"customers.came_and_left", "NOT active0 AND NOT active1 AND in_day IS NOT NULL", "1", "out_day"},
	{"customers.lapsed_at_opening", "NOT active0 AND first_day IS NOT NULL AND NOT fresh", "1", "last_day"},
	{"customers.lapsed_and_back", "NOT active0 AND active1 AND NOT fresh", "1", "in_day"},
	{"tie_out.inactive", "customer IS NOT NULL AND NOT active1", "net1", "last_day"},
	{"tie_out.unattributed", "customer IS NULL", "net1", "last_day"},
}, valueFigures("value.", "value"))

// recurringFigures are further sums over run_movement, for contracts.
var recurringFigures = valueFigures("recurring.", "recurring")

// valueFigures classify the money of both ends by the state at both ends.
func valueFigures(prefix warehouse.Line, column string) []figure {
	v0, v1 := column+"0", column+"1"
	return []figure{
		{prefix + "opening", "active0", v0, "last_day"},
		{prefix + "new", "NOT active0 AND active1 AND fresh", v1, "first_day"},
		{prefix + "reactivated", "NOT active0 AND active1 AND NOT fresh", v1, "in_day"},
		{prefix + "expanded", "active0 AND active1 AND " + v1 + " > " + v0, v1 + " - " + v0, "last_day"},
		{prefix + "contracted", "active0 AND active1 AND " + v1 + " < " + v0, v0 + " - " + v1, "last_day"},
		{prefix + "lost", "active0 AND NOT active1", v0, "out_day"},
		{prefix + "closing", "active1", v1, "last_day"},
	}
}

// revenueFigures are sums over the period's transaction lines.
var revenueFigures = []figure{
	{"revenue.gross", "kind <> 'refund'", "amount", "day"},
	{"revenue.refunds", "kind = 'refund'", "-amount", "day"},
	{"revenue.net", "TRUE", "amount", "day"},
	{"revenue.unattributed", "customer IS NULL", "amount", "day"},
	{"revenue.lines", "TRUE", "1", "day"},
}

// orderFigures are sums over the period's orders.
var orderFigures = []figure{{"revenue.orders", "TRUE", "1", "day"}}

// windowFigures are sums over the transaction lines of the closing window: what the
// sums by customer must tie out to.
var windowFigures = []figure{{"tie_out.window", "TRUE", "amount", "day"}}

// unattributedFigures explain by lines what movementFigures sum in the row of nobody.
var unattributedFigures = []figure{{"tie_out.unattributed", "customer IS NULL", "amount", "day"}}

// place finds where the figure lies in a movement.
func (f figure) place() warehouse.MovementLine {
	i := slices.IndexFunc(warehouse.MovementLines, func(l warehouse.MovementLine) bool { return l.Line == f.Line })
	return warehouse.MovementLines[i]
}

// IsHeads reports whether the figure counts; otherwise it is money.
func (f figure) IsHeads() bool { return f.place().Heads != nil }

// set puts a sum into its place.
func (f figure) set(m *clientele.Movement, sum any) (err error) {
	if f.IsHeads() {
		*f.place().Heads(m) = sum.(int64)
		return nil
	}
	*f.place().Money(m), err = moneyOf(sum)
	return err
}
