package ui

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
)

// undrawn is a map without journeys, and none can be drawn.
type undrawn struct{ anyMap }

// anyMap is Journeys by another name, so that it can be embedded: one of its methods has that one.
type anyMap interface{ Journeys }

func (undrawn) Vacancies(context.Context) (journey.Vacancies, error) {
	return journey.Vacancies{}, nil
}

// atlas is the real map, behind its real guard, of a fake book.
type atlas struct {
	*testing.T
	*journey.Service
	store *sqlite.Store
	clock time.Time
}

// drawing gives a fake a map, in which Ada leads and Olive answers for touchpoints.
func drawing(t *testing.T, f *fake) *atlas {
	t.Helper()
	kept, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "operations.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	a := &atlas{T: t, store: kept, clock: time.Now().AddDate(0, 0, -41)}
	a.Service = journey.New(kept, func() time.Time { return a.clock })
	f.drawn = access.New(access.Parts{Journeys: a.Service, Store: kept, Log: audit.New(kept, nil)}).Journeys
	return a
}

// peopled gives the store the accounts of the fake.
func (a *atlas) peopled(f *fake) {
	a.Helper()
	f.directory.people["ada"].Roles = append(f.directory.people["ada"].Roles, policy.Lead)
	for _, p := range f.directory.people {
		if err := a.store.AddPerson(a.Context(), store.KeptPerson{ID: p.ID, Version: 1, Email: p.Email, Name: p.Name, State: string(p.State), Created: a.clock}); err != nil {
			a.Fatal(err)
		}
	}
}

// apply makes the map what a file says.
func (a *atlas) apply(text string) {
	a.Helper()
	d, err := journey.ParseDocument("map.yaml", []byte(text))
	if err == nil {
		_, _, err = a.Apply(a.Context(), d, "")
	}
	if err != nil {
		a.Fatal(err)
	}
}

// id is that of a journey or a touchpoint.
func (a *atlas) id(name string) string {
	a.Helper()
	_, id, err := a.Find(a.Context(), name)
	if err != nil {
		a.Fatal(err)
	}
	return id
}

// stage is the id of a stage.
func (a *atlas) stage(name string) string {
	a.Helper()
	places, err := a.Places(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	for _, p := range places {
		if p.Stage.Name == name {
			return p.Stage.ID
		}
	}
	a.Fatalf("there is no stage %s", name)
	return ""
}

const shedText = `journeys:
  - name: Buying <b>
    stages:
      - name: Find
        touchpoints:
          - {name: Home page, owner: Olive, customers: "Look & compare", promise: Loads in 2 s, standard: 95 of 100, problems: [slow, broken], voices: "“Where?”", actions: Sizes}
          - name: Search
      - name: Pay
    journeys:
      - name: Returning
        stages:
          - name: Ask
            touchpoints: [{name: Help line}]
`

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

func leads(t *testing.T, s *testSite, path string, f url.Values, to string) {
	t.Helper()
	if w := post(t, s, path, f); w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Fatalf("%s: status %d to %q, want to %q\n%s", path, w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

func refusesForm(t *testing.T, s *testSite, path string, f url.Values, status int, want ...string) {
	t.Helper()
	w := post(t, s, path, f)
	if w.Code != status {
		t.Fatalf("%s: status %d, want %d\n%s", path, w.Code, status, w.Body)
	}
	for _, text := range want {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s does not say %q\n%s", path, text, w.Body)
		}
	}
}

func TestAMapIsDrawnOnPages(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	s := newTestSite(t, f)
	expect(t, s, "/journeys", http.StatusOK, `aria-current="page">Journeys`, "No journey is drawn yet.", "Draw the first journey below", "Add a journey")
	expect(t, s, "/journeys/history", http.StatusOK, "Nothing was drawn yet.")
	refusesForm(t, s, "/journeys", form("name", " "), http.StatusUnprocessableEntity, "The name is missing.", "Give it a name.")
	w := post(t, s, "/journeys", form("name", "Buying"))
	whole := "/journeys/" + a.id("Buying")
	if w.Header().Get("Location") != whole {
		t.Fatal(w.Code, w.Header())
	}
	expect(t, s, "/journeys", http.StatusOK, "There are journeys, and no touchpoint in them yet.")
	expect(t, s, whole, http.StatusOK, "<h1>Buying</h1>", "It has no stage yet.", "Add the first stage")
	w = post(t, s, "/stages", form("parent", a.id("Buying"), "name", "Pay"))
	stage := a.stage("Pay")
	if w.Header().Get("Location") != whole+"#part-"+stage {
		t.Fatal(w.Header())
	}
	expect(t, s, whole, http.StatusOK, "It has no touchpoint yet.", "Last: added the stage Pay to Buying.")
	leads(t, s, "/touchpoints", form("parent", stage, "name", "Checkout"), whole+"?add="+stage+"#add-"+stage)
	at := a.id("Checkout")
	if body := expect(t, s, whole+"?add="+stage, http.StatusOK, "1 touchpoint has no owner.", "Checkout", "no owner", "for 41 days"); strings.Count(body, "autofocus") != 1 {
		t.Error("the next touchpoint cannot be typed at once")
	}
	f.lane = clientele.MeasureLane{Touchpoints: []clientele.TouchpointMeasures{{Touchpoint: "Checkout", Measures: []clientele.LastMeasure{{Name: "nps", Title: "Net promoter score", Every: "month"}}}}}
	expect(t, s, whole, http.StatusOK, "Net promoter score", "newer records are still being counted", whole+"/observed")
	expect(t, s, "/touchpoints/"+at, http.StatusOK, `href="/measures/nps?touchpoint=Checkout"`)
	f.lane = clientele.MeasureLane{}
	refusesForm(t, s, "/touchpoints", form("parent", stage, "name", "checkout"), http.StatusConflict, "There is a touchpoint called checkout already in this book.", `value="checkout"`)
	refusesForm(t, s, "/stages", form("parent", a.id("Buying"), "name", ""), http.StatusUnprocessableEntity, "The name is missing.")
	refusesForm(t, s, "/touchpoints", form("parent", "none", "name", "x"), http.StatusUnprocessableEntity, "there is no such stage")
	leads(t, s, "/touchpoints/"+at+"/place", form("version", "1", "name", "Till", "stage", stage), "/touchpoints/"+at)
	leads(t, s, "/touchpoints/"+at+"/move", form("version", "2", "to", "later"), whole+"#part-"+at) // it is the last already
	leads(t, s, "/stages/"+stage, form("version", "1", "name", "Paying"), whole+"#part-"+stage)
	leads(t, s, "/stages/"+stage+"/move", form("version", "2", "to", "earlier"), whole+"#part-"+stage)
	refusesForm(t, s, "/stages/"+stage+"/move", form("version", "1", "to", "earlier"), http.StatusPreconditionFailed, "Paying was changed since you opened it.")
	refusesForm(t, s, "/touchpoints/"+at+"/move", form("version", "1", "to", "later"), http.StatusPreconditionFailed, "Till was changed since you opened it.")
	refusesForm(t, s, "/stages/"+stage, form("version", "3", "name", "x", "parent", "y"), http.StatusBadRequest, "Only a journey is moved by this form.")
	refusesForm(t, s, "/touchpoints/none/move", form("version", "2"), http.StatusNotFound)
	refusesForm(t, s, "/touchpoints/"+at+"/move", form(), http.StatusBadRequest)
	w = post(t, s, "/journeys", form("parent", a.id("Buying"), "name", "Below"))
	if to := w.Header().Get("Location"); to != "/journeys/"+a.id("Below") {
		t.Error(to)
	}
	expect(t, s, "/journeys/"+a.id("Below"), http.StatusOK, `<a href="/journeys/`+a.id("Buying")+`">Buying</a>`)
	leads(t, s, "/journeys/"+a.id("Below"), form("version", "1", "name", "Beside", "parent", ""), "/journeys/"+a.id("Below")+"#part-"+a.id("Below"))
	leads(t, s, "/journeys/"+a.id("Beside"), form("version", "2", "name", "Beside", "parent", ""), "/journeys/"+a.id("Beside")+"#part-"+a.id("Beside"))
	leads(t, s, "/stages/"+stage+"/remove", form("version", "2"), whole+"#part-"+stage)
	leads(t, s, whole+"/remove", form("version", "1"), "/journeys")
	expect(t, s, whole, http.StatusNotFound)
	expect(t, s, whole+"/history", http.StatusNotFound)
}

func TestCanvasAndTouchpointPages(t *testing.T) {
	f := newFake()
	clear(f.directory.people)
	a := drawing(t, f)
	a.apply(shedText)
	s := newTestSite(t, f)
	expect(t, s, "/journeys", http.StatusOK, "2 touchpoints have no owner, the oldest for 41 days.", "Buying &lt;b&gt;", "2 stages · 2 touchpoints", "1 without an owner, for 41 days", "Returning")
	canvas := expect(t, s, "/journeys/"+a.id("Buying <b>"), http.StatusOK, "<h1>Buying &lt;b&gt;</h1>", "1 touchpoint has no owner.", "Look &amp; compare", "Loads in 2 s", "95 of 100",
		"slow\nbroken</dd>", "“Where?”", "Olive", "since ", "no owner", "Alt with an arrow key", `aria-label="Move Home page earlier"`, "Returning")
	if strings.Contains(canvas, "Help line") {
		t.Error("the canvas has touchpoints of another journey")
	}
	at := "/touchpoints/" + a.id("Home page")
	expect(t, s, at, http.StatusOK, "Olive answers for it, for 41 days.", `name="name" value="Olive"`, "empty is nobody", "Look &amp; compare</textarea>", "slow\nbroken</textarea>", "› Ask</option>", "still")
	expect(t, s, "/touchpoints/"+a.id("Search"), http.StatusOK, "Nobody answers for it, for 41 days.")
	expect(t, s, "/touchpoints/none", http.StatusNotFound)
	leads(t, s, at+"/notes", form("version", "1", "promise", "Loads in 1 s", "problems", "slow\r\n\r\nbroken"), at)
	refusesForm(t, s, at+"/notes", form("version", "1", "promise", "Loads at once"), http.StatusPreconditionFailed, "Somebody else changed this since you opened it.",
		"<td>Loads in 1 s</td><td>Loads at once</td>", "Loads at once</textarea>")
	refusesForm(t, s, at+"/notes", form("version", "2", "promise", "\a"), http.StatusUnprocessableEntity, "Promise: it holds characters that cannot be shown.")
	a.clock = time.Now()
	leads(t, s, at+"/owner", form("version", "2", "name", ""), at)
	expect(t, s, at, http.StatusOK, "Nobody answers for it, since today.", "Olive")
	refusesForm(t, s, at+"/owner", form("version", "2", "name", "Bea"), http.StatusPreconditionFailed, "Home page was changed since you opened it.")
	leads(t, s, at+"/place", form("version", "3", "name", "Landing page", "stage", a.stage("Ask")), at)
	leads(t, s, at+"/place", form("version", "4", "name", "Landing page", "stage", a.stage("Ask")), at)
	refusesForm(t, s, at+"/place", form("version", "4", "name", "Search", "stage", a.stage("Ask")), http.StatusConflict, "There is a touchpoint called Search already")
	leads(t, s, at+"/remove", form("version", "4"), "/journeys/"+a.id("Returning")+"#part-"+strings.TrimPrefix(at, "/touchpoints/"))
	a.apply("journeys: [{name: Only, stages: [{name: One, touchpoints: [{name: Door, owner: Bea}]}]}]")
	expect(t, s, "/journeys", http.StatusOK, "Every touchpoint has an owner.")
	expect(t, s, "/journeys/"+a.id("Only"), http.StatusOK, "Every touchpoint has an owner.")
}

func TestEditsAreTakenBackOnPages(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	s := newTestSite(t, f)
	a.apply(shedText)
	whole, at := "/journeys/"+a.id("Buying <b>"), "/touchpoints/"+a.id("Home page")
	part := strings.TrimPrefix(at, "/touchpoints/")
	leads(t, s, at+"/place", form("version", "1", "name", "Landing page", "stage", a.stage("Find")), at)
	expect(t, s, whole, http.StatusOK, "Last: renamed Home page to Landing page.", `name="number" value="2"`)
	leads(t, s, "/journeys/undo", form("number", "2"), whole+"#part-"+part)
	expect(t, s, whole+"/history", http.StatusOK, "Took back: renamed Home page to Landing page", "taken back since", "edit 3")
	refusesForm(t, s, "/journeys/undo", form("number", "2"), http.StatusConflict, "That was taken back already.")
	refusesForm(t, s, "/journeys/undo", form("number", "two"), http.StatusBadRequest)
	refusesForm(t, s, "/journeys/undo", form("number", "99"), http.StatusNotFound)
	leads(t, s, "/journeys/undo", form("number", "1"), "/journeys")
	expect(t, s, "/journeys", http.StatusOK, "No journey is drawn yet.")
	for range editsShown {
		a.apply("journeys: [{name: A}]")
		a.apply("journeys: []")
	}
	body := expect(t, s, "/journeys/history", http.StatusOK, "Earlier edits", "the owner of the machine")
	next := regexp.MustCompile(`href="(/journeys/history\?below=[0-9]+)"`).FindStringSubmatch(body)
	if next == nil {
		t.Fatal(body)
	}
	if body := expect(t, s, next[1], http.StatusOK); strings.Contains(body, "edit 104<") || !strings.Contains(body, "edit 54<") {
		t.Error(body)
	}
}

// A browser that stays on the canvas is told what has changed, and no more.
func TestTheCanvasIsChangedWhereItStands(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	s := newTestSite(t, f)
	a.apply(shedText)
	ask := func(path string, f url.Values) (l live, w *httptest.ResponseRecorder) {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(f.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "application/json")
		w = httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusOK {
			if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
		}
		return l, w
	}
	home, search, find, pay := a.id("Home page"), a.id("Search"), a.stage("Find"), a.stage("Pay")
	same := func(want, got live) {
		t.Helper()
		if want != got {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	l, _ := ask("/touchpoints/"+search+"/move", form("version", "1", "to", "earlier"))
	same(live{Says: "Moved Search to place 1 of Find.", Part: search, Version: "2", In: find, Before: home, Undo: "2"}, l)
	l, _ = ask("/touchpoints/"+search+"/move", form("version", "2", "to", "earlier"))
	same(live{Says: "Search is the first already.", Part: search, Version: "2", In: find, Before: home}, l)
	l, _ = ask("/touchpoints/"+home+"/move", form("version", "1", "to", "later"))
	same(live{Says: "Moved Home page to place 1 of Pay.", Part: home, Version: "2", In: pay, Undo: "3"}, l)
	l, _ = ask("/touchpoints/"+home+"/move", form("version", "2", "to", "earlier"))
	same(live{Says: "Moved Home page to place 2 of Find.", Part: home, Version: "3", In: find, Undo: "4"}, l)
	l, _ = ask("/stages/"+find+"/move", form("version", "1", "to", "later"))
	same(live{Says: "Moved Find to place 2.", Part: find, Version: "2", In: a.id("Buying <b>"), Undo: "5"}, l)
	l, _ = ask("/touchpoints", form("parent", pay, "name", "Till <i>"))
	if l.In != pay || l.Undo != "6" || !strings.HasPrefix(l.HTML, `<li class="step" id="part-`+l.Part) || !strings.Contains(l.HTML, "Till &lt;i&gt;") {
		t.Errorf("%+v", l)
	}
	l, _ = ask("/stages", form("parent", a.id("Buying <b>"), "name", "Get"))
	if l.Says != "Added the stage Get to Buying <b>." || !strings.HasPrefix(l.HTML, `<section class="stage" id="part-`+l.Part) {
		t.Errorf("%+v", l)
	}
	for path, want := range map[string]int{"/touchpoints": http.StatusConflict, "/stages/" + find + "/move": http.StatusPreconditionFailed} {
		if _, w := ask(path, form("parent", pay, "name", "search", "version", "1")); w.Code != want || strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
	}
}

func TestWhoAnswersWritesOnPages(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	a.apply(shedText)
	a.peopled(f)
	ada, olive := signedIn(t, f, "ada"), signedIn(t, f, "olive")
	at := "/touchpoints/" + a.id("Home page")
	ada.sees(at, http.StatusOK, "Olive (has no account)</option>", `<option value="olive">Olive</option>`)
	body := olive.sees(at, http.StatusOK, "Look &amp; compare", "<h1>Home page</h1>")
	for _, hidden := range []string{"<textarea", "Save the owner", "Remove Home page"} {
		if strings.Contains(body, hidden) {
			t.Errorf("who does not answer is offered %q", hidden)
		}
	}
	ada.leads(at+"/owner", form("version", "1", "person", "olive"), at)
	ada.sends(at+"/owner", form("version", "2", "person", "dan"), http.StatusUnprocessableEntity, "Owner: there is nobody of that account who could answer.")
	olive.sees(at, http.StatusOK, "Save the notes")
	olive.leads(at+"/notes", form("version", "2", "promise", "At once"), at)
	whole := "/journeys/" + a.id("Buying <b>")
	body = olive.sees(whole, http.StatusOK, "At once", "Last: changed what customers do", `name="number" value="3"`)
	for _, hidden := range []string{"New touchpoint", "data-canvas", "Rename, nest", `class="nudge"`} {
		if strings.Contains(body, hidden) {
			t.Errorf("an owner is offered %q", hidden)
		}
	}
	olive.sends("/touchpoints/"+a.id("Search")+"/notes", form("version", "1", "promise", "x"), http.StatusForbidden, "That is not yours to change")
	olive.sends("/stages", form("parent", a.id("Buying <b>"), "name", "x"), http.StatusForbidden)
	olive.leads("/journeys/undo", form("number", "3"), whole+"#part-"+a.id("Home page"))
	olive.sends("/journeys/undo", form("number", "2"), http.StatusForbidden, "That is not yours to change")
	gone, err := a.store.Person(t.Context(), "olive")
	if err != nil {
		t.Fatal(err)
	}
	gone.State = "disabled"
	if err := a.store.SavePerson(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	ada.sees(at, http.StatusOK, "Olive answers for it, and signs in no more.", "signs in no more</span>")
	ada.sees(whole, http.StatusOK, "signs in no more</strong>")
	a.apply("journeys: [{name: Empty}]")
	olive.f.directory.people["olive"].Roles = []policy.Role{policy.Employee}
	olive.sees("/journeys/"+a.id("Empty"), http.StatusOK, "It has no stage yet. Ask somebody who leads customer experience")
	a.apply("journeys: []")
	olive.sees("/journeys", http.StatusOK, "Ask somebody who leads customer experience to draw the first one.")
}

func TestVacanciesAreALineOfTheStatement(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	s := newTestSite(t, f)
	if body := expect(t, s, "/", http.StatusOK); strings.Contains(body, "vacancies") {
		t.Error("there are vacancies of no touchpoint")
	}
	a.apply(shedText)
	expect(t, s, "/", http.StatusOK, `<a href="/journeys">2 touchpoints have no owner, the oldest for 41 days</a>`)
	a.apply("journeys: [{name: Only, stages: [{name: One, touchpoints: [{name: Door}]}]}]")
	a.clock = time.Now()
	expect(t, s, "/", http.StatusOK, "1 touchpoint has no owner, for 41 days")
}

func TestJourneysThatCannotBeReadAreAnError(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	a.apply(shedText)
	whole, at := "/journeys/"+a.id("Buying <b>"), "/touchpoints/"+a.id("Home page")
	s := newTestSite(t, f)
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/journeys", "/journeys/history", whole, at, "/"} {
		expect(t, s, path, http.StatusInternalServerError)
	}
	for _, path := range []string{"/journeys", "/stages", at + "/notes", at + "/owner", at + "/place", whole + "/remove", "/journeys/undo"} {
		if w := post(t, s, path, form("version", "1", "name", "x", "number", "1")); w.Code != http.StatusInternalServerError {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
