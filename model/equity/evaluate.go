package equity

import (
	"math"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// exactBudget is how many cell evaluations of the Pareto/NBD are spent on exact
// draws, about half a second on two cores.
const exactBudget = 3e7

// seedOfMoney sets the spend draws apart from the purchase draws.
const seedOfMoney = 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio, as in splitmix64

type evaluation struct {
	*layout
	purchases Purchases
	money     *spend.Fit
	o         Options
}

func (e *evaluation) result() (*Result, error) {
	fitted := e.purchases.Estimated()
	theta, phi := fitted.Draws(e.o.Draws, e.o.Seed), e.money.Draws(e.o.Draws, e.o.Seed^seedOfMoney)
	r := &Result{Method: Exact, Draws: e.o.Draws}
	estimate := e.exact([]point{{fitted.Theta, e.money.Theta}})[0]
	var draws [][]worth
	cost := e.purchases.Effort(e.grid)
	if cost*float64(e.o.Draws) > exactBudget {
		draws, r.SurfaceError = e.surface(points(theta, phi), estimate)
		r.Method = Surface
	}
	if draws == nil {
		r.Method, r.SurfaceError = Exact, 0
		r.Draws = min(e.o.Draws, max(minExact, int(exactBudget/cost)))
		draws = e.exact(points(theta[:r.Draws], phi[:r.Draws]))
	}
	e.fill(r, estimate, draws)
	return r, r.refuse()
}

// minExact is the least number of exact draws where the surface does not do.
const minExact = 400

// point is a pair of parameter vectors.
type point struct{ theta, phi []float64 }

func points(theta, phi [][]float64) []point {
	out := make([]point, len(theta))
	for i := range out {
		out[i] = point{theta[i], phi[i]}
	}
	return out
}

// exact evaluates points on all rows, by group.
func (e *evaluation) exact(ps []point) [][]worth {
	out := make([][]worth, len(ps))
	parallel(len(ps), func(i int, w *workspace) {
		out[i] = make([]worth, e.o.Groups)
		e.fold(e.pass(ps[i].theta, w), spend.At(ps[i].phi), out[i])
	})
	return out
}

// fill makes amounts of the estimate and the draws, group by group, and adds
// them up to the total.
func (e *evaluation) fill(r *Result, estimate []worth, draws [][]worth) {
	total := worth{}
	sum := make([]worth, len(draws))
	r.Groups = make([]Value, e.o.Groups)
	one := make([]worth, len(draws))
	for g := range r.Groups {
		for k := range draws {
			one[k] = draws[k][g]
			sum[k].horizon += one[k].horizon
			sum[k].tail += one[k].tail
		}
		r.Groups[g] = e.value(e.groups[g], estimate[g], one)
		total.horizon += r.Groups[g].Horizon.Estimate
		total.tail += r.Groups[g].Tail.Estimate
		r.Total.Customers += e.groups[g]
	}
	r.Total = e.value(r.Total.Customers, worth{}, sum)
	r.Total.Horizon.Estimate, r.Total.Tail.Estimate = total.horizon, total.tail
	r.Total.Whole.Estimate = total.horizon + total.tail
}

func (e *evaluation) value(customers float64, at worth, draws []worth) Value {
	amount := func(of func(worth) float64) Amount {
		v := make([]float64, len(draws))
		for i, d := range draws {
			v[i] = times(of(d), e.o.Margin)
		}
		sort.Float64s(v)
		return Amount{Estimate: times(of(at), e.o.Margin), Low: quantile(v, 0.025), High: quantile(v, 0.975)}
	}
	return Value{
		Customers: customers,
		Horizon:   amount(func(w worth) float64 { return w.horizon }),
		Tail:      amount(func(w worth) float64 { return w.tail }),
		Whole:     amount(func(w worth) float64 { return w.horizon + w.tail }),
	}
}

// quantile interpolates linearly in sorted values: definition 7 of Hyndman and
// Fan, The American Statistician 50 (1996).
func quantile(v []float64, p float64) float64 {
	at := p * float64(len(v)-1)
	k := int(at)
	part := at - float64(k)
	if part == 0 || v[k] == v[k+1] {
		return v[k]
	}
	return v[k] + part*(v[k+1]-v[k])
}

// refuse checks that the total is told in finite numbers; but a tail without an end
// is one.
func (r *Result) refuse() error {
	v := r.Total
	if math.IsNaN(v.Horizon.Low) || math.IsNaN(v.Horizon.High) || math.IsInf(v.Horizon.Estimate, 0) || math.IsNaN(v.Whole.Low+v.Whole.Estimate) {
		return &fit.Refusal{Reason: fit.NotFinite, Model: name,
			Message: "The value of the customers is not a finite number.",
			Hint:    "Check the data for extreme frequencies, ages or amounts."}
	}
	if math.IsInf(v.Horizon.High, 1) {
		return &fit.Refusal{Reason: fit.NoMean, Model: name,
			Message: "The interval of the value has no upper end: within their uncertainty, the spend parameters allow spend without a mean.",
			Hint:    "Use a longer record, or look for a few customers with extreme amounts."}
	}
	return nil
}

// parallel calls work for 0 … n−1 on all cores; each goroutine has its own
// workspace, and results belong in slots by number.
func parallel(n int, work func(i int, w *workspace)) {
	inParallel(n, func() func(int) {
		w := &workspace{}
		return func(i int) { work(i, w) }
	})
}

// inParallel calls work for 0 … n−1 on all cores, one of its own for each goroutine.
func inParallel(n int, worker func() (work func(i int))) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			work := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	wg.Wait()
}
