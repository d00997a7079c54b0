package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a store of jobs with one job at a time, enough for a worker; the
// rules of leases are tested where they are kept, in storetest.
type memory struct {
	store.Jobs // what a worker does not call
	mu         sync.Mutex
	job        store.Job
	owner      string
	lost       bool
}

func (m *memory) AddJob(_ context.Context, j store.Job) (store.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.job = j
	return j, nil
}

func (m *memory) Job(context.Context, string) (store.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.job, nil
}

func (m *memory) LeaseJob(_ context.Context, _, owner string, now, _ time.Time) (store.Job, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.job.State != store.JobQueued || m.job.RunAt.After(now) {
		return store.Job{}, false, nil
	}
	m.job.State, m.owner = store.JobRunning, owner
	m.job.Attempts++
	return m.job, true, nil
}

func (m *memory) BeatJob(_ context.Context, id, _ string, _ time.Time, p store.JobProgress) (store.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lost {
		return store.Job{}, clientele.Errorf(clientele.CodeConflict, "job %s is no longer held", id)
	}
	m.job.Progress = p
	return m.job, nil
}

func (m *memory) FinishJob(_ context.Context, _ string, j store.Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.job = j
	return nil
}

func (m *memory) CancelJob(context.Context, string, time.Time) (store.Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.job.Cancel = true
	return m.job, nil
}

func (m *memory) ForgetJobs(ctx context.Context, _ time.Time) error { return ctx.Err() }

// work runs a worker until its job is finished, and returns the job.
func work(t *testing.T, m *memory, h Handler) store.Job {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	q := NewQueue(m)
	if m.job.ID == "" {
		if _, err := q.Add(ctx, "k", "", "payload"); err != nil {
			t.Fatal(err)
		}
	}
	id := m.job.ID // read before the worker writes
	running := start(ctx, q, h)
	j := await(ctx, t, q, id)
	stop()
	<-running
	return j
}

// await returns the job once it is finished.
func await(ctx context.Context, t *testing.T, q *Queue, id string) store.Job {
	t.Helper()
	for ctx.Err() == nil {
		if j, err := q.Job(ctx, id); err != nil {
			t.Fatal(err)
		} else if j.State.Finished() {
			return j
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the job was never finished")
	return store.Job{}
}

func start(ctx context.Context, q *Queue, h Handler) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		_ = NewWorker(q, "k", h, nil, slog.New(slog.DiscardHandler)).Run(ctx)
	}()
	return done
}

func TestResultAndPayload(t *testing.T) {
	j := work(t, &memory{}, func(_ context.Context, payload json.RawMessage, _ func(store.JobProgress)) (any, error) {
		return map[string]string{"got": string(payload)}, nil
	})
	if j.State != store.JobDone || string(j.Result) != `{"got":"\"payload\""}` || j.Finished == nil || j.Progress.Fraction != 1 {
		t.Errorf("got %+v", j)
	}
}

func TestErrorIsKeptWhole(t *testing.T) {
	j := work(t, &memory{}, func(context.Context, json.RawMessage, func(store.JobProgress)) (any, error) {
		e := clientele.Errorf(clientele.CodeInvalid, "not a date").WithHint("Write it so.")
		e.At = clientele.Position{File: "a.csv", Line: 7, Column: "day"}
		return nil, fmt.Errorf("wrapped: %w", e)
	})
	f := j.Failure()
	if f == nil || f.Code != clientele.CodeInvalid || f.Message != "not a date" || f.Hint != "Write it so." || f.At.Line != 7 || j.Attempts != 1 {
		t.Errorf("got %+v of %+v", f, j)
	}
}

func TestPanicIsAnError(t *testing.T) {
	j := work(t, &memory{}, func(context.Context, json.RawMessage, func(store.JobProgress)) (any, error) { panic("oh") })
	if f := j.Failure(); f == nil || f.Code != clientele.CodeInternal {
		t.Errorf("got %+v", j)
	}
}

func TestCancel(t *testing.T) {
	m := &memory{}
	j := work(t, m, func(ctx context.Context, _ json.RawMessage, _ func(store.JobProgress)) (any, error) {
		_, _ = NewQueue(m).Cancel(ctx, "any")
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if j.State != store.JobCancelled {
		t.Errorf("got %+v", j)
	}
}

func TestProgressIsKept(t *testing.T) {
	m := &memory{}
	work(t, m, func(ctx context.Context, _ json.RawMessage, report func(store.JobProgress)) (any, error) {
		report(store.JobProgress{Step: "loading", Fraction: .5, Rows: 42})
		for ctx.Err() == nil {
			if j, _ := m.Job(ctx, ""); j.Progress.Rows == 42 && j.Progress.Step == "loading" {
				return nil, nil
			}
			time.Sleep(time.Millisecond)
		}
		return nil, ctx.Err()
	})
	if m.job.State != store.JobDone {
		t.Errorf("progress was never kept: %+v", m.job)
	}
}

func TestStoppedJobGoesBackToTheQueue(t *testing.T) {
	m := &memory{}
	ctx, stop := context.WithCancel(t.Context())
	q := NewQueue(m)
	if _, err := q.Add(ctx, "k", "", nil); err != nil {
		t.Fatal(err)
	}
	<-start(ctx, q, func(ctx context.Context, _ json.RawMessage, _ func(store.JobProgress)) (any, error) {
		stop()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if m.job.State != store.JobQueued || m.job.Attempts != 0 || m.job.Finished != nil {
		t.Errorf("got %+v", m.job)
	}
}

// Where quiet is needed a job that runs makes way, no other is taken, and it begins anew.
func TestQuiet(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	m := &memory{}
	q := NewQueue(m)
	if _, err := q.Add(ctx, "k", "", nil); err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	began := make(chan struct{})
	running := start(ctx, q, func(ctx context.Context, _ json.RawMessage, _ func(store.JobProgress)) (any, error) {
		if calls.Add(1) > 1 {
			return nil, nil
		}
		close(began)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	<-began
	oops := errors.New("oops")
	err := q.Quiet(func() error {
		q.nudge()
		time.Sleep(2 * pollEvery)
		if j, _ := m.Job(ctx, ""); j.State != store.JobQueued || calls.Load() != 1 || j.Attempts != 0 {
			t.Errorf("%d calls, %+v", calls.Load(), j)
		}
		return oops
	})
	if !errors.Is(err, oops) {
		t.Error(err)
	}
	var group sync.WaitGroup
	for range 8 { // none is in the way of another
		group.Go(func() { _ = q.Quiet(func() error { return nil }) })
	}
	group.Wait()
	if j := await(ctx, t, q, m.job.ID); j.State != store.JobDone || calls.Load() != 2 {
		t.Errorf("%d calls, %+v", calls.Load(), j)
	}
	stop()
	<-running
}

// A program that ends before its worker has begun ends like any other.
func TestStoppedBeforeItBegan(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := NewWorker(NewQueue(&memory{}), "k", nil, nil, slog.New(slog.DiscardHandler)).Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestLostLeaseChangesNothing(t *testing.T) {
	m := &memory{lost: true}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	q := NewQueue(m)
	if _, err := q.Add(ctx, "k", "", nil); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	running := start(ctx, q, func(ctx context.Context, _ json.RawMessage, _ func(store.JobProgress)) (any, error) {
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return nil, ctx.Err()
	})
	if cause := <-ended; !errors.Is(cause, errLeaseLost) {
		t.Errorf("stopped because of %v", cause)
	}
	stop()
	<-running
	if m.job.State != store.JobRunning {
		t.Errorf("a job that another worker has was changed: %+v", m.job)
	}
}

func TestBusyIsTriedAgain(t *testing.T) {
	var calls atomic.Int32
	m := &memory{}
	j := work(t, m, func(context.Context, json.RawMessage, func(store.JobProgress)) (any, error) {
		if calls.Add(1) == 1 {
			return nil, clientele.Errorf(clientele.CodeBusy, "somebody is in the way")
		}
		return nil, nil
	})
	if j.State != store.JobDone || j.Attempts != 2 {
		t.Errorf("got %+v", j)
	}
}

func TestJobThatStopsTheProgramIsGivenUp(t *testing.T) {
	m := &memory{job: store.Job{ID: "a", Kind: "k", State: store.JobQueued, Attempts: maxAttempts}}
	j := work(t, m, func(context.Context, json.RawMessage, func(store.JobProgress)) (any, error) {
		t.Error("it was run once more")
		return nil, nil
	})
	if j.State != store.JobFailed {
		t.Errorf("got %+v", j)
	}
}
