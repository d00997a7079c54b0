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
