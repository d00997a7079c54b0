package statement

import (
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Unit says how a figure reads.
type Unit string

// The units of figures.
const (
	UnitCount Unit = "count"
	UnitMoney Unit = "money"
	UnitRate  Unit = "rate" // a fraction
)

// LineInfo names a figure that can be explained.
type LineInfo struct {
	Line    warehouse.Line
	Title   string
	Meaning string // the definition in plain words; {L} stands for the lapse days
	Unit    Unit
}

// entry is a line with what it takes to explain it.
type entry struct {
	LineInfo
	figure func(clientele.Statement) string // "" if it cannot be told
	rows   warehouse.Line                   // the line whose rows explain it; "" for its own
	ties   string                           // how the rows make the figure; "" where they add up to it
	worth  *worthRows                       // for estimates: the customers that make it
}

// Lines lists the figures that can be explained, in the order of the statement.
// Reason lines come beside them: "reasons.in." or "reasons.out." and the reason.
func Lines() []LineInfo {
	var out []LineInfo
	for _, e := range entries() {
		out = append(out, e.LineInfo)
	}
	return out
}

func entries() []entry {
	return slices.Concat(headLines, valueLines("value", valueOf), valueLines("recurring", recurringOf), revenueLines, rateLines, worthLines)
}

// find returns the entry of a line.
func find(line warehouse.Line) (entry, error) {
	for _, e := range entries() {
		if e.Line == line {
			return e, nil
		}
	}
	for _, direction := range []string{"in", "out"} {
		if reason, ok := strings.CutPrefix(string(line), "reasons."+direction+"."); ok {
			return reasonLine(line, direction, reason), nil
		}
	}
	return entry{}, clientele.Errorf(clientele.CodeNotFound, "a statement has no figure %q", line).
		WithHint("Figures are named by their place in the JSON of a statement, for example customers.new, value.lost or equity.estimate.")
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

func heads(line, title, meaning string, of func(clientele.Heads) int64) entry {
	return entry{LineInfo: LineInfo{warehouse.Line("customers." + line), title, meaning, UnitCount},
		figure: func(s clientele.Statement) string { return count(of(s.Customers)) }}
}

var headLines = []entry{
	heads("opening", "Customers at opening", "Customers active at the close of the day before the period: their last purchase lies within {L} days, or a subscription runs.",
		func(h clientele.Heads) int64 { return h.Opening }),
	heads("new", "New customers", "Customers who became active for the first time ever in the period.", func(h clientele.Heads) int64 { return h.New }),
	heads("reactivated", "Customers who came back", "Events in the period in which a customer who had lapsed became active again; who came back twice counts twice.",
		func(h clientele.Heads) int64 { return h.Reactivated }),
	heads("lost", "Customers lost", "Events in the period in which a customer ceased to be active: {L} days passed without a purchase, or the last subscription ended.",
		func(h clientele.Heads) int64 { return h.Lost }),
	heads("closing", "Customers at closing", "Customers active at the close of the last day of the period.", func(h clientele.Heads) int64 { return h.Closing }),
	heads("lost_of_opening", "Lost of those at opening", "Customers active at opening and not active at closing.", func(h clientele.Heads) int64 { return h.LostOfOpening }),
	heads("came_and_left", "Came and left again", "Customers active at neither end of the period who were active in between.", func(h clientele.Heads) int64 { return h.CameAndLeft }),
}

func valueOf(s clientele.Statement) *clientele.Value { return &s.Value }

func recurringOf(s clientele.Statement) *clientele.Value { return s.Recurring }

// valueLines are the lines of the value movement, by trailing revenue or by
// recurring amount.
func valueLines(name string, of func(clientele.Statement) *clientele.Value) []entry {
	what := "net amount of the last {L} days"
	if name == "recurring" {
		what = "recurring amount a month"
	}
	line := func(line, title, meaning string, amount func(*clientele.Value) clientele.Money) entry {
		return entry{LineInfo: LineInfo{warehouse.Line(name + "." + line), title, strings.ReplaceAll(meaning, "{value}", what), UnitMoney},
			figure: func(s clientele.Statement) string {
				if v := of(s); v != nil {
					return amount(v).String()
				}
				return ""
			}}
	}
	return []entry{
		line("opening", "Value at opening", "The {value} of the customers active at opening, as it stood then.", func(v *clientele.Value) clientele.Money { return v.Opening }),
		line("new", "Value of new customers", "The {value}, at closing, of customers active then who first bought in the period.", func(v *clientele.Value) clientele.Money { return v.New }),
		line("reactivated", "Value of customers who came back", "The {value}, at closing, of customers active then and not at opening who had bought before the period.", func(v *clientele.Value) clientele.Money { return v.Reactivated }),
		line("expanded", "Expanded", "What customers active at both ends are worth more at closing than at opening, by the {value}; only those who grew.", func(v *clientele.Value) clientele.Money { return v.Expanded }),
		line("contracted", "Contracted", "What customers active at both ends are worth less at closing than at opening, by the {value}; only those who shrank.", func(v *clientele.Value) clientele.Money { return v.Contracted }),
		line("lost", "Value lost", "The {value}, at opening, of customers active then and not at closing.", func(v *clientele.Value) clientele.Money { return v.Lost }),
		line("closing", "Value at closing", "The {value} of the customers active at closing.", func(v *clientele.Value) clientele.Money { return v.Closing }),
	}
}

func amount(line, title, meaning string, of func(clientele.Statement) clientele.Money) entry {
	return entry{LineInfo: LineInfo{warehouse.Line(line), title, meaning, UnitMoney}, figure: func(s clientele.Statement) string { return of(s).String() }}
}

var revenueLines = []entry{
	amount("revenue.gross", "Gross revenue", "The net amount of all lines of the period that are no refunds.", func(s clientele.Statement) clientele.Money { return s.Revenue.Gross }),
	amount("revenue.refunds", "Refunds", "What was given back in the period.", func(s clientele.Statement) clientele.Money { return s.Revenue.Refunds }),
	amount("revenue.net", "Net revenue", "Gross revenue less refunds.", func(s clientele.Statement) clientele.Money { return s.Revenue.Net }),
	amount("revenue.unattributed", "Unattributed revenue", "The part of net revenue whose lines name no customer.", func(s clientele.Statement) clientele.Money { return s.Revenue.Unattributed }),
	{LineInfo: LineInfo{"revenue.orders", "Orders", "Orders with a sale in the period: lines that share an order id, or one customer's lines of one day.", UnitCount},
		figure: func(s clientele.Statement) string { return count(s.Revenue.Orders) }},
	{LineInfo: LineInfo{"revenue.lines", "Lines", "Transaction lines of the period.", UnitCount},
		figure: func(s clientele.Statement) string { return count(s.Revenue.Lines) }},
	amount("tie_out.inactive", "Of inactive customers", "The net amount, in the {L} days to the closing, of customers who are not active then: refunds, mostly.", func(s clientele.Statement) clientele.Money { return s.TieOut.Inactive }),
	amount("tie_out.unattributed", "Without a customer", "The net amount, in the {L} days to the closing, of lines that name no customer.", func(s clientele.Statement) clientele.Money { return s.TieOut.Unattributed }),
	amount("tie_out.window", "Net revenue of the window", "The net amount of all lines in the {L} days to the closing: value at closing, of inactive customers and without a customer add up to it.", func(s clientele.Statement) clientele.Money { return s.TieOut.Window }),
}

func rate(line, title, meaning string, rows warehouse.Line, ties string, of func(clientele.Rates) *float64) entry {
	return entry{LineInfo: LineInfo{warehouse.Line("rates." + line), title, meaning, UnitRate}, rows: rows, ties: ties,
		figure: func(s clientele.Statement) string {
			if r := of(s.Rates); r != nil {
				return strconv.FormatFloat(*r, 'f', -1, 64)
			}
			return ""
		}}
}

var rateLines = []entry{
	rate("churn", "Churn", "Customers active at opening and not at closing ÷ customers at opening.", "customers.lost_of_opening",
		"The rows are the customers above the line; below it stand the customers at opening.", func(r clientele.Rates) *float64 { return r.Churn }),
	rate("retention", "Retention", "1 − churn.", "customers.lost_of_opening",
		"The rows are the customers who were not kept; retention is one less their share of the customers at opening.", func(r clientele.Rates) *float64 { return r.Retention }),
	rate("reactivation", "Reactivation rate", "Customers lapsed at opening and active at closing ÷ customers lapsed at opening.", "customers.lapsed_and_back",
		"The rows are the customers above the line; below it stand all customers who had lapsed by opening.", func(r clientele.Rates) *float64 { return r.Reactivation }),
	rate("grr", "Gross revenue retention", "(Value at opening − contracted − lost) ÷ value at opening, at most 1.", "value.opening",
		"The rows are the customers below the line; above it stands what they are worth at closing, growth left out.", func(r clientele.Rates) *float64 { return r.GRR }),
	rate("nrr", "Net revenue retention", "(Value at opening + expanded − contracted − lost) ÷ value at opening.", "value.opening",
		"The rows are the customers below the line; above it stands what they are worth at closing.", func(r clientele.Rates) *float64 { return r.NRR }),
}

func reasonLine(line warehouse.Line, direction, reason string) entry {
	title, meaning := "Came: "+reason, "Customers who came in the period (new and back), by the latest reason dated within {L} days of it."
	of := func(s clientele.Statement) []clientele.ReasonLine { return s.Reasons.In }
	if direction == "out" {
		title, meaning = "Left: "+reason, "Customers lost in the period, by the latest reason dated within {L} days of it."
		of = func(s clientele.Statement) []clientele.ReasonLine { return s.Reasons.Out }
	}
	if reason == clientele.UnknownReason {
		meaning += " For these none is known."
	}
	return entry{LineInfo: LineInfo{line, title, meaning, UnitCount}, figure: func(s clientele.Statement) string {
		for _, l := range of(s) {
			if l.Reason == reason {
				return count(l.Customers)
			}
		}
		return ""
	}}
}
