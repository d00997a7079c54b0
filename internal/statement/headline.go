package statement

import (
	"fmt"
	"math"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/clientele/clientele"
)

// Headline is the message of a statement, one or two sentences: how the worth
// changed and what changed it, as far as that can be told.
func Headline(st clientele.Statement) string {
	switch e := st.Equity; {
	case st.Data != nil && st.Data.FirstDay == nil:
		return "There are no records yet: import a file of transactions."
	case st.Data != nil && !st.Data.PartialPeriod.OpeningCovered && !st.Data.PartialPeriod.ClosingCovered:
		return "The records do not cover this period: " + st.Data.PartialPeriod.Why + "."
	case st.Data != nil && !st.Data.PartialPeriod.ClosingCovered:
		return fmt.Sprintf("The records end on %s, before the period does on %s: who bought since is missing from every figure of its end.", st.Data.LastDay, st.To)
	case e == nil:
		return withoutEquity(st)
	case e.Moved == nil || e.Moved.Opening.Sign() <= 0 || !openingCovered(st):
		return "Customers are worth " + inWords(e.Estimate.Estimate, st.Currency) + " over five years. How that changed cannot be told" + because(st) + "."
	}
	return changeOf(st.Equity.Moved) + ": " + causeOf(st) + "."
}

func openingCovered(st clientele.Statement) bool {
	return st.Data == nil || st.Data.PartialPeriod.OpeningCovered
}

// because says why there is no comparison with the opening.
func because(st clientele.Statement) string {
	if openingCovered(st) {
		return ": nobody was worth anything at opening"
	}
	return ": " + st.Data.PartialPeriod.Why
}

// withoutEquity tells the heads, and that there is no worth.
func withoutEquity(st clientele.Statement) string {
	const unknown = "What they are worth cannot be told: the model was refused"
	h, in := st.Customers, message.NewPrinter(language.English) // groups thousands
	if !openingCovered(st) {
		return in.Sprintf("%d customers at closing. %s.", h.Closing, unknown)
	}
	change := "as many as at opening"
	if d := h.Closing - h.Opening; d > 0 {
		change = in.Sprintf("%d more than at opening", d)
	} else if d < 0 {
		change = in.Sprintf("%d fewer than at opening", -d)
	}
	return in.Sprintf("%d customers at closing, %s. %s.", h.Closing, change, unknown)
}

// steady is the change in per cent below which equity held steady.
const steady = 0.05

func changeOf(m *clientele.EquityMoved) string {
	percent := 100 * (m.Closing.Float64()/m.Opening.Float64() - 1)
	switch {
	case math.Abs(percent) < steady:
		return "Customer equity held steady"
	case percent < 0:
		return fmt.Sprintf("Customer equity fell %.1f %%", -percent)
	default:
		return fmt.Sprintf("Customer equity rose %.1f %%", percent)
	}
}

// causeOf says what made the change: who came and left, where their balance has
// the sign of the change, else those who stayed.
func causeOf(st clientele.Statement) string {
	m := st.Equity.Moved
	change := m.Closing.Sub(m.Opening)
	traffic := clientele.SumMoney(m.New, m.Reactivated, m.Lost, m.Lapsed)
	switch {
	case change.Sign() == 0 || traffic.Sign() == change.Sign():
		return comings(st)
	case change.Sign() < 0:
		return "those who came outweigh those who left, but those who stayed are worth less than before"
	default:
		return "those who left outweigh those who came, but those who stayed are worth more than before"
	}
}

// comings sets who came against who left, in heads and in worth each.
func comings(st clientele.Statement) string {
	h, m := st.Customers, st.Equity.Moved
	won, count := h.New+h.Reactivated, "as many customers came as left"
	switch {
	case won > h.Lost:
		count = "we won more customers than we lost"
	case won < h.Lost:
		count = "we lost more customers than we won"
	}
	came, who := m.CameWorth, "those who came"
	if came.Customers == 0 {
		came, who = m.BackWorth, "those who came back"
	}
	if came.Customers == 0 || m.LostWorth.Customers == 0 || came.Together.Sign() <= 0 || m.LostWorth.Together.Sign() <= 0 {
		return count
	}
	ratio := each(m.LostWorth) / each(came)
	better := who + " are worth"
	link := ", and "
	if ratio > 1 {
		better = "those who left were worth"
	}
	if opposed := (ratio > 1) == (won > h.Lost); opposed && won != h.Lost {
		link = ", but "
	}
	size := times(math.Max(ratio, 1/ratio))
	if size == "" {
		return count + ", worth about the same each"
	}
	return count + link + better + " " + size
}

func each(w clientele.Worth) float64 { return w.Together.Float64() / float64(w.Customers) }

// times words a ratio of 1 or more; "" where it is too near to 1 to speak of.
func times(ratio float64) string {
	switch {
	case ratio < 1.1:
		return ""
	case ratio > 1.8 && ratio < 2.2:
		return "twice as much each"
	}
	return fmt.Sprintf("%.1f times as much each", ratio)
}

// inWords rounds an amount to three digits.
func inWords(m clientele.Money, currency string) string {
	f, word := m.Float64(), ""
	for _, scale := range []struct {
		at   float64
		word string
	}{{1e9, " billion"}, {1e6, " million"}, {1e3, " thousand"}} {
		if math.Abs(f) >= scale.at {
			f, word = f/scale.at, scale.word
			break
		}
	}
	decimals := 2
	for limit := 10.0; decimals > 0 && math.Abs(f) >= limit; limit *= 10 {
		decimals--
	}
	return fmt.Sprintf("%s %.*f%s", currency, decimals, f, word)
}
