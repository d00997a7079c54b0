package pack

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/currency"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

// draftMark stands on every page of a period that is not closed.
const draftMark = "DRAFT – NOT CLOSED"

// report is what all formats say.
type report struct {
	Company, Period string
	Span            string // both days of the period
	Status          string // how it was closed, or draftMark
	Draft           bool
	Definition      string // on every page
	Stamps          string // on every page: when what was made
	Made            time.Time
	Parts           []part
}

// part is one statement: a sheet, or what begins a new page.
type part struct {
	Name   string // at most 31 letters, as sheets have it
	Blocks []block
}

// block is one message with what stands behind it.
type block struct {
	Title    string
	Subtitle string // what is measured, and in which unit
	Figure   *chart.Figure
	Table    *table
	Notes    []string
}

// table is typed figures under their columns. The first column names the row.
type table struct {
	Columns []column
	Rows    []row
}

// column is what stands over a column; Width is in millimetres of a page, 0 in the one that takes the rest.
type column struct {
	Name  string
	Width float64
	Left  bool // words rather than figures
}

// row is one line of a table.
type row struct {
	Cells []cell
	Kind  rowKind
}

// rowKind is the rank of a row.
type rowKind string

// The ranks.
const (
	plainRow rowKind = ""
	sumRow   rowKind = "sum"
	partRow  rowKind = "part" // a part of the row above
)

// builder makes a report of a document.
type builder struct {
	Document
	decimals int // of the currency
	zone     *time.Location
	err      error // the first that a figure gave
}

// newReport proves every sum.
func newReport(d Document) (report, error) {
	b := builder{Document: d, decimals: 2, zone: time.UTC}
	if unit, err := currency.ParseISO(d.Statement.Currency); err == nil {
		b.decimals, _ = currency.Standard.Rounding(unit)
	}
	if zone, err := time.LoadLocation(d.Settings.TimeZone); err == nil {
		b.zone = zone
	}
	r := report{
		Company: d.Company, Period: d.Period, Span: day(d.Statement.From) + " – " + day(d.Statement.To),
		Status: b.status(), Draft: d.Close == nil, Definition: b.definition(), Stamps: b.stamps(), Made: d.Made.UTC(),
		Parts: b.parts(),
	}
	if b.err != nil {
		return report{}, b.err
	}
	for _, p := range r.Parts {
		for _, bl := range p.Blocks {
			if err := bl.Table.prove(); err != nil {
				return report{}, err
			}
		}
	}
	return r, nil
}

func (b *builder) parts() []part {
	parts := []part{
		{"Summary", b.summary()}, {"Customers", b.customers()}, {"Value", b.values()}, {"Equity", b.equity()},
		{"Equity movement", b.movements()}, {"Reasons", b.reasons()}, {"Revenue and tie-out", b.revenue()},
	}
	if len(b.Statement.Segments) > 0 {
		parts = append(parts, part{"Segments", b.segments()})
	}
	return append(parts, part{"Model", b.model()}, part{"Definitions and files", b.definitions()})
}

func (b *builder) status() string {
	c := b.Close
	if c == nil {
		return draftMark
	}
	return fmt.Sprintf("Closed on %s, close %d, by %s", b.instant(c.At), c.Number, c.By)
}

func (b *builder) definition() string {
	d := b.Statement.Definition
	s := fmt.Sprintf("Definition %d: a customer is %s.", d.Version, activeWords(d))
	if e := b.Statement.Equity; e != nil {
		s += fmt.Sprintf(" Equity is what customers will bring over %d years%s.", e.HorizonYears, b.basis())
	}
	return s
}

// basis is the margin and the discount, if they are known.
func (b *builder) basis() string {
	if b.Settings.Currency == "" {
		return ", at margin, discounted"
	}
	margin := "at revenue"
	if b.Settings.Margin != nil {
		margin = "at " + setting(*b.Settings.Margin) + " margin"
	}
	return fmt.Sprintf(", %s, discounted by %s a year", margin, setting(b.Settings.DiscountRate))
}

func (b *builder) stamps() string {
	s := []string{"Made " + b.instant(b.Made)}
	if d := b.Statement.Data; d != nil && d.LoadedAt != nil {
		s = append(s, "loaded "+b.instant(*d.LoadedAt))
	}
	if d := b.Statement.Data; d != nil && d.FirstDay != nil && d.LastDay != nil {
		s = append(s, "records "+day(*d.FirstDay)+" – "+day(*d.LastDay))
	}
	if m := b.Statement.Model; m != nil && m.Run != "" {
		s = append(s, "model "+m.Name+", run "+m.Run)
	}
	return strings.Join(s, " · ")
}

// activeWords says who counts as a customer.
func activeWords(d clientele.Definition) string {
	orders := fmt.Sprintf("active while the last purchase lies within %d days", d.LapseDays)
	contracts := "active while a contract runs"
	if d.GraceDays > 0 {
		contracts += fmt.Sprintf(" and %d days more", d.GraceDays)
	}
	switch d.Kind {
	case clientele.Contracts:
		return contracts
	case clientele.Both:
		return orders + ", or " + contracts
	}
	return orders
}

// waterfall draws a table's rows that are not parts, its first column and figures.
func (b *builder) waterfall(summary string, steps []chart.Step) *chart.Figure {
	w, err := chart.NewWaterfall(steps)
	if err != nil {
		b.err = cmp.Or(b.err, err)
		return nil
	}
	f := &chart.Figure{Summary: summary + ". " + chart.StepsSummary(steps), Plot: chart.Plot{Waterfall: w}}
	if w.Axis.Cut {
		f.Note = "The axis does not begin at zero: opening and closing are cut."
	}
	return f
}
