package ui

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
)

// canvasPage is one journey: its stages and touchpoints across, and lanes down.
type canvasPage struct {
	frame
	Above    []choice
	Name, ID string
	Version  string
	Headline string
	Draw     bool
	Undo     undoPart
	Refused  refusal
	Observed string // where paths through it are shown; "" for those who may not see them
	Lanes    []string
	Stages   []canvasStage
	Below    []journeyNode
	Parents  []pick
	Typed    string // the name of a part that was not added
	TypedFor string // what it was to be added to
}

// canvasStage is a stage on the canvas.
type canvasStage struct {
	ID, Name, Version string
	Holds             string
	Draw, Focus       bool // Focus: something was just added to it
	Typed             string
	Cards             []template.HTML
}

// card is a touchpoint on the canvas: all that it is drawn from.
type card struct {
	ID, Name, Version string
	Draw              bool
	Lanes             [7]lane
}

// mostCards is how many touchpoints are kept as they were drawn: of a canvas few change from
// one time to the next.
const mostCards = 4000

// cardHTML is a touchpoint as it stands on the canvas.
func (s *Site) cardHTML(c card) (template.HTML, error) {
	if html, ok := s.cards.Get(c); ok {
		return html, nil
	}
	var b strings.Builder
	if err := s.templates["canvas"].ExecuteTemplate(&b, "card", c); err != nil {
		return "", clientele.Errorf(clientele.CodeInternal, "a touchpoint cannot be drawn").Because(err)
	}
	html := template.HTML(b.String()) //nolint:gosec // a template wrote it, which escapes what people wrote
	s.cards.Add(c, html)
	return html, nil
}

// lane is one thing that is said of a touchpoint.
type lane struct {
	Name, Text string
	Note       string
	Lack       string // what is missing, if that matters
}

// laneNames are the lanes of a canvas, from the top down.
var laneNames = []string{"Customers do", "Promise and standard", "Owner", "Measures", "Problems", "Voices", "Actions"}

func (v visit) card(t journey.Touchpoint, m lanes) card {
	owner := lane{Name: laneNames[2], Note: "since " + v.day(t.Owner.Since)}
	switch {
	case t.Owner.Vacant():
		owner.Lack, owner.Note = "no owner", forDays(t.Owner.Since)
	case t.Owner.Left:
		owner.Text, owner.Lack = t.Owner.Name, "signs in no more"
	default:
		owner.Text = t.Owner.Name
	}
	return card{t.ID, t.Name, strconv.FormatInt(t.Version, 10), v.draws(), [7]lane{
		{Name: laneNames[0], Text: t.Customers}, {Name: laneNames[1], Text: t.Promise, Note: t.Standard}, owner,
		m[t.Name].named(laneNames[3]), {Name: laneNames[4], Text: strings.Join(t.Problems, "\n")}, {Name: laneNames[5], Text: t.Voices}, {Name: laneNames[6], Text: t.Actions},
	}}
}

func (s *Site) canvasStage(v visit, st journey.Stage, m lanes) (canvasStage, error) {
	c := canvasStage{ID: st.ID, Name: st.Name, Version: strconv.FormatInt(st.Version, 10), Holds: many(len(st.Touchpoints), "touchpoint", "touchpoints"), Draw: v.draws()}
	for _, t := range st.Touchpoints {
		html, err := s.cardHTML(v.card(t, m))
		if err != nil {
			return c, err
		}
		c.Cards = append(c.Cards, html)
	}
	return c, nil
}

func (s *Site) canvas(w http.ResponseWriter, r *http.Request) error {
	return s.canvasWith(w, r, r.PathValue("id"), "", "", nil)
}

// canvasWith shows a journey; typed is the name of what was not added to a part, refused why
// an edit was not made.
func (s *Site) canvasWith(w http.ResponseWriter, r *http.Request, id, typed, typedFor string, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	j, err := s.Journeys.Journey(r.Context(), id)
	if err != nil {
		return err
	}
	p := canvasPage{
		frame: s.frame(v, "journeys", j.Name), Name: j.Name, ID: j.ID, Version: strconv.FormatInt(j.Version, 10), Headline: canvasHeadline(j),
		Draw: v.draws(), Refused: refusalOf(refused), Lanes: laneNames, Below: v.journeyNodes(j.Whole, j.ID), Typed: typed, TypedFor: typedFor,
	}
	for _, a := range j.Above {
		p.Above = append(p.Above, choice{Name: a.Name, Href: partHref(journey.IsJourney, a.ID)})
	}
	measures, err := s.lanes(v)
	if err != nil {
		return err
	}
	for _, stage := range j.Stages {
		c, err := s.canvasStage(v, stage, measures)
		if err != nil {
			return err
		}
		if c.Focus = r.URL.Query().Get("add") == stage.ID; typedFor == stage.ID {
			c.Typed, c.Focus = typed, true
		}
		p.Stages = append(p.Stages, c)
	}
	p.Parents, p.Observed = parentPicks(j), v.hrefFor(policy.ReadMeasures, observedHref(j.ID))
	if p.Undo, err = s.undoPart(v, j.ID); err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "canvas", p)
}

func canvasHeadline(j journey.Journey) string {
	switch {
	case j.StageCount == 0:
		return "It has no stage yet."
	case j.TouchpointCount == 0:
		return "It has no touchpoint yet."
	case j.Vacant > 0:
		return many(j.Vacant, "touchpoint has", "touchpoints have") + " no owner."
	}
	return "Every touchpoint has an owner."
}

// parentPicks are the journeys that one can be part of: none that is below it.
func parentPicks(j journey.Journey) []pick {
	picks := []pick{{"", "none: at the top", j.Parent == ""}}
	within := map[string]bool{j.ID: true}
	for _, other := range j.Whole { // each after the one that it is below
		if within[other.Parent] {
			within[other.ID] = true
		}
		if !within[other.ID] {
			picks = append(picks, pick{other.ID, strings.Repeat("– ", other.Depth) + other.Name, other.ID == j.Parent})
		}
	}
	return picks
}

// addPart adds a part to the one that the form names. A browser that stays on the canvas is
// answered with what to put there.
func (s *Site) addPart(kind journey.Kind) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, err := readForm(r)
		if err != nil {
			return err
		}
		name, parent := form.Get("name"), form.Get("parent")
		d, err := s.Journeys.Add(r.Context(), journey.NewPart{Kind: kind, Parent: parent, Name: name})
		if refuses(err) && !isLive(r) {
			if kind == journey.IsJourney && parent == "" {
				return s.journeysWith(w, r, name, err)
			}
			of, failed := s.journeyAt(r, kind, parent)
			if failed != nil {
				return err
			}
			return s.canvasWith(w, r, of, name, parent, err)
		}
		if err != nil {
			return err
		}
		if isLive(r) {
			return s.showLive(w, r, d)
		}
		next := s.placeOf(r, d)
		if kind == journey.IsTouchpoint {
			next = partHref(journey.IsJourney, d.Journey) + "?add=" + d.Parent + "#add-" + d.Parent
		}
		leave(w, r, next)
		return nil
	}
}

// journeyAt is the journey that a parent of a kind of part is, or is in.
func (s *Site) journeyAt(r *http.Request, kind journey.Kind, parent string) (string, error) {
	if kind != journey.IsTouchpoint {
		return parent, nil
	}
	_, of, err := s.Journeys.Stage(r.Context(), parent)
	return of.ID, err
}

// editPart makes an edit of the part that the address names, and shows where that is seen,
// or why it was refused.
func (s *Site) editPart(kind journey.Kind, edit func(r *http.Request, version int64) (journey.Done, error)) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, version, err := readEdit(r)
		if err != nil {
			return err
		}
		d, err := edit(r, version)
		if refusesEdit(err) && !isLive(r) {
			return s.refusedPart(w, r, kind, err)
		}
		if err != nil {
			return err
		}
		if isLive(r) {
			return s.showLive(w, r, d)
		}
		leave(w, r, s.placeOf(r, d))
		return nil
	}
}

// refusedPart shows the canvas of a part again, with why it was not edited.
func (s *Site) refusedPart(w http.ResponseWriter, r *http.Request, kind journey.Kind, refused error) error {
	of, err := s.journeyOfPart(r, kind)
	if err != nil {
		return refused
	}
	return s.canvasWith(w, r, of, "", "", refused)
}

// journeyOfPart is the journey that the part which the address names is, or is in.
func (s *Site) journeyOfPart(r *http.Request, kind journey.Kind) (string, error) {
	id := r.PathValue("id")
	switch kind {
	case journey.IsStage:
		_, of, err := s.Journeys.Stage(r.Context(), id)
		return of.ID, err
	case journey.IsTouchpoint:
		t, err := s.Journeys.Touchpoint(r.Context(), id)
		return t.Journey.ID, err
	}
	return id, nil
}

// renamePart gives a part another name and, where the form has one, another parent.
func (s *Site) renamePart(kind journey.Kind) page {
	return s.editPart(kind, func(r *http.Request, version int64) (journey.Done, error) {
		name := r.PostForm.Get("name")
		c := journey.Change{Name: &name}
		if r.PostForm.Has("parent") {
			parent := r.PostForm.Get("parent")
			now, err := s.parentOf(r, kind)
			if err != nil {
				return journey.Done{}, err
			}
			if parent != now {
				c.Parent = &parent
			}
		}
		return s.Journeys.Change(r.Context(), kind, r.PathValue("id"), version, c)
	})
}

// parentOf is what the journey that the address names is part of.
func (s *Site) parentOf(r *http.Request, kind journey.Kind) (string, error) {
	if kind != journey.IsJourney {
		return "", clientele.Errorf(clientele.CodeUsage, "only a journey is moved by this form").WithHint("Send it again from the page.")
	}
	j, err := s.Journeys.Journey(r.Context(), r.PathValue("id"))
	return j.Parent, err
}

// movePart moves a part one place on or back.
func (s *Site) movePart(kind journey.Kind) page {
	return s.editPart(kind, func(r *http.Request, version int64) (journey.Done, error) {
		return s.Journeys.Nudge(r.Context(), kind, r.PathValue("id"), version, r.PostForm.Get("to") == "later")
	})
}

// removePart removes a part with all below it.
func (s *Site) removePart(kind journey.Kind) page {
	return s.editPart(kind, func(r *http.Request, version int64) (journey.Done, error) {
		return s.Journeys.Remove(r.Context(), kind, r.PathValue("id"), version)
	})
}

// live is the answer to a browser that stays on the canvas: what has changed, however much
// else there is.
type live struct {
	Says    string `json:"says"`
	Part    string `json:"part"`    // id; "" if nothing was changed
	Version string `json:"version"` // of the part, for its forms
	In      string `json:"in"`      // id of the part that it stands below
	Before  string `json:"before"`  // id of the part that it stands before; "" at the end
	HTML    string `json:"html"`    // of a new part; "" of one that is there already
	Undo    string `json:"undo"`    // number of the edit that is taken back next
}

// isLive reports whether the browser stays on the canvas.
func isLive(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// showLive answers with what an edit has changed.
func (s *Site) showLive(w http.ResponseWriter, r *http.Request, d journey.Done) error {
	l := live{Says: capital(d.Says) + ".", Part: d.Part, Version: strconv.FormatInt(d.Version, 10), In: d.Parent, Before: d.Next}
	if d.Number > 0 {
		l.Undo = strconv.FormatInt(d.Number, 10)
	}
	if d.Version == 1 && d.Number > 0 {
		var err error
		if l.HTML, err = s.partHTML(r, d); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(l)
}

// partHTML is a new part as it stands on the canvas.
func (s *Site) partHTML(r *http.Request, d journey.Done) (string, error) {
	v, err := s.visit(r)
	if err != nil {
		return "", err
	}
	measures, err := s.lanes(v)
	if err != nil {
		return "", err
	}
	switch d.Kind {
	case journey.IsStage:
		stage, _, err := s.Journeys.Stage(r.Context(), d.Part)
		if err != nil {
			return "", err
		}
		c, err := s.canvasStage(v, stage, measures)
		if err != nil {
			return "", err
		}
		var b strings.Builder
		err = s.templates["canvas"].ExecuteTemplate(&b, "stage", c)
		return b.String(), err
	case journey.IsTouchpoint:
		t, err := s.Journeys.Touchpoint(r.Context(), d.Part)
		if err != nil {
			return "", err
		}
		html, err := s.cardHTML(v.card(t.Touchpoint, measures))
		return string(html), err
	}
	return "", nil
}
