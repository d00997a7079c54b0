package clientele

import "fmt"

// Acquisition is what it brings to win customers: those won so far by quarter and by
// channel, and those still to be won.
type Acquisition struct {
	AsOf     Date             `json:"as_of"`
	Currency string           `json:"currency"`
	Quarters []AcquiredCohort `json:"quarters"` // by calendar quarter of first purchase, oldest first
	Channels []AcquiredCohort `json:"channels"` // those won in the 365 days up to AsOf, by acquisition channel; the most first
	Future   *FutureCustomers `json:"future"`   // nil: Why says why
	Why      string           `json:"why,omitempty"`
	Refused  string           `json:"refused,omitempty"` // why nobody can be valued; then Worth is 0
	Warnings []string         `json:"warnings"`
	Hidden   *Hidden          `json:"hidden,omitempty"` // channels that are not for who asked
}

// AcquiredCohort is customers who were won together. Earned is their margin so far, Worth
// what is to come over five years; Costed is how many of them have a known cost, and Cost
// what these cost together.
type AcquiredCohort struct {
	Name      string   `json:"name"`
	From      *Date    `json:"from,omitempty"` // first day of the quarter
	Customers int64    `json:"customers"`
	Earned    Money    `json:"earned"`
	Worth     Money    `json:"worth"`
	Costed    int64    `json:"costed"`
	Cost      Money    `json:"cost"`
	Each      *float64 `json:"each"`      // earned and to come of one customer; nil of nobody
	CostEach  *float64 `json:"cost_each"` // of one whose cost is known; nil: none is
	Return    *float64 `json:"return"`    // Each ÷ CostEach
}

// FutureCustomers are the customers still to be won over the next five years, at the rate
// of the last one, and what they are worth within these five years.
type FutureCustomers struct {
	Years    []FutureYear `json:"years"`
	Each     Estimate     `json:"each"`      // of one won today, the first purchase included, over five years
	CostEach *Money       `json:"cost_each"` // mean of those won in the last year whose cost is known; nil: not known
	Worth    Estimate     `json:"worth"`     // before cost, discounted
	Net      *Estimate    `json:"net"`       // less cost; nil: cost is not known
	Basis    string       `json:"basis"`     // in words
}

// FutureYear is the customers expected in one year from the as-of date.
type FutureYear struct {
	Year      int     `json:"year"` // 1 … 5
	Customers float64 `json:"customers"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// Headline answers whether growth is still worth buying: by the last quarter of whose
// customers the cost is known, beside the quarters before it.
func (a Acquisition) Headline() string {
	var known []AcquiredCohort
	for _, c := range a.Quarters {
		if c.Return != nil {
			known = append(known, c)
		}
	}
	if len(known) == 0 {
		return "Whether growth is worth buying cannot be told: what customers cost is not known. Import acquisition_cost with the customers."
	}
	last := known[len(known)-1]
	verdict := "pays"
	if *last.Return < 1 {
		verdict = "no longer pays"
	}
	out := fmt.Sprintf("Buying growth %s: a customer won in %s brings %.1f times what one cost", verdict, last.Name, *last.Return)
	if len(known) > 4 {
		before := known[len(known)-5]
		switch change := *last.Return / *before.Return; {
		case change < 0.9:
			out += fmt.Sprintf(", less than the %.1f times of %s", *before.Return, before.Name)
		case change > 1.1:
			out += fmt.Sprintf(", more than the %.1f times of %s", *before.Return, before.Name)
		default:
			out += ", about as a year before"
		}
	}
	return out + "."
}
