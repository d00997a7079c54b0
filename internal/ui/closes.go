package ui

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/statement"
)

// closesPage lists the closed periods.
type closesPage struct {
	frame
	Headline string
	Closes   []closeRow // newest first
}

// closeRow is one close.
type closeRow struct {
	Number, Period, Days, Href string
	At, By                     string
	Customers, Equity          string
	Hash, ShortHash            string
}

// closedPage is one close, beside what the records would say of its period now.
type closedPage struct {
	frame
	Kicker, Headline, Subtitle string
	Lines                      []restatedRow // those that differ first
	Facts                      []fact
	Files                      []string
	Hash, Previous             string
}

// restatedRow is one figure as it was closed, and as it would be now.
type restatedRow struct {
	Name, Closed, Now, Difference string
	Changed                       bool
}

func closeHref(period string) string { return "/closes/" + url.PathEscape(period) }

func (s *Site) closes(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	closes, err := s.Closings.Closes(r.Context())
	if err != nil {
		return err
	}
	p := closesPage{frame: s.frame(v, "closes", "Closes"), Headline: "No period is closed yet."}
	if n := len(closes); n > 0 {
		p.Headline = "Closed up to " + v.date(closes[n-1].To) + "."
	}
	for _, c := range slices.Backward(closes) {
		p.Closes = append(p.Closes, v.closeRow(c))
	}
	return s.show(w, http.StatusOK, "closes", p)
}

// of writes in the currency of a close, whatever that of the book is now.
func (v visit) of(c clientele.Close) *locale {
	return newLocale(v.Header.Get("Accept-Language"), c.Settings)
}

func (v visit) closeRow(c clientele.Close) closeRow {
	row := closeRow{
		Number: v.int(c.Number), Period: c.Period, Days: v.period(clientele.Period{From: c.From, To: c.To}), Href: closeHref(c.Period),
		At: v.instant(c.At), By: c.By, Customers: v.int(c.Statement.Customers.Closing), Equity: "cannot be told", Hash: c.Hash, ShortHash: shortHash(c.Hash),
	}
	if e := c.Statement.Equity; e != nil {
		row.Equity = v.of(c).short(e.Estimate.Estimate)
	}
	return row
}

// closed shows a close beside the records as they are, which are compared first if
// something has come since they were.
func (s *Site) closed(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	c, err := s.Closings.Closed(r.Context(), r.PathValue("period"))
	if err != nil {
		return err
	}
	now, ok, err := s.Closings.Compared(r.Context(), c)
	if err != nil {
		return err
	}
	if !ok {
		j, err := s.desk().Restatement(r.Context(), c.Period)
		return follow(w, r, j, err)
	}
	return s.show(w, http.StatusOK, "closed", s.closedPage(v, c, now))
}

func (s *Site) closedPage(v visit, c clientele.Close, now closing.Restatement) closedPage {
	days := v.period(clientele.Period{From: c.From, To: c.To})
	p := closedPage{
		frame: s.frame(v, "closes", c.Period), Kicker: c.Period + " · " + days, Hash: c.Hash, Previous: c.Previous,
		Headline: "The records give every closed figure again.",
		Subtitle: "Nothing has come since that belongs into this period.",
		Facts: []fact{
			{"Closed", v.instant(c.At)}, {"By", c.By}, {"Close", v.int(c.Number)}, {"Definition", v.int(int64(c.Settings.Definition.Version))}, {"Program", c.Program},
		},
	}
	if m := c.Statement.Model; m != nil {
		p.Facts = append(p.Facts, fact{"Model", m.Name + ", run " + m.Run})
	}
	if d := c.Statement.Data; d != nil {
		for _, f := range d.Imports {
			p.Files = append(p.Files, f.Name+" ("+shortHash(f.SHA256)+")")
		}
	}
	if n := len(now.Changed()); n > 0 {
		p.Headline = "The closed figures stand; today " + v.int(int64(n)) + " of them would be others."
		p.Subtitle = "Records came after the period was closed. They change nothing that was closed, and are a line of their own in the next movement."
	}
	p.Lines = v.of(c).restated(now)
	return p
}

// restated writes the lines of a restatement, those that differ first.
func (l *locale) restated(now closing.Restatement) []restatedRow {
	title := map[string]string{}
	for _, info := range statement.Lines() {
		title[string(info.Line)] = info.Title
	}
	var changed, same []restatedRow
	for _, x := range now.Lines {
		write, zero := l.money, x.Difference.Sign() == 0
		if x.Count {
			write = func(m clientele.Money) string { return l.group(m.Fixed(0)) }
		}
		row := restatedRow{title[x.Line], write(x.Closed), write(x.Now), signed(x.Difference, write(x.Difference)), !zero}
		if zero {
			row.Difference = "none"
			same = append(same, row)
			continue
		}
		changed = append(changed, row)
	}
	return append(changed, same...)
}
