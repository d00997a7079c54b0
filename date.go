package clientele

import (
	"fmt"
	"time"
)

// Date is a business-local calendar day, counted in days from 1970-01-01. The
// zero value is 1970-01-01; where "no date" is possible a *Date or a bool says so.
type Date int32

// NewDate returns the day of a proleptic Gregorian calendar date.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the calendar day that t shows in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, Errorf(CodeInvalid, "%q is not a date", s).WithHint("Write dates as YYYY-MM-DD, for example 2026-09-30.")
	}
	return DateOf(t), nil
}

// MustDate is ParseDate for constants; it panics on bad input.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String gives YYYY-MM-DD.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// Quarter names the calendar quarter of the day, such as 2026-Q3.
func (d Date) Quarter() string {
	t := d.Time()
	return fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3)
}

// AddMonths moves by whole calendar months; a day that the month lacks becomes its last.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Time().Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return DateOf(first.AddDate(0, 0, min(day, last)-1))
}

// MarshalText gives YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// Period is a run of days, both ends inclusive.
type Period struct {
	From Date `json:"from"`
	To   Date `json:"to"`
}

// NewPeriod checks that the period does not end before it begins.
func NewPeriod(from, to Date) (Period, error) {
	if to < from {
		return Period{}, Errorf(CodeInvalid, "the period ends (%s) before it begins (%s)", to, from).WithHint("Swap the two dates.")
	}
	return Period{from, to}, nil
}

// ParseEnds reads the ends of a period that may be open, each YYYY-MM-DD; "" leaves one open,
// which is nil. Errors are those of ParseDate.
func ParseEnds(from, to string) (first, last *Date, err error) {
	for _, end := range []struct {
		text string
		day  **Date
	}{{from, &first}, {to, &last}} {
		if end.text == "" {
			continue
		}
		d, err := ParseDate(end.text)
		if err != nil {
			return nil, nil, err
		}
		*end.day = &d
	}
	return first, last, nil
}

// Opening is the day at whose close the period opens: the day before From.
func (p Period) Opening() Date { return p.From - 1 }

// Days is the number of days in the period.
func (p Period) Days() int { return int(p.To-p.From) + 1 }

// String gives "2026-07-01 to 2026-09-30".
func (p Period) String() string { return fmt.Sprintf("%s to %s", p.From, p.To) }
