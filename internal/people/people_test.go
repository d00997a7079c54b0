package people

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
)

// good is a password that nothing is wrong with.
const good = "vexing turnip quorum"

// quick is hashing that tests need not wait for.
var quick = Hashing{MemoryKiB: 64, Passes: 1, Threads: 1}

// world is a book's accounts in a test, with a clock that stands until it is moved.
type world struct {
	*Service
	t     testing.TB
	kept  *sqlite.Store
	audit *audit.Log

	mu sync.Mutex
	at time.Time
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// begin makes accounts without anybody.
func empty(t testing.TB, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, at: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	w.kept, err = sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "o.sqlite"))
	w.ok(err)
	t.Cleanup(func() { w.ok(w.kept.Close()) })
	w.audit = audit.New(w.kept, w.time)
	o := Options{SecondFactor: config.Optional, Company: "Acme", Origin: "https://clientele.example.com", Now: w.time, Hashing: quick}
	if change != nil {
		change(&o)
	}
	w.Service, err = New(w.kept, w.audit, o)
	w.ok(err)
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err, clientele.HintOf(err))
	}
}

func (w *world) want(code clientele.Code, err error) {
	w.t.Helper()
	if clientele.CodeOf(err) != code {
		w.t.Errorf("%v: code %q, want %q", err, clientele.CodeOf(err), code)
	}
}

// local is the context of the owner of the machine.
func local() context.Context { return policy.With(context.Background(), policy.Local("root")) }

// inhabited has an administrator, whose context it returns.
func inhabited(t testing.TB, change func(*Options)) (w *world, admin context.Context, ada Person) {
	t.Helper()
	w = empty(t, change)
	secret, err := w.SetUpSecret(context.Background())
	w.ok(err)
	ada, err = w.SetUp(context.Background(), secret, NewPerson{Email: "ada@example.com", Name: "Ada"}, good)
	w.ok(err)
	return w, w.in(w.signIn("ada@example.com", good)), ada
}

func (w *world) signIn(email, password string) SignedIn {
	w.t.Helper()
	in, err := w.SignIn(context.Background(), email, password, Client{From: "192.0.2.1", Agent: "Firefox"})
	w.ok(err)
	return in
}

// in is the context of requests by a session.
func (w *world) in(in SignedIn) context.Context {
	w.t.Helper()
	a, s, err := w.Session(context.Background(), in.Secret)
	w.ok(err)
	return WithSession(policy.With(context.Background(), a), s)
}

// add invites a person, who accepts, and returns them with a context of theirs.
func (w *world) add(email string, roles ...policy.Role) (Person, context.Context) {
	w.t.Helper()
	i, err := w.Invite(local(), NewPerson{Email: email, Name: "Name of " + email, Roles: roles})
	w.ok(err)
	p, err := w.Accept(context.Background(), secretOf(i.Link), good)
	w.ok(err)
	return p, w.in(w.signIn(email, good))
}

func secretOf(link string) string {
	_, secret, _ := strings.Cut(link, "secret=")
	return secret
}

// actions lists what the audit says was done, the latest first.
func (w *world) actions() (actions []string) {
	w.t.Helper()
	events, err := w.audit.Page(context.Background(), 0, 1000, nil)
	w.ok(err)
	for _, e := range events {
		actions = append(actions, e.Action)
	}
	return actions
}

func (w *world) change(ctx context.Context, p Person, e Edit) Person {
	w.t.Helper()
	p, err := w.Change(ctx, p.ID, p.Version, e)
	w.ok(err)
	return p
}

func ptr[T any](v T) *T { return &v }

func TestSetUpTakesOneSecretOnce(t *testing.T) {
	w := empty(t, nil)
	ctx := context.Background()
	if any, err := w.Any(ctx); any || err != nil {
		t.Error(any, err)
	}
	first := NewPerson{Email: " Ada@Example.com ", Name: "Ada  Lovelace", Roles: []policy.Role{policy.Executive}}
	_, err := w.SetUp(ctx, "", first, good)
	w.want(clientele.CodeForbidden, err)
	old, err := w.SetUpSecret(ctx)
	w.ok(err)
	secret, err := w.SetUpSecret(ctx)
	w.ok(err)
	_, err = w.SetUp(ctx, old, first, good)
	w.want(clientele.CodeForbidden, err)
	_, err = w.SetUp(ctx, secret, first, "short")
	w.want(clientele.CodeInvalid, err) // and does not use the secret up
	ada, err := w.SetUp(ctx, secret, first, good)
	w.ok(err)
	if ada.Email != "ada@example.com" || ada.Name != "Ada Lovelace" || ada.State != Active || !ada.Factors.Password ||
		!slices.Equal(ada.Roles, []policy.Role{policy.Executive, policy.Administrator}) {
		t.Errorf("%+v", ada)
	}
	_, err = w.SetUp(ctx, secret, NewPerson{Email: "eve@example.com", Name: "Eve"}, good)
	w.want(clientele.CodeForbidden, err)
	_, err = w.SetUpSecret(ctx)
	w.want(clientele.CodeConflict, err)
	if any, err := w.Any(ctx); !any || err != nil {
		t.Error(any, err)
	}
}

func TestOneOfManySetsUp(t *testing.T) {
	w := empty(t, nil)
	secret, err := w.SetUpSecret(context.Background())
	w.ok(err)
	var wait sync.WaitGroup
	won := make(chan string, 8)
	for i := range cap(won) {
		wait.Go(func() {
			p, err := w.SetUp(context.Background(), secret, NewPerson{Email: fmt.Sprintf("p%d@example.com", i), Name: "P"}, good)
			if err == nil {
				won <- p.Email
				return
			}
			w.want(clientele.CodeForbidden, err)
		})
	}
	wait.Wait()
	if len(won) != 1 {
		t.Errorf("%d set up", len(won))
	}
}

func TestInvitationsWorkOnceForAWeek(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	ctx := context.Background()
	i, err := w.Invite(admin, NewPerson{Email: "bea@example.com", Name: "Bea", Roles: []policy.Role{policy.Owner}})
	w.ok(err)
	if i.Person.State != Invited || !strings.HasPrefix(i.Link, InvitationPage) || i.Expires.Sub(w.time()) != LinkLife {
		t.Errorf("%+v", i)
	}
	_, err = w.SignIn(ctx, "bea@example.com", "", Client{})
	w.want(clientele.CodeUnauthenticated, err)
	again, err := w.InviteAgain(admin, i.Person.ID)
	w.ok(err)
	_, err = w.Invited(ctx, secretOf(i.Link))
	w.want(clientele.CodeForbidden, err)
	p, err := w.Invited(ctx, secretOf(again.Link))
	w.ok(err)
	if p.Name != "Bea" {
		t.Errorf("%+v", p)
	}
	_, err = w.Accept(ctx, secretOf(again.Link), "bea@example.com1")
	w.want(clientele.CodeInvalid, err)
	p, err = w.Accept(ctx, secretOf(again.Link), good)
	w.ok(err)
	if p.State != Active || p.Version != 2 {
		t.Errorf("%+v", p)
	}
	_, err = w.Accept(ctx, secretOf(again.Link), good+"!")
	w.want(clientele.CodeForbidden, err)
	w.signIn("bea@example.com", good)

	late, err := w.Invite(admin, NewPerson{Email: "cyd@example.com", Name: "Cyd", Roles: []policy.Role{policy.Employee}})
	w.ok(err)
	w.pass(LinkLife)
	_, err = w.Accept(ctx, secretOf(late.Link), good)
	w.want(clientele.CodeForbidden, err)
}

func TestInvitationRefusesWhatCannotBe(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	roles := []policy.Role{policy.Owner}
	for name, n := range map[string]NewPerson{
		"no email":        {Name: "A", Roles: roles},
		"an email's name": {Email: "A <a@example.com>", Name: "A", Roles: roles},
		"two emails":      {Email: "a@example.com, b@example.com", Name: "A", Roles: roles},
		"a line in it":    {Email: "a@example.com\nb", Name: "A", Roles: roles},
		"no name":         {Email: "a@example.com", Name: " \t", Roles: roles},
		"a long name":     {Email: "a@example.com", Name: strings.Repeat("é", 101), Roles: roles},
		"a control":       {Email: "a@example.com", Name: "A\x1b[31m", Roles: roles},
		"a direction":     {Email: "a@example.com", Name: "A\u202eB", Roles: roles},
		"no role":         {Email: "a@example.com", Name: "A"},
		"no such role":    {Email: "a@example.com", Name: "A", Roles: []policy.Role{"king"}},
		"no such unit":    {Email: "a@example.com", Name: "A", Roles: roles, Units: []string{"u"}},
	} {
		_, err := w.Invite(admin, n)
		if clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.Invite(admin, NewPerson{Email: "ADA@example.com", Name: "A", Roles: roles})
	w.want(clientele.CodeConflict, err)
}

func TestOnlyAdministratorsManagePeople(t *testing.T) {
	w, _, ada := inhabited(t, nil)
	bea, owner := w.add("bea@example.com", policy.Owner)
	_, auditor := w.add("aud@example.com", policy.Auditor)
	_, employee := w.add("emp@example.com", policy.Employee)
	for _, ctx := range []context.Context{owner, auditor, employee, context.Background()} {
		want := clientele.CodeForbidden
		if _, ok := policy.ActorOf(ctx); !ok {
			want = clientele.CodeUnauthenticated
		}
		errs := make([]error, 11)
		_, errs[0] = w.Invite(ctx, NewPerson{})
		_, errs[1] = w.InviteAgain(ctx, ada.ID)
		_, errs[2] = w.Change(ctx, ada.ID, 1, Edit{})
		_, errs[3] = w.ResetFactors(ctx, ada.ID)
		_, errs[4] = w.AddUnit(ctx, Unit{})
		_, errs[5] = w.ChangeUnit(ctx, "u", 1, Unit{})
		errs[6] = w.RemoveUnit(ctx, "u", 1)
		_, errs[7] = w.Sessions(ctx, ada.ID)
		errs[8] = w.EndSession(ctx, ada.ID, "s")
		errs[9] = w.EndSessions(ctx, ada.ID)
		_, _, errs[10] = w.AddToken(ctx, NewToken{Service: true})
		for i, err := range errs {
			if clientele.CodeOf(err) != want {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	_, err := w.People(employee)
	w.want(clientele.CodeForbidden, err)
	_, err = w.Person(employee, bea.ID)
	w.want(clientele.CodeForbidden, err)
	if got, err := w.Person(owner, bea.ID); err != nil || got.LastSeen == nil || got.Email != bea.Email {
		t.Errorf("%+v %v", got, err)
	}
	all, err := w.People(auditor)
	w.ok(err)
	if len(all) != 4 || all[0].Name != "Ada" || all[0].Factors.Passkeys == nil || all[0].Units == nil {
		t.Errorf("%+v", all)
	}
}

func TestChangeNeedsTheVersionAtHand(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	bea, _ := w.add("bea@example.com", policy.Owner)
	changed := w.change(admin, bea, Edit{Name: ptr("Beatrix"), Email: ptr("BX@example.com")})
	if changed.Name != "Beatrix" || changed.Email != "bx@example.com" || changed.Version != bea.Version+1 || !slices.Equal(changed.Roles, bea.Roles) {
		t.Errorf("%+v", changed)
	}
	_, err := w.Change(admin, bea.ID, bea.Version, Edit{Name: ptr("Late")})
	w.want(clientele.CodeStale, err)
	_, err = w.Change(admin, bea.ID, changed.Version, Edit{Email: ptr("ada@example.com")})
	w.want(clientele.CodeConflict, err)
	_, err = w.Change(admin, "nobody", 1, Edit{})
	w.want(clientele.CodeNotFound, err)
}

func TestSomebodyStaysAdministrator(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	for _, e := range []Edit{{Disabled: ptr(true)}, {Roles: &[]policy.Role{policy.Auditor}}} {
		for _, ctx := range []context.Context{admin, local()} {
			_, err := w.Change(ctx, ada.ID, ada.Version, e)
			w.want(clientele.CodeConflict, err)
		}
	}
	bea, second := w.add("bea@example.com", policy.Administrator)
	w.change(second, ada, Edit{Disabled: ptr(true)})
	_, err := w.Change(second, bea.ID, bea.Version, Edit{Disabled: ptr(true)})
	w.want(clientele.CodeConflict, err)
}

func TestLastTwoAdministratorsDoNotDisableEachOther(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	bea, second := w.add("bea@example.com", policy.Administrator)
	var wait sync.WaitGroup
	for _, c := range []struct {
		by context.Context
		of Person
	}{{admin, bea}, {second, ada}} {
		wait.Go(func() { _, _ = w.Change(c.by, c.of.ID, c.of.Version, Edit{Disabled: ptr(true)}) })
	}
	wait.Wait()
	all, err := w.People(local())
	w.ok(err)
	if n := len(slices.DeleteFunc(all, func(p Person) bool { return p.State != Active })); n != 1 {
		t.Errorf("%d administrators are left", n)
	}
}

func TestDisabledAndEnabledAgain(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	bea, _ := w.add("bea@example.com", policy.Owner)
	i, err := w.InviteAgain(admin, bea.ID)
	w.ok(err)
	bea = w.change(admin, bea, Edit{Disabled: ptr(true)})
	_, err = w.SignIn(context.Background(), "bea@example.com", good, Client{})
	w.want(clientele.CodeUnauthenticated, err)
	_, err = w.Accept(context.Background(), secretOf(i.Link), good)
	w.want(clientele.CodeForbidden, err)
	_, err = w.InviteAgain(admin, bea.ID)
	w.want(clientele.CodeConflict, err)
	if bea = w.change(admin, bea, Edit{Disabled: ptr(false)}); bea.State != Active {
		t.Errorf("%+v", bea)
	}
	w.signIn("bea@example.com", good)
	n, err := w.Invite(admin, NewPerson{Email: "new@example.com", Name: "New", Roles: []policy.Role{policy.Owner}})
	w.ok(err)
	p := w.change(admin, n.Person, Edit{Disabled: ptr(true)})
	if p = w.change(admin, p, Edit{Disabled: ptr(false)}); p.State != Invited {
		t.Errorf("somebody without any factor is %s", p.State)
	}
}

func TestEveryChangeIsTold(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	u, err := w.AddUnit(admin, Unit{Name: "Sales"})
	w.ok(err)
	bea, _ := w.add("bea@example.com", policy.Owner)
	w.change(admin, bea, Edit{Units: &[]string{u.ID}})
	_, err = w.SignIn(context.Background(), "eve@example.com", "a guess of a password", Client{From: "192.0.2.66"})
	w.want(clientele.CodeUnauthenticated, err)
	want := []string{"session.refused", "person.changed", "session.started", "person.accepted", "person.invited", "unit.added", "session.started", "person.set_up"}
	if got := w.actions(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	events, err := w.audit.Page(context.Background(), 0, 2, nil)
	w.ok(err)
	if e := events[0]; e.Outcome != audit.Denied || e.Name != "eve@example.com" || e.From != "192.0.2.66" || e.Who != "" {
		t.Errorf("%+v", e)
	}
	if e := events[1]; e.Who != ada.ID || e.Object != "person/"+bea.ID || !strings.Contains(string(e.Before), `"units":[]`) || !strings.Contains(string(e.After), u.ID) {
		t.Errorf("%+v", e)
	}
	if _, _, findings, err := w.audit.Verify(context.Background()); err != nil || len(findings) != 0 {
		t.Error(findings, err)
	}
}

// What opens something stands nowhere in the book.
func TestSecretsAreNotKept(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	in := w.signIn("ada@example.com", good)
	i, err := w.InviteAgain(admin, ada.ID)
	w.ok(err)
	_, token, err := w.AddToken(admin, NewToken{Name: "t", Scopes: []string{policy.ReadData.Name()}, For: time.Hour})
	w.ok(err)
	path := filepath.Join(t.TempDir(), "copy")
	w.ok(w.kept.Backup(context.Background(), path))
	text := readAll(t, path)
	for _, secret := range []string{good, in.Secret, secretOf(i.Link), token, strings.TrimPrefix(token, tokenPrefix)} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is kept", secret)
		}
	}
}

func TestAuditThatCannotBeKeptUndoesTheChange(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	w.Service.audit = audit.New(noAudit{w.kept}, w.time)
	_, err := w.Change(admin, ada.ID, ada.Version, Edit{Name: ptr("Other")})
	w.want(clientele.CodeNoSpace, err)
	p, err := w.Person(admin, ada.ID)
	w.ok(err)
	if p.Name != "Ada" || p.Version != ada.Version {
		t.Errorf("%+v", p)
	}
	_, err = w.SignIn(context.Background(), "ada@example.com", good, Client{})
	w.want(clientele.CodeNoSpace, err)
}

// noAudit is a store with no room for events.
type noAudit struct{ store.Audit }

func (noAudit) AppendAudit(context.Context, func(int64, string) ([]byte, string, error)) error {
	return clientele.Errorf(clientele.CodeNoSpace, "no space")
}

// Where mail is set up an invitation goes out with the account, and with it alone.
func TestInvitationsAreMailed(t *testing.T) {
	w := empty(t, nil)
	settings := config.Mail{Host: "127.0.0.1", Port: 1, From: "c@example.com", TLS: config.NoTLS}
	w.o.Mail = mail.New(mail.Parts{Store: w.kept, Audit: w.audit, Company: "Acme", Settings: &settings})
	admin := policy.With(t.Context(), policy.Local("root"))
	made, err := w.Invite(admin, NewPerson{Email: "ada@example.com", Name: "Ada", Roles: []policy.Role{policy.Lead}})
	if err != nil || !made.Mailed {
		t.Fatalf("%+v %v", made, err)
	}
	if _, err := w.Invite(admin, NewPerson{Email: "ada@example.com", Name: "Ada", Roles: []policy.Role{policy.Lead}}); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Error(err)
	}
	waiting, err := w.kept.NextMails(t.Context(), time.Now().Add(time.Hour), 9)
	if err != nil || len(waiting) != 1 || waiting[0].Address != "ada@example.com" || !strings.Contains(string(waiting[0].Body), made.Link[len(InvitationPage):]) {
		t.Errorf("%+v %v", waiting, err)
	}
	if again, err := w.InviteAgain(admin, made.Person.ID); err != nil || !again.Mailed {
		t.Errorf("%+v %v", again, err)
	}
}
