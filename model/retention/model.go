package retention

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

// Model is what every model of this package says of a contract.
type Model interface {
	// LogSurvival returns ln S(t) for t ≥ 0, NaN outside the domain.
	LogSurvival(t float64) float64
	// Remaining returns Σ S(t+k)/S(t)·(1+d)^−k over k = 0, 1, 2, … : the discounted
	// periods that a customer who has just passed renewal t is expected to stay,
	// the one that begins included. It is +Inf where the sum has no end.
	Remaining(t, d float64) float64
}

// Survival returns S(t), the share of customers that passes t renewals.
func Survival(m Model, t float64) float64 { return math.Exp(m.LogSurvival(t)) }

// Rate returns the retention rate of renewal t ≥ 1, S(t)/S(t−1).
func Rate(m Model, t float64) float64 { return math.Exp(m.LogSurvival(t) - m.LogSurvival(t-1)) }

// ExpectedTenure returns the mean number of periods, the first included, that a
// new customer stays: +Inf where some stay so long that there is none. For its
// part within a horizon see ExpectedWithin.
func ExpectedTenure(m Model) float64 { return m.Remaining(0, 0) }

// ExpectedWithin returns the periods expected of a new customer among the first
// ones: Σ S(t), t = 0 … periods−1. Its effort grows with periods.
func ExpectedWithin(m Model, periods int) float64 {
	sum := 0.0
	for t := range periods {
		sum += Survival(m, float64(t))
	}
	return sum
}

// DEL returns the discounted expected lifetime of a customer about to be won, in
// periods paid in advance: Σ S(t)/(1+d)^t from t = 0 on (Fader and Hardie,
// Marketing Science 29, 2010).
func DEL(m Model, d float64) float64 { return m.Remaining(0, d) }

// DERL returns the discounted expected residual lifetime of a customer in period
// n ≥ 1, n−1 renewals behind it, just before the next renewal is decided:
// Σ S(t)/S(n−1)·(1+d)^−(t−n) from t = n on (ibid.).
func DERL(m Model, n, d float64) float64 { return Rate(m, n) * m.Remaining(n, d) }

// Fit is an accepted fit: the parameters, and how sure they are (the embedded
// Estimate; Weight counts customers).
type Fit[M Model] struct {
	Params M
	*fit.Estimate
	Leavers float64
}

// discount gives 1/(1+d), NaN for a rate below 0 or not finite.
func discount(d float64) float64 {
	if !(d >= 0) || math.IsInf(d, 1) {
		return math.NaN()
	}
	return 1 / (1 + d)
}
