package clientele

// ContractReport is a company's contracts as of the close of a day. Subscriptions of one
// customer that follow each other within the grace are one contract, with the plan and the
// recurring period that it began with; a customer who comes back later begins another.
type ContractReport struct {
	Currency     string           `json:"currency"`
	AsOf         Date             `json:"as_of"`
	Definition   Definition       `json:"definition"`
	DiscountRate float64          `json:"discount_rate"` // per year
	Margin       float64          `json:"margin"`
	All          ContractGroup    `json:"all"`
	Plans        []ContractGroup  `json:"plans"`   // by the plan that a contract began with
	Cohorts      []ContractGroup  `json:"cohorts"` // by year of the start; survival alone
	Renewals     []RenewalMonth   `json:"renewals"`
	Year         *RecurringChange `json:"year,omitempty"` // the twelve months up to AsOf
	Warnings     []string         `json:"warnings"`
	Hidden       *Hidden          `json:"hidden,omitempty"` // plans that are not for who asked
}

// ContractGroup is the contracts of one plan, of one cohort, or all.
type ContractGroup struct {
	Name      string          `json:"name,omitempty"`
	Contracts int64           `json:"contracts"` // that had begun
	Active    int64           `json:"active"`
	Ended     int64           `json:"ended"`
	LateEntry int64           `json:"late_entry"`        // known of from some time after their start only
	Recurring Money           `json:"recurring"`         // of the active, a month
	Unpriced  int64           `json:"unpriced"`          // active, with an amount that is unknown and counts as 0
	Survival  []SurvivalStep  `json:"survival"`          // by month
	Median    *int            `json:"median_months"`     // nil: fewer than half have left
	Models    []ContractModel `json:"models,omitempty"`  // one a recurring period
	Equity    *ContractEquity `json:"equity"`            // nil where Refused, and of cohorts
	Refused   string          `json:"refused,omitempty"` // why there is no equity, with what to do
}

// SurvivalStep is the share of contracts that run longer than so many months (Kaplan–Meier,
// those that are known of late at risk from then on), with its 95 % interval.
type SurvivalStep struct {
	Month    int     `json:"month"`
	AtRisk   int64   `json:"at_risk"`
	Left     int64   `json:"left"`
	Survival float64 `json:"survival"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// ContractModel is what foretells renewals: one recurring period is its unit of time.
type ContractModel struct {
	Period         string             `json:"period"` // day, week, month, quarter or year
	Name           string             `json:"name"`
	OfAll          bool               `json:"of_all"` // fitted to all plans, for this one alone did not do
	Parameters     map[string]float64 `json:"parameters"`
	StandardErrors map[string]float64 `json:"standard_errors"`
	LogLikelihood  *float64           `json:"log_likelihood"`
	Contracts      int64              `json:"contracts"`
	Ended          int64              `json:"ended"`
	Tenure         *float64           `json:"expected_tenure_5y"` // months that a new contract is expected to run of its first 60
	Refused        string             `json:"refused,omitempty"`  // why there is none, with what to do
}

// ContractEquity is what running contracts are worth: discounted expected residual lifetime ×
// recurring amount × margin, just before the next renewal, which may not come. Contracts of
// which it is told that they end are worth nothing more.
type ContractEquity struct {
	HorizonYears int   `json:"horizon_years"`
	Contracts    int64 `json:"contracts"` // valued; those told to end among them
	Estimate
	Tail Estimate `json:"tail"` // beyond the horizon
}

// RenewalMonth is the renewals that fall due in a month.
type RenewalMonth struct {
	Month     Date     `json:"month"` // its first day
	Due       int64    `json:"due"`
	Recurring Money    `json:"recurring"`        // of those, a month
	Expected  *float64 `json:"expected_renewed"` // of those, by the models; nil: cannot be told for all
	Ending    int64    `json:"ending"`           // beside those, told to end
	Lost      Money    `json:"recurring_lost"`   // of the ending, a month
}

// RecurringChange is the movement of recurring amounts over twelve months.
type RecurringChange struct {
	Period Period   `json:"period"`
	Value  Value    `json:"value"`
	GRR    *float64 `json:"grr"` // nil: nothing recurred at opening
	NRR    *float64 `json:"nrr"`
}

// Longer is the share that runs longer than so many months; ok is false where nobody was
// seen to leave so late, so that it cannot be told.
func (g ContractGroup) Longer(months int) (share float64, ok bool) {
	share = 1
	for _, s := range g.Survival {
		if s.Month <= months {
			share = s.Survival
		}
		ok = ok || s.Month >= months
	}
	return share, ok
}
