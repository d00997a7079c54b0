package ui

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/survey"
)

// hostedPage is one screen that a respondent sees. It works without scripts and without cookies.
type hostedPage struct {
	Language, Direction string
	Title, Company      string
	Style               string
	survey.Phrases
	Message   string // instead of a question; "" is that one is asked
	Stops     bool   // whether the message is a question that a button answers
	Intro     string
	Step      string
	Question  string
	Low, High string // what the ends of the scale mean
	Kind      string // scale, choice or text
	Problem   string // what is wrong with the answer
	Text      string
	Points    []answerChoice // of a scale or a choice
	Many      bool           // several of them
	None      bool           // it was answered that it does not apply
	Last      bool
	Action    string
	BackHref  string   // "" on the first screen
	StopHref  string   // "" for those who cannot be asked again
	Languages []tongue // others
	Anonymous bool
}

// answerChoice is one thing to choose.
type answerChoice struct {
	Value, Label string
	Chosen       bool
}

// tongue is a language that a survey is asked in, and where.
type tongue struct{ Name, Value, Href string }

// hostedAt is where a respondent is, as its address says.
type hostedAt struct {
	base            string // survey.Path, or survey.FramePath within another page
	key, step       string
	draft, language string
}

// href is the address of another step.
func (a hostedAt) href(step string) string {
	q := url.Values{}
	if a.draft != "" {
		q.Set("d", a.draft)
	}
	if a.language != "" {
		q.Set("l", a.language)
	}
	path := a.base + a.key
	if step != "" {
		path += "/" + step
	}
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// The steps of an answer that are no question.
const (
	doneStep = "done"
	stopStep = "stop"
)

// hostedPages are those of respondents, by themselves and in a frame of another page.
func (s *Site) hostedPages() (routes []route) {
	for _, base := range []string{survey.Path, survey.FramePath} {
		routes = append(routes,
			route{"GET " + base + "{key}", policy.Anyone, s.hosted(base, s.askStep)},
			route{"GET " + base + "{key}/{step}", policy.Anyone, s.hosted(base, s.askStep)},
			route{"POST " + base + "{key}/{step}", policy.Anyone, s.hosted(base, s.takeStep)},
		)
	}
	return routes
}

// hosted answers a respondent; an error is told to them in their own words.
func (s *Site) hosted(base string, h func(http.ResponseWriter, *http.Request, hostedAt, survey.Visit) error) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		at := hostedAt{base: base, key: r.PathValue("key"), step: r.PathValue("step"), draft: q.Get("d"), language: q.Get("l")}
		v, err := s.Surveys.Visit(r.Context(), at.key, at.draft)
		if err == nil && base == survey.FramePath && len(v.Survey.Document.Embed) == 0 {
			err = clientele.Errorf(clientele.CodeNotFound, "this survey is not shown in other pages")
		}
		protect(w, base, v.Survey.Document.Embed)
		if err == nil {
			err = h(w, r, at, v)
		}
		if err == nil {
			return nil
		}
		return s.failHosted(w, r, v, err)
	}
}

// protect lets no script run on a screen of a respondent, and only pages that the survey names
// show it in a frame.
func protect(w http.ResponseWriter, base string, embed []string) {
	ancestors := "'none'"
	if base == survey.FramePath && len(embed) > 0 {
		ancestors = strings.Join(embed, " ")
		w.Header().Del("X-Frame-Options")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Del("Cross-Origin-Opener-Policy")
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors "+ancestors)
	w.Header().Set("X-Robots-Tag", "noindex")
}

// failHosted tells a respondent what is wrong.
func (s *Site) failHosted(w http.ResponseWriter, r *http.Request, v survey.Visit, err error) error {
	status := statusOf(err)
	p := s.hostedPage(r, hostedAt{}, v)
	switch {
	case status >= http.StatusInternalServerError:
		return err
	case clientele.CodeOf(err) == clientele.CodeConflict:
		p.Message = p.Closed
	default:
		p.Message = p.NoLink
	}
	return s.show(w, status, "hosted", p)
}

// spoken is the language that a respondent is asked in.
func spoken(r *http.Request, at hostedAt, v survey.Visit) string {
	d := v.Survey.Document
	if len(d.Languages) == 0 { // the link leads nowhere
		d.Languages = survey.Languages()
	}
	return d.Speaks(firstText(at.language, v.Language, r.Header.Get("Accept-Language")))
}

// hostedPage is a screen without what stands on it.
func (s *Site) hostedPage(r *http.Request, at hostedAt, v survey.Visit) hostedPage {
	d, spoken := v.Survey.Document, spoken(r, at, v)
	if len(d.Languages) == 0 { // the link leads nowhere
		d.Languages = survey.Languages()
	}
	p := hostedPage{
		Language: spoken, Direction: survey.Direction(spoken), Title: d.Title.In(spoken, d.Languages), Style: s.Assets.Name("survey.css"), Phrases: survey.PhrasesIn(spoken),
		Anonymous: v.Anonymous,
	}
	if settings, err := s.Book.Settings(r.Context()); err == nil {
		p.Company = settings.Name
	}
	if v.Refusable {
		p.StopHref = at.href(stopStep)
	}
	for _, l := range v.Survey.Document.Languages {
		if l == spoken {
			continue
		}
		other := at
		other.language = l
		p.Languages = append(p.Languages, tongue{display.Self.Name(language.Make(l)), l, other.href(at.step)})
	}
	return p
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// askStep shows a question, or what there is to say instead.
func (s *Site) askStep(w http.ResponseWriter, r *http.Request, at hostedAt, v survey.Visit) error {
	p := s.hostedPage(r, at, v)
	n, err := strconv.Atoi(at.step)
	switch {
	case at.step == doneStep:
		p.Message = firstText(v.Survey.Document.Thanks.In(p.Language, v.Survey.Document.Languages), p.Thanks)
	case at.step == stopStep && v.Refusable:
		p.Message, p.Stops, p.Action, p.StopHref = p.StopAsk, true, at.href(stopStep), ""
	case v.State == survey.Answered:
		p.Message = p.Answered
	case v.State == survey.Over:
		p.Message = p.Closed
	case at.step == "":
		n = v.At()
		at.step = strconv.Itoa(n)
		p = s.hostedPage(r, at, v)
		s.askQuestion(&p, at, v, n, "")
	case err != nil || n < 1 || n > len(v.Survey.Document.Questions) || at.step != strconv.Itoa(n):
		return clientele.Errorf(clientele.CodeNotFound, "there is no such question")
	default:
		s.askQuestion(&p, at, v, n, "")
	}
	return s.show(w, http.StatusOK, "hosted", p)
}

// askQuestion puts the n-th question on a screen, with what was answered to it.
func (s *Site) askQuestion(p *hostedPage, at hostedAt, v survey.Visit, n int, problem string) {
	d := v.Survey.Document
	q := d.Questions[n-1]
	answer := v.Answers[q.ID]
	p.Question, p.Problem, p.Action = q.Text.In(p.Language, d.Languages), problem, at.href(strconv.Itoa(n))
	p.Step, p.Last = fmt.Sprintf(p.Phrases.Step, n, len(d.Questions)), n == len(d.Questions)
	p.None = answer.Kind == store.NotApplicable
	if n > 1 {
		p.BackHref = at.href(strconv.Itoa(n - 1))
	} else {
		p.Intro = d.Intro.In(p.Language, d.Languages)
	}
	from, to, scored := q.Scale()
	switch {
	case scored:
		p.Kind, p.Low, p.High = "scale", q.Low.In(p.Language, d.Languages), q.High.In(p.Language, d.Languages)
		for i := from; i <= to; i++ {
			value := strconv.Itoa(i)
			p.Points = append(p.Points, answerChoice{value, value, answer.Kind == store.ScoreAnswer && answer.Value == value})
		}
	case q.Kind == survey.Choice:
		p.Kind, p.Many = "choice", q.Several
		chosen := strings.Fields(answer.Value)
		for _, o := range q.Options {
			p.Points = append(p.Points, answerChoice{o.ID, o.Text.In(p.Language, d.Languages), slices.Contains(chosen, o.ID)})
		}
	default:
		p.Kind, p.Text = "text", answer.Value
	}
}

// takeStep keeps what was sent from a screen, and leads to the next.
func (s *Site) takeStep(w http.ResponseWriter, r *http.Request, at hostedAt, v survey.Visit) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	if at.step == stopStep {
		if err := s.Surveys.Refuse(r.Context(), at.key); err != nil {
			return err
		}
		p := s.hostedPage(r, at, v)
		p.Message, p.StopHref = p.Stopped, ""
		return s.show(w, http.StatusOK, "hosted", p)
	}
	n, err := strconv.Atoi(at.step)
	if err != nil || n < 1 || n > len(v.Survey.Document.Questions) {
		return clientele.Errorf(clientele.CodeNotFound, "there is no such question")
	}
	next, err := s.Surveys.Reply(r.Context(), v, survey.Reply{
		Question: v.Survey.Document.Questions[n-1].ID, Values: form["answer"], Text: form.Get("text"), Language: spoken(r, at, v),
		Skip: form.Has("skip"), NotApplicable: form.Get("answer") == "na" || form.Has("na"),
	})
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		p := s.hostedPage(r, at, v)
		problem := p.Required
		if errors.Is(err, survey.ErrTooLong) {
			problem = p.TooLong
		}
		s.askQuestion(&p, at, v, n, problem)
		p.Text = firstText(form.Get("text"), p.Text)
		return s.show(w, http.StatusUnprocessableEntity, "hosted", p)
	}
	if err != nil {
		return err
	}
	at.key, at.draft = next.Key, next.Draft
	if next.Done {
		at.draft = ""
		http.Redirect(w, r, at.href(doneStep), http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, at.href(strconv.Itoa(n+1)), http.StatusSeeOther)
	return nil
}
