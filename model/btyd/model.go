package btyd

import (
	"math"
	"math/rand/v2"

	"github.com/clientele/clientele/model/fit"
)

// Model is what every purchase model of this package says of a customer. Time is
// in weeks, for the BG/BB in opportunities. Arguments outside the domain give
// NaN.
type Model interface {
	// LogLikelihood returns ln of the likelihood of one history.
	LogLikelihood(h History) float64
	// PAlive returns the probability that the customer is still one at T.
	PAlive(h History) float64
	// ExpectedOrders returns the purchases expected in the weeks after T.
	ExpectedOrders(h History, weeks float64) float64
	// ExpectedOrdersNew returns the repeat purchases expected of a new customer
	// in the first weeks.
	ExpectedOrdersNew(weeks float64) float64
	// DET returns the discounted purchases expected after T up to the horizon,
	// which may be math.Inf(1); delta is continuous, per unit of time. It is +Inf
	// where the sum has no end.
	DET(h History, delta, horizon float64) float64
	// Orders returns the distribution of the purchases in the window that begins
	// and ends the given times after T, both finite.
	Orders(h History, from, to float64) Orders
	// Simulate draws a new customer: the instants of the repeat purchases up to until,
	// ascending, counted from the first purchase; for the BG/BB the opportunities taken.
	// It is nil outside the domain, and ends after a million purchases.
	Simulate(rng *rand.Rand, until float64) []float64
}

// Fit is an accepted fit: the parameters, and how sure they are (the embedded
// Estimate).
type Fit[M Model] struct {
	Params M
	*fit.Estimate
	Cells     int     // distinct cells
	Repeaters float64 // customers with a repeat purchase; Weight is all customers
	of        func(theta []float64) M
	problem   func(g *Grid) fit.Problem
}

// family is what a fit needs to know of a model.
type family[M Model] struct {
	name  string
	names []string // of the parameters
	of    func(theta []float64) M
	// add adds a chunk's log-likelihood to sum[0] and its derivatives by θ to the
	// rest.
	add    func(m M, g *Grid, c *chunk, sum []float64)
	starts func(g *Grid) [][]float64
	limit  func(logTheta []float64) (limit, message, hint string)
	// perLogGap is how often Options.LogGaps enters the log-likelihood, of which
	// constant is that part.
	perLogGap, constant float64
}

// fit maximises the likelihood of cells. The error is a *fit.Refusal.
func (f family[M]) fit(cells []Cell, o Options) (*Fit[M], error) {
	f.constant = f.perLogGap * o.LogGaps
	g, err := newGrid(f.name, cells)
	if err != nil {
		return nil, err
	}
	if err := g.refuseEarly(f.name, o); err != nil {
		return nil, err
	}
	fo := fit.Options{Starts: f.starts(g), NameLimit: f.limit}
	if few := g.thin(searchCells); few != g {
		p := f.problem(few)
		fo.Coarse = &p
	}
	e, err := fit.Maximise(f.problem(g), fo)
	if err != nil {
		return nil, err
	}
	return &Fit[M]{
		Params: f.of(e.Theta), Estimate: e, Cells: g.Len(), Repeaters: g.repeaters, of: f.of, problem: f.problem,
	}, nil
}

// problem is the likelihood of the grid in ln θ, chunks in parallel and added up
// in their order.
func (f family[M]) problem(g *Grid) fit.Problem {
	dim := len(f.names)
	parts := make([]float64, len(g.chunks)*(dim+1))
	theta := make([]float64, dim)
	return fit.Problem{
		Model: f.name, Names: f.names, Weight: g.customers,
		LogLikelihood: func(x, grad []float64) float64 {
			for i := range theta {
				theta[i] = math.Exp(x[i])
			}
			m := f.of(theta)
			clear(parts)
			parallel(len(g.chunks), func(i int, _ *scratch) {
				f.add(m, g, &g.chunks[i], parts[i*(dim+1):(i+1)*(dim+1)])
			})
			total := f.constant
			clear(grad)
			for i := range g.chunks {
				part := parts[i*(dim+1) : (i+1)*(dim+1)]
				total += part[0]
				for j := range grad {
					grad[j] += part[j+1] * theta[j]
				}
			}
			return total
		},
	}
}

// positive is true where every parameter is above 0 and finite.
func positive(theta ...float64) bool {
	for _, v := range theta {
		if !(v > 0 && v <= math.MaxFloat64) {
			return false
		}
	}
	return true
}
