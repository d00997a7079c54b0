package ui

import (
	"fmt"
	"net/http"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/survey"
)

// surveyPage is one survey: who was asked, who spoke, and what they said.
type surveyPage struct {
	frame
	Kicker, Headline string
	Facts            []fact
	Notes            []string
	Refused          refusal
	Send, Close      string // addresses; "" for those who may not, and of what is closed
	Open, Embed      string // addresses of the open link, and of the one for a frame
	Segments         *figTable
	Hidden           *caution
	Waves            *figTable
	Questions        []questionPart
}

// questionPart is what was answered to one question.
type questionPart struct {
	ID, Title, Kind string
	Value           string // with its interval; "" has none
	Facts           []fact
	Chart           *modelFigure // by wave; nil if there is but one
	Bars            []surveyBar
	Parts           *figTable
	Comments        []string
	Texts           string // how many those are
}

// surveyBar is how often one value was answered.
type surveyBar struct {
	Label, N, Share string
	Width           string // of 100
}

func (s *Site) survey(w http.ResponseWriter, r *http.Request) error { return s.surveyWith(w, r, nil) }

func (s *Site) surveyWith(w http.ResponseWriter, r *http.Request, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	found, err := s.Surveys.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	results, err := s.Surveys.Results(r.Context(), found.ID)
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "survey", s.surveyPage(v, found, results, refused))
}

func (s *Site) surveyPage(v visit, found survey.Survey, r survey.Results, refused error) surveyPage {
	p := surveyPage{
		frame: s.frame(v, "surveys", found.Name), Kicker: found.Name + " · asks " + string(r.Who) + " · " + r.State, Headline: v.surveyHeadline(r),
		Refused: refusalOf(refused), Hidden: v.hidden(r.Hidden),
		Facts: []fact{{"asked", v.int(r.Asked)}, {"answered", v.int(r.Answered)}, {"response rate", v.shareOr(r.Rate)}},
	}
	if r.Begun > 0 {
		p.Facts = append(p.Facts, fact{"begun and not sent", v.int(r.Begun)})
	}
	if r.Open > 0 {
		p.Facts = append(p.Facts, fact{"by the open link", v.int(r.Open)})
	}
	if r.Silent != nil && *r.Silent > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("Nobody has answered for %s of the customers: the values say nothing of them.", v.percent(*r.Silent)))
	}
	p.Notes = append(p.Notes, r.Notes...)
	if v.may(policy.RunSurveys) && r.State != "closed" {
		p.Send, p.Close = surveyHref(found.ID)+"/send", surveyHref(found.ID)+"/close"
	}
	if r.State != "closed" {
		p.Open, p.Embed = found.Address, found.Embedded
	}
	p.Segments, p.Waves = v.surveySegments(r), v.surveyWaves(r)
	for _, q := range r.Questions {
		p.Questions = append(p.Questions, v.questionPart(q))
	}
	return p
}

// surveyHeadline is the first value that there is.
func (v visit) surveyHeadline(r survey.Results) string {
	for _, q := range r.Questions {
		if q.Value != nil {
			return fmt.Sprintf("%s: %s", surveyKind(q.Kind), v.surveyValue(q.Unit, q.Value))
		}
	}
	if r.Asked == 0 {
		return "Nobody was asked yet"
	}
	return "There is nothing to tell yet"
}

// surveyKind names a kind of question.
func surveyKind(k survey.Kind) string {
	return map[survey.Kind]string{
		survey.NPS: "Net promoter score", survey.CSAT: "Satisfied customers", survey.CES: "Ease, 1 to 7", survey.Rating: "Mean rating", survey.Choice: "Choice", survey.Words: "In their words",
	}[k]
}

func (v visit) surveyValue(unit clientele.MeasureUnit, x *float64) string {
	switch {
	case x == nil:
		return none
	case unit == clientele.UnitShare:
		return v.percent(*x)
	case unit == clientele.UnitPoints:
		return v.fixed(*x, 1)
	}
	return v.fixed(*x, 2)
}

func (v visit) surveyInterval(unit clientele.MeasureUnit, m clientele.Measurement) string {
	if m.Low == nil || m.High == nil {
		return none
	}
	return v.surveyValue(unit, m.Low) + " to " + v.surveyValue(unit, m.High)
}

func (v visit) shareOr(x *float64) string {
	if x == nil {
		return none
	}
	return v.percent(*x)
}

func (v visit) surveySegments(r survey.Results) *figTable {
	if len(r.Segments) == 0 {
		return nil
	}
	t := &figTable{Title: "Who was asked, and who spoke", Subtitle: "Every answer stands for so many customers of its segment", Columns: []string{"segment", "customers", "asked", "answered", "rate", "one stands for"}}
	for _, s := range r.Segments {
		row := figRow{Name: firstText(s.Name, "all customers")}
		weight := none
		if s.Weight != nil {
			weight = v.fixed(*s.Weight, 1)
		}
		if s.Answered == 0 {
			row.Note = "silent"
		}
		for _, text := range []string{v.int(s.Customers), v.int(s.Asked), v.int(s.Answered), v.shareOr(s.Rate), weight} {
			row.Cells = append(row.Cells, fig{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v visit) surveyWaves(r survey.Results) *figTable {
	if len(r.Waves) == 0 {
		return nil
	}
	t := &figTable{Title: "Waves", Columns: []string{"wave", "sent", "closes", "asked", "answered", "rate"}}
	for _, w := range r.Waves {
		row := figRow{Name: v.int(w.Number)}
		for _, text := range []string{v.day(w.Began), v.day(w.Closes), v.int(w.Asked), v.int(w.Answered), v.shareOr(w.Rate)} {
			row.Cells = append(row.Cells, fig{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v visit) questionPart(q survey.QuestionResult) questionPart {
	p := questionPart{ID: q.ID, Title: q.Text, Kind: surveyKind(q.Kind), Comments: q.Comments, Texts: v.int(int64(len(q.Comments))) + " texts, as they were written", Facts: []fact{{"answered", v.int(q.N)}}}
	if q.Value != nil {
		p.Value = v.surveyValue(q.Unit, q.Value)
		p.Facts = append([]fact{{"95% interval", v.surveyInterval(q.Unit, q.Measurement)}}, p.Facts...)
		if q.Effective < float64(q.N)-.05 {
			p.Facts = append(p.Facts, fact{"worth as many of equal weight", v.fixed(q.Effective, 1)})
		}
		if q.Unweighted != nil {
			p.Facts = append(p.Facts, fact{"without weights", v.surveyValue(q.Unit, q.Unweighted)})
		}
	}
	if q.NotApplicable > 0 {
		p.Facts = append(p.Facts, fact{"does not apply", v.int(q.NotApplicable)})
	}
	if q.Skipped > 0 {
		p.Facts = append(p.Facts, fact{"skipped", v.int(q.Skipped)})
	}
	if q.N > 0 {
		p.Bars = v.surveyBars(q.Counts)
	}
	if len(q.Waves) > 1 {
		p.Chart = new(v.waveChart(q))
	}
	if len(q.Parts) > 1 {
		p.Parts = &figTable{Title: "By part: " + q.Text, Columns: []string{"part", "value", "95% interval", "answered"}}
		for _, part := range q.Parts {
			p.Parts.Rows = append(p.Parts.Rows, figRow{Name: part.Name, Cells: []fig{{Text: v.surveyValue(q.Unit, part.Value)}, {Text: v.surveyInterval(q.Unit, part.Measurement)}, {Text: v.int(part.N)}}})
		}
	}
	return p
}

func (v visit) surveyBars(counts []survey.Count) (bars []surveyBar) {
	for _, c := range counts {
		width := 0.0
		if c.Share != nil {
			width = 100 * *c.Share
		}
		bars = append(bars, surveyBar{c.Label, v.int(c.N), v.shareOr(c.Share), fmt.Sprintf("%.1f", width)})
	}
	return bars
}

// waveChart is a question's value wave by wave, each within its interval.
func (v visit) waveChart(q survey.QuestionResult) modelFigure {
	fig := chart.Figure{
		ID: "waves-" + q.ID, Subtitle: "By wave, each with its 95% interval",
		Table: chart.Table{Caption: q.Text + " by wave", Columns: []string{"Wave", "value", "95% interval", "answered"}},
	}
	var points []chart.ControlPoint
	for _, w := range q.Waves {
		name := v.day(*w.At)
		points = append(points, chart.ControlPoint{Label: name, Value: w.Value, Low: w.Low, High: w.High})
		fig.Table.Rows = append(fig.Table.Rows, textRow(name, v.surveyValue(q.Unit, w.Value), v.surveyInterval(q.Unit, w.Measurement), v.int(w.N)))
	}
	fig.Title = v.waveTitle(q)
	fig.Summary = fig.Title + "."
	fig.Plot.Control = chart.NewControl(points, nil, func(f float64) string { return v.controlTick(q.Unit, f) })
	return modelFigure{fig, "interval"}
}

// waveTitle says whether the last wave stands apart from the one before.
func (v visit) waveTitle(q survey.QuestionResult) string {
	last, before := q.Waves[len(q.Waves)-1], q.Waves[len(q.Waves)-2]
	switch {
	case last.Low == nil || before.Low == nil || last.High == nil || before.High == nil:
		return "The last wave cannot be compared yet"
	case *last.Low > *before.High:
		return fmt.Sprintf("The last wave is above the one before: %s after %s", v.surveyValue(q.Unit, last.Value), v.surveyValue(q.Unit, before.Value))
	case *last.High < *before.Low:
		return fmt.Sprintf("The last wave is below the one before: %s after %s", v.surveyValue(q.Unit, last.Value), v.surveyValue(q.Unit, before.Value))
	}
	return "The last two waves do not differ by more than chance makes"
}
