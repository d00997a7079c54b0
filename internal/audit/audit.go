// Package audit keeps who did what: every change, sign-in and export, in an append-only
// chain of hashes that Verify follows.
//
// Rules: an event is kept in the transaction of the change that it tells of, so that
// neither is there without the other, and before the change is acknowledged. It names
// customers by nothing that leads back to them.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// Outcomes of what somebody tried.
const (
	Done   = "done"
	Denied = "denied"
	Failed = "failed"
)

// Event is one thing that somebody did, or tried to.
type Event struct {
	Number   int64           `json:"number"` // from 1, without a gap
	At       time.Time       `json:"at"`
	Who      string          `json:"who"`               // id of the person or service; "" for the owner of the machine
	Name     string          `json:"name"`              // as it was then
	Via      string          `json:"via"`               // page, api, command, job
	From     string          `json:"from,omitempty"`    // network address
	Request  string          `json:"request,omitempty"` // id, as in the log
	Action   string          `json:"action"`            // such as person.invited, session.started, customers.exported
	Object   string          `json:"object,omitempty"`  // what it was done to, such as person/4f2a
	Outcome  string          `json:"outcome"`
	Before   json.RawMessage `json:"before,omitempty"`
	After    json.RawMessage `json:"after,omitempty"`
	Previous string          `json:"previous"`       // hash of the event before; "" for the first
	Hash     string          `json:"hash,omitempty"` // SHA-256 of the text without this field
}

// Origin is where a request comes from.
type Origin struct{ Via, From, Request string }

type originKey struct{}

// WithOrigin returns a context whose events come from there.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// Log is the audit of a book. Its methods may be called from several goroutines.
type Log struct {
	store store.Audit
	now   func() time.Time
}

// New makes the log; now may be nil, which is the clock.
func New(s store.Audit, now func() time.Time) *Log {
	if now == nil {
		now = time.Now
	}
	return &Log{s, now}
}

// Record keeps what the actor of ctx did. Before and after may be nil; they are
// kept as JSON. Inside store.Atomically it is of that transaction.
func (l *Log) Record(ctx context.Context, action, object string, before, after any) error {
	return l.Tell(ctx, Event{Action: action, Object: object, Outcome: Done}, before, after)
}

// Tell keeps an event whose actor, origin and time are those of the context, unless it
// says otherwise.
func (l *Log) Tell(ctx context.Context, e Event, before, after any) (err error) {
	if a, ok := policy.ActorOf(ctx); ok && e.Who == "" && e.Name == "" {
		e.Who, e.Name = a.ID, a.Name
	}
	if o, ok := ctx.Value(originKey{}).(Origin); ok {
		e.Via, e.From, e.Request = o.Via, o.From, o.Request
	}
	if e.Before, err = asJSON(before); err != nil {
		return err
	}
	if e.After, err = asJSON(after); err != nil {
		return err
	}
	e.At = l.now().UTC().Truncate(time.Millisecond)
	return l.store.AppendAudit(ctx, func(number int64, previous string) ([]byte, string, error) {
		e.Number, e.Previous = number, previous
		return ledger.Seal(e)
	})
}

func asJSON(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// Page returns events by number, the latest first, of those below a number; 0 is the end.
// Match may be nil, which is all.
func (l *Log) Page(ctx context.Context, below int64, limit int, match func(Event) bool) (events []Event, err error) {
	for kept, err := range l.store.AuditBackward(ctx, below) {
		if err != nil {
			return nil, err
		}
		var e Event
		if err := ledger.Unseal(kept.Text, &e); err != nil {
			return nil, err
		}
		if match == nil || match(e) {
			events = append(events, e)
		}
		if len(events) == limit {
			break
		}
	}
	return events, nil
}

// Verify hashes every event anew, follows the chain, and names what has changed. It
// returns how many there are, and the hash of the last one.
func (l *Log) Verify(ctx context.Context) (n int64, head string, findings []ledger.Finding, err error) {
	chain := ledger.Chain{Entry: func(n int64) string { return fmt.Sprintf("event %d of the audit", n) }}
	for kept, err := range l.store.AuditForward(ctx) {
		if err != nil {
			return 0, "", nil, err
		}
		var e Event
		link := ledger.Link{Number: kept.Number, Damaged: ledger.Unseal(kept.Text, &e)}
		if e.Number != kept.Number {
			link.Other = fmt.Sprintf("event %d", e.Number)
		}
		link.Previous, link.Hash = e.Previous, e.Hash
		chain.Follow(link)
	}
	n, head = chain.Last()
	return n, head, chain.Findings(), nil
}
