// Package job runs durable work: an import that outlives its web request, a
// statement that takes a while. A job is kept in the store before anybody is
// told that it will be done. Each kind has a worker, which takes its jobs one at
// a time, for each may use the whole machine: work that only reads never keeps an
// import waiting, however much of it was asked for. A worker reports progress,
// stops when asked, and an interrupted job is taken up again by the next process.
//
// Handlers must therefore be safe to run again from the start: an import is,
// because a file that the records hold already is not loaded twice.
package job

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Handler does the work of one kind of job. Its result is kept as JSON. It must
// return soon after ctx is cancelled, with ctx's error in the chain.
type Handler func(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (result any, err error)

// Queue takes and shows jobs.
type Queue struct {
	jobs store.Jobs

	mu      sync.Mutex
	next    chan struct{} // closed when there may be something to do
	hush    chan struct{} // closed while what runs has to make way
	waiting int           // for quiet

	gate sync.RWMutex // read-locked while a job is taken and runs
}

// NewQueue makes a queue over a store's jobs.
func NewQueue(jobs store.Jobs) *Queue {
	return &Queue{jobs: jobs, next: make(chan struct{}), hush: make(chan struct{})}
}

// Add keeps a job for the worker and returns at once. If an unfinished job of
// the same kind and non-empty key exists, it returns that one.
func (q *Queue) Add(ctx context.Context, kind, key string, payload any) (store.Job, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return store.Job{}, clientele.Errorf(clientele.CodeInternal, "a %s job cannot be written down", kind).Because(err)
	}
	now := time.Now()
	j, err := q.jobs.AddJob(ctx, store.Job{
		ID: rand.Text(), Kind: kind, Key: key, Payload: body, State: store.JobQueued,
		RunAt: now, Created: now, Progress: store.JobProgress{Step: "waiting", Fraction: -1},
	})
	if err != nil {
		return store.Job{}, err
	}
	q.nudge()
	return j, nil
}

// Job returns a job with its progress. CodeNotFound if there is none.
func (q *Queue) Job(ctx context.Context, id string) (store.Job, error) { return q.jobs.Job(ctx, id) }

// Cancel ends a waiting job and asks a running one to stop, which it does
// within a second or two. A finished job stays as it is.
func (q *Queue) Cancel(ctx context.Context, id string) (store.Job, error) {
	j, err := q.jobs.CancelJob(ctx, id, time.Now())
	q.nudge()
	return j, err
}

// Quiet runs f while no job runs. Those that do are stopped and begin anew after it, as
// when the program ends; none is taken before f has ended. Not for handlers: they would
// wait for themselves. It returns f's error.
func (q *Queue) Quiet(f func() error) error {
	q.wait(1)
	q.gate.Lock()
	defer q.gate.Unlock()
	q.wait(-1)
	return f()
}

// wait counts who waits for quiet. While anybody does, jobs make way.
func (q *Queue) wait(more int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting += more
	switch {
	case q.waiting == 0:
		q.hush = make(chan struct{})
	case q.waiting == 1 && more == 1:
		close(q.hush)
	}
}

// hushed is closed when jobs that run have to make way.
func (q *Queue) hushed() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.hush
}

// added is closed when a job is added, or asked to stop, from now on.
func (q *Queue) added() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.next
}

// nudge wakes every worker: the one whose kind it is finds something to do.
func (q *Queue) nudge() {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.next)
	q.next = make(chan struct{})
}

// failure is an error as it is kept: whole, with its cause in words.
func failure(err error) *clientele.Error {
	e := (*clientele.Error)(nil)
	if !errors.As(err, &e) {
		return clientele.Errorf(clientele.CodeInternal, "%v", err)
	}
	kept := *e
	if e.Err != nil {
		kept.Message += ": " + e.Err.Error()
	}
	kept.Hint = clientele.HintOf(err)
	return &kept
}
