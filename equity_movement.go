package clientele

import (
	"encoding/json"
	"time"
)

// Horizon is how far ahead worth is counted.
type Horizon string

// The horizons: five years, the headline, and without an end. Their difference is
// the tail.
const (
	FiveYears Horizon = "5"
	Infinite  Horizon = "infinite"
)

// EquityMovement explains how customer equity got from the opening of a period to
// its closing, after the analysis of change in insurers' embedded-value reports
// (CFO Forum, Market Consistent Embedded Value Principles). Every line is signed, so that
//
//	Opening + Unwinding + ExpectedRelease + Window + Experience.Total + NewCustomers +
//	Scope + CurrencyEffect + Restatement + AssumptionChange = Closing
//
// A segment's movement has the same shape with Segment set, and no intervals, no Cash,
// no Audit and no Segments.
type EquityMovement struct {
	Segment          string              `json:"segment,omitempty"`
	Attribute        string              `json:"attribute,omitempty"` // what the segments are by
	Currency         string              `json:"currency"`
	From             Date                `json:"from"`
	To               Date                `json:"to"`
	Horizon          Horizon             `json:"horizon"`
	Opening          Money               `json:"opening"`          // by the assumptions of the opening
	Unwinding        Money               `json:"unwinding"`        // of the discount: the period has come nearer
	ExpectedRelease  Money               `json:"expected_release"` // margin expected in the period, no longer to come
	Window           Money               `json:"window"`           // the horizon moved on; 0 without one
	Experience       Experience          `json:"experience"`       // what customers did, beside what was expected of them
	NewCustomers     Money               `json:"new_customers"`    // who came in the period, by the assumptions of the opening
	Scope            Money               `json:"scope"`            // what counts was defined anew
	CurrencyEffect   Money               `json:"currency_effect"`
	Restatement      Money               `json:"restatement"`       // records that came after the opening was closed
	AssumptionChange Money               `json:"assumption_change"` // the model was fitted anew
	Closing          Money               `json:"closing"`           // by the assumptions of the closing
	Intervals        map[string]Interval `json:"intervals,omitempty"`
	Cohorts          []CohortWorth       `json:"cohorts,omitempty"` // NewCustomers by month of first purchase
	Cash             *CashMargin         `json:"cash,omitempty"`
	Audit            *Audit              `json:"audit,omitempty"`
	Models           *MovementModels     `json:"models,omitempty"`
	Refused          string              `json:"refused,omitempty"` // why there is no movement, with what to do; then every line is null in JSON
	Warnings         []string            `json:"warnings,omitempty"`
	Segments         []EquityMovement    `json:"segments,omitzero"`
	Hidden           *Hidden             `json:"hidden,omitempty"` // segments that are not for who asked
}

// MarshalJSON writes the lines of a refused movement as null: they are not 0, they cannot
// be told.
func (m EquityMovement) MarshalJSON() ([]byte, error) {
	type plain EquityMovement
	if m.Refused == "" {
		return json.Marshal(plain(m))
	}
	return json.Marshal(struct {
		plain
		Opening          *Money      `json:"opening"`
		Unwinding        *Money      `json:"unwinding"`
		ExpectedRelease  *Money      `json:"expected_release"`
		Window           *Money      `json:"window"`
		Experience       *Experience `json:"experience"`
		NewCustomers     *Money      `json:"new_customers"`
		Scope            *Money      `json:"scope"`
		CurrencyEffect   *Money      `json:"currency_effect"`
		Restatement      *Money      `json:"restatement"`
		AssumptionChange *Money      `json:"assumption_change"`
		Closing          *Money      `json:"closing"`
	}{plain: plain(m)})
}

// Experience is what the customers of the opening are worth at closing beyond what was
// expected of them, by the assumptions of the opening. Survival + Activity + Spend = Total.
type Experience struct {
	Total    Money `json:"total"`
	Survival Money `json:"survival"` // more, or fewer, are still customers
	Activity Money `json:"activity"` // they buy more, or less, often
	Spend    Money `json:"spend"`    // they spend more, or less, on a purchase
}

// Interval is the 95 % interval of an amount.
type Interval struct {
	Low  Money `json:"low"`
	High Money `json:"high"`
}

// CohortWorth is what the new customers of one month are worth.
type CohortWorth struct {
	Month     Date  `json:"month"` // its first day
	Customers int64 `json:"customers"`
	Worth     Money `json:"worth"`
}

// CashMargin is the margin of the period that was expected of the customers of the
// opening, and what they gave; neither is discounted.
type CashMargin struct {
	Expected Money `json:"expected"`
	Actual   Money `json:"actual"`
}

// Audit holds experience against the chance that the model leaves to it: Z is the sum of
// all customers' experience over the root of the sum of its squares, and takes the
// opening's parameters as known; WithParameters has their uncertainty in it too, and is
// what Reading is about.
type Audit struct {
	Z              float64 `json:"z"`
	WithParameters float64 `json:"z_with_parameter_error"`
	Reading        string  `json:"reading"`
}

// MovementModels names the model runs behind the two ends.
type MovementModels struct {
	Opening MovementModel `json:"opening"`
	Closing MovementModel `json:"closing"`
}

// MovementModel is a model run: its name and the day up to which it saw records.
type MovementModel struct {
	Name string `json:"name"`
	Run  string `json:"run"`
	AsOf Date   `json:"as_of"`
}

// Close is a period's statement as it was signed off, with everything that made it.
// Closes are a chain: Hash is the SHA-256 of the close without it, which holds the
// hash of the close before.
type Close struct {
	Number    int64            `json:"number"` // 1, 2, …
	Period    string           `json:"period"` // 2011-Q3, as the book's fiscal calendar has it
	From      Date             `json:"from"`
	To        Date             `json:"to"`
	At        time.Time        `json:"at"`
	By        string           `json:"by"`      // who closed it
	Program   string           `json:"program"` // version that computed it
	Settings  Settings         `json:"settings"`
	Statement Statement        `json:"statement"` // its Data names every file by hash
	Movements []EquityMovement `json:"movements"` // for five years and without a horizon; none if refused
	Run       json.RawMessage  `json:"run"`       // the model run, whole
	Previous  string           `json:"previous"`  // hash of the close before; "" for the first
	Hash      string           `json:"hash,omitempty"`
}
