package contract

import (
	"fmt"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/retention"
)

// draws is how many draws of the parameters make an interval.
const draws = 200

// fewestEnded is how many contracts must have ended before two parameters are learned from
// them: five for each (Vittinghoff and McCulloch, American Journal of Epidemiology 165, 2007).
const fewestEnded = 10

// fitted is an accepted model of renewals.
type fitted struct {
	model    retention.Model
	estimate *fit.Estimate
	leavers  float64
	drawn    []retention.Model // by the uncertainty of the parameters
}

// choose fits the sBG, or one rate for all where customers do not seem to differ, and takes
// the BdW instead where it explains the record better by Schwarz's criterion (Annals of
// Statistics 6, 1978). The error is a *fit.Refusal.
func choose(cells []retention.Cell, seed uint64) (*fitted, error) {
	if n := ended(cells); n < fewestEnded {
		return nil, &fit.Refusal{
			Reason: fit.TooFew, Model: "Renewals", Message: fmt.Sprintf("Of these contracts too few have ended for a model: %g of the %d that it needs.", n, fewestEnded),
			Hint: "Import a longer record, or wait for more of them.",
		}
	}
	best, err := simple(cells, seed)
	bdw, failed := retention.FitBDW(cells)
	if err != nil || failed != nil || schwarz(bdw.Estimate) >= schwarz(best.estimate) {
		return best, err
	}
	return newFitted(bdw.Params, bdw.Estimate, bdw.Leavers, func(theta []float64) retention.Model {
		return retention.BDW{Alpha: theta[0], Beta: theta[1], C: theta[2]}
	}, seed), nil
}

func ended(cells []retention.Cell) (n float64) {
	for _, c := range cells {
		if c.Left {
			n += c.N
		}
	}
	return n
}

// simple fits the sBG, or its limit of one rate.
func simple(cells []retention.Cell, seed uint64) (*fitted, error) {
	sbg, err := retention.FitSBG(cells)
	if err == nil {
		return newFitted(sbg.Params, sbg.Estimate, sbg.Leavers, func(theta []float64) retention.Model {
			return retention.SBG{Alpha: theta[0], Beta: theta[1]}
		}, seed), nil
	}
	one, failed := retention.FitGeometric(cells)
	if r, ok := fit.AsRefusal(err); !ok || r.Reason != fit.Limit || failed != nil {
		return nil, err
	}
	return newFitted(one.Params, one.Estimate, one.Leavers, func(theta []float64) retention.Model {
		return retention.Geometric{Retention: theta[0] / (1 + theta[0])}
	}, seed), nil
}

func newFitted(m retention.Model, e *fit.Estimate, leavers float64, remake func([]float64) retention.Model, seed uint64) *fitted {
	f := &fitted{model: m, estimate: e, leavers: leavers}
	for _, theta := range e.Draws(draws, seed) {
		f.drawn = append(f.drawn, remake(theta))
	}
	return f
}

func schwarz(e *fit.Estimate) float64 {
	return float64(len(e.Theta))*math.Log(e.Weight) - 2*e.LogLikelihood
}

// report describes the model of a recurring period.
func (f *fitted) report(period string) clientele.ContractModel {
	m := clientele.ContractModel{
		Period: period, Name: f.estimate.Model, Parameters: map[string]float64{}, StandardErrors: map[string]float64{},
		LogLikelihood: new(f.estimate.LogLikelihood), Contracts: int64(f.estimate.Weight), Ended: int64(f.leavers),
	}
	for i, name := range f.estimate.Names {
		m.Parameters[name], m.StandardErrors[name] = f.estimate.Theta[i], f.estimate.SE[i]
	}
	year := perYear(period)
	m.Tenure = new(retention.ExpectedWithin(f.model, horizonYears*year) * 12 / float64(year))
	return m
}

// perYear is how many recurring periods a year has.
func perYear(period string) int {
	switch period {
	case "day":
		return 365
	case "week":
		return 52
	case "quarter":
		return 4
	case "year":
		return 1
	}
	return 12
}

// residual gives the discounted expected residual lifetime of contracts with m = 0, 1, … top
// renewals behind them, in periods to come: of the next horizon ones, and beyond. Rate is per
// period. Remaining(t) = 1 + S(t+1)/S(t) ÷ (1+d) × Remaining(t+1) spares a sum for each age.
func residual(model retention.Model, top, horizon int, rate float64) (within, beyond []float64) {
	last := top + 1 + horizon
	z := 1 / (1 + rate)
	logs, remaining := make([]float64, last+1), make([]float64, last+1)
	for t := range logs {
		logs[t] = model.LogSurvival(float64(t))
	}
	remaining[last] = model.Remaining(float64(last), rate)
	for t := last - 1; t >= 0; t-- {
		remaining[t] = 1 + z*math.Exp(logs[t+1]-logs[t])*remaining[t+1]
	}
	derl := func(n int) float64 { return math.Exp(logs[n]-logs[n-1]) * remaining[n] }
	for n := 1; n <= top+1; n++ {
		far := math.Exp(logs[n+horizon-1]-logs[n-1]) * math.Pow(z, float64(horizon)) * derl(n+horizon)
		within, beyond = append(within, derl(n)-far), append(beyond, far)
	}
	return within, beyond
}
