package btyd

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

// Pattern is the customers who share the values of the covariates.
type Pattern struct {
	Z     []float64 // values, in the order of the covariates' names
	Cells []Cell
}

// CovariateParetoNBD is the Pareto/NBD with covariates that do not change over
// time, on both processes (Fader and Hardie, Incorporating time-invariant
// covariates into the Pareto/NBD and BG/NBD models, 2007): customers with the
// values z are Pareto/NBD with α·e^−γ₁'z and β·e^−γ₂'z, so that a covariate higher
// by one multiplies everyone's rate of buying by e^γ₁ and that of leaving by e^γ₂.
type CovariateParetoNBD struct {
	Base    ParetoNBD // of customers whose covariates are all 0
	Buying  []float64 // γ₁
	Leaving []float64 // γ₂
}

// Of gives the model of the customers with the values z.
func (p CovariateParetoNBD) Of(z []float64) ParetoNBD {
	out := p.Base
	out.Alpha *= math.Exp(-product(p.Buying, z))
	out.Beta *= math.Exp(-product(p.Leaving, z))
	return out
}

func product(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// covariateParetoNBD reads θ: r, α, s, β, then e^γ₁ and e^γ₂.
func covariateParetoNBD(theta []float64) CovariateParetoNBD {
	logs := make([]float64, len(theta)-4)
	for i := range logs {
		logs[i] = math.Log(theta[4+i])
	}
	half := len(logs) / 2
	return CovariateParetoNBD{Base: paretoNBD(theta[:4]), Buying: logs[:half], Leaving: logs[half:]}
}

// CovariateFit is an accepted fit. The embedded Estimate has r, alpha, s and beta,
// of customers whose covariates are all 0, then for every covariate the ratio e^γ
// of the rates of buying ("buying:name") and of leaving ("leaving:name"): 1 if it
// makes no difference. CovLog is then the covariance of the γ themselves.
type CovariateFit struct {
	Params CovariateParetoNBD
	*fit.Estimate
	Cells     int     // distinct histories, pattern by pattern
	Repeaters float64 // customers with a repeat purchase; Weight is all customers
}

// Of gives the fit of the customers with the values z, of those that were fitted or
// any others: it scores and values them as any fit does. Its parameters depend on
// z, log-linearly, and so does their covariance; log-likelihood, weight, counts and
// diagnostics are those of all customers.
func (f *CovariateFit) Of(z []float64) *ParetoNBDFit {
	p := f.Params.Of(z)
	e := &fit.Estimate{
		Model: paretoName, Names: paretoNames, Theta: []float64{p.R, p.Alpha, p.S, p.Beta},
		SE: make([]float64, 4), CovLog: make([][]float64, 4),
		LogLikelihood: f.LogLikelihood, Weight: f.Weight, Diagnostics: f.Diagnostics,
	}
	j := shifts(z)
	for a := range 4 {
		e.CovLog[a] = make([]float64, 4)
		for b := range 4 {
			for i, v := range j[a] {
				e.CovLog[a][b] += v * product(f.CovLog[i], j[b])
			}
		}
		e.SE[a] = e.Theta[a] * math.Sqrt(e.CovLog[a][a])
	}
	return &ParetoNBDFit{Params: p, Estimate: e, Cells: f.Cells, Repeaters: f.Repeaters}
}

var paretoNames = []string{"r", "alpha", "s", "beta"}

// shifts are the derivatives of ln r, ln α, ln s and ln β of customers with the
// values z by the logarithms of θ.
func shifts(z []float64) [4][]float64 {
	var out [4][]float64
	for i := range out {
		out[i] = make([]float64, 4+2*len(z))
		out[i][i] = 1
	}
	for k, v := range z {
		out[1][4+k], out[3][4+len(z)+k] = -v, -v
	}
	return out
}
