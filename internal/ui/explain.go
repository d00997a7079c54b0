package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// none stands where there is nothing, such as the day of a purchase never made.
const none = "—"

// rowsAPage bounds what one page shows.
const rowsAPage = 100

// explainPage is everything that stands behind one figure.
type explainPage struct {
	frame
	Back, Kicker   string
	Name           string
	Figure, Why    string
	Meaning, Ties  string
	Facts          []fact
	LeftOut        []string
	Query          string
	ByOrder        bool // rows are orders, not customers
	Told           told
	Valued         string // what stands in the columns of money: value or worth
	Rows           []explainRow
	Total          explainRow
	Range          string
	Previous, Next string
	Hidden         *caution // the rows are; then there are none
	Own            []choice // where the reader sees rows
}

// told says which columns have something to tell.
type told struct{ Heads, Opening, Closing, Amount bool }

func toldBy(e statement.Explanation) told {
	t := told{Heads: e.Unit == statement.UnitCount, Amount: e.Unit != statement.UnitCount || e.Amount.Sign() != 0}
	for _, row := range e.Rows {
		t.Opening = t.Opening || row.Opening.Sign() != 0
		t.Closing = t.Closing || row.Closing.Sign() != 0
	}
	return t
}

// fact is one thing about a figure.
type fact struct{ Name, Text string }

// explainRow is one customer, or one order, behind a figure.
type explainRow struct {
	Name, Href                           string
	Day, Heads, Opening, Closing, Amount string
}

func (s *Site) explain(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if q.Get("from") == "" {
		return clientele.Errorf(clientele.CodeUsage, "the address names no period").WithHint("Open a figure from the statement.")
	}
	f, err := v.filter(clientele.Period{})
	if err != nil {
		return err
	}
	offset, err := offsetOf(q)
	if err != nil {
		return err
	}
	e, err := s.Statements.Explain(r.Context(), statement.ExplainRequest{
		Request: f.request(), Line: warehouse.Line(q.Get("line")), Segment: f.Segment, Offset: offset, Limit: rowsAPage,
	})
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "explain", s.explainPage(v, f, e, offset))
}

func (s *Site) explainPage(v visit, f filter, e statement.Explanation, offset int64) explainPage {
	p := explainPage{
		frame: s.frame(v, "statement", e.Title), Back: f.href("/"), Name: e.Title, Kicker: v.period(f.Period),
		Figure: v.figure(e.Figure, e.Unit), Why: e.Why, Meaning: e.Meaning, Ties: e.Ties, Query: e.Query,
		Facts: v.facts(e), Told: toldBy(e), Valued: "Value",
		Total: explainRow{Name: "Total", Heads: v.int(e.Heads), Amount: v.money(e.Amount)},
	}
	for _, left := range e.LeftOut {
		p.LeftOut = append(p.LeftOut, v.sentence(left))
	}
	if e.Model != nil {
		p.Valued = "Worth"
	}
	if f.Segment != "" {
		p.Kicker += " · " + f.about()
	}
	if p.Hidden = v.hidden(e.Hidden); p.Hidden != nil {
		p.Own = v.own(f, "/explain", "line", string(e.Line))
	}
	for _, row := range e.Rows {
		p.ByOrder = p.ByOrder || row.Order != ""
		p.Rows = append(p.Rows, v.explainRow(row, f))
	}
	p.Range, p.Previous, p.Next = v.pager(offset, int64(len(e.Rows)), e.Count, func(offset int64) string {
		return f.href("/explain", "line", string(e.Line), "offset", strconv.FormatInt(offset, 10))
	})
	return p
}

func (v visit) explainRow(row warehouse.ExplainRow, f filter) explainRow {
	x := explainRow{
		Name: row.Customer, Day: none, Heads: v.int(row.Heads),
		Opening: v.money(row.Opening), Closing: v.money(row.Closing), Amount: v.money(row.Amount),
		Href: f.href("/orders", "customer", row.Customer),
	}
	if row.Day != nil {
		x.Day = v.date(*row.Day)
	}
	switch {
	case row.Customer == "":
		x.Name = "order " + row.Order
	case row.Order != "":
		x.Name = row.Customer + " · " + row.Order
	}
	return x
}

// figure writes the digits of a statement for the reader; "" cannot be told.
func (l *locale) figure(digits string, unit statement.Unit) string {
	switch unit {
	case statement.UnitMoney:
		if m, err := clientele.ParseMoney(digits); err == nil {
			return l.money(m)
		}
	case statement.UnitRate:
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return l.percent(f)
		}
	case statement.UnitCount:
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return l.int(n)
		}
	}
	return capital(cannotTell)
}

// facts say what made a figure.
func (v visit) facts(e statement.Explanation) []fact {
	facts := []fact{
		{"Definition", fmt.Sprintf("version %d: %s", e.Definition.Version, activeWords(e.Definition))},
		{"Period", v.period(e.Period) + ", both days included"},
	}
	if e.LoadedAt != nil {
		facts = append(facts, fact{"Records loaded", v.instant(*e.LoadedAt)})
	}
	if len(e.Imports) > 0 {
		names := make([]string, len(e.Imports))
		for i, im := range e.Imports {
			names[i] = im.Name
		}
		facts = append(facts, fact{"From", strings.Join(names, ", ")})
	}
	if e.Model != nil {
		facts = append(facts, fact{"Model", modelWords(v, *e.Model)})
	}
	return facts
}

func modelWords(v visit, m clientele.ModelReport) string {
	if m.Refused != "" {
		return m.Refused
	}
	words := m.Name + " on " + v.int(m.Customers) + " customers"
	if m.Run != "" {
		words += ", run " + m.Run
	}
	if m.Holdout != nil {
		words += ". " + v.sentence(m.Holdout.Verdict)
	}
	return words
}

// offsetOf reads where a page of rows begins.
func offsetOf(q url.Values) (int64, error) {
	if q.Get("offset") == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(q.Get("offset"), 10, 64)
	if err != nil || n < 0 {
		return 0, clientele.Errorf(clientele.CodeInvalid, "%q is not a number of rows", q.Get("offset")).WithHint("Go back to the first page.")
	}
	return n, nil
}

// pager says which rows are shown, and where the others are.
func (l *locale) pager(offset, shown, count int64, href func(int64) string) (words, previous, next string) {
	if shown == 0 {
		return "no rows", "", ""
	}
	words = fmt.Sprintf("%s – %s of %s", l.int(offset+1), l.int(offset+shown), l.int(count))
	if offset > 0 {
		previous = href(max(0, offset-rowsAPage))
	}
	if offset+shown < count {
		next = href(offset + shown)
	}
	return words, previous, next
}
