package ui

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/policy"
)

// measuresPage is all that is measured at touchpoints.
type measuresPage struct {
	frame
	Kicker, Headline string
	None             bool // nothing can be told
	Measures         figTable
	Untold           []untold
	Ask              string // whom to ask, of a reader who may not import
}

// untold is measures that cannot be told for one reason.
type untold struct {
	Measures []choice
	Why      string
}

// measures shows all measures once they are ready, and has them made otherwise.
func (s *Site) measures(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	o, ok, err := s.Measures.ReadyOverview(r.Context())
	if err != nil {
		return err
	}
	if !ok {
		return s.awaitMeasure(w, r, measure.Request{})
	}
	p := measuresPage{frame: s.frame(v, "measures", "Measures"), Kicker: "Measures at touchpoints", Ask: v.ask(policy.ImportData)}
	p.Measures, p.Untold = v.measureTable(o), v.untold(o)
	p.None = len(p.Measures.Rows) == 0
	p.Headline = v.measuresHeadline(o)
	return s.show(w, http.StatusOK, "measures", p)
}

// awaitMeasure has a measure made, and leads to the work.
func (s *Site) awaitMeasure(w http.ResponseWriter, r *http.Request, m measure.Request) error {
	j, err := s.desk().Measure(r.Context(), m)
	return follow(w, r, j, err)
}

func measureHref(name string) string { return "/measures/" + url.PathEscape(name) }

// measuresHeadline says what stands out now.
func (v visit) measuresHeadline(o clientele.MeasureOverview) string {
	var told int64
	var out []string
	for _, m := range o.Measures {
		if m.Value == nil {
			continue
		}
		told++
		if _, latest := latestSignal(m); latest {
			out = append(out, strings.ToLower(m.Definition.Title))
		}
	}
	switch {
	case told == 0:
		return "Nothing is measured yet."
	case len(out) == 0:
		return fmt.Sprintf("%s of %s measures can be told, and none stands out of late.", v.int(told), v.int(int64(len(o.Measures))))
	}
	return "What stands out of late: " + strings.Join(out, ", ") + "."
}

// latestSignal is the last signal of a measure; latest says that no whole period with a
// figure came after it.
func latestSignal(m clientele.MeasureReport) (s clientele.MeasureSignal, latest bool) {
	if len(m.Signals) == 0 {
		return s, false
	}
	s = m.Signals[len(m.Signals)-1]
	for _, p := range m.Series.Points {
		if p.From > s.From && p.UpperLimit != nil {
			return s, false
		}
	}
	return s, true
}

func (v visit) measureTable(o clientele.MeasureOverview) figTable {
	t := figTable{Title: "All that can be told", Columns: []string{"", "value", "95% interval", "counted", "last signal"}}
	for _, m := range o.Measures {
		if m.Value == nil {
			continue
		}
		last := "none"
		if s, _ := latestSignal(m); len(m.Signals) > 0 {
			last = v.seriesName(m.Series.Every, s.Period) + ", " + verdict(s)
		}
		if m.Series.Centre == nil {
			last = none
		}
		t.Rows = append(t.Rows, figRow{Name: m.Definition.Title, Note: v.period(*m.Period), Cells: []fig{
			{Of: m.Definition.Title, Text: v.measured(m, m.Value), Href: measureHref(m.Definition.Name)}, {Text: v.interval(m, m.Measurement)}, {Text: v.int(m.N)}, {Text: last},
		}})
	}
	return t
}

// untold groups measures by why they cannot be told.
func (v visit) untold(o clientele.MeasureOverview) (out []untold) {
	at := map[string]int{}
	for _, m := range o.Measures {
		if m.Value != nil {
			continue
		}
		i, ok := at[m.Why]
		if !ok {
			i = len(out)
			at[m.Why] = i
			out = append(out, untold{Why: v.sentence(m.Why)})
		}
		out[i].Measures = append(out[i].Measures, choice{Name: m.Definition.Title, Href: measureHref(m.Definition.Name)})
	}
	return out
}

// verdict says which way a signal goes.
func verdict(s clientele.MeasureSignal) string {
	if s.Better {
		return "better"
	}
	return "worse"
}

// seriesName is a period of a series as people call it: a month by its name, a week or a day
// by its first.
func (v visit) seriesName(every string, p clientele.Period) string {
	if every == "month" && p.From.Time().Day() == 1 && (p.To+1).Time().Day() == 1 {
		return v.month(p.From)
	}
	return v.date(p.From)
}

// measured writes a value of a measure in its unit.
func (l *locale) measured(m clientele.MeasureReport, value *float64) string {
	if value == nil {
		return none
	}
	switch m.Definition.Unit {
	case clientele.UnitShare:
		return l.percent(*value)
	case clientele.UnitPoints:
		return l.fixed(*value, 1)
	case clientele.UnitHours:
		return l.hours(*value)
	}
	return l.fixed(*value, 2)
}

// hours writes a time in the unit that suits it.
func (l *locale) hours(h float64) string {
	switch {
	case h < 1:
		return l.number(60*h, 0) + nbsp + "min"
	case h < 72:
		return l.number(h, 1) + nbsp + "h"
	}
	return l.number(h/24, 1) + nbsp + "days"
}

// interval writes a 95 % interval; an end that cannot be told is open.
func (l *locale) interval(m clientele.MeasureReport, of clientele.Measurement) string {
	switch {
	case of.Low == nil && of.High == nil:
		return none
	case of.High == nil:
		return "from " + l.measured(m, of.Low)
	case of.Low == nil:
		return "to " + l.measured(m, of.High)
	}
	return l.measured(m, of.Low) + " to " + l.measured(m, of.High)
}

// measureRequest reads what is asked of a measure from the address.
func measureRequest(name string, q url.Values) (r measure.Request, err error) {
	r = measure.Request{Name: name, Touchpoint: q.Get("touchpoint"), By: q.Get("by")}
	if err := r.Between(q.Get("from"), q.Get("to")); err != nil {
		return r, err
	}
	if text := q.Get("within"); text != "" {
		if _, err := fmt.Sscanf(text, "%d", &r.Within); err != nil || fmt.Sprint(r.Within) != text {
			return r, clientele.Errorf(clientele.CodeInvalid, "%q is not a number of days", text).WithHint("Write a whole number, such as 7.")
		}
	}
	return r, r.Check()
}

// ofDays says which days and where a measure is of.
func (v visit) ofDays(m clientele.MeasureReport) string {
	if m.Period == nil {
		return cmp.Or(m.Touchpoint, "no day")
	}
	about := v.period(*m.Period)
	if m.Touchpoint != "" {
		about += " · " + m.Touchpoint
	}
	return about
}
