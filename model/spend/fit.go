package spend

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
)

const name = "Gamma-Gamma"

// MinRepeaters is the default number of customers with repeat spend below which
// a fit is refused; it is that of the purchase model.
const MinRepeaters = 50

// Options steer a fit. The zero value is the default.
type Options struct {
	// MinRepeaters replaces the default of the same name; negative asks for none.
	MinRepeaters float64
}

func (o Options) minRepeaters() float64 {
	if o.MinRepeaters == 0 {
		return MinRepeaters
	}
	return o.MinRepeaters
}

// Fit is an accepted fit: parameters, how sure they are (the embedded Estimate;
// order p, q, v and, with elasticity, the doubling; Weight counts the customers in
// use), what was left out, and whether spend is independent of frequency, or
// depends on it no further, as the model takes it to be.
type Fit struct {
	Params GammaGamma
	*fit.Estimate
	Left  Left
	Check Check
}

// FitGammaGamma fits rows by maximum likelihood. The error is a *fit.Refusal:
// BadInput, TooFew, Identical, Limit, Flat, NotConverged, NotFinite, or NoMean
// for q ≤ 1.
func FitGammaGamma(rows []Row, o Options) (*Fit, error) {
	d, err := collect(name, rows)
	if err != nil {
		return nil, err
	}
	if err := d.refuseEarly(o); err != nil {
		return nil, err
	}
	e, err := d.maximise(0)
	if err != nil {
		return nil, err
	}
	return d.accept(e)
}

// maximise finds p, q and v, on the scaled data, at a given elasticity.
func (d *data) maximise(elasticity float64) (*fit.Estimate, error) {
	e, err := fit.Maximise(d.problem(elasticity), fit.Options{Starts: starts, NameLimit: nameLimit})
	if r, ok := fit.AsRefusal(err); ok {
		if r.Last != nil {
			d.unscale(r.Last)
		}
		return nil, r
	}
	return e, nil
}

// accept brings an estimate back to money and makes the fit of it.
func (d *data) accept(e *fit.Estimate) (*Fit, error) {
	d.unscale(e)
	f := &Fit{Params: At(e.Theta), Estimate: e, Left: d.left}
	f.Check = d.check(f.Params)
	if !(f.Params.Q > 1) {
		return nil, d.withoutMean(f)
	}
	return f, nil
}

func (d *data) problem(elasticity float64) fit.Problem {
	return fit.Problem{
		Model: d.model, Names: []string{"p", "q", "v"}, Weight: d.weight,
		LogLikelihood: func(x, grad []float64) float64 {
			l, by := d.logLikelihood(GammaGamma{P: math.Exp(x[0]), Q: math.Exp(x[1]), V: math.Exp(x[2]), Elasticity: elasticity})
			copy(grad, by[:])
			return l
		},
	}
}

// CovarianceAt is the covariance of ln θ that rows would give a fit of the model at theta,
// be that their estimate or not: see fit.CovarianceAt. It returns false where they give
// none.
func (f *Fit) CovarianceAt(rows []Row, theta []float64) ([][]float64, bool) {
	d, err := collect(f.Model, rows)
	if err != nil || d.weight == 0 {
		return nil, false
	}
	own := []float64{theta[0], theta[1], theta[2] / d.unit}
	elasticity := At(theta).Elasticity
	covariance, ok := fit.CovarianceAt(d.problem(elasticity), own)
	if !ok || len(theta) == len(own) {
		return covariance, ok
	}
	variance, ok := d.varianceAt(elasticity)
	if !ok {
		return nil, false
	}
	e := &fit.Estimate{Theta: own, CovLog: covariance}
	d.join(e, elasticity, variance)
	return e.CovLog, true
}

// starts are p, q and v on data scaled to a typical spend of one.
var starts = [][]float64{{2, 3, 1}, {6, 4, 0.5}, {1, 2, 1}, {20, 10, 0.5}, {0.5, 1.2, 0.5}}

// unscale brings v, its error and the likelihood back to money.
func (d *data) unscale(e *fit.Estimate) {
	e.Theta[2] *= d.unit
	if e.SE != nil {
		e.SE[2] *= d.unit
	}
	e.LogLikelihood -= d.weight * math.Log(d.unit)
}

// refuseEarly says what can be said before any search.
func (d *data) refuseEarly(o Options) error {
	r := &fit.Refusal{Reason: fit.TooFew, Model: d.model}
	switch {
	case d.weight == 0 && d.left.NotPositive > 0:
		r.Message = fmt.Sprintf("The repeat purchases of all %.0f repeat customers add up to nothing or less.", d.left.NotPositive)
		r.Hint = "Check how amounts and refunds were read: a model of spend needs amounts above zero."
	case d.weight == 0:
		r.Message, r.Hint = "No customer has repeat purchases with spend.", "Wait for repeat purchases, or check that amounts were read."
	case d.weight < o.minRepeaters():
		r.Message = fmt.Sprintf("Only %.0f customers have repeat purchases with spend; at least %.0f are needed.", d.weight, o.minRepeaters())
		r.Hint = "Use a longer record, or wait for more repeat purchases."
	case d.maxMean-d.minMean < 1e-6*d.maxMean:
		r.Reason = fit.Identical
		r.Message = "All customers spend the same, so how they differ cannot be told."
		r.Hint = "Take that amount as the value of a purchase, or check how amounts were read."
	default:
		return nil
	}
	return r
}

// withoutMean refuses q ≤ 1.
func (d *data) withoutMean(f *Fit) *fit.Refusal {
	return &fit.Refusal{
		Reason: fit.NoMean, Model: d.model, Last: f.Estimate,
		Message: fmt.Sprintf("Spend is spread so widely that its mean does not exist (q = %.3g, above 1 is needed).", f.Params.Q),
		Hint:    "Look for a few customers with extreme amounts (business customers, test orders) and model them apart.",
	}
}

// nameLimit names the model at the edge that ln θ heads for.
func nameLimit(x []float64) (limit, message, hint string) {
	p, q := x[0], x[1]
	const far = fit.MaxLogParameter / 2
	switch {
	case q > far:
		return "one spend rate for all customers (gamma)", "The data do not show that customers differ in what they spend.",
			"Take the mean spend as the value of a purchase for everyone."
	case p > far:
		return "constant spend within a customer", "Every customer spends nearly the same each time.",
			"Take each customer's own mean as the value of a purchase."
	default:
		return "a limit of the Gamma-Gamma", "The likelihood has no maximum inside the model: it rises towards the edge.",
			"Look for extreme amounts, or use a longer record."
	}
}
