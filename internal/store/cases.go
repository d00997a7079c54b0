package store

import (
	"context"
	"encoding/json"
	"time"
)

// CaseState is where a case stands.
type CaseState string

// The states of a case.
const (
	CaseOpen    CaseState = "open"
	CaseTaken   CaseState = "taken"   // somebody works on it
	CaseSettled CaseState = "settled" // the customer is asked whether it is
	CaseClosed  CaseState = "closed"
)

// KeptCase is a case as it is kept.
type KeptCase struct {
	Number         int64 // from 1; AddCase gives it
	Version        int64
	Touchpoint     string // id
	TouchpointName string
	Customer       string
	Matter         string // "" is whatever there is between customer and touchpoint
	State          CaseState
	Owner          string // id of a person; "" of somebody without an account, and of nobody
	OwnerName      string // "" is nobody
	Why            string // it is theirs
	Step           int    // of escalation
	RaisedTo       string // id of a person; "" is nobody
	RaisedName     string
	Opened         time.Time
	Due            time.Time
	Taken          *time.Time // null until then
	Settled        *time.Time
	Closed         *time.Time
	Settlement     string
	Answer         string // yes, no, none; "" until then
	AnswerText     string
	AnswerHash     string // of the secret of the customer's link; "" is none
	AskedByMail    string // key of the mail; "" is none
	Reopened       int
}

// CaseCause is a record that opened a case, or belongs to it.
type CaseCause struct {
	Record string // unique
	Number int64  // of the case
	At     time.Time
	Quiet  bool // nobody was asked
	Body   json.RawMessage
}

// CaseEvent is something that happened to a case.
type CaseEvent struct {
	At   time.Time
	Who  string
	Name string
	What string
	Note string
}

// CaseRule is what is said of cases at a touchpoint; touchpoint "" is what holds where nothing else is said.
type CaseRule struct {
	Touchpoint string
	Version    int64
	Body       json.RawMessage
}

// CaseQuery asks for cases. Those that are not closed come by when they are due, closed ones
// the latest first.
type CaseQuery struct {
	State      CaseState // of these; CaseOpen includes those that are taken
	Person     string    // whose they are, or to whom they were raised; "" is everybody
	Touchpoint string    // "" is all
	Offset     int64
	Limit      int
}

// Cases keeps cases. What is read and then changed belongs into one Atomically. Where a method
// names one thing, it is CodeNotFound if there is none.
type Cases interface {
	// AddCase keeps a new case under the next number, and returns that. CodeConflict if one of
	// the same customer, touchpoint and matter is not closed.
	AddCase(ctx context.Context, c KeptCase) (int64, error)
	// SaveCase keeps what a case has become: all but customer, matter, touchpoint and opened.
	SaveCase(ctx context.Context, c KeptCase) error
	Case(ctx context.Context, number int64) (KeptCase, error)
	CaseByAnswer(ctx context.Context, hash string) (KeptCase, error)
	// LatestCase returns the latest of a customer, touchpoint and matter; ok is false if there is none.
	LatestCase(ctx context.Context, customer, touchpoint, matter string) (c KeptCase, ok bool, err error)
	Cases(ctx context.Context, q CaseQuery) ([]KeptCase, error)
	CountCases(ctx context.Context, q CaseQuery) (int64, error)
	// DueCases returns those of a state that were due before a time, by when they were, but for
	// those that were raised as far as can be and are not settled.
	DueCases(ctx context.Context, state CaseState, before time.Time, limit int) ([]KeptCase, error)
	// AddCause keeps a record, unless it is there.
	AddCause(ctx context.Context, c CaseCause) (added bool, err error)
	HasCause(ctx context.Context, record string) (bool, error)
	// Causes returns those of a case, by when they were found.
	Causes(ctx context.Context, number int64) ([]CaseCause, error)
	AddCaseEvent(ctx context.Context, number int64, e CaseEvent) error
	// CaseEvents returns those of a case, the first first.
	CaseEvents(ctx context.Context, number int64) ([]CaseEvent, error)
	CaseRules(ctx context.Context) ([]CaseRule, error)
	// SaveCaseRule keeps what is said of a touchpoint, in place of what was.
	SaveCaseRule(ctx context.Context, r CaseRule) error
	// CasesOf returns all of a customer's, by number.
	CasesOf(ctx context.Context, customer string) ([]KeptCase, error)
	// EraseCasesOf removes a customer's cases with all that belongs to them, and says how many.
	EraseCasesOf(ctx context.Context, customer string) (int64, error)
}
