package retention

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

// FitSBG fits cells by maximum likelihood. The error is a *fit.Refusal: BadInput,
// TooFew, Limit with the simpler model's name, Flat, NotConverged or NotFinite.
func FitSBG(cells []Cell) (*Fit[SBG], error) {
	starts := [][]float64{{0.7, 3}, {1, 1}, {3, 10}, {0.2, 0.5}, {1, 30}}
	d, e, err := maximise("shifted-beta-geometric", []string{"alpha", "beta"}, cells, starts)
	if err != nil {
		return nil, err
	}
	return &Fit[SBG]{Params: SBG{e.Theta[0], e.Theta[1]}, Estimate: e, Leavers: d.leavers}, nil
}

// FitBDW fits cells by maximum likelihood. The error is a *fit.Refusal as for
// FitSBG. It needs three renewals at least, and many more customers than SBG.
func FitBDW(cells []Cell) (*Fit[BDW], error) {
	starts := [][]float64{{0.7, 3, 1}, {0.3, 2, 1.5}, {2, 5, 0.7}, {1, 1, 1}, {5, 40, 1.2}}
	d, e, err := maximise("beta-discrete-Weibull", []string{"alpha", "beta", "c"}, cells, starts)
	if err != nil {
		return nil, err
	}
	return &Fit[BDW]{Params: BDW{e.Theta[0], e.Theta[1], e.Theta[2]}, Estimate: e, Leavers: d.leavers}, nil
}

// maximise fits α, β and, where named, c.
func maximise(model string, names []string, cells []Cell, starts [][]float64) (*tenures, *fit.Estimate, error) {
	d, err := collect(model, cells)
	if err != nil {
		return nil, nil, err
	}
	e, err := fit.Maximise(d.problem(model, names), fit.Options{Starts: starts, NameLimit: nameLimit})
	return d, e, err
}

// problem is the likelihood in ln θ.
func (d *tenures) problem(model string, names []string) fit.Problem {
	return fit.Problem{
		Model: model, Names: names, Weight: d.weight,
		LogLikelihood: func(x, grad []float64) float64 {
			theta := [3]float64{1, 1, 1}
			for i, v := range x {
				theta[i] = math.Exp(v)
			}
			l, by := betaDiscrete{theta[0], theta[1], theta[2]}.logLikelihood(d)
			for i := range grad {
				grad[i] = by[i] * theta[i]
			}
			return l
		},
	}
}

// nameLimit names the model at the edge that ln θ heads for.
func nameLimit(x []float64) (limit, message, hint string) {
	const far = fit.MaxLogParameter / 2
	alpha, beta := x[0], x[1]
	switch {
	case alpha > far && beta > far && len(x) == 2:
		return "one constant retention rate (geometric)", "The data do not show that customers differ in how readily they leave.",
			"Use the constant rate, or a longer record."
	case alpha > far && beta > far:
		return "discrete Weibull without differences between customers", "The data do not show that customers differ in how readily they leave.",
			"Use a longer record, or the shifted-beta-geometric."
	case alpha < -far:
		return "customers who never leave beside those who leave at once", "A share of the customers seems to stay for ever.",
			"Use a longer record, or look at those who left at the first renewal apart."
	default:
		return "a limit of the beta-discrete-Weibull", "The likelihood has no maximum inside the model: it rises towards the edge.",
			"Use a longer record, more customers, or a simpler model."
	}
}
