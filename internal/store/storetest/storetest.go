// Package storetest is the conformance suite of store.Store. Every engine
// passes it whole.
package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Engine is what the suite needs of an implementation.
type Engine struct {
	// Open opens the store that lies in a directory, and makes it if there is none.
	Open func(t *testing.T, dir string) store.Store
	// OpenBackup opens what Backup wrote.
	OpenBackup func(t *testing.T, path string) store.Store
}

// Test runs the suite.
func Test(t *testing.T, e Engine) {
	for name, test := range map[string]func(*testing.T, Engine){
		"a job keeps what it was given":               testAddJob,
		"jobs of one key are one":                     testOneUnfinished,
		"jobs are leased in order, when due":          testLeaseOrder,
		"a worker leases jobs of its kind alone":      testLeaseKind,
		"a lease that ran out is given anew":          testLeaseRunsOut,
		"one of many leases a job":                    testLeaseRace,
		"progress is kept, and tells of a request":    testBeat,
		"a finished job keeps its result or error":    testFinish,
		"a queued job is cancelled at once":           testCancelQueued,
		"a finished job is not cancelled":             testCancelFinished,
		"an owner without a lease is refused":         testLostLease,
		"released jobs can be leased":                 testRelease,
		"finished jobs are forgotten, others are not": testForget,
		"what does not exist is not found":            testNotFound,
		"the last decision holds":                     testDecisions,
		"closes are kept to the byte, and for good":   testCloses,
		"one of many adds a close":                    testCloseRace,
		"ledgers are kept to the byte, and for good":  testLedgers,
		"one of many adds an entry":                   testEntryRace,
		"the audit is kept to the byte, and for good": testAudit,
		"many add to the audit, one after another":    testAuditRace,
		"what is done atomically is done or is not":   testAtomically,
		"a message is kept once":                      testEventsOnce,
		"a portion of messages stays what it is":      testEventPortions,
		"messages are forgotten, unless they wait":    testEventsForgotten,
		"one of many keeps a message":                 testEventRace,
		"first answers are kept for a while":          testReplies,
		"the cache keeps values":                      testCache,
		"the cache forgets the least recently used":   testCacheBound,
		"what was removed is gone from the disk":      testScrub,
		"every text can be looked through":            testTexts,
		"all is there after closing":                  testReopen,
		"a backup holds what was there":               testBackup,
		"a sound store passes its check":              testCheck,
	} {
		t.Run(name, func(t *testing.T) { test(t, e) })
	}
	for _, tests := range []map[string]func(*testing.T, Engine){peopleTests, journeyTests, mailTests, caseTests, themeTests, surveyTests} {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) { test(t, e) })
		}
	}
}

var start = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, e Engine) store.Store {
	t.Helper()
	s := e.Open(t, t.TempDir())
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want clientele.Code) {
	t.Helper()
	if got := clientele.CodeOf(err); got != want {
		t.Errorf("got %v (code %q), want code %q", err, got, want)
	}
}

// sample is a job that has waited since so many seconds after start.
func sample(id string, after int) store.Job {
	at := start.Add(time.Duration(after) * time.Second)
	return store.Job{
		ID: id, Kind: "import", Payload: json.RawMessage(`{"file":"a.csv"}`), State: store.JobQueued, RunAt: at, Created: at,
		Progress: store.JobProgress{Step: "waiting", Fraction: -1},
	}
}

func add(t *testing.T, s store.Store, j store.Job) store.Job {
	t.Helper()
	kept, err := s.AddJob(t.Context(), j)
	must(t, err)
	return kept
}

func lease(t *testing.T, s store.Store, owner string, at time.Time) store.Job {
	t.Helper()
	j, ok, err := s.LeaseJob(t.Context(), "import", owner, at, at.Add(time.Minute))
	must(t, err)
	if !ok {
		t.Fatal("there is no job to lease")
	}
	return j
}

func testAddJob(t *testing.T, e Engine) {
	s := open(t, e)
	want := sample("a", 0)
	want.Key = "a.csv"
	got := add(t, s, want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("returned: %s", diff)
	}
	got, err := s.Job(t.Context(), "a")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read: %s", diff)
	}
}

func testOneUnfinished(t *testing.T, e Engine) {
	s := open(t, e)
	first, second := sample("a", 0), sample("b", 1)
	first.Key, second.Key = "k", "k"
	add(t, s, first)
	if got := add(t, s, second); got.ID != "a" {
		t.Errorf("a second unfinished job of the key was kept: %s", got.ID)
	}
	other := second
	other.ID, other.Kind = "c", "statement"
	if got := add(t, s, other); got.ID != "c" {
		t.Errorf("a job of another kind was taken for %s", got.ID)
	}
	j := lease(t, s, "w", start.Add(time.Hour))
	if got := add(t, s, second); got.ID != "a" {
		t.Errorf("a running job does not stand for its key: %s", got.ID)
	}
	j.State = store.JobDone
	must(t, s.FinishJob(t.Context(), "w", j))
	if got := add(t, s, second); got.ID != "b" {
		t.Errorf("a finished job still stands for its key: %s", got.ID)
	}
	for _, id := range []string{"x", "y"} {
		if got := add(t, s, sample(id, 5)); got.ID != id {
			t.Errorf("jobs without a key were taken for one: %s", got.ID)
		}
	}
}

func testLeaseOrder(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("late", 20))
	add(t, s, sample("early", 10))
	if _, ok, err := s.LeaseJob(t.Context(), "import", "w", start.Add(9*time.Second), start.Add(time.Minute)); ok || err != nil {
		t.Fatalf("a job was leased before it was due: %v", err)
	}
	j := lease(t, s, "w", start.Add(30*time.Second))
	if j.ID != "early" || j.State != store.JobRunning || j.Attempts != 1 || j.Started == nil || !j.Started.Equal(start.Add(30*time.Second)) {
		t.Errorf("leased %+v", j)
	}
	if j := lease(t, s, "w", start.Add(30*time.Second)); j.ID != "late" {
		t.Errorf("then leased %s", j.ID)
	}
	if _, ok, err := s.LeaseJob(t.Context(), "import", "w", start.Add(40*time.Second), start.Add(time.Minute)); ok || err != nil {
		t.Errorf("a job was leased twice: %v", err)
	}
}

func testLeaseKind(t *testing.T, e Engine) {
	s := open(t, e)
	other := sample("first", 0)
	other.Kind = "statement"
	add(t, s, other)
	add(t, s, sample("second", 1))
	if j := lease(t, s, "w", start.Add(time.Minute)); j.ID != "second" {
		t.Errorf("a worker of imports leased %s, a %s job", j.ID, j.Kind)
	}
	if _, ok, err := s.LeaseJob(t.Context(), "import", "w", start.Add(time.Minute), start.Add(time.Hour)); ok || err != nil {
		t.Errorf("a worker of imports leased a job of another kind: %v", err)
	}
	if j, ok, err := s.LeaseJob(t.Context(), "statement", "v", start.Add(time.Minute), start.Add(time.Hour)); !ok || err != nil || j.ID != "first" {
		t.Errorf("leased %s: %v", j.ID, err)
	}
}

func testLeaseRunsOut(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	lease(t, s, "dead", start)
	j := lease(t, s, "alive", start.Add(time.Minute))
	if j.Attempts != 2 || !j.Started.Equal(start) {
		t.Errorf("got %+v", j)
	}
	_, err := s.BeatJob(t.Context(), "a", "dead", start.Add(time.Hour), store.JobProgress{})
	wantCode(t, err, clientele.CodeConflict)
}

func testLeaseRace(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	var wait sync.WaitGroup
	wins := make(chan string, 16)
	for i := range cap(wins) {
		wait.Go(func() {
			owner := fmt.Sprint(i)
			if _, ok, err := s.LeaseJob(context.Background(), "import", owner, start, start.Add(time.Minute)); err != nil {
				t.Error(err)
			} else if ok {
				wins <- owner
			}
		})
	}
	wait.Wait()
	if len(wins) != 1 {
		t.Errorf("%d owners got the job", len(wins))
	}
}

func testBeat(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	lease(t, s, "w", start)
	want := store.JobProgress{Step: "loading", Fraction: 0.25, Rows: 1 << 40}
	j, err := s.BeatJob(t.Context(), "a", "w", start.Add(2*time.Minute), want)
	must(t, err)
	if j.Cancel || j.Progress != want {
		t.Errorf("got %+v", j)
	}
	if _, ok, err := s.LeaseJob(t.Context(), "import", "other", start.Add(90*time.Second), start.Add(time.Hour)); ok || err != nil {
		t.Errorf("a lease that was extended ran out: %v", err)
	}
	j, err = s.CancelJob(t.Context(), "a", start)
	must(t, err)
	if j.State != store.JobRunning || !j.Cancel {
		t.Errorf("a running job was not merely asked to stop: %+v", j)
	}
	j, err = s.BeatJob(t.Context(), "a", "w", start.Add(3*time.Minute), want)
	must(t, err)
	if !j.Cancel {
		t.Error("the owner is not told of the request")
	}
}

func testFinish(t *testing.T, e Engine) {
	s := open(t, e)
	for i, end := range []store.Job{
		{State: store.JobDone, Result: json.RawMessage(`{"rows":3}`)},
		{State: store.JobFailed, Error: json.RawMessage(`{"code":"invalid","message":"no","at":{"file":"a.csv","line":3}}`)},
		{State: store.JobCancelled},
	} {
		id := fmt.Sprint("job", i)
		add(t, s, sample(id, i))
		j := lease(t, s, "w", start.Add(time.Hour))
		at := start.Add(2 * time.Hour)
		j.State, j.Result, j.Error, j.Finished = end.State, end.Result, end.Error, &at
		must(t, s.FinishJob(t.Context(), "w", j))
		got, err := s.Job(t.Context(), id)
		must(t, err)
		if diff := cmp.Diff(j, got); diff != "" {
			t.Errorf("%s: %s", end.State, diff)
		}
		if f := got.Failure(); (f != nil) != (end.State == store.JobFailed) || f != nil && (f.Code != clientele.CodeInvalid || f.At.Line != 3) {
			t.Errorf("%s: failure %+v", end.State, f)
		}
	}
	if _, ok, err := s.LeaseJob(t.Context(), "import", "w", start.Add(9*time.Hour), start.Add(10*time.Hour)); ok || err != nil {
		t.Errorf("a finished job was leased: %v", err)
	}
}

func testCancelQueued(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	j, err := s.CancelJob(t.Context(), "a", start.Add(time.Second))
	must(t, err)
	if j.State != store.JobCancelled || j.Finished == nil || !j.Finished.Equal(start.Add(time.Second)) {
		t.Errorf("got %+v", j)
	}
}

func testCancelFinished(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	j := lease(t, s, "w", start)
	j.State = store.JobDone
	must(t, s.FinishJob(t.Context(), "w", j))
	j, err := s.CancelJob(t.Context(), "a", start)
	must(t, err)
	if j.State != store.JobDone || j.Cancel {
		t.Errorf("got %+v", j)
	}
}

func testLostLease(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	j := lease(t, s, "w", start)
	_, err := s.BeatJob(t.Context(), "a", "other", start, store.JobProgress{})
	wantCode(t, err, clientele.CodeConflict)
	j.State = store.JobDone
	wantCode(t, s.FinishJob(t.Context(), "other", j), clientele.CodeConflict)
	must(t, s.FinishJob(t.Context(), "w", j))
	wantCode(t, s.FinishJob(t.Context(), "w", j), clientele.CodeConflict)
}

func testRelease(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	lease(t, s, "dead", start)
	must(t, s.ReleaseJobs(t.Context()))
	if j := lease(t, s, "w", start.Add(time.Second)); j.ID != "a" || j.Attempts != 2 {
		t.Errorf("got %+v", j)
	}
}

func testForget(t *testing.T, e Engine) {
	s := open(t, e)
	for _, id := range []string{"old", "queued"} {
		add(t, s, sample(id, len(id)))
	}
	j := lease(t, s, "w", start.Add(time.Hour))
	at := start.Add(time.Hour)
	j.State, j.Finished = store.JobDone, &at
	must(t, s.FinishJob(t.Context(), "w", j))
	counts, err := s.CountJobs(t.Context())
	must(t, err)
	same(t, []store.JobCount{{Kind: j.Kind, State: store.JobDone, Count: 1}, {Kind: j.Kind, State: store.JobQueued, Count: 1}}, counts)
	must(t, s.ForgetJobs(t.Context(), at))
	if _, err := s.Job(t.Context(), "old"); err != nil {
		t.Errorf("forgotten too early: %v", err)
	}
	must(t, s.ForgetJobs(t.Context(), at.Add(time.Second)))
	_, err = s.Job(t.Context(), "old")
	wantCode(t, err, clientele.CodeNotFound)
	if _, err := s.Job(t.Context(), "queued"); err != nil {
		t.Errorf("an unfinished job was forgotten: %v", err)
	}
}

func testNotFound(t *testing.T, e Engine) {
	s := open(t, e)
	_, err := s.Job(t.Context(), "none")
	wantCode(t, err, clientele.CodeNotFound)
	_, err = s.CancelJob(t.Context(), "none", start)
	wantCode(t, err, clientele.CodeNotFound)
	if _, ok, err := s.Get(t.Context(), "none"); ok || err != nil {
		t.Errorf("cache: %v, %v", ok, err)
	}
}

func testCache(t *testing.T, e Engine) {
	s := open(t, e)
	for _, want := range [][]byte{{0, 1, 255}, []byte("second"), {}} {
		must(t, s.Put(t.Context(), "k", want))
		got, ok, err := s.Get(t.Context(), "k")
		must(t, err)
		if !ok || !bytes.Equal(got, want) {
			t.Errorf("put %q, got %q (%v)", want, got, ok)
		}
	}
}

func testCacheBound(t *testing.T, e Engine) {
	s := open(t, e)
	third := make([]byte, store.MaxCacheBytes/3)
	for _, key := range []string{"1", "2", "3", "4"} {
		must(t, s.Put(t.Context(), key, third))
		time.Sleep(2 * time.Millisecond) // use is told apart by the millisecond
	}
	must(t, s.Put(t.Context(), "huge", make([]byte, store.MaxCacheBytes+1)))
	for key, want := range map[string]bool{"1": false, "2": true, "3": true, "4": true, "huge": false} {
		if _, ok, err := s.Get(t.Context(), key); ok != want || err != nil {
			t.Errorf("%s: kept %v, want %v (%v)", key, ok, want, err)
		}
	}
}

func testDecisions(t *testing.T, e Engine) {
	s := open(t, e)
	if v, ok, err := s.Decided(t.Context(), "model"); ok || err != nil {
		t.Errorf("nothing decided, and there is %q (%v)", v, err)
	}
	for _, v := range []string{`{"k":2}`, `{"k":3}`} { // in one instant, too, the later one holds
		must(t, s.Decide(t.Context(), "model", []byte(v), start))
		must(t, s.Decide(t.Context(), "other", []byte(`0`), start))
		if got, ok, err := s.Decided(t.Context(), "model"); !ok || err != nil || string(got) != v {
			t.Errorf("decided %q, %v, %v; want %s", got, ok, err, v)
		}
	}
}

func closed(n int64, period, text string) store.KeptClose {
	return store.KeptClose{Number: n, Period: period, Text: []byte(text)}
}

func testCloses(t *testing.T, e Engine) {
	s := open(t, e)
	if all, err := s.Closes(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("nothing closed, and there is %v (%v)", all, err)
	}
	second, first := closed(2, "2026-Q2", "{ \"a\":\t1 }\n"), closed(1, "2026-Q1", "\xff\x00é")
	must(t, s.AddClose(t.Context(), second))
	must(t, s.AddClose(t.Context(), first))
	wantCode(t, s.AddClose(t.Context(), closed(2, "2026-Q3", "x")), clientele.CodeConflict)
	wantCode(t, s.AddClose(t.Context(), closed(3, "2026-Q1", "x")), clientele.CodeConflict)
	all, err := s.Closes(t.Context())
	must(t, err)
	if diff := cmp.Diff([]store.KeptClose{first, second}, all); diff != "" {
		t.Error(diff)
	}
}

func testCloseRace(t *testing.T, e Engine) {
	s := open(t, e)
	var wait sync.WaitGroup
	errs := make(chan error, 8)
	for i := range cap(errs) {
		wait.Go(func() { errs <- s.AddClose(context.Background(), closed(1, fmt.Sprint(i), "x")) })
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
	if all, err := s.Closes(t.Context()); added != 1 || len(all) != 1 || err != nil {
		t.Errorf("%d were added, %d are kept (%v)", added, len(all), err)
	}
}

func entry(ledger string, n int64, text string) store.LedgerEntry {
	return store.LedgerEntry{Ledger: ledger, Number: n, Text: []byte(text)}
}

func testLedgers(t *testing.T, e Engine) {
	s := open(t, e)
	if all, err := s.Entries(t.Context(), "goals"); len(all) != 0 || err != nil {
		t.Errorf("nothing entered, and there is %v (%v)", all, err)
	}
	second, first := entry("goals", 2, "{ \"a\":\t1 }\n"), entry("goals", 1, "\xff\x00é")
	must(t, s.AddEntry(t.Context(), second))
	must(t, s.AddEntry(t.Context(), first))
	must(t, s.AddEntry(t.Context(), entry("definitions", 1, "x")))
	wantCode(t, s.AddEntry(t.Context(), entry("goals", 2, "x")), clientele.CodeConflict)
	all, err := s.Entries(t.Context(), "goals")
	must(t, err)
	if diff := cmp.Diff([]store.LedgerEntry{first, second}, all); diff != "" {
		t.Error(diff)
	}
}

func testEntryRace(t *testing.T, e Engine) {
	s := open(t, e)
	var wait sync.WaitGroup
	errs := make(chan error, 8)
	for i := range cap(errs) {
		wait.Go(func() { errs <- s.AddEntry(context.Background(), entry("goals", 1, fmt.Sprint(i))) })
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
	if all, err := s.Entries(t.Context(), "goals"); added != 1 || len(all) != 1 || err != nil {
		t.Errorf("%d were added, %d are kept (%v)", added, len(all), err)
	}
}

func testReopen(t *testing.T, e Engine) {
	dir := t.TempDir()
	s := e.Open(t, dir)
	add(t, s, sample("a", 0))
	must(t, s.Decide(t.Context(), "d", []byte(`"w"`), start))
	must(t, s.AddClose(t.Context(), closed(1, "2026", "c")))
	must(t, s.AddEntry(t.Context(), entry("goals", 1, "e")))
	must(t, s.Put(t.Context(), "k", []byte("v")))
	must(t, s.Close())
	s = e.Open(t, dir)
	defer func() { must(t, s.Close()) }()
	holdsSample(t, s)
}

func testBackup(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	must(t, s.Decide(t.Context(), "d", []byte(`"w"`), start))
	must(t, s.AddClose(t.Context(), closed(1, "2026", "c")))
	must(t, s.AddEntry(t.Context(), entry("goals", 1, "e")))
	must(t, s.Put(t.Context(), "k", []byte("v")))
	path := filepath.Join(t.TempDir(), "backup")
	must(t, s.Backup(t.Context(), path))
	wantCode(t, s.Backup(t.Context(), path), clientele.CodeConflict)
	add(t, s, sample("later", 1))
	b := e.OpenBackup(t, path)
	defer func() { must(t, b.Close()) }()
	holdsSample(t, b)
	_, err := b.Job(t.Context(), "later")
	wantCode(t, err, clientele.CodeNotFound)
}

func holdsSample(t *testing.T, s store.Store) {
	t.Helper()
	j, err := s.Job(t.Context(), "a")
	must(t, err)
	if diff := cmp.Diff(sample("a", 0), j); diff != "" {
		t.Error(diff)
	}
	if v, ok, err := s.Decided(t.Context(), "d"); !ok || err != nil || string(v) != `"w"` {
		t.Errorf("decision: %q, %v, %v", v, ok, err)
	}
	if all, err := s.Closes(t.Context()); err != nil || len(all) != 1 || string(all[0].Text) != "c" {
		t.Errorf("closes: %v, %v", all, err)
	}
	if all, err := s.Entries(t.Context(), "goals"); err != nil || len(all) != 1 || string(all[0].Text) != "e" {
		t.Errorf("ledger: %v, %v", all, err)
	}
	if v, ok, err := s.Get(t.Context(), "k"); !ok || err != nil || string(v) != "v" {
		t.Errorf("cache: %q, %v, %v", v, ok, err)
	}
}

func testCheck(t *testing.T, e Engine) {
	s := open(t, e)
	add(t, s, sample("a", 0))
	must(t, s.Check(t.Context()))
}

// added is an event of the audit that says what was done.
func added(ctx context.Context, s store.Store, says string) error {
	return s.AppendAudit(ctx, func(number int64, previous string) ([]byte, string, error) {
		return fmt.Appendf(nil, "%d %s after %q", number, says, previous), fmt.Sprintf("hash %d", number), nil
	})
}

func auditTexts(t *testing.T, events iter.Seq2[store.AuditText, error]) (texts []string) {
	t.Helper()
	for e, err := range events {
		must(t, err)
		texts = append(texts, string(e.Text))
	}
	return texts
}

func testAudit(t *testing.T, e Engine) {
	s := open(t, e)
	for _, says := range []string{"a", "b", "c"} {
		must(t, added(t.Context(), s, says))
	}
	refused := s.AppendAudit(t.Context(), func(int64, string) ([]byte, string, error) {
		return nil, "", clientele.Errorf(clientele.CodeInvalid, "cannot be written")
	})
	wantCode(t, refused, clientele.CodeInvalid)
	want := []string{`1 a after ""`, `2 b after "hash 1"`, `3 c after "hash 2"`}
	if diff := cmp.Diff(want, auditTexts(t, s.AuditForward(t.Context()))); diff != "" {
		t.Error(diff)
	}
	for below, want := range map[int64][]string{0: {want[2], want[1], want[0]}, 3: {want[1], want[0]}, 1: nil} {
		if diff := cmp.Diff(want, auditTexts(t, s.AuditBackward(t.Context(), below))); diff != "" {
			t.Errorf("below %d: %s", below, diff)
		}
	}
}

func testAuditRace(t *testing.T, e Engine) {
	s := open(t, e)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 5 {
				if err := added(context.Background(), s, fmt.Sprint(i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	n := int64(0)
	for e, err := range s.AuditForward(t.Context()) {
		must(t, err)
		n++
		if previous := fmt.Sprintf("%q", "hash "+fmt.Sprint(n-1)); e.Number != n || n > 1 && !bytes.HasSuffix(e.Text, []byte(previous)) {
			t.Errorf("%d: %d %s", n, e.Number, e.Text)
		}
	}
	if n != 20 {
		t.Errorf("%d events", n)
	}
}

func testAtomically(t *testing.T, e Engine) {
	s := open(t, e)
	both := func(name string, fail error) error {
		return s.Atomically(t.Context(), func(ctx context.Context) error {
			if err := s.Decide(ctx, name, []byte("yes"), start); err != nil {
				return err
			}
			inner := s.Atomically(ctx, func(ctx context.Context) error { return added(ctx, s, name) })
			if value, ok, err := s.Decided(ctx, name); err != nil || !ok || string(value) != "yes" {
				t.Errorf("within it: %q %v %v", value, ok, err)
			}
			return errors.Join(inner, fail)
		})
	}
	must(t, both("kept", nil))
	wantCode(t, both("dropped", clientele.Errorf(clientele.CodeForbidden, "no")), clientele.CodeForbidden)
	if _, ok, err := s.Decided(t.Context(), "dropped"); ok || err != nil {
		t.Errorf("what failed was kept (%v)", err)
	}
	if diff := cmp.Diff([]string{`1 kept after ""`}, auditTexts(t, s.AuditForward(t.Context()))); diff != "" {
		t.Error(diff)
	}
}
