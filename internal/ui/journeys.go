package ui

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
)

// journeysPage is the company zoom: every journey with what is in it.
type journeysPage struct {
	frame
	Headline string
	Tree     []journeyNode
	Observed string // where observed paths are shown; "" for those who may not see them
	Draw     bool
	Undo     undoPart
	Name     string // of a journey that was not added
	Refused  refusal
}

// journeyNode is a journey with those below it.
type journeyNode struct {
	ID, Name, Href string
	Version        string
	Holds          string
	Vacant         string // "" if every touchpoint has an owner
	Draw           bool
	Below          []journeyNode
}

// undoPart is the edit that is taken back next.
type undoPart struct {
	Number  string // "" if there is none that the reader may take back
	Says    string
	History string
}

// partPaths are where parts of each kind are found.
var partPaths = map[journey.Kind]string{journey.IsJourney: "/journeys", journey.IsStage: "/stages", journey.IsTouchpoint: "/touchpoints"}

func partHref(kind journey.Kind, id string) string { return partPaths[kind] + "/" + url.PathEscape(id) }

// draws reports whether the reader may change all of the map.
func (v visit) draws() bool { return v.who.Reach(policy.EditJourneys) == policy.Everything }

// writes reports whether the reader may change what is said of a touchpoint.
func (v visit) writes(t journey.Touchpoint) bool {
	return v.draws() || v.may(policy.EditJourneys) && v.who.ID != "" && t.Owner.Person == v.who.ID
}

// forDays says how long ago something began.
func forDays(since time.Time) string {
	days := int(time.Since(since).Hours() / 24)
	if days < 1 {
		return "since today"
	}
	return "for " + many(days, "day", "days")
}

func (s *Site) journeys(w http.ResponseWriter, r *http.Request) error {
	return s.journeysWith(w, r, "", nil)
}

// journeysWith shows the company zoom, with the name of a journey that was refused.
func (s *Site) journeysWith(w http.ResponseWriter, r *http.Request, name string, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	all, err := s.Journeys.Journeys(r.Context())
	if err != nil {
		return err
	}
	vacancies, err := s.Journeys.Vacancies(r.Context())
	if err != nil {
		return err
	}
	p := journeysPage{frame: s.frame(v, "journeys", "Journeys"), Headline: mapHeadline(all, vacancies), Draw: v.draws(), Name: name, Refused: refusalOf(refused)}
	p.Tree, p.Observed = v.journeyNodes(all, ""), v.hrefFor(policy.ReadMeasures, observedHref(""))
	if p.Undo, err = s.undoPart(v, ""); err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "journeys", p)
}

func mapHeadline(all []journey.Summary, vacancies journey.Vacancies) string {
	touchpoints := 0
	for _, j := range all {
		touchpoints += j.TouchpointCount
	}
	switch {
	case len(all) == 0:
		return "No journey is drawn yet."
	case vacancies.Count > 0:
		return vacancyWords(vacancies) + "."
	case touchpoints == 0:
		return "There are journeys, and no touchpoint in them yet."
	}
	return "Every touchpoint has an owner."
}

// vacancyWords says how many touchpoints nobody answers for, and for how long.
func vacancyWords(v journey.Vacancies) string {
	if v.Count == 1 {
		return "1 touchpoint has no owner, " + forDays(*v.Oldest)
	}
	return strconv.FormatInt(v.Count, 10) + " touchpoints have no owner, the oldest " + forDays(*v.Oldest)
}

// statementVacancies is the line of the statement's page; "" if every touchpoint has an owner.
func (s *Site) statementVacancies(v visit) (string, error) {
	vacancies, err := s.Journeys.Vacancies(v.Context())
	if err != nil || vacancies.Count == 0 {
		return "", err
	}
	return vacancyWords(vacancies), nil
}

func (v visit) journeyNodes(all []journey.Summary, parent string) (nodes []journeyNode) {
	for _, j := range all {
		if j.Parent != parent {
			continue
		}
		n := journeyNode{ID: j.ID, Name: j.Name, Href: partHref(journey.IsJourney, j.ID), Version: strconv.FormatInt(j.Version, 10), Draw: v.draws()}
		n.Holds = many(j.StageCount, "stage", "stages") + " · " + many(j.TouchpointCount, "touchpoint", "touchpoints")
		if j.Vacant > 0 {
			n.Vacant = strconv.Itoa(j.Vacant) + " without an owner, " + forDays(*j.VacantSince)
		}
		n.Below = v.journeyNodes(all, j.ID)
		nodes = append(nodes, n)
	}
	return nodes
}

// undoPart is what the reader can take back of a journey, or of the whole map for "".
func (s *Site) undoPart(v visit, of string) (u undoPart, err error) {
	u.History = "/journeys/history"
	if of != "" {
		u.History = partHref(journey.IsJourney, of) + "/history"
	}
	e, ok, err := s.Journeys.Last(v.Context(), of)
	if ok && v.undoes(e) {
		u.Number, u.Says = strconv.FormatInt(e.Number, 10), e.Says
	}
	return u, err
}

// undoes reports whether the reader may take an edit back.
func (v visit) undoes(e journey.Edit) bool {
	return !e.Undone && (v.draws() || v.may(policy.EditJourneys) && e.Texts && e.Who == v.who.ID && e.Who != "")
}

// editsPage is the history of a journey, or of the whole map.
type editsPage struct {
	frame
	Kicker   string
	Back     string
	Headline string
	Rows     []editRow
	Next     string
	Refused  refusal
}

// editRow is one edit.
type editRow struct {
	Number, At, Who, Says string
	Undone                bool
	Undo                  bool // the reader may take it back
}

// editsShown is how many edits stand on a page.
const editsShown = 50

func (s *Site) journeysHistory(w http.ResponseWriter, r *http.Request) error {
	return s.historyWith(w, r, "", nil)
}

func (s *Site) journeyHistory(w http.ResponseWriter, r *http.Request) error {
	return s.historyWith(w, r, r.PathValue("id"), nil)
}

// historyWith shows edits of a journey, or all for "", and why one was not taken back.
func (s *Site) historyWith(w http.ResponseWriter, r *http.Request, of string, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p := editsPage{frame: s.frame(v, "journeys", "History of journeys"), Kicker: "Journeys", Back: "/journeys", Headline: "What was drawn, and by whom.", Refused: refusalOf(refused)}
	path := "/journeys/history"
	if of != "" {
		j, err := s.Journeys.Journey(r.Context(), of)
		if err != nil {
			return err
		}
		p.Kicker, p.Back, path = j.Name, partHref(journey.IsJourney, of), partHref(journey.IsJourney, of)+"/history"
	}
	below, _ := strconv.ParseInt(r.URL.Query().Get("below"), 10, 64) // what is no number is the end
	edits, err := s.Journeys.Edits(r.Context(), of, below, editsShown+1)
	if err != nil {
		return err
	}
	if len(edits) > editsShown {
		edits = edits[:editsShown]
		p.Next = path + "?below=" + strconv.FormatInt(edits[editsShown-1].Number, 10)
	}
	for _, e := range edits {
		p.Rows = append(p.Rows, editRow{strconv.FormatInt(e.Number, 10), v.instant(e.At), cmp.Or(e.Name, ownerOfTheMachine), capital(e.Says), e.Undone, v.undoes(e)})
	}
	return s.show(w, statusOf(refused), "edits", p)
}

// undone reads which edit a form takes back.
func undone(r *http.Request) (number int64, err error) {
	form, err := readForm(r)
	if err != nil {
		return 0, err
	}
	if number, err = strconv.ParseInt(form.Get("number"), 10, 64); err != nil {
		return 0, clientele.Errorf(clientele.CodeUsage, "the form does not say which edit it takes back").WithHint("Send it again from the page.")
	}
	return number, nil
}

// undoEdit takes an edit back, and goes on to where that is seen.
func (s *Site) undoEdit(w http.ResponseWriter, r *http.Request) error {
	number, err := undone(r)
	if err != nil {
		return err
	}
	d, err := s.Journeys.Undo(r.Context(), number)
	if refuses(err) {
		return s.historyWith(w, r, "", err)
	}
	if err != nil {
		return err
	}
	leave(w, r, s.placeOf(r, d))
	return nil
}

// placeOf is where an edited part is seen: on its canvas, if that is still there.
func (s *Site) placeOf(r *http.Request, d journey.Done) string {
	if d.Journey == "" || d.Kind == journey.IsJourney && d.Version == 0 {
		return "/journeys"
	}
	if d.Kind == journey.IsJourney && r.PathValue("id") == "" {
		return partHref(journey.IsJourney, d.Part)
	}
	return partHref(journey.IsJourney, d.Journey) + "#part-" + url.PathEscape(d.Part)
}
