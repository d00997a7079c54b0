package app

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/policy"
)

// journeySamples say how the pages of journeys are asked. Edits are of a version that nobody
// opened, so that nothing is changed; who may edit what they answer for is told that this is
// not theirs.
func journeySamples(t *testing.T, b *Book) map[string][]sample {
	t.Helper()
	add := func(kind journey.Kind, parent, name string) string {
		d, err := b.Journeys.Add(t.Context(), journey.NewPart{Kind: kind, Parent: parent, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return d.Part
	}
	whole := add(journey.IsJourney, "", "Buying")
	stage := add(journey.IsStage, whole, "Pay")
	at := add(journey.IsTouchpoint, stage, "Checkout")
	for _, r := range []path.Request{{}, {By: "region"}, {Journey: whole}, {Journey: whole, By: "region"}} {
		if err := b.Paths.Prepare(t.Context(), r); err != nil && clientele.CodeOf(err) != clientele.CodeNotFound { // a book may have no regions
			t.Fatal(err)
		}
	}
	notTheirs := func(a asker) int {
		if a.reach(policy.EditJourneys) == policy.Own {
			return 403
		}
		return 0
	}
	ask := func(path string) []sample { return []sample{{path: path}} }
	edit := func(path string) []sample {
		return []sample{{path: path, form: url.Values{"version": {"0"}, "name": {"x"}}, also: []policy.Permission{policy.ReadJourneys}, status: 412, other: notTheirs}}
	}
	make := func(path, parent string) []sample {
		return []sample{{path: path, form: url.Values{"parent": {parent}}, also: []policy.Permission{policy.ReadJourneys}, status: 422, other: notTheirs}}
	}
	return map[string][]sample{
		"GET /journeys": ask("/journeys"), "GET /journeys/history": ask("/journeys/history"), "GET /journeys/{id}": ask("/journeys/" + whole),
		"GET /journeys/{id}/history": ask("/journeys/" + whole + "/history"), "GET /touchpoints/{id}": ask("/touchpoints/" + at),
		"GET /journeys/observed": ask("/journeys/observed"), "GET /journeys/{id}/observed": ask("/journeys/" + whole + "/observed"),
		"POST /journeys/undo":           {{path: "/journeys/undo", form: url.Values{"number": {"99"}}, status: 404}},
		"POST /journeys":                make("/journeys", ""),
		"POST /stages":                  make("/stages", whole),
		"POST /touchpoints":             make("/touchpoints", stage),
		"POST /journeys/{id}":           edit("/journeys/" + whole),
		"POST /journeys/{id}/move":      edit("/journeys/" + whole + "/move"),
		"POST /journeys/{id}/remove":    edit("/journeys/" + whole + "/remove"),
		"POST /stages/{id}":             edit("/stages/" + stage),
		"POST /stages/{id}/move":        edit("/stages/" + stage + "/move"),
		"POST /stages/{id}/remove":      edit("/stages/" + stage + "/remove"),
		"POST /touchpoints/{id}/move":   edit("/touchpoints/" + at + "/move"),
		"POST /touchpoints/{id}/remove": edit("/touchpoints/" + at + "/remove"),
		"POST /touchpoints/{id}/notes":  edit("/touchpoints/" + at + "/notes"),
		"POST /touchpoints/{id}/owner":  edit("/touchpoints/" + at + "/owner"),
		"POST /touchpoints/{id}/place":  edit("/touchpoints/" + at + "/place"),
	}
}

// Who answers for a touchpoint changes what is said of it, takes that back, and nothing else;
// the audit tells who did, and none of the words.
func TestWhoAnswersForATouchpointWritesItsNotes(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	samples := journeySamples(t, b)
	id := samples["GET /touchpoints/{id}"][0].path[len("/touchpoints/"):]
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	forbidden := func(err error) {
		t.Helper()
		if clientele.CodeOf(err) != clientele.CodeForbidden {
			t.Errorf("%v", err)
		}
	}
	accountSamples(t, b) // which makes the accounts
	lead := policy.With(t.Context(), policy.Actor{ID: "lead of no unit", Name: "Lea", Roles: []policy.Role{policy.Lead}})
	olive := policy.With(t.Context(), policy.Actor{ID: "owner of no unit", Name: "Olive", Roles: []policy.Role{policy.Owner}})
	other := policy.With(t.Context(), policy.Actor{ID: "owner of the north", Name: "Noa", Roles: []policy.Role{policy.Owner}})
	g := b.Guards().Journeys
	_, err := g.Change(olive, journey.IsTouchpoint, id, 1, journey.Change{Notes: &journey.Notes{Promise: "One page"}})
	forbidden(err)
	owned, err := g.Own(lead, id, 1, journey.Owner{Person: "owner of no unit"})
	ok(err)
	mine, err := g.Change(olive, journey.IsTouchpoint, id, 2, journey.Change{Notes: &journey.Notes{Promise: "One page for somebody7"}})
	ok(err)
	for _, edit := range []func() error{
		func() error { _, err := g.Undo(olive, owned.Number); return err },
		func() error { _, err := g.Undo(other, mine.Number); return err },
		func() error { _, err := g.Own(olive, id, 3, journey.Owner{}); return err },
		func() error { _, err := g.Nudge(olive, journey.IsTouchpoint, id, 3, true); return err },
		func() error { _, err := g.Remove(olive, journey.IsTouchpoint, id, 3); return err },
		func() error {
			_, err := g.Change(olive, journey.IsTouchpoint, id, 3, journey.Change{Name: new("Till"), Notes: &journey.Notes{}})
			return err
		},
		func() error {
			_, err := g.Add(olive, journey.NewPart{Kind: journey.IsJourney, Name: "Mine"})
			return err
		},
		func() error { _, err := g.Plan(olive, journey.Document{}); return err },
		func() error { _, _, err := g.Apply(olive, journey.Document{}, ""); return err },
		func() error {
			_, err := g.Change(other, journey.IsTouchpoint, id, 3, journey.Change{Notes: &journey.Notes{}})
			return err
		},
	} {
		forbidden(edit())
	}
	_, err = g.Undo(olive, mine.Number)
	ok(err)
	_, done, err := g.Apply(lead, journey.Document{}, "")
	ok(err)
	want := []string{
		"Lea journeys.owned touchpoint/" + id, "Olive journeys.changed touchpoint/" + id, "Olive journeys.undone touchpoint/" + id, "Lea journeys.applied journeys",
	}
	if got := trail(t, b); !slices.Equal(got, want) {
		t.Errorf("the audit tells %q, want %q", got, want)
	}
	page, err := b.Audit.Page(t.Context(), 0, 100, nil)
	ok(err)
	for _, e := range page {
		if strings.Contains(string(e.Before)+string(e.After), "somebody7") {
			t.Errorf("the audit tells what was written: %s", e.After)
		}
	}
	if done.Says == "" || len(page[0].After) == 0 {
		t.Errorf("%+v", page[0])
	}
}
