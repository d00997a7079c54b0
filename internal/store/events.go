package store

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// EventState is where a message of another system stands.
type EventState string

// The states of a message.
const (
	EventWaiting EventState = "waiting" // to be landed
	EventLater   EventState = "later"   // kept as it came, for what nothing reads yet
	EventLanded  EventState = "landed"  // its records are landed, and its body is gone
	EventRefused EventState = "refused" // could not be landed; its body is kept
)

// EventMessage is what another system tells of a customer.
type EventMessage struct {
	Number   int64 // in the order in which they came, from 1; AddEvents gives it
	Source   string
	ID       string // unique in its source
	Customer string // of whom it tells; "" is nobody
	State    EventState
	Received time.Time
	Body     json.RawMessage // nil once it is landed
}

// Events keeps messages of other systems until their records are landed, and their ids
// for longer, so that what is sent again is not kept again.
type Events interface {
	// AddEvents keeps, in this order, those whose source and id are not there yet, and
	// reports of each whether it was kept. Number is not read.
	AddEvents(ctx context.Context, messages []EventMessage) (kept []bool, err error)
	// WaitingEvents counts those that wait.
	WaitingEvents(ctx context.Context) (int64, error)
	// NextPortion returns the earliest portion that is not settled, always with the same
	// messages in the same order. If there is none it makes one, of up to limit messages
	// of the source that has waited longest; empty is that nothing waits.
	NextPortion(ctx context.Context, limit int) (portion int64, messages []EventMessage, err error)
	// SettlePortion ends a portion: as landed, without the bodies, or as refused.
	SettlePortion(ctx context.Context, portion int64, landed bool) error
	// EventsOf yields the messages about a customer whose bodies are kept.
	EventsOf(ctx context.Context, customer string) iter.Seq2[EventMessage, error]
	// EraseEventsOf removes all messages about a customer, and says how many there were.
	EraseEventsOf(ctx context.Context, customer string) (int64, error)
	// ForgetEvents removes messages that were received before a time and do not wait.
	ForgetEvents(ctx context.Context, before time.Time) (int64, error)
}

// Reply is the first answer to a request that may be sent again.
type Reply struct {
	Actor    string // who asked
	Key      string // hash of what they named the request by
	Request  string // hash of what was asked for
	Status   int
	Location string // "" is none
	ETag     string // "" is none
	Body     []byte
	At       time.Time
}

// Replies keeps first answers, so that a request that is sent again is not done again.
type Replies interface {
	// Reply returns the answer to an actor's key; ok is false if there is none since a time.
	Reply(ctx context.Context, actor, key string, since time.Time) (r Reply, ok bool, err error)
	// KeepReply keeps an answer, in place of an earlier one of the actor and key.
	KeepReply(ctx context.Context, r Reply) error
	// ForgetReplies removes answers given before a time.
	ForgetReplies(ctx context.Context, before time.Time) error
}
