package warehouse

import (
	"slices"

	"github.com/clientele/clientele"
)

// LineDoc describes a figure that engines explain: what it means, and where it
// lies in a movement. Exactly one of Heads and Money is set; they return nil where
// the movement has no such figure.
type LineDoc struct {
	Line  Line
	Doc   string // the definition in plain words, one sentence
	Heads func(*clientele.Movement) *int64
	Money func(*clientele.Movement) *clientele.Money
}

// Lines lists the figures that engines explain, in the order of a statement.
// Besides these there are reasons.in.X and reasons.out.X for every reason X.
var Lines = slices.Concat([]LineDoc{
	heads("customers.opening", "Customers active at the close of the day before the period.", func(m *clientele.Movement) *int64 { return &m.Heads.Opening }),
	heads("customers.new", "Customers who became active for the first time ever.", func(m *clientele.Movement) *int64 { return &m.Heads.New }),
	heads("customers.reactivated", "Times that a customer who had been lost became active again.", func(m *clientele.Movement) *int64 { return &m.Heads.Reactivated }),
	heads("customers.lost", "Times that a customer stopped being active, on the day the lapse window or the contract ended.", func(m *clientele.Movement) *int64 { return &m.Heads.Lost }),
	heads("customers.closing", "Customers active at the close of the last day: opening + new + reactivated − lost.", func(m *clientele.Movement) *int64 { return &m.Heads.Closing }),
	heads("customers.lost_of_opening", "Customers active at opening and not at closing; churn is their share of the opening.", func(m *clientele.Movement) *int64 { return &m.Heads.LostOfOpening }),
	heads("customers.came_and_left", "Customers active at neither end who were active in between.", func(m *clientele.Movement) *int64 { return &m.Heads.CameAndLeft }),
	heads("customers.lapsed_at_opening", "Customers who were active once and were not at opening.", func(m *clientele.Movement) *int64 { return &m.LapsedAtOpening }),
	heads("customers.lapsed_and_back", "Of those lapsed at opening, the customers active at closing; the reactivation rate is their share.", func(m *clientele.Movement) *int64 { return &m.ReactivatedStock }),
},
	valueLines("value.", "the net amount of the trailing window", func(m *clientele.Movement) *clientele.Value { return &m.Value }),
	valueLines("recurring.", "the recurring amount a month", func(m *clientele.Movement) *clientele.Value { return m.Recurring }),
	[]LineDoc{
		money("revenue.gross", "All transaction lines of the period but refunds.", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Gross }),
		money("revenue.refunds", "Refunds of the period, as a positive amount.", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Refunds }),
		money("revenue.net", "Gross less refunds.", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Net }),
		money("revenue.unattributed", "The part of net revenue that names no customer.", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Unattributed }),
		heads("revenue.orders", "Orders with a sale in the period; without an order id, one for each customer and day.", func(m *clientele.Movement) *int64 { return &m.Revenue.Orders }),
		heads("revenue.lines", "Transaction lines of the period.", func(m *clientele.Movement) *int64 { return &m.Revenue.Lines }),
		money("tie_out.inactive", "Net amount of the closing window from customers who are not active at closing.", func(m *clientele.Movement) *clientele.Money { return &m.TieOut.Inactive }),
		money("tie_out.unattributed", "Net amount of the closing window that names no customer.", func(m *clientele.Movement) *clientele.Money { return &m.TieOut.Unattributed }),
		money("tie_out.window", "Net amount of all lines of the closing window: closing value + inactive + unattributed.", func(m *clientele.Movement) *clientele.Money { return &m.TieOut.Window }),
	})

func heads(line Line, doc string, field func(*clientele.Movement) *int64) LineDoc {
	return LineDoc{Line: line, Doc: doc, Heads: field}
}

func money(line Line, doc string, field func(*clientele.Movement) *clientele.Money) LineDoc {
	return LineDoc{Line: line, Doc: doc, Money: field}
}

// valueLines are the lines of a value movement in some measure.
func valueLines(prefix Line, measure string, value func(*clientele.Movement) *clientele.Value) []LineDoc {
	line := func(name Line, doc string, field func(*clientele.Value) *clientele.Money) LineDoc {
		return money(prefix+name, doc, func(m *clientele.Movement) *clientele.Money {
			if value(m) == nil {
				return nil
			}
			return field(value(m))
		})
	}
	return []LineDoc{
		line("opening", "Of customers active at opening: "+measure+" at opening.", func(v *clientele.Value) *clientele.Money { return &v.Opening }),
		line("new", "Of customers active at closing who came for the first time in the period: "+measure+" at closing.", func(v *clientele.Value) *clientele.Money { return &v.New }),
		line("reactivated", "Of customers active at closing, not at opening, who had come before the period: "+measure+" at closing.", func(v *clientele.Value) *clientele.Money { return &v.Reactivated }),
		line("expanded", "Of customers active at both ends whose value rose: the rise of "+measure+".", func(v *clientele.Value) *clientele.Money { return &v.Expanded }),
		line("contracted", "Of customers active at both ends whose value fell: the fall of "+measure+".", func(v *clientele.Value) *clientele.Money { return &v.Contracted }),
		line("lost", "Of customers active at opening and not at closing: "+measure+" at opening.", func(v *clientele.Value) *clientele.Money { return &v.Lost }),
		line("closing", "Of customers active at closing: "+measure+" at closing.", func(v *clientele.Value) *clientele.Money { return &v.Closing }),
	}
}
