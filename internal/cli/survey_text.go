package cli

import (
	"fmt"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/survey"
)

// writeSurvey writes what a survey says for people to read.
func writeSurvey(p page, r survey.Results) {
	fmt.Fprintf(p, "%s, of %s, %s\n\n", visible(r.Survey), r.Who, r.State)
	p.line("asked", whole(r.Asked))
	p.line("answered", whole(r.Answered))
	p.line("response rate", shareOr(r.Rate))
	if r.Open > 0 {
		p.line("by the open link", whole(r.Open))
	}
	for _, note := range r.Notes {
		p.note(note)
	}
	p.spoke(r)
	for _, q := range r.Questions {
		p.question(q)
	}
}

// spoke says who of all customers answered, and who was silent.
func (p page) spoke(r survey.Results) {
	if len(r.Segments) == 0 {
		return
	}
	p.section("Who was asked, and who spoke", "")
	var rows [][]string
	for _, s := range r.Segments {
		weight := "—"
		if s.Weight != nil {
			weight = fmt.Sprintf("%.2f", *s.Weight)
		}
		name := visible(s.Name)
		if name == "" {
			name = "all customers"
		}
		rows = append(rows, []string{name, whole(s.Customers), whole(s.Asked), whole(s.Answered), shareOr(s.Rate), weight})
	}
	p.table([]string{"segment", "customers", "asked", "answered", "rate", "one stands for"}, rows, 0)
	if r.Silent != nil && *r.Silent > 0 {
		p.note(fmt.Sprintf("Nobody has answered for %s of the customers.", shareOr(r.Silent)))
	}
}

func (p page) question(q survey.QuestionResult) {
	p.section(visible(q.Text), string(q.Kind))
	if q.Value != nil {
		p.line("value", surveyValue(q.Unit, q.Value))
		p.line("  95 % interval", surveyInterval(q.Unit, q.Measurement))
	}
	p.line("n", whole(q.N))
	if q.Value != nil && q.Effective < float64(q.N)-.05 {
		p.line("  of which weights leave", fmt.Sprintf("%.1f", q.Effective))
	}
	if q.NotApplicable > 0 {
		p.line("does not apply", whole(q.NotApplicable))
	}
	if q.Skipped > 0 {
		p.line("skipped", whole(q.Skipped))
	}
	for _, c := range q.Counts {
		if q.N > 0 {
			p.line("  "+visible(c.Label), whole(c.N)+"  "+padLeft(shareOr(c.Share), 7))
		}
	}
	if len(q.Waves) > 1 {
		p.parts(q, q.Waves)
	}
	p.parts(q, q.Parts)
	for _, text := range q.Comments {
		p.note("“" + visible(text) + "”")
	}
}

func (p page) parts(q survey.QuestionResult, parts []survey.PartResult) {
	for _, part := range parts {
		if part.Value != nil {
			p.line("  "+visible(part.Name), fmt.Sprintf("%s  %s  n %s", surveyValue(q.Unit, part.Value), surveyInterval(q.Unit, part.Measurement), whole(part.N)))
		}
	}
}

// surveyValue writes a value in its unit.
func surveyValue(unit clientele.MeasureUnit, v *float64) string {
	switch {
	case v == nil:
		return "—"
	case unit == clientele.UnitShare:
		return shareOr(v)
	case unit == clientele.UnitPoints:
		return strconv.FormatFloat(*v, 'f', 1, 64)
	}
	return strconv.FormatFloat(*v, 'f', 2, 64)
}

func surveyInterval(unit clientele.MeasureUnit, m clientele.Measurement) string {
	return "[" + surveyValue(unit, m.Low) + "; " + surveyValue(unit, m.High) + "]"
}

// shareOr writes a share as a percentage.
func shareOr(v *float64) string {
	if v == nil {
		return "—"
	}
	return strconv.FormatFloat(100**v, 'f', 1, 64) + " %"
}
