// Package store is the contract for operational records: what people and the
// program itself keep beside a book's files, in the words of the domain. It
// holds durable jobs, decisions, closed statements, ledgers, journeys, mails, cases, themes, messages of other systems,
// first answers, and a cache of computed values; engines live in packages below it and pass the
// suite in storetest.
//
// Errors are *clientele.Error: CodeNotFound where a method says so, CodeNoSpace
// when the disk is full, CodeInternal for the rest. Methods may be called from
// several goroutines, and each is one transaction: it happens wholly or not at
// all, and is on disk when it returns. Times are kept to the millisecond, in UTC.
package store

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/clientele/clientele"
)

// Store holds the operational records of one book.
type Store interface {
	Jobs
	Decisions
	Closes
	Ledgers
	Audit
	Events
	Replies
	People
	Journeys
	Mails
	Cases
	Themes
	Surveys
	Cache
	// Atomically runs f such that all that it does by this store, with the context that
	// it is given, is one transaction: kept if f returns nil, else as if it never was.
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
	// Scrub removes everything in the cache and every finished job, and leaves no byte on
	// the disk of what was ever removed. It waits for who reads or writes.
	Scrub(ctx context.Context) error
	// Texts yields every text that is kept, in whatever table.
	Texts(ctx context.Context) iter.Seq2[KeptText, error]
	// Check verifies that the engine's own files are sound.
	Check(ctx context.Context) error
	// Backup writes a consistent copy to a new file while others read and write.
	// CodeConflict if the file exists.
	Backup(ctx context.Context, path string) error
	// Close releases the store. No other method may be running.
	Close() error
}

// KeptText is a text as it is kept. It is valid until the next.
type KeptText struct {
	Table string
	Text  []byte
}

// JobState is where a job stands.
type JobState string

// The states of a job. Done, failed and cancelled are final.
const (
	JobQueued    JobState = "queued"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Finished reports whether the state is final.
func (s JobState) Finished() bool { return s == JobDone || s == JobFailed || s == JobCancelled }

// JobProgress is how far a running job has come.
type JobProgress struct {
	Step     string  `json:"step"`     // what it is doing, for people
	Fraction float64 `json:"fraction"` // 0 to 1; negative while it cannot be told
	Rows     int64   `json:"rows"`     // rows done; 0 if it does not count rows
}

// Job is a piece of work that outlives the process that asked for it.
type Job struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`          // which handler runs it
	Key      string          `json:"key,omitempty"` // at most one unfinished job per kind and key; "" is no key
	Payload  json.RawMessage `json:"payload"`       // the handler's input
	State    JobState        `json:"state"`
	Attempts int             `json:"attempts"` // leases so far, this one included
	RunAt    time.Time       `json:"run_at"`   // not before
	Cancel   bool            `json:"cancel"`   // somebody asked for it to stop
	Progress JobProgress     `json:"progress"`
	Result   json.RawMessage `json:"result"` // of a done job; null otherwise
	Error    json.RawMessage `json:"error"`  // of a failed job, a clientele.Error; null otherwise
	Created  time.Time       `json:"created"`
	Started  *time.Time      `json:"started"`  // first lease; null while queued
	Finished *time.Time      `json:"finished"` // null until then
}

// Failure is the error that a failed job ended with, whole; nil otherwise.
func (j Job) Failure() *clientele.Error {
	if j.State != JobFailed {
		return nil
	}
	kept := new(clientele.Error)
	if err := json.Unmarshal(j.Error, kept); err != nil {
		return clientele.Errorf(clientele.CodeInternal, "the error of job %s cannot be read", j.ID).Because(err)
	}
	return kept
}

// JobCount is how many jobs of a kind stand in a state.
type JobCount struct {
	Kind  string
	State JobState
	Count int64
}

// Jobs keeps durable work. Time is the caller's, so that several processes that
// share a store are compared on what they say, and tests need not wait.
type Jobs interface {
	// AddJob keeps a new job and returns it, or, if an unfinished one of the same
	// kind and key exists, returns that one instead.
	AddJob(ctx context.Context, j Job) (Job, error)
	// Job returns a job. CodeNotFound if there is none.
	Job(ctx context.Context, id string) (Job, error)
	// CountJobs counts the jobs that are not forgotten, by kind and state.
	CountJobs(ctx context.Context) ([]JobCount, error)
	// LeaseJob gives owner the job of a kind that has waited longest of those due,
	// or whose lease has run out, until a time. ok is false when there is none.
	LeaseJob(ctx context.Context, kind, owner string, now, until time.Time) (j Job, ok bool, err error)
	// BeatJob extends owner's lease and keeps progress; it returns the job, whose
	// Cancel says whether to stop. CodeConflict if owner no longer has the lease.
	BeatJob(ctx context.Context, id, owner string, until time.Time, p JobProgress) (Job, error)
	// FinishJob ends owner's lease with a final state, result and error, or, with
	// JobQueued, returns the job to the queue for j.RunAt. CodeConflict if owner no
	// longer has the lease.
	FinishJob(ctx context.Context, owner string, j Job) error
	// CancelJob asks a running job to stop and ends a queued one. CodeNotFound if
	// there is no such job; a finished one stays as it is.
	CancelJob(ctx context.Context, id string, now time.Time) (Job, error)
	// ReleaseJobs returns every leased job to the queue. Only for a caller who
	// knows that no other worker lives, such as the holder of a book's lock.
	ReleaseJobs(ctx context.Context) error
	// ForgetJobs removes jobs that finished before a time.
	ForgetJobs(ctx context.Context, before time.Time) error
	// CountUnfinished counts the jobs of a kind that are not finished.
	CountUnfinished(ctx context.Context, kind string) (int64, error)
}

// Decisions keeps what was decided and why, so that it holds until it is decided
// anew. Earlier decisions of a name are kept, but no longer asked for.
type Decisions interface {
	// Decide keeps a decision under a name, after those that there are.
	Decide(ctx context.Context, name string, value []byte, at time.Time) error
	// Decided returns the last decision of a name; ok is false when there is none.
	Decided(ctx context.Context, name string) (value []byte, ok bool, err error)
}

// KeptClose is a close as it is kept. Text is all that it says, to the byte.
type KeptClose struct {
	Number int64
	Period string
	Text   []byte
}

// Closes keeps closed statements. It only ever grows: a close is neither changed nor
// taken back.
type Closes interface {
	// AddClose keeps a close. CodeConflict if its number or its period is there already.
	AddClose(ctx context.Context, c KeptClose) error
	// Closes returns every close by number.
	Closes(ctx context.Context) ([]KeptClose, error)
}

// LedgerEntry is an entry as it is kept. Text is all that it says, to the byte.
type LedgerEntry struct {
	Ledger string // the name of the ledger that it stands in
	Number int64  // in its ledger, from 1
	Text   []byte
}

// Ledgers keeps what people sign, such as definitions and goals. They only ever grow: an
// entry is neither changed nor taken back.
type Ledgers interface {
	// AddEntry keeps an entry. CodeConflict if its ledger has one of that number already.
	AddEntry(ctx context.Context, e LedgerEntry) error
	// Entries returns every entry of a ledger by number.
	Entries(ctx context.Context, ledger string) ([]LedgerEntry, error)
}

// AuditText is an event of the audit as it is kept.
type AuditText struct {
	Number int64 // from 1
	Text   []byte
}

// Audit keeps what was done. It only ever grows.
type Audit interface {
	// AppendAudit keeps the next event. Seal is told its number and the hash of the event
	// before, "" for the first, and returns its text and its hash.
	AppendAudit(ctx context.Context, seal func(number int64, previous string) (text []byte, hash string, err error)) error
	// AuditForward yields every event by number.
	AuditForward(ctx context.Context) iter.Seq2[AuditText, error]
	// AuditBackward yields events from the latest on, of those below a number; 0 is the end.
	AuditBackward(ctx context.Context, below int64) iter.Seq2[AuditText, error]
}

// MaxCacheBytes bounds all cached values together; the least recently used go first.
const MaxCacheBytes = 64 << 20

// Cache keeps what was computed, so that a page need not compute it again. Keys
// name everything that a value depends on. Anything in it may vanish, and
// everything in it can be computed again.
type Cache interface {
	// Get returns the value; ok is false when the cache has none.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Put keeps a value, and forgets the least recently used beyond MaxCacheBytes.
	Put(ctx context.Context, key string, value []byte) error
}
