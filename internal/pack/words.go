package pack

import (
	"math/big"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

const dateLayout = "2 Jan 2006"

func day(d clientele.Date) string { return d.Time().Format(dateLayout) }

// instant writes a moment in the book's time zone, and names the zone.
func (b *builder) instant(t time.Time) string { return t.In(b.zone).Format(dateLayout + ", 15:04 MST") }

// scale is the power of ten that amounts are shown in, and how many decimals.
type scale struct{ power, decimals int }

// scaleOf shows the amount with three digits, in thousands or more from 10,000 on.
func scaleOf(m clientele.Money) scale {
	digits := len(strings.TrimPrefix(m.Fixed(0), "-"))
	if digits < 5 {
		return scale{}
	}
	power := min((digits-1)/3*3, 9)
	return scale{power, max(0, 3-(digits-power))}
}

// text is the amount in that power, rounded half away from zero.
func (s scale) text(m clientele.Money) string {
	r, ok := new(big.Rat).SetString(m.String())
	if !ok || s.power == 0 {
		return withMinus(m.Grouped(0))
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(s.power)), nil)
	return withMinus(r.Quo(r, new(big.Rat).SetInt(power)).FloatString(s.decimals))
}

// short writes an amount to three digits with its currency: EUR 4.21 m.
func (b *builder) short(m clientele.Money) string {
	s := scaleOf(m)
	suffix := map[int]string{3: nbsp + "k", 6: nbsp + "m", 9: nbsp + "bn"}[s.power]
	return b.Statement.Currency + nbsp + s.text(m) + suffix
}

// unit names currency and scale, for subtitles.
func (b *builder) unit(s scale) string {
	return ", " + b.Statement.Currency + map[int]string{3: " thousand", 6: " million", 9: " billion"}[s.power]
}

// step is one bar of money, in full in words and short on the bar.
func (b *builder) step(label string, m clientele.Money, total bool, s scale) chart.Step {
	st := chart.Step{Label: label, Amount: m, Text: withMinus(m.Grouped(b.decimals)), Short: s.text(m), Total: total}
	if !total && m.Sign() > 0 {
		st.Text, st.Short = "+"+st.Text, "+"+st.Short
	}
	return st
}

func (b *builder) ends() (opening, closing string) {
	return "Opening\n" + day(b.Statement.From-1), "Closing\n" + day(b.Statement.To)
}

// rose says how an amount changed and to what.
func (b *builder) rose(what string, opening, closing clientele.Money) string {
	switch change := closing.Sub(opening); change.Sign() {
	case 1:
		return what + " rose by " + b.short(change) + " to " + b.short(closing)
	case -1:
		return what + " fell by " + b.short(change.Neg()) + " to " + b.short(closing)
	}
	return what + " stayed at " + b.short(closing)
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func customersWord(n int64) string {
	if n == 1 {
		return "customer"
	}
	return "customers"
}

// sentence ends a text that may have its full stop already.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
