package ui

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
)

var errBurns = errors.New("the disk burns")

func TestAccountWithoutAccounts(t *testing.T) {
	f := newFake()
	f.directory.people = map[string]*people.Person{}
	v := visitorOf(t, f)
	body := v.sees("/account", http.StatusOK, "You are the owner of this machine.", "olga", "open the set-up link")
	if strings.Contains(body, "/account/password") || strings.Contains(body, "Sign out") {
		t.Error("the owner of the machine has a password")
	}
	v.sees("/people", http.StatusOK, "Nobody has an account yet.", "open the set-up link")
}

func TestAccountSaysWhoItIs(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "olive")
	v.sees("/account", http.StatusOK, "Olive", "Sales › North", "sales region = north", "See segments, and the customers and orders behind a figure <span class=\"note\">of your own units",
		"Manage your own account", "After your password you are asked for its code.", "Firefox on Linux", "password, then code", "this one", "You have none. A passkey")
	v = signedIn(t, f, "ada")
	v.sees("/account", http.StatusOK, "You also sign in by https://id.example.", "laptop", "last used never", "/account/passkeys/k%2F1/remove", "Set up an app", "There are none.")
	f.directory.fail = clientele.Errorf(clientele.CodeForbidden, "not for you")
	v.sees("/account", http.StatusOK)
	f.directory.fail = errBurns
	v.sees("/account", http.StatusInternalServerError)
	f.directory.people["ada"].Factors.Password = false
	v.sees("/account", http.StatusOK, "You have none.", "Choose one")
}

func TestPasswordIsChanged(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	v.sends("/account/password", url.Values{"old": {"guess"}, "password": {goodPassword}, "again": {goodPassword}}, http.StatusForbidden, "That is not your password.", `<details class="more" open>`)
	v.sends("/account/password", url.Values{"old": {goodPassword}, "password": {goodPassword}, "again": {"other"}}, http.StatusUnprocessableEntity, "The two passwords differ.")
	v.leads("/account/password", url.Values{"old": {goodPassword}, "password": {goodPassword}, "again": {goodPassword}}, "/account#factors")
	f.directory.fail = errBurns
	v.sends("/account/password", url.Values{"old": {goodPassword}, "password": {goodPassword}, "again": {goodPassword}}, http.StatusInternalServerError)
}

func TestAuthenticatorApp(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	v.sends("/account/totp", nil, http.StatusOK, "Scan this with your app.", "ABCD EFGH IJ", `src="data:image/png;base64,iVBORw=="`, `href="otpauth://totp/Clientele:ada?secret=ABCDEFGHIJ"`)
	v.sends("/account/totp/confirm", url.Values{"code": {"1"}}, http.StatusUnprocessableEntity, "That was not its code.", "That is not the code. Type the next one.", "Begin with a new secret")
	v.sends("/account/totp/confirm", url.Values{"code": {"123456"}}, http.StatusOK, "Keep these codes where your app is not.", "<code>aaaa-bbbb</code>", "<code>cccc-dddd</code>")
	v.sees("/account", http.StatusOK, "After your password you are asked for its code.")
	v.sends("/account/totp/remove", url.Values{"password": {"guess"}}, http.StatusForbidden, "That is not your password.")
	f.directory.fail = clientele.Errorf(clientele.CodeConflict, "there is an app already")
	v.sends("/account/totp", nil, http.StatusConflict, "There is an app already.")
	v.leads("/account/totp/remove", url.Values{"password": {goodPassword}}, "/account#factors")
	for path, form := range map[string]url.Values{"/account/totp": nil, "/account/totp/confirm": {"code": {"1"}}, "/account/totp/remove": {"password": {goodPassword}}} {
		f.directory.fail = errBurns
		v.sends(path, form, http.StatusInternalServerError)
	}
}

func TestPasskeysAreAddedAndRemoved(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	v.says(v.ask(http.MethodPost, "/account/passkeys/begin", asJSON, "{}"), "begin", http.StatusOK, `"id":"c1"`)
	f.directory.fail = clientele.Errorf(clientele.CodeConflict, "there are too many")
	v.says(v.ask(http.MethodPost, "/account/passkeys/begin", asJSON, "{}"), "begin", http.StatusConflict, `"detail":"there are too many"`)
	for _, body := range []string{`{"ceremony":"c2","name":"tablet","response":{}}`, `]`} {
		if w := v.ask(http.MethodPost, "/account/passkeys", asJSON, body); w.Code < 400 || !strings.Contains(w.Body.String(), `"detail"`) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	v.says(v.ask(http.MethodPost, "/account/passkeys", asJSON, `{"ceremony":"c1","name":"tablet","response":{}}`), "add", http.StatusOK, `{"next":"/account#passkeys"}`)
	v.sees("/account", http.StatusOK, "tablet")
	v.leads("/account/passkeys/k2/remove", nil, "/account#passkeys")
	if strings.Contains(v.sees("/account", http.StatusOK), "phone") {
		t.Error("a passkey that was removed is there")
	}
	f.directory.fail = clientele.Errorf(clientele.CodeConflict, "this passkey is your only way to sign in")
	v.sends("/account/passkeys/k2/remove", nil, http.StatusConflict, "This passkey is your only way to sign in.")
	f.directory.fail = errBurns
	v.sends("/account/passkeys/k2/remove", nil, http.StatusInternalServerError)
}

func TestSessionsEnd(t *testing.T) {
	f := newFake()
	v, other, third := signedIn(t, f, "ada"), signedIn(t, f, "ada"), signedIn(t, f, "ada")
	v.sees("/account", http.StatusOK, "End all others", "/account/sessions/of-session2/end")
	v.leads("/account/sessions/of-session2/end", nil, "/account#sessions")
	if w := other.ask(http.MethodGet, "/account", "", ""); !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Error("a session goes on after it was ended")
	}
	v.leads("/account/sessions/end-others", nil, "/account#sessions")
	if w := third.ask(http.MethodGet, "/account", "", ""); !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Error("another session goes on after all were ended")
	}
	if strings.Contains(v.sees("/account", http.StatusOK), "End all others") {
		t.Error("there are others")
	}
	signedIn(t, f, "ada")
	for _, path := range []string{"/account/sessions/end-others", "/account/sessions/x/end"} {
		f.directory.fail = errBurns
		v.sends(path, nil, http.StatusInternalServerError)
	}
}

func TestOwnTokens(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "olive")
	if body := v.sees("/account", http.StatusOK, `name="scope" value="statement.read"`); strings.Contains(body, `value="people.manage"`) {
		t.Error("a token is offered what its person may not")
	}
	form := url.Values{"name": {""}, "scope": {"statement.read", "rows.read"}, "days": {"30"}}
	v.sends("/account/tokens", form, http.StatusUnprocessableEntity, "A token needs a name.", `value="statement.read" checked`, `value="30"`)
	form.Set("name", "nightly")
	form.Set("days", "400")
	v.sends("/account/tokens", form, http.StatusUnprocessableEntity, "is not a number of days from 1 to 365")
	form.Set("days", "30")
	v.sends("/account/tokens", form, http.StatusOK, "The token nightly is made. Copy it now.", "clt_secret", "statement.read, rows.read", "4 Nov 2026")
	body := v.sees("/account", http.StatusOK, "nightly")
	if strings.Contains(body, "clt_secret") {
		t.Error("a token's secret is shown twice")
	}
	for id, x := range f.directory.tokens {
		at := time.Date(2026, 10, 6, 8, 0, 0, 0, time.UTC)
		x.Used, x.Scopes = &at, nil
		f.directory.tokens[id] = x
		v.sees("/account", http.StatusOK, "6 Oct 2026", ">nothing<")
		v.leads("/account/tokens/"+id+"/revoke", nil, "/account#tokens")
	}
	v.sees("/account", http.StatusOK, "There are none.")
	f.directory.fail = errBurns
	v.sends("/account/tokens", form, http.StatusInternalServerError)
	f.directory.fail = errBurns
	v.sends("/account/tokens/x/revoke", nil, http.StatusInternalServerError)
}

func TestServices(t *testing.T) {
	f := newFake()
	signedIn(t, f, "olive").sees("/services", http.StatusForbidden)
	v := signedIn(t, f, "ada")
	v.sees("/services", http.StatusOK, "No program comes in by itself yet.", `aria-current="page">Services`, "Roles of the service")
	v.sends("/services", url.Values{"name": {""}, "days": {"90"}, "role": {"analyst"}}, http.StatusUnprocessableEntity, "A token needs a name.", `value="analyst" checked`)
	v.sends("/services", url.Values{"name": {"till"}, "days": {"90"}, "role": {"analyst"}, "scope": {"events.send"}}, http.StatusOK, "The token till is made.", "clt_secret", `href="/services"`)
	v.sees("/services", http.StatusOK, "These programs come in by themselves.", "till", "by Ada &lt;L&gt;", "as analyst")
	for id := range f.directory.tokens {
		v.leads("/services/"+id+"/revoke", nil, "/services")
	}
	f.directory.fail = errBurns
	v.sends("/services", url.Values{"name": {"till"}, "days": {"90"}}, http.StatusInternalServerError)
	f.directory.fail = errBurns
	v.sends("/services/x/revoke", nil, http.StatusInternalServerError)
}

func TestAgentsInWords(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0": "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1":                      "Safari on iPhone",
		"Firefox/140.0": "Firefox", "curl/8.0": "curl/8.0",
	} {
		if got := agentWords(agent); got != want {
			t.Errorf("%s is %q, want %q", agent, got, want)
		}
	}
}
