// Package config reads and writes book.toml, what a book says about its company.
//
// Every key has a default, so a file need only say what differs. A key that is
// not known, a value of the wrong type or out of range is an error that names
// file, line and key.
package config

import (
	"bytes"
	"errors"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/clientele/clientele"
)

// FileName is the name of the settings file in a book.
const FileName = "book.toml"

// file is book.toml as written.
type file struct {
	Name            string                   `toml:"name" comment:"The company, as reports name it."`
	Currency        string                   `toml:"currency" comment:"ISO 4217 code of every amount in the book."`
	TimeZone        string                   `toml:"time_zone" comment:"IANA name of the time zone that decides on which local day a sale falls."`
	FiscalYearStart string                   `toml:"fiscal_year_start" comment:"First day of the fiscal year, MM-DD."`
	FiscalCalendar  clientele.FiscalCalendar `toml:"fiscal_calendar" comment:"How the fiscal year is divided: months, or 4-4-5 (weeks in periods of four, four and five)."`
	DiscountRate    float64                  `toml:"discount_rate" comment:"Per year, as a fraction: what a year of waiting costs."`
	Margin          *float64                 `toml:"margin" comment:"Part of net revenue that is earned, as a fraction."`
	Definition      definition               `toml:"definition" comment:"What customer and lost mean. Raise the version when the meaning changes: every figure names it."`
	SecondFactor    SecondFactor             `toml:"second_factor,omitempty"` // LoadSecondFactor reads it
	SSO             *sso                     `toml:"sso,omitempty"`           // LoadSSO reads it
	Mail            *mail                    `toml:"mail,omitempty"`          // LoadMail reads it
	Retention       retention                `toml:"retention,omitempty" comment:"How long what is kept: customers, rejects and uploads, as 10y, 6m, 90d or never."`
}

type definition struct {
	Kind      clientele.Business `toml:"kind" comment:"What makes a customer: orders, contracts, or both."`
	LapseDays int                `toml:"lapse_days" comment:"Orders: a customer is lost so many days after the last purchase."`
	GraceDays int                `toml:"grace_days" comment:"Contracts: a customer is lost so many days after the last paid day."`
	Version   int                `toml:"version" comment:"Counts from 1."`
}

const header = "# Settings of a Clientele book.\n\n"

const noMargin = `# Part of net revenue that is earned, as a fraction. Not given, customers are valued at revenue.
# margin = 0.35

`

// Load reads settings from a file. CodeNotFound if there is none, CodeInvalid
// with At naming the file and line for everything else that is wrong.
func Load(path string) (clientele.Settings, error) {
	text, err := read(path)
	if err != nil {
		return clientele.Settings{}, err
	}
	return parse(path, text)
}

func read(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, clientele.Errorf(clientele.CodeNotFound, "there is no %s", path)
	}
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInvalid, "the settings cannot be read").Because(err)
	}
	return text, nil
}

// parse reads settings from the text of a file; path is for messages.
func parse(path string, text []byte) (clientele.Settings, error) {
	f, err := decode(path, text)
	if err != nil {
		return clientele.Settings{}, err
	}
	s := f.settings()
	if err := s.Validate(); err != nil {
		return clientele.Settings{}, validationError(path, text, err)
	}
	if _, err := f.Retention.periods(path, text); err != nil {
		return clientele.Settings{}, err
	}
	return s, nil
}

func decode(path string, text []byte) (file, error) {
	f := fromSettings(clientele.DefaultSettings())
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&f); err != nil {
		return f, decodeError(path, err)
	}
	return f, nil
}

// Format writes settings as a file, with a comment on every key.
func Format(s clientele.Settings) ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	body, err := toml.Marshal(fromSettings(s))
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "the settings cannot be written").Because(err)
	}
	head := header
	if s.Margin == nil {
		head += noMargin
	}
	return append([]byte(head), body...), nil
}

func fromSettings(s clientele.Settings) file {
	return file{s.Name, s.Currency, s.TimeZone, s.FiscalYearStart, s.FiscalCalendar, s.DiscountRate, s.Margin, definition(s.Definition), "", nil, nil, nil}
}

func (f file) settings() clientele.Settings {
	return clientele.Settings{
		Name: f.Name, Currency: f.Currency, TimeZone: f.TimeZone, FiscalYearStart: f.FiscalYearStart,
		FiscalCalendar: f.FiscalCalendar, DiscountRate: f.DiscountRate, Margin: f.Margin, Definition: clientele.Definition(f.Definition),
	}
}

func decodeError(path string, err error) error {
	if strict := (*toml.StrictMissingError)(nil); errors.As(err, &strict) && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		e := clientele.Errorf(clientele.CodeInvalid, "there is no setting %q", strings.Join(first.Key(), ".")).
			WithHint("Correct its name, or remove the line.")
		row, _ := first.Position()
		e.At = clientele.Position{File: path, Line: int64(row)}
		return e
	}
	if at := (*toml.DecodeError)(nil); errors.As(err, &at) {
		message := strings.TrimPrefix(at.Error(), "toml: ")
		if key := strings.Join(at.Key(), "."); key != "" {
			message = key + ": " + message
		}
		e := clientele.Errorf(clientele.CodeInvalid, "%s", message).WithHint("Texts stand in quotes; fractions and counts do not.")
		row, _ := at.Position()
		e.At = clientele.Position{File: path, Line: int64(row)}
		return e
	}
	return clientele.Errorf(clientele.CodeInvalid, "%s cannot be read", path).Because(err)
}

// validationError names the line of the key that Validate refused.
func validationError(path string, text []byte, err error) error {
	e := (*clientele.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Message = e.At.Column + ": " + e.Message
	named.At = clientele.Position{File: path, Line: lineOf(text, e.At.Column)}
	return &named
}

// lineOf finds the line of a dotted key; 0 if the file leaves it to its default.
func lineOf(text []byte, key string) int64 {
	table := ""
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			table = strings.TrimSpace(strings.SplitN(name, "]", 2)[0]) + "."
			continue
		}
		if name, _, ok := strings.Cut(line, "="); ok && table+strings.Trim(name, " \t\"'") == key {
			return int64(i + 1)
		}
	}
	return 0
}
