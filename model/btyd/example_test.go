package btyd_test

import (
	"fmt"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// What a fitted model says of one customer: 7 repeat purchases, the last one in
// week 32 of 33.
func ExampleParetoNBD() {
	model := btyd.ParetoNBD{R: .563, Alpha: 12.559, S: .408, Beta: 10.515}
	h := btyd.History{X: 7, Tx: 32, T: 33}
	delta := btyd.WeeklyDiscount(.15)
	fmt.Printf("still a customer: %.3f\n", model.PAlive(h))
	fmt.Printf("orders expected in a year: %.2f\n", model.ExpectedOrders(h, btyd.WeeksPerYear))
	fmt.Printf("discounted orders of five years: %.2f\n", model.DET(h, delta, 5*btyd.WeeksPerYear))
	// Output:
	// still a customer: 0.990
	// orders expected in a year: 7.16
	// discounted orders of five years: 19.57
}

// A fit takes cells, customers with one history counted together; what cannot
// be fitted is refused in words.
func ExampleFitParetoNBD() {
	cells := []btyd.Cell{
		{X: 0, Tx: 0, T: 200, N: 830},
		{X: 1, Tx: 40, T: 200, N: 21},
		{X: 2, Tx: 150, T: 200, N: 9},
	}
	_, err := btyd.FitParetoNBD(cells, btyd.Options{})
	if r, refused := fit.AsRefusal(err); refused {
		fmt.Println(r.Reason)
		fmt.Println(r.Message)
		fmt.Println(r.Hint)
	}
	// Output:
	// too_few
	// Only 30 customers have bought a second time; at least 50 are needed.
	// Use a longer record, or wait for more repeat purchases.
}
