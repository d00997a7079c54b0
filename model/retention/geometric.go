package retention

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

// Geometric is one retention rate for all customers at every renewal, between 0
// and 1. It is what a churn rate turned into a lifetime amounts to, and it
// undervalues customers who differ.
type Geometric struct {
	Retention float64
}

// LogSurvival returns t·ln r.
func (p Geometric) LogSurvival(t float64) float64 {
	if !(p.Retention > 0 && p.Retention < 1 && t >= 0) {
		return math.NaN()
	}
	return t * math.Log(p.Retention)
}

// Remaining returns (1+d)/(1+d−r), whatever the tenure.
func (p Geometric) Remaining(t, d float64) float64 {
	if math.IsNaN(p.LogSurvival(t)) {
		return math.NaN()
	}
	return 1 / (1 - p.Retention*discount(d))
}

// FitGeometric fits cells by maximum likelihood; the estimate is of the odds
// r/(1−r). The error is a *fit.Refusal.
func FitGeometric(cells []Cell) (*Fit[Geometric], error) {
	const name = "one constant retention rate"
	d, err := collect(name, cells)
	if err != nil {
		return nil, err
	}
	odds := d.renewals / d.leavers
	e, err := fit.Maximise(fit.Problem{
		Model: name, Names: []string{"odds"}, Weight: d.weight,
		LogLikelihood: func(x, grad []float64) float64 {
			stay, leave := 1/(1+math.Exp(-x[0])), 1/(1+math.Exp(x[0]))
			grad[0] = d.renewals*leave - d.leavers*stay
			return -d.renewals*math.Log1p(math.Exp(-x[0])) - d.leavers*math.Log1p(math.Exp(x[0]))
		},
	}, fit.Options{Starts: [][]float64{{odds}}})
	if err != nil {
		return nil, err
	}
	return &Fit[Geometric]{Params: Geometric{e.Theta[0] / (1 + e.Theta[0])}, Estimate: e, Leavers: d.leavers}, nil
}
