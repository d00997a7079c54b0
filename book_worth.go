package clientele

import "math"

// BookWorth is what customers are worth by every kind of income together, each customer
// counted once. Where one kind cannot be valued there is no total, and Refused says why.
type BookWorth struct {
	HorizonYears int       `json:"horizon_years"`
	Customers    int64     `json:"customers"` // who ever bought, or whose contract runs
	Orders       *Estimate `json:"orders"`    // nil: there are none, or Refused
	Contracts    *Estimate `json:"contracts"` // nil: Refused
	Estimate
	Tail    Estimate `json:"tail"` // beyond the horizon
	Refused string   `json:"refused,omitempty"`
}

// Plus adds two estimates of which neither says anything about how far the other errs: on
// either side the distances of their ends to the estimates add up as right angles do.
func (e Estimate) Plus(o Estimate) (Estimate, error) {
	at := e.Estimate.Add(o.Estimate)
	below := math.Hypot(e.Estimate.Sub(e.Low).Float64(), o.Estimate.Sub(o.Low).Float64())
	above := math.Hypot(e.High.Sub(e.Estimate).Float64(), o.High.Sub(o.Estimate).Float64())
	down, err := EstimateMoney(below)
	if err != nil {
		return Estimate{}, err
	}
	up, err := EstimateMoney(above)
	return Estimate{Estimate: at, Low: at.Sub(down), High: at.Add(up)}, err
}
