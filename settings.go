package clientele

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings is what book.toml says about a company.
type Settings struct {
	Name            string         `json:"name"`
	Currency        string         `json:"currency"`          // ISO 4217
	TimeZone        string         `json:"time_zone"`         // IANA name; instants with a zone become local days here
	FiscalYearStart string         `json:"fiscal_year_start"` // MM-DD
	FiscalCalendar  FiscalCalendar `json:"fiscal_calendar"`
	DiscountRate    float64        `json:"discount_rate"` // per year, as a fraction
	Margin          *float64       `json:"margin"`        // fraction of net revenue; nil is "not given": 1, with a warning
	Definition      Definition     `json:"definition"`
}

// Business says what makes someone a customer.
type Business string

// The kinds of business.
const (
	Orders    Business = "orders"    // active while the last purchase lies within the lapse window
	Contracts Business = "contracts" // active while a subscription runs
	Both      Business = "both"      // active by either
)

// Definition says what "customer", "lost" and "value" mean. Every figure names
// the version that made it.
type Definition struct {
	Kind      Business `json:"kind"`
	LapseDays int      `json:"lapse_days"` // L: a customer is active on day d if a sale lies in (d−L, d]
	GraceDays int      `json:"grace_days"` // a contract keeps a customer active so many days past its last paid day
	Version   int      `json:"version"`
}

// DefaultSettings are those of `clientele init` without flags.
func DefaultSettings() Settings {
	return Settings{
		Name: "My company", Currency: "USD", TimeZone: "UTC", FiscalYearStart: "01-01", FiscalCalendar: CalendarMonths, DiscountRate: 0.10,
		Definition: Definition{Kind: Orders, LapseDays: 365, Version: 1},
	}
}

// Validate checks every setting and names the one that is wrong.
func (s Settings) Validate() error {
	bad := func(field, format string, args ...any) error {
		e := Errorf(CodeInvalid, "%s", fmt.Sprintf(format, args...))
		e.At.Column = field
		return e
	}
	if strings.TrimSpace(s.Name) == "" {
		return bad("name", "the company needs a name")
	}
	if len(s.Currency) != 3 || strings.Trim(s.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return bad("currency", "%q is not a currency code of three capital letters, such as EUR", s.Currency)
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
		return bad("time_zone", "%q is not a time zone, such as Europe/Berlin", s.TimeZone)
	}
	if _, err := time.Parse("2006-01-02", "2023-"+s.FiscalYearStart); err != nil {
		return bad("fiscal_year_start", "%q is not a day of every year, written MM-DD", s.FiscalYearStart)
	}
	if !slices.Contains(FiscalCalendars(), s.FiscalCalendar) {
		return bad("fiscal_calendar", "%q is none of %q", s.FiscalCalendar, FiscalCalendars())
	}
	if !(s.DiscountRate >= 0 && s.DiscountRate <= 1) {
		return bad("discount_rate", "the discount rate %v is not a fraction between 0 and 1 per year", s.DiscountRate)
	}
	if s.Margin != nil && !(*s.Margin > 0 && *s.Margin <= 1) {
		return bad("margin", "the margin %v is not a fraction above 0 and up to 1", *s.Margin)
	}
	return s.Definition.validate(bad)
}

func (d Definition) validate(bad func(field, format string, args ...any) error) error {
	switch d.Kind {
	case Orders, Contracts, Both:
	default:
		return bad("definition.kind", "%q is none of orders, contracts, both", d.Kind)
	}
	if d.LapseDays < 1 || d.LapseDays > 3660 {
		return bad("definition.lapse_days", "%d days is not between 1 and 3660", d.LapseDays)
	}
	if d.GraceDays < 0 || d.GraceDays > 3660 {
		return bad("definition.grace_days", "%d days is not between 0 and 3660", d.GraceDays)
	}
	if d.Version < 1 {
		return bad("definition.version", "a version counts from 1")
	}
	return nil
}

// MarginOrOne is the margin, 1 when none is given.
func (s Settings) MarginOrOne() float64 {
	if s.Margin == nil {
		return 1
	}
	return *s.Margin
}

// Zone is the time zone of the book. CodeInvalid if there is none of its name.
func (s Settings) Zone() (*time.Location, error) {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil, Errorf(CodeInvalid, "there is no time zone %q", s.TimeZone).Because(err)
	}
	return zone, nil
}
