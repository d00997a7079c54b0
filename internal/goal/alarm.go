package goal

import (
	"fmt"
	"math"

	"github.com/clientele/clientele"
)

// Verdict is what the horizon alarm says.
type Verdict string

// The verdicts.
const (
	Raised  Verdict = "alarm" // what was earned rose while equity fell
	Clear   Verdict = "clear"
	Unknown Verdict = "cannot be told"
)

// Change is how an amount moved.
type Change struct {
	From clientele.Money `json:"from"`
	To   clientele.Money `json:"to"`
	By   clientele.Money `json:"by"`
}

func changed(from, to clientele.Money) *Change { return &Change{from, to, to.Sub(from)} }

// Alarm holds what was earned in a period, against the period before, beside how customer
// equity moved over it.
type Alarm struct {
	Period  string  `json:"period"`
	Before  string  `json:"before"` // the period before
	Verdict Verdict `json:"verdict"`
	Words   string  `json:"words"`   // the verdict with both sizes, or why there is none
	Measure Measure `json:"measure"` // what earned is: profit, or sales where no margin is given
	Earned  *Change `json:"earned"`  // from the period before to this one
	Equity  *Change `json:"equity"`  // from opening to closing, both by the closing model
}

// steady is the part of the opening below which equity held steady.
const steady = 0.0005

// alarmOf compares a statement with what was sold in the period before it.
func alarmOf(now clientele.Statement, soldBefore clientele.Money, margin *float64, period, before string) Alarm {
	a := Alarm{Period: period, Before: before, Measure: Sales, Earned: changed(soldBefore, now.Revenue.Net)}
	if margin != nil {
		a.Measure, a.Earned = Profit, changed(soldBefore.Share(*margin), now.Revenue.Net.Share(*margin))
	}
	moved := now.Equity.Moved
	a.Equity = changed(moved.Opening, moved.Closing)
	a.Verdict = Clear
	if a.Earned.By.Sign() > 0 && a.direction() < 0 {
		a.Verdict = Raised
	}
	a.Words = a.words(now)
	return a
}

// direction is the sign of the move of equity, 0 where it held steady.
func (a Alarm) direction() int {
	if math.Abs(a.Equity.By.Float64()) < steady*math.Abs(a.Equity.From.Float64()) {
		return 0
	}
	return a.Equity.By.Sign()
}

// Title is the verdict in a few words, without sizes.
func (a Alarm) Title() string {
	verb := map[int]string{-1: "fell", 0: "held steady", 1: "rose"}
	switch a.Verdict {
	case Raised:
		return capital(string(a.Measure)) + " rose while customer equity fell."
	case Clear:
		return fmt.Sprintf("No alarm: %s %s, and customer equity %s.", a.Measure, verb[a.Earned.By.Sign()], verb[a.direction()])
	}
	return "Whether what was earned came at the cost of customers cannot be told."
}

// words says both moves, with their sizes.
func (a Alarm) words(st clientele.Statement) string {
	earned := fmt.Sprintf("%s %s against %s", a.Measure, move(a.Earned.By.Sign(), a.Earned, st.Currency), a.Before)
	equity := "customer equity " + move(a.direction(), a.Equity, st.Currency)
	interval := fmt.Sprintf("The worth at closing lies between %s and %s %s (95 %%).",
		st.Equity.Low.Grouped(0), st.Equity.High.Grouped(0), st.Currency)
	if a.Verdict == Raised {
		return capital(earned) + " while " + equity + ": what was earned came at the cost of what customers will bring. " + interval
	}
	return "No alarm: " + earned + ", and " + equity + ". " + interval
}

// move writes a change with its size and, where it means something, its part of where it
// began.
func move(direction int, c *Change, currency string) string {
	verb, by := "held steady", c.By
	switch {
	case direction > 0:
		verb = "rose"
	case direction < 0:
		verb, by = "fell", by.Neg()
	default:
		return verb
	}
	text := fmt.Sprintf("%s by %s %s", verb, by.Grouped(0), currency)
	if c.From.Sign() > 0 {
		text += fmt.Sprintf(" (%.1f %%)", 100*by.Float64()/c.From.Float64())
	}
	return text
}

// untold is an alarm that cannot be told, for a reason that is a clause.
func untold(period, before, why string) Alarm {
	return Alarm{
		Period: period, Before: before, Verdict: Unknown, Measure: Profit,
		Words: "Whether what was earned came at the cost of customers cannot be told: " + why + ".",
	}
}
