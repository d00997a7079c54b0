package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// touchpointPage is one touchpoint with all that is known of it.
type touchpointPage struct {
	frame
	Crumbs   []choice
	Name     string
	Headline string
	Self     string
	Version  string
	Draw     bool
	Notes    *notesForm // nil for those who may not write
	Lanes    [7]lane
	Measures []choice // their charts
	Owners   []ownerRow
	Owner    *ownerForm // nil for those who may not say who answers
	Places   []pick
	Hands    *handsPart
	Refused  refusal
	Cases    *waitingCases // nil for those who may not see cases
}

// waitingCases is what waits at a touchpoint.
type waitingCases struct {
	Title, Href, Rules string
}

// notesForm is what is said of a touchpoint.
type notesForm struct {
	Version                                       string
	Customers, Promise, Standard, Voices, Actions string
	Problems                                      string // one a line
	Refused                                       refusal
	Stale                                         []staleRow
}

// ownerForm says who answers: one of those with an account, or a name where there are none.
type ownerForm struct {
	People []pick // none if there are no accounts
	Name   string
}

// ownerRow is who answered, and when.
type ownerRow struct {
	Name, Note   string
	Since, Until string
	Vacant       bool
}

func (s *Site) touchpoint(w http.ResponseWriter, r *http.Request) error {
	return s.touchpointWith(w, r, nil, nil)
}

// touchpointWith shows a touchpoint; yours are notes that were refused, or nil if it was
// something else.
func (s *Site) touchpointWith(w http.ResponseWriter, r *http.Request, yours *journey.Notes, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	t, err := s.Journeys.Touchpoint(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	measures, err := s.lanes(v)
	if err != nil {
		return err
	}
	p := touchpointPage{
		frame: s.frame(v, "journeys", t.Name), Name: t.Name, Self: partHref(journey.IsTouchpoint, t.ID), Version: strconv.FormatInt(t.Version, 10),
		Crumbs: []choice{{Name: "Journeys", Href: "/journeys"}, {Name: t.Journey.Name, Href: partHref(journey.IsJourney, t.Journey.ID)},
			{Name: t.Stage.Name, Href: partHref(journey.IsJourney, t.Journey.ID) + "#part-" + url.PathEscape(t.Stage.ID)}},
		Headline: ownerHeadline(t.Touchpoint), Draw: v.draws(), Lanes: v.card(t.Touchpoint, measures).Lanes, Measures: measures[t.Name].charts, Owners: v.ownerRows(t),
	}
	if v.writes(t.Touchpoint) {
		p.Notes = notesFormOf(t.Touchpoint, yours, refused)
	}
	if yours == nil || p.Notes == nil {
		p.Refused = refusalOf(refused)
	}
	if v.draws() {
		if p.Owner, err = s.ownerForm(r, t.Owner); err != nil {
			return err
		}
		if p.Places, err = s.placePicks(r, t.Stage.ID); err != nil {
			return err
		}
	}
	if p.Cases, err = s.waitingCases(v, t.ID); err != nil {
		return err
	}
	if p.Hands, err = s.hands(v, t.ID); err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "touchpoint", p)
}

// waitingCases counts what waits at a touchpoint. Whose the cases are decides who sees which.
func (s *Site) waitingCases(v visit, touchpoint string) (*waitingCases, error) {
	if !v.may(policy.ReadCases) {
		return nil, nil //nolint:nilnil // it is not shown
	}
	n, err := s.Cases.Waiting(v.Context(), touchpoint)
	q := url.Values{"touchpoint": {touchpoint}}.Encode()
	p := &waitingCases{Title: "No case waits here", Href: "/cases?" + q, Rules: "/cases/rules?" + q}
	if n > 0 {
		p.Title = many(int(n), "case waits", "cases wait") + " here"
	}
	return p, err
}

func ownerHeadline(t journey.Touchpoint) string {
	switch {
	case t.Owner.Vacant():
		return "Nobody answers for it, " + forDays(t.Owner.Since) + "."
	case t.Owner.Left:
		return t.Owner.Name + " answers for it, and signs in no more."
	}
	return t.Owner.Name + " answers for it, " + forDays(t.Owner.Since) + "."
}

// notesFormOf is the form of what is said, as it is or as it was sent.
func notesFormOf(t journey.Touchpoint, yours *journey.Notes, refused error) *notesForm {
	n := t.Notes
	if yours != nil {
		n = *yours
	}
	f := &notesForm{
		Version: strconv.FormatInt(t.Version, 10), Customers: n.Customers, Promise: n.Promise, Standard: n.Standard, Voices: n.Voices, Actions: n.Actions,
		Problems: strings.Join(n.Problems, "\n"),
	}
	if yours == nil {
		return f
	}
	f.Refused = refusalOf(refused)
	if clientele.CodeOf(refused) == clientele.CodeStale {
		f.Stale = staleRows(
			staleRow{"Customers do", t.Customers, n.Customers}, staleRow{"Promise", t.Promise, n.Promise}, staleRow{"Standard", t.Standard, n.Standard},
			staleRow{"Problems", strings.Join(t.Problems, ", "), strings.Join(n.Problems, ", ")}, staleRow{"Voices", t.Voices, n.Voices}, staleRow{"Actions", t.Actions, n.Actions},
		)
	}
	return f
}

func (v visit) ownerRows(t journey.Profile) []ownerRow {
	rows := []ownerRow{}
	for _, o := range append([]journey.Tenure{t.Owner}, t.Before...) {
		row := ownerRow{Name: o.Name, Since: v.instant(o.Since), Until: v.instantOr(o.Until, "still"), Vacant: o.Vacant()}
		if o.Left {
			row.Note = "signs in no more"
		}
		rows = append(rows, row)
	}
	return rows
}

// ownerForm offers who can answer. One who could not be chosen any more is offered as long
// as they answer.
func (s *Site) ownerForm(r *http.Request, now journey.Tenure) (*ownerForm, error) {
	some, err := s.People.Any(r.Context())
	if err != nil || !some {
		return &ownerForm{Name: now.Name}, err
	}
	all, err := s.People.People(r.Context())
	f := &ownerForm{People: []pick{{"", "nobody", now.Vacant()}}}
	if now.Person == "" && now.Name != "" {
		f.People = append(f.People, pick{now.Name, now.Name + " (has no account)", true})
	}
	for _, p := range all {
		if p.State != people.Disabled || p.ID == now.Person {
			f.People = append(f.People, pick{p.ID, p.Name, p.ID == now.Person})
		}
	}
	return f, err
}

func (s *Site) placePicks(r *http.Request, now string) (picks []pick, err error) {
	places, err := s.Journeys.Places(r.Context())
	for _, p := range places {
		picks = append(picks, pick{p.Stage.ID, p.Journey.Name + " › " + p.Stage.Name, p.Stage.ID == now})
	}
	return picks, err
}

// editTouchpoint makes an edit of a touchpoint from its own page; yours are the notes that
// the form holds, or nil.
func (s *Site) editTouchpoint(w http.ResponseWriter, r *http.Request, yours *journey.Notes, edit func(version int64) error) error {
	version, err := versionOf(r.PostForm)
	if err != nil {
		return err
	}
	if err = edit(version); refusesEdit(err) {
		return s.touchpointWith(w, r, yours, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, partHref(journey.IsTouchpoint, r.PathValue("id")))
	return nil
}

func (s *Site) writeNotes(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	n := journey.Notes{
		Customers: form.Get("customers"), Promise: form.Get("promise"), Standard: form.Get("standard"), Voices: form.Get("voices"), Actions: form.Get("actions"),
		Problems: strings.Split(form.Get("problems"), "\n"),
	}
	return s.editTouchpoint(w, r, &n, func(version int64) error {
		_, err := s.Journeys.Change(r.Context(), journey.IsTouchpoint, r.PathValue("id"), version, journey.Change{Notes: &n})
		return err
	})
}

func (s *Site) setOwner(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	o := journey.Owner{Person: form.Get("person"), Name: strings.TrimSpace(form.Get("name"))}
	return s.editTouchpoint(w, r, nil, func(version int64) error {
		_, err := s.Journeys.Own(r.Context(), r.PathValue("id"), version, o)
		return err
	})
}

// placeTouchpoint renames a touchpoint, or moves it to another stage.
func (s *Site) placeTouchpoint(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	name, stage := form.Get("name"), form.Get("stage")
	return s.editTouchpoint(w, r, nil, func(version int64) error {
		t, err := s.Journeys.Touchpoint(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		c := journey.Change{Name: &name}
		if stage != t.Stage.ID {
			c.Parent = &stage
		}
		_, err = s.Journeys.Change(r.Context(), journey.IsTouchpoint, t.ID, version, c)
		return err
	})
}
