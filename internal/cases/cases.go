// Package cases closes the loop: a bad answer or a broken promise opens a case for whoever
// answers for the touchpoint, with a time by which it is due. It is taken, settled, and then
// the customer is asked whether it is.
//
// Rules: one customer, touchpoint and matter is one case while it is open, and for a quiet
// time after it nobody is asked again; a record belongs to one case, for good. Only records of
// the last days are looked at, so that the first import of ten years opens no case for what is
// long past. What cannot be asked of anybody is said to be so. A case is the one place beside
// the records that names a customer: mails to people, the log and the audit do not.
package cases

import (
	"context"
	"log/slog"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// JobKind is the kind of job that finds and raises cases.
const JobKind = "cases"

// AnswerPage is where a customer says whether a case is settled.
const AnswerPage = "/answer"

// Bounds of what is asked of people.
const (
	NewestDays = 14                  // records are looked at that are at most so many days old
	MostOpen   = 200                 // cases that wait at one touchpoint; no more are opened until some are settled
	AnswerFor  = 14 * 24 * time.Hour // a customer has to answer; then a settled case closes without
	mostFound  = 1000                // records of one touchpoint that are looked at in one go, the latest
	mostTended = 500                 // cases that are raised or closed in one transaction
	mostText   = 2000                // letters of what people write
)

// State is where a case stands.
type State = store.CaseState

// The states of a case.
const (
	Open    = store.CaseOpen
	Taken   = store.CaseTaken
	Settled = store.CaseSettled
	Closed  = store.CaseClosed
)

// Why a case is somebody's.
const (
	AsOwner  = "owner"  // of the touchpoint
	AsLead   = "lead"   // nobody answers for the touchpoint, and they lead customer experience
	AsNobody = "nobody" // nobody could be found
)

// What a customer answered.
const (
	Yes  = "yes"
	No   = "no"
	None = "none" // they did not
)

// Person is somebody of the company.
type Person struct {
	ID   string `json:"id"`   // "" for somebody without an account, and for nobody
	Name string `json:"name"` // "" for nobody
}

// Case is one case.
type Case struct {
	Number     int64      `json:"number"`
	Version    int64      `json:"version"` // counts changes, from 1
	Touchpoint string     `json:"touchpoint"`
	At         string     `json:"touchpoint_name"`
	Customer   string     `json:"customer"`
	Matter     string     `json:"matter"` // the order or case that it is about; "" is not known
	State      State      `json:"state"`
	Owner      Person     `json:"owner"`
	Why        string     `json:"why"`  // it is theirs: owner, lead or nobody
	Step       int        `json:"step"` // of escalation: 0 none, 1 head of the unit, 2 lead
	RaisedTo   Person     `json:"raised_to"`
	Opened     time.Time  `json:"opened"`
	Due        time.Time  `json:"due"` // of the next step of escalation or, once settled, of the answer
	Overdue    bool       `json:"overdue"`
	Taken      *time.Time `json:"taken"` // null until then, as the next two
	Settled    *time.Time `json:"settled"`
	Closed     *time.Time `json:"closed"`
	Settlement string     `json:"settlement"` // what was done
	Answer     string     `json:"answer"`     // of the customer: yes, no, none; "" until then
	AnswerText string     `json:"answer_text"`
	Reopened   int        `json:"reopened"` // times that the customer said no
}

// Cause is a record that opened a case, or belongs to it.
type Cause struct {
	Fact
	Text  string    `json:"text"`  // what the customer wrote; "" is nothing
	Found time.Time `json:"found"` // when
	Quiet bool      `json:"quiet"` // nobody was asked, for the case was closed a short while before
}

// Fact is what a record says.
type Fact struct {
	What       string         `json:"what"` // answer, promise or failure
	Source     string         `json:"source"`
	Record     string         `json:"record"`
	Day        clientele.Date `json:"day"`
	Instrument string         `json:"instrument"` // of an answer
	Score      *float64       `json:"score"`      // of an answer, with its scale
	ScaleMin   *float64       `json:"scale_min"`
	ScaleMax   *float64       `json:"scale_max"`
	Promised   *time.Time     `json:"promised"` // local
	Actual     *time.Time     `json:"actual"`   // local
	Outcome    string         `json:"outcome"`
	Problem    string         `json:"problem"`
}

// Event is something that happened to a case.
type Event struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"` // of who
	What string    `json:"what"`
	Note string    `json:"note"`
}

// Detail is a case with all that is known of it.
type Detail struct {
	Case
	Causes []Cause          `json:"causes"`
	Events []Event          `json:"events"` // the first first
	Stake  *warehouse.Stake `json:"-"`      // what the customer bought; nil if that is not asked for
	Asked  *mail.Sendable   `json:"-"`      // what became of the question to the customer; nil if none was mailed
}

// Records is what cases ask of the records.
type Records interface {
	warehouse.Letdowns
}

// Store is what cases ask of the operational records.
type Store interface {
	store.Cases
	Parts(ctx context.Context) ([]store.KeptPart, error)
	Persons(ctx context.Context) ([]store.KeptPerson, error)
	Units(ctx context.Context) ([]store.KeptUnit, error)
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
}

// Parts are what the service works with.
type Parts struct {
	Store     Store
	Records   Records
	Mail      *mail.Service
	Jobs      *job.Queue
	Audit     *audit.Log
	Company   string
	Zone      *time.Location   // of the book
	Anonymous string           // what ids begin with that stand for nobody any more
	Now       func() time.Time // nil: the clock
	Log       *slog.Logger     // nil: nowhere
}

// Service keeps a book's cases. Its methods may be called from several goroutines.
type Service struct{ Parts }

// New makes the service.
func New(p Parts) *Service {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{p}
}

func (s *Service) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) caseOf(k store.KeptCase) Case {
	return Case{
		Number: k.Number, Version: k.Version, Touchpoint: k.Touchpoint, At: k.TouchpointName, Customer: k.Customer, Matter: k.Matter, State: k.State,
		Owner: Person{k.Owner, k.OwnerName}, Why: k.Why, Step: k.Step, RaisedTo: Person{k.RaisedTo, k.RaisedName}, Opened: k.Opened, Due: k.Due,
		Overdue: (k.State == Open || k.State == Taken) && (k.Step > 0 || k.Due.Before(s.Now())),
		Taken:   k.Taken, Settled: k.Settled, Closed: k.Closed, Settlement: k.Settlement, Answer: k.Answer, AnswerText: k.AnswerText, Reopened: k.Reopened,
	}
}
