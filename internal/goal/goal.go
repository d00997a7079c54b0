package goal

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
)

// Measure is what a target is for.
type Measure string

// The measures. All but customers are money.
const (
	Customers Measure = "customers" // at closing
	Value     Measure = "value"     // at closing
	Equity    Measure = "equity"    // at closing, over the headline horizon
	Sales     Measure = "sales"     // net revenue of the period
	Profit    Measure = "profit"    // that, at margin
)

// Targets are the figures that are aimed at; nil is none.
type Targets struct {
	Customers *int64           `json:"customers"`
	Value     *clientele.Money `json:"value"`
	Equity    *clientele.Money `json:"equity"`
	Sales     *clientele.Money `json:"sales"`
	Profit    *clientele.Money `json:"profit"`
}

// list are the targets that there are, in the order of pages.
func (t Targets) list() []Line {
	var lines []Line
	if t.Customers != nil {
		lines = append(lines, Line{Measure: Customers, Count: true, Target: count(*t.Customers)})
	}
	for _, m := range []struct {
		measure Measure
		target  *clientele.Money
	}{{Value, t.Value}, {Equity, t.Equity}, {Sales, t.Sales}, {Profit, t.Profit}} {
		if m.target != nil {
			lines = append(lines, Line{Measure: m.measure, Target: *m.target})
		}
	}
	return lines
}

// over are these targets where there are any, and those before otherwise.
func (t Targets) over(before Targets) Targets {
	if t.Customers == nil {
		t.Customers = before.Customers
	}
	t.Value, t.Equity = first(t.Value, before.Value), first(t.Equity, before.Equity)
	t.Sales, t.Profit = first(t.Sales, before.Sales), first(t.Profit, before.Profit)
	return t
}

func first(a, b *clientele.Money) *clientele.Money {
	if a != nil {
		return a
	}
	return b
}

// Goal is what is aimed at in a period.
type Goal struct {
	Period string         `json:"period"` // 2011-Q4
	From   clientele.Date `json:"from"`
	To     clientele.Date `json:"to"`
	Targets
	By string    `json:"by"` // who set it last; "" for a period without a goal
	At time.Time `json:"at,omitzero"`
}

// Line is one target beside what came of it. Actual, Gap and Met are nil where that cannot
// be told; Why says for what reason.
type Line struct {
	Measure  Measure             `json:"measure"`
	Count    bool                `json:"count"` // amounts are whole numbers of customers, not money
	Target   clientele.Money     `json:"target"`
	Actual   *clientele.Money    `json:"actual"`
	Gap      *clientele.Money    `json:"gap"` // actual less target
	Met      *bool               `json:"met"` // actual reaches target
	Interval *clientele.Interval `json:"interval,omitempty"`
	Why      string              `json:"why,omitempty"`
}

// Unsure says whether the interval of an estimate holds the target.
func (l Line) Unsure() bool {
	return l.Interval != nil && l.Interval.Low.Cmp(l.Target) <= 0 && l.Target.Cmp(l.Interval.High) <= 0
}

// Report is a period with its goal, if there is one, what came of it, and the alarm.
type Report struct {
	Goal
	Lines []Line `json:"lines"`
	Alarm Alarm  `json:"alarm"`
}

// score sets the actual figures of a statement beside the targets.
func score(lines []Line, st clientele.Statement, margin *float64) {
	for i := range lines {
		l := &lines[i]
		actual, why := actualOf(l.Measure, st, margin)
		if why != "" {
			l.Why = why
			continue
		}
		if l.Measure == Equity {
			l.Interval = &clientele.Interval{Low: st.Equity.Low, High: st.Equity.High}
		}
		gap, met := actual.Sub(l.Target), actual.Cmp(l.Target) >= 0
		l.Actual, l.Gap, l.Met = &actual, &gap, &met
	}
}

// actualOf is a figure of a statement, or why there is none.
func actualOf(m Measure, st clientele.Statement, margin *float64) (actual clientele.Money, why string) {
	switch m {
	case Customers:
		return count(st.Customers.Closing), ""
	case Value:
		return st.Value.Closing, ""
	case Equity:
		if st.Equity == nil {
			return actual, refusal(st)
		}
		return st.Equity.Estimate.Estimate, ""
	}
	switch {
	case st.Data == nil || st.Data.FirstDay == nil || *st.Data.FirstDay > st.From:
		return actual, "the records begin within the period"
	case m == Sales:
		return st.Revenue.Net, ""
	case margin == nil:
		return actual, "no margin is given"
	}
	return st.Revenue.Net.Share(*margin), ""
}

// refusal says why a statement has no equity, as a clause.
func refusal(st clientele.Statement) string {
	if st.Model == nil || st.Model.Refused == "" {
		return "there is no model"
	}
	return "the model was refused (" + strings.TrimSuffix(st.Model.Refused, ".") + ")"
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
