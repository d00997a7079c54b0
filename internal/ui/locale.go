package ui

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// locale writes figures the way a reader's language and region do. The words
// of the pages are English; figures and dates follow the reader.
type locale struct {
	print    *message.Printer
	point    string // decimal mark
	layout   string // of dates, for time.Format
	symbol   string // of the book's currency
	before   bool   // whether the symbol stands before the amount
	decimals int    // of the currency
	zone     *time.Location
}

// nbsp keeps a figure and its sign or unit on one line.
const nbsp = "\u00a0"

// minus is the sign that is as wide as a plus.
const minus = "−"

// newLocale reads an Accept-Language header; without one it is British English.
func newLocale(accept string, s clientele.Settings) *locale {
	tag := language.BritishEnglish
	if tags, _, err := language.ParseAcceptLanguage(accept); err == nil && len(tags) > 0 {
		tag = tags[0]
	}
	// Latin digits throughout: money is grouped here, digit by digit.
	if latin, err := tag.SetTypeForKey("nu", "latn"); err == nil {
		tag = latin
	}
	l := &locale{print: message.NewPrinter(tag), layout: dateLayout(tag), symbol: s.Currency, decimals: 2, zone: time.UTC}
	l.point = strings.Trim(l.print.Sprint(number.Decimal(1.5)), "15")
	if unit, err := currency.ParseISO(s.Currency); err == nil {
		l.symbol = l.print.Sprint(currency.Symbol(unit))
		l.decimals, _ = currency.Standard.Rounding(unit)
	}
	base, _ := tag.Base()
	l.before = strings.Contains(" en ja zh ko th he ", " "+base.String()+" ")
	if zone, err := time.LoadLocation(s.TimeZone); err == nil {
		l.zone = zone
	}
	return l
}

// dateLayout is the usual short form of a date; where it is not known here, ISO 8601.
func dateLayout(tag language.Tag) string {
	base, _ := tag.Base()
	region, _ := tag.Region()
	switch base.String() {
	case "en":
		if region.String() == "US" {
			return "Jan 2, 2006"
		}
		return "2 Jan 2006"
	case "de", "pl", "cs", "fi", "nb", "da", "tr", "ru":
		return "02.01.2006"
	case "fr", "it", "es", "pt":
		return "02/01/2006"
	case "nl":
		return "02-01-2006"
	}
	return time.DateOnly
}

func (l *locale) date(d clientele.Date) string { return d.Time().Format(l.layout) }

// month is the month of a day: by name in English, which names are written here in.
func (l *locale) month(d clientele.Date) string {
	if strings.Contains(l.layout, "Jan") {
		return d.Time().Format("January 2006")
	}
	return d.Time().Format("2006-01")
}

// period writes both ends.
func (l *locale) period(p clientele.Period) string { return l.date(p.From) + " – " + l.date(p.To) }

// instant writes a moment in the book's time zone, and names the zone.
func (l *locale) instant(t time.Time) string { return t.In(l.zone).Format(l.layout + ", 15:04 MST") }

// day is the date of an instant.
func (l *locale) day(t time.Time) string { return t.In(l.zone).Format(l.layout) }

func (l *locale) int(n int64) string {
	if n < 0 {
		return minus + l.print.Sprintf("%d", -n)
	}
	return l.print.Sprintf("%d", n)
}

// change is int with its sign.
func (l *locale) change(n int64) string {
	if n > 0 {
		return "+" + l.int(n)
	}
	return l.int(n)
}

// percent writes a measured fraction, always with one decimal.
func (l *locale) percent(f float64) string { return l.percentWith(f, number.MinFractionDigits(1)) }

// percentWhole writes a measured fraction in whole percent.
func (l *locale) percentWhole(f float64) string {
	return l.setting(math.Round(100*f) / 100)
}

// setting writes a fraction that people chose, as they would write it.
func (l *locale) setting(f float64) string { return l.percentWith(f) }

func (l *locale) percentWith(f float64, more ...number.Option) string {
	s := l.print.Sprint(number.Percent(f, append(more, number.MaxFractionDigits(1))...))
	return strings.ReplaceAll(strings.Replace(s, "-", minus, 1), " ", nbsp)
}

// number writes a figure that is not money with so many decimals at most.
func (l *locale) number(f float64, decimals int) string {
	s := l.print.Sprint(number.Decimal(f, number.MaxFractionDigits(decimals)))
	return strings.Replace(s, "-", minus, 1)
}

// numbers are those that sentences write with a comma between thousands or with decimals.
var numbers = regexp.MustCompile(`\b(\d{1,3}(,\d{3})+(\.\d+)?|\d+\.\d+)\b`)

// fixed writes a figure that is not money with so many decimals.
func (l *locale) fixed(f float64, decimals int) string {
	return l.group(strconv.FormatFloat(f, 'f', decimals, 64))
}

// sentence puts the numbers and percentages of a sentence that was written
// elsewhere into the reader's form: what stands between thousands and before decimals,
// and whether a space stands before the sign.
func (l *locale) sentence(s string) string {
	s = numbers.ReplaceAllStringFunc(s, func(n string) string { return l.group(strings.ReplaceAll(n, ",", "")) })
	if strings.Contains(l.percent(0.5), nbsp) {
		return strings.ReplaceAll(s, " %", nbsp+"%")
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, nbsp+"%", "%"), " %", "%")
}

// money writes an amount to the currency's smallest unit.
func (l *locale) money(m clientele.Money) string { return l.withSymbol(m.Fixed(l.decimals)) }

// signed puts a plus before an amount above zero.
func signed(m clientele.Money, text string) string {
	if m.Sign() > 0 {
		return "+" + text
	}
	return text
}

// short writes an amount to three digits with k, m or bn.
func (l *locale) short(m clientele.Money) string {
	s := scaleFor(m)
	return l.withSymbol(s.fixed(m)) + s.suffix()
}

// scale is the power of ten that amounts are shown in, and how many decimals.
type scale struct{ power, decimals int }

// scaleFor shows the amount with three digits, in thousands or more from 10,000 on.
func scaleFor(m clientele.Money) scale {
	digits := len(strings.TrimPrefix(m.Fixed(0), "-"))
	if digits < 5 {
		return scale{}
	}
	power := min((digits-1)/3*3, 9)
	return scale{power, max(0, 3-(digits-power))}
}

// scaleOfBars is finer, for the bars of a roll-forward, of which m is the largest: five to
// seven digits, so that small ones show and rounding hardly does.
func scaleOfBars(m clientele.Money) scale {
	switch digits := len(strings.TrimPrefix(m.Fixed(0), "-")); {
	case digits < 7:
		return scale{}
	case digits < 10:
		return scale{power: 3}
	default:
		return scale{power: 6}
	}
}

// suffix names the power of ten.
func (s scale) suffix() string {
	return map[int]string{3: nbsp + "k", 6: nbsp + "m", 9: nbsp + "bn"}[s.power]
}

// word names it in full, for the subtitle of a chart: "£ million".
func (s scale) word() string {
	return map[int]string{3: " thousand", 6: " million", 9: " billion"}[s.power]
}

// fixed is the amount in that power as a plain decimal, rounded half away from zero.
func (s scale) fixed(m clientele.Money) string {
	if s.power == 0 {
		return m.Fixed(s.decimals)
	}
	step := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(clientele.MoneyScale+s.power-s.decimals)), nil)
	units, _ := new(big.Int).SetString(strings.Replace(m.Fixed(clientele.MoneyScale), ".", "", 1), 10)
	half := new(big.Int).Quo(step, big.NewInt(2))
	if units.Sign() < 0 {
		half.Neg(half)
	}
	rounded, err := clientele.MoneyFromUnits(units.Add(units, half).Quo(units, step), s.decimals)
	if err != nil {
		return m.Fixed(0)
	}
	return rounded.Fixed(s.decimals)
}

// inScale writes an amount without its currency, for bars of a chart that all
// share one scale.
func (l *locale) inScale(m clientele.Money, s scale) string { return l.group(s.fixed(m)) }

// withSymbol puts the currency beside a plain decimal.
func (l *locale) withSymbol(plain string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(plain, "-"); negative {
		sign, plain = minus, rest
	}
	if !l.before {
		return sign + l.group(plain) + nbsp + l.symbol
	}
	if last, _ := utf8.DecodeLastRuneInString(l.symbol); unicode.IsLetter(last) { // a code such as CHF
		return sign + l.symbol + nbsp + l.group(plain)
	}
	return sign + l.symbol + l.group(plain)
}

// group sets the marks of a plain decimal.
func (l *locale) group(plain string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(plain, "-"); negative {
		sign, plain = minus, rest
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = l.print.Sprintf("%d", n)
	}
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + l.point + fraction
}
