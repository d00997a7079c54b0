package warehouse

import (
	"slices"

	"github.com/clientele/clientele"
)

// MovementLine says where a figure that engines explain lies in a movement. Exactly
// one of Heads and Money is set; Money returns nil where the movement has no such
// figure. What figures mean in plain words is in package statement.
type MovementLine struct {
	Line  Line
	Heads func(*clientele.Movement) *int64
	Money func(*clientele.Movement) *clientele.Money
}

// MovementLines lists the figures that engines explain, in the order of a statement.
// Besides these there are reasons.in.X and reasons.out.X for every reason X.
var MovementLines = slices.Concat([]MovementLine{
	heads("customers.opening", func(m *clientele.Movement) *int64 { return &m.Heads.Opening }),
	heads("customers.new", func(m *clientele.Movement) *int64 { return &m.Heads.New }),
	heads("customers.reactivated", func(m *clientele.Movement) *int64 { return &m.Heads.Reactivated }),
	heads("customers.lost", func(m *clientele.Movement) *int64 { return &m.Heads.Lost }),
	heads("customers.closing", func(m *clientele.Movement) *int64 { return &m.Heads.Closing }),
	heads("customers.lost_of_opening", func(m *clientele.Movement) *int64 { return &m.Heads.LostOfOpening }),
	heads("customers.came_and_left", func(m *clientele.Movement) *int64 { return &m.Heads.CameAndLeft }),
	heads("customers.lapsed_at_opening", func(m *clientele.Movement) *int64 { return &m.LapsedAtOpening }),
	heads("customers.lapsed_and_back", func(m *clientele.Movement) *int64 { return &m.ReactivatedStock }),
},
	valueLines("value.", func(m *clientele.Movement) *clientele.Value { return &m.Value }),
	valueLines("recurring.", func(m *clientele.Movement) *clientele.Value { return m.Recurring }),
	[]MovementLine{
		money("revenue.gross", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Gross }),
		money("revenue.refunds", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Refunds }),
		money("revenue.net", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Net }),
		money("revenue.unattributed", func(m *clientele.Movement) *clientele.Money { return &m.Revenue.Unattributed }),
		heads("revenue.orders", func(m *clientele.Movement) *int64 { return &m.Revenue.Orders }),
		heads("revenue.lines", func(m *clientele.Movement) *int64 { return &m.Revenue.Lines }),
		money("tie_out.inactive", func(m *clientele.Movement) *clientele.Money { return &m.TieOut.Inactive }),
		money("tie_out.unattributed", func(m *clientele.Movement) *clientele.Money { return &m.TieOut.Unattributed }),
		money("tie_out.window", func(m *clientele.Movement) *clientele.Money { return &m.TieOut.Window }),
	})

func heads(line Line, field func(*clientele.Movement) *int64) MovementLine {
	return MovementLine{Line: line, Heads: field}
}

func money(line Line, field func(*clientele.Movement) *clientele.Money) MovementLine {
	return MovementLine{Line: line, Money: field}
}

// valueLines are the lines of a value movement.
func valueLines(prefix Line, value func(*clientele.Movement) *clientele.Value) []MovementLine {
	line := func(name Line, field func(*clientele.Value) *clientele.Money) MovementLine {
		return money(prefix+name, func(m *clientele.Movement) *clientele.Money {
			if value(m) == nil {
				return nil
			}
			return field(value(m))
		})
	}
	return []MovementLine{
		line("opening", func(v *clientele.Value) *clientele.Money { return &v.Opening }),
		line("new", func(v *clientele.Value) *clientele.Money { return &v.New }),
		line("reactivated", func(v *clientele.Value) *clientele.Money { return &v.Reactivated }),
		line("expanded", func(v *clientele.Value) *clientele.Money { return &v.Expanded }),
		line("contracted", func(v *clientele.Value) *clientele.Money { return &v.Contracted }),
		line("lost", func(v *clientele.Value) *clientele.Money { return &v.Lost }),
		line("closing", func(v *clientele.Value) *clientele.Money { return &v.Closing }),
	}
}
