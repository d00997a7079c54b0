package httpd

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// accounts are a person with the session s and the token t.
type accounts struct {
	none   bool
	broken error
	asked  int
}

var ada = policy.Actor{ID: "ada", Name: "Ada", Roles: []policy.Role{policy.Lead}}

func (a *accounts) Any(context.Context) (bool, error) { return !a.none, a.broken }

func (a *accounts) Session(_ context.Context, secret string) (policy.Actor, people.Session, error) {
	a.asked++
	if secret != "s" {
		return policy.Actor{}, people.Session{}, clientele.Errorf(clientele.CodeUnauthenticated, "the session has ended")
	}
	return ada, people.Session{ID: "s1", Person: "ada"}, a.broken
}

func (a *accounts) ByToken(_ context.Context, secret string) (policy.Actor, people.Token, error) {
	a.asked++
	if secret != "t" {
		return policy.Actor{}, people.Token{}, clientele.Errorf(clientele.CodeUnauthenticated, "the token is none")
	}
	return policy.Actor{ID: "shop", Name: "Shop"}, people.Token{ID: "t1"}, a.broken
}

// whoAsks answers with the name of who asks.
func whoAsks(w http.ResponseWriter, r *http.Request) {
	a, ok := policy.ActorOf(r.Context())
	if !ok {
		a.Name = "nobody"
	}
	_, secret, _ := SessionOf(r.Context())
	_, _ = w.Write([]byte(a.Name + secret))
}

// with returns a change of a request: headers by name and value.
func with(method, path string, headers ...string) func(*http.Request) {
	return func(r *http.Request) {
		r.Method, r.URL.Path = method, path
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
}

func TestWhoAsks(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("t:"))
	const session, ended = "clientele=s", "clientele=gone"
	for name, c := range map[string]struct {
		ask  func(*http.Request)
		want string
	}{
		"nobody":                                 {with("GET", "/page"), "200 nobody"},
		"session":                                {with("GET", "/page", "Cookie", session), "200 Adas"},
		"session writes":                         {with("POST", "/page", "Cookie", session, "Sec-Fetch-Site", "same-origin"), "200 Adas"},
		"another site writes":                    {with("POST", "/page", "Cookie", session, "Sec-Fetch-Site", "cross-site"), "403 "},
		"ended session":                          {with("GET", "/page", "Cookie", ended), "200 nobody"},
		"cookie for https":                       {with("GET", "/page", "Cookie", "__Host-clientele=s"), "200 nobody"},
		"endless secret":                         {with("GET", "/page", "Cookie", "clientele="+strings.Repeat("s", maxSecret+1)), "200 nobody"},
		"token on a page":                        {with("GET", "/page", "Authorization", "Bearer t"), "200 nobody"},
		"bad token on a page":                    {with("GET", "/page", "Authorization", "Bearer x"), "200 nobody"},
		"token":                                  {with("GET", "/api/v1/goals", "Authorization", "Bearer t"), "200 Shop"},
		"token writes":                           {with("POST", "/api/v1/goals", "Authorization", "bearer t"), "200 Shop"},
		"token of events":                        {with("POST", "/v1/batch", "Authorization", "Bearer t"), "200 Shop"},
		"token of events as libraries send it":   {with("POST", "/v1/batch", "Authorization", basic), "200 Shop"},
		"token of metrics":                       {with("GET", "/metrics", "Authorization", "Bearer t"), "200 Shop"},
		"bad token":                              {with("GET", "/api/v1/goals", "Authorization", "Bearer x"), "401 "},
		"bad token and good session":             {with("GET", "/api/v1/goals", "Authorization", "Bearer x", "Cookie", session), "401 "},
		"no token":                               {with("GET", "/api/v1/goals", "Authorization", "Bearer "), "401 "},
		"endless token":                          {with("GET", "/api/v1/goals", "Authorization", "Bearer "+strings.Repeat("t", maxSecret+1)), "401 "},
		"another scheme":                         {with("GET", "/api/v1/goals", "Authorization", basic), "401 "},
		"session of the api":                     {with("GET", "/api/v1/goals", "Cookie", session, "Sec-Fetch-Site", "same-origin"), "200 Adas"},
		"session of the api, typed":              {with("GET", "/api/v1/goals", "Cookie", session, "Sec-Fetch-Site", "none"), "200 Adas"},
		"session of the api from another site":   {with("GET", "/api/v1/goals", "Cookie", session, "Sec-Fetch-Site", "cross-site"), "200 nobody"},
		"session of the api writes":              {with("POST", "/api/v1/goals", "Cookie", session, "Sec-Fetch-Site", "same-origin"), "200 Adas"},
		"session of the api writes, by origin":   {with("POST", "/api/v1/goals", "Cookie", session, "Origin", "http://localhost:8080"), "200 Adas"},
		"session of the api writes from nowhere": {with("POST", "/api/v1/goals", "Cookie", session), "200 nobody"},
		"session of the api, other origin":       {with("POST", "/api/v1/goals", "Cookie", session, "Origin", "http://evil.example"), "403 "},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(whoAsks, Options{Accounts: &accounts{}}, c.ask)
			got := http.StatusText(w.Code)
			if w.Code == http.StatusOK {
				got = w.Body.String()
			}
			want := c.want[4:]
			if w.Code != statusIn(c.want) || w.Code == http.StatusOK && got != want {
				t.Errorf("%d %s, want %s", w.Code, got, c.want)
			}
			if w.Code == http.StatusUnauthorized && w.Header().Get("WWW-Authenticate") != "Bearer" {
				t.Error("it does not say what would let in")
			}
		})
	}
}

func statusIn(want string) int {
	return int(want[0]-'0')*100 + int(want[1]-'0')*10 + int(want[2]-'0')
}

func TestWithoutAccountsTheOwnerOfTheMachineAsks(t *testing.T) {
	o := Options{Accounts: &accounts{none: true}, Owner: "root"}
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"this machine":    {func(*http.Request) {}, 200},
		"another machine": {func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1234" }, 403},
		"a proxy":         {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") }, 403},
		"another proxy":   {func(r *http.Request) { r.Header.Set("Forwarded", "for=127.0.0.1") }, 403},
	} {
		w := ask(whoAsks, o, c.change)
		if w.Code != c.want || w.Code == 200 && w.Body.String() != "root" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := ask(whoAsks, Options{}, nil); w.Body.String() != "nobody" {
		t.Errorf("a server that knows no accounts lets in %s", w.Body)
	}
}

func TestAccountsThatBeginEndTheOwnersReign(t *testing.T) {
	a := &accounts{none: true}
	h := Wrap(http.HandlerFunc(whoAsks), Options{Accounts: a, Owner: "root", Log: discard})
	for _, want := range []string{"root", "nobody"} {
		r, w := httptest.NewRequest(http.MethodGet, "http://localhost/", nil), httptest.NewRecorder()
		r.RemoteAddr = "127.0.0.1:1"
		if h.ServeHTTP(w, r); w.Body.String() != want {
			t.Errorf("%s asks, want %s", w.Body, want)
		}
		a.none = false
	}
}

func TestBrokenAccountsLetNobodyIn(t *testing.T) {
	broken := &accounts{broken: errors.New("the disk is gone")}
	for _, header := range []string{"Cookie", "Authorization"} {
		w := ask(whoAsks, Options{Accounts: broken}, with("GET", "/api/v1/x", header, map[string]string{"Cookie": "clientele=s", "Authorization": "Bearer t"}[header]))
		if w.Code != 500 || strings.Contains(w.Body.String(), "disk") {
			t.Errorf("%s: %d %s", header, w.Code, w.Body)
		}
	}
}

func TestCookiesAreOfThisHostAlone(t *testing.T) {
	set := func(w http.ResponseWriter, r *http.Request) {
		SetSession(w, r, "new", time.Now().Add(time.Hour))
	}
	clear := func(w http.ResponseWriter, r *http.Request) { ClearSession(w, r) }
	https := Options{Front: frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true})}
	byProxy := func(r *http.Request) { r.Host = "clientele.example" }
	for name, c := range map[string]struct {
		w        *httptest.ResponseRecorder
		wanted   string
		unwanted string
	}{
		"loopback": {ask(set, Options{}, nil), "clientele=new; Path=/; Expires=*; HttpOnly; SameSite=Lax", "Secure"},
		"https":    {ask(set, https, byProxy), "__Host-clientele=new; Path=/; Expires=*; HttpOnly; Secure; SameSite=Lax", "Domain"},
		"cleared":  {ask(clear, https, byProxy), "__Host-clientele=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax", "Domain"},
	} {
		got := c.w.Header().Get("Set-Cookie")
		begin, end, _ := strings.Cut(c.wanted, "*")
		if !strings.HasPrefix(got, begin) || !strings.HasSuffix(got, end) || strings.Contains(got, c.unwanted) {
			t.Errorf("%s: %s", name, got)
		}
		if c.w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept by a cache", name)
		}
		if forgets := c.w.Header().Get("Clear-Site-Data") != ""; forgets != (name == "cleared") {
			t.Errorf("%s: the browser forgets: %v", name, forgets)
		}
	}
}

func TestSessionByHttpsIsNotTakenFromAPlainCookie(t *testing.T) {
	o := Options{Accounts: &accounts{}, Front: frontOf(t, Door{Listen: ":0", Origin: "https://clientele.example", BehindProxy: true})}
	for cookie, want := range map[string]string{"clientele=s": "nobody", "__Host-clientele=s": "Adas"} {
		w := ask(whoAsks, o, func(r *http.Request) {
			r.Host = "clientele.example"
			r.Header.Set("Cookie", cookie)
		})
		if w.Body.String() != want {
			t.Errorf("%s: %s", cookie, w.Body)
		}
	}
}

func BenchmarkWrap(b *testing.B) {
	h := Wrap(http.HandlerFunc(ok), Options{Accounts: &accounts{}, Log: discard, Meter: NewMeter("v"), Rates: Rates{Account: Rate{1e9, 1e9}, Address: Rate{1e9, 1e9}}})
	r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Cookie", "clientele=s")
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
