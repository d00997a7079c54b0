package people

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/policy"
)

// vouched is whom the provider vouches for.
type voucher struct {
	Subject, Email, Name string
	Verified             bool
	Groups               []string
	Nonce                string
}

var bea = voucher{Subject: "b-1", Email: "Bea@example.com", Name: "Bea", Verified: true, Groups: []string{"board"}}

// startProvider runs a provider as a process of its own, and returns its address.
func startProvider(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "oidctest")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./oidctest").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	run := exec.CommandContext(t.Context(), program)
	stdin, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	run.Stderr = &told
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := run.Wait(); err != nil && t.Context().Err() == nil {
			t.Errorf("%v %s", err, told.String())
		}
	})
	issuer, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err, told.String())
	}
	return strings.TrimSpace(issuer)
}

// single is the accounts of a company with single sign-on.
type single struct {
	*world
	issuer string
	admin  context.Context
}

func withSSO(t *testing.T, issuer string, change func(*config.SSO)) single {
	t.Helper()
	settings := config.SSO{
		Name: "Acme ID", Issuer: issuer, ClientID: "clientele", ClientSecret: "secret", GroupsClaim: "groups",
		Roles: map[string][]policy.Role{"board": {policy.Executive}, "it": {policy.Administrator}, "sales": {policy.Owner, policy.Employee}},
	}
	if change != nil {
		change(&settings)
	}
	w, admin, _ := inhabited(t, func(o *Options) { o.SSO, o.Now = &settings, time.Now })
	return single{w, issuer, admin}
}

// vouch has the provider vouch for somebody.
func (s single) vouch(v voucher) {
	s.t.Helper()
	text, err := json.Marshal(v)
	s.ok(err)
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPut, s.issuer+"/user", bytes.NewReader(text))
	s.ok(err)
	answer, err := http.DefaultClient.Do(r)
	s.ok(err)
	s.ok(answer.Body.Close())
}

// browse goes where single sign-on sends a browser, until it is sent back.
func (s single) browse() (state, code string) {
	s.t.Helper()
	at, state, err := s.BeginSSO(context.Background())
	s.ok(err)
	if q := at[strings.Index(at, "?"):]; !strings.Contains(q, "code_challenge_method=S256") || !strings.Contains(q, "nonce=") {
		s.t.Errorf("asks without PKCE or nonce: %s", q)
	}
	back := &url.URL{}
	browser := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "clientele.example.com" {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	answer, err := browser.Get(at)
	s.ok(err)
	s.ok(answer.Body.Close())
	if back.Path != SSOReturnPage || back.Query().Get("state") != state || back.Query().Get("code") == "" {
		s.t.Fatalf("the provider sent the browser to %s (%s)", back, answer.Status)
	}
	return state, back.Query().Get("code")
}

func (s single) enter(v voucher) (SignedIn, error) {
	s.t.Helper()
	s.vouch(v)
	state, code := s.browse()
	return s.FinishSSO(context.Background(), state, code, Client{From: "192.0.2.1"})
}

// invite invites by email, as an employee.
func (s single) invite(email string) Person {
	s.t.Helper()
	i, err := s.Invite(local(), NewPerson{Email: email, Name: "Invited", Roles: []policy.Role{policy.Employee}})
	s.ok(err)
	return i.Person
}

// One process serves all of them: starting one takes a second.
func TestSingleSignOn(t *testing.T) {
	issuer := startProvider(t)
	for name, test := range map[string]func(t *testing.T, s single){
		"who is invited is linked, and known again": testLinked, "answers are for once": testOnce, "another nonce is refused": testNonce,
		"an email that is not verified leads nowhere": testUnverified, "groups make roles": testGroups, "who loses every role is refused": testRoleless,
		"who is disabled is refused": testSSODisabled, "an invitation is needed": testUninvited,
	} {
		t.Run(name, func(t *testing.T) { test(t, withSSO(t, issuer, nil)) })
	}
	t.Run("without groups roles are the administrators'", func(t *testing.T) {
		testNoGroups(t, withSSO(t, issuer, func(c *config.SSO) { c.Roles = nil }))
	})
	t.Run("who is vouched for may come in", func(t *testing.T) {
		testAllowNew(t, withSSO(t, issuer, func(c *config.SSO) { c.AllowNew = true }))
	})
	t.Run("a wrong secret of the client", func(t *testing.T) {
		s := withSSO(t, issuer, func(c *config.SSO) { c.ClientSecret = "other" })
		s.invite("bea@example.com")
		_, err := s.enter(bea)
		s.want(clientele.CodeUnauthenticated, err)
	})
	t.Run("a token for another", func(t *testing.T) {
		s := withSSO(t, issuer, nil)
		s.vouch(bea)
		state, code := s.browse()
		s.sso.settings.ClientID = "somebody else" // what the verifier wants to be named
		_, err := s.FinishSSO(context.Background(), state, code, Client{})
		s.want(clientele.CodeUnauthenticated, err)
	})
}

func testLinked(t *testing.T, s single) {
	p := s.invite("bea@example.com")
	in, err := s.enter(bea)
	s.ok(err)
	ctx := s.in(in)
	if k, _ := SessionOf(ctx); k.Method != "sso" || in.Person.ID != p.ID || in.Person.State != Active || in.Person.Factors.SSO != s.issuer {
		t.Errorf("%+v %+v", in, k)
	}
	moved := bea
	moved.Email = "other@example.com" // the subject counts, not the email
	again, err := s.enter(moved)
	s.ok(err)
	if again.Person.ID != p.ID {
		t.Errorf("%+v", again)
	}
	stranger := bea
	stranger.Subject = "b-2"
	_, err = s.enter(stranger) // the invitation is used up, and the account somebody's
	s.want(clientele.CodeForbidden, err)
	if s.SSO() != "Acme ID" {
		t.Error(s.SSO())
	}
	s.ok(s.ChangePassword(ctx, "", good)) // who has none needs no old one
	s.signIn("bea@example.com", good)
}

func testOnce(t *testing.T, s single) {
	s.invite("bea@example.com")
	s.vouch(bea)
	state, code := s.browse()
	_, err := s.FinishSSO(context.Background(), state, code, Client{})
	s.ok(err)
	_, err = s.FinishSSO(context.Background(), state, code, Client{})
	s.want(clientele.CodeForbidden, err)
	_, err = s.FinishSSO(context.Background(), "never begun", code, Client{})
	s.want(clientele.CodeForbidden, err)
	other, _ := s.browse()
	_, err = s.FinishSSO(context.Background(), other, code, Client{}) // used up
	s.want(clientele.CodeUnauthenticated, err)
	third, _ := s.browse()
	_, fourth := s.browse()
	_, err = s.FinishSSO(context.Background(), third, fourth, Client{}) // of another sign-in: the verifier does not fit
	s.want(clientele.CodeUnauthenticated, err)
	if got := s.actions(); got[0] != "session.refused" {
		t.Error(got)
	}
}

func testNonce(t *testing.T, s single) {
	s.invite("bea@example.com")
	v := bea
	v.Nonce = "replayed"
	_, err := s.enter(v)
	s.want(clientele.CodeUnauthenticated, err)
	if e := (*clientele.Error)(nil); errors.As(err, &e) && e.Err != nil {
		t.Errorf("refused for another reason: %v", e.Err)
	}
	v.Nonce = ""
	_, err = s.enter(v)
	s.ok(err)
}

func testUnverified(t *testing.T, s single) {
	p := s.invite("bea@example.com")
	v := bea
	v.Verified = false
	_, err := s.enter(v)
	s.want(clientele.CodeForbidden, err)
	v.Verified, v.Email = true, ""
	_, err = s.enter(v)
	s.want(clientele.CodeForbidden, err)
	p, err = s.Person(local(), p.ID)
	s.ok(err)
	if p.State != Invited || p.Factors.SSO != "" {
		t.Errorf("%+v", p)
	}
}

func testGroups(t *testing.T, s single) {
	s.invite("bea@example.com")
	for _, c := range []struct {
		groups []string
		want   []policy.Role
	}{{[]string{"board"}, []policy.Role{policy.Executive}}, {[]string{"other", "sales", "it"}, []policy.Role{policy.Owner, policy.Employee, policy.Administrator}}, {[]string{"board"}, []policy.Role{policy.Executive}}} {
		v := bea
		v.Groups = c.groups
		in, err := s.enter(v)
		s.ok(err)
		if a, _ := policy.ActorOf(s.in(in)); !slices.Equal(a.Roles, c.want) || !slices.Equal(in.Person.Roles, c.want) {
			t.Errorf("%v gives %v", c.groups, a.Roles)
		}
	}
	for _, groups := range [][]string{{"other"}, nil, {"Board"}} {
		v := voucher{Subject: "c-1", Email: "cyd@example.com", Verified: true, Groups: groups}
		s.vouch(v)
		_, err := s.enter(v)
		s.want(clientele.CodeForbidden, err)
	}
}

func testRoleless(t *testing.T, s single) {
	s.invite("bea@example.com")
	in, err := s.enter(bea)
	s.ok(err)
	v := bea
	v.Groups = []string{"other"}
	_, err = s.enter(v)
	s.want(clientele.CodeForbidden, err)
	_, _, err = s.Session(context.Background(), in.Secret)
	s.want(clientele.CodeUnauthenticated, err) // and what was begun before has ended
	p, err := s.Person(local(), in.Person.ID)
	s.ok(err)
	if len(p.Roles) != 0 {
		t.Errorf("%+v", p)
	}
}

func testSSODisabled(t *testing.T, s single) {
	s.invite("bea@example.com")
	in, err := s.enter(bea)
	s.ok(err)
	p := s.change(s.admin, in.Person, Edit{Disabled: ptr(true)})
	_, err = s.enter(bea)
	s.want(clientele.CodeForbidden, err)
	if p = s.change(s.admin, p, Edit{Disabled: ptr(false)}); p.State != Active {
		t.Errorf("%+v", p)
	}
	_, err = s.enter(bea)
	s.ok(err)
}

func testUninvited(t *testing.T, s single) {
	_, err := s.enter(bea)
	s.want(clientele.CodeForbidden, err)
	ada := voucher{Subject: "a-1", Email: "ada@example.com", Verified: true, Groups: []string{"it"}}
	_, err = s.enter(ada) // has an account, by password: nobody is linked to it unasked
	s.want(clientele.CodeForbidden, err)
	all, err := s.People(local())
	s.ok(err)
	if len(all) != 1 {
		t.Errorf("%+v", all)
	}
	_, err = s.InviteAgain(local(), all[0].ID)
	s.ok(err)
	in, err := s.enter(ada)
	s.ok(err)
	if in.Person.ID != all[0].ID || !in.Person.Factors.Password {
		t.Errorf("%+v", in)
	}
	ada.Groups = []string{"board"} // would leave nobody to manage the others
	_, err = s.enter(ada)
	s.want(clientele.CodeConflict, err)
}

func testNoGroups(t *testing.T, s single) {
	s.invite("bea@example.com")
	v := bea
	v.Groups = nil
	in, err := s.enter(v)
	s.ok(err)
	if !slices.Equal(in.Person.Roles, []policy.Role{policy.Employee}) {
		t.Errorf("%+v", in)
	}
}

func testAllowNew(t *testing.T, s single) {
	in, err := s.enter(bea)
	s.ok(err)
	if in.Person.Email != "bea@example.com" || strings.TrimSpace(in.Person.Name) != "Bea" || in.Person.State != Active {
		t.Errorf("%+v", in)
	}
	v := voucher{Subject: "d-1", Email: "dee@example.com", Groups: []string{"board"}}
	_, err = s.enter(v)
	s.want(clientele.CodeForbidden, err)
}

func TestSingleSignOnThatDoesNotAnswer(t *testing.T) {
	s := withSSO(t, "http://127.0.0.1:1", nil)
	_, _, err := s.BeginSSO(context.Background())
	s.want(clientele.CodeBusy, err)
	w, _, _ := inhabited(t, nil)
	_, _, err = w.BeginSSO(context.Background())
	w.want(clientele.CodeNotFound, err)
	_, err = w.FinishSSO(context.Background(), "s", "c", Client{})
	w.want(clientele.CodeNotFound, err)
	if w.SSO() != "" {
		t.Error(w.SSO())
	}
}

func FuzzClaims(f *testing.F) {
	f.Add(`{"email":"a@example.com","email_verified":"true","groups":"a b","name":"A"}`)
	f.Add(`{"email":1,"email_verified":[],"groups":{"a":1}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var all map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &all) != nil {
			return
		}
		c := readClaims(all, "groups")
		var as any
		if _ = json.Unmarshal(all["email_verified"], &as); c.verified != (as == true || as == "true") {
			t.Errorf("%s is taken for %t", all["email_verified"], c.verified)
		}
	})
}
