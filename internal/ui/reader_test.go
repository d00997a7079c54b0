package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// as asks for a page as somebody with a role.
func as(t *testing.T, s *testSite, a policy.Actor, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(policy.With(r.Context(), a)))
	if w.Code != http.StatusSeeOther {
		checkRules(t, path, w.Body.String())
	}
	return w
}

func TestNavigationShowsWhatTheReaderMaySee(t *testing.T) {
	s := newTestSite(t, newFake())
	eve := policy.Actor{ID: "1", Name: "Eve", Roles: []policy.Role{policy.Employee}}
	body := as(t, s, eve, "/definitions").Body.String()
	for _, want := range []string{`<a href="/definitions" aria-current="page">`, `<a href="/account">Eve</a>`, `action="/sign-out"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if strings.Contains(body, `href="/movement"`) {
		t.Error("the navigation leads where Eve may not go")
	}
	body = expect(t, s, "/definitions", http.StatusOK, `<a href="/">Worth</a>`, `<a href="/journeys">Journeys</a>`, `<a href="/definitions" aria-current="true">Book</a>`, `href="/audit"`)
	if strings.Contains(body, "Sign out") || strings.Contains(body, `href="/movement"`) {
		t.Error("somebody without an account can sign out, or the pages of another group are shown")
	}
}

func TestWhoMayNotIsToldWhatHelps(t *testing.T) {
	s := newTestSite(t, newFake())
	eve := policy.Actor{ID: "1", Name: "Eve", Roles: []policy.Role{policy.Employee}}
	w := as(t, s, eve, "/goals")
	for _, want := range []string{"you may not see what is aimed at", "Ask somebody who is executive, lead", "To the pages that are yours"} {
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), want) {
			t.Errorf("status %d, and the page does not say %q", w.Code, want)
		}
	}
	if w := as(t, s, eve, "/"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/journeys" {
		t.Errorf("the first page answers %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestNobodyIsLedToSignIn(t *testing.T) {
	s := newTestSite(t, newFake())
	for _, c := range []struct{ method, path, want string }{
		{http.MethodGet, "/growth?a=1", "/sign-in?" + url.Values{"next": {"/growth?a=1"}}.Encode()}, {http.MethodPost, "/goals", "/sign-in"},
	} {
		w := httptest.NewRecorder()
		s.Site.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.want {
			t.Errorf("%s answers %d to %q", c.path, w.Code, w.Header().Get("Location"))
		}
	}
}

// says asks as somebody, and looks for what the page must and must not say.
func says(t *testing.T, s *testSite, a policy.Actor, path string, want, not []string) {
	t.Helper()
	w := as(t, s, a, path)
	for _, text := range want {
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s as %v: status %d, and it does not say %q", path, a.Roles, w.Code, text)
		}
	}
	for _, text := range not {
		if strings.Contains(w.Body.String(), text) {
			t.Errorf("%s as %v says %q", path, a.Roles, text)
		}
	}
}

func somebody(roles ...policy.Role) policy.Actor {
	return policy.Actor{ID: "1", Name: "Ada Able", Roles: roles, Scopes: []policy.Scope{{Attribute: "country", Value: "Germany"}}}
}

func TestWhatIsHiddenIsTold(t *testing.T) {
	f := newFake()
	hidden := func(n int64, what string) *clientele.Hidden {
		return &clientele.Hidden{Count: n, What: what, Why: "They are not of your units.", Help: "Ask somebody."}
	}
	st := byCountry(*f.statement)
	st.Hidden, f.movement.Hidden, f.won.Hidden = hidden(1, "segments"), hidden(2, "segments"), hidden(3, "channels")
	f.statement = &st
	f.contracts = new(reported(st.To))
	f.contracts.Hidden = hidden(4, "plans")
	f.explanation = statement.Explanation{Title: "Customers lost", Unit: statement.UnitCount, Figure: "2874", Query: "SELECT", Hidden: hidden(2874, "rows")}
	s, owner := newTestSite(t, f), somebody(policy.Owner)
	const of = "from=2026-07-01&to=2026-09-30"
	says(t, s, owner, "/?by=country&"+of, []string{"1 segment is hidden:", "They are not of your units. Ask somebody.", "Segments of your units, and the company"}, []string{"Every segment", `href="/model`, `href="/data`})
	says(t, s, owner, "/movement?by=country&"+of, []string{"2 segments are hidden:", "Segments of your units"}, []string{"Every segment"})
	says(t, s, owner, "/growth", []string{"3 channels are hidden:"}, nil)
	says(t, s, owner, "/contracts", []string{"4 plans are hidden:"}, nil)
	says(t, s, owner, "/explain?line=customers.lost&"+of, []string{"2,874 rows are hidden:", "Country: Germany", "/explain?by=country&amp;from=2026-07-01&amp;line=customers.lost&amp;segment=Germany", "SELECT"}, []string{"all pages"})
	says(t, s, owner, "/movement/explain?line=opening&"+of, []string{"C-1"}, nil)
	st.Segments = nil
	says(t, s, owner, "/?by=country&"+of, []string{"is hidden:"}, []string{"How each"})
	w := as(t, s, owner, "/?by=country&segment=Austria&"+of)
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "these rows are not of your units") {
		t.Errorf("a segment of others answers %d", w.Code)
	}
	f.hideEquity = hidden(240, "rows")
	says(t, s, owner, "/movement/explain?line=opening&"+of, []string{"240 rows are hidden:", "/movement/explain?by=country"}, []string{"C-1"})
	limited := owner
	limited.Limits = []string{policy.ReadStatement.Name()}
	says(t, s, limited, "/explain?line=customers.lost&"+of, []string{"rows are hidden:"}, []string{"Country: Germany"})
}

func TestFormsAreForWhoMaySendThem(t *testing.T) {
	f := newFake()
	f.run = new(fitted())
	f.settings.Definition.Version = 1
	s := newTestSite(t, f)
	post(t, s, "/definitions", url.Values{"lapse_days": {"90"}, "why": {"Nobody returns"}, "by": {"Grace"}})
	auditor, employee, executive := somebody(policy.Auditor), somebody(policy.Employee), somebody(policy.Executive)
	runJob(t, s, f, strings.TrimPrefix(strings.Split(as(t, s, auditor, "/definitions/2").Header().Get("Location"), "?")[0], "/jobs/"))
	says(t, s, auditor, "/model", []string{"You may not compare models, and so choose the one in use."}, []string{`action="/model/compare"`})
	says(t, s, auditor, "/data", []string{"You may not import files. Ask somebody who is analyst"}, []string{"<form class=\"drop\""})
	says(t, s, auditor, "/goals", []string{"You may not set what is aimed at."}, []string{`action="/goals"`})
	says(t, s, auditor, "/definitions", []string{"You may not propose another definition."}, []string{`action="/definitions"`})
	says(t, s, auditor, "/definitions/2", []string{"You may not approve a definition.", "Past quarters"}, []string{"/approve"})
	says(t, s, employee, "/definitions/2", []string{"What it would have done is of the statement", "You may not see the totals"}, []string{"Past quarters"})
	says(t, s, executive, "/definitions", []string{"It is signed with your name, Ada Able."}, []string{`name="by"`})
	says(t, s, executive, "/definitions/2", []string{"It is signed with your name", "/definitions/2/approve"}, []string{`name="by"`})
	says(t, s, executive, "/goals", []string{"It is signed with your name"}, []string{`name="by"`})
	f.rejects = []warehouse.Reject{{Line: 4711, Reason: "no amount", Text: "secret"}}
	says(t, s, executive, "/data/imports/1", []string{"You may not see rejected rows"}, []string{"secret", "rejects.csv"})
	says(t, s, auditor, "/data/imports/1", []string{"secret", "rejects.csv"}, nil)
	f.noContracts = true
	says(t, s, auditor, "/contracts", []string{"You may not import files."}, []string{"Drop a file"})
	f.empty = true
	says(t, s, auditor, "/", []string{"You may not import files."}, []string{"Drop a file"})
}

func TestGoalsAreNotOfferedToWhoMayNotSetThem(t *testing.T) {
	s := newTestSite(t, newFake())
	says(t, s, somebody(policy.Executive), "/", []string{"Set a goal"}, nil)
	says(t, s, somebody(policy.Owner), "/", []string{"no goal is set"}, []string{"Set a goal"})
}

func TestLinesDoNotNameFilesToWhoMayNotSeeThem(t *testing.T) {
	f := newFake()
	f.lines = []warehouse.OrderLine{{Order: "1001", Day: f.statement.From, Kind: clientele.Sale, Amount: money("40"), Import: 1}}
	path := "/orders?customer=C-1&from=2026-07-01&to=2026-09-30"
	says(t, newTestSite(t, f), somebody(policy.Owner), path, []string{"1001"}, []string{"orders-2026.csv", "/data/imports"})
}

func TestJobsTellWhatTheyAreAboutToWhoMayAsk(t *testing.T) {
	f := newFake()
	s, owner := newTestSite(t, f), somebody(policy.Owner)
	f.jobs["J"] = store.Job{ID: "J", Kind: jobImport, State: store.JobRunning, Progress: store.JobProgress{Step: "reading", Fraction: -1}}
	says(t, s, owner, "/jobs/J", []string{"Importing a file", "Reading"}, []string{"/cancel", "Stop"})
	f.jobs["J"] = store.Job{ID: "J", Kind: jobImport, State: store.JobDone}
	says(t, s, owner, "/jobs/J", []string{"The work is done", "You may not import files."}, []string{"rows read"})
	f.jobs["J"] = store.Job{ID: "J", Kind: jobImport, State: store.JobFailed, Error: []byte(`{"code":"not_loaded","message":"it failed"}`)}
	says(t, s, owner, "/jobs/J", []string{"a file is kept, and not loaded yet"}, []string{"/again", "Correct how"})
}

func TestExportThatCannotBeRecordedIsNotMade(t *testing.T) {
	f := newFake()
	f.exportFail = clientele.Errorf(clientele.CodeNoSpace, "no room for the audit")
	w := get(t, newTestSite(t, f), "/data/imports/1/rejects.csv")
	if w.Code != http.StatusInsufficientStorage || w.Header().Get("Content-Disposition") != "" || !strings.Contains(w.Body.String(), "no room for the audit") {
		t.Errorf("it answers %d %v", w.Code, w.Header())
	}
}
