package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

var update = flag.Bool("update", false, "write the list of operations anew")

// description is what the API serves, in which objects have no other properties than those
// that it names: an answer may not hold what it does not say.
func description(t testing.TB, w *world) (*openapi3.T, routers.Router) {
	t.Helper()
	if readOnce.doc == nil {
		readOnce.doc, readOnce.router = describe(t, w)
	}
	return readOnce.doc, readOnce.router
}

// readOnce is the description that was read already: it takes long.
var readOnce struct {
	doc    *openapi3.T
	router routers.Router
}

func describe(t testing.TB, w *world) (*openapi3.T, routers.Router) {
	t.Helper()
	_, text := w.ask("GET", "/api/v1/openapi.json", "")
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	closeObjects(tree)
	closed, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(closed)
	if err == nil {
		err = doc.Validate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, x := range v {
			closeObjects(x)
		}
	case []any:
		for _, x := range v {
			closeObjects(x)
		}
	}
}

// asSays is an error if an answer is not what the description says.
func asSays(t testing.TB, router routers.Router, r *http.Request, got *httptest.ResponseRecorder) error {
	t.Helper()
	route, params, err := router.FindRoute(r)
	if err != nil {
		return err
	}
	body := got.Body.Bytes()
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 got.Code, Header: got.Header(), Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(t.Context(), in); err != nil {
		return fmt.Errorf("%w\n%.3000s", err, body)
	}
	return nil
}

// bodies are what operations are sent that take something.
var bodies = map[string]string{
	"compareModels": `{"as_of":"2026-09-30"}`, "proposeDefinition": `{"lapse_days":180,"margin":0.3,"why":"because"}`,
	"setGoal": `{"customers":10,"equity":"12.50"}`, "importUpload": `{"kind":"transactions","map":["amount=a*b"]}`,
	"invitePerson": `{"email":"ada@example.com","name":"Ada","roles":["analyst"]}`, "changePerson": `{"name":"Ada L."}`,
	"markEvent": `{"day":"2026-03-01","name":"new returns policy","touchpoint":""}`,
	"addUnit":   `{"name":"North","scopes":[{"attribute":"region","value":"north"}]}`, "changeUnit": `{"name":"South"}`,
	"addJourney": `{"name":"Buying"}`, "changeJourney": `{"parent":"","position":0}`, "addStage": `{"journey":"j","name":"Pay"}`, "changeStage": `{"name":"Pay"}`,
	"takeCase": `{"version":1}`, "noteCase": `{"version":1,"text":"waits"}`, "settleCase": `{"version":1,"done":"called","address":"ada@example.com"}`,
	"setCaseRule": `{"touchpoint":"","version":0,"rule":{"on":true,"nps":6,"csat":2,"ces":3,"rating":2,"promises":true,"failures":true,"due_hours":48,"quiet_days":30}}`,
	"tryMail":     `{"address":"ada@example.com"}`, "decideMail": `{"again":true}`,
	"addSurvey": `{"document":"survey: A\nquestions: [{id: q, kind: nps, text: Q}]"}`, "inviteToSurvey": `{"customer":"c1","occasion":"delivery 1"}`,
	"addTouchpoint": `{"stage":"s","name":"Checkout"}`, "setOwner": `{"name":"Ada"}`,
	"changeTheme":      `{"name":"Too late","owner":{"name":"Ada"}}`,
	"changeTouchpoint": `{"notes":{"customers":"","promise":"One page","standard":"","problems":["slow"],"voices":"","actions":""}}`,
	"addToken":         `{"name":"loader","days":30,"scopes":["data.import"],"service":true,"roles":["analyst"]}`, "sendEvents": `{"batch":[]}`, "findCustomer": `{"customer":"c1"}`, "exportCustomer": `{"customer":"c1"}`, "eraseCustomers": `{"customers":["c1"],"why":"asked"}`, "uploadFile": "a,b\n",
}

// things are names of what is there, for the operations whose addresses name something.
func (w *world) things() *strings.Replacer {
	w.t.Helper()
	var invited invitation
	w.must(201, &invited, "POST", "/api/v1/people", `{"email":"bea@example.com","name":"Bea","roles":["lead"]}`)
	var unit, token, file struct{ ID, Token string }
	w.must(201, &unit, "POST", "/api/v1/units", bodies["addUnit"])
	w.must(201, &token, "POST", "/api/v1/tokens", bodies["addToken"])
	w.must(201, &file, "POST", UploadPath+"?name=a.csv", "a,b\n", "Content-Type", "application/octet-stream")
	return strings.NewReplacer("/people/{id}", "/people/"+invited.Person.ID, "/units/{id}", "/units/"+unit.ID, "/tokens/{id}", "/tokens/"+token.ID,
		"{token}", file.Token, "{id}", "J", "{line}", "customers.lost", "{period}", "2026-Q3", "{version}", "1", "{sequence}", "1", "{session}", "s", "{name}", "nps", "{number}", "1")
}

// ofOperation is a good request.
func (w *world) ofOperation(o *operation, names *strings.Replacer) *http.Request {
	path := names.Replace(o.path())
	query := map[string]string{"listOrders": "?customer=c1", "uploadFile": "?name=a.csv"}[o.name]
	r := request(o.method(), path+query, bodies[o.name])
	if o.takes != "" {
		r.Header.Set("Content-Type", o.takes)
	}
	if o.edits() {
		r.Header.Set(ifMatch, w.send(request("GET", path, "")).Header().Get("ETag"))
	}
	return r
}

// Whatever the capabilities answer, it is what the description says.
func TestAnswersAreWhatTheDescriptionSays(t *testing.T) {
	w := newWorld(t)
	_, router := description(t, w)
	for round := range 3 {
		w.pending = round == 2
		names := w.things()
		for _, o := range w.api.operations {
			r := w.ofOperation(o, names)
			got := w.send(r)
			if err := asSays(t, router, r, got); err != nil {
				t.Fatalf("%s: %v", o.name, err)
			}
			if !slices.Contains(o.accepted(), got.Code) && !(o.name == "endSession" || o.name == "endMySession" || o.name == "invitePerson" && round > 0 || o.name == "changeTheme" && w.pending) {
				t.Errorf("%s: %d", o.name, got.Code)
			}
			if o.computes && w.pending != (got.Code == http.StatusAccepted) {
				t.Errorf("%s: %d, and pending is %v", o.name, got.Code, w.pending)
			}
		}
		if t.Failed() {
			return
		}
		w = newWorldOf(w)
	}
}

// Errors of every kind are problems that the description says.
func TestErrorsAreWhatTheDescriptionSays(t *testing.T) {
	w := newWorld(t)
	_, router := description(t, w)
	names := w.things()
	for _, code := range []clientele.Code{
		clientele.CodeConflict, clientele.CodeInternal,
	} {
		w.failure = clientele.Errorf(code, "it failed").WithHint("Try this.")
		for _, o := range w.api.operations {
			r := w.ofOperation(o, names)
			if o.method() == "GET" && (code == clientele.CodeConflict || code == clientele.CodeNoSpace) || strings.Contains(o.path(), "units") || strings.Contains(o.path(), "people") {
				continue
			}
			if err := asSays(t, router, r, w.send(r)); err != nil {
				t.Errorf("%s, %s: %v", o.name, code, err)
			}
		}
	}
	w.failure, w.actor = nil, nil
	for _, o := range w.api.operations {
		r := w.ofOperation(o, names)
		got := w.send(r)
		if err := asSays(t, router, r, got); err != nil || got.Code != http.StatusUnauthorized || got.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s, of nobody: %d %v", o.name, got.Code, err)
		}
	}
}

// The operations, with what each needs, are what somebody has looked at.
func TestOperations(t *testing.T) {
	var list strings.Builder
	for _, o := range newWorld(t).api.operations {
		fmt.Fprintf(&list, "%-7s %-42s %-20s %s\n", o.method(), o.path(), o.need.Name(), o.name)
	}
	const path = "testdata/operations.txt"
	if *update {
		if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), list.String()); diff != "" {
		t.Errorf("the operations have changed; if they should, run the test with -update: %s", diff)
	}
}

func TestOperationsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range newWorld(t).api.operations {
		if seen[o.name] || o.says == "" || o.need.Zero() || !strings.HasSuffix(o.says, ".") {
			t.Errorf("%+v", o)
		}
		seen[o.name] = true
	}
}

func TestAnOperationDeclaresWhatItNeeds(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an operation that needs nothing was added")
		}
	}()
	register(newWorld(t).api, policy.Permission{}, operation{name: "x", pattern: "GET /api/v1/x"}, getMe)
}

// The route of every operation stands in the description, and the other way round.
func TestEveryRouteIsDescribed(t *testing.T) {
	w := newWorld(t)
	doc, _ := description(t, w)
	var described []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	var routes []string
	for _, r := range w.api.Routes() {
		if strings.Contains(r.Pattern, " ") {
			routes = append(routes, r.Pattern)
		}
	}
	slices.Sort(described)
	slices.Sort(routes)
	if diff := cmp.Diff(routes, described); diff != "" {
		t.Error(diff)
	}
}

func TestDocsAreForPeople(t *testing.T) {
	w := newWorld(t)
	got, text := w.ask("GET", "/api/v1/docs", "")
	if got.Code != 200 || got.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Error(got.Code, got.Header())
	}
	for _, o := range w.api.operations {
		if !strings.Contains(text, o.path()) {
			t.Errorf("%s is not there", o.path())
		}
	}
	if strings.Contains(text, "<script") || strings.Contains(text, "style=") {
		t.Error("something inline")
	}
}

func TestTypesThatSayThemselves(t *testing.T) {
	for _, c := range []struct {
		of    reflect.Type
		taken bool
		want  string
	}{
		{reflect.TypeFor[clientele.Money](), false, `{"type":"string","description":"An exact decimal amount, in the currency of the book.","pattern":"^-?[0-9]{1,26}(\\.[0-9]{1,12})?$","example":"1234.50"}`},
		{reflect.TypeFor[*clientele.Date](), false, `{"type":["string","null"],"format":"date","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$","example":"2026-09-30"}`},
		{reflect.TypeFor[clientele.Interval](), false, `{"$ref":"#/components/schemas/Interval"}`},
		{reflect.TypeFor[*clientele.Interval](), false, `{"anyOf":[{"$ref":"#/components/schemas/Interval"},{"type":"null"}]}`},
		{reflect.TypeFor[[]string](), false, `{"type":["array","null"],"items":{"type":"string"}}`},
		{reflect.TypeFor[[]string](), true, `{"type":"array","items":{"type":"string"}}`},
		{reflect.TypeFor[map[string]float64](), false, `{"type":["object","null"],"additionalProperties":{"type":"number","format":"double"}}`},
		{reflect.TypeFor[*clientele.Horizon](), true, `{"anyOf":[{"type":"string","enum":["5","infinite"]},{"type":"null"}]}`},
	} {
		if got := jsonText(newTypes().of(c.of, c.taken)); !sameJSON(got, c.want) {
			t.Errorf("%s: %s", c.of, got)
		}
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && cmp.Equal(x, y)
}

// newWorldOf is a new world whose capabilities go on where those of another are.
func newWorldOf(w *world) *world {
	next := newWorld(w.t)
	*next.fake = fake{rand: w.rand}
	return next
}

var _ http.Handler = (*API)(nil)

// Every role, and a token of it without scopes, is answered as the policy's table says.
func TestEveryRoleIsAnsweredAsTheTableSays(t *testing.T) {
	w := newWorld(t)
	names := w.things()
	for _, role := range policy.Roles() {
		for _, limits := range [][]string{nil, {}} {
			for _, o := range w.api.operations {
				r := w.ofOperation(o, names)
				w.actor = &policy.Actor{ID: "p", Name: "Ada", Roles: []policy.Role{role}, Limits: limits}
				got := w.send(r)
				owner := policy.Local("root")
				w.actor = &owner
				may := limits == nil && policy.ReachOf(role, o.need) > policy.Nothing
				// Accounts ask for more than the route does, where it is somebody's own or not.
				if refused := got.Code == http.StatusForbidden; may == refused && !(may && o.about == aboutPeople) {
					t.Errorf("%s asks %s: %d", role, o.name, got.Code)
				}
			}
		}
	}
}

func TestEveryoneIsToldWhoTheyAre(t *testing.T) {
	w := newWorld(t)
	w.actor = &policy.Actor{ID: "p", Name: "Ada", Roles: []policy.Role{policy.Analyst}, Limits: []string{"roles.read", "statement.read", "audit.read"}}
	var got me
	w.must(200, &got, "GET", "/api/v1/me", "")
	if fmt.Sprint(got.Permissions) != "[roles.read statement.read]" {
		t.Errorf("%+v", got)
	}
}
