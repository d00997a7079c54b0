package ui

import (
	"net/url"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// filter is what a statement and everything below it is about. Every link down
// carries it whole.
type filter struct {
	Period  clientele.Period
	By      string // attribute
	Segment string // of By; "" is all customers
}

// filterOf reads from, to, by and segment; without dates it is the default period.
func filterOf(q url.Values, standard clientele.Period) (filter, error) {
	f := filter{Period: standard, By: q.Get("by"), Segment: q.Get("segment")}
	if f.Segment != "" && f.By == "" {
		return filter{}, clientele.Errorf(clientele.CodeInvalid, "a segment needs the attribute it is of").WithHint("Choose the segment from the menu again.")
	}
	if q.Get("from") == "" && q.Get("to") == "" {
		return f, nil
	}
	from, err := clientele.ParseDate(q.Get("from"))
	if err != nil {
		return filter{}, err
	}
	to, err := clientele.ParseDate(q.Get("to"))
	if err != nil {
		return filter{}, err
	}
	f.Period, err = clientele.NewPeriod(from, to)
	return f, err
}

// filter reads the filter of the address, whose segment must be one that the reader may see.
func (v visit) filter(standard clientele.Period) (filter, error) {
	f, err := filterOf(v.URL.Query(), standard)
	if err == nil && f.Segment != "" {
		err = policy.RequireRows(v.Context(), policy.Scope{Attribute: f.By, Value: f.Segment})
	}
	return f, err
}

func (f filter) request() statement.Request { return statement.Request{Period: f.Period, By: f.By} }

// href is a path with the filter and further names and values.
func (f filter) href(path string, more ...string) string {
	q := url.Values{"from": {f.Period.From.String()}, "to": {f.Period.To.String()}}
	if f.By != "" {
		q.Set("by", f.By)
	}
	if f.Segment != "" {
		q.Set("segment", f.Segment)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

// explain is where a line of the statement is explained.
func (f filter) explain(line warehouse.Line) string { return f.href("/explain", "line", string(line)) }

func (f filter) with(p clientele.Period) filter {
	f.Period = p
	return f
}

func (f filter) of(by, segment string) filter {
	f.By, f.Segment = by, segment
	return f
}

// about names the segment, or "" for all customers.
func (f filter) about() string {
	if f.Segment == "" {
		return ""
	}
	return capital(attributeWords(f.By)) + ": " + f.Segment
}

// attributeWords is the name of an attribute as people would write it.
func attributeWords(name string) string { return strings.ReplaceAll(name, "_", " ") }

// choice is one entry of a menu.
type choice struct {
	Name, Note, Href string
	Current          bool
}

// group is the entries of a menu under one heading.
type group struct {
	Name    string
	Choices []choice
}

// menu is a picker that works without scripts.
type menu struct {
	Name    string // what is chosen, for those who do not see it
	Current string
	Groups  []group
	Custom  *customPeriod // the form for free dates, in the period menu
}

// customPeriod is the form for free dates.
type customPeriod struct{ Path, From, To, By, Segment string }

// periodMenu leads to the same page, at path, of other periods.
func (v visit) periodMenu(path string, ps statement.Periods, f filter) menu {
	m := menu{Name: "Period", Current: v.period(f.Period), Custom: &customPeriod{path, f.Period.From.String(), f.Period.To.String(), f.By, f.Segment}}
	named := group{}
	for _, p := range ps.Named {
		c := choice{Name: p.Name, Href: f.with(p.Period).href(path), Current: p.Period == f.Period}
		if !p.Covered {
			c.Note = "in part"
		}
		if c.Current {
			m.Current = p.Name
		}
		named.Choices = append(named.Choices, c)
	}
	m.Groups = []group{named}
	return m
}

func segmentMenu(attributes []string, st clientele.Statement, f filter) menu {
	all := choice{Name: "All customers", Href: f.of("", "").href("/"), Current: f.By == ""}
	m := menu{Name: "Customers", Current: all.Name, Groups: []group{{Choices: []choice{all}}}}
	if f.By != "" {
		m.Current = "By " + attributeWords(f.By)
		segments := group{Name: capital(attributeWords(f.By))}
		for _, s := range st.Segments {
			c := choice{Name: s.Segment, Href: f.of(f.By, s.Segment).href("/"), Current: s.Segment == f.Segment}
			segments.Choices = append(segments.Choices, c)
		}
		m.Groups = append(m.Groups, segments)
	}
	if f.Segment != "" {
		m.Current = f.about()
	}
	by := group{Name: "Compare by"}
	for _, a := range attributes {
		by.Choices = append(by.Choices, choice{Name: capital(attributeWords(a)), Href: f.of(a, "").href("/"), Current: a == f.By && f.Segment == ""})
	}
	if len(attributes) > 0 {
		m.Groups = append(m.Groups, by)
	}
	return m
}
