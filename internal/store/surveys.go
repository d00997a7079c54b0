package store

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// KeptSurvey is a survey as it is kept.
type KeptSurvey struct {
	ID        string
	Name      string
	Key       string          // the name as it is compared
	Document  json.RawMessage // what it asks, and whom
	Employees bool            // they are asked, not customers
	Address   string          // of the open link; "" is none
	Made      time.Time
	By        string
	Closed    *time.Time // null: not yet by anybody
}

// KeptWave is one time that a survey was sent.
type KeptWave struct {
	Survey        string
	Number        int64 // from 1
	Began, Closes time.Time
	Asked         int64
	Strata        json.RawMessage // the customers of each segment, and how many were asked
}

// InvitationState is how far somebody who was asked has come.
type InvitationState string

// The states of an invitation.
const (
	InvitationAsked    InvitationState = "asked"
	InvitationBegun    InvitationState = "begun"
	InvitationAnswered InvitationState = "answered"
	InvitationRefused  InvitationState = "refused"
)

// KeptInvitation is a customer who was asked, or somebody who came by the open link.
type KeptInvitation struct {
	ID        string
	Survey    string
	Wave      int64  // 0 is none: after an event, or by the open link
	Customer  string // "" came by the open link
	Segment   string
	Occasion  string  // that it is about; "" of a wave
	About     string  // id of an order; "" is none
	Chance    float64 // with which they were drawn; 0 were not
	Address   string  // of mail; "" is unknown
	Asked     time.Time
	Reminders int64
	State     InvitationState
	Language  string          // in which they answer; "" is unknown
	Answers   json.RawMessage // until they have answered; nil then, and before they began
	Answered  *time.Time      // null: not yet
}

// AnswerKind is what an answer is.
type AnswerKind string

// The kinds of answer.
const (
	ScoreAnswer   AnswerKind = "score"
	ChoiceAnswer  AnswerKind = "choice" // ids of options, each followed by a blank
	TextAnswer    AnswerKind = "text"
	NotApplicable AnswerKind = "na"
)

// KeptAnswer is what a customer answered to one question.
type KeptAnswer struct {
	Question string
	Kind     AnswerKind
	Value    string
}

// AskedCount is how many invitations share all this.
type AskedCount struct {
	Wave    int64
	Segment string
	Open    bool // they came by the open link
	State   InvitationState
	N       int64
}

// AnswerCount is how many answers share all this. Texts have no value.
type AnswerCount struct {
	Wave    int64
	Segment string
	Open    bool // they came by the open link
	KeptAnswer
	N int64
}

// KeptTicket is a link of an employee.
type KeptTicket struct {
	Hash   string
	Survey string
	Wave   int64
	Part   string // of the company; "" is none
	Used   bool
}

// KeptDraft is what an employee has filled in so far.
type KeptDraft struct {
	Hash     string
	Survey   string
	Language string
	Answers  json.RawMessage
	Day      string // on which it was begun
}

// AnonymousAnswer is what an employee answered to one question, and nothing else.
type AnonymousAnswer struct {
	Wave     int64
	Question string // "" is that somebody has answered
	Part     string // of the company; "" is none
	Value    string
}

// AnonymousCell is answers of one question, wave and part, counted.
type AnonymousCell struct {
	Wave     int64
	Question string
	Part     string
	N        int64
}

// AnonymousCount is how many answers that were told share all this.
type AnonymousCount struct {
	AnonymousAnswer
	N int64
}

// Surveys keeps surveys and what was answered. What is read and then changed belongs into one
// Atomically. Where a method names one thing, it is CodeNotFound if there is none.
type Surveys interface {
	// AddSurvey keeps a new survey. CodeConflict if its name is taken.
	AddSurvey(ctx context.Context, s KeptSurvey) error
	Survey(ctx context.Context, id string) (KeptSurvey, error)
	// SurveyNamed finds a survey by its id, the key of its name, or the address of its open link.
	SurveyNamed(ctx context.Context, name string) (KeptSurvey, error)
	// Surveys returns every survey, the latest first.
	Surveys(ctx context.Context) ([]KeptSurvey, error)
	CloseSurvey(ctx context.Context, id string, at time.Time) error

	// AddWave keeps a wave. CodeConflict if there is one of its number.
	AddWave(ctx context.Context, w KeptWave) error
	// Waves returns those of a survey by number.
	Waves(ctx context.Context, survey string) ([]KeptWave, error)

	// AddInvitation keeps a new invitation. CodeConflict if the customer was asked in this wave,
	// or on this occasion.
	AddInvitation(ctx context.Context, i KeptInvitation) error
	AddInvitationLink(ctx context.Context, hash, invitation string) error
	InvitationByLink(ctx context.Context, hash string) (KeptInvitation, error)
	// InvitationOf returns the invitation of a customer on an occasion.
	InvitationOf(ctx context.Context, survey, customer, occasion string) (KeptInvitation, error)
	// SaveInvitation keeps what may change: reminders, state, language, answers, and when.
	SaveInvitation(ctx context.Context, i KeptInvitation) error
	// ToRemind returns those of a wave who have neither answered nor refused, and were reminded
	// fewer than so many times.
	ToRemind(ctx context.Context, survey string, wave, reminders int64) ([]KeptInvitation, error)
	// AskedSince returns the customers who were asked by any survey since a time, once each.
	AskedSince(ctx context.Context, since time.Time) ([]string, error)
	// LastAsked is when a customer was asked last by any survey; ok is false if never.
	LastAsked(ctx context.Context, customer string) (at time.Time, ok bool, err error)
	// AddAnswers keeps what was answered in an invitation.
	AddAnswers(ctx context.Context, invitation string, answers []KeptAnswer) error
	CountAsked(ctx context.Context, survey string) ([]AskedCount, error)
	CountAnswers(ctx context.Context, survey string) ([]AnswerCount, error)
	// AnswerTexts returns texts, the latest answered first.
	AnswerTexts(ctx context.Context, survey string, limit int) ([]KeptAnswer, error)

	// Refuse keeps that a customer is not to be asked.
	Refuse(ctx context.Context, customer string, at time.Time) error
	// Refusing returns the customers who are not to be asked.
	Refusing(ctx context.Context) ([]string, error)
	// Refuses reports whether a customer is not to be asked.
	Refuses(ctx context.Context, customer string) (bool, error)
	// InvitationsOf yields all that is kept of a customer, with what they answered.
	InvitationsOf(ctx context.Context, customer string) iter.Seq2[KeptInvitation, error]
	// AnswersOf returns what was answered in an invitation.
	AnswersOf(ctx context.Context, invitation string) ([]KeptAnswer, error)
	// EraseInvitationsOf removes all that is kept of a customer, and says how many invitations there were.
	EraseInvitationsOf(ctx context.Context, customer string) (int64, error)

	AddTicket(ctx context.Context, t KeptTicket) error
	Ticket(ctx context.Context, hash string) (KeptTicket, error)
	// UseTicket keeps that a ticket was used. CodeConflict if it was before.
	UseTicket(ctx context.Context, hash string) error
	// Hear keeps that an employee was asked, or said something. CodeConflict if that is kept already.
	Hear(ctx context.Context, survey string, wave int64, person string) error
	Draft(ctx context.Context, hash string) (KeptDraft, error)
	SaveDraft(ctx context.Context, d KeptDraft) error
	// RemoveDraft forgets a draft. CodeNotFound if it was removed before.
	RemoveDraft(ctx context.Context, hash string) error
	// ForgetDrafts forgets drafts begun before a day.
	ForgetDrafts(ctx context.Context, day string) error
	// AddAnonymous keeps what an employee answered, each answer by itself, in no order.
	AddAnonymous(ctx context.Context, survey string, answers []AnonymousAnswer) error
	// Untold counts the answers that were not told yet.
	Untold(ctx context.Context, survey string) ([]AnonymousCell, error)
	// Tell tells all answers of a cell that were not told yet. N is not read.
	Tell(ctx context.Context, survey string, of AnonymousCell, day string) error
	// LastTold is the latest day on which answers were told; ok is false if none were.
	LastTold(ctx context.Context, survey string) (day string, ok bool, err error)
	// CountTold counts the answers that were told. Values of a question count for themselves.
	CountTold(ctx context.Context, survey string) ([]AnonymousCount, error)
}
