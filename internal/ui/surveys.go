package ui

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/spreadsheet"
	"github.com/clientele/clientele/internal/survey"
)

// surveysPage is every survey, and the form that makes one.
type surveysPage struct {
	frame
	Headline string
	Surveys  []surveyRow
	Form     *surveyForm // nil for those who may not
}

// surveyRow is one survey of the list.
type surveyRow struct {
	Name, Href, Who, Touchpoint, State, Waves, Asked, Last string
}

// surveyForm holds a survey as a file says it.
type surveyForm struct {
	Text    string
	Refused refusal
}

// surveyPages are about surveys, for those who run them.
func (s *Site) surveyPages() []route {
	return []route{
		{"GET /surveys", policy.ReadSurveys, s.surveys},
		{"POST /surveys", policy.RunSurveys, s.createSurvey},
		{"GET /surveys/{id}", policy.ReadSurveys, s.survey},
		{"POST /surveys/{id}/send", policy.RunSurveys, s.sendSurvey},
		{"POST /surveys/{id}/close", policy.RunSurveys, s.closeSurvey},
		{"POST /touchpoints/{id}/hands", policy.ReportHands, s.reportHands},
	}
}

// sampleSurvey is what the form begins with: short, and one that works.
const sampleSurvey = `survey: Delivery
touchpoint: Delivery
languages: [en]
title: Your delivery
ask: {who: customers, sample: 400}
waves: {count: 4, every: 90, open: 21}
reminders: [5]
quarantine: 30
questions:
  - id: recommend
    kind: nps
    text: How likely are you to recommend us?
    low: not at all likely
    high: extremely likely
  - id: why
    kind: text
    text: What is the main reason?
`

func (s *Site) surveys(w http.ResponseWriter, r *http.Request) error {
	return s.surveysWith(w, r, sampleSurvey, nil)
}

func (s *Site) surveysWith(w http.ResponseWriter, r *http.Request, text string, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	all, err := s.Surveys.List(r.Context())
	if err != nil {
		return err
	}
	p := surveysPage{frame: s.frame(v, "surveys", "Surveys"), Headline: "Nobody is asked yet"}
	open := int64(0)
	for _, m := range all {
		if m.State == "open" {
			open++
		}
		p.Surveys = append(p.Surveys, v.surveyRow(m))
	}
	switch {
	case open == 1:
		p.Headline = "1 survey is open"
	case open > 1:
		p.Headline = v.int(open) + " surveys are open"
	case len(all) > 0:
		p.Headline = "No survey is open"
	}
	if v.may(policy.RunSurveys) {
		p.Form = &surveyForm{text, refusalOf(refused)}
	}
	return s.show(w, statusOf(refused), "surveys", p)
}

func (v visit) surveyRow(m survey.Summary) surveyRow {
	row := surveyRow{
		Name: m.Name, Href: surveyHref(m.ID), Who: string(m.Who), Touchpoint: m.Touchpoint, State: m.State, Waves: v.int(int64(m.Waves)), Asked: v.int(m.Asked), Last: "never",
	}
	if m.Last != nil {
		row.Last = v.day(*m.Last)
	}
	return row
}

func surveyHref(id string) string { return "/surveys/" + url.PathEscape(id) }

func (s *Site) createSurvey(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	text := form.Get("document")
	d, err := survey.ParseDocument("the survey", []byte(text))
	if err == nil {
		var made survey.Survey
		if made, err = s.Surveys.Create(r.Context(), d); err == nil {
			leave(w, r, surveyHref(made.ID))
			return nil
		}
	}
	if refuses(err) {
		return s.surveysWith(w, r, text, err)
	}
	return err
}

// sendSurvey sends what is due. Links that nobody mails come as a file, once.
func (s *Site) sendSurvey(w http.ResponseWriter, r *http.Request) error {
	sent, err := s.Surveys.Send(r.Context(), r.PathValue("id"), "")
	if refuses(err) {
		return s.surveyWith(w, r, err)
	}
	if err != nil {
		return err
	}
	if len(sent.Links) == 0 {
		leave(w, r, surveyHref(r.PathValue("id")))
		return nil
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="links-wave-%d-%s.csv"`, sent.Wave, time.Now().UTC().Format(time.DateOnly)))
	w.Header().Set("Cache-Control", "no-store")
	out := csv.NewWriter(w)
	_ = out.Write([]string{"customer", "link", "email", "language"}) // whose error stays for Error
	for _, l := range sent.Links {
		_ = out.Write([]string{spreadsheet.Text(l.Customer), l.URL, spreadsheet.Text(l.Address), l.Language})
	}
	out.Flush()
	return out.Error()
}

func (s *Site) closeSurvey(w http.ResponseWriter, r *http.Request) error {
	if err := s.Surveys.Close(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	leave(w, r, surveyHref(r.PathValue("id")))
	return nil
}

// reportHands leads somebody to where they say what ties their hands at a touchpoint.
func (s *Site) reportHands(w http.ResponseWriter, r *http.Request) error {
	path, err := s.Surveys.Report(r.Context(), r.PathValue("id"))
	if refusesEdit(err) {
		return s.touchpointWith(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, path)
	return nil
}

// handsPart is what employees said of a touchpoint.
type handsPart struct {
	May   bool        // the reader may say something
	Told  string      // how well they can do what customers need; "" is that too few said so
	Ties  []surveyBar // what ties their hands, the most frequent first
	Words []string
	Wait  string // why there is nothing, or not more
}

func (s *Site) hands(v visit, touchpoint string) (*handsPart, error) {
	p := &handsPart{May: v.may(policy.ReportHands)}
	if !v.may(policy.ReadSurveys) {
		return p, nil
	}
	r, ok, err := s.Surveys.Reported(v.Context(), touchpoint)
	if err != nil {
		return nil, err
	}
	p.Wait = "What is said is shown once " + strconv.Itoa(survey.Least) + " have, and what they write once " + strconv.Itoa(survey.LeastTexts) + " have: nobody can be known by it."
	if !ok {
		return p, nil
	}
	if able := r.Questions[0]; able.Value != nil {
		p.Told = fmt.Sprintf("%s of 5, said by %s", v.fixed(*able.Value, 1), v.int(able.N))
	}
	p.Ties, p.Words = v.surveyBars(r.Questions[1].Counts), r.Questions[2].Comments
	return p, nil
}
