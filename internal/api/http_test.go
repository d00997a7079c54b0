package api

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// problem is the body of an error.
type problem struct {
	Status int
	Code   clientele.Code
	Detail string
	Hint   string
	At     clientele.Position
}

func TestWhatCannotBeAskedIsAProblem(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		status                       int
		code                         clientele.Code
		method, path, body, contents string
	}{
		{404, clientele.CodeNotFound, "GET", "/api/v1/nothing", "", ""},
		{404, clientele.CodeNotFound, "GET", "/api/", "", ""},
		{404, clientele.CodeNotFound, "POST", "/v1/track", "{}", ""},
		{404, clientele.CodeNotFound, "GET", "/api/v1/jobs/none", "", ""},
		{405, clientele.CodeUsage, "POST", "/api/v1/statement", "{}", ""},
		{405, clientele.CodeUsage, "DELETE", "/api/v1/people", "", ""},
		{405, clientele.CodeUsage, "TRACE", "/v1/batch", "", ""},
		{415, clientele.CodeUsage, "POST", "/api/v1/units", `{"name":"a"}`, "text/plain"},
		{415, clientele.CodeUsage, "POST", "/api/v1/units", `{"name":"a"}`, ";;;"},
		{400, clientele.CodeUsage, "GET", "/api/v1/statement?form=2026-01-01", "", ""},
		{400, clientele.CodeUsage, "GET", "/api/v1/statement?from=%zz", "", ""},
		{400, clientele.CodeUsage, "POST", "/api/v1/units", `{"name":`, ""},
		{400, clientele.CodeUsage, "POST", "/api/v1/units", `{"name":"a"}{}`, ""},
		{400, clientele.CodeUsage, "POST", "/api/v1/units", ``, "application/json"},
		{422, clientele.CodeInvalid, "POST", "/api/v1/units", `{"name":"a","label":"b"}`, ""},
		{422, clientele.CodeInvalid, "POST", "/api/v1/units", `{"name":7}`, ""},
		{422, clientele.CodeInvalid, "POST", "/api/v1/units", `[]`, ""},
		{422, clientele.CodeInvalid, "POST", "/api/v1/units", `{"name":"` + strings.Repeat("é", 201) + `"}`, ""},
		{422, clientele.CodeInvalid, "POST", "/api/v1/tokens", `{"name":"a","days":1.5,"scopes":[]}`, ""},
		{422, clientele.CodeInvalid, "POST", "/api/v1/tokens", `{"name":"a","days":99999999999999999999,"scopes":[]}`, ""},
		{422, clientele.CodeInvalid, "POST", "/api/v1/people", `{"email":"a@b.c","name":"A","roles":["king"]}`, ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/statement?from=2026-02-30&to=2026-03-01", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/statement?from=2026-03-01", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/statement?from=2026-03-01&to=2026-01-01", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/statement?segment=north", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/statement?by=a&by=b", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/movement?horizon=7", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/orders", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/imports/x", "", ""},
		{404, clientele.CodeNotFound, "GET", "/api/v1/imports/99", "", ""},
		{404, clientele.CodeNotFound, "GET", "/api/v1/statement?by=region&segment=south&from=2026-01-01&to=2026-02-01", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/imports?limit=0", "", ""},
		{422, clientele.CodeInvalid, "GET", "/api/v1/imports?limit=1001", "", ""},
		{404, clientele.CodeNotFound, "GET", UploadPath + "/..%2F..%2Fetc", "", ""},
		{404, clientele.CodeNotFound, "POST", UploadPath + "/AAAAAAAAAAAAAAAAAAAAAAAAAA/import", "{}", ""},
	} {
		var headers []string
		if c.contents != "" {
			headers = []string{"Content-Type", c.contents}
		}
		got, text := w.ask(c.method, c.path, c.body, headers...)
		var p problem
		if err := json.Unmarshal([]byte(text), &p); err != nil || got.Code != c.status || p.Status != c.status || p.Code != c.code || p.Hint == "" && c.path != "/api/v1/jobs/none" ||
			got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s %.60s: %d %s %v", c.method, c.path, c.body, got.Code, text, err)
		}
		if c.status == 405 && got.Header().Get("Allow") == "" {
			t.Errorf("%s %s: it does not say what it takes", c.method, c.path)
		}
	}
}

func TestAnswersAreJSONOnly(t *testing.T) {
	w := newWorld(t)
	for accept, want := range map[string]int{
		"": 200, "*/*": 200, "application/json": 200, "application/*;q=0.5": 200, "text/html, application/json;q=0.1": 200, "text/html": 406, "application/json;q=0": 406, "application/xml": 406,
	} {
		if got, text := w.ask("GET", "/api/v1/roles", "", "Accept", accept); got.Code != want {
			t.Errorf("%q: %d %s", accept, got.Code, text)
		}
	}
}

func TestListsAreReadPartByPart(t *testing.T) {
	w := newWorld(t)
	for path, count := range map[string]int{
		"/api/v1/imports": 5, "/api/v1/orders?customer=c": 5, "/api/v1/imports/1/rejects": 5, "/api/v1/roles": len(policy.Roles()),
		"/api/v1/attributes": 1, "/api/v1/imports/2/rejects": 0, "/api/v1/journey-edits": 5, "/api/v1/journey-edits?journey=j": 5,
	} {
		seen, parts := 0, 0
		for next := withLimit(path); next != ""; parts++ {
			var got page[json.RawMessage]
			answer := w.must(200, &got, "GET", next, "")
			seen += len(got.Items)
			next = ""
			if got.Next != nil {
				next = *got.Next
			}
			if link := answer.Header().Get("Link"); (link != "") != (next != "") || next != "" && link != "<"+next+`>; rel="next"` {
				t.Errorf("%s: Link %q", path, link)
			}
			if parts > 10 || len(got.Items) > 2 {
				t.Fatalf("%s: %d items in part %d", path, len(got.Items), parts)
			}
		}
		if seen != count || count > 2 && parts != (count+1)/2 {
			t.Errorf("%s: %d items in %d parts", path, seen, parts)
		}
	}
	var x explained
	w.must(200, &x, "GET", "/api/v1/statement/lines/customers.lost?from=2026-01-01&to=2026-03-31&limit=3", "")
	if len(x.Rows) != 3 || x.Next == nil {
		t.Fatalf("%+v", x)
	}
	w.must(200, &x, "GET", *x.Next, "")
	if len(x.Rows) != 2 || x.Rows[0].Heads != 3 || x.Next != nil {
		t.Errorf("%+v", x)
	}
}

func withLimit(path string) string {
	if strings.Contains(path, "?") {
		return path + "&limit=2"
	}
	return path + "?limit=2"
}

func TestCursorsAreToldApart(t *testing.T) {
	w := newWorld(t)
	cursor := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for _, c := range []string{"x", "=", cursor("imports"), cursor("imports:-1"), cursor("imports:9999999999999999999"), cursor("people:2"), cursor("imports:1e3"), strings.Repeat("A", 150)} {
		if got, text := w.ask("GET", "/api/v1/imports?cursor="+url.QueryEscape(c), ""); got.Code != 422 {
			t.Errorf("%q: %d %s", c, got.Code, text)
		}
	}
	var got page[clientele.ImportRef]
	if w.must(200, &got, "GET", "/api/v1/imports?cursor="+cursor("imports:1000000"), ""); len(got.Items) != 0 || got.Next != nil {
		t.Errorf("%+v", got)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("aW1wb3J0czoy", "imports")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, cursor, list string) {
		if n, err := (paging{Cursor: cursor}).position(list); err == nil && n < 0 || err != nil && clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%d %v", n, err)
		}
	})
}

func TestWhatHoldsIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	first := w.must(200, nil, "GET", "/api/v1/roles", "")
	tag := first.Header().Get("ETag")
	if tag == "" || first.Header().Get("Cache-Control") != "private, no-cache" {
		t.Fatal(first.Header())
	}
	again, text := w.ask("GET", "/api/v1/roles", "", "If-None-Match", `"other", W/`+tag)
	if again.Code != http.StatusNotModified || text != "" || again.Header().Get("ETag") != tag {
		t.Errorf("%d %q", again.Code, text)
	}
	w.must(200, nil, "GET", "/api/v1/roles", "", "If-None-Match", `"other"`)
}

func TestChangesNameWhatTheyChange(t *testing.T) {
	w := newWorld(t)
	var unit people.Unit
	made := w.must(201, &unit, "POST", "/api/v1/units", `{"name":"North"}`)
	path, tag := made.Header().Get("Location"), made.Header().Get("ETag")
	if read := w.must(200, nil, "GET", path, ""); read.Header().Get("ETag") != tag || tag != `"1"` {
		t.Errorf("read as %s, made as %s", read.Header().Get("ETag"), tag)
	}
	w.must(428, nil, "PUT", path, `{"name":"South"}`)
	for _, other := range []string{`"2"`, `1`, `"01"`, `*`, `W/"1"`, `"x"`} {
		w.must(412, nil, "PUT", path, `{"name":"South"}`, "If-Match", other)
	}
	changed := w.must(200, &unit, "PUT", path, `{"name":"South"}`, "If-Match", tag)
	if changed.Header().Get("ETag") != `"2"` || unit.Name != "South" {
		t.Errorf("%s %+v", changed.Header().Get("ETag"), unit)
	}
	w.must(412, nil, "DELETE", path, "", "If-Match", tag)
	w.must(428, nil, "DELETE", path, "")
	w.must(204, nil, "DELETE", path, "", "If-Match", `"2"`)
	w.must(404, nil, "GET", path, "")

	goal := w.must(200, nil, "GET", "/api/v1/goals/2026-Q3", "").Header().Get("ETag")
	set := w.must(200, nil, "PATCH", "/api/v1/goals/2026-Q3", `{"customers":7}`, "If-Match", goal)
	w.must(412, nil, "PATCH", "/api/v1/goals/2026-Q3", `{"customers":8}`, "If-Match", goal)
	w.must(200, nil, "PATCH", "/api/v1/goals/2026-Q3", `{"customers":8}`, "If-Match", set.Header().Get("ETag"))
}

const proposing = `{"lapse_days":180,"why":"because"}`

func TestNamedRequestsAreDoneOnce(t *testing.T) {
	w := newWorld(t)
	propose := func(status int, key, body string) (string, *httptest.ResponseRecorder) {
		t.Helper()
		got, text := w.ask("POST", "/api/v1/definitions", body, "Idempotency-Key", key)
		if got.Code != status {
			t.Fatalf("%d, not %d: %s", got.Code, status, text)
		}
		return text, got
	}
	first, _ := propose(201, "k1", proposing)
	again, answer := propose(201, "k1", proposing)
	if again != first || w.calls != 1 || answer.Header().Get("Idempotent-Replayed") != "true" || answer.Header().Get("Location") != "/api/v1/definitions/1" {
		t.Errorf("%d calls, %s, %s, %v", w.calls, first, again, answer.Header())
	}
	propose(409, "k1", `{"lapse_days":90,"why":"because"}`)
	if propose(201, "k2", proposing); w.calls != 2 {
		t.Errorf("another name is %d calls", w.calls)
	}
	w.actor = &policy.Actor{ID: "other", Name: "Eve", Roles: []policy.Role{policy.Analyst}}
	if other, _ := propose(201, "k1", proposing); w.calls != 3 || other == first {
		t.Errorf("somebody else was given %s", other)
	}
	for _, bad := range []string{"", "a b", strings.Repeat("k", 256), "é"} {
		propose(422, bad, proposing)
	}
	if got := w.send(func() *http.Request {
		r := request("POST", "/api/v1/definitions", proposing)
		r.Header["Idempotency-Key"] = []string{"a", "b"}
		return r
	}()); got.Code != 422 {
		t.Errorf("two names: %d", got.Code)
	}
}

func TestWhatFailedIsDoneAgain(t *testing.T) {
	w := newWorld(t)
	w.failure = clientele.Errorf(clientele.CodeInvalid, "no")
	w.must(422, nil, "POST", "/api/v1/definitions", proposing, "Idempotency-Key", "k")
	w.failure = nil
	w.must(201, nil, "POST", "/api/v1/definitions", proposing, "Idempotency-Key", "k")
}

func TestWhileItIsDoneItIsNotDoneAgain(t *testing.T) {
	w := newWorld(t)
	w.wait = make(chan struct{})
	var group sync.WaitGroup
	statuses := make(chan int, 2)
	for range 2 {
		group.Go(func() {
			got := w.send(request("POST", "/api/v1/definitions", proposing, "Idempotency-Key", "k"))
			if statuses <- got.Code; got.Code == 409 {
				close(w.wait)
			}
		})
	}
	group.Wait()
	if sum := <-statuses + <-statuses; sum != 201+409 || w.calls != 1 {
		t.Errorf("statuses add up to %d, after %d calls", sum, w.calls)
	}
}

func TestSecretsAreShownOnce(t *testing.T) {
	w := newWorld(t)
	add := func() madeToken {
		t.Helper()
		var got madeToken
		w.must(201, &got, "POST", "/api/v1/tokens", bodies["addToken"], "Idempotency-Key", "k")
		return got
	}
	first, again := add(), add()
	if first.Secret == nil || again.Secret != nil || first.ID != again.ID {
		t.Errorf("%+v, %+v", first, again)
	}
	var tokens page[people.Token]
	if w.must(200, &tokens, "GET", "/api/v1/tokens", ""); len(tokens.Items) != 1 {
		t.Errorf("%d tokens", len(tokens.Items))
	}
	if _, _, err := w.api.People.(*people.Service).ByToken(t.Context(), *first.Secret); err != nil {
		t.Error(err)
	}
	var invited, repeated invitation
	w.must(201, &invited, "POST", "/api/v1/people", bodies["invitePerson"], "Idempotency-Key", "p")
	w.must(201, &repeated, "POST", "/api/v1/people", bodies["invitePerson"], "Idempotency-Key", "p")
	if invited.Link == nil || repeated.Link != nil || invited.Person.ID != repeated.Person.ID {
		t.Errorf("%+v, %+v", invited, repeated)
	}
}

func packed(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBatches(t *testing.T) {
	w := newWorld(t)
	var got event.Receipt
	w.must(200, &got, "POST", "/v1/batch?source=shop", `{"batch":[]}`)
	if got.Rejected[0].Index != 1 || string(w.taken) != `{"batch":[]}` {
		t.Errorf("%+v %s", got, w.taken)
	}
	w.must(200, nil, "POST", "/v1/batch", packed(t, `{"batch":[1]}`), "Content-Encoding", "gzip")
	if string(w.taken) != `{"batch":[1]}` {
		t.Errorf("%s", w.taken)
	}
	w.must(200, nil, "POST", "/v1/batch", `{"batch":[]}`, "Content-Type", "application/json; charset=utf-8")
	w.must(415, nil, "POST", "/v1/batch", `{"batch":[]}`, "Content-Encoding", "br")
	w.must(415, nil, "POST", "/v1/batch", `{"batch":[]}`, "Content-Type", "text/plain")
	w.must(400, nil, "POST", "/v1/batch", `not packed`, "Content-Encoding", "gzip")
	w.must(400, nil, "POST", "/v1/batch", packed(t, `{"batch":[]}`)[:15], "Content-Encoding", "gzip")
	w.must(422, nil, "POST", "/v1/batch?source=../x", `{"batch":[]}`)
	w.must(413, nil, "POST", "/v1/batch", strings.Repeat(" ", event.MaxBatch+1))
	bomb := packed(t, strings.Repeat(" ", 4<<20))
	if got := w.must(413, nil, "POST", "/v1/batch", bomb, "Content-Encoding", "gzip"); len(bomb) > event.MaxBatch || got == nil {
		t.Errorf("the bomb has %d bytes", len(bomb))
	}
	w.actor = &policy.Actor{ID: "x", Roles: []policy.Role{policy.Auditor}}
	w.must(403, nil, "POST", "/v1/batch", `{"batch":[]}`)
}

func TestNoRecordsYet(t *testing.T) {
	w := newWorld(t)
	w.empty = true
	for _, path := range []string{"statement", "movement", "growth", "contracts", "model", "periods"} {
		w.must(404, nil, "GET", "/api/v1/"+path, "")
	}
	w.must(200, nil, "GET", "/api/v1/statement?from=2026-01-01&to=2026-03-31", "")
}

// What is asked of a measure is checked, whatever is on record.
func TestMeasuresAreChecked(t *testing.T) {
	w := newWorld(t)
	w.must(404, nil, "GET", "/api/v1/measures/nsp", "")
	w.must(400, nil, "GET", "/api/v1/measures/nps?within=7", "")
	w.must(400, nil, "GET", "/api/v1/measures/defect_rate?by=days_late", "")
	w.must(422, nil, "GET", "/api/v1/measures/nps?from=soon", "")
	w.must(200, nil, "GET", "/api/v1/measures/repeat_contacts?within=7&touchpoint=shop&by=touchpoint&from=2026-01-01&to=2026-01-31", "")
}

// Nothing that is sent ends in a defect.
func FuzzBody(f *testing.F) {
	w := newWorld(f)
	for _, body := range bodies {
		f.Add(body)
	}
	f.Add(`{"name":"\ud800","scopes":[{"attribute":"\u0000","value":"=cmd()"}]}`)
	f.Add(strings.Repeat("[", 20000))
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"/api/v1/units", "/api/v1/definitions", "/api/v1/tokens"} {
			r := request("POST", path, body)
			r.Header.Set("Content-Type", "application/json")
			if got := w.send(r); got.Code >= 500 {
				t.Errorf("%s %q: %d", path, body, got.Code)
			}
		}
	})
}
