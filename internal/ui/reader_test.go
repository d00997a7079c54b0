package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/clientele/clientele/internal/policy"
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
	if body := expect(t, s, "/definitions", http.StatusOK, `href="/movement"`); strings.Contains(body, "Sign out") {
		t.Error("somebody without an account can sign out")
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
	if w := as(t, s, eve, "/"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/definitions" {
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
