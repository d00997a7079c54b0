package event

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is all that an intake works with: the real store, and the rest of memory.
type desk struct {
	*sqlite.Store
	files   []string // name, kind, source and text of what was imported
	records []string // of the audit
	jobs    chan string
	fail    []error // of the next imports
	now     time.Time
}

func (d *desk) Import(_ context.Context, path string, r ingest.Request) (ingest.FileReport, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return ingest.FileReport{}, err
	}
	d.files = append(d.files, fmt.Sprintf("%s %s %s %s\n%s", r.Name, r.Kind, r.Source, strings.Join(r.Map, " "), text))
	if len(d.fail) > 0 {
		err, d.fail = d.fail[0], d.fail[1:]
	}
	return ingest.FileReport{SHA256: "f00d"}, err
}

func (d *desk) Add(_ context.Context, kind, _ string, _ any) (store.Job, error) {
	d.jobs <- kind
	return store.Job{}, nil
}

func (d *desk) Record(_ context.Context, action, object string, _, after any) error {
	text, err := json.Marshal(after)
	d.records = append(d.records, action+" "+object+" "+string(text))
	return err
}

func newDesk(t *testing.T) (*desk, *Intake) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "o.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{Store: s, jobs: make(chan string, 100), now: received}
	return d, New(Parts{
		Store: d, Importer: d, Jobs: d, Audit: d, Currency: "USD", Work: t.TempDir(), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return d.now }, Portion: 3, Every: time.Minute, Look: time.Millisecond,
	})
}

func sender(t *testing.T) context.Context {
	t.Helper()
	return policy.With(t.Context(), policy.Actor{Name: "shop", Roles: []policy.Role{policy.Analyst}})
}

func take(t *testing.T, i *Intake, messages ...string) Receipt {
	t.Helper()
	r, err := i.Take(sender(t), "shop", []byte(`{"batch":[`+strings.Join(messages, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func bought(id, customer, order, total string) string {
	return fmt.Sprintf(`{"type":"track","messageId":%q,"userId":%q,"event":"Order Completed","timestamp":"2026-09-30T10:00:00Z","properties":{"order_id":%q,"total":%s}}`,
		id, customer, order, total)
}

func drain(t *testing.T, i *Intake) (Drained, error) {
	t.Helper()
	did, err := i.Drain(t.Context(), nil, func(store.JobProgress) {})
	return did.(Drained), err
}

func TestReceipt(t *testing.T) {
	_, i := newDesk(t)
	r := take(t, i, bought("1", "c1", "o1", "10"), bought("1", "c1", "o1", "10"), `{"type":"page","userId":"c"}`, `7`)
	if r.Accepted != 1 || r.Duplicates != 1 || r.Ignored != 1 || len(r.Rejected) != 1 || r.Rejected[0].Index != 3 {
		t.Errorf("%+v", r)
	}
	if r = take(t, i, bought("1", "c1", "o1", "10")); r.Accepted != 0 || r.Duplicates != 1 || r.Rejected == nil {
		t.Errorf("%+v", r)
	}
	if r = take(t, i); r.Accepted != 0 {
		t.Errorf("%+v", r)
	}
}

func TestRefusedBatches(t *testing.T) {
	_, i := newDesk(t)
	for body, source := range map[string]string{``: "", `[]`: "", `{}`: "", `{"batch":7}`: "", `{"batch":[]}x`: "", `{"batch":[]}`: "../etc"} {
		if _, err := i.Take(sender(t), source, []byte(body)); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s of %q: %v", body, source, err)
		}
	}
	nobody := policy.With(t.Context(), policy.Actor{Roles: []policy.Role{policy.Auditor}})
	if _, err := i.Take(nobody, "", []byte(`{"batch":[]}`)); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Error(err)
	}
}

func TestMessagesBecomeFiles(t *testing.T) {
	d, i := newDesk(t)
	take(t, i, bought("1", "c2", "o2", "20"), bought("2", "c1", "o1", "1"), bought("3", "c1", "o1", "10"),
		`{"type":"identify","messageId":"4","userId":"c1","traits":{"plan":"gold"}}`, `{"type":"identify","messageId":"5","userId":"c1","traits":{"plan":"blue","city":"Bonn"}}`,
		`{"type":"track","messageId":"6","userId":"c1","event":"Ticket Opened"}`)
	did, err := drain(t, i)
	if err != nil || did != (Drained{Messages: 5, Files: 2}) {
		t.Fatalf("%+v %v", did, err)
	}
	want := []string{
		`shop-000001-transactions.jsonl transactions shop customer=customer order=order line=line time=time quantity=quantity amount=amount currency=currency product=product kind=kind
{"customer":"c1","order":"o1","line":"order","time":"2026-09-30T10:00:00.000Z","quantity":"","amount":"10.00","currency":"USD","product":"","kind":"sale"}
{"customer":"c2","order":"o2","line":"order","time":"2026-09-30T10:00:00.000Z","quantity":"","amount":"20.00","currency":"USD","product":"","kind":"sale"}
`,
		`shop-000002-customers.jsonl customers shop customer=customer
{"customer":"c1","city":"Bonn","plan":"blue"}
`,
	}
	if fmt.Sprint(d.files) != fmt.Sprint(want) {
		t.Errorf("%s", strings.Join(d.files, "\n"))
	}
	if len(d.records) != 2 || !strings.Contains(d.records[0], `events.landed portion/1 [{"file":"shop-000001-transactions.jsonl","rejected":0,"rows":2,"sha256":"f00d"}]`) {
		t.Errorf("%q", d.records)
	}
	if did, err = drain(t, i); err != nil || did.Messages != 0 {
		t.Errorf("%+v %v", did, err)
	}
	if left, err := os.ReadDir(i.Work); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
}

// A process that ends between landing and settling lands the same file again.
func TestSamePortionIsTheSameFile(t *testing.T) {
	d, i := newDesk(t)
	take(t, i, bought("1", "c1", "o1", "10"))
	full := clientele.Errorf(clientele.CodeNoSpace, "full")
	d.fail = []error{full}
	if _, err := drain(t, i); clientele.CodeOf(err) != clientele.CodeNoSpace {
		t.Fatal(err)
	}
	take(t, i, bought("2", "c2", "o2", "20"))
	if did, err := drain(t, i); err != nil || did.Files != 2 {
		t.Fatalf("%+v %v", did, err)
	}
	if len(d.files) != 3 || d.files[0] != d.files[1] || strings.Contains(d.files[1], "o2") || !strings.Contains(d.files[2], "o2") {
		t.Errorf("%s", strings.Join(d.files, "\n"))
	}
}

func TestWhatCannotBeLandedIsKeptAndHoldsNothingUp(t *testing.T) {
	d, i := newDesk(t)
	take(t, i, bought("1", "c1", "o1", "10"), bought("2", "c1", "o2", "10"), bought("3", "c1", "o3", "10"), bought("4", "c1", "o4", "10"))
	d.fail = []error{clientele.Errorf(clientele.CodeInvalid, "no"), clientele.Errorf(clientele.CodeNotLoaded, "later")}
	if did, err := drain(t, i); err != nil || did.Files != 1 || did.Refused != 1 {
		t.Fatalf("%+v %v", did, err)
	}
	var left []string
	for m, err := range d.EventsOf(t.Context(), "c1") {
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, m.ID+" "+string(m.State))
	}
	if fmt.Sprint(left) != "[1 refused 2 refused 3 refused]" {
		t.Error(left)
	}
}

func TestMessagesAreForgottenInTheEnd(t *testing.T) {
	d, i := newDesk(t)
	take(t, i, bought("1", "c1", "o1", "10"))
	if _, err := drain(t, i); err != nil {
		t.Fatal(err)
	}
	d.now = received.Add(KeptFor - time.Hour)
	if r := take(t, i, bought("1", "c1", "o1", "10")); r.Duplicates != 1 {
		t.Errorf("%+v", r)
	}
	d.now = received.Add(KeptFor + time.Hour)
	if _, err := drain(t, i); err != nil {
		t.Fatal(err)
	}
	if r := take(t, i, bought("1", "c1", "o1", "10")); r.Accepted != 1 {
		t.Errorf("%+v", r)
	}
}

func TestJobsAreAddedWhenDue(t *testing.T) {
	d, i := newDesk(t)
	take(t, i, bought("1", "c1", "o1", "10"))
	ctx, stop := context.WithCancel(t.Context())
	i.waiting.Store(0) // as a process that has just begun
	ended := make(chan error)
	go func() { ended <- i.Run(ctx) }()
	if kind := <-d.jobs; kind != JobKind {
		t.Error(kind)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := drain(t, i); err != nil || i.due() {
		t.Errorf("due after it was landed: %v", err)
	}
	take(t, i, bought("2", "c1", "o2", "10"))
	if i.due() {
		t.Error("due at once after a file")
	}
	take(t, i, bought("3", "c1", "o3", "10"), bought("4", "c1", "o4", "10"))
	if !i.due() {
		t.Error("enough wait, and nothing is due")
	}
}

func TestManyAtATimeAreAllKept(t *testing.T) {
	_, i := newDesk(t)
	var group sync.WaitGroup
	for sender := range 20 {
		group.Go(func() {
			for n := range 5 {
				id := fmt.Sprintf("%d/%d", sender, n)
				if r := take(t, i, bought(id, "c", id, "1"), bought("shared", "c", "o", "1")); r.Accepted+r.Duplicates != 2 || r.Accepted < 1 {
					t.Errorf("%+v", r)
				}
			}
		})
	}
	group.Wait()
	if n, err := i.Store.WaitingEvents(t.Context()); err != nil || n != 101 {
		t.Errorf("%d are kept: %v", n, err)
	}
}
