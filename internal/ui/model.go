package ui

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
)

// modelPage is the model of purchases as of a day: whether to trust it, and why.
type modelPage struct {
	frame
	Kicker, Headline string
	AsOf             menu
	Day              string // the as-of date, for the form
	Refused          bool
	Cautions         []string
	Todo             []string // empty: nothing
	Check            figTable
	Weekly           *modelFigure    // nil without a check
	Figures          [][]modelFigure // the others, in pairs
	Choice           *choicePart     // nil: never compared
	Parameters       *parameterPart  // nil without any
	Made             string
	Ask              string // whom to ask, of a reader who may not compare
}

// modelFigure is a chart with what its lines and columns are; see the template "legend".
type modelFigure struct {
	chart.Figure
	Legend string
}

// choicePart is the candidates with their scores, and why one was chosen.
type choicePart struct {
	Title, Scheme, Made string
	Reasons             []string
	Candidates          []candidateRow
	Origins             []originRow
}

// candidateRow is one candidate with its scores, which are empty where it was refused.
type candidateRow struct {
	Name, Verdict, Words                        string
	Chosen                                      bool
	CRPS, Behind, Bias, MAE, AUC, LogLikelihood string
}

// originRow is one window that every candidate foretold.
type originRow struct{ Calibrated, Held, Customers, Actual string }

// parameterPart is the parameters of purchases and spend.
type parameterPart struct {
	Subtitle string
	Rows     []parameterRow
}

// parameterRow is one parameter with its interval.
type parameterRow struct{ Model, Name, Meaning, Estimate, Interval, SE string }

// model shows what is known of the model as of a day, and has it fitted and
// checked otherwise.
func (s *Site) model(w http.ResponseWriter, r *http.Request) error {
	v, periods, ok, err := s.opened(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.showEmpty(w, v, "model", "No model yet", "Model", "There is no model yet: this book has no records.")
	}
	day, err := asOf(r.URL.Query(), periods.Default.Period.To)
	if err != nil {
		return err
	}
	run, ok, err := s.Models.Examined(v.Context(), day)
	if err != nil {
		return err
	}
	if !ok {
		j, err := s.desk().Model(v.Context(), day)
		if err != nil {
			return err
		}
		http.Redirect(w, r, jobHref(j.ID, r.URL.RequestURI()), http.StatusSeeOther)
		return nil
	}
	return s.show(w, http.StatusOK, "model", s.modelPage(v, run, periods))
}

// compareModels adds the job that compares the candidates and leads to its progress.
func (s *Site) compareModels(w http.ResponseWriter, r *http.Request) error {
	day, err := clientele.ParseDate(r.FormValue("as_of"))
	if err != nil {
		return err
	}
	j, err := s.desk().Comparison(r.Context(), day)
	if err != nil {
		return err
	}
	http.Redirect(w, r, jobHref(j.ID, modelHref(day)), http.StatusSeeOther)
	return nil
}

// asOf reads the day that a model is of.
func asOf(q url.Values, standard clientele.Date) (clientele.Date, error) {
	if q.Get("as_of") == "" {
		return standard, nil
	}
	return clientele.ParseDate(q.Get("as_of"))
}

func modelHref(day clientele.Date) string {
	return "/model?" + url.Values{"as_of": {day.String()}}.Encode()
}

func (s *Site) modelPage(v visit, run clientele.ModelRun, periods statement.Periods) modelPage {
	p := modelPage{
		frame:    s.frame(v, "model", "Model"),
		Kicker:   "Model · as of " + v.date(run.AsOf),
		Headline: v.sentence(run.Trust.Words),
		AsOf:     v.endsMenu("/model", periods, run.AsOf), Day: run.AsOf.String(),
		Refused: run.Trust.Verdict == clientele.NoModel, Ask: v.ask(policy.ChooseModel),
	}
	if run.Name != "" {
		p.Kicker += " · " + run.Name
	}
	for _, w := range run.Warnings {
		if w == run.Trust.Words || slices.Contains(run.Trust.Todo, w) {
			continue // it stands on the page already
		}
		p.Cautions = append(p.Cautions, v.sentence(w))
	}
	for _, t := range run.Trust.Todo {
		p.Todo = append(p.Todo, v.sentence(t))
	}
	p.Made = v.modelMade(run)
	m := modelView{v, run}
	p.Choice, p.Parameters = m.choice(), m.parameters()
	if run.Check != nil {
		p.Check, p.Weekly = m.check(), m.weekly()
	}
	p.Figures = m.figures()
	return p
}

// endsMenu leads to the same page, at path, as of the ends of the periods that have a name.
func (v visit) endsMenu(path string, ps statement.Periods, day clientele.Date) menu {
	m := menu{Name: "As of", Current: v.date(day)}
	var ends group
	seen := map[clientele.Date]bool{}
	for _, p := range ps.Named {
		if end := p.Period.To; !seen[end] {
			seen[end] = true
			href := path + "?" + url.Values{"as_of": {end.String()}}.Encode()
			ends.Choices = append(ends.Choices, choice{Name: v.date(end), Note: "end of " + p.Name, Href: href, Current: end == day})
		}
	}
	m.Groups = []group{ends}
	return m
}

// modelMade says what the model was fitted to.
func (v visit) modelMade(run clientele.ModelRun) string {
	made := "Run " + run.Run + ": " + v.int(run.Customers) + " " + customersWord(run.Customers) + ", of whom " + v.int(run.Repeaters) +
		" bought again, in " + v.int(run.Cells) + " distinct histories."
	if run.LogLikelihood != nil {
		made += " Log-likelihood " + v.fixed(*run.LogLikelihood, 3) + "."
	}
	return made
}
