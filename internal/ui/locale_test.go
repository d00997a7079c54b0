package ui

import (
	"testing"
	"time"

	"github.com/clientele/clientele"
)

func settingsIn(currency string) clientele.Settings {
	s := clientele.DefaultSettings()
	s.Currency = currency
	return s
}

// The forms are those of CLDR for the language and region.
func TestMoneyFollowsTheReader(t *testing.T) {
	for _, c := range []struct{ accept, currency, amount, want string }{
		{"", "GBP", "1234567.894", "£1,234,567.89"},
		{"en-US,en;q=0.9", "USD", "-1234.5", "−$1,234.50"},
		{"en-GB", "USD", "1234.5", "US$1,234.50"},
		{"de-DE", "EUR", "1234567.895", "1.234.567,90\u00a0€"},
		{"en", "CHF", "12", "CHF\u00a012.00"},
		{"en-IN", "INR", "1234567", "₹12,34,567.00"},
		{"en", "JPY", "1234.5", "¥1,235"},
		{"ar-EG", "EUR", "12.5", "12.50\u00a0€"},
		{"not a language!", "EUR", "12.5", "€12.50"},
		{"en", "EUR", "123456789012345678901.25", "€123456789012345678901.25"},
	} {
		l := newLocale(c.accept, settingsIn(c.currency))
		if got := l.money(clientele.MustMoney(c.amount)); got != c.want {
			t.Errorf("%s in %q %s: %q, want %q", c.amount, c.accept, c.currency, got, c.want)
		}
	}
}

func TestShortKeepsThreeDigits(t *testing.T) {
	l := newLocale("en-GB", settingsIn("GBP"))
	for amount, want := range map[string]string{
		"0": "£0", "9999.4": "£9,999", "9999.5": "£10.0\u00a0k", "12345": "£12.3\u00a0k", "123456": "£123\u00a0k",
		"4214999": "£4.21\u00a0m", "4215000": "£4.22\u00a0m", "-4215000": "−£4.22\u00a0m", "7654321098765": "£7,654\u00a0bn",
	} {
		if got := l.short(clientele.MustMoney(amount)); got != want {
			t.Errorf("%s: %q, want %q", amount, got, want)
		}
	}
}

func TestCountsRatesDatesFollowTheReader(t *testing.T) {
	at := time.Date(2026, 10, 4, 22, 30, 0, 0, time.UTC)
	s := settingsIn("EUR")
	s.TimeZone = "Europe/Berlin"
	for _, c := range []struct{ accept, count, rate, date, instant string }{
		{"en-GB", "−18,240", "14.9%", "30 Sep 2026", "5 Oct 2026, 00:30 CEST"},
		{"en-US", "−18,240", "14.9%", "Sep 30, 2026", "Oct 5, 2026, 00:30 CEST"},
		{"de", "−18.240", "14,9\u00a0%", "30.09.2026", "05.10.2026, 00:30 CEST"},
		{"sv", "−18\u00a0240", "14,9\u00a0%", "2026-09-30", "2026-10-05, 00:30 CEST"},
	} {
		l := newLocale(c.accept, s)
		for _, g := range []struct{ got, want string }{
			{l.int(-18240), c.count}, {l.percent(.149), c.rate},
			{l.date(clientele.MustDate("2026-09-30")), c.date}, {l.instant(at), c.instant},
		} {
			if g.got != g.want {
				t.Errorf("%s: %q, want %q", c.accept, g.got, g.want)
			}
		}
	}
}

func TestSentencesFollowTheReader(t *testing.T) {
	for accept, want := range map[string]string{"en-GB": "of 18,685, fell 3.2% to 2,739.12: 95% sure", "de": "of 18.685, fell 3,2\u00a0% to 2.739,12: 95\u00a0% sure"} {
		l := newLocale(accept, settingsIn("EUR"))
		if got := l.sentence("of 18,685, fell 3.2 % to 2,739.12: 95\u00a0% sure"); got != want {
			t.Errorf("%s: %q, want %q", accept, got, want)
		}
	}
}
