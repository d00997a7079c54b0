package survey

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
	"github.com/clientele/clientele/internal/warehouse"
)

// world is surveys of 60 customers of the north and 20 of the south, whose clock stands until it
// is moved.
type world struct {
	testing.TB
	*Service
	store   *sqlite.Store
	clock   time.Time
	landing atomic.Int64
}

var morning = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// empty is the file of a store in which nothing was kept yet: it takes a while to make.
var empty = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "survey-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "operations.sqlite")
	s, err := sqlite.Open(context.Background(), path)
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		panic(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return text
})

func newWorld(t testing.TB) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "operations.sqlite")
	if err := os.WriteFile(path, empty(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{TB: t, store: s, clock: morning}
	w.Service = New(Parts{Store: s, Records: records{}, Company: "Acme", Now: func() time.Time { return w.clock }, Landing: func(n int64) { w.landing.Add(n) }})
	w.SetOrigin("https://acme.example")
	return w
}

// records are customers n00 to n59 of the north and s00 to s19 of the south.
type records struct{}

func (records) all(q warehouse.SampleQuery) (all []warehouse.Sampled) {
	for i := range 60 {
		all = append(all, warehouse.Sampled{Customer: fmt.Sprintf("n%02d", i), Segment: "North", Address: fmt.Sprintf("n%02d@example.com", i), Language: "de-AT"})
	}
	for i := range 20 {
		all = append(all, warehouse.Sampled{Customer: fmt.Sprintf("s%02d", i), Segment: "South"})
	}
	if q.By == "" {
		for i := range all {
			all[i].Segment = ""
		}
	}
	return all
}

// Sample takes the first of each segment: a lot is the records' business.
func (r records) Sample(_ context.Context, q warehouse.SampleQuery) (s warehouse.Sample, err error) {
	for _, one := range r.all(q) {
		n := len(s.Strata)
		if n == 0 || s.Strata[n-1].Segment != one.Segment {
			s.Strata = append(s.Strata, warehouse.Stratum{Segment: one.Segment})
			n++
		}
		t := &s.Strata[n-1]
		t.Customers++
		if slices.Contains(q.Without, one.Customer) {
			continue
		}
		if t.Eligible++; q.Size == 0 || t.Drawn < q.Size {
			t.Drawn++
			s.Drawn = append(s.Drawn, one)
		}
	}
	return s, nil
}

func (r records) Profiles(_ context.Context, q warehouse.SampleQuery, customers []string) (some []warehouse.Sampled, err error) {
	for _, one := range r.all(q) {
		if slices.Contains(customers, one.Customer) {
			some = append(some, one)
		}
	}
	return some, nil
}

const deliveries = `
survey: Deliveries
touchpoint: Delivery
languages: [en, de, he]
title: {en: Your delivery, de: Ihre Lieferung, he: המשלוח שלך}
ask: {by: region, sample: 10}
reminders: [3, 7]
waves: {count: 2, every: 30, open: 14}
quarantine: 25
open: true
embed: ["https://shop.example"]
questions:
  - {id: recommend, kind: nps, text: {en: "Would you recommend us?", de: "Würden Sie uns empfehlen?", he: "האם תמליצו עלינו?"}}
  - {id: why, kind: text, text: "Why?"}
  - {id: how, kind: choice, several: true, text: "How?", options: [{id: fast, text: Fast}, {id: kind, text: Kind}]}
  - {id: happy, kind: csat, text: "Happy?"}
`

const work = `
survey: Work
ask: {who: employees}
open: true
questions:
  - {id: recommend, kind: nps, text: "Would you recommend working here?"}
  - {id: ties, kind: choice, text: "What is in your way?", options: [{id: rules, text: Rules}, {id: tools, text: Tools}]}
  - {id: words, kind: text, text: "What should change?"}
`

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) code(err error, want clientele.Code) {
	w.Helper()
	if clientele.CodeOf(err) != want {
		w.Fatalf("%v is no %v", err, want)
	}
}

func (w *world) ctx() context.Context {
	return policy.With(w.Context(), policy.Actor{ID: "p1", Name: "Ada"})
}

func (w *world) create(text string) Survey {
	w.Helper()
	d, err := ParseDocument("survey.yaml", []byte(text))
	w.must(err)
	v, err := w.Create(w.ctx(), d, "Ada")
	w.must(err)
	return v
}

func (w *world) send(v Survey) Sent {
	w.Helper()
	sent, err := w.Send(w.ctx(), v.ID, "", unrecorded)
	w.must(err)
	return sent
}

// keyOf is the secret of a link.
func keyOf(link string) string { return link[strings.LastIndex(link, "/")+1:] }

// answer answers every question in turn: a value each, "" is skipped, "na" does not apply.
func (w *world) answer(v Survey, key string, values ...string) Next {
	w.Helper()
	next := Next{Key: key}
	for i, value := range values {
		q := v.Document.Questions[i]
		r := Reply{Question: q.ID, Skip: value == "", NotApplicable: value == "na", Text: value, Values: strings.Fields(value), Language: "en"}
		var err error
		next, err = w.reply(next.Key, next.Draft, r)
		w.must(err)
	}
	return next
}

func (w *world) results(v Survey) Results {
	w.Helper()
	r, err := w.Results(w.ctx(), v.ID)
	w.must(err)
	return r
}

// employ makes so many accounts in a unit.
func (w *world) employ(unit string, n int) {
	w.Helper()
	w.must(w.store.AddUnit(w.ctx(), store.KeptUnit{ID: unit, Version: 1, Name: unit}))
	for i := range n {
		id := fmt.Sprintf("%s%02d", unit, i)
		w.must(w.store.AddPerson(w.ctx(), store.KeptPerson{ID: id, Version: 1, Email: id + "@acme.example", Name: id, State: "active", Units: []string{unit}, Created: morning}))
	}
}

func unrecorded(context.Context, Sent) error   { return nil }
func uninvited(context.Context, Invited) error { return nil }

// reply answers one screen of a link.
func (w *world) reply(key, draft string, r Reply) (Next, error) {
	v, err := w.Visit(w.Context(), key, draft)
	if err != nil {
		return Next{}, err
	}
	return w.Reply(w.Context(), v, r)
}
