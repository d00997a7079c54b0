package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// journeyTests are the cases of store.Journeys.
var journeyTests = map[string]func(*testing.T, Engine){
	"a part of a journey keeps what it was given": testParts,
	"parts stand one behind another":              testPartOrder,
	"names of parts are theirs":                   testPartNames,
	"a part stands where its kind may":            testPartPlaces,
	"a touchpoint has one owner at any time":      testOwners,
	"vacancies are counted":                       testVacant,
	"edits of journeys are kept by number":        testEdits,
	"many edit journeys, one after another":       testEditRace,
	"what journeys do not have is not found":      testJourneysNotFound,
}

func part(kind store.PartKind, id, parent string, position int64) store.KeptPart {
	p := store.KeptPart{ID: id, Version: 1, Kind: kind, Parent: parent, Position: position, Name: "Name of " + id, Key: "name of " + id}
	if kind == store.TouchpointPart {
		p.Notes, p.Owner = json.RawMessage(`{ "promise": "é"}`), &store.KeptOwner{Since: start}
	}
	return p
}

func addParts(t *testing.T, s store.Store, parts ...store.KeptPart) {
	t.Helper()
	for _, p := range parts {
		must(t, s.AddPart(t.Context(), p))
	}
}

// drawn is a store with a journey of two stages, the first with three touchpoints.
func drawn(t *testing.T, e Engine) store.Store {
	s := open(t, e)
	addParts(t, s, part(store.JourneyPart, "j", "", 0), part(store.StagePart, "s1", "j", 0), part(store.StagePart, "s2", "j", 1))
	for i := range 3 {
		addParts(t, s, part(store.TouchpointPart, fmt.Sprintf("t%d", i+1), "s1", int64(i)))
	}
	return s
}

// orderOf lists the parts below a part by position, and fails if that has a gap.
func orderOf(t *testing.T, s store.Store, kind store.PartKind, parent string) (ids []string) {
	t.Helper()
	all, err := s.Parts(t.Context())
	must(t, err)
	for _, p := range all {
		if p.Kind != kind || p.Parent != parent {
			continue
		}
		if p.Position != int64(len(ids)) {
			t.Errorf("%s stands at %d, not at %d", p.ID, p.Position, len(ids))
		}
		at, err := s.PartAt(t.Context(), kind, parent, p.Position)
		must(t, err)
		same(t, p, at)
		ids = append(ids, p.ID)
	}
	n, err := s.CountParts(t.Context(), kind, parent)
	must(t, err)
	same(t, int64(len(ids)), n)
	return ids
}

func testParts(t *testing.T, e Engine) {
	s := drawn(t, e)
	below := part(store.JourneyPart, "k", "j", 0)
	addParts(t, s, below, part(store.StagePart, "s3", "k", 0))
	want := part(store.TouchpointPart, "t4", "s3", 0)
	addPerson(t, s, person("p", "p@example.com"))
	want.Owner = &store.KeptOwner{Person: "p", Since: start.Add(time.Millisecond)}
	addParts(t, s, want)
	got, err := s.Part(t.Context(), "t4")
	must(t, err)
	same(t, want, got)
	want.Version, want.Name, want.Key, want.Notes, want.Owner = 2, "Till", "till", json.RawMessage(`{}`), &store.KeptOwner{Name: "Ada", Since: start}
	must(t, s.SavePart(t.Context(), want))
	got, err = s.Part(t.Context(), "t4")
	must(t, err)
	same(t, want, got)
	got, err = s.Part(t.Context(), "k")
	must(t, err)
	same(t, below, got)
	all, err := s.CountAllParts(t.Context())
	must(t, err)
	same(t, int64(9), all)
	of, err := s.PartsOf(t.Context(), "j")
	must(t, err)
	ids := []string{}
	for _, p := range of {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	same(t, []string{"s1", "s2", "t1", "t2", "t3"}, ids)
}

func testPartOrder(t *testing.T, e Engine) {
	s := drawn(t, e)
	ctx := t.Context()
	move := func(id, parent string, position int64) {
		t.Helper()
		p, err := s.Part(ctx, id)
		must(t, err)
		p.Parent, p.Position = parent, position
		must(t, s.SavePart(ctx, p))
	}
	order := func(parent string, want ...string) {
		t.Helper()
		same(t, want, orderOf(t, s, store.TouchpointPart, parent))
	}
	order("s1", "t1", "t2", "t3")
	move("t3", "s1", 0)
	order("s1", "t3", "t1", "t2")
	move("t3", "s1", 1)
	order("s1", "t1", "t3", "t2")
	move("t1", "s2", 0)
	move("t2", "s2", 0)
	order("s1", "t3")
	order("s2", "t2", "t1")
	addParts(t, s, part(store.TouchpointPart, "t4", "s2", 1))
	order("s2", "t2", "t4", "t1")
	must(t, s.RemovePart(ctx, "t2"))
	order("s2", "t4", "t1")
	move("s2", "j", 0)
	same(t, []string{"s2", "s1"}, orderOf(t, s, store.StagePart, "j"))
	wantCode(t, s.RemovePart(ctx, "s2"), clientele.CodeConflict)
	wantCode(t, s.RemovePart(ctx, "j"), clientele.CodeConflict)
	addParts(t, s, part(store.JourneyPart, "k", "", 0))
	same(t, []string{"k", "j"}, orderOf(t, s, store.JourneyPart, ""))
	move("k", "j", 0)
	same(t, []string{"k"}, orderOf(t, s, store.JourneyPart, "j"))
	same(t, []string{"j"}, orderOf(t, s, store.JourneyPart, ""))
}

func testPartNames(t *testing.T, e Engine) {
	s := drawn(t, e)
	addParts(t, s, part(store.JourneyPart, "k", "", 1), part(store.StagePart, "s3", "k", 0))
	for kind, c := range map[store.PartKind]struct{ parent, taken string }{
		store.JourneyPart: {"j", "j"}, store.StagePart: {"j", "s1"}, store.TouchpointPart: {"s3", "t1"},
	} {
		p := part(kind, "new", c.parent, 0)
		p.Key = "name of " + c.taken
		wantCode(t, s.AddPart(t.Context(), p), clientele.CodeConflict)
		p.Key = "new"
		addParts(t, s, p)
		p.Key = "name of " + c.taken
		wantCode(t, s.SavePart(t.Context(), p), clientele.CodeConflict)
		must(t, s.RemovePart(t.Context(), "new"))
	}
	other := part(store.StagePart, "s4", "k", 0) // a stage of another journey
	other.Key = "name of s1"
	addParts(t, s, other)
	same(t, []string{"s4", "s3"}, orderOf(t, s, store.StagePart, "k"))
}

func testPartPlaces(t *testing.T, e Engine) {
	s := drawn(t, e)
	owned, unowned := part(store.StagePart, "x", "j", 0), part(store.TouchpointPart, "x", "s1", 0)
	owned.Owner, unowned.Owner = &store.KeptOwner{Since: start}, nil
	twice := part(store.TouchpointPart, "x", "s1", 0)
	addPerson(t, s, person("p", "p@example.com"))
	twice.Owner = &store.KeptOwner{Person: "p", Name: "Ada", Since: start}
	nobody := part(store.TouchpointPart, "x", "s1", 0)
	nobody.Owner.Person = "none"
	for what, p := range map[string]store.KeptPart{
		"a stage at the top": part(store.StagePart, "x", "", 0), "a stage of a stage": part(store.StagePart, "x", "s1", 0),
		"a stage of a touchpoint": part(store.StagePart, "x", "t1", 0), "a touchpoint at the top": part(store.TouchpointPart, "x", "", 0),
		"a touchpoint of a journey": part(store.TouchpointPart, "x", "j", 0), "a journey of a stage": part(store.JourneyPart, "x", "s1", 0),
		"a part of nothing": part(store.StagePart, "x", "none", 0), "another kind": part("lane", "x", "j", 0),
		"a stage with an owner": owned, "a touchpoint without": unowned, "a second owner": twice, "an owner who is not there": nobody,
	} {
		if err := s.AddPart(t.Context(), p); err == nil {
			t.Errorf("%s is kept", what)
		}
	}
	same(t, []string{"t1", "t2", "t3"}, orderOf(t, s, store.TouchpointPart, "s1"))
}

func testOwners(t *testing.T, e Engine) {
	s := drawn(t, e)
	ctx := t.Context()
	first, second := store.KeptOwner{Since: start}, store.KeptOwner{Name: "Ada", Since: start.Add(time.Second)}
	must(t, s.AddPastOwner(ctx, "t1", first))
	must(t, s.AddPastOwner(ctx, "t1", second))
	if err := s.AddPastOwner(ctx, "t1", store.KeptOwner{Name: "Bea", Since: start}); err == nil {
		t.Error("two answered from the same time on")
	}
	past, err := s.PastOwners(ctx, "t1")
	must(t, err)
	same(t, []store.KeptOwner{second, first}, past)
	must(t, s.RemovePastOwner(ctx, "t1", second.Since))
	past, err = s.PastOwners(ctx, "t1")
	must(t, err)
	same(t, []store.KeptOwner{first}, past)
	must(t, s.RemovePart(ctx, "t1"))
	past, err = s.PastOwners(ctx, "t1")
	must(t, err)
	same(t, nil, past)
}

func testVacant(t *testing.T, e Engine) {
	s := drawn(t, e)
	v, err := s.Vacant(t.Context())
	must(t, err)
	same(t, store.Vacant{Count: 3, Oldest: &start}, v)
	for i, owner := range []store.KeptOwner{{Name: "Ada", Since: start}, {Since: start.Add(time.Hour)}, {Since: start.Add(time.Minute)}} {
		p, err := s.Part(t.Context(), fmt.Sprintf("t%d", i+1))
		must(t, err)
		p.Owner = &owner
		must(t, s.SavePart(t.Context(), p))
	}
	oldest := start.Add(time.Minute)
	v, err = s.Vacant(t.Context())
	must(t, err)
	same(t, store.Vacant{Count: 2, Oldest: &oldest}, v)
	v, err = open(t, e).Vacant(t.Context())
	must(t, err)
	same(t, store.Vacant{}, v)
}

func testEdits(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	edit := func(journey string, undoes int64) store.KeptEdit {
		e := store.KeptEdit{
			At: start, Who: "p", Name: "Ada", Kind: store.TouchpointPart, Part: "t", Journey: journey, Says: "é", Undoes: undoes, Steps: json.RawMessage(`[ 1]`),
		}
		n, err := s.AddEdit(ctx, e)
		must(t, err)
		e.Number = n
		return e
	}
	a, b, c, d := edit("j", 0), edit("k", 0), edit("j", 0), edit("j", 3)
	same(t, []int64{1, 2, 3, 4}, []int64{a.Number, b.Number, c.Number, d.Number})
	must(t, s.MarkEdit(ctx, 3, true))
	c.Undone = true
	got, err := s.Edit(ctx, 3)
	must(t, err)
	same(t, c, got)
	of, err := s.Edits(ctx, "j", 0, 2)
	must(t, err)
	same(t, []store.KeptEdit{d, c}, of)
	of, err = s.Edits(ctx, "", 3, 9)
	must(t, err)
	same(t, []store.KeptEdit{b, a}, of)
	for journey, want := range map[string]store.KeptEdit{"j": a, "k": b, "": b} {
		last, ok, err := s.LastEdit(ctx, journey)
		must(t, err)
		if !ok {
			t.Errorf("there is no last edit of %q", journey)
		}
		same(t, want, last)
	}
	must(t, s.MarkEdit(ctx, 3, false))
	last, _, err := s.LastEdit(ctx, "")
	must(t, err)
	same(t, 3, last.Number)
	if _, ok, err := s.LastEdit(ctx, "none"); ok || err != nil {
		t.Errorf("%t %v", ok, err)
	}
}

func testEditRace(t *testing.T, e Engine) {
	s := open(t, e)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, err := s.AddEdit(context.Background(), store.KeptEdit{At: start, Steps: json.RawMessage(`[]`)}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	all, err := s.Edits(t.Context(), "", 0, 99)
	must(t, err)
	if len(all) != 8 || all[0].Number != 8 {
		t.Errorf("%+v", all)
	}
}

func testJourneysNotFound(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	errs := map[string]error{
		"save": s.SavePart(ctx, part(store.JourneyPart, "x", "", 0)), "remove": s.RemovePart(ctx, "x"), "owner": s.RemovePastOwner(ctx, "x", start), "mark": s.MarkEdit(ctx, 1, true),
	}
	_, errs["part"] = s.Part(ctx, "x")
	_, errs["at"] = s.PartAt(ctx, store.StagePart, "x", 0)
	_, errs["edit"] = s.Edit(ctx, 1)
	for name, err := range errs {
		if clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
