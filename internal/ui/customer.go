package ui

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

// customersPage finds a customer.
type customersPage struct {
	frame
	ID      string
	Refused refusal
}

// customerPage is one customer.
type customerPage struct {
	frame
	Heading, Headline string
	Facts             []fact
	Worth             *modelFigure // nil: nothing can be told
	WorthBy           string
	Promises          figTable
	Standing          []lane
	Moments           []momentRow
	Range             string
	Previous, Next    string
}

// momentRow is something that happened with a customer.
type momentRow struct {
	Day, Kind, What, Where string
	Notes                  []string
	Amount                 string
}

func customerHref(id string) string { return "/customers/" + url.PathEscape(id) }

// customers offers to look for a customer by their exact id.
func (s *Site) customers(w http.ResponseWriter, r *http.Request) error {
	return s.customersWith(w, r, "", nil)
}

func (s *Site) customersWith(w http.ResponseWriter, r *http.Request, id string, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "customers", customersPage{frame: s.frame(v, "customers", "Customers"), ID: id, Refused: refusalOf(refused)})
}

// findCustomerPage leads to the customer of an id, if they are known.
func (s *Site) findCustomerPage(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	id := strings.TrimSpace(form.Get("id"))
	_, err = s.Customers.Customer(r.Context(), id, 0, 1)
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return s.customersWith(w, r, id, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, customerHref(id))
	return nil
}

func (s *Site) customer(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	offset, err := offsetOf(r.URL.Query())
	if err != nil {
		return err
	}
	c, err := s.Customers.Customer(r.Context(), r.PathValue("id"), offset, rowsAPage)
	if err != nil {
		return err
	}
	p := customerPage{
		frame: s.frame(v, "customers", "Customer"), Heading: "Customer " + c.Customer, Headline: v.customerHeadline(c), Facts: v.customerFacts(c),
		WorthBy: v.sentence(cmp.Or(c.WorthWhy, c.WorthBy)), Promises: v.promiseTable(c),
	}
	if len(c.Worth) > 0 {
		p.Worth = new(v.worthChart(c))
	}
	for _, st := range c.Standing {
		p.Standing = append(p.Standing, lane{Name: st.Touchpoint, Text: st.Promise})
	}
	for _, m := range c.Moments {
		p.Moments = append(p.Moments, v.momentRow(m))
	}
	p.Range, p.Previous, p.Next = v.pager(offset, int64(len(c.Moments)), c.Count, func(offset int64) string {
		return customerHref(c.Customer) + "?offset=" + strconv.FormatInt(offset, 10)
	})
	return s.show(w, http.StatusOK, "customer", p)
}

func (v visit) customerHeadline(c clientele.CustomerReport) string {
	open := 0
	for _, p := range c.Promises {
		if p.State == "open" {
			open++
		}
	}
	words := many(int(c.Count), "thing", "things") + " on record"
	if len(c.Moments) > 0 {
		words += ", the latest shown of " + v.date(c.Moments[0].Day)
	}
	if open > 0 {
		words += "; " + many(open, "promise is", "promises are") + " open"
	}
	return capital(words) + "."
}

func (v visit) customerFacts(c clientele.CustomerReport) (facts []fact) {
	if n := len(c.Worth); n > 0 && c.Worth[n-1].Worth != nil {
		last := c.Worth[n-1]
		facts = append(facts, fact{"worth on " + v.date(last.Day), v.money(last.Worth.Estimate)}, fact{"95% interval", v.money(last.Worth.Low) + " to " + v.money(last.Worth.High)}, fact{"still a customer", v.percent(*last.PAlive)})
	}
	names := make([]string, 0, len(c.Attributes))
	for name := range c.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		facts = append(facts, fact{attributeWords(name), c.Attributes[name]})
	}
	return facts
}

// worthChart draws what the customer was worth, with the interval as a band.
func (v visit) worthChart(c clientele.CustomerReport) modelFigure {
	fig := chart.Figure{
		ID: "worth", Title: "What they were worth", Subtitle: "Every three months, in " + v.settings.Currency + "; the band is the 95% interval",
		Table: chart.Table{Caption: "Worth by day", Columns: []string{"Day", "worth", "95% interval", "still a customer"}},
	}
	var points []chart.ControlPoint
	for _, w := range c.Worth {
		p := chart.ControlPoint{Label: v.date(w.Day)}
		cells := []string{none, none, none}
		if w.Worth != nil {
			value, low, high := w.Worth.Estimate.Float64(), w.Worth.Low.Float64(), w.Worth.High.Float64()
			p.Value, p.Low, p.High = &value, &low, &high
			cells = []string{v.money(w.Worth.Estimate), v.money(w.Worth.Low) + " to " + v.money(w.Worth.High), v.percent(*w.PAlive)}
			fig.Summary = fmt.Sprintf("On %s they were worth %s.", v.date(w.Day), v.money(w.Worth.Estimate))
		} else {
			cells[0] = "nothing bought yet"
		}
		points = append(points, p)
		fig.Table.Rows = append(fig.Table.Rows, textRow(v.date(w.Day), cells...))
	}
	fig.Plot.Control = chart.NewControl(points, nil, func(f float64) string { return v.number(f, 2) })
	return modelFigure{fig, ""}
}

func (v visit) promiseTable(c clientele.CustomerReport) figTable {
	t := figTable{Title: "What was promised to them", Columns: []string{"", "due", "done", ""}}
	for _, p := range c.Promises {
		t.Rows = append(t.Rows, figRow{Name: cmp.Or(p.Touchpoint, p.Name, "a promise"), Note: v.date(p.Day), Cells: []fig{{Text: v.local(&p.Due)}, {Text: v.local(p.Actual)}, {Text: p.State}}})
	}
	return t
}

// local writes a local time; a midnight is a day.
func (v visit) local(at *time.Time) string {
	if at == nil {
		return none
	}
	day := clientele.DateOf(*at)
	if at.Equal(day.Time()) {
		return v.date(day)
	}
	return v.date(day) + ", " + at.Format("15:04")
}

func (v visit) momentRow(m clientele.CustomerMoment) momentRow {
	row := momentRow{Day: v.date(m.Day), Kind: m.Kind, What: m.Name, Where: m.Touchpoint, Amount: none}
	if m.At != nil {
		row.Day = v.local(m.At)
	}
	if m.Amount != nil {
		row.Amount = v.money(*m.Amount)
	}
	note := func(format string, args ...any) { row.Notes = append(row.Notes, fmt.Sprintf(format, args...)) }
	if m.Score != "" {
		note("score %s", v.group(m.Score))
		if m.High != "" {
			note("on a scale from %s to %s", v.group(m.Low), v.group(m.High))
		}
	}
	for _, said := range []struct{ name, text string }{{"outcome", m.Outcome}, {"problem", m.Problem}, {"promised for", v.local(m.Promised)}, {"done", v.local(m.Actual)}} {
		if said.text != "" && said.text != none {
			note("%s: %s", said.name, said.text)
		}
	}
	if m.Text != "" {
		note("“%s”", m.Text)
	}
	return row
}
