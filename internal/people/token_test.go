package people

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

func scopes(ps ...policy.Permission) (names []string) {
	for _, p := range ps {
		names = append(names, p.Name())
	}
	return names
}

func TestPersonalTokenReachesWhatItsPersonMay(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	bea, owner := w.add("bea@example.com", policy.Lead)
	_, _, err := w.AddToken(owner, NewToken{Name: "t", Scopes: scopes(policy.ImportData), For: time.Hour})
	w.want(clientele.CodeForbidden, err)
	tok, secret, err := w.AddToken(owner, NewToken{Name: "reports", Scopes: scopes(policy.SetGoal, policy.ReadStatement, policy.ReadStatement), For: time.Hour})
	w.ok(err)
	if !strings.HasPrefix(secret, "clt_") || len(secret) != 47 || tok.Person != bea.ID || tok.Service || len(tok.Scopes) != 2 {
		t.Errorf("%s %+v", secret, tok)
	}
	a, got, err := w.ByToken(context.Background(), secret)
	w.ok(err)
	if !a.May(policy.SetGoal) || !a.May(policy.ReadStatement) || a.May(policy.ReadGoals) || a.ID != bea.ID || a.Name != bea.Name || got.ID != tok.ID {
		t.Errorf("%+v %+v", a, got)
	}
	w.change(admin, bea, Edit{Roles: &[]policy.Role{policy.Owner}}) // they set no goals any more
	if a, _, err = w.ByToken(context.Background(), secret); err != nil || a.May(policy.SetGoal) || !a.May(policy.ReadStatement) {
		t.Errorf("%+v %v", a, err)
	}
	_, _, err = w.AddToken(policy.With(context.Background(), a), NewToken{Name: "wider", Scopes: scopes(policy.ReadStatement), For: time.Hour})
	w.want(clientele.CodeForbidden, err) // a token without account.own makes no tokens
	p, err := w.Person(local(), bea.ID)
	w.ok(err)
	w.change(admin, p, Edit{Disabled: ptr(true)})
	_, _, err = w.ByToken(context.Background(), secret)
	w.want(clientele.CodeUnauthenticated, err)
}

func TestTokensOfServices(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	_, owner := w.add("bea@example.com", policy.Owner)
	n := NewToken{Name: "shop", Service: true, Roles: []policy.Role{policy.Analyst}, Scopes: scopes(policy.SendEvents), For: 24 * time.Hour}
	tok, secret, err := w.AddToken(admin, n)
	w.ok(err)
	a, _, err := w.ByToken(context.Background(), secret)
	w.ok(err)
	if a.ID != tok.ID || a.Name != "shop" || !a.May(policy.SendEvents) || a.May(policy.ReadRows) || tok.Person != ada.ID || !slices.Equal(tok.Roles, n.Roles) {
		t.Errorf("%+v %+v", a, tok)
	}
	n.Scopes = scopes(policy.ManagePeople)
	_, _, err = w.AddToken(admin, n) // beyond its roles
	w.want(clientele.CodeForbidden, err)
	for ctx, want := range map[context.Context]int{admin: 1, owner: 0, local(): 1} {
		if all, err := w.Tokens(ctx); err != nil || len(all) != want {
			t.Errorf("%+v %v", all, err)
		}
	}
	w.want(clientele.CodeNotFound, w.RevokeToken(owner, tok.ID))
	w.ok(w.RevokeToken(admin, tok.ID))
	_, _, err = w.ByToken(context.Background(), secret)
	w.want(clientele.CodeUnauthenticated, err)
	w.want(clientele.CodeNotFound, w.RevokeToken(admin, tok.ID))
}

// Who makes tokens of services gets no further by one than they are themselves.
func TestAServiceMayNoMoreThanWhoMakesIt(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	loads := NewToken{Name: "loader", Service: true, Roles: []policy.Role{policy.Analyst}, Scopes: scopes(policy.ImportData), For: time.Hour}
	rows := NewToken{Name: "rows", Service: true, Roles: []policy.Role{policy.Executive}, Scopes: scopes(policy.ReadStatement, policy.ReadRows), For: time.Hour}
	for _, n := range []NewToken{loads, rows} {
		_, _, err := w.AddToken(admin, n)
		w.want(clientele.CodeForbidden, err)
	}
	with := func(change func(*policy.Actor)) context.Context {
		a, _ := policy.ActorOf(admin)
		change(&a)
		return policy.With(context.Background(), a)
	}
	// One who is also an owner sees totals, and no rows beyond their units.
	owner := with(func(a *policy.Actor) { a.Roles = append(slices.Clone(a.Roles), policy.Owner) })
	_, _, err := w.AddToken(owner, rows)
	w.want(clientele.CodeForbidden, err)
	// A token passes on what it has itself.
	sends := NewToken{Name: "shop", Service: true, Roles: []policy.Role{policy.Analyst}, Scopes: scopes(policy.SendEvents), For: time.Hour}
	limited := with(func(a *policy.Actor) { a.Limits = scopes(policy.ManageServices) })
	_, _, err = w.AddToken(limited, sends)
	w.want(clientele.CodeForbidden, err)
	analyst := with(func(a *policy.Actor) { a.Roles = append(slices.Clone(a.Roles), policy.Analyst) })
	for ctx, n := range map[context.Context]NewToken{analyst: loads, admin: sends, local(): rows} {
		_, _, err := w.AddToken(ctx, n)
		w.ok(err)
	}
}

func TestTokenExpiresAndIsTouchedOnceAMinute(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	_, secret, err := w.AddToken(admin, NewToken{Name: "t", Scopes: scopes(policy.ReadData), For: 2 * time.Minute})
	w.ok(err)
	began := w.time()
	for _, c := range []struct{ after, used time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Second, time.Minute}} {
		w.pass(c.after)
		_, _, err := w.ByToken(context.Background(), secret)
		w.ok(err)
		all, err := w.Tokens(admin)
		w.ok(err)
		if got := all[0].Used.Sub(began); got != c.used {
			t.Errorf("used after %v, want %v", got, c.used)
		}
	}
	w.pass(time.Minute)
	_, _, err = w.ByToken(context.Background(), secret)
	w.want(clientele.CodeUnauthenticated, err)
}

func TestTokensThatCannotBe(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	some := scopes(policy.ReadData)
	for name, n := range map[string]NewToken{
		"no name": {Scopes: some, For: time.Hour}, "no scope": {Name: "t", For: time.Hour}, "no such scope": {Name: "t", Scopes: []string{"all"}, For: time.Hour},
		"anyone's": {Name: "t", Scopes: scopes(policy.Anyone), For: time.Hour},
		"for ever": {Name: "t", Scopes: some, For: TokenLife + 1}, "no time": {Name: "t", Scopes: some}, "roles of a person": {Name: "t", Scopes: some, For: time.Hour, Roles: policy.Roles()},
		"a service without roles": {Name: "t", Scopes: some, For: time.Hour, Service: true},
	} {
		if _, _, err := w.AddToken(admin, n); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := w.AddToken(local(), NewToken{Name: "t", Scopes: some, For: time.Hour})
	w.want(clientele.CodeForbidden, err)
}

// Whatever is guessed, nobody is let in.
func TestGuessedTokensAndSessions(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	_, secret, err := w.AddToken(admin, NewToken{Name: "t", Scopes: scopes(policy.ReadData), For: time.Hour})
	w.ok(err)
	rapid.Check(t, func(t *rapid.T) {
		guess := rapid.OneOf(rapid.String(), rapid.StringMatching(`clt_[A-Za-z0-9_-]{43}`), rapid.StringMatching(`[A-Za-z0-9_-]{43}`),
			rapid.Custom(func(t *rapid.T) string {
				b := []byte(secret)
				b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
				return string(b)
			})).Draw(t, "guess")
		if a, _, err := w.ByToken(context.Background(), guess); clientele.CodeOf(err) != clientele.CodeUnauthenticated || len(a.Roles) > 0 {
			t.Fatalf("%q: %+v %v", guess, a, err)
		}
		if a, _, err := w.Session(context.Background(), guess); clientele.CodeOf(err) != clientele.CodeUnauthenticated || len(a.Roles) > 0 {
			t.Fatalf("%q: %+v %v", guess, a, err)
		}
	})
}

func BenchmarkSession(b *testing.B) {
	w, _, _ := inhabited(b, nil)
	in := w.signIn("ada@example.com", good)
	for b.Loop() {
		if _, _, err := w.Session(context.Background(), in.Secret); err != nil {
			b.Fatal(err)
		}
	}
}
