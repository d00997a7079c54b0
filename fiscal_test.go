package clientele_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
)

func fiscal(t interface {
	Helper()
	Fatal(...any)
}, calendar clientele.FiscalCalendar, start string) clientele.Fiscal {
	t.Helper()
	s := clientele.DefaultSettings()
	s.FiscalCalendar, s.FiscalYearStart = calendar, start
	f, err := s.Fiscal()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPeriodNames(t *testing.T) {
	for _, c := range []struct {
		calendar          clientele.FiscalCalendar
		start, name, kept string
		days              string // "" is refused
	}{
		{"months", "01-01", "2011-Q3", "2011-Q3", "2011-07-01 to 2011-09-30"},
		{"months", "01-01", "2011-q3", "2011-Q3", "2011-07-01 to 2011-09-30"},
		{"months", "01-01", "2012", "2012", "2012-01-01 to 2012-12-31"},
		{"months", "04-01", "FY2012", "2012", "2011-04-01 to 2012-03-31"},
		{"months", "04-01", "2012-Q4", "2012-Q4", "2012-01-01 to 2012-03-31"},
		{"months", "04-06", "2012-Q1", "2012-Q1", "2011-04-06 to 2011-07-05"},
		{"months", "04-01", "2012-02", "2012-02", "2012-02-01 to 2012-02-29"},
		// 1 January 2011 is a Saturday, and 2012 a Sunday: both are nearest to the Monday after.
		{"4-4-5", "01-01", "2011", "2011", "2011-01-03 to 2012-01-01"},
		{"4-4-5", "01-01", "2011-P01", "2011-P01", "2011-01-03 to 2011-01-30"},
		{"4-4-5", "01-01", "2011-P03", "2011-P03", "2011-02-28 to 2011-04-03"},
		{"4-4-5", "01-01", "2011-Q2", "2011-Q2", "2011-04-04 to 2011-07-03"},
		// 1 January 2015 is a Thursday, and 2016 a Friday: a year of 53 weeks.
		{"4-4-5", "01-01", "2015", "2015", "2014-12-29 to 2016-01-03"},
		{"4-4-5", "01-01", "2015-P12", "2015-P12", "2015-11-23 to 2016-01-03"},
		{"4-4-5", "02-01", "2012-Q1", "2012-Q1", "2011-01-31 to 2011-05-01"},
		{calendar: "months", start: "01-01", name: "2011-P07"},
		{calendar: "4-4-5", start: "01-01", name: "2011-07"},
		{calendar: "months", start: "01-01", name: "2011-Q5"},
		{calendar: "months", start: "01-01", name: "2011-Q03"},
		{calendar: "months", start: "01-01", name: "2011-7"},
		{calendar: "months", start: "01-01", name: "2011-00"},
		{calendar: "months", start: "01-01", name: "2011-13"},
		{calendar: "months", start: "01-01", name: "FY2011-Q1"},
		{calendar: "months", start: "01-01", name: "11-Q1"},
		{calendar: "months", start: "01-01", name: " 2011"},
		{calendar: "months", start: "01-01", name: ""},
	} {
		kept, days, err := fiscal(t, c.calendar, c.start).Parse(c.name)
		switch {
		case c.days == "":
			if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(clientele.HintOf(err), "2011-Q3") {
				t.Errorf("%s %q: %v to %v", c.calendar, c.name, days, err)
			}
		case err != nil || kept != c.kept || days.String() != c.days:
			t.Errorf("%s from %s, %s: %s, %s (%v), want %s", c.calendar, c.start, c.name, kept, days, err, c.days)
		}
	}
}

// Years follow each other without a gap, quarters fill years, and a day lies in its year.
func TestFiscalYearsAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := rapid.SampledFrom(clientele.FiscalCalendars()).Draw(t, "calendar")
		start := clientele.Date(rapid.IntRange(0, 364).Draw(t, "start")).Time().Format("01-02") // 1970 has no 29 February
		f := fiscal(t, calendar, start)
		year := rapid.IntRange(1900, 2100).Draw(t, "year")
		whole := f.Year(year)
		if next := f.Year(year + 1); next.From != whole.To+1 {
			t.Fatalf("%d ends on %s, and the next year begins on %s", year, whole.To, next.From)
		}
		at := whole.From
		for q := range 4 {
			p := f.Quarter(year, q+1)
			if p.From != at || p.To < p.From {
				t.Fatalf("quarter %d is %s, after %s", q+1, p, at-1)
			}
			at = p.To + 1
		}
		if at != whole.To+1 {
			t.Fatalf("quarters end on %s, the year on %s", at-1, whole.To)
		}
		day := whole.From + clientele.Date(rapid.IntRange(0, whole.Days()-1).Draw(t, "day"))
		if got := f.YearOf(day); got != year {
			t.Fatalf("%s lies in %d, not %d (%s)", day, year, got, whole)
		}
		if calendar == clientele.Calendar445 && (whole.From.Time().Weekday() != time.Monday || whole.Days()%7 != 0 || whole.Days()/7 < 52 || whole.Days()/7 > 53) {
			t.Fatalf("%d is %s, %d days", year, whole, whole.Days())
		}
	})
}
