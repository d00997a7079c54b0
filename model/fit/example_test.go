package fit_test

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
)

// waits is the likelihood of an exponential rate: n events after a total time.
func waits(n, total float64) fit.Problem {
	return fit.Problem{
		Model: "exponential", Names: []string{"rate"}, Weight: n,
		LogLikelihood: func(x, gradient []float64) float64 {
			rate := math.Exp(x[0])
			gradient[0] = n - rate*total
			return n*x[0] - rate*total
		},
	}
}

// A rate from 25 events in 100 hours, with its standard error and the interval that
// the likelihood itself gives, which is not symmetric.
func ExampleMaximise() {
	p := waits(25, 100)
	e, err := fit.Maximise(p, fit.Options{Starts: [][]float64{{1}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f ± %.3f per hour\n", e.Theta[0], e.SE[0])
	intervals, err := fit.Profile(p, e)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("between %.3f and %.3f\n", intervals[0].Low, intervals[0].High)
	// Output:
	// 0.250 ± 0.050 per hour
	// between 0.164 and 0.361
}

// Without any event the likelihood rises towards a rate of zero: that is a value, with
// its reason, and nothing to predict with.
func ExampleRefusal() {
	p := waits(0, 100)
	p.Weight = 1 // observation: the hundred hours
	_, err := fit.Maximise(p, fit.Options{Starts: [][]float64{{1}}})
	if r, refused := fit.AsRefusal(err); refused {
		fmt.Println(r.Reason)
		fmt.Println(r.Message)
	}
	// Output:
	// limit
	// The likelihood has no maximum inside the model: it rises towards the edge.
}
