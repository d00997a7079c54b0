package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/store"
)

// letdown is a book in which somebody77 gave a bad answer today, another customer waited for
// a parcel, and Olive answers for the delivery, for whose unit Hugo does.
func letdown(t *testing.T, b *Book) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(b.Store.AddUnit(t.Context(), store.KeptUnit{ID: "north", Version: 1, Name: "North"}))
	for _, p := range []store.KeptPerson{
		{ID: "lea", Name: "Lea", Roles: []policy.Role{policy.Lead}}, {ID: "hugo", Name: "Hugo", Roles: []policy.Role{policy.Owner}},
		{ID: "olive", Name: "Olive", Roles: []policy.Role{policy.Owner}, Units: []string{"north"}}, {ID: "otto", Name: "Otto", Roles: []policy.Role{policy.Owner}},
	} {
		p.Version, p.Email, p.State, p.Created = 1, p.ID+"@example.com", "active", time.Now()
		ok(b.Store.AddPerson(t.Context(), p))
	}
	ok(b.Store.SaveUnit(t.Context(), store.KeptUnit{ID: "north", Version: 2, Name: "North", Head: "hugo"}))
	parent := ""
	for _, p := range []journey.NewPart{{Kind: journey.IsJourney, Name: "Buying"}, {Kind: journey.IsStage, Name: "Get it"}, {Kind: journey.IsTouchpoint, Name: "Delivery"}} {
		p.Parent = parent
		d, err := b.Journeys.Add(t.Context(), p)
		ok(err)
		parent = d.Part
	}
	_, err := b.Journeys.Own(t.Context(), parent, 1, journey.Owner{Person: "olive"})
	ok(err)
	today := time.Now().UTC()
	importText(t, b, clientele.Transactions, fmt.Sprintf("order,customer,time,amount\no1,somebody77,%[1]s,10\no2,other88,%[1]s,20\n", today.AddDate(0, 0, -9).Format(time.DateOnly)))
	importText(t, b, clientele.Feedback, fmt.Sprintf("response,customer,order,touchpoint,time,instrument,score,scale_min,scale_max,text\nr1,somebody77,o1,delivery,%s,nps,2,0,10,too late said somebody77\n", today.Format(time.DateOnly)))
	importText(t, b, clientele.Interactions, fmt.Sprintf("interaction,customer,touchpoint,time,promised,actual\no2,other88,Delivery,%s,%s,%s\n",
		today.AddDate(0, 0, -9).Format(time.DateOnly), today.AddDate(0, 0, -3).Format(time.DateOnly), today.AddDate(0, 0, -1).Format(time.DateOnly)))
	_, err = b.Cases.Work(policy.With(t.Context(), policy.Local("clientele")), nil, func(store.JobProgress) {})
	ok(err)
}

func importText(t *testing.T, b *Book, kind clientele.Kind, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), string(kind)+".csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := b.Importer.Import(t.Context(), path, ingest.Request{Kind: kind}); err != nil || r.Rejected > 0 {
		t.Fatalf("%+v %v", r, err)
	}
}

func actor(id string, roles ...policy.Role) context.Context {
	return policy.With(context.Background(), policy.Actor{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Roles: roles})
}

// Who has cases of their own alone sees theirs, those raised to them, and those of the units that they head.
func TestCasesAreWhoseTheyAre(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	letdown(t, b)
	g := b.Guards().Cases
	olive, hugo, otto, lea := actor("olive", policy.Owner), actor("hugo", policy.Employee), actor("otto", policy.Owner), actor("lea", policy.Lead)
	auditor, admin, local := actor("ava", policy.Auditor), actor("adam", policy.Administrator), policy.With(t.Context(), policy.Local("olga"))
	for _, c := range []struct {
		who   context.Context
		whose string
		n     int
		code  clientele.Code
	}{
		{olive, access.Mine, 2, ""}, {olive, access.Units, 2, ""}, {olive, access.All, 0, clientele.CodeForbidden}, {hugo, access.Mine, 0, ""}, {hugo, access.Units, 2, ""},
		{otto, access.Units, 0, ""}, {lea, access.All, 2, ""}, {lea, access.Mine, 0, ""}, {auditor, access.All, 2, ""}, {admin, access.All, 0, clientele.CodeForbidden},
		{local, access.All, 2, ""}, {local, access.Mine, 0, ""}, {context.Background(), access.All, 0, clientele.CodeUnauthenticated},
	} {
		l, err := g.Cases(c.who, access.CaseQuery{Whose: c.whose, State: cases.Open, Limit: 9})
		if len(l.Cases) != c.n || clientele.CodeOf(err) != c.code {
			a, _ := policy.ActorOf(c.who)
			t.Errorf("%s asks for %s: %d, %v", a.Name, c.whose, len(l.Cases), err)
		}
	}
	answer := caseOfCustomer(t, b, "somebody77")
	for _, who := range []context.Context{otto, admin} {
		if _, err := g.Case(who, answer); clientele.CodeOf(err) != clientele.CodeForbidden {
			t.Error(err)
		}
		if _, err := g.Take(who, answer, 1); clientele.CodeOf(err) != clientele.CodeForbidden {
			t.Error(err)
		}
	}
	if _, err := g.Take(auditor, answer, 1); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Errorf("an auditor takes a case: %v", err)
	}
	d, err := g.Case(olive, answer)
	if err != nil || d.Stake != nil || d.Causes[0].Text == "" || d.Matter != "o1" {
		t.Errorf("%+v %v", d, err)
	}
	if d, err = g.Case(lea, answer); err != nil || d.Stake == nil || d.Stake.Orders != 1 || d.Stake.Amount.Cmp(clientele.MustMoney("10")) != 0 {
		t.Errorf("%+v %v", d, err)
	}
	if d, err = g.Case(hugo, caseOfCustomer(t, b, "other88")); err != nil || d.Matter != "o2" || d.Causes[0].What != "promise" {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := g.SetRule(olive, "", 0, cases.Standard); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Error(err)
	}
	if r, err := g.SetRule(lea, "", 0, cases.Standard); err != nil || r.Version != 1 {
		t.Error(r, err)
	}
	if _, err := g.Take(olive, answer, 1); err != nil {
		t.Error(err)
	}
	if _, err := g.Note(hugo, answer, 2, "I called somebody77"); err != nil {
		t.Error(err)
	}
	_, asked, err := g.Settle(olive, answer, 3, "Sent another to somebody77", "")
	if err != nil {
		t.Fatal(err)
	}
	link, err := url.Parse(asked.Link)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Answer(t.Context(), link.Query().Get("secret"), true, "Thanks, says somebody77"); err != nil {
		t.Error(err)
	}
	object := fmt.Sprintf(" case/%d", answer)
	want := []string{"Lea case_rule.set case_rule/", "Olive case.taken" + object, "Hugo case.noted" + object, "Olive case.settled" + object, " case.answered" + object}
	if got := trail(t, b); !slices.Equal(got[len(got)-5:], want) {
		t.Errorf("the audit tells %q, want %q", got, want)
	}
	page, err := b.Audit.Page(t.Context(), 0, 100, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(page); err != nil || strings.Contains(string(text), "somebody77") {
		t.Errorf("the audit names a customer: %s %v", text, err)
	}
}

func caseOfCustomer(t *testing.T, b *Book, customer string) int64 {
	t.Helper()
	l, err := b.Cases.Cases(t.Context(), cases.Query{State: cases.Open, Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(l.Cases, func(c cases.Case) bool { return c.Customer == customer })
	if i < 0 {
		t.Fatalf("no case is of %s", customer)
	}
	return l.Cases[i].Number
}

// Erasing a customer reaches their cases, the mails to them, and what they answered: no byte
// of the book names them, and no new case is opened for who stands in their place.
func TestErasureReachesCasesAndMails(t *testing.T) {
	dir := makeBook(t)
	text, err := os.ReadFile(filepath.Join(dir, "book.toml"))
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "\n[mail]\nhost = \"127.0.0.1\"\nport = 1\nfrom = \"c@example.com\"\ntls = \"none\"\n"...)
	if err := os.WriteFile(filepath.Join(dir, "book.toml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, Watcher{})
	letdown(t, b)
	n := caseOfCustomer(t, b, "somebody77")
	olive := actor("olive", policy.Owner)
	_, asked, err := b.Cases.Settle(olive, n, 1, "Called somebody77", "somebody77@example.com")
	if err != nil || !asked.Mailed {
		t.Fatalf("%+v %v", asked, err)
	}
	link, err := url.Parse(asked.Link)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Cases.Answer(t.Context(), link.Query().Get("secret"), false, "I am somebody77"); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.StopMail(t.Context(), store.MailStop{Address: "somebody77@example.com", Customer: "somebody77", Bounced: true, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	copied, err := b.Privacy.Collect(t.Context(), "somebody77")
	if err != nil || !slices.ContainsFunc(copied.Files, func(s privacy.Sheet) bool { return s.Name == "cases" && len(s.Rows) == 3 }) {
		t.Errorf("%+v %v", copied.Files, err)
	}
	receipt, err := b.Privacy.Erase(t.Context(), privacy.Request{IDs: []string{"somebody77"}, Why: "asked", By: "Lea"})
	if err != nil || len(receipt.Remains) > 0 {
		t.Fatalf("%+v %v", receipt, err)
	}
	did, err := b.Cases.Work(policy.With(t.Context(), policy.Local("clientele")), nil, func(store.JobProgress) {})
	if err != nil || did.(cases.Found).Opened > 0 {
		t.Errorf("%+v %v", did, err)
	}
	if c, err := b.Store.Case(t.Context(), caseOfCustomer(t, b, "other88")); err != nil || c.Customer != "other88" {
		t.Errorf("%+v %v", c, err)
	}
	shut(t, b)
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "somebody77") {
			t.Errorf("%s still names them", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
