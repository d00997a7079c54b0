package warehouse

import (
	"context"
	"time"

	"github.com/clientele/clientele"
)

// Customers answers for single customers.
type Customers interface {
	// Timeline returns what happened with a customer, the latest first, and how much that is in
	// all; of one that is not known it is nothing. What is dated after the day known is foretold,
	// and is not in it.
	Timeline(ctx context.Context, q TimelineQuery) (moments []Moment, count int64, err error)
	// Histories returns a customer's purchase history as of each of some days, in their order.
	Histories(ctx context.Context, customer string, days []clientele.Date) ([]History, error)
}

// TimelineQuery asks for a page of what happened with a customer.
type TimelineQuery struct {
	Customer string
	Known    clientele.Date
	Offset   int64
	Limit    int
}

// MomentKind is what happened.
type MomentKind string

// The kinds of moment.
const (
	OrderMoment   MomentKind = "order"
	RefundMoment  MomentKind = "refund"
	MetMoment     MomentKind = "interaction"
	AnswerMoment  MomentKind = "answer"
	ContractBegan MomentKind = "contract began"
	ContractEnded MomentKind = "contract ended"
	ReasonToCome  MomentKind = "reason to come"
	ReasonToLeave MomentKind = "reason to leave"
)

// Moment is something that happened with a customer. What is not known is "" or nil.
type Moment struct {
	Kind             MomentKind
	Day              clientele.Date
	At               *time.Time // local
	Name             string     // id of an order, kind of an interaction, instrument of an answer, plan of a contract, a reason
	Touchpoint       string
	Outcome, Problem string
	Promised, Actual *time.Time       // local
	Amount           *clientele.Money // of an order or refund, net; of a contract, a period
	Score, Low, High string           // of an answer and its scale, decimals
	Text             string           // of an answer
}

// History is a customer's purchase history as of a day; Bought is false before the first purchase.
type History struct {
	Day    clientele.Date
	Bought bool
	Cell
}
