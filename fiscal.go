package clientele

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// FiscalCalendar says how a fiscal year is divided.
type FiscalCalendar string

// The fiscal calendars.
const (
	// CalendarMonths: a year is twelve months from Settings.FiscalYearStart, a quarter three.
	CalendarMonths FiscalCalendar = "months"
	// Calendar445: a year begins on the Monday nearest to Settings.FiscalYearStart. A
	// quarter is 13 weeks, in periods of four, four and five. Where the next year's
	// Monday leaves 53 weeks, the last period has six.
	Calendar445 FiscalCalendar = "4-4-5"
)

// FiscalCalendars lists the fiscal calendars there are.
func FiscalCalendars() []FiscalCalendar { return []FiscalCalendar{CalendarMonths, Calendar445} }

// Fiscal divides time into fiscal years, quarters and periods. A year has the number of
// the calendar year in which its twelve months from the start end: one that starts on
// 04-01 and ends in March 2012 is 2012. A 4-4-5 year has the number of the twelve
// months that it stands for, though its last days may fall into the next January.
type Fiscal struct {
	calendar FiscalCalendar
	month    time.Month
	day      int
}

// Fiscal is the calendar that the settings, which must be valid, say.
func (s Settings) Fiscal() (Fiscal, error) {
	start, err := time.Parse(time.DateOnly, "2023-"+s.FiscalYearStart)
	if err != nil {
		return Fiscal{}, Errorf(CodeInvalid, "%q is not a day of every year", s.FiscalYearStart).Because(err)
	}
	return Fiscal{s.FiscalCalendar, start.Month(), start.Day()}, nil
}

// first is the day on which twelve months from the start of a fiscal year begin.
func (f Fiscal) first(year int) Date {
	if f.month != time.January || f.day != 1 {
		year--
	}
	return NewDate(year, f.month, f.day)
}

// monday is the Monday nearest to a day, at most three days from it.
func monday(d Date) Date {
	fromMonday := (int(d.Time().Weekday()) + 6) % 7
	if fromMonday > 3 {
		fromMonday -= 7
	}
	return d - Date(fromMonday)
}

// months gives months from and up to of a fiscal year, counted from 0, of the year or
// in periods of weeks that stand for them.
func (f Fiscal) months(year, from, upTo int) Period {
	first := f.first(year)
	if f.calendar != Calendar445 {
		return Period{first.AddMonths(from), first.AddMonths(upTo) - 1}
	}
	begin, next := monday(first), monday(f.first(year+1))
	after := func(months int) Date {
		if months == 12 {
			return next
		}
		return begin + Date(7*(13*(months/3)+4*(months%3)))
	}
	return Period{after(from), after(upTo) - 1}
}

// Year is a fiscal year.
func (f Fiscal) Year(year int) Period { return f.months(year, 0, 12) }

// Quarter is a quarter of a fiscal year, 1 to 4.
func (f Fiscal) Quarter(year, quarter int) Period { return f.months(year, 3*quarter-3, 3*quarter) }

// YearOf is the number of the fiscal year that a day lies in.
func (f Fiscal) YearOf(d Date) int {
	year := d.Time().Year() - 1
	for f.Year(year).To < d {
		year++
	}
	return year
}

// periodName matches 2011, FY2011, 2011-Q3, 2011-07 and 2011-P07.
var periodName = regexp.MustCompile(`^(FY|fy)?([0-9]{4})(?:-([QqPp]?)([0-9]{1,2}))?$`)

// Parse reads the name of a fiscal period and returns the name as it is kept with the
// days that it stands for: 2011 or FY2011 is a year, 2011-Q3 a quarter, 2011-07 a
// calendar month, and 2011-P07 the seventh period of a 4-4-5 year. CodeInvalid if it is
// none, or one that the calendar does not have.
func (f Fiscal) Parse(name string) (string, Period, error) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return "", Period{}, f.noPeriod(name)
	}
	year, yearErr := strconv.Atoi(m[2])
	if m[4] == "" && yearErr == nil {
		return m[2], f.Year(year), nil
	}
	number, err := strconv.Atoi(m[4])
	if err != nil || yearErr != nil || m[1] != "" || number < 1 || number > 12 {
		return "", Period{}, f.noPeriod(name)
	}
	weeks, month := f.calendar == Calendar445, len(m[4]) == 2
	switch kind := strings.ToUpper(m[3]); {
	case kind == "Q" && number <= 4 && !month:
		return fmt.Sprintf("%s-Q%d", m[2], number), f.Quarter(year, number), nil
	case kind == "P" && weeks && month:
		return fmt.Sprintf("%s-P%02d", m[2], number), f.months(year, number-1, number), nil
	case kind == "" && !weeks && month:
		first := NewDate(year, time.Month(number), 1)
		return fmt.Sprintf("%s-%02d", m[2], number), Period{first, first.AddMonths(1) - 1}, nil
	}
	return "", Period{}, f.noPeriod(name)
}

func (f Fiscal) noPeriod(name string) error {
	month := "2011-07 for July"
	if f.calendar == Calendar445 {
		month = "2011-P07 for the seventh period of 4-4-5"
	}
	return Errorf(CodeInvalid, "%q is not a fiscal period", name).
		WithHint("Write 2011-Q3 for the third quarter of the fiscal year 2011, 2011 for the whole year, or %s.", month)
}
