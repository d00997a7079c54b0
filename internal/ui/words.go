package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

// The title of a part is its message. These are the messages.

func (b *builder) customersTitle(h clientele.Heads) string {
	since := b.date(b.st.From - 1)
	switch change := h.Closing - h.Opening; {
	case change > 0:
		return fmt.Sprintf("%s %s more than on %s", b.int(change), customersWord(change), since)
	case change < 0:
		return fmt.Sprintf("%s %s fewer than on %s", b.int(-change), customersWord(-change), since)
	}
	return "As many customers as on " + since
}

func customersWord(n int64) string {
	if n == 1 {
		return "customer"
	}
	return "customers"
}

func (b *builder) valueTitle(v clientele.Value) string {
	change := v.Closing.Sub(v.Opening)
	traffic, stayed := v.New.Add(v.Reactivated).Sub(v.Lost), v.Expanded.Sub(v.Contracted)
	switch {
	case change.Sign() == 0:
		return "The value is what it was at opening"
	case change.Sign() > 0 && traffic.Cmp(stayed) > 0:
		return "Value rose by " + b.short(change) + ": arrivals outweigh losses"
	case change.Sign() > 0:
		return "Value rose by " + b.short(change) + ": those who stayed bought more"
	case traffic.Cmp(stayed) < 0:
		return "Value fell by " + b.short(change.Neg()) + ": losses outweigh arrivals"
	}
	return "Value fell by " + b.short(change.Neg()) + ": those who stayed bought less"
}

// movedTitle names the move that cost most and the one that brought most.
func (b *builder) movedTitle(moves []chart.Step) string {
	subject := map[string]string{
		"New": "new customers", "Back": "customers who came back", "Stayed": "those who stayed", "Lost": "those who left", "Lapsed": "those long gone",
	}
	var worst, best chart.Step
	for _, m := range moves {
		if m.Amount.Cmp(worst.Amount) < 0 {
			worst = m
		}
		if m.Amount.Cmp(best.Amount) > 0 {
			best = m
		}
	}
	var parts []string
	if worst.Label != "" {
		parts = append(parts, subject[worst.Label]+" cost "+b.short(worst.Amount.Neg()))
	}
	if best.Label != "" {
		parts = append(parts, subject[best.Label]+" brought "+b.short(best.Amount))
	}
	if len(parts) == 0 {
		return "Nothing moved the worth"
	}
	return capital(strings.Join(parts, "; "))
}

// worthTitle compares those who left with those who came or came back, each by head.
func (b *builder) worthTitle(came, left clientele.Worth) string {
	switch {
	case came.Customers == 0 && left.Customers == 0:
		return "Nobody came and nobody left"
	case came.Customers == 0:
		return "Nobody came; those who left were worth " + b.short(left.Together)
	case left.Customers == 0:
		return "Nobody left; those who came are worth " + b.short(came.Together)
	case came.Together.Sign() <= 0 || left.Together.Sign() <= 0:
		return "What those who came are worth, and those who left were"
	}
	ratio := perHead(left) / perHead(came)
	switch {
	case ratio >= 1.1:
		return "Those who left were worth " + times(ratio) + " those who came"
	case ratio > 1/1.1:
		return "Those who came are worth about as much as those who left"
	}
	return "Those who came are worth " + times(1/ratio) + " those who left"
}

// times says how many times; the interval of a worth does not bear a second decimal.
func times(ratio float64) string {
	if ratio > 1.8 && ratio < 2.2 {
		return "twice"
	}
	return fmt.Sprintf("%.1f times", ratio)
}

// dearest is the known reason with the most money, and whether there is one.
func dearest(lines []clientele.ReasonLine) (clientele.ReasonLine, bool) {
	for _, l := range byValue(lines) {
		return l, l.Reason != clientele.UnknownReason && l.Customers > 0
	}
	return clientele.ReasonLine{}, false
}

func outTitle(lines []clientele.ReasonLine) string {
	if len(lines) == 0 {
		return "Nobody left"
	}
	if l, ok := dearest(lines); ok {
		return capital(l.Reason) + " is the dearest known reason for leaving"
	}
	return "Nobody has said why they left"
}

func inTitle(lines []clientele.ReasonLine) string {
	if len(lines) == 0 {
		return "Nobody came"
	}
	if l, ok := dearest(lines); ok {
		return capital(l.Reason) + " is the known reason that brought the most value"
	}
	return "Nobody has said why they came"
}

func rateTitle(v visit, r clientele.Rates) string {
	if r.Retention == nil {
		return "How many customers were kept cannot be told"
	}
	return v.percent(*r.Retention) + " of the opening customers were kept"
}

func (b *builder) revenueTitle(r clientele.Revenue) string {
	if share := b.share(r.Unattributed, r.Net); share != "" && r.Unattributed.Sign() > 0 {
		return b.short(r.Net) + " sold; " + strings.TrimSuffix(share, " of net revenue") + " of it names no customer"
	}
	if r.Net.Sign() == 0 {
		return "Nothing was sold in the period"
	}
	return b.short(r.Net) + " sold, all of it to known customers"
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
