package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

// modelView turns a model run into what its page shows.
type modelView struct {
	visit
	run clientele.ModelRun
}

// check is the forecast of the held-out days in figures.
func (m modelView) check() figTable {
	c := *m.run.Check
	t := figTable{
		Title:    "What it was held against",
		Subtitle: fmt.Sprintf("Fitted on purchases to %s, held against those from then to %s", m.date(c.CalibratedTo), m.date(c.To)),
	}
	add := func(name, text, note string) {
		t.Rows = append(t.Rows, figRow{Name: name, Cells: []fig{{Text: text}}, Note: note})
	}
	add("Repeat purchase days, actual", m.int(c.Actual), "")
	add("expected", m.number(c.Expected, 0), "95% sure: "+m.number(c.Low, 0)+" to "+m.number(c.High, 0))
	add("difference", signedPercent(m.locale, c.Bias), "of the actual total")
	add("Mean error a customer", m.fixed(c.MAE, 3), "purchase days (MAE)")
	add("Score of the whole forecast", m.fixed(c.CRPS, 4), "CRPS: less is better")
	if c.AUC != nil {
		add("Tells buyers from others", m.percent(*c.AUC), "right of two customers, of whom one bought (AUC)")
	}
	return t
}

func (m modelView) weekly() *modelFigure {
	c := *m.run.Check
	fig := m.tracking(c.Weekly)
	fig.ID, fig.Title = "weekly", weeklyTitle(c.Weekly)
	fig.Summary = fmt.Sprintf("%s. Fitted on purchases to %s; then %s purchase days were expected and %s happened.",
		fig.Title, m.date(c.CalibratedTo), m.number(c.Expected, 0), m.int(c.Actual))
	return &modelFigure{fig, "band"}
}

// figures are the charts below the first, in pairs.
func (m modelView) figures() [][]modelFigure {
	var all []modelFigure
	if c := m.run.Check; c != nil {
		all = append(all, m.cumulative(*c))
	}
	if len(m.run.Frequency) > 0 {
		all = append(all, m.frequency())
	}
	if c := m.run.Check; c != nil {
		all = append(all, m.conditional(*c))
		if len(c.Sets) > 0 {
			all = append(all, m.sets(*c))
		}
		if slices.ContainsFunc(c.ByFrequency, counted) {
			all = append(all, m.errs(*c))
		}
		if len(c.Cohorts) > 0 {
			all = append(all, m.cohorts(*c))
		}
	}
	return slices.Collect(slices.Chunk(all, 2))
}

func (m modelView) cumulative(c clientele.ModelCheck) modelFigure {
	fig := chart.Figure{
		ID: "cumulative", Title: m.cumulativeTitle(c), Subtitle: "All repeat purchase days since the records begin, actual and expected",
		Table: chart.Table{Caption: "Repeat purchase days since the records begin", Columns: []string{"To the end of the week of", "actual", "expected", "the model"}},
	}
	points := make([]chart.Point, len(c.Cumulative))
	split := len(points)
	for i, w := range c.Cumulative {
		points[i] = chart.Point{Label: m.date(w.Week), Actual: float64(w.Actual), Expected: w.Expected, Low: w.Expected, High: w.Expected}
		said := "had seen it"
		if w.HeldOut {
			split, said = min(split, i), "had not"
		}
		fig.Table.Rows = append(fig.Table.Rows, textRow(m.date(w.Week), m.int(w.Actual), m.number(w.Expected, 0), said))
	}
	fig.Plot.Tracking = chart.NewTracking(points, split, m.tick)
	fig.Summary = fig.Title + "."
	if n := len(c.Cumulative); n > 0 {
		fig.Summary += fmt.Sprintf(" At the end %s had happened and %s were expected.", m.int(c.Cumulative[n-1].Actual), m.number(c.Cumulative[n-1].Expected, 0))
	}
	return modelFigure{fig, "lines"}
}

// tick writes a number of an axis.
func (m modelView) tick(f float64) string { return m.number(f, 6) }

func (m modelView) percentTick(f float64) string { return m.setting(f / 100) }

func textRow(name string, cells ...string) chart.Row {
	r := chart.Row{Name: name}
	for _, c := range cells {
		r.Cells = append(r.Cells, chart.Cell{Text: c})
	}
	return r
}

func (m modelView) frequency() modelFigure {
	fig := chart.Figure{
		ID: "frequency", Title: m.frequencyTitle(m.run.Frequency), Subtitle: "Customers by repeat purchase days up to " + m.date(m.run.AsOf),
		Table: chart.Table{Caption: "Customers by repeat purchase days", Columns: []string{"Repeat purchase days", "customers", "expected"}},
	}
	var items []chart.Column
	for _, f := range m.run.Frequency {
		name := m.orders(f.Orders, f.OrMore)
		items = append(items, chart.Column{Label: name, Actual: float64(f.Actual), Expected: &f.Expected})
		fig.Table.Rows = append(fig.Table.Rows, textRow(name, m.int(f.Actual), m.number(f.Expected, 0)))
	}
	return m.columns(fig, items, m.tick)
}

// columns draws classes, and reads them aloud from the table.
func (m modelView) columns(fig chart.Figure, items []chart.Column, format func(float64) string) modelFigure {
	fig.Plot.Columns = chart.NewColumns(items, format)
	var said []string
	for _, r := range fig.Table.Rows {
		said = append(said, r.Name+": "+r.Cells[0].Text+", "+fig.Table.Columns[2]+" "+r.Cells[1].Text)
	}
	fig.Summary = fig.Title + ". " + strings.Join(said, "; ") + "."
	if slices.ContainsFunc(items, func(c chart.Column) bool { return c.Strange }) {
		fig.Note = "✱ is further off than chance explains."
	}
	return modelFigure{fig, "columns"}
}

func (m modelView) conditional(c clientele.ModelCheck) modelFigure {
	fig := chart.Figure{
		ID: "conditional", Title: m.conditionalTitle(c), Subtitle: "Purchase days of a customer after the calibration, by repeat purchase days before its end",
		Table: chart.Table{Caption: "Purchase days of a customer held out", Columns: []string{"Repeat purchase days before", "a customer made", "expected", "customers"}},
	}
	var items []chart.Column
	for _, f := range c.ByFrequency {
		name := m.orders(f.Orders, f.OrMore)
		items = append(items, chart.Column{Label: name, Actual: f.Actual, Expected: &f.Expected})
		fig.Table.Rows = append(fig.Table.Rows, textRow(name, m.fixed(f.Actual, 2), m.fixed(f.Expected, 2), m.int(f.Customers)))
	}
	return m.columns(fig, items, m.tick)
}

func (m modelView) sets(c clientele.ModelCheck) modelFigure {
	fig := chart.Figure{
		ID: "sets", Title: m.setsTitle(c), Subtitle: "Share of customers whose purchases lay in the shortest range of counts meant to hold so many",
		Table: chart.Table{Caption: "Ranges of purchases of single customers", Columns: []string{"Meant to hold", "held", "expected", "mean width"}},
	}
	var items []chart.Column
	for _, s := range c.Sets {
		name := m.setting(s.Nominal)
		items = append(items, chart.Column{Label: name, Actual: 100 * s.Covered, Expected: new(100 * s.Expected)})
		fig.Table.Rows = append(fig.Table.Rows, textRow(name, m.percent(s.Covered), m.percent(s.Expected), m.fixed(s.Width, 2)))
	}
	return m.columns(fig, items, m.percentTick)
}

// errs is where the ranges of single customers err.
func (m modelView) errs(c clientele.ModelCheck) modelFigure {
	fig := chart.Figure{
		ID: "errs", Title: m.errTitle(c.ByFrequency), Subtitle: "Share of customers whose purchases lay in their 90% range, by repeat purchase days before",
		Table: chart.Table{Caption: "90% ranges by repeat purchase days", Columns: []string{"Repeat purchase days before", "held", "expected", "customers"}},
	}
	var items []chart.Column
	for _, f := range slices.DeleteFunc(slices.Clone(c.ByFrequency), func(f clientele.FrequencyClass) bool { return !counted(f) }) {
		name := m.orders(f.Orders, f.OrMore)
		items = append(items, chart.Column{Label: name, Actual: 100 * *f.Covered, Expected: new(100 * *f.Held), Strange: strange(f)})
		fig.Table.Rows = append(fig.Table.Rows, textRow(name, m.percent(*f.Covered), m.percent(*f.Held), m.int(f.Customers)))
	}
	return m.columns(fig, items, m.percentTick)
}

func (m modelView) cohorts(c clientele.ModelCheck) modelFigure {
	fig := chart.Figure{
		ID: "cohorts", Title: cohortsTitle(c.Cohorts), Subtitle: "Held-out purchase days above and below the expected, by the day of the first purchase",
		Table: chart.Table{Caption: "Held-out purchase days by first purchase", Columns: []string{"First bought", "made", "expected", "difference in standard errors", "customers"}},
	}
	var items []chart.Column
	for _, r := range c.Cohorts {
		items = append(items, chart.Column{Label: m.date(r.From), Actual: float64(r.Actual) - r.Expected, Strange: r.FarOff})
		fig.Table.Rows = append(fig.Table.Rows, textRow(m.date(r.From)+" – "+m.date(r.To), m.int(r.Actual), m.number(r.Expected, 0), m.fixed(r.Z, 1), m.int(r.Customers)))
	}
	out := m.columns(fig, items, m.tick)
	out.Legend = ""
	return out
}

// choice is the last comparison of the candidates.
func (m modelView) choice() *choicePart {
	c := m.run.Choice
	if c == nil {
		return nil
	}
	p := &choicePart{
		Title: c.Name + " foretells best", Scheme: m.sentence(c.Scheme),
		Made: "Compared " + m.instant(c.At) + " on records to " + m.date(c.AsOf) + ".",
	}
	for _, r := range c.Reasons {
		p.Reasons = append(p.Reasons, m.sentence(r))
	}
	for _, o := range c.Origins {
		p.Origins = append(p.Origins, originRow{m.date(o.CalibratedTo), m.date(o.CalibratedTo+1) + " – " + m.date(o.To), m.int(o.Customers), m.int(o.Actual)})
	}
	for _, x := range c.Candidates {
		p.Candidates = append(p.Candidates, m.candidate(x))
	}
	return p
}

func (m modelView) candidate(c clientele.ModelCandidate) candidateRow {
	row := candidateRow{
		Name: c.Name, Verdict: verdictWords[c.Verdict], Words: m.sentence(c.Words), Chosen: c.Verdict == clientele.CandidateChosen,
		CRPS: m.optional(c.CRPS, 5), Behind: m.optional(c.Behind, 5), MAE: m.optional(c.MAE, 4), AUC: m.optional(c.AUC, 3), LogLikelihood: m.optional(c.LogLikelihood, 1), Bias: none,
	}
	switch {
	case c.Behind == nil:
	case *c.Behind == 0:
		row.Behind = "best"
	case c.BehindSE != nil:
		row.Behind += " ± " + m.fixed(*c.BehindSE, 5)
	}
	if c.Bias != nil {
		row.Bias = signedPercent(m.locale, *c.Bias)
	}
	return row
}

// optional writes a figure that may be missing.
func (l *locale) optional(f *float64, decimals int) string {
	if f == nil {
		return none
	}
	return l.fixed(*f, decimals)
}

func (m modelView) parameters() *parameterPart {
	if len(m.run.Parameters) == 0 {
		return nil
	}
	p := &parameterPart{Subtitle: m.sentence(m.run.Intervals)}
	purchases, spend, _ := strings.Cut(m.run.Name, " + ")
	for _, x := range m.run.Parameters {
		model := spend
		if x.Model == m.run.Model {
			model = purchases
		}
		row := parameterRow{Model: model, Name: x.Name, Meaning: x.Meaning, Estimate: m.significant(x.Estimate), SE: none, Interval: m.interval(x)}
		if x.SE != nil {
			row.SE = m.significant(*x.SE)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func (m modelView) interval(p clientele.ModelParameter) string {
	switch {
	case p.Low == nil && p.High == nil:
		return none
	case p.Low == nil:
		return "up to " + m.significant(*p.High)
	case p.High == nil:
		return "from " + m.significant(*p.Low) + ", without an end"
	}
	return m.significant(*p.Low) + " – " + m.significant(*p.High)
}

// significant writes a figure with four digits that count.
func (l *locale) significant(f float64) string {
	if f == 0 {
		return l.fixed(f, 0)
	}
	return l.fixed(f, min(8, max(0, 3-int(math.Floor(math.Log10(math.Abs(f)))))))
}
