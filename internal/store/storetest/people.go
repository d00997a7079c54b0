package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// peopleTests are the cases of store.People.
var peopleTests = map[string]func(*testing.T, Engine){
	"an account keeps what it was given":            testPerson,
	"an email and an identity are one account's":    testPersonTaken,
	"one of many takes an email":                    testPersonRace,
	"units are a tree whose scopes go down":         testUnits,
	"a unit in use is not removed":                  testUnitInUse,
	"a session is found by its hash":                testSessions,
	"sessions that ended are forgotten":             testForgetSessions,
	"a later link ends an earlier one":              testLinks,
	"a passkey is one person's":                     testPasskeys,
	"a recovery code is used once":                  testRecovery,
	"one of many uses a recovery code":              testRecoveryRace,
	"tokens are found by their hash until revoked":  testTokens,
	"what accounts do not have is not found":        testPeopleNotFound,
	"a change of accounts that failed changed none": testPeopleAtomically,
}

func person(id, email string) store.KeptPerson {
	return store.KeptPerson{
		ID: id, Version: 1, Email: email, Name: "Name of " + id, State: "active", Roles: []policy.Role{policy.Owner, policy.Analyst},
		Password: "$argon2id$é", Created: start,
	}
}

func addPerson(t *testing.T, s store.Store, p store.KeptPerson) store.KeptPerson {
	t.Helper()
	must(t, s.AddPerson(t.Context(), p))
	return p
}

// same compares what is kept; no list is as good as an empty one.
func same[T any](t *testing.T, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func testPerson(t *testing.T, e Engine) {
	s := open(t, e)
	if any, err := s.AnyPerson(t.Context()); any || err != nil {
		t.Errorf("there is somebody (%v)", err)
	}
	for _, u := range []string{"u1", "u2"} {
		must(t, s.AddUnit(t.Context(), store.KeptUnit{ID: u, Version: 1, Name: u}))
	}
	p := person("p2", "b@example.com")
	p.Units, p.TOTP, p.TOTPStep, p.Issuer, p.Subject = []string{"u1", "u2"}, "SECRET", 7, "https://idp", "s"
	addPerson(t, s, p)
	other := addPerson(t, s, person("p1", "a@example.com"))
	for _, find := range []func() (store.KeptPerson, error){
		func() (store.KeptPerson, error) { return s.Person(t.Context(), "p2") },
		func() (store.KeptPerson, error) { return s.PersonByEmail(t.Context(), "b@example.com") },
		func() (store.KeptPerson, error) { return s.PersonByIdentity(t.Context(), "https://idp", "s") },
	} {
		got, err := find()
		must(t, err)
		same(t, p, got)
	}
	p.Version, p.Name, p.Email, p.State, p.Roles, p.Units = 2, "Ada", "c@example.com", "disabled", nil, []string{"u2"}
	p.Password, p.TOTP, p.TOTPStep, p.Issuer, p.Subject = "", "", 0, "", ""
	must(t, s.SavePerson(t.Context(), p))
	all, err := s.Persons(t.Context())
	must(t, err)
	same(t, []store.KeptPerson{p, other}, all)
	if any, err := s.AnyPerson(t.Context()); !any || err != nil {
		t.Errorf("there is nobody (%v)", err)
	}
}

func testPersonTaken(t *testing.T, e Engine) {
	s := open(t, e)
	a, b := person("a", "a@example.com"), person("b", "b@example.com")
	a.Issuer, a.Subject = "i", "s"
	addPerson(t, s, a)
	addPerson(t, s, b)
	wantCode(t, s.AddPerson(t.Context(), person("c", "a@example.com")), clientele.CodeConflict)
	c := person("c", "c@example.com")
	c.Issuer, c.Subject = "i", "s"
	wantCode(t, s.AddPerson(t.Context(), c), clientele.CodeConflict)
	b.Email = "a@example.com"
	wantCode(t, s.SavePerson(t.Context(), b), clientele.CodeConflict)
	b.Email, b.Issuer, b.Subject = "b@example.com", "i", "s"
	wantCode(t, s.SavePerson(t.Context(), b), clientele.CodeConflict)
	must(t, s.SavePerson(t.Context(), a))
}

func testPersonRace(t *testing.T, e Engine) {
	s := open(t, e)
	var wait sync.WaitGroup
	errs := make(chan error, 8)
	for i := range cap(errs) {
		wait.Go(func() { errs <- s.AddPerson(context.Background(), person(fmt.Sprint(i), "a@example.com")) })
	}
	wait.Wait()
	close(errs)
	added := 0
	for err := range errs {
		if err == nil {
			added++
			continue
		}
		wantCode(t, err, clientele.CodeConflict)
	}
	if added != 1 {
		t.Errorf("%d were added", added)
	}
}

func testUnits(t *testing.T, e Engine) {
	s := open(t, e)
	p := addPerson(t, s, person("p", "p@example.com"))
	north, south := policy.Scope{Attribute: "region", Value: "north"}, policy.Scope{Attribute: "region", Value: "süd"}
	top := store.KeptUnit{ID: "1", Version: 1, Name: "Z", Head: "p"}
	below := store.KeptUnit{ID: "2", Version: 1, Name: "A", Parent: "1", Scopes: []policy.Scope{north}}
	bottom := store.KeptUnit{ID: "3", Version: 1, Name: "B", Parent: "2", Scopes: []policy.Scope{south}}
	for _, u := range []store.KeptUnit{top, below, bottom} {
		must(t, s.AddUnit(t.Context(), u))
	}
	all, err := s.Units(t.Context())
	must(t, err)
	same(t, []store.KeptUnit{below, bottom, top}, all)
	for _, c := range []struct {
		unit string
		want []policy.Scope
	}{{"1", []policy.Scope{north, south}}, {"2", []policy.Scope{north, south}}, {"3", []policy.Scope{south}}} {
		p.Units = []string{c.unit}
		must(t, s.SavePerson(t.Context(), p))
		scopes, err := s.ScopesOf(t.Context(), "p")
		must(t, err)
		same(t, c.want, scopes)
	}
	bottom.Version, bottom.Parent, bottom.Scopes = 2, "", nil
	must(t, s.SaveUnit(t.Context(), bottom))
	all, err = s.Units(t.Context())
	must(t, err)
	same(t, []store.KeptUnit{below, bottom, top}, all)
	scopes, err := s.ScopesOf(t.Context(), "p")
	must(t, err)
	same(t, nil, scopes)
}

func testUnitInUse(t *testing.T, e Engine) {
	s := open(t, e)
	must(t, s.AddUnit(t.Context(), store.KeptUnit{ID: "1", Version: 1, Name: "a"}))
	must(t, s.AddUnit(t.Context(), store.KeptUnit{ID: "2", Version: 1, Name: "b", Parent: "1"}))
	p := person("p", "p@example.com")
	p.Units = []string{"2"}
	addPerson(t, s, p)
	wantCode(t, s.RemoveUnit(t.Context(), "1"), clientele.CodeConflict)
	wantCode(t, s.RemoveUnit(t.Context(), "2"), clientele.CodeConflict)
	p.Units = nil
	must(t, s.SavePerson(t.Context(), p))
	must(t, s.RemoveUnit(t.Context(), "2"))
	must(t, s.RemoveUnit(t.Context(), "1"))
}

func session(id, person string, after time.Duration) store.KeptSession {
	at := start.Add(after)
	return store.KeptSession{
		Hash: "hash of " + id, ID: id, Person: person, Created: at, Seen: at, Expires: at.Add(24 * time.Hour), From: "192.0.2.1", Agent: "é", Method: "password",
	}
}

func testSessions(t *testing.T, e Engine) {
	s := open(t, e)
	p := addPerson(t, s, person("p", "p@example.com"))
	other := addPerson(t, s, person("q", "q@example.com"))
	a, b, c, d := session("a", "p", 0), session("b", "p", time.Minute), session("c", "q", 0), session("d", "p", time.Second)
	for _, k := range []store.KeptSession{a, b, c, d} {
		must(t, s.AddSession(t.Context(), k))
	}
	a.Seen = start.Add(time.Hour)
	p.Seen = &a.Seen
	must(t, s.TouchSession(t.Context(), a.Hash, a.Seen))
	got, whose, err := s.SessionByHash(t.Context(), a.Hash)
	must(t, err)
	same(t, a, got)
	same(t, p, whose)
	all, err := s.Sessions(t.Context(), "p")
	must(t, err)
	same(t, []store.KeptSession{a, b, d}, all)
	wantCode(t, s.EndSession(t.Context(), "q", "a"), clientele.CodeNotFound) // it is not theirs
	must(t, s.EndSession(t.Context(), "p", "d"))
	must(t, s.EndSessions(t.Context(), "p", "b"))
	all, err = s.Sessions(t.Context(), "p")
	must(t, err)
	same(t, []store.KeptSession{b}, all)
	must(t, s.EndSessions(t.Context(), "p", ""))
	_, _, err = s.SessionByHash(t.Context(), b.Hash)
	wantCode(t, err, clientele.CodeNotFound)
	_, whose, err = s.SessionByHash(t.Context(), c.Hash)
	must(t, err)
	same(t, other, whose)
}

func testForgetSessions(t *testing.T, e Engine) {
	s := open(t, e)
	addPerson(t, s, person("p", "p@example.com"))
	old, idle, fresh := session("old", "p", 0), session("idle", "p", time.Hour), session("fresh", "p", 24*time.Hour)
	for _, k := range []store.KeptSession{old, idle, fresh} {
		must(t, s.AddSession(t.Context(), k))
	}
	must(t, s.TouchSession(t.Context(), old.Hash, start.Add(24*time.Hour)))
	n, err := s.CountSessions(t.Context(), start.Add(24*time.Hour), start.Add(2*time.Hour))
	must(t, err)
	same(t, 1, n)
	must(t, s.ForgetSessions(t.Context(), start.Add(24*time.Hour), start.Add(2*time.Hour)))
	all, err := s.Sessions(t.Context(), "p")
	must(t, err)
	same(t, []store.KeptSession{fresh}, all)
}

func testLinks(t *testing.T, e Engine) {
	s := open(t, e)
	link := func(hash, purpose, person string) store.KeptLink {
		return store.KeptLink{Hash: hash, Purpose: purpose, Person: person, Expires: start}
	}
	for _, l := range []store.KeptLink{link("1", "invitation", "p"), link("2", "setup", ""), link("3", "invitation", "q"), link("4", "invitation", "p")} {
		must(t, s.AddLink(t.Context(), l))
	}
	_, err := s.Link(t.Context(), "1")
	wantCode(t, err, clientele.CodeNotFound)
	got, err := s.Link(t.Context(), "4")
	must(t, err)
	same(t, link("4", "invitation", "p"), got)
	all, err := s.Links(t.Context(), "invitation")
	must(t, err)
	same(t, []store.KeptLink{link("4", "invitation", "p"), link("3", "invitation", "q")}, all)
	must(t, s.EndLinks(t.Context(), "invitation", "p"))
	_, err = s.Link(t.Context(), "4")
	wantCode(t, err, clientele.CodeNotFound)
	_, err = s.Link(t.Context(), "2")
	must(t, err)
}

func testPasskeys(t *testing.T, e Engine) {
	s := open(t, e)
	addPerson(t, s, person("p", "p@example.com"))
	addPerson(t, s, person("q", "q@example.com"))
	key := func(id, person string, after time.Duration) store.KeptPasskey {
		return store.KeptPasskey{ID: id, Person: person, Name: "laptop", Created: start.Add(after), Credential: []byte(`{"counter":0}`)}
	}
	a, b, c := key("z", "p", 0), key("b", "p", time.Second), key("c", "q", 0)
	for _, k := range []store.KeptPasskey{b, c, a} {
		must(t, s.AddPasskey(t.Context(), k))
	}
	wantCode(t, s.AddPasskey(t.Context(), key("c", "p", 0)), clientele.CodeConflict)
	used := start.Add(time.Hour)
	a.Used, a.Credential = &used, []byte(`{"counter":1}`)
	must(t, s.UsePasskey(t.Context(), "z", used, a.Credential))
	of, err := s.Passkeys(t.Context(), "p")
	must(t, err)
	same(t, []store.KeptPasskey{a, b}, of)
	all, err := s.Passkeys(t.Context(), "")
	must(t, err)
	same(t, []store.KeptPasskey{c, a, b}, all)
	got, err := s.Passkey(t.Context(), "z")
	must(t, err)
	same(t, a, got)
	wantCode(t, s.RemovePasskey(t.Context(), "q", "z"), clientele.CodeNotFound)
	must(t, s.RemovePasskey(t.Context(), "p", "z"))
	_, err = s.Passkey(t.Context(), "z")
	wantCode(t, err, clientele.CodeNotFound)
}

func testRecovery(t *testing.T, e Engine) {
	s := open(t, e)
	addPerson(t, s, person("p", "p@example.com"))
	addPerson(t, s, person("q", "q@example.com"))
	must(t, s.SetRecoveryCodes(t.Context(), "p", []string{"old"}))
	must(t, s.SetRecoveryCodes(t.Context(), "p", []string{"a", "b"}))
	must(t, s.SetRecoveryCodes(t.Context(), "q", []string{"a"}))
	for _, c := range []struct {
		code string
		ok   bool
	}{{"old", false}, {"a", true}, {"a", false}, {"b", true}} {
		if ok, err := s.UseRecoveryCode(t.Context(), "p", c.code); ok != c.ok || err != nil {
			t.Errorf("%s: %t %v", c.code, ok, err)
		}
	}
	if ok, err := s.UseRecoveryCode(t.Context(), "q", "a"); !ok || err != nil {
		t.Errorf("another's is used up: %v", err)
	}
}

func testRecoveryRace(t *testing.T, e Engine) {
	s := open(t, e)
	addPerson(t, s, person("p", "p@example.com"))
	must(t, s.SetRecoveryCodes(t.Context(), "p", []string{"a"}))
	var wait sync.WaitGroup
	wins := make(chan bool, 8)
	for range cap(wins) {
		wait.Go(func() {
			if ok, err := s.UseRecoveryCode(context.Background(), "p", "a"); err != nil {
				t.Error(err)
			} else if ok {
				wins <- true
			}
		})
	}
	wait.Wait()
	if len(wins) != 1 {
		t.Errorf("used %d times", len(wins))
	}
}

func testTokens(t *testing.T, e Engine) {
	s := open(t, e)
	token := func(id, person string, service bool) store.KeptToken {
		return store.KeptToken{
			Hash: "hash of " + id, ID: id, Name: "name of " + id, Person: person, Service: service, Scopes: []string{"statement.read"},
			Roles: []policy.Role{policy.Analyst}, Created: start, Expires: start.Add(time.Hour),
		}
	}
	a, b, c := token("a", "p", false), token("b", "p", true), token("c", "", true)
	for _, k := range []store.KeptToken{c, b, a} {
		must(t, s.AddToken(t.Context(), k))
	}
	used := start.Add(time.Minute)
	b.Used = &used
	must(t, s.TouchToken(t.Context(), "b", used))
	all, err := s.Tokens(t.Context())
	must(t, err)
	same(t, []store.KeptToken{a, b, c}, all)
	got, err := s.TokenByHash(t.Context(), "hash of b")
	must(t, err)
	same(t, b, got)
	must(t, s.RemoveTokensOf(t.Context(), "p"))
	_, err = s.TokenByHash(t.Context(), a.Hash)
	wantCode(t, err, clientele.CodeNotFound)
	_, err = s.TokenByHash(t.Context(), b.Hash)
	must(t, err)
	must(t, s.RemoveToken(t.Context(), "b"))
	wantCode(t, s.RemoveToken(t.Context(), "b"), clientele.CodeNotFound)
}

func testPeopleNotFound(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	errs := map[string]error{
		"save": s.SavePerson(ctx, person("p", "p@example.com")), "unit": s.SaveUnit(ctx, store.KeptUnit{ID: "u"}), "remove": s.RemoveUnit(ctx, "u"),
		"session": s.EndSession(ctx, "p", "s"), "use": s.UsePasskey(ctx, "k", start, nil), "passkey": s.RemovePasskey(ctx, "p", "k"), "token": s.RemoveToken(ctx, "t"),
	}
	_, errs["person"] = s.Person(ctx, "p")
	_, errs["email"] = s.PersonByEmail(ctx, "p@example.com")
	_, errs["identity"] = s.PersonByIdentity(ctx, "", "")
	_, errs["link"] = s.Link(ctx, "h")
	_, errs["key"] = s.Passkey(ctx, "k")
	_, errs["hash"] = s.TokenByHash(ctx, "h")
	_, _, errs["secret"] = s.SessionByHash(ctx, "h")
	for name, err := range errs {
		if clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, s.TouchSession(ctx, "h", start))
	must(t, s.EndSessions(ctx, "p", ""))
	must(t, s.EndLinks(ctx, "setup", ""))
}

func testPeopleAtomically(t *testing.T, e Engine) {
	s := open(t, e)
	err := s.Atomically(t.Context(), func(ctx context.Context) error {
		must(t, s.AddUnit(ctx, store.KeptUnit{ID: "u", Version: 1, Name: "u"}))
		p := person("p", "p@example.com")
		p.Units = []string{"u"}
		must(t, s.AddPerson(ctx, p))
		must(t, s.AddSession(ctx, session("s", "p", 0)))
		must(t, s.AddLink(ctx, store.KeptLink{Hash: "h", Purpose: "invitation", Person: "p"}))
		if got, err := s.Person(ctx, "p"); err != nil || len(got.Units) != 1 {
			t.Errorf("within it: %+v %v", got, err)
		}
		return errors.New("no")
	})
	wantCode(t, err, clientele.CodeInternal)
	all, err := s.Persons(t.Context())
	must(t, err)
	units, err := s.Units(t.Context())
	must(t, err)
	if len(all)+len(units) != 0 {
		t.Errorf("kept: %v %v", all, units)
	}
}
