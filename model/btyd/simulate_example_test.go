package btyd_test

import (
	"fmt"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// Customers of known parameters, seen for two years: a fit of them, with the interval
// of every parameter. That alpha lies at the edge of its interval is no chance: see
// Simulate on purchases of one day.
func ExampleSimulate() {
	truth := btyd.ParetoNBD{R: .75, Alpha: 14, S: .6, Beta: 21}
	rows := btyd.Simulate(truth, btyd.SpreadBirths(3000, 4), 728, 728, 1)
	grid, err := btyd.NewGrid(btyd.Calibration(rows))
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := grid.FitParetoNBD(btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	intervals, err := model.Profile(grid)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range model.Names {
		fmt.Printf("%-5s %6.3f, between %6.3f and %6.3f\n", name, model.Theta[i], intervals[i].Low, intervals[i].High)
	}
	// Output:
	// r      0.808, between  0.712 and  0.923
	// alpha 15.815, between 14.050 and 17.821
	// s      0.610, between  0.489 and  0.796
	// beta  21.096, between 13.398 and 34.432
}

// Where the data do not show that customers differ in how fast they leave, the
// Pareto/NBD is refused, and the model that lies at that edge is there to be taken.
func ExampleFitLimit() {
	alike := btyd.ExponentialNBD{R: .8, Alpha: 9, Mu: .03}
	cells := btyd.Calibration(btyd.Simulate(alike, btyd.SpreadBirths(2000, 4), 357, 357, 0))
	_, err := btyd.FitParetoNBD(cells, btyd.Options{})
	refusal, refused := fit.AsRefusal(err)
	if !refused {
		return
	}
	fmt.Println(refusal.Message)
	limit, err := btyd.FitLimit(cells, refusal, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %v, %.2f orders of a new customer in a year\n",
		limit.Estimate.Model, limit.Names, limit.Params.ExpectedOrdersNew(btyd.WeeksPerYear))
	// Output:
	// The data do not show that customers differ in how fast they leave.
	// Exponential/NBD: [r alpha mu], 2.16 orders of a new customer in a year
}
