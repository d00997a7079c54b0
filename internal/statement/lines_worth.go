package statement

import (
	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// worthRows are the customers behind an estimate: all, or one group, with their
// worth at one end of the period or its change between the two.
type worthRows struct {
	group   warehouse.Group // "" for all
	opening bool            // worth at opening counts (negative where closing counts too)
	closing bool
	tail    bool // the worth beyond the horizon
}

// worthLines are the estimates. A statement without equity has none of them.
var worthLines = []entry{
	worth("estimate", "Customer equity",
		"The worth of every customer ever acquired: the margin expected from them over five years from the closing on, each weighted by the probability of still being a customer, discounted.",
		func(e *clientele.Equity) clientele.Money { return e.Estimate.Estimate }, worthRows{closing: true}),
	bound("low", "Customer equity, low end", "The low end of the 95 % interval of customer equity.", func(e *clientele.Equity) clientele.Money { return e.Low }, false),
	bound("high", "Customer equity, high end", "The high end of the 95 % interval of customer equity.", func(e *clientele.Equity) clientele.Money { return e.High }, false),
	worth("tail.estimate", "Worth beyond five years", "What the same customers are worth beyond the five years, on a line of its own since its interval is wide.",
		func(e *clientele.Equity) clientele.Money { return e.Tail.Estimate }, worthRows{closing: true, tail: true}),
	bound("tail.low", "Worth beyond five years, low end", "The low end of the 95 % interval of the worth beyond five years.", func(e *clientele.Equity) clientele.Money { return e.Tail.Low }, true),
	bound("tail.high", "Worth beyond five years, high end", "The high end of the 95 % interval of the worth beyond five years.", func(e *clientele.Equity) clientele.Money { return e.Tail.High }, true),
	averaged(worth("per_customer", "Worth per customer", "Customer equity ÷ customers valued.",
		func(e *clientele.Equity) clientele.Money { return e.PerCustomer }, worthRows{closing: true})),
	counted(worth("customers_scored", "Customers valued", "Customers with at least one purchase up to the closing, active or not.", nil, worthRows{closing: true}),
		func(e *clientele.Equity) int64 { return e.Scored }),
	moved("opening", "Customer equity at opening", "The worth at the close of the day before the period of everyone acquired by then, valued with the model as of closing.",
		func(m *clientele.EquityMoved) clientele.Money { return m.Opening }, worthRows{opening: true}),
	moved("new", "Worth of new customers", "The worth at closing of customers who first bought in the period.",
		func(m *clientele.EquityMoved) clientele.Money { return m.New }, worthRows{closing: true, group: warehouse.GroupNew}),
	moved("reactivated", "Worth gained by those who came back", "The change in worth of customers not active at opening and active at closing who had bought before.",
		func(m *clientele.EquityMoved) clientele.Money { return m.Reactivated }, worthRows{opening: true, closing: true, group: warehouse.GroupReactivated}),
	moved("stayed", "Change in worth of those who stayed", "The change in worth of customers active at both ends.",
		func(m *clientele.EquityMoved) clientele.Money { return m.Stayed }, worthRows{opening: true, closing: true, group: warehouse.GroupStayed}),
	moved("lost", "Worth lost with those who left", "The change in worth of customers active at opening and not at closing.",
		func(m *clientele.EquityMoved) clientele.Money { return m.Lost }, worthRows{opening: true, closing: true, group: warehouse.GroupLost}),
	moved("lapsed", "Change in worth of the lapsed", "The change in worth of customers active at neither end: they may still come back, and each silent day makes it less likely.",
		func(m *clientele.EquityMoved) clientele.Money { return m.Lapsed }, worthRows{opening: true, closing: true, group: warehouse.GroupLapsed}),
	moved("closing", "Customer equity at closing", "The worth at closing of every customer ever acquired.",
		func(m *clientele.EquityMoved) clientele.Money { return m.Closing }, worthRows{closing: true}),
	together("came_worth", "Who came", "The worth at closing of customers who first bought in the period.",
		func(m *clientele.EquityMoved) clientele.Worth { return m.CameWorth }, worthRows{closing: true, group: warehouse.GroupNew}),
	heading("came_worth", "Who came", "Customers who first bought in the period.",
		func(m *clientele.EquityMoved) clientele.Worth { return m.CameWorth }, worthRows{closing: true, group: warehouse.GroupNew}),
	together("back_worth", "Who came back", "The worth at closing of customers not active at opening and active at closing who had bought before.",
		func(m *clientele.EquityMoved) clientele.Worth { return m.BackWorth }, worthRows{closing: true, group: warehouse.GroupReactivated}),
	heading("back_worth", "Who came back", "Customers not active at opening and active at closing who had bought before.",
		func(m *clientele.EquityMoved) clientele.Worth { return m.BackWorth }, worthRows{closing: true, group: warehouse.GroupReactivated}),
	together("lost_worth", "Who left", "The worth at opening of customers active then and not at closing.",
		func(m *clientele.EquityMoved) clientele.Worth { return m.LostWorth }, worthRows{opening: true, group: warehouse.GroupLost}),
	heading("lost_worth", "Who left", "Customers active at opening and not at closing.",
		func(m *clientele.EquityMoved) clientele.Worth { return m.LostWorth }, worthRows{opening: true, group: warehouse.GroupLost}),
}

const tiesWorth = "Each customer's worth is shown rounded to the cent; unrounded they add up to the figure."

func worth(line, title, meaning string, of func(*clientele.Equity) clientele.Money, rows worthRows) entry {
	return entry{
		LineInfo: LineInfo{warehouse.Line("equity." + line), title, meaning, UnitMoney}, worth: &rows, ties: tiesWorth,
		figure: func(s clientele.Statement) string {
			if s.Equity == nil {
				return ""
			}
			return of(s.Equity).String()
		},
	}
}

func moved(line, title, meaning string, of func(*clientele.EquityMoved) clientele.Money, rows worthRows) entry {
	return worth("moved."+line, title, meaning, func(e *clientele.Equity) clientele.Money { return of(e.Moved) }, rows)
}

func together(line, title, meaning string, of func(*clientele.EquityMoved) clientele.Worth, rows worthRows) entry {
	return moved(line+".together", title+", worth together", meaning, func(m *clientele.EquityMoved) clientele.Money { return of(m).Together }, rows)
}

func heading(line, title, meaning string, of func(*clientele.EquityMoved) clientele.Worth, rows worthRows) entry {
	return counted(moved(line+".customers", title, meaning, nil, rows), func(e *clientele.Equity) int64 { return of(e.Moved).Customers })
}

// counted makes an entry one of customers.
func counted(e entry, of func(*clientele.Equity) int64) entry {
	e.Unit, e.ties = UnitCount, ""
	e.figure = func(s clientele.Statement) string {
		if s.Equity == nil {
			return ""
		}
		return count(of(s.Equity))
	}
	return e
}

// bound is an end of the interval of an estimate, explained by the estimate's rows.
func bound(line, title, meaning string, of func(*clientele.Equity) clientele.Money, tail bool) entry {
	e := worth(line, title, meaning, of, worthRows{closing: true, tail: tail})
	e.ties = "The rows add up to the estimate; its interval comes from how sure the model's parameters are, and does not add up."
	return e
}

// averaged says that the rows have to be divided by their number.
func averaged(e entry) entry {
	e.ties = "The rows add up to customer equity; the figure is that, divided by their number."
	return e
}
