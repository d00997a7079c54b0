package clientele

import "time"

// ModelRun is everything that is known of one model of purchases as fitted as of a
// day: what was fitted, how it was chosen, what it was held against, and whether
// to trust it. Purchases are counted as days with a purchase, the first one left out.
type ModelRun struct {
	Run           string           `json:"run"` // names the saved run, as in a statement
	AsOf          Date             `json:"as_of"`
	Model         string           `json:"model"` // pareto_nbd, bg_nbd, mbg_nbd, bg_cnbd_k, mbg_cnbd_k or nbd; "" if refused
	Name          string           `json:"name"`  // for people: MBG/CNBD-k (k = 2) + Gamma-Gamma
	Customers     int64            `json:"customers"`
	Repeaters     int64            `json:"repeaters"` // customers with a repeat purchase
	Cells         int64            `json:"cells"`
	LogLikelihood *float64         `json:"log_likelihood"`
	Refused       string           `json:"refused,omitempty"` // why there is no model, with what to do
	Parameters    []ModelParameter `json:"parameters"`
	Intervals     string           `json:"intervals"` // how those of the parameters were made, in words
	Choice        *ModelChoice     `json:"choice"`    // nil: never compared, so the default is used
	Check         *ModelCheck      `json:"check"`     // nil: a warning says why
	// Frequency are the customers by repeat purchases up to the as-of date.
	Frequency []FrequencyCount `json:"frequency"`
	Trust     ModelTrust       `json:"trust"`
	Warnings  []string         `json:"warnings"`
}

// ModelParameter is one parameter with its 95 % interval. Time is in weeks.
type ModelParameter struct {
	Model    string   `json:"model"`   // pareto_nbd, gamma_gamma …
	Name     string   `json:"name"`    // alpha
	Meaning  string   `json:"meaning"` // in a few words
	Estimate float64  `json:"estimate"`
	SE       *float64 `json:"se"`   // nil of a parameter that was not estimated
	Low      *float64 `json:"low"`  // nil: without an end, or not known
	High     *float64 `json:"high"` // the same
}

// ModelChoice is which candidate foretells best, with the evidence. It is kept
// until the next comparison, and statements use its model.
type ModelChoice struct {
	Model      string           `json:"model"` // as in ModelRun
	K          int              `json:"k,omitempty"`
	Name       string           `json:"name"`
	At         time.Time        `json:"at"`
	AsOf       Date             `json:"as_of"`
	Scheme     string           `json:"scheme"`  // what was held out, in words
	Reasons    []string         `json:"reasons"` // sentences
	Origins    []ModelOrigin    `json:"origins"`
	Candidates []ModelCandidate `json:"candidates"` // best first, refused ones last
}

// ModelOrigin is one window that every candidate foretold: fitted up to
// CalibratedTo, held against the days after it up to To.
type ModelOrigin struct {
	CalibratedTo Date  `json:"calibrated_to"`
	To           Date  `json:"to"`
	Customers    int64 `json:"customers"`
	Actual       int64 `json:"actual"`
}

// CandidateVerdict is what became of a candidate.
type CandidateVerdict string

// The verdicts.
const (
	CandidateChosen  CandidateVerdict = "chosen"
	CandidateEqual   CandidateVerdict = "equal"   // its score is within chance of the best; another bias is smaller
	CandidateWorse   CandidateVerdict = "worse"   // its score is worse by more than chance
	CandidateFloor   CandidateVerdict = "floor"   // the NBD, in which nobody leaves: others are measured against it
	CandidateRefused CandidateVerdict = "refused" // it could not be fitted at some origin
)

// ModelCandidate is one candidate with its scores over all origins together. They
// are nil where it was refused.
type ModelCandidate struct {
	Model         string           `json:"model"`
	K             int              `json:"k,omitempty"`
	Name          string           `json:"name"`
	CRPS          *float64         `json:"crps"`   // per customer, in purchases: less is better
	Behind        *float64         `json:"behind"` // its CRPS less the best one's
	BehindSE      *float64         `json:"behind_se"`
	Bias          *float64         `json:"bias"` // expected ÷ actual − 1, of the total
	MAE           *float64         `json:"mae"`
	RMSE          *float64         `json:"rmse"`
	AUC           *float64         `json:"auc"`
	LogLikelihood *float64         `json:"log_likelihood"` // as of the choice's date; nil of regular models too, whose likelihood does not compare
	Verdict       CandidateVerdict `json:"verdict"`
	Words         string           `json:"words"` // the verdict in a sentence; why it was refused
}

// ModelCheck holds the model against days that its fit had not seen.
type ModelCheck struct {
	CalibratedTo Date     `json:"calibrated_to"`
	To           Date     `json:"to"`
	Refitted     bool     `json:"refitted"` // the fit checked is to the records up to CalibratedTo
	Customers    int64    `json:"customers"`
	Actual       int64    `json:"actual"`
	Expected     float64  `json:"expected"`
	Low          float64  `json:"low"` // 95 % interval of the total: chance and parameters
	High         float64  `json:"high"`
	Bias         float64  `json:"bias"` // expected ÷ actual − 1
	MAE          float64  `json:"mae"`  // per customer
	RMSE         float64  `json:"rmse"`
	AUC          *float64 `json:"auc"` // of who buys at all; nil where all do or none
	CRPS         float64  `json:"crps"`
	MAPE         *float64 `json:"mape"` // of the cumulative purchases at the ends of the held-out weeks

	Weekly      []HoldoutWeek    `json:"weekly"`
	Cumulative  []CumulativeWeek `json:"cumulative"`
	ByFrequency []FrequencyClass `json:"by_frequency"`
	Sets        []PredictiveSet  `json:"sets"`
	Cohorts     []CohortResidual `json:"cohorts"`
}

// CumulativeWeek is all repeat purchases from the start of the records to a week's end.
type CumulativeWeek struct {
	Week     Date    `json:"week"` // its first day
	Actual   int64   `json:"actual"`
	Expected float64 `json:"expected"`
	HeldOut  bool    `json:"held_out"`
}

// FrequencyCount is the customers with so many repeat purchases, and how many the
// model expects.
type FrequencyCount struct {
	Orders   int     `json:"orders"`
	OrMore   bool    `json:"or_more"`
	Actual   int64   `json:"actual"`
	Expected float64 `json:"expected"`
}

// FrequencyClass is the customers with so many repeat purchases in the calibration,
// and the purchases of one of them after it, on average.
type FrequencyClass struct {
	Orders    int     `json:"orders"`
	OrMore    bool    `json:"or_more"`
	Customers int64   `json:"customers"`
	Actual    float64 `json:"actual"`
	Expected  float64 `json:"expected"`
	// Where single customers are foretold badly: the probability that their 90 % sets
	// hold on average, and the share of them whose purchases lay in their set. Nil
	// where that was not counted.
	Held    *float64 `json:"held"`
	Covered *float64 `json:"covered"`
}

// PredictiveSet says how often the shortest set of counts of a nominal probability
// held what single customers bought.
type PredictiveSet struct {
	Nominal  float64 `json:"nominal"`
	Expected float64 `json:"expected"` // the probability that the sets hold: at least nominal, for counts are whole
	Covered  float64 `json:"covered"`
	Width    float64 `json:"width"` // mean of highest less lowest count
}

// CohortResidual is the customers who first bought in one span of days, and their
// purchases in the held-out days.
type CohortResidual struct {
	From      Date    `json:"from"`
	To        Date    `json:"to"`
	Customers int64   `json:"customers"`
	Actual    int64   `json:"actual"`
	Expected  float64 `json:"expected"`
	Z         float64 `json:"z"`       // standard errors that actual lies above expected
	FarOff    bool    `json:"far_off"` // more than chance explains
}

// TrustVerdict is whether to rely on a model.
type TrustVerdict string

// The verdicts.
const (
	Trusted   TrustVerdict = "trusted"   // totals can be relied on
	Fair      TrustVerdict = "fair"      // roughly right
	Unchecked TrustVerdict = "unchecked" // there is too little to check it against
	Rejected  TrustVerdict = "rejected"  // what came after contradicts it
	NoModel   TrustVerdict = "no_model"  // refused
)

// ModelTrust says in plain words whether to rely on the model, and what to do.
type ModelTrust struct {
	Verdict TrustVerdict `json:"verdict"`
	Words   string       `json:"words"` // one sentence
	Todo    []string     `json:"todo"`  // sentences; empty where there is nothing to do
}
