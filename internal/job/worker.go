package job

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

const (
	pollEvery   = 250 * time.Millisecond // how soon a cancellation or a job of another process is seen
	leaseFor    = 30 * time.Second       // how long a worker that says nothing is thought alive
	maxAttempts = 3                      // a job that stops the program so often is given up
	keepFor     = 90 * 24 * time.Hour
)

// Worker runs a queue's jobs of one kind, one at a time.
type Worker struct {
	queue   *Queue
	kind    string
	handler Handler
	log     *slog.Logger
	owner   string
	turns   Turns
}

// Turns is how many workers that share it run a job at once. Nil is no limit.
type Turns chan struct{}

// NewTurns makes turns for so many at once.
func NewTurns(most int) Turns { return make(Turns, most) }

// take waits for a turn; give ends it.
func (t Turns) take(ctx context.Context) (give func(), ok bool) {
	if t == nil {
		return func() {}, true
	}
	select {
	case <-ctx.Done():
		return nil, false
	case t <- struct{}{}:
		return func() { <-t }, true
	}
}

// NewWorker makes a worker that runs jobs of a kind, when it is its turn.
func NewWorker(q *Queue, kind string, h Handler, t Turns, log *slog.Logger) *Worker {
	return &Worker{queue: q, kind: kind, handler: h, log: log, owner: rand.Text(), turns: t}
}

// Run takes jobs until ctx ends. A job that is running then goes back to the queue.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.queue.jobs.ForgetJobs(ctx, time.Now().Add(-keepFor)); err != nil && ctx.Err() == nil {
		return err
	}
	for ctx.Err() == nil {
		added := w.queue.added()
		if !w.next(ctx) {
			w.idle(ctx, added)
		}
	}
	return nil
}

// next takes a job and runs it, if there is one.
func (w *Worker) next(ctx context.Context) bool {
	give, ok := w.turns.take(ctx)
	if !ok {
		return false
	}
	defer give()
	w.queue.gate.RLock()
	defer w.queue.gate.RUnlock()
	hushed, now := w.queue.hushed(), time.Now()
	j, ok, err := w.queue.jobs.LeaseJob(ctx, w.kind, w.owner, now, now.Add(leaseFor))
	if err != nil && ctx.Err() == nil {
		w.log.ErrorContext(ctx, "cannot take a job", "error", err)
	}
	if err == nil && ok {
		w.run(ctx, j, hushed)
	}
	return ok
}

func (w *Worker) idle(ctx context.Context, added <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-added:
	case <-time.After(pollEvery):
	}
}

func (w *Worker) run(ctx context.Context, j store.Job, hushed <-chan struct{}) {
	log := w.log.With("job", j.ID, "kind", j.Kind, "attempt", j.Attempts)
	log.InfoContext(ctx, "job started")
	running, stop := context.WithCancelCause(ctx)
	beats := w.startBeats(stop, j, hushed)
	result, err := w.handle(running, j, beats.report)
	j.Progress, j.Cancel = beats.stop()
	cause := context.Cause(running)
	stop(nil)
	if errors.Is(cause, errLeaseLost) {
		log.WarnContext(ctx, "job lost to another worker")
		return
	}
	j = outcome(j, result, err, ctx.Err() != nil || errors.Is(cause, errHushed))
	if err != nil {
		log = log.With("error", err)
	}
	log.InfoContext(ctx, "job "+string(j.State))
	if err := w.queue.jobs.FinishJob(context.WithoutCancel(ctx), w.owner, j); err != nil {
		log.ErrorContext(ctx, "the end of the job cannot be kept; it will run again", "error", err)
	}
}

// outcome decides what becomes of a job that has run, or was interrupted.
func outcome(j store.Job, result any, err error, interrupted bool) store.Job {
	now := time.Now()
	j.Finished = &now
	switch {
	case err == nil:
		body, err := json.Marshal(result)
		if err != nil {
			return failed(j, err)
		}
		j.State, j.Result, j.Progress.Fraction = store.JobDone, body, 1
	case j.Cancel:
		j.State = store.JobCancelled
	case interrupted:
		j.State, j.RunAt, j.Finished = store.JobQueued, now, nil
		j.Attempts-- // stopping in good order speaks not against the job
	case clientele.CodeOf(err) == clientele.CodeBusy && j.Attempts < maxAttempts:
		// Only where another holder was in the way is the same attempt likely to
		// end otherwise; bad input stays bad and a full disk stays full.
		j.State, j.Finished = store.JobQueued, nil
		j.RunAt = now.Add(time.Second << (2 * j.Attempts))
	default:
		return failed(j, err)
	}
	return j
}

func failed(j store.Job, err error) store.Job {
	j.State = store.JobFailed
	j.Error, _ = json.Marshal(failure(err)) // strings and numbers only: cannot fail
	return j
}

// handle runs the handler; a panic is its error.
func (w *Worker) handle(ctx context.Context, j store.Job, report func(store.JobProgress)) (result any, err error) {
	if j.Attempts > maxAttempts {
		return nil, clientele.Errorf(clientele.CodeInternal, "given up: the program stopped %d times while doing this", j.Attempts-1)
	}
	defer func() {
		if p := recover(); p != nil {
			w.log.ErrorContext(ctx, "job panicked", "job", j.ID, "panic", p, "stack", string(debug.Stack()))
			err = clientele.Errorf(clientele.CodeInternal, "a defect stopped the job").Because(fmt.Errorf("%v", p))
		}
	}()
	return w.handler(ctx, j.Payload, report)
}

var (
	errLeaseLost = errors.New("another worker has the job")
	errCancelled = errors.New("cancelled on request")
	errHushed    = errors.New("made way")
)

// beats keeps a lease alive, hands progress on, and listens for a request to stop.
type beats struct {
	mu       sync.Mutex
	progress store.JobProgress
	cancel   bool
	quit     chan struct{}
	done     chan struct{}
}

func (w *Worker) startBeats(stop context.CancelCauseFunc, j store.Job, hushed <-chan struct{}) *beats {
	b := &beats{progress: store.JobProgress{Step: "starting", Fraction: -1}, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(b.done)
		if why := w.beat(j, b, hushed); why != nil {
			stop(why)
		}
	}()
	return b
}

// beat returns why the job has to stop, or nil once it has ended by itself.
func (w *Worker) beat(j store.Job, b *beats, hushed <-chan struct{}) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for last := time.Now(); time.Since(last) < leaseFor; {
		select {
		case <-b.quit:
			return nil
		case <-hushed:
			return errHushed
		case <-tick.C:
		}
		b.mu.Lock()
		p := b.progress
		b.mu.Unlock()
		kept, err := w.queue.jobs.BeatJob(context.Background(), j.ID, w.owner, time.Now().Add(leaseFor), p)
		switch {
		case clientele.CodeOf(err) == clientele.CodeConflict:
			return errLeaseLost
		case err != nil: // the store may be back before the lease runs out
		case kept.Cancel:
			b.cancel = true // read after done
			return errCancelled
		default:
			last = time.Now()
		}
	}
	return errLeaseLost
}

func (b *beats) report(p store.JobProgress) {
	b.mu.Lock()
	b.progress = p
	b.mu.Unlock()
}

// stop ends the beats, and gives the last progress and whether the job was asked to stop.
func (b *beats) stop() (p store.JobProgress, cancel bool) {
	close(b.quit)
	<-b.done
	return b.progress, b.cancel
}
