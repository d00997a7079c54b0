package spend

import (
	"math"

	"github.com/clientele/clientele/model/fit"
)

const elasticName = "Gamma-Gamma with elasticity"

// FitElastic fits the alternative for where spend depends on frequency: the
// Gamma-Gamma with an elasticity, in two steps. The elasticity comes from the means
// by frequency alone, by quasi-likelihood (McCullagh and Nelder, Generalized Linear
// Models, 2nd ed. 1989, chapter 9; logarithmic link, variance as the square of the
// mean), with White's standard error (Econometrica 50, 1982): both hold whatever
// the shape of spend. The likelihood of the whole would take a wrong shape for
// dependence: on the CDNOW master file it says .17, the means .104 ± .012. Then come
// p, q and v, by maximum likelihood at that elasticity; CovLog has both steps in it,
// LogLikelihood and Diagnostics are those of the second.
//
// The fourth of the estimates is the doubling 2^Elasticity: the factor in spend per
// purchase between customers of whom one has twice the repeat days of the other,
// 1 if there is no dependence. The error is a *fit.Refusal as for FitGammaGamma;
// Identical also where everyone has one frequency.
func FitElastic(rows []Row, o Options) (*Fit, error) {
	d, err := collect(elasticName, rows)
	if err != nil {
		return nil, err
	}
	if err := d.refuseEarly(o); err != nil {
		return nil, err
	}
	if len(d.x) == 1 {
		return nil, &fit.Refusal{Reason: fit.Identical, Model: elasticName,
			Message: "All customers have the same number of repeat purchases, so how spend depends on it cannot be told.",
			Hint:    "Use the Gamma-Gamma without elasticity."}
	}
	elasticity, variance, err := d.elasticity()
	if err != nil {
		return nil, err
	}
	e, err := d.maximise(elasticity)
	if err != nil {
		return nil, err
	}
	d.join(e, elasticity, variance)
	return d.accept(e)
}

// elasticity is the power of frequency with which mean spend goes, and its variance.
func (d *data) elasticity() (estimate, variance float64, err error) {
	e, err := fit.Maximise(d.means(), fit.Options{Starts: [][]float64{{1, 1}}, NameLimit: func([]float64) (limit, message, hint string) {
		return "a spend of its own for every frequency", "Spend rises or falls with frequency faster than any power.",
			"Look for extreme amounts, or model the most frequent customers apart."
	}})
	if err != nil {
		return 0, 0, err
	}
	level, power := math.Log(e.Theta[0]), math.Log(e.Theta[1])
	return power, d.varianceOfPower(level, power, e.CovLog), nil
}

// means is the quasi-likelihood of mean spends by frequency.
func (d *data) means() fit.Problem {
	return fit.Problem{Model: elasticName, Names: []string{"level", "power"}, Weight: d.weight, LogLikelihood: d.quasi}
}

// varianceOfPower is White's, bread the inverse of the curvature.
func (d *data) varianceOfPower(level, power float64, bread [][]float64) float64 {
	variance := 0.0
	d.each(power, func(x, mean, n float64) {
		u := (mean*math.Exp(-level) - 1) * (bread[1][0] + bread[1][1]*logFrequency(x))
		variance += n * u * u
	})
	return variance
}

// varianceAt is the variance of an elasticity, at the level of spend that fits it best.
func (d *data) varianceAt(power float64) (float64, bool) {
	sum := 0.0
	d.each(power, func(_, mean, n float64) { sum += n * mean })
	level := math.Log(sum / d.weight)
	bread, ok := fit.CovarianceAt(d.means(), []float64{math.Exp(level), math.Exp(power)})
	if !ok {
		return 0, false
	}
	return d.varianceOfPower(level, power, bread), true
}

// quasi is the quasi-likelihood of mean spends under e^level·x^power.
func (d *data) quasi(x, grad []float64) float64 {
	clear(grad)
	sum := 0.0
	d.each(x[1], func(frequency, mean, n float64) {
		over := mean * math.Exp(-x[0])
		sum -= n * (over + x[0] + x[1]*logFrequency(frequency))
		grad[0] += n * (over - 1)
		grad[1] += n * (over - 1) * logFrequency(frequency)
	})
	return sum
}

// join adds the doubling to an estimate of p, q and v at an elasticity, and what
// its variance adds to theirs: their maximum moves with the elasticity by
// CovLog·∂(gradient)/∂elasticity.
func (d *data) join(e *fit.Estimate, elasticity, variance float64) {
	const h = 1e-5
	at := func(k float64) [3]float64 {
		_, grad := d.logLikelihood(GammaGamma{P: e.Theta[0], Q: e.Theta[1], V: e.Theta[2], Elasticity: k})
		return grad
	}
	up, down := at(elasticity+h), at(elasticity-h)
	moves := []float64{0, 0, 0, math.Ln2} // of the logarithms, by elasticity
	for i := range 3 {
		for j := range 3 {
			moves[i] += e.CovLog[i][j] * (up[j] - down[j]) / (2 * h)
		}
	}
	e.Names, e.Theta = append(e.Names, "doubling"), append(e.Theta, math.Exp2(elasticity))
	own := e.CovLog
	e.CovLog, e.SE = make([][]float64, 4), make([]float64, 4)
	for i := range 4 {
		e.CovLog[i] = make([]float64, 4)
		for j := range 4 {
			e.CovLog[i][j] = moves[i] * moves[j] * variance
			if i < 3 && j < 3 {
				e.CovLog[i][j] += own[i][j]
			}
		}
		e.SE[i] = e.Theta[i] * math.Sqrt(e.CovLog[i][i])
	}
}
