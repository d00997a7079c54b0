package clientele

// ContractBase is a base of contracts as of a day: how long customers stay, and what those
// there are worth.
type ContractBase struct {
	AsOf     Date            `json:"as_of"`
	Currency string          `json:"currency"`
	Total    ContractPlan    `json:"total"` // all plans; its model is of all of them
	Plans    []ContractPlan  `json:"plans"` // the most customers first
	Cohorts  []StartedCohort `json:"cohorts"`
	Renewals []Renewals      `json:"renewals"` // contracts with an end to come, by the month in which they end
	Warnings []string        `json:"warnings"`
}

// ContractPlan is the customers of one plan. A customer's time is that under contract
// without a gap longer than the grace days; the plan is the last one.
type ContractPlan struct {
	Plan           string             `json:"plan"`
	Active         int64              `json:"active"`
	Lost           int64              `json:"lost"`
	Recurring      Money              `json:"recurring"` // a month, of those active
	Survival       []SurvivalPoint    `json:"survival"`  // Kaplan–Meier, by month
	Model          string             `json:"model"`     // "" if none could be fitted
	Parameters     map[string]float64 `json:"parameters"`
	ExpectedMonths *float64           `json:"expected_months"` // still to come within five years, mean of those active
	Equity         *Estimate          `json:"equity"`          // five years, at margin, discounted; nil: Refused says why
	Tail           *Money             `json:"tail"`            // beyond the five years; nil: no end, or not known
	Refused        string             `json:"refused,omitempty"`
}

// SurvivalPoint is the share of customers who stay longer than so many months.
type SurvivalPoint struct {
	Month    int     `json:"month"`
	AtRisk   float64 `json:"at_risk"`
	Survival float64 `json:"survival"`
	SE       float64 `json:"se"`
}

// StartedCohort is the customers whose time began in one calendar quarter.
type StartedCohort struct {
	Quarter Date  `json:"quarter"` // its first day
	Started int64 `json:"started"`
	Active  int64 `json:"active"`
}

// Renewals are the contracts that end in one month unless they are renewed.
type Renewals struct {
	Month     Date  `json:"month"` // its first day
	Contracts int64 `json:"contracts"`
	Recurring Money `json:"recurring"` // a month
}
