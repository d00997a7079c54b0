package spend_test

import (
	"fmt"

	"github.com/clientele/clientele/model/spend"
)

// What a customer is expected to spend on a purchase lies between the
// customer's own mean and that of all, nearer to the former the more purchases
// there are.
func ExampleGammaGamma() {
	model := spend.GammaGamma{P: 6.25, Q: 3.744, V: 15.44}
	fmt.Printf("nothing known: %.2f\n", model.Mean())
	fmt.Printf("one purchase of 80: %.2f\n", model.Expected(1, 80))
	fmt.Printf("ten purchases of 800 in all: %.2f\n", model.Expected(10, 800))
	intercept, slope := model.Line(10)
	fmt.Printf("two such customers, 1000 in all: %.2f\n", 2*intercept+slope*1000)
	// Output:
	// nothing known: 35.17
	// one purchase of 80: 66.32
	// ten purchases of 800 in all: 78.11
	// two such customers, 1000 in all: 98.75
}

// Customers who come ten times as often and spend four times as much each time:
// the Gamma-Gamma's check fails, and the model with elasticity is taken.
func ExampleChoose() {
	var rows []spend.Row
	for _, level := range []float64{10, 20, 25, 30, 40} {
		rows = append(rows,
			spend.Row{X: 1, N: 60, SumZ: 60 * level},
			spend.Row{X: 3, N: 30, SumZ: 30 * 3 * level * 2},
			spend.Row{X: 10, N: 20, SumZ: 20 * 10 * level * 4})
	}
	c, err := spend.Choose(rows, spend.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("spend on frequency: %s; taken: elasticity %.2f\n", c.Other.Check.Verdict, c.Fit.Params.Elasticity)
	for _, x := range []int{1, 10} {
		fmt.Printf("%d × 50 so far: %.2f expected\n", x, c.Fit.Params.Expected(x, 50*float64(x)))
	}
	// Output:
	// spend on frequency: dependent; taken: elasticity 0.61
	// 1 × 50 so far: 41.20 expected
	// 10 × 50 so far: 52.89 expected
}
