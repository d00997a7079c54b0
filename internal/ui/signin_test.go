package ui

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
)

const (
	asForm = "application/x-www-form-urlencoded"
	asJSON = "application/json"
)

func TestSignInByPassword(t *testing.T) {
	f := newFake()
	v := visitorOf(t, f)
	w := v.ask(http.MethodGet, "/goals?period=2026", "", "")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?next=%2Fgoals%3Fperiod%3D2026" {
		t.Fatalf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	v.sees(w.Header().Get("Location"), http.StatusOK, `name="next" value="/goals?period=2026"`, "Sign in with Northfield ID", `data-passkey="sign-in"`)
	body := v.sends("/sign-in", url.Values{"email": {"ada@northfield.example"}, "password": {"guess"}, "next": {"/goals"}}, http.StatusUnauthorized,
		"Email or password is not right. Try again.", `value="ada@northfield.example"`, `name="next" value="/goals"`)
	if strings.Contains(body, "guess") || len(v.cookies) > 0 {
		t.Error("a refused password is shown again, or begins a session")
	}
	v.leads("/sign-in", url.Values{"email": {"ada@northfield.example"}, "password": {goodPassword}, "next": {"/goals"}}, "/goals")
	v.sees("/account", http.StatusOK, "Ada &lt;L&gt;")
	if w := v.ask(http.MethodGet, "/sign-in?next=/goals", "", ""); w.Header().Get("Location") != "/goals" {
		t.Error("who is signed in is asked to sign in")
	}
	v.leads("/sign-out", nil, "/sign-in")
	if len(v.cookies) > 0 || len(f.directory.sessions) > 0 {
		t.Error("the session goes on after the sign-out")
	}
	v.leads("/sign-out", nil, "/sign-in") // once more changes nothing
}

func TestSignInLeadsToOwnPathsOnly(t *testing.T) {
	f := newFake()
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", ""} {
		v := visitorOf(t, f)
		v.leads("/sign-in", url.Values{"email": {"ada@northfield.example"}, "password": {goodPassword}, "next": {next}}, "/")
	}
}

func TestSignInWithSecondFactor(t *testing.T) {
	f := newFake()
	v := visitorOf(t, f)
	body := v.sends("/sign-in", url.Values{"email": {"olive@northfield.example"}, "password": {goodPassword}, "next": {"/growth"}}, http.StatusOK, "Which code does your app show?", `name="next" value="/growth"`)
	if len(v.cookies) > 0 {
		t.Error("a session begins while a factor is missing")
	}
	if !strings.Contains(body, `name="pending" value="pending1"`) {
		t.Fatal(body)
	}
	v.sends("/sign-in/second", url.Values{"pending": {"pending1"}, "code": {"000000"}, "next": {"/growth"}}, http.StatusUnprocessableEntity, "That is not the code.", `value="pending1"`)
	v.leads("/sign-in/second", url.Values{"pending": {"pending1"}, "code": {"123456"}, "next": {"/growth"}}, "/growth")
	v = visitorOf(t, f)
	v.sends("/sign-in/second", url.Values{"pending": {"other"}, "code": {"123456"}}, http.StatusUnauthorized, "The sign-in has waited too long.", "<h1>Sign in</h1>")
	v.sends("/sign-in/second", url.Values{"pending": {"pending1"}, "code": {"broken"}}, http.StatusInternalServerError)
	if w := v.ask(http.MethodGet, "/sign-in/second", "", ""); w.Header().Get("Location") != "/sign-in" {
		t.Errorf("status %d", w.Code)
	}
}

func TestSignInByPasskey(t *testing.T) {
	f := newFake()
	v := visitorOf(t, f)
	v.says(v.ask(http.MethodPost, "/sign-in/passkey/begin", asJSON, "{}"), "begin", http.StatusOK, `{"id":"c1","options":{"publicKey":{"challenge":"AAAA"}}}`)
	for body, status := range map[string]int{`{"ceremony":"c2","response":{}}`: http.StatusUnauthorized, `{`: http.StatusBadRequest} {
		w := v.ask(http.MethodPost, "/sign-in/passkey", asJSON, body)
		if w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" || len(v.cookies) > 0 {
			t.Errorf("%s: status %d, %s", body, w.Code, w.Body)
		}
	}
	f.directory.fail = errors.New("the disk burns")
	w := v.ask(http.MethodPost, "/sign-in/passkey", asJSON, `{"ceremony":"c1","response":{"signature":"x"}}`)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "burns") {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
	v.says(v.ask(http.MethodPost, "/sign-in/passkey", asJSON, `{"ceremony":"c1","response":{"signature":"x"},"next":"//evil"}`), "sign-in", http.StatusOK, `{"next":"/"}`)
	v.sees("/account", http.StatusOK, "Ada &lt;L&gt;")
}

func TestSingleSignOn(t *testing.T) {
	f := newFake()
	v := visitorOf(t, f)
	v.sees("/sso/callback?state=s1&code=good", http.StatusForbidden, "This sign-in was not begun in this browser")
	w := v.ask(http.MethodGet, "/sso/start?next=/growth", "", "")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://id.example/authorize?state=s1" {
		t.Fatalf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	v.sees("/sso/callback?state=s2&code=good", http.StatusForbidden, "This sign-in was not begun in this browser")
	v.sees("/sso/callback?state=s1&error=access_denied", http.StatusForbidden, "The provider did not let you in.")
	v.sees("/sso/callback?state=s1&code=bad", http.StatusForbidden, "Nobody here has that account.")
	f.directory.fail = errors.New("the disk burns")
	v.sees("/sso/callback?state=s1&code=good", http.StatusInternalServerError)
	w = v.ask(http.MethodGet, "/sso/callback?state=s1&code=good", "", "")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/growth" || v.cookies["clientele"] == nil {
		t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	f.directory.sso = ""
	f.directory.fail = clientele.Errorf(clientele.CodeNotFound, "there is no single sign-on")
	v = visitorOf(t, f)
	v.sees("/sso/start", http.StatusNotFound)
	if strings.Contains(v.sees("/sign-in", http.StatusOK), "/sso/start") {
		t.Error("a button leads to no single sign-on")
	}
}

func TestSetUp(t *testing.T) {
	f := newFake()
	f.directory.people, f.directory.setUp = map[string]*people.Person{}, "s3cret"
	v := visitorOf(t, f)
	if w := v.ask(http.MethodGet, "/sign-in", "", ""); w.Header().Get("Location") != "/" {
		t.Error("without accounts somebody is asked to sign in")
	}
	v.sees("/setup?secret=s3cret", http.StatusOK, "Make the first account.", `name="secret" value="s3cret"`, "Executive", "Lead", "Analyst", fmt.Sprintf("at least %d characters", people.MinPassword), fmt.Sprintf(`minlength="%d"`, people.MinPassword))
	v.sees("/setup", http.StatusOK, "of the link that clientele serve printed")
	form := url.Values{"secret": {"s3cret"}, "name": {"Ada"}, "email": {"ada@northfield.example"}, "password": {goodPassword}, "again": {"other"}, "role": {"lead", "auditor"}}
	v.sends("/setup", form, http.StatusUnprocessableEntity, "The two passwords differ.", `value="Ada"`, `value="lead" checked`)
	form.Set("password", "short")
	form.Set("again", "short")
	v.sends("/setup", form, http.StatusUnprocessableEntity, "The password is too short. Take 12 characters or more.")
	form.Set("password", goodPassword)
	form.Set("again", goodPassword)
	form.Set("secret", "guess")
	v.sends("/setup", form, http.StatusForbidden, "That is not the secret of the set-up link.")
	form.Set("secret", "s3cret")
	v.leads("/setup", form, "/people")
	if p := f.directory.people["p1"]; rolesText(p.Roles) != "lead, administrator" {
		t.Errorf("the first person is %s", rolesText(p.Roles))
	}
	v.sees("/people", http.StatusOK, "1 person has an account.")
	visitorOf(t, f).sees("/setup?secret=s3cret", http.StatusOK, "This book has accounts.")
}

func TestInvitation(t *testing.T) {
	f := newFake()
	f.directory.links["l1"] = "ivo"
	v := visitorOf(t, f)
	v.sees("/invitation?secret=l1", http.StatusOK, "Welcome, Ivo.", "ivo@northfield.example", "Here you are employee.", `name="secret" value="l1"`)
	form := url.Values{"secret": {"l1"}, "password": {"short"}, "again": {"short"}}
	v.sends("/invitation", form, http.StatusUnprocessableEntity, "The password is too short.")
	form.Set("password", goodPassword)
	form.Set("again", goodPassword)
	v.leads("/invitation", form, "/account")
	body := v.sees("/account", http.StatusOK, "Read what customer, lost and value mean")
	if strings.Contains(body, `href="/people"`) {
		t.Error("an employee is led to people")
	}
	v.sees("/invitation?secret=l1", http.StatusForbidden, "the link is used up or too old", "Ask for a new one.")
	v.sends("/invitation", form, http.StatusForbidden)
	f.directory.people["ivo"].Roles = nil
	f.directory.links["l2"] = "ivo"
	visitorOf(t, f).sees("/invitation?secret=l2", http.StatusOK)
}
