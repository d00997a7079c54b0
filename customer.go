package clientele

import "time"

// CustomerReport is what a book knows of one customer.
type CustomerReport struct {
	Customer   string            `json:"customer"`
	Attributes map[string]string `json:"attributes"`
	Moments    []CustomerMoment  `json:"moments"` // the latest first
	Count      int64             `json:"count"`   // moments in all
	Worth      []CustomerWorth   `json:"worth"`   // by day
	// WorthBy says by what the customer is worth something, and what cannot be told; WorthWhy why
	// nothing can.
	WorthBy  string            `json:"worth_by"`
	WorthWhy string            `json:"worth_why,omitempty"`
	Promises []CustomerPromise `json:"promises"`
	Standing []StandingPromise `json:"standing_promises"`
}

// CustomerMoment is something that happened with a customer. What is not known is empty or null.
type CustomerMoment struct {
	Kind       string     `json:"kind"`
	Day        Date       `json:"day"`
	At         *time.Time `json:"at"` // local
	Name       string     `json:"name"`
	Touchpoint string     `json:"touchpoint"`
	Outcome    string     `json:"outcome"`
	Problem    string     `json:"problem"`
	Promised   *time.Time `json:"promised"` // local
	Actual     *time.Time `json:"actual"`   // local
	Amount     *Money     `json:"amount"`
	Score      string     `json:"score"` // a decimal, on the scale from Low to High
	Low        string     `json:"scale_min"`
	High       string     `json:"scale_max"`
	Text       string     `json:"text"`
}

// CustomerWorth is what a customer was worth on a day, by what they had bought until then.
type CustomerWorth struct {
	Day    Date      `json:"day"`
	Bought bool      `json:"bought"` // anything until then; else there is no worth
	PAlive *float64  `json:"p_alive"`
	Worth  *Estimate `json:"worth"`
}

// CustomerPromise is what was promised to a customer, and whether it was kept.
type CustomerPromise struct {
	Touchpoint string     `json:"touchpoint"`
	Name       string     `json:"name"`
	Day        Date       `json:"day"`    // on which it was promised
	Due        time.Time  `json:"due"`    // local
	Actual     *time.Time `json:"actual"` // local; null: not yet, or unknown
	State      string     `json:"state"`  // open, kept or broken
}

// StandingPromise is what is promised to everybody at a touchpoint that the customer came to.
type StandingPromise struct {
	Touchpoint string `json:"touchpoint"`
	Promise    string `json:"promise"`
}
