package contract

import (
	"math"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/retention"
)

// horizonYears is the headline horizon of worth.
const horizonYears = 5

// terms are what money to come is taken at.
type terms struct {
	discount float64 // a year
	margin   float64
}

// perPeriod is the discount of one recurring period.
func (t terms) perPeriod(period string) float64 {
	return math.Expm1(math.Log1p(t.discount) / float64(perYear(period)))
}

// worth is what contracts are worth: by the estimate of the parameters first, then by each draw.
type worth struct{ within, beyond [1 + draws]float64 }

func (w *worth) add(o *worth) {
	for i := range w.within {
		w.within[i] += o.within[i]
		w.beyond[i] += o.beyond[i]
	}
}

// worthOf values running contracts of one recurring period.
func worthOf(due []warehouse.Due, f *fitted, period string, t terms) *worth {
	due = slices.DeleteFunc(slices.Clone(due), func(d warehouse.Due) bool { return d.Period != period || d.Ends })
	top := int32(0)
	for _, d := range due {
		top = max(top, d.Renewals)
	}
	w := &worth{}
	for i, m := range slices.Concat([]retention.Model{f.model}, f.drawn) {
		within, beyond := residual(m, int(top), horizonYears*perYear(period), t.perPeriod(period))
		for _, d := range due {
			each := d.Recurring.Float64() * 12 / float64(perYear(period)) * t.margin
			w.within[i] += each * within[d.Renewals]
			w.beyond[i] += each * beyond[d.Renewals]
		}
	}
	return w
}

// equity is worth as it is told.
func (w *worth) equity(contracts int64) (*clientele.ContractEquity, error) {
	e := &clientele.ContractEquity{HorizonYears: horizonYears, Contracts: contracts}
	var err error
	if e.Estimate, err = estimate(w.within[:]); err != nil {
		return nil, err
	}
	e.Tail, err = estimate(w.beyond[:])
	return e, err
}

// estimate takes the first figure, and the 95 % between the others.
func estimate(figures []float64) (out clientele.Estimate, err error) {
	drawn := slices.DeleteFunc(slices.Clone(figures[1:]), func(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) })
	slices.Sort(drawn)
	low, high := figures[0], figures[0]
	if n := len(drawn); n > 0 {
		low, high = min(low, drawn[n/40]), max(high, drawn[n-1-n/40])
	}
	for _, part := range []struct {
		to    *clientele.Money
		value float64
	}{{&out.Estimate, figures[0]}, {&out.Low, low}, {&out.High, high}} {
		if *part.to, err = clientele.EstimateMoney(part.value); err != nil {
			return out, err
		}
	}
	return out, nil
}
