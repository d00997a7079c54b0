package ui

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/warehouse"
)

// measurePage is one measure: what it is, how it went, and what it means.
type measurePage struct {
	frame
	Kicker, Headline string
	Why              string // why it cannot be told
	Cautions         []string
	Facts            []fact
	Form             measureForm
	Chart            *modelFigure // nil: there is nothing to draw
	Signals          []string
	Price            string
	Parts            *figTable // nil: it is not split
	Hidden           *caution
	Meaning, Version string
	LeftOut          []string
	Events           []markRow
	Mark             *markForm // nil: not for the reader
}

// measureForm asks for other days, a touchpoint or a split.
type measureForm struct {
	Path, From, To string
	Touchpoints    []pick
	Splits         []pick
	Within         string // "": the measure takes no days
}

// measure shows a measure once it is ready, and has it made otherwise.
func (s *Site) measure(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	request, err := measureRequest(r.PathValue("name"), r.URL.Query())
	if err != nil {
		return err
	}
	m, ok, err := s.Measures.Ready(r.Context(), request)
	if err != nil {
		return err
	}
	if !ok {
		return s.awaitMeasure(w, r, request)
	}
	form, err := s.measureForm(v, request, m)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "measure", s.measurePage(v, m, form))
}

func (s *Site) measurePage(v visit, m clientele.MeasureReport, form measureForm) measurePage {
	d := m.Definition
	p := measurePage{
		frame: s.frame(v, "measures", d.Title), Kicker: d.Title + " · " + v.ofDays(m), Why: v.sentence(m.Why), Form: form,
		Headline: d.Title + " cannot be told", Meaning: v.sentence(d.Text), Version: fmt.Sprintf("%s, version %d", d.Name, d.Version),
		Price: v.sentence(m.Series.Price), Hidden: v.hidden(m.Hidden),
	}
	if m.Within > 0 {
		p.Meaning += fmt.Sprintf(" Here N is %s days.", v.int(int64(m.Within)))
	}
	if m.Value != nil {
		p.Headline = fmt.Sprintf("%s: %s", d.Title, v.measured(m, m.Value))
		p.Facts = []fact{{"95% interval", v.interval(m, m.Measurement)}, {"counted", v.int(m.N)}, {"better is", better(d)}}
	}
	p.Events, p.Mark = v.markRows(m), v.markForm(form)
	for _, w := range m.Warnings {
		p.Cautions = append(p.Cautions, v.sentence(w))
	}
	for _, l := range m.LeftOut {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("%s, because %s", v.int(l.N), v.sentence(l.Why)))
	}
	if m.Period == nil {
		return p
	}
	p.Chart = new(v.controlChart(m))
	for _, signal := range m.Signals {
		p.Signals = append(p.Signals, v.signalWords(m, signal))
	}
	if m.By != "" {
		p.Parts = new(v.measureParts(m))
	}
	return p
}

func better(d clientele.MeasureDefinition) string {
	if d.Higher {
		return "more"
	}
	return "less"
}

// measureForm offers what the reader can ask for instead.
func (s *Site) measureForm(v visit, r measure.Request, m clientele.MeasureReport) (f measureForm, err error) {
	f = measureForm{Path: measureHref(r.Name), From: dayText(r.From), To: dayText(r.To)}
	if m.Within > 0 {
		f.Within = fmt.Sprint(m.Within)
	}
	f.Touchpoints = []pick{{Name: "all of them"}}
	touchpoints, err := s.Measures.Touchpoints(v.Context())
	if err != nil {
		return f, err
	}
	for _, t := range touchpoints {
		f.Touchpoints = append(f.Touchpoints, pick{t.Name, t.Name, t.Name == r.Touchpoint})
	}
	splits := []string{"", warehouse.ByTouchpoint, warehouse.ByDaysLate}
	if v.may(policy.ReadStatement) {
		attributes, err := s.Statements.Attributes(v.Context())
		if err != nil {
			return f, err
		}
		splits = append(splits, attributes...)
	}
	for _, by := range splits {
		if (measure.Request{Name: r.Name, By: by}).Check() == nil {
			f.Splits = append(f.Splits, pick{by, splitName(by), by == r.By})
		}
	}
	if (measure.Request{Name: r.Name, Touchpoint: "any"}).Check() != nil {
		f.Touchpoints = nil
	}
	return f, nil
}

func splitName(by string) string {
	switch by {
	case "":
		return "nothing"
	case warehouse.ByDaysLate:
		return "how late the delivery was"
	}
	return attributeWords(by)
}

func dayText(d *clientele.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// signalWords tells a signal in a sentence.
func (v visit) signalWords(m clientele.MeasureReport, s clientele.MeasureSignal) string {
	side := "below"
	if s.Above {
		side = "above"
	}
	return fmt.Sprintf("%s: %s the centre, for the %s (%s)", v.seriesName(m.Series.Every, s.Period), side, verdict(s), strings.Join(s.Rules, "; "))
}

// controlChart draws a measure by period.
func (v visit) controlChart(m clientele.MeasureReport) modelFigure {
	s := m.Series
	fig := chart.Figure{
		ID: "series", Title: v.controlTitle(m), Subtitle: fmt.Sprintf("By %s, with the limits of the %s chart", s.Every, s.Chart), Note: v.sentence(s.Why),
		Table: chart.Table{Caption: m.Definition.Title + " by " + s.Every, Columns: []string{capital(s.Every), "value", "95% interval", "limits", "counted", "signal"}},
	}
	signals := map[clientele.Date]clientele.MeasureSignal{}
	for _, signal := range m.Signals {
		signals[signal.From] = signal
	}
	if len(m.Events) > 0 {
		fig.Table.Columns = append(fig.Table.Columns, "events")
	}
	var points []chart.ControlPoint
	for _, p := range s.Points {
		signal, out := signals[p.From]
		name, mark := v.seriesName(s.Every, p.Period), ""
		points = append(points, chart.ControlPoint{Label: name, Value: p.Value, Low: p.LowerLimit, High: p.UpperLimit, Signal: out, Partial: p.Partial, Event: eventsIn(m, p.Period)})
		if p.Partial {
			name, mark = v.period(p.Period), "in part"
		}
		if out {
			mark = verdict(signal) + ": " + strings.Join(signal.Rules, "; ")
		}
		limits := none
		if p.LowerLimit != nil && p.UpperLimit != nil {
			limits = v.measured(m, p.LowerLimit) + " to " + v.measured(m, p.UpperLimit)
		}
		cells := []string{v.measured(m, p.Value), v.interval(m, p.Measurement), limits, v.int(p.N), mark}
		if len(m.Events) > 0 {
			cells = append(cells, eventNames(m, p.Period))
		}
		fig.Table.Rows = append(fig.Table.Rows, textRow(name, cells...))
	}
	fig.Plot.Control = chart.NewControl(points, s.Centre, func(f float64) string { return v.controlTick(m.Definition.Unit, f) })
	fig.Summary = v.controlSummary(m, fig.Title)
	return modelFigure{fig, "control"}
}

// controlTick writes a number of the axis.
func (v visit) controlTick(unit clientele.MeasureUnit, f float64) string {
	switch unit {
	case clientele.UnitShare:
		return v.setting(f)
	case clientele.UnitHours:
		return v.number(f, 6) + nbsp + "h"
	}
	return v.number(f, 6)
}

func (v visit) controlTitle(m clientele.MeasureReport) string {
	s := m.Series
	switch n := int64(len(m.Signals)); {
	case s.Centre == nil:
		return fmt.Sprintf("Too few %ss for limits", s.Every)
	case n == 0:
		return fmt.Sprintf("No %s stands out from chance", s.Every)
	case n == 1:
		return fmt.Sprintf("1 %s stands out from chance: %s, for the %s", s.Every, v.seriesName(s.Every, m.Signals[0].Period), verdict(m.Signals[0]))
	default:
		last := m.Signals[n-1]
		return fmt.Sprintf("%s %ss stand out from chance, the last of them %s, for the %s", v.int(n), s.Every, v.seriesName(s.Every, last.Period), verdict(last))
	}
}

func (v visit) controlSummary(m clientele.MeasureReport, title string) string {
	words := title + "."
	if m.Series.Centre != nil {
		words += " The centre is " + v.measured(m, m.Series.Centre) + "."
	}
	if n := len(m.Events); n > 0 {
		words += " " + capital(many(n, "event is", "events are")) + " marked."
	}
	for i := len(m.Series.Points) - 1; i >= 0; i-- {
		if p := m.Series.Points[i]; p.Value != nil {
			return words + fmt.Sprintf(" The latest is %s, %s.", v.measured(m, p.Value), v.seriesName(m.Series.Every, p.Period))
		}
	}
	return words
}

// measureParts sets the segments side by side.
func (v visit) measureParts(m clientele.MeasureReport) figTable {
	t := figTable{
		Title: "By " + splitName(m.By), Columns: []string{"", "value", "95% interval", "counted"},
		Subtitle: "Segments whose intervals overlap may not differ at all",
	}
	for _, s := range m.Segments {
		t.Rows = append(t.Rows, figRow{Name: s.Name, Note: v.sentence(s.Why), Cells: []fig{{Text: v.measured(m, s.Value)}, {Text: v.interval(m, s.Measurement)}, {Text: v.int(s.N)}}})
	}
	return t
}
