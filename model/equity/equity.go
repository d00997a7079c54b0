package equity

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// Purchases is an accepted fit of a purchase model: *btyd.ParetoNBDFit, and
// *btyd.Fit of any other.
type Purchases interface {
	// Estimated returns the parameters and how sure they are.
	Estimated() *fit.Estimate
	// Discounted fills, per merged cell of g and under parameters theta, the
	// discounted purchases expected of one customer up to the horizon and beyond it;
	// the latter may be +Inf. w is one goroutine's memory.
	Discounted(g *btyd.Grid, theta []float64, delta, horizon float64, within, beyond []float64, w *btyd.Workspace)
	// Effort tells roughly what one call of Discounted costs, in cells of the
	// Pareto/NBD.
	Effort(g *btyd.Grid) float64
}

// Row is N customers of one group who share a history and the number XG of
// repeat days with spend; SumZ is what they spent on those days, in all.
type Row struct {
	X, Tx, T int // as in btyd.Cell
	XG       int
	N        float64
	SumZ     float64
	Group    int // 0 … Groups−1
}

// DefaultDraws is the number of parameter draws behind an interval.
const DefaultDraws = 2000

// Options say what is valued, and how sure to be. All but Draws, Seed and
// Groups are needed.
type Options struct {
	Margin  float64 // of spend, a fraction ≥ 0
	Delta   float64 // continuous discount rate per week, ≥ 0: btyd.WeeklyDiscount
	Horizon float64 // in weeks, > 0; five years are 260
	Draws   int     // 0 means DefaultDraws
	Seed    uint64
	Groups  int // number of groups; 0 means one
}

// Amount is an estimate with its 95 % interval, in the unit of SumZ.
type Amount struct {
	Estimate, Low, High float64
}

// Value is what a group of customers is worth. Where the model gives its purchases
// no end, as without a discount, Tail and Whole are +Inf: they cannot be told.
type Value struct {
	Customers float64
	Horizon   Amount // up to the horizon
	Tail      Amount // beyond it
	Whole     Amount // without a horizon
}

// Method is how an interval was computed.
type Method string

// Methods of computing intervals.
const (
	// Exact: every draw was evaluated on every row.
	Exact Method = "exact"
	// Surface: ln value was evaluated on design points of the parameters and
	// is quadratic between them; the draws that make the interval were checked
	// against exact evaluation.
	Surface Method = "surface"
)

// Result is the value of all customers and of every group.
type Result struct {
	Total  Value
	Groups []Value
	Method Method
	Draws  int
	// SurfaceError is the largest relative error of the total found in checking
	// the surface; 0 for Exact.
	SurfaceError float64
}

// Evaluate values rows. The error is a *fit.Refusal: BadInput for options or
// rows that make no sense, NoMean if the interval has no upper bound since more
// than one draw in forty has a spend without a mean, NotFinite if the value is
// not a finite number.
func Evaluate(purchases Purchases, money *spend.Fit, rows []Row, o Options) (*Result, error) {
	o = o.withDefaults()
	if err := o.check(rows); err != nil {
		return nil, err
	}
	l, err := arrange(rows, o)
	if err != nil {
		return nil, err
	}
	e := &evaluation{layout: l, purchases: purchases, money: money, o: o}
	return e.result()
}

func (o Options) withDefaults() Options {
	if o.Draws == 0 {
		o.Draws = DefaultDraws
	}
	if o.Groups == 0 {
		o.Groups = 1
	}
	return o
}

func (o Options) check(rows []Row) error {
	switch {
	case !(o.Margin >= 0) || math.IsInf(o.Margin, 0):
		return bad(fmt.Sprintf("The margin is %g.", o.Margin), "Give a fraction of 0 or more.")
	case !(o.Delta >= 0) || math.IsInf(o.Delta, 0):
		return bad(fmt.Sprintf("The discount rate is %g per week.", o.Delta), "Give a rate of 0 or more.")
	case !(o.Horizon > 0) || math.IsInf(o.Horizon, 0):
		return bad(fmt.Sprintf("The horizon is %g weeks.", o.Horizon), "Give a finite number of weeks above 0.")
	case o.Draws < 40 || o.Groups < 1:
		return bad(fmt.Sprintf("%d draws for %d groups.", o.Draws, o.Groups), "Ask for at least 40 draws and one group.")
	}
	for _, r := range rows {
		if r.Group < 0 || r.Group >= o.Groups || r.XG < 0 || r.XG > r.X || math.IsNaN(r.SumZ) || math.IsInf(r.SumZ, 0) {
			return bad(fmt.Sprintf("A row is not usable: group %d, %d days with spend, total %g.", r.Group, r.XG, r.SumZ),
				"Needed are 0 ≤ Group < Groups, 0 ≤ XG ≤ X, and finite totals.")
		}
	}
	return nil
}

func bad(message, hint string) error {
	return &fit.Refusal{Reason: fit.BadInput, Model: name, Message: message, Hint: hint}
}

const name = "customer equity"

// interval95 is the 97.5 % quantile of the standard normal distribution.
const interval95 = 1.959963984540054

// Customer is the value of one customer up to the horizon of s: margin·DET·E[spend
// per purchase], with z the total of the customer's repeat days with spend and c
// the line for their number. The interval is exp(±1.96·sd) around it, sd² =
// SDLogDET² + (VarIntercept + 2z·Cov + z²·VarSlope)/E²: the uncertainty of the
// parameters to first order, in a form that SQL computes as well.
func Customer(s btyd.Score, c spend.Coefficients, z, margin float64) Amount {
	mean := c.Intercept + c.Slope*z
	value := margin * s.DET * mean
	variance := s.SDLogDET*s.SDLogDET + (c.VarIntercept+2*z*c.Cov+z*z*c.VarSlope)/(mean*mean)
	spread := math.Exp(interval95 * math.Sqrt(variance))
	return Amount{Estimate: value, Low: value / spread, High: value * spread}
}
