package journey

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
)

// world is a map of journeys whose clock stands until it is moved.
type world struct {
	testing.TB
	*Service
	store *sqlite.Store
	clock time.Time
	ctx   context.Context
}

var morning = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// empty is the file of a store in which nothing was kept yet: it takes a while to make.
var empty = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "journey-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "operations.sqlite")
	s, err := sqlite.Open(context.Background(), path)
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		panic(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return text
})

func newWorld(t testing.TB) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "operations.sqlite")
	if err := os.WriteFile(path, empty(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{TB: t, store: s, clock: morning, ctx: policy.With(t.Context(), policy.Actor{ID: "p1", Name: "Ada"})}
	w.Service = New(s, func() time.Time { return w.clock })
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err, clientele.HintOf(err))
	}
}

func (w *world) want(code clientele.Code, err error) {
	w.Helper()
	if clientele.CodeOf(err) != code {
		w.Errorf("got %v, want code %s", err, code)
	}
	if e := (*clientele.Error)(nil); errors.As(err, &e) && e.Code == clientele.CodeConflict && clientele.HintOf(err) == "" {
		w.Errorf("%v has no hint", err)
	}
}

func (w *world) add(kind Kind, parent, name string) Done {
	w.Helper()
	d, err := w.Add(w.ctx, NewPart{Kind: kind, Parent: parent, Name: name})
	w.ok(err)
	return d
}

// shop is a journey with two stages, of two touchpoints and one.
func (w *world) shop() (journey Done, stages, touchpoints []Done) {
	w.Helper()
	journey = w.add(IsJourney, "", "Buying")
	stages = []Done{w.add(IsStage, journey.Part, "Find"), w.add(IsStage, journey.Part, "Pay")}
	for i, name := range []string{"Home page", "Search", "Checkout"} {
		touchpoints = append(touchpoints, w.add(IsTouchpoint, stages[i/2].Part, name))
	}
	return journey, stages, touchpoints
}

// text is the map as a document.
func (w *world) text() string {
	w.Helper()
	d, err := w.Export(w.ctx)
	w.ok(err)
	text, err := d.Format()
	w.ok(err)
	return string(text)
}

const shopText = `journeys:
  - name: Buying
    stages:
      - name: Find
        touchpoints:
          - name: Home page
          - name: Search
      - name: Pay
        touchpoints:
          - name: Checkout
`

func same(t testing.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMapIsBuiltAndRead(t *testing.T) {
	w := newWorld(t)
	j, stages, touchpoints := w.shop()
	below := w.add(IsJourney, j.Part, "Returning  \t goods")
	same(t, "added the journey Returning goods to Buying", below.Says)
	same(t, shopText+"    journeys:\n      - name: Returning goods\n", w.text())
	w.clock = morning.Add(time.Hour)
	d, err := w.Change(w.ctx, IsTouchpoint, touchpoints[0].Part, 1, Change{Notes: &Notes{Promise: " Loads in 2 s\r\n", Problems: []string{"slow", "", "Slow", "broken"}}})
	w.ok(err)
	same(t, "changed promise and problems of Home page", d.Says)
	p, err := w.Touchpoint(w.ctx, touchpoints[0].Part)
	w.ok(err)
	same(t, Profile{Touchpoint{
		ID: p.ID, Version: 2, Name: "Home page", Journey: Ref{j.Part, "Buying"}, Stage: Ref{stages[0].Part, "Find"},
		Notes: Notes{Promise: "Loads in 2 s", Problems: []string{"slow", "broken"}}, Owner: Tenure{Since: morning},
	}, []Tenure{}}, p)
	whole, err := w.Journeys(w.ctx)
	w.ok(err)
	same(t, []Summary{
		{ID: j.Part, Version: 1, Name: "Buying", StageCount: 2, TouchpointCount: 3, Vacant: 3, VacantSince: &morning},
		{ID: below.Part, Version: 1, Name: "Returning goods", Parent: j.Part, Depth: 1},
	}, whole)
	canvas, err := w.Journey(w.ctx, j.Part)
	w.ok(err)
	if len(canvas.Stages) != 2 || len(canvas.Stages[0].Touchpoints) != 2 || canvas.Stages[1].Touchpoints[0].Name != "Checkout" || len(canvas.Below) != 1 {
		t.Errorf("%+v", canvas)
	}
	same(t, p.Touchpoint, canvas.Stages[0].Touchpoints[0])
	inner, err := w.Journey(w.ctx, below.Part)
	w.ok(err)
	same(t, []Ref{{j.Part, "Buying"}}, inner.Above)
	for _, kind := range []func() error{
		func() error { _, err := w.Journey(w.ctx, stages[0].Part); return err },
		func() error { _, err := w.Touchpoint(w.ctx, stages[0].Part); return err },
		func() error { _, err := w.Edit(w.ctx, 99); return err },
	} {
		w.want(clientele.CodeNotFound, kind())
	}
}

func TestPartsAreMoved(t *testing.T) {
	w := newWorld(t)
	j, stages, touchpoints := w.shop()
	move := func(kind Kind, d Done, version int64, parent *string, position int64) Done {
		t.Helper()
		got, err := w.Change(w.ctx, kind, d.Part, version, Change{Parent: parent, Position: &position})
		w.ok(err)
		return got
	}
	d := move(IsTouchpoint, touchpoints[0], 1, nil, 1)
	if d.Says != "moved Home page to place 2 of Find" || d.Next != "" || d.Parent != stages[0].Part || d.Version != 2 {
		t.Errorf("%+v", d)
	}
	d = move(IsTouchpoint, touchpoints[0], 2, &stages[1].Part, 0)
	if d.Says != "moved Home page to place 1 of Pay" || d.Next != touchpoints[2].Part {
		t.Errorf("%+v", d)
	}
	if d = move(IsTouchpoint, touchpoints[0], 3, nil, 0); d.Number != 0 || d.Says != "changed nothing of Home page" {
		t.Errorf("nothing was moved: %+v", d)
	}
	move(IsStage, stages[1], 1, nil, 0)
	if d = move(IsTouchpoint, touchpoints[0], 3, nil, 99); d.Next != "" { // beyond the end is the end
		t.Errorf("%+v", d)
	}
	_, err := w.Change(w.ctx, IsTouchpoint, touchpoints[0].Part, 3, Change{})
	w.want(clientele.CodeStale, err)
	other := w.add(IsJourney, j.Part, "Other")
	_, err = w.Change(w.ctx, IsJourney, j.Part, 1, Change{Parent: &other.Part})
	w.want(clientele.CodeInvalid, err)
	d, err = w.Change(w.ctx, IsJourney, other.Part, 1, Change{Parent: new(""), Position: new(int64(0)), Name: new("First")})
	w.ok(err)
	same(t, "moved Other to place 1 of the top and renamed Other to First", d.Says)
	same(t, "journeys:\n  - name: First\n  - name: Buying\n    stages:\n      - name: Pay\n        touchpoints:\n          - name: Checkout\n"+
		"          - name: Home page\n      - name: Find\n        touchpoints:\n          - name: Search\n", w.text())
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	w := newWorld(t)
	j, stages, touchpoints := w.shop()
	for name, n := range map[string]NewPart{
		"no name": {Kind: IsJourney, Name: " \t"}, "a name too long": {Kind: IsJourney, Name: strings.Repeat("é", 201)}, "a name with a bell": {Kind: IsJourney, Name: "a\ab"},
		"not UTF-8": {Kind: IsJourney, Name: "\xff"}, "a stage at the top": {Kind: IsStage, Name: "x"}, "a touchpoint of a journey": {Kind: IsTouchpoint, Parent: j.Part, Name: "x"},
		"a stage of a touchpoint": {Kind: IsStage, Parent: touchpoints[0].Part, Name: "x"}, "no such journey": {Kind: IsStage, Parent: "none", Name: "x"},
	} {
		if _, err := w.Add(w.ctx, n); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.Add(w.ctx, NewPart{Kind: IsTouchpoint, Parent: stages[1].Part, Name: "HOME  page"})
	w.want(clientele.CodeConflict, err)
	for name, c := range map[string]Change{
		"notes too long": {Notes: &Notes{Promise: strings.Repeat("x", maxText+1)}}, "notes with a bell": {Notes: &Notes{Voices: "\a"}}, "problems with a bell": {Notes: &Notes{Problems: []string{"\a"}}},
		"many problems": {Notes: &Notes{Problems: strings.Split(strings.Repeat("ab", 60), "a")}}, "a place of another kind": {Parent: &j.Part},
	} {
		if name == "many problems" {
			for i := range c.Notes.Problems {
				c.Notes.Problems[i] = fmt.Sprint("kind ", i)
			}
		}
		if _, err := w.Change(w.ctx, IsTouchpoint, touchpoints[0].Part, 1, c); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.Change(w.ctx, IsStage, stages[0].Part, 1, Change{Notes: &Notes{}})
	w.want(clientele.CodeInvalid, err)
	at := j
	for i := range maxDepth - 1 {
		at = w.add(IsJourney, at.Part, fmt.Sprint("below ", i))
	}
	_, err = w.Add(w.ctx, NewPart{Kind: IsJourney, Parent: at.Part, Name: "too deep"})
	w.want(clientele.CodeInvalid, err)
	edits, err := w.Edits(w.ctx, "", 0, 1)
	w.ok(err)
	same(t, at.Number, edits[0].Number) // what was refused is no edit
}

func TestATouchpointHasOneOwnerAndAVacancyAges(t *testing.T) {
	w := newWorld(t)
	_, _, touchpoints := w.shop()
	id := touchpoints[0].Part
	own := func(version int64, after time.Duration, o Owner) Done {
		t.Helper()
		w.clock = morning.Add(after)
		d, err := w.Own(w.ctx, id, version, o)
		w.ok(err)
		return d
	}
	same(t, "made Bea answer for Home page", own(1, time.Hour, Owner{Name: " Bea "}).Says)
	same(t, int64(0), own(2, 2*time.Hour, Owner{Name: "Bea"}).Number)
	same(t, "made Cy answer for Home page", own(2, 0, Owner{Name: "Cy"}).Says) // the clock was set back
	same(t, "left Home page without an owner", own(3, 41*24*time.Hour, Owner{}).Says)
	p, err := w.Touchpoint(w.ctx, id)
	w.ok(err)
	one, two, three := morning.Add(time.Hour), morning.Add(time.Hour+time.Millisecond), morning.Add(41*24*time.Hour)
	same(t, Tenure{Since: three}, p.Owner)
	same(t, []Tenure{{Owner: Owner{Name: "Cy"}, Since: two, Until: &three}, {Owner: Owner{Name: "Bea"}, Since: one, Until: &two}, {Since: morning, Until: &one}}, p.Before)
	v, err := w.Vacancies(w.ctx)
	w.ok(err)
	same(t, Vacancies{3, &morning}, v)
	_, err = w.Own(w.ctx, id, 3, Owner{})
	w.want(clientele.CodeStale, err)
	_, err = w.Own(w.ctx, id, 4, Owner{Person: "nobody"})
	w.want(clientele.CodeInvalid, err)
}

func (w *world) person(id, name, state string) {
	w.Helper()
	w.ok(w.store.AddPerson(w.ctx, store.KeptPerson{ID: id, Version: 1, Email: id + "@example.com", Name: name, State: state, Created: morning}))
}

func TestOwnersAreAccountsWhereThereAreAny(t *testing.T) {
	w := newWorld(t)
	_, _, touchpoints := w.shop()
	_, err := w.Own(w.ctx, touchpoints[1].Part, 1, Owner{Name: "Somebody"})
	w.ok(err)
	w.person("p1", "Ada", "active")
	w.person("p2", "Bea", "disabled")
	w.person("p3", "Ada", "active")
	w.person("p4", "Cy", "active")
	id := touchpoints[0].Part
	for _, o := range []Owner{{Name: "Ada"}, {Person: "p2"}, {Person: "none"}} {
		_, err := w.Own(w.ctx, id, 1, o)
		w.want(clientele.CodeInvalid, err)
	}
	for i, person := range []string{"p1", "p4"} {
		_, err := w.Own(w.ctx, id, int64(i+1), Owner{Person: person})
		w.ok(err)
	}
	p, err := w.Touchpoint(w.ctx, id)
	w.ok(err)
	same(t, Owner{"p4", "Cy"}, p.Owner.Owner)
	same(t, Owner{"p1", "Ada"}, p.Before[0].Owner)
	text := w.text()
	if !strings.Contains(text, "owner: Cy") || !strings.Contains(text, "owner: Somebody") {
		t.Error(text)
	}
	cy, err := w.store.Person(w.ctx, "p4")
	w.ok(err)
	cy.State = "disabled"
	w.ok(w.store.SavePerson(w.ctx, cy))
	p, err = w.Touchpoint(w.ctx, id)
	w.ok(err)
	if !p.Owner.Left {
		t.Error("Cy is gone")
	}
	d, err := ParseDocument("map.yaml", []byte(text))
	w.ok(err)
	plan, err := w.Plan(w.ctx, d)
	w.ok(err)
	same(t, []Planned{}, plan.Steps)
	for owner, want := range map[string]string{"P1@example.com": "", "p3": "", "Ada": "several people", "Bea": "nobody", "Dora": "nobody"} {
		d.Journeys[0].Stages[1].Touchpoints[0].Owner = owner
		_, err := w.Plan(w.ctx, d)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", owner, err)
		}
	}
}
