package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
	"github.com/clientele/clientele/internal/warehouse"
)

// records answer with what a test puts into them, as the engine would.
type records struct {
	all   []warehouse.Letdown
	asked warehouse.LetdownQuery
}

func (r *records) Letdowns(_ context.Context, q warehouse.LetdownQuery) (out []warehouse.Letdown, _ error) {
	r.asked = q
	for _, l := range r.all {
		known := slices.ContainsFunc(q.Rules, func(x warehouse.LetdownRule) bool { return x.Touchpoint == l.Touchpoint })
		if known && l.Day >= q.Days.From && l.Day <= q.Days.To {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b warehouse.Letdown) int { return strings.Compare(a.Touchpoint, b.Touchpoint) })
	for i := range out {
		out[i].All = int64(len(out))
	}
	return out, nil
}

func (r *records) AnswerText(_ context.Context, customer, _, response string) (string, error) {
	return customer + " wrote " + response, nil
}

func (r *records) AtStake(context.Context, string, clientele.Date) (warehouse.Stake, error) {
	return warehouse.Stake{Orders: 2}, nil
}

// world is a service with a clock that tests turn. Olive answers for the delivery and is of the
// unit that Hugo heads; Lea leads customer experience.
type world struct {
	*Service
	t       testing.TB
	now     time.Time
	records *records
	kept    *sqlite.Store
}

func newWorld(t testing.TB) *world {
	t.Helper()
	kept, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "operations.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), records: &records{}, kept: kept}
	settings := config.Mail{Host: "127.0.0.1", Port: 1, From: "c@example.com", TLS: config.NoTLS}
	clock, log, jobs := func() time.Time { return w.now }, audit.New(kept, nil), job.NewQueue(kept)
	m := mail.New(mail.Parts{Store: kept, Jobs: jobs, Audit: log, Company: "Acme", Settings: &settings, Now: clock})
	w.Service = New(Parts{Store: kept, Records: w.records, Mail: m, Jobs: jobs, Audit: log, Company: "Acme", Zone: time.UTC, Anonymous: "erased-", Now: clock})
	w.must(kept.AddUnit(t.Context(), store.KeptUnit{ID: "north", Version: 1, Name: "North"}))
	for i, p := range []store.KeptPerson{
		{ID: "lea", Roles: []policy.Role{policy.Lead}}, {ID: "late", Roles: []policy.Role{policy.Lead}}, {ID: "hugo", Roles: []policy.Role{policy.Owner}},
		{ID: "olive", Roles: []policy.Role{policy.Owner}, Units: []string{"north"}},
	} {
		p.Version, p.Email, p.Name, p.State, p.Created = 1, p.ID+"@example.com", strings.ToUpper(p.ID[:1])+p.ID[1:], "active", w.now.Add(time.Duration(i)*time.Hour)
		w.must(kept.AddPerson(t.Context(), p))
	}
	w.must(kept.SaveUnit(t.Context(), store.KeptUnit{ID: "north", Version: 2, Name: "North", Head: "hugo"}))
	for _, p := range []store.KeptPart{
		{ID: "j", Kind: store.JourneyPart, Name: "Buying"}, {ID: "s", Kind: store.StagePart, Parent: "j", Name: "Get it"},
		{ID: "d", Kind: store.TouchpointPart, Parent: "s", Name: "Delivery", Owner: &store.KeptOwner{Person: "olive", Since: w.now}},
		{ID: "v", Kind: store.TouchpointPart, Parent: "s", Name: "Vacant", Position: 1, Owner: &store.KeptOwner{Since: w.now}},
	} {
		p.Version, p.Key, p.Notes = 1, strings.ToLower(p.Name), json.RawMessage("{}")
		if p.Kind != store.TouchpointPart {
			p.Notes = nil
		}
		w.must(kept.AddPart(t.Context(), p))
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// bad is an answer that was bad today.
func (w *world) bad(record, customer, touchpoint, matter string) {
	score, low, high := 3.0, 0.0, 10.0
	w.records.all = append(w.records.all, warehouse.Letdown{
		Touchpoint: touchpoint, Customer: customer, Matter: matter, What: warehouse.BadAnswer, Source: "test", Record: record, Day: clientele.DateOf(w.now),
		Instrument: "nps", Score: &score, ScaleMin: &low, ScaleMax: &high,
	})
}

// work runs the job once.
func (w *world) work() Found {
	w.t.Helper()
	did, err := w.Work(context.Background(), nil, func(store.JobProgress) {})
	w.must(err)
	return did.(Found)
}

func (w *world) theCase(number int64) Detail {
	w.t.Helper()
	d, err := w.Case(context.Background(), number)
	w.must(err)
	return d
}

// mails are what waits to be sent: to whom, and what about.
func (w *world) mails() (all []string) {
	w.t.Helper()
	kept, err := w.kept.Mails(context.Background(), 0, 100)
	w.must(err)
	for _, m := range slices.Backward(kept) {
		var body struct{ Subject string }
		w.must(json.Unmarshal(m.Body, &body))
		all = append(all, m.Address+": "+body.Subject)
	}
	return all
}

func as(id string) context.Context {
	return policy.With(context.Background(), policy.Actor{ID: id, Name: strings.ToUpper(id[:1]) + id[1:]})
}

func TestABadAnswerOpensACaseOnce(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "o1")
	if did := w.work(); did != (Found{Opened: 1}) {
		t.Fatalf("%+v", did)
	}
	if did := w.work(); did != (Found{}) {
		t.Errorf("the same again: %+v", did)
	}
	w.bad("r2", "c1", "delivery", "o1") // the same matter
	w.bad("r3", "c1", "delivery", "o2") // another
	w.bad("r4", "c1", "elsewhere", "")  // not on the map
	if did := w.work(); did != (Found{Opened: 1, Joined: 1}) {
		t.Errorf("%+v", did)
	}
	d := w.theCase(1)
	if d.State != Open || d.Owner.Name != "Olive" || d.Why != AsOwner || !d.Due.Equal(w.now.Add(48*time.Hour)) || len(d.Causes) != 2 || d.Causes[0].Text != "c1 wrote r1" {
		t.Errorf("%+v", d)
	}
	want := []string{"olive@example.com: A case waits for you: Delivery", "olive@example.com: A case waits for you: Delivery"}
	if got := w.mails(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	kept, err := w.kept.MailByKey(t.Context(), "case/1/1/opened")
	if err != nil || !kept.Digest || strings.Contains(string(kept.Body), "c1") || !strings.Contains(string(kept.Body), "gave 3 on a scale from 0 to 10 (NPS)") {
		t.Errorf("%s %v", kept.Body, err)
	}
	if w.records.asked.Days.From != clientele.MustDate("2026-10-19") || w.records.asked.Anonymous != "erased-" || len(w.records.asked.Rules) != 2 {
		t.Errorf("%+v", w.records.asked)
	}
}

func TestACaseOfAVacantTouchpointIsTheLeads(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "vacant", "")
	w.work()
	d := w.theCase(1)
	if d.Owner.ID != "lea" || d.Why != AsLead || !strings.Contains(d.Events[0].Note, "Nobody answers for the touchpoint") {
		t.Errorf("%+v", d)
	}
	part, err := w.kept.Part(t.Context(), "v")
	w.must(err)
	part.Owner.Person = "olive"
	w.must(w.kept.SavePart(t.Context(), part))
	if did := w.work(); did != (Found{Moved: 1}) {
		t.Errorf("%+v", did)
	}
	if d := w.theCase(1); d.Owner.ID != "olive" || d.Why != AsOwner {
		t.Errorf("%+v", d)
	}
	for _, id := range []string{"lea", "late", "olive"} {
		p, err := w.kept.Person(t.Context(), id)
		w.must(err)
		p.State = "disabled"
		w.must(w.kept.SavePerson(t.Context(), p))
	}
	w.bad("r2", "c2", "vacant", "")
	w.work()
	if d := w.theCase(2); d.Why != AsNobody || d.Owner.Name != "" {
		t.Errorf("%+v", d)
	}
}

func TestACaseIsRaisedWhenItIsOverdue(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "")
	w.work()
	w.now = w.now.Add(47 * time.Hour)
	if did := w.work(); did != (Found{}) {
		t.Fatalf("%+v", did)
	}
	for step, who := range []string{"hugo", "lea"} {
		w.now = w.now.Add(49 * time.Hour)
		if did := w.work(); did != (Found{Raised: 1}) {
			t.Fatalf("%+v", did)
		}
		if d := w.theCase(1); d.RaisedTo.ID != who || d.Step != step+1 || d.Owner.ID != "olive" || !d.Overdue {
			t.Errorf("%+v", d)
		}
	}
	w.now = w.now.Add(1000 * time.Hour)
	if did := w.work(); did != (Found{}) {
		t.Errorf("raised beyond the lead: %+v", did)
	}
	if due, err := w.due(t.Context()); due || err != nil {
		t.Error(due, err)
	}
	want := []string{"olive@example.com: A case waits for you: Delivery", "hugo@example.com: A case is overdue: Delivery", "lea@example.com: A case is overdue: Delivery"}
	if got := w.mails(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func (w *world) settled(number int64, address string) (secret string, a Asked) {
	w.t.Helper()
	d := w.theCase(number)
	if d.State == Open {
		if _, err := w.Take(as("olive"), number, d.Version); err != nil {
			w.t.Fatal(err)
		}
		d.Version++
	}
	c, a, err := w.Settle(as("olive"), number, d.Version, "Called, and sent another.", address)
	w.must(err)
	if c.State != Settled {
		w.t.Errorf("%+v", c)
	}
	return strings.TrimPrefix(a.Link, AnswerPage+"?secret="), a
}

func TestTheCustomerSaysWhetherItIsSettled(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "")
	w.work()
	secret, asked := w.settled(1, "Anna@Example.com")
	if !asked.Mailed || w.theCase(1).Asked.State != store.MailWaiting {
		t.Errorf("%+v", asked)
	}
	question, err := w.kept.MailByKey(t.Context(), w.mailKey(1))
	if err != nil || question.Customer != "c1" || question.Digest || !strings.Contains(string(question.Body), secret) {
		t.Errorf("%+v %v", question, err)
	}
	for _, guess := range []string{"", "guess", secret[1:]} {
		if _, err := w.Question(t.Context(), guess); clientele.CodeOf(err) != clientele.CodeForbidden {
			t.Errorf("%q: %v", guess, err)
		}
	}
	if q, err := w.Question(t.Context(), secret); err != nil || q.At != "Delivery" {
		t.Errorf("%+v %v", q, err)
	}
	w.must(w.Answer(t.Context(), secret, false, "Still\r\nbroken"))
	d := w.theCase(1)
	if d.State != Open || d.Answer != No || d.AnswerText != "Still\nbroken" || d.Reopened != 1 || d.Step != 0 || !d.Due.Equal(w.now.Add(48*time.Hour)) {
		t.Errorf("%+v", d)
	}
	if err := w.Answer(t.Context(), secret, true, ""); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Errorf("answered twice: %v", err)
	}
	secret, asked = w.settled(1, "")
	if asked.Mailed {
		t.Error("mailed to nobody")
	}
	w.must(w.Answer(t.Context(), secret, true, ""))
	if d = w.theCase(1); d.State != Closed || d.Answer != Yes || d.Closed == nil {
		t.Errorf("%+v", d)
	}
	var what []string
	for _, e := range d.Events {
		what = append(what, e.Name+" "+e.What)
	}
	want := []string{"Clientele opened", "Olive taken", "Olive settled", "The customer answered no", "Olive taken", "Olive settled", "The customer answered yes"}
	if !slices.Equal(what, want) {
		t.Errorf("%q", what)
	}
}

// mailKey is that of the question about a case.
func (w *world) mailKey(number int64) string {
	k, err := w.kept.Case(w.t.Context(), number)
	w.must(err)
	return k.AskedByMail
}

func TestNobodyIsAskedAgainForAWhile(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "o1")
	w.work()
	secret, _ := w.settled(1, "")
	w.must(w.Answer(t.Context(), secret, true, ""))
	w.bad("r2", "c1", "delivery", "o1")
	if did := w.work(); did != (Found{Quiet: 1}) {
		t.Fatalf("%+v", did)
	}
	if d := w.theCase(1); len(d.Causes) != 2 || !d.Causes[1].Quiet || d.State != Closed {
		t.Errorf("%+v", d)
	}
	w.now = w.now.AddDate(0, 0, 31)
	w.bad("r3", "c1", "delivery", "o1")
	if did := w.work(); did != (Found{Opened: 1}) {
		t.Errorf("%+v", did)
	}
}

func TestASettledCaseClosesWithoutAnAnswer(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "")
	w.work()
	secret, _ := w.settled(1, "")
	w.now = w.now.Add(AnswerFor + time.Second)
	if _, err := w.Question(t.Context(), secret); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Error(err)
	}
	if did := w.work(); did != (Found{Closed: 1}) {
		t.Errorf("%+v", did)
	}
	if d := w.theCase(1); d.State != Closed || d.Answer != None {
		t.Errorf("%+v", d)
	}
}

// The first import of ten years, and a day on which everything goes wrong.
func TestCasesAreBounded(t *testing.T) {
	w := newWorld(t)
	now := w.now
	for i := range 500 {
		w.now = now.AddDate(0, 0, -i)
		w.bad(fmt.Sprint("old", i), fmt.Sprint("c", i), "delivery", "")
	}
	w.now = now
	if did := w.work(); did != (Found{Opened: NewestDays + 1}) {
		t.Errorf("%+v", did)
	}
	for i := range 300 {
		w.bad(fmt.Sprint("new", i), fmt.Sprint("n", i), "delivery", "")
	}
	if did := w.work(); did.Opened != MostOpen-NewestDays-1 || did.Full != 300-did.Opened {
		t.Errorf("%+v", did)
	}
	secret, _ := w.settled(1, "")
	w.must(w.Answer(t.Context(), secret, true, ""))
	if did := w.work(); did.Opened != 1 {
		t.Errorf("what waited is not opened when there is room: %+v", did)
	}
}

func TestChangesOfACaseAreRefused(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "")
	w.work()
	take := func(version int64) error { _, err := w.Take(as("olive"), 1, version); return err }
	settle := func(version int64, text, address string) error {
		_, _, err := w.Settle(as("olive"), 1, version, text, address)
		return err
	}
	for i, c := range []struct {
		err  error
		want clientele.Code
	}{
		{take(9), clientele.CodeStale}, {settle(1, " ", ""), clientele.CodeInvalid}, {settle(1, "a\x00b", ""), clientele.CodeInvalid},
		{settle(1, strings.Repeat("x", mostText+1), ""), clientele.CodeInvalid}, {settle(1, "done", "nobody"), clientele.CodeInvalid},
		{take(1), ""}, {take(2), clientele.CodeConflict}, {settle(2, "done", ""), ""}, {settle(3, "done", ""), clientele.CodeConflict},
	} {
		if clientele.CodeOf(c.err) != c.want {
			t.Errorf("%d: %v, want %s", i, c.err, c.want)
		}
	}
	if _, err := w.Take(as("olive"), 9, 1); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Error(err)
	}
	if c, err := w.Note(as("olive"), 1, 3, "Waits for the carrier"); err != nil || c.Version != 4 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestRulesSayWhatOpensACase(t *testing.T) {
	w := newWorld(t)
	r, err := w.Rule(t.Context(), "d")
	if err != nil || r.Own || r.Rule != Standard {
		t.Fatalf("%+v %v", r, err)
	}
	general := Standard
	general.DueHours = 4
	if r, err = w.SetRule(t.Context(), "", 0, general); err != nil || r.Version != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	own := general
	own.NPS, own.QuietDays = 2, 1
	if _, err = w.SetRule(t.Context(), "d", 0, own); err != nil {
		t.Fatal(err)
	}
	off := general
	off.On = false
	if _, err = w.SetRule(t.Context(), "v", 0, off); err != nil {
		t.Fatal(err)
	}
	if _, err = w.SetRule(t.Context(), "d", 0, own); clientele.CodeOf(err) != clientele.CodeStale {
		t.Error(err)
	}
	if _, err = w.SetRule(t.Context(), "none", 0, own); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Error(err)
	}
	own.CES = 9
	if _, err = w.SetRule(t.Context(), "d", 1, own); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Error(err)
	}
	w.bad("r1", "c1", "delivery", "")
	w.work()
	if asked := w.records.asked.Rules; len(asked) != 1 || asked[0].Touchpoint != "delivery" || asked[0].NPS != 2 {
		t.Errorf("%+v", asked)
	}
	if d := w.theCase(1); !d.Due.Equal(w.now.Add(4 * time.Hour)) {
		t.Errorf("%+v", d)
	}
}

func TestCasesAreListedByWhose(t *testing.T) {
	w := newWorld(t)
	w.bad("r1", "c1", "delivery", "")
	w.bad("r2", "c2", "vacant", "")
	w.bad("r3", "c3", "delivery", "")
	w.work()
	for _, c := range []struct {
		q    Query
		n    int
		more bool
	}{
		{Query{State: Open, Limit: 9}, 3, false}, {Query{State: Open, Persons: []string{"olive"}, Limit: 9}, 2, false}, {Query{State: Open, Persons: []string{"hugo"}, Limit: 9}, 0, false},
		{Query{State: Open, Limit: 2}, 2, true}, {Query{State: Open, Limit: 2, Offset: 2}, 1, false}, {Query{State: Open, Touchpoint: "v", Limit: 9}, 1, false},
		{Query{State: Open, Persons: []string{"olive", "lea"}, Limit: 2}, 2, true},
	} {
		l, err := w.Cases(t.Context(), c.q)
		if err != nil || len(l.Cases) != c.n || l.More != c.more {
			t.Errorf("%+v: %d, %v, %v", c.q, len(l.Cases), l.More, err)
		}
	}
	for person, want := range map[string][]string{"hugo": {"hugo", "olive"}, "olive": {"olive"}} {
		if got, err := w.Under(t.Context(), person); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v", person, got, err)
		}
	}
	if n, err := w.Waiting(t.Context(), "d"); n != 2 || err != nil {
		t.Error(n, err)
	}
}

// step is something that happens to cases.
type step struct {
	what, days       int
	number           int64
	customer, matter string
}

// booksTried is how many random books are tried: making one takes as long as all that happens in it.
const booksTried = 12

// Whatever is found, taken, settled and answered in whatever order: one customer, touchpoint and
// matter has at most one case that is not closed, and every record belongs to one case.
func TestOneMatterIsOneCase(t *testing.T) {
	steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
		return step{
			rapid.IntRange(0, 4).Draw(r, "what"), rapid.IntRange(0, 40).Draw(r, "days"), int64(rapid.IntRange(1, 4).Draw(r, "case")),
			rapid.SampledFrom([]string{"c1", "c2"}).Draw(r, "customer"), rapid.SampledFrom([]string{"", "o1"}).Draw(r, "matter"),
		}
	}), 10, 40)
	closed := 0
	for seed := range booksTried {
		w, secrets := newWorld(t), map[int64]string{}
		for i, x := range steps.Example(seed) {
			switch x.what {
			case 0:
				w.bad(fmt.Sprint("r", i), x.customer, "delivery", x.matter)
				w.work()
			case 1:
				if k, err := w.kept.Case(t.Context(), x.number); err == nil && k.State != Settled && k.State != Closed {
					secrets[x.number], _ = w.settled(x.number, "")
				}
			case 2, 3:
				_ = w.Answer(t.Context(), secrets[x.number], x.what == 2, "said") // many have not been asked
			case 4:
				w.now = w.now.AddDate(0, 0, x.days)
				w.work()
			}
		}
		closed += w.holdsOneOfEach()
	}
	if closed == 0 {
		t.Error("no random case was ever closed")
	}
}

// holdsOneOfEach fails if two cases of one matter wait, or a record is of two. It counts those that are closed.
func (w *world) holdsOneOfEach() (closed int) {
	w.t.Helper()
	waiting, records := map[string]int64{}, map[string]int64{}
	for number := int64(1); ; number++ {
		k, err := w.kept.Case(w.t.Context(), number)
		if err != nil {
			return closed
		}
		key := k.Customer + "/" + k.Matter
		if k.State == Closed {
			closed++
		} else {
			if waiting[key] > 0 {
				w.t.Fatalf("cases %d and %d are of %s", waiting[key], number, key)
			}
			waiting[key] = number
		}
		causes, err := w.kept.Causes(w.t.Context(), number)
		if err != nil || len(causes) == 0 {
			w.t.Fatalf("case %d: %v %v", number, causes, err)
		}
		for _, c := range causes {
			if records[c.Record] > 0 {
				w.t.Fatalf("%s is of %d and %d", c.Record, records[c.Record], number)
			}
			records[c.Record] = number
		}
	}
}
