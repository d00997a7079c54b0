package warehouse

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/score"
)

// Measures answers for what is measured at touchpoints.
type Measures interface {
	// MeasuredDays returns the first and the last day that a measure could count anything on;
	// ok is false if there is none. Known is the day of the last import: what is dated later
	// was not heard of, but foretold.
	MeasuredDays(ctx context.Context, of Measured, known clientele.Date) (days clientele.Period, ok bool, err error)
	// Measure adds up what a measure is made of, by period and segment.
	Measure(ctx context.Context, q MeasureQuery) ([]MeasureSum, error)
	// Durations counts how long matters took by period of their beginning, and segment.
	Durations(ctx context.Context, q MeasureQuery) ([]Duration, error)
	// Touchpoints lists the touchpoints of interactions and feedback, by name.
	Touchpoints(ctx context.Context) ([]Touchpoint, error)
}

// Measured is what a measure counts. Each row has a weight w and a value x, which
// package measure defines in words.
type Measured string

// What can be counted. The sums of a row are those of its answers, interactions or lines.
const (
	// Answers by instrument: x is 1, 0 or −1 of an NPS, 1 or 0 of a CSAT, the score of a CES or
	// a rating. Of an answer about an order whose delivery has a weight, w is its own weight
	// times that.
	NPSAnswers    Measured = "nps"
	CSATAnswers   Measured = "csat"
	CESAnswers    Measured = "ces"
	RatingAnswers Measured = "rating"
	// Promises that fell due, on the day promised: x is 1 if kept.
	Promises Measured = "promises"
	// Contacts: x is 1 if none follows on the same matter within so many days, or if one
	// came before.
	LastContacts     Measured = "last_contacts"
	RepeatedContacts Measured = "repeated_contacts"
	// Handovers are interactions that continue a case: x is 1 if by another agent.
	Handovers Measured = "handovers"
	// Problems are interactions: x is 1 if a problem is recorded.
	Problems Measured = "problems"
	// Complaints: N and X count complaints, W orders.
	Complaints Measured = "complaints"
	// Refunds: N counts lines of sales and refunds, W is the amount of the sales, X of the refunds.
	Refunds Measured = "refunds"
	// Matters are what Durations counts.
	Matters Measured = "matters"
)

// LeftOut is why a row does not count.
type LeftOut string

// The reasons why a row does not count; "" is that it does.
const (
	Counts        LeftOut = ""
	NotApplicable LeftOut = "not_applicable" // the respondent said that it does not apply
	NoScore       LeftOut = "no_score"       // text only
	NoScale       LeftOut = "no_scale"       // the scale was not given
	OtherScale    LeftOut = "other_scale"    // not the scale that the measure is defined on
	OutsideScale  LeftOut = "outside_scale"  // the score is not on its scale
	NotDue        LeftOut = "not_due"        // promised for later than the records reach
	TooRecent     LeftOut = "too_recent"     // fewer than Within days were left for another
	TooEarly      LeftOut = "too_early"      // fewer than Within days were behind it
	NoMatter      LeftOut = "no_matter"      // neither customer nor case is known
	NoAgent       LeftOut = "no_agent"       // in a case, but by whom is unknown
	NoCase        LeftOut = "no_case"        // by whom is known, but not in which case
	EndsFirst     LeftOut = "ends_first"     // it ended before it began
)

// What figures can be split by beside attributes of customers.
const (
	ByTouchpoint = "touchpoint"
	ByDaysLate   = "days_late" // of the delivery of the order that an answer is about
)

// MeasureQuery asks for what a measure is made of.
type MeasureQuery struct {
	Of         Measured
	Periods    []clientele.Period // apart from each other, in order
	Touchpoint string             // "": all of them
	By         string             // an attribute of customers, ByTouchpoint or ByDaysLate; "": no segments
	Within     int                // days; of contacts
	Days       clientele.Period   // those of MeasuredDays
}

// MeasureSum is what the rows of a period and segment add up to; what is left out has no X. With ByDaysLate the segment is
// the number of days late, less than 0 for early and at most 30 either way, "" where it was not
// delivered, or UnknownSegment where no delivery of the order is known.
type MeasureSum struct {
	Period  int // index of MeasureQuery.Periods
	Segment string
	LeftOut LeftOut
	score.Sums
}

// Duration is the matters of a period and segment that took, or have so far taken, so many
// minutes: to the minute below a day, to the hour below sixty days, else to the day, rounded up.
// A matter is a case or, without one, an interaction. It ends with its latest interaction, and
// runs while that has no end.
type Duration struct {
	MeasureSum // of weights alone; X and X2 are 0
	Minutes    int64
	Ended      bool
}

// Touchpoint is how much is recorded at a touchpoint.
type Touchpoint struct {
	Name                  string
	Interactions, Answers int64
}
