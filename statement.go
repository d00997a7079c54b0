package clientele

import "time"

// Heads is the customer movement: events, which add up over consecutive
// periods. Opening + New + Reactivated − Lost = Closing.
type Heads struct {
	Opening       int64 `json:"opening"`
	New           int64 `json:"new"`
	Reactivated   int64 `json:"reactivated"`
	Lost          int64 `json:"lost"`
	Closing       int64 `json:"closing"`
	LostOfOpening int64 `json:"lost_of_opening"` // customers active at opening and not at closing
	CameAndLeft   int64 `json:"came_and_left"`   // customers active at neither end who were active between
}

// Measure says what value is counted in.
type Measure struct {
	Name string `json:"name"` // net_revenue
	Days int    `json:"days"` // length of the trailing window
}

// Value is the value movement between the two ends of a period.
// Opening + New + Reactivated + Expanded − Contracted − Lost = Closing.
type Value struct {
	Measure     Measure `json:"measure"`
	Opening     Money   `json:"opening"`
	New         Money   `json:"new"`
	Reactivated Money   `json:"reactivated"`
	Expanded    Money   `json:"expanded"`
	Contracted  Money   `json:"contracted"`
	Lost        Money   `json:"lost"`
	Closing     Money   `json:"closing"`
}

// Kept gives gross and net revenue retention, nil where nothing was there to be kept:
// (opening − contracted − lost) ÷ opening, at most 1, and the same with what expanded.
func (v Value) Kept() (grr, nrr *float64) {
	if v.Opening.Sign() <= 0 {
		return nil, nil
	}
	opening, kept := v.Opening.Float64(), v.Opening.Sub(v.Contracted).Sub(v.Lost)
	return new(min(1, kept.Float64()/opening)), new(kept.Add(v.Expanded).Float64() / opening)
}

// Revenue is what was sold in the period. Net = Gross − Refunds; Unattributed is
// the part of Net that names no customer.
type Revenue struct {
	Gross        Money `json:"gross"`
	Refunds      Money `json:"refunds"`
	Net          Money `json:"net"`
	Unattributed Money `json:"unattributed"`
	Orders       int64 `json:"orders"`
	Lines        int64 `json:"lines"`
}

// Rates follow the opening cohort. A nil rate cannot be told; Why says for what reason.
type Rates struct {
	Churn        *float64          `json:"churn"`
	Retention    *float64          `json:"retention"`
	Reactivation *float64          `json:"reactivation"`
	GRR          *float64          `json:"grr"`
	NRR          *float64          `json:"nrr"`
	Why          map[string]string `json:"why"`
}

// UnknownReason is the line of head events for which no reason was given.
const UnknownReason = "unknown"

// Names of segments for customers without the attribute and lines without a customer.
const (
	UnknownSegment    = "(unknown)"
	NoCustomerSegment = "(no customer)"
)

// ReasonLine is the head events, and their money, that share one reason.
type ReasonLine struct {
	Reason    string `json:"reason"`
	Customers int64  `json:"customers"`
	Value     Money  `json:"value"`
	Recurring *Money `json:"recurring,omitempty"` // contracts: recurring amount a month; nil for order business
}

// Money is what the reason moved: recurring amounts where nothing else did.
func (l ReasonLine) Money() Money {
	if l.Recurring != nil && l.Value.Sign() == 0 {
		return *l.Recurring
	}
	return l.Value
}

// ReasonLines are the reasons for coming (new and reactivated) and for leaving.
type ReasonLines struct {
	In  []ReasonLine `json:"in"`
	Out []ReasonLine `json:"out"`
}

// TieOut is what proves the value movement against the ledger:
// Closing + Inactive + Unattributed = Window, all over (to − L, to].
type TieOut struct {
	Inactive     Money `json:"inactive"`     // net amount of customers who are not active at closing
	Unattributed Money `json:"unattributed"` // net amount without a customer
	Window       Money `json:"window"`       // net amount of all lines
}

// Movement is everything that a period's records say exactly, for the company or one segment.
type Movement struct {
	Heads            Heads
	Value            Value
	Recurring        *Value // contracts: recurring amount a month; nil for order business
	Revenue          Revenue
	Reasons          ReasonLines
	TieOut           TieOut
	LapsedAtOpening  int64 // customers once active, not active at opening
	ReactivatedStock int64 // of those, active at closing
}

// Estimate is a money estimate with its 95 % interval.
type Estimate struct {
	Estimate Money `json:"estimate"`
	Low      Money `json:"low"`
	High     Money `json:"high"`
}

// Equity is the worth of every customer ever acquired, discounted, at margin.
type Equity struct {
	HorizonYears int `json:"horizon_years"`
	Estimate
	Tail        Estimate     `json:"tail"`         // beyond the horizon
	PerCustomer Money        `json:"per_customer"` // over customers scored
	Scored      int64        `json:"customers_scored"`
	Moved       *EquityMoved `json:"moved,omitempty"`
}

// EquityMoved splits the change of equity over the period by what happened to
// each customer, both ends valued with the closing model.
// Opening + New + Reactivated + Stayed + Lost + Lapsed = Closing.
type EquityMoved struct {
	Opening     Money `json:"opening"`
	New         Money `json:"new"`         // first purchase in the period
	Reactivated Money `json:"reactivated"` // not active at opening, active at closing
	Stayed      Money `json:"stayed"`      // change in those active at both ends
	Lost        Money `json:"lost"`        // change in those active at opening only
	Lapsed      Money `json:"lapsed"`      // change in those active at neither end
	Closing     Money `json:"closing"`
	CameWorth   Worth `json:"came_worth"` // new, at closing
	BackWorth   Worth `json:"back_worth"` // reactivated, at closing
	LostWorth   Worth `json:"lost_worth"` // lost, at opening
}

// Worth is how many customers, and what they are worth together.
type Worth struct {
	Customers int64 `json:"customers"`
	Together  Money `json:"together"`
}

// ModelReport says which model valued the customers and whether to trust it.
type ModelReport struct {
	Name           string                        `json:"name"`
	Run            string                        `json:"run"`             // names the saved model run
	Parameters     map[string]map[string]float64 `json:"parameters"`      // model → parameter → value
	StandardErrors map[string]map[string]float64 `json:"standard_errors"` // the same shape
	LogLikelihood  *float64                      `json:"log_likelihood"`
	Customers      int64                         `json:"customers"`
	Cells          int64                         `json:"cells"`
	Converged      bool                          `json:"converged"`
	Refused        string                        `json:"refused,omitempty"` // why there is no equity, with what to do
	Holdout        *Holdout                      `json:"holdout"`
	Trust          TrustVerdict                  `json:"trust,omitempty"` // whether to rely on it; "" if nobody judged
	Warnings       []string                      `json:"warnings"`
}

// Holdout is how a model that had not seen the last part of the records foretold
// it, in repeat purchases counted as customer-days.
type Holdout struct {
	CalibratedTo Date          `json:"calibrated_to"`
	To           Date          `json:"to"`
	Customers    int64         `json:"customers"`
	Actual       int64         `json:"actual"`
	Expected     float64       `json:"expected"`
	Bias         float64       `json:"bias"` // expected ÷ actual − 1
	MAE          float64       `json:"mae"`  // per customer
	RMSE         float64       `json:"rmse"`
	Weeks        []HoldoutWeek `json:"weeks"`
	Verdict      string        `json:"verdict"` // in plain words
}

// HoldoutWeek is one point of the tracking chart; Low and High are a 95 %
// band for the week's total.
type HoldoutWeek struct {
	Week     Date    `json:"week"` // its first day
	Actual   int64   `json:"actual"`
	Expected float64 `json:"expected"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	HeldOut  bool    `json:"held_out"`
}

// Coverage says whether the records reach far enough for the two ends of a period.
type Coverage struct {
	OpeningCovered bool   `json:"opening_covered"`
	ClosingCovered bool   `json:"closing_covered"`
	Why            string `json:"why,omitempty"`
}

// DataReport says which records made a figure.
type DataReport struct {
	Imports       []ImportRef `json:"imports"`
	LoadedAt      *time.Time  `json:"loaded_at"`
	FirstDay      *Date       `json:"first_day"`
	LastDay       *Date       `json:"last_day"`
	PartialPeriod Coverage    `json:"partial_period"`
	RejectedRows  int64       `json:"rejected_rows"`
}

// ImportRef names one accepted file.
type ImportRef struct {
	Sequence int64     `json:"sequence"`
	Name     string    `json:"name"`
	SHA256   string    `json:"sha256"`
	Kind     Kind      `json:"kind"`
	Source   string    `json:"source"`
	Rows     int64     `json:"rows"` // rows read
	Rejected int64     `json:"rejected"`
	State    string    `json:"state"` // LoadedState, or "kept, not loaded"
	At       time.Time `json:"at"`
}

// LastImport is the day of the last import, in the book's time zone: what records date later
// was foretold. 0 if there is none. Errors are those of Zone.
func (s Settings) LastImport(imports []ImportRef) (day Date, err error) {
	zone, err := s.Zone()
	if err != nil {
		return 0, err
	}
	for _, i := range imports {
		day = max(day, DateOf(i.At.In(zone)))
	}
	return day, nil
}

// LoadedState is the State of an import whose rows are in the records.
const LoadedState = "loaded"

// Statement is a company's customers as an asset over one period. A segment's
// statement has the same shape with Segment set, and no Data and no Segments.
type Statement struct {
	Segment    string       `json:"segment,omitempty"`
	Attribute  string       `json:"attribute,omitempty"` // what the segments are by
	Currency   string       `json:"currency"`
	From       Date         `json:"from"`
	To         Date         `json:"to"`
	Definition Definition   `json:"definition"`
	Customers  Heads        `json:"customers"`
	Value      Value        `json:"value"`
	Recurring  *Value       `json:"recurring,omitempty"`
	Revenue    Revenue      `json:"revenue"`
	TieOut     TieOut       `json:"tie_out"`
	Rates      Rates        `json:"rates"`
	Reasons    ReasonLines  `json:"reasons"`
	Equity     *Equity      `json:"equity"`          // by orders
	Worth      *BookWorth   `json:"worth,omitempty"` // by orders and contracts; nil: there are no contracts, and of segments
	Model      *ModelReport `json:"model"`
	Data       *DataReport  `json:"data,omitempty"`
	Segments   []Statement  `json:"segments,omitzero"`
	Hidden     *Hidden      `json:"hidden,omitempty"` // segments that are not for who asked
}

// CustomerRow is one customer as of a day. Estimates are nil where the model is refused.
type CustomerRow struct {
	Customer    string   `json:"customer"`
	Orders      int64    `json:"orders"`       // purchase orders up to the day
	RecencyDays int      `json:"recency_days"` // from the first purchase to the last
	AgeDays     int      `json:"age_days"`     // from the first purchase to the day
	Value       Money    `json:"value"`        // by the definition's measure: 0 unless active
	PAlive      *float64 `json:"p_alive"`
	Expected    *float64 `json:"expected_orders_365d"` // purchase days in the next 365 days
	CLV         *Money   `json:"clv"`                  // five years, discounted, at margin
	Low         *Money   `json:"low"`                  // 95 % interval of clv from the uncertainty of the parameters
	High        *Money   `json:"high"`
}
