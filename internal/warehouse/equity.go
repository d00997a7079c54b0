package warehouse

import "github.com/clientele/clientele"

// OpeningScore is what the opening's model expects of every customer of a cell of the
// opening, in purchases, discounted but for Cash.
type OpeningScore struct {
	X, Tx, T int32
	LogStays float64 // ln of the probability of being a customer at the closing; −Inf if there is none
	Period   float64 // up to the closing
	Cash     float64 // up to the closing, not discounted
}

// ClosingScore is what the opening's model says of every customer of a cell of the closing.
type ClosingScore struct {
	X, Tx, T int32
	LogAlive float64 // ln P(alive); −Inf if there is none
}

// EquityHorizon is the discounted purchases of every customer of each cell that count by
// one horizon.
type EquityHorizon struct {
	Within  []float64 // of OpeningCells, by the opening's model: up to the horizon
	Moved   []float64 // the same, up to the horizon moved on by the period
	Old     []float64 // of ClosingCells, up to the horizon: by the opening's model
	Current []float64 // the same, by the closing's
}

// SpendPair is the expected spend per purchase of a customer with XG paid repeat days
// that sum to spend, Base + Slope × spend, by the models of both ends.
type SpendPair struct {
	XG                        int32
	OldBase, OldSlope         float64
	CurrentBase, CurrentSlope float64
}

// EquityLine is a line of an equity movement, by its place in the JSON of one:
// opening, unwinding, expected_release, window, experience.total, experience.survival,
// experience.activity, experience.spend, new_customers, assumption_change, closing.
type EquityLine string

// EquityLines lists them in the order of the movement.
func EquityLines() []EquityLine {
	return []EquityLine{
		"opening", "unwinding", "expected_release", "window", "experience.total", "experience.survival",
		"experience.activity", "experience.spend", "new_customers", "assumption_change", "closing",
	}
}

// EquityQuery asks for the equity movement between the closes of two days, by one horizon
// or several. A customer's lines, with m Margin, g Growth and spend by the opening's model unless said otherwise:
//
//	opening            m·spend0·Within
//	unwinding          opening·(g − 1)
//	expected_release   −g·m·spend0·Period
//	window             g·m·spend0·(Moved − Within)
//	experience.total   m·spend1·Old − g·m·spend0·(Moved − Period), of customers of the opening
//	new_customers      m·spend1·Old, of those who first bought later
//	assumption_change  closing − m·spend1·Old
//	closing            m·spend1·Current, spend by the closing's model
//
// Experience is shared out by the logarithmic mean of its two ends: survival by LogAlive
// less LogStays, spend by ln of spend, activity what is left; where an end is 0, survival
// takes all if nobody is left, else activity.
type EquityQuery struct {
	Opening, Closing clientele.Date
	By               string // attribute; "" for the total only
	OpeningCells     []OpeningScore
	ClosingCells     []ClosingScore
	Horizons         []EquityHorizon // at least one
	Spend            []SpendPair
	Margin, Growth   float64
	Sample           int         // most pairs to return; 0: none
	Page             *EquityPage // rows behind a line by the first horizon; nil: none
}

// EquityPage asks for the customers behind a line, those who move it most first.
type EquityPage struct {
	Line    EquityLine
	Segment string // of By; "" for the total
	Offset  int64
	Limit   int // at most 1000
}

// EquitySums are sums over customers, exact to twelve decimals of each one's.
type EquitySums struct {
	Segment   string // "" if not asked for
	Customers int64
	Lines     map[EquityLine]float64
	Squares   float64 // Σ experience.total²
	Cash      float64 // expected margin, not discounted
	Worst     float64 // of one customer: what the lines fail to add up by, over Σ |line|
}

// EquityCohort is the customers who first bought in a month after the opening.
type EquityCohort struct {
	Month     clientele.Date // its first day
	Customers int64
	Worth     float64 // new_customers
}

// EquityPair is one customer's histories at both ends, of a sample of all.
type EquityPair struct {
	New              bool // then the opening's are 0
	X0, Tx0, T0, XG0 int32
	X1, Tx1, T1, XG1 int32
	Spend0, Spend1   float64
}

// EquityRow is one customer of a page.
type EquityRow struct {
	Customer string          `json:"customer"`
	FirstDay clientele.Date  `json:"first_day"`
	Opening  clientele.Money `json:"opening"`
	Closing  clientele.Money `json:"closing"`
	Amount   clientele.Money `json:"amount"` // what the customer adds to the line
}

// EquityMoved is the answer to an EquityQuery.
type EquityMoved struct {
	Horizons []EquityTotals  // one for each of the query's
	Actual   clientele.Money // net amount, in the period, of the customers of the opening
	Pairs    []EquityPair
	Rows     []EquityRow
	Count    int64           // rows over all pages
	Amount   clientele.Money // and what they come to
}

// EquityTotals are what a movement comes to by one horizon.
type EquityTotals struct {
	Sums    []EquitySums   // by segment
	Cohorts []EquityCohort // by month
}
