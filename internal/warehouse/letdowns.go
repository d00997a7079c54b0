package warehouse

import (
	"context"
	"time"

	"github.com/clientele/clientele"
)

// Letdowns finds what let customers down: bad answers, and promises that were not kept.
type Letdowns interface {
	// Letdowns returns the latest at each touchpoint, up to a number, with how many there are
	// in all; touchpoints by name, the latest first.
	Letdowns(ctx context.Context, q LetdownQuery) ([]Letdown, error)
	// AnswerText is what a customer, or somebody who did not say who they are, wrote in an answer;
	// "" if that is nothing, or the answer is gone.
	AnswerText(ctx context.Context, customer, source, response string) (string, error)
	// AtStake is what a customer bought up to a day.
	AtStake(ctx context.Context, customer string, to clientele.Date) (Stake, error)
}

// LetdownRule says what is one at a touchpoint.
type LetdownRule struct {
	Touchpoint string // as records name it, in lower case
	NPS        int    // the highest score that is, of 0 to 10
	CSAT       int    // how many of the lowest boxes are
	CES        int    // the highest score that is, of 1 to 7
	Rating     int    // the highest score that is, of 1 to 5
	Promises   bool   // whether promises that were kept too late are
	Failures   bool   // whether interactions with the outcome "failed" are
}

// LetdownQuery asks for letdowns of customers who are known by name.
type LetdownQuery struct {
	Rules     []LetdownRule    // each of another touchpoint
	Days      clientele.Period // of answers, and on which a promise was kept or something failed
	Anonymous string           // what ids begin with that stand for nobody any more
	Most      int              // of each touchpoint
}

// What a letdown is.
const (
	BadAnswer     = "answer"
	BrokenPromise = "promise"
	Failure       = "failure"
)

// Letdown is a record that let a customer down. An answer that does not say whose it is is that of
// the one customer of its order. The matter of an answer is its order; of an interaction its case, or
// its own id if something was promised, or that is an order's.
type Letdown struct {
	Touchpoint string // of the rule
	All        int64  // at the touchpoint
	Customer   string
	Matter     string // what it is about; "" if no more is known than customer and touchpoint
	What       string
	Source     string
	Record     string // id within the source
	Day        clientele.Date

	Instrument                string   // of an answer
	Score, ScaleMin, ScaleMax *float64 // of an answer
	Promised, Actual          *time.Time
	Outcome, Problem          string // of an interaction; "" is unknown
}

// Stake is what a customer bought.
type Stake struct {
	Orders int64
	Amount clientele.Money // net, of all lines
	Last   *clientele.Date // of the latest sale; null if there is none
}
