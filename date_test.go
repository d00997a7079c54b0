package clientele_test

import (
	"testing"
	"time"

	"github.com/clientele/clientele"
	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	if d := clientele.MustDate("1970-01-02"); d != 1 {
		t.Errorf("1970-01-02 is day %d, want 1", d)
	}
	for _, bad := range []string{"", "2026-02-30", "30/09/2026", "2026-9-30", "20260930"} {
		if d, err := clientele.ParseDate(bad); clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "" {
			t.Errorf("ParseDate(%q) = %s, %v; want an invalid-input error with a hint", bad, d, err)
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-01-31", 1, "2024-02-29"}, {"2023-01-31", 1, "2023-02-28"},
		{"2023-03-31", -1, "2023-02-28"}, {"2023-12-15", 1, "2024-01-15"}, {"2024-02-29", 12, "2025-02-28"},
	} {
		if got := clientele.MustDate(c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := clientele.Date(rapid.IntRange(-100_000, 100_000).Draw(t, "day"))
		again, err := clientele.ParseDate(d.String())
		if err != nil || again != d {
			t.Fatalf("ParseDate(%s) = %d, %v; want %d", d, again, err, d)
		}
		if clientele.DateOf(d.Time()) != d {
			t.Fatalf("DateOf(Time()) of %s differs", d)
		}
	})
}

func TestDateOfUsesTheLocation(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	late := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC)
	if got := clientele.DateOf(late.In(berlin)).String(); got != "2026-03-29" {
		t.Errorf("23:30 UTC is %s in Berlin, want 2026-03-29", got)
	}
}

func TestPeriod(t *testing.T) {
	p, err := clientele.NewPeriod(clientele.MustDate("2026-07-01"), clientele.MustDate("2026-09-30"))
	if err != nil || p.Days() != 92 || p.Opening().String() != "2026-06-30" {
		t.Errorf("period %v has %d days and opens at %s, %v", p, p.Days(), p.Opening(), err)
	}
	if _, err := clientele.NewPeriod(p.To, p.From); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("a period that ends before it begins: %v", err)
	}
}

func TestEndsOfAPeriodMayBeOpen(t *testing.T) {
	first, last, err := clientele.ParseEnds("2026-01-31", "")
	if err != nil || last != nil || first == nil || *first != clientele.MustDate("2026-01-31") {
		t.Errorf("%v, %v, %v", first, last, err)
	}
	if first, last, err = clientele.ParseEnds("", "2026-01-31"); err != nil || first != nil || last == nil || *last != clientele.MustDate("2026-01-31") {
		t.Errorf("%v, %v, %v", first, last, err)
	}
	for _, ends := range [][2]string{{"soon", ""}, {"2026-01-31", "later"}} {
		if first, last, err = clientele.ParseEnds(ends[0], ends[1]); clientele.CodeOf(err) != clientele.CodeInvalid || first != nil || last != nil {
			t.Errorf("%v: %v, %v, %v", ends, first, last, err)
		}
	}
}
