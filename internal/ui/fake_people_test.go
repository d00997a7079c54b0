package ui

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

const goodPassword = "correct horse battery"

// directory is the accounts of a fake, in memory. Everybody's password is goodPassword, and
// every code is 123456. Whatever it is asked for is allowed: that is what the policy's own
// tests hold.
type directory struct {
	people   map[string]*people.Person
	units    map[string]*people.Unit
	sessions map[string]people.Session // by secret
	tokens   map[string]people.Token
	pending  map[string]string // person by the secret of a sign-in that waits
	links    map[string]string // person by the secret of a link
	setUp    string
	sso      string
	fail     error // of the next call that can be refused
	made     int
}

func (d *directory) id(kind string) string {
	d.made++
	return fmt.Sprint(kind, d.made)
}

func (d *directory) failed() error {
	err := d.fail
	d.fail = nil
	return err
}

// accounts are those of Northfield Trading.
func accounts() *directory {
	seen := time.Date(2026, 10, 4, 9, 30, 0, 0, time.UTC)
	d := &directory{people: map[string]*people.Person{}, units: map[string]*people.Unit{}, sessions: map[string]people.Session{}, tokens: map[string]people.Token{}, pending: map[string]string{}, links: map[string]string{}, sso: "Northfield ID"}
	for _, p := range []people.Person{
		{ID: "ada", Email: "ada@northfield.example", Name: "Ada <L>", Roles: []policy.Role{policy.Administrator, policy.Executive}, State: people.Active, LastSeen: &seen,
			Factors: people.Factors{Password: true, Passkeys: []people.Passkey{{ID: "k/1", Name: "laptop", Created: seen, Used: &seen}, {ID: "k2", Name: "phone", Created: seen}}, SSO: "https://id.example"}},
		{ID: "olive", Email: "olive@northfield.example", Name: "Olive", Roles: []policy.Role{policy.Owner}, Units: []string{"u-north"}, State: people.Active, Factors: people.Factors{Password: true, TOTP: true}},
		{ID: "ivo", Email: "ivo@northfield.example", Name: "Ivo", Roles: []policy.Role{policy.Employee}, State: people.Invited},
		{ID: "dan", Email: "dan@northfield.example", Name: "Dan", State: people.Disabled, Factors: people.Factors{SSO: "https://id.example"}},
	} {
		p.Version, p.Created = 1, seen
		d.people[p.ID] = &p
	}
	for _, u := range []people.Unit{
		{ID: "u-sales", Name: "Sales", Head: "ada"},
		{ID: "u-north", Name: "North", Parent: "u-sales", Scopes: []policy.Scope{{Attribute: "sales_region", Value: "north"}}},
		{ID: "u-lost", Name: "lost at sea", Parent: "gone", Head: "dan"},
	} {
		u.Version = 1
		d.units[u.ID] = &u
	}
	return d
}

func (d *directory) Any(context.Context) (bool, error) { return len(d.people) > 0, nil }

func (d *directory) SetUpSecret(context.Context) (string, error) { return d.setUp, nil }

func (d *directory) SetUp(_ context.Context, secret string, first people.NewPerson, password string) (people.Person, error) {
	if secret != d.setUp || secret == "" {
		return people.Person{}, clientele.Errorf(clientele.CodeForbidden, "that is not the secret of the set-up link").WithHint("Start the server again for a new one.")
	}
	if err := weak(password); err != nil {
		return people.Person{}, err
	}
	return d.add(first, people.Active), nil
}

func weak(password string) error {
	if len(password) < people.MinPassword {
		return clientele.Errorf(clientele.CodeInvalid, "the password is too short").WithHint("Take 12 characters or more.")
	}
	return nil
}

func (d *directory) add(n people.NewPerson, state people.State) people.Person {
	p := &people.Person{ID: d.id("p"), Version: 1, Email: n.Email, Name: n.Name, Roles: n.Roles, Units: n.Units, State: state}
	d.people[p.ID] = p
	return *p
}

func (d *directory) People(context.Context) (all []people.Person, err error) {
	for _, id := range slices.Sorted(maps.Keys(d.people)) {
		all = append(all, *d.people[id])
	}
	return all, nil
}

func (d *directory) Person(_ context.Context, id string) (people.Person, error) {
	if p, ok := d.people[id]; ok {
		return *p, nil
	}
	return people.Person{}, clientele.Errorf(clientele.CodeNotFound, "there is no such person")
}

func (d *directory) Invite(_ context.Context, n people.NewPerson) (people.Invitation, error) {
	for _, p := range d.people {
		if p.Email == n.Email {
			return people.Invitation{}, clientele.Errorf(clientele.CodeConflict, "the email %s is taken", n.Email)
		}
	}
	return d.invitation(d.add(n, people.Invited)), nil
}

func (d *directory) invitation(p people.Person) people.Invitation {
	secret := d.id("link")
	d.links[secret] = p.ID
	return people.Invitation{Person: p, Link: "/invitation?secret=" + secret, Expires: time.Date(2026, 10, 12, 8, 0, 0, 0, time.UTC)}
}

func (d *directory) InviteAgain(ctx context.Context, id string) (people.Invitation, error) {
	p, err := d.Person(ctx, id)
	if err = firstOf(d.failed(), err); err != nil {
		return people.Invitation{}, err
	}
	return d.invitation(p), nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *directory) Invited(ctx context.Context, secret string) (people.Person, error) {
	if id, ok := d.links[secret]; ok {
		return d.Person(ctx, id)
	}
	return people.Person{}, clientele.Errorf(clientele.CodeForbidden, "the link is used up or too old").WithHint("Ask for a new one.")
}

func (d *directory) Accept(ctx context.Context, secret, password string) (people.Person, error) {
	p, err := d.Invited(ctx, secret)
	if err = firstOf(err, weak(password)); err != nil {
		return p, err
	}
	delete(d.links, secret)
	d.people[p.ID].State = people.Active
	return p, nil
}

func (d *directory) Change(ctx context.Context, id string, version int64, e people.Edit) (people.Person, error) {
	p, err := d.Person(ctx, id)
	if err = firstOf(d.failed(), err); err != nil {
		return p, err
	}
	if version != p.Version {
		return p, clientele.Errorf(clientele.CodeStale, "the person was changed meanwhile")
	}
	p.Version++
	set(&p.Name, e.Name)
	set(&p.Email, e.Email)
	set(&p.Roles, e.Roles)
	set(&p.Units, e.Units)
	if e.Disabled != nil {
		p.State = map[bool]people.State{true: people.Disabled, false: people.Active}[*e.Disabled]
	}
	d.people[id] = &p
	return p, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (d *directory) ResetFactors(_ context.Context, id string) (people.Person, error) {
	d.people[id].Factors = people.Factors{Password: true}
	return *d.people[id], d.failed()
}

func (d *directory) Units(context.Context) (all []people.Unit, err error) {
	for _, id := range slices.Sorted(maps.Keys(d.units)) {
		all = append(all, *d.units[id])
	}
	return all, d.failed()
}

func (d *directory) AddUnit(_ context.Context, u people.Unit) (people.Unit, error) {
	if u.Name == "" {
		return u, clientele.Errorf(clientele.CodeInvalid, "a unit needs a name")
	}
	u.ID, u.Version = d.id("u"), 1
	d.units[u.ID] = &u
	return u, nil
}

func (d *directory) ChangeUnit(_ context.Context, id string, version int64, u people.Unit) (people.Unit, error) {
	if version != d.units[id].Version {
		return u, clientele.Errorf(clientele.CodeStale, "the unit was changed meanwhile")
	}
	u.ID, u.Version = id, version+1
	d.units[id] = &u
	return u, nil
}

func (d *directory) RemoveUnit(_ context.Context, id string, _ int64) error {
	for _, u := range d.units {
		if u.Parent == id {
			return clientele.Errorf(clientele.CodeConflict, "%s has units below it", d.units[id].Name)
		}
	}
	delete(d.units, id)
	return nil
}

func (d *directory) SignIn(_ context.Context, email, password string, from people.Client) (people.SignedIn, error) {
	for _, p := range d.people {
		if p.Email != email || p.State != people.Active || password != goodPassword {
			continue
		}
		if p.Factors.TOTP {
			secret := d.id("pending")
			d.pending[secret] = p.ID
			return people.SignedIn{Person: *p, Pending: secret}, nil
		}
		return d.begin(*p, from, "password"), nil
	}
	return people.SignedIn{}, clientele.Errorf(clientele.CodeUnauthenticated, "email or password is not right").WithHint("Try again.")
}

func (d *directory) begin(p people.Person, from people.Client, method string) people.SignedIn {
	secret, at := d.id("session"), time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)
	d.sessions[secret] = people.Session{ID: "of-" + secret, Person: p.ID, Created: at, Seen: at, Expires: at.Add(12 * time.Hour), From: from.From, Agent: from.Agent, Method: method}
	return people.SignedIn{Person: p, Secret: secret, Expires: time.Now().Add(time.Hour)}
}

func (d *directory) SecondFactor(_ context.Context, pending, code string, from people.Client) (people.SignedIn, error) {
	id, ok := d.pending[pending]
	switch {
	case !ok:
		return people.SignedIn{}, clientele.Errorf(clientele.CodeUnauthenticated, "the sign-in has waited too long")
	case code == "broken":
		return people.SignedIn{}, io.ErrUnexpectedEOF
	case code != "123456":
		return people.SignedIn{}, clientele.Errorf(clientele.CodeInvalid, "that is not the code")
	}
	return d.begin(*d.people[id], from, "password+totp"), nil
}

func (d *directory) BeginPasskey(context.Context) (people.Ceremony, error) {
	return people.Ceremony{ID: "c1", Options: map[string]any{"publicKey": map[string]any{"challenge": "AAAA"}}}, nil
}

func (d *directory) SignInByPasskey(_ context.Context, ceremony string, response []byte, from people.Client) (people.SignedIn, error) {
	if ceremony != "c1" || !strings.Contains(string(response), "signature") {
		return people.SignedIn{}, clientele.Errorf(clientele.CodeUnauthenticated, "the passkey is not known here")
	}
	return d.begin(*d.people["ada"], from, "passkey"), d.failed()
}

func (d *directory) BeginSSO(context.Context) (string, string, error) {
	return "https://id.example/authorize?state=s1", "s1", d.failed()
}

func (d *directory) FinishSSO(_ context.Context, _, code string, from people.Client) (people.SignedIn, error) {
	if err := d.failed(); err != nil {
		return people.SignedIn{}, err
	}
	if code != "good" {
		return people.SignedIn{}, clientele.Errorf(clientele.CodeForbidden, "nobody here has that account")
	}
	return d.begin(*d.people["ada"], from, "sso"), nil
}

func (d *directory) SSO() string { return d.sso }

func (d *directory) Session(_ context.Context, secret string) (policy.Actor, people.Session, error) {
	session, ok := d.sessions[secret]
	if !ok {
		return policy.Actor{}, session, clientele.Errorf(clientele.CodeUnauthenticated, "the session has ended")
	}
	p := d.people[session.Person]
	a := policy.Actor{ID: p.ID, Name: p.Name, Roles: p.Roles}
	for _, id := range p.Units {
		a.Scopes = append(a.Scopes, d.units[id].Scopes...)
	}
	return a, session, nil
}

func (d *directory) SignOut(_ context.Context, secret string) error {
	delete(d.sessions, secret)
	return d.failed()
}

func (d *directory) Sessions(_ context.Context, person string) (all []people.Session, err error) {
	for _, secret := range slices.Sorted(maps.Keys(d.sessions)) {
		if x := d.sessions[secret]; x.Person == person {
			all = append(all, x)
		}
	}
	return all, nil
}

func (d *directory) EndSession(_ context.Context, person, id string) error {
	maps.DeleteFunc(d.sessions, func(_ string, x people.Session) bool { return x.Person == person && x.ID == id })
	return d.failed()
}

func (d *directory) EndSessions(ctx context.Context, person string) error {
	this, _, _ := httpd.SessionOf(ctx)
	maps.DeleteFunc(d.sessions, func(_ string, x people.Session) bool { return x.Person == person && x.ID != this.ID })
	return d.failed()
}

func (d *directory) ChangePassword(_ context.Context, old, fresh string) error {
	if old != goodPassword {
		return clientele.Errorf(clientele.CodeForbidden, "that is not your password")
	}
	return firstOf(d.failed(), weak(fresh))
}

func (d *directory) BeginTOTP(context.Context) (people.Enrolment, error) {
	return people.Enrolment{Secret: "ABCDEFGHIJ", URL: "otpauth://totp/Clientele:ada?secret=ABCDEFGHIJ", QR: []byte("\x89PNG")}, d.failed()
}

func (d *directory) ConfirmTOTP(_ context.Context, code string) ([]string, error) {
	if code != "123456" {
		return nil, firstOf(d.failed(), clientele.Errorf(clientele.CodeInvalid, "that is not the code").WithHint("Type the next one."))
	}
	d.people["ada"].Factors.TOTP = true
	return []string{"aaaa-bbbb", "cccc-dddd"}, nil
}

func (d *directory) RemoveTOTP(_ context.Context, password string) error {
	if password != goodPassword {
		return clientele.Errorf(clientele.CodeForbidden, "that is not your password")
	}
	d.people["ada"].Factors.TOTP = false
	return d.failed()
}

func (d *directory) BeginPasskeyEnrolment(ctx context.Context) (people.Ceremony, error) {
	c, _ := d.BeginPasskey(ctx)
	return c, d.failed()
}

func (d *directory) AddPasskey(_ context.Context, ceremony, name string, _ []byte) (people.Passkey, error) {
	if ceremony != "c1" {
		return people.Passkey{}, clientele.Errorf(clientele.CodeInvalid, "the passkey's challenge is too old")
	}
	k := people.Passkey{ID: d.id("k"), Name: name}
	d.people["ada"].Factors.Passkeys = append(d.people["ada"].Factors.Passkeys, k)
	return k, nil
}

func (d *directory) RemovePasskey(_ context.Context, id string) error {
	f := &d.people["ada"].Factors
	f.Passkeys = slices.DeleteFunc(f.Passkeys, func(k people.Passkey) bool { return k.ID == id })
	return d.failed()
}

func (d *directory) Tokens(context.Context) (all []people.Token, err error) {
	for _, id := range slices.Sorted(maps.Keys(d.tokens)) {
		all = append(all, d.tokens[id])
	}
	return all, nil
}

func (d *directory) AddToken(ctx context.Context, n people.NewToken) (people.Token, string, error) {
	if n.Name == "" {
		return people.Token{}, "", clientele.Errorf(clientele.CodeInvalid, "a token needs a name")
	}
	a, _ := policy.ActorOf(ctx)
	t := people.Token{ID: d.id("t"), Name: n.Name, Person: a.ID, Service: n.Service, Scopes: n.Scopes, Roles: n.Roles, Created: signedAt(), Expires: signedAt().Add(n.For)}
	d.tokens[t.ID] = t
	return t, "clt_secret", d.failed()
}

func (d *directory) RevokeToken(_ context.Context, id string) error {
	delete(d.tokens, id)
	return d.failed()
}

func (d *directory) ByToken(context.Context, string) (policy.Actor, people.Token, error) {
	return policy.Actor{}, people.Token{}, clientele.Errorf(clientele.CodeUnauthenticated, "no such token")
}

// auditLog is the audit of a fake.
type auditLog struct {
	events   []audit.Event // by number
	findings []ledger.Finding
	fail     error
	below    []int64 // asked for
}

func (l *auditLog) Page(_ context.Context, below int64, limit int, match func(audit.Event) bool) (page []audit.Event, err error) {
	l.below = append(l.below, below)
	for _, e := range slices.Backward(l.events) {
		if (below == 0 || e.Number < below) && (match == nil || match(e)) && len(page) < limit {
			page = append(page, e)
		}
	}
	return page, l.fail
}

func (l *auditLog) Verify(context.Context) (int64, string, []ledger.Finding, error) {
	return int64(len(l.events)), "0123456789abcdef", l.findings, l.fail
}

func (l *auditLog) Exported(ctx context.Context, _ any) error {
	a, _ := policy.ActorOf(ctx)
	l.events = append(l.events, audit.Event{Number: int64(len(l.events) + 1), At: signedAt(), Name: a.Name, Action: "audit.exported", Object: "audit", Outcome: audit.Done})
	return nil
}

// visitor is a browser on the pages, with all that stands around them.
type visitor struct {
	*testing.T
	f       *fake
	site    *testSite
	h       http.Handler
	cookies map[string]*http.Cookie
}

// visitorOf opens a browser in which nobody is signed in.
func visitorOf(t *testing.T, f *fake) *visitor {
	t.Helper()
	if f.site == nil {
		f.site = newTestSite(t, f)
	}
	s := f.site
	h := httpd.Wrap(s.Site, httpd.Options{Log: slog.New(slog.DiscardHandler), Fail: s.Fail, Accounts: f.directory, Owner: "olga"})
	return &visitor{t, f, s, h, map[string]*http.Cookie{}}
}

// signedIn opens a browser in which somebody is.
func signedIn(t *testing.T, f *fake, id string) *visitor {
	t.Helper()
	v := visitorOf(t, f)
	in := f.directory.begin(*f.directory.people[id], people.Client{From: "192.0.2.7", Agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}, "password+totp")
	v.cookies["clientele"] = &http.Cookie{Name: "clientele", Value: in.Secret}
	return v
}

func (v *visitor) ask(method, path, kind, body string) *httptest.ResponseRecorder {
	v.Helper()
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:5000"
	r.Header.Set("Accept-Language", "en-GB")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if v.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	if w.Header().Get("Location") == "" && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		checkRules(v.T, path, w.Body.String())
	}
	return w
}

// sees asks for a page and looks for what it must say.
func (v *visitor) sees(path string, status int, want ...string) string {
	v.Helper()
	return v.says(v.ask(http.MethodGet, path, "", ""), path, status, want...)
}

// sends sends a form and looks for what its answer must say.
func (v *visitor) sends(path string, form url.Values, status int, want ...string) string {
	v.Helper()
	return v.says(v.ask(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode()), path, status, want...)
}

func (v *visitor) says(w *httptest.ResponseRecorder, path string, status int, want ...string) string {
	v.Helper()
	if w.Code != status {
		v.Fatalf("%s: status %d, want %d\n%s", path, w.Code, status, w.Body)
	}
	for _, text := range want {
		if !strings.Contains(w.Body.String(), text) {
			v.Errorf("%s does not say %q", path, text)
		}
	}
	return w.Body.String()
}

// leads sends a form and checks where it leads.
func (v *visitor) leads(path string, form url.Values, to string) {
	v.Helper()
	w := v.ask(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != to {
		v.Fatalf("%s: status %d to %q, want to %q\n%s", path, w.Code, got, to, w.Body)
	}
}
