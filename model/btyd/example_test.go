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

// Of a customer who bought once, a year ago: what each model makes of the silence, and how
// likely no order is in the next quarter.
func ExampleModel() {
	h := btyd.History{T: 52}
	for _, m := range []btyd.Model{
		btyd.ParetoNBD{R: .553, Alpha: 10.578, S: .606, Beta: 11.669},
		btyd.MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614},
		btyd.BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426},
		btyd.NBD{R: .385, Alpha: 12.072},
	} {
		fmt.Printf("%T: alive %.2f, no order in 13 weeks %.2f\n", m, m.PAlive(h), m.Orders(h, 0, 13).None())
	}
	// Output:
	// btyd.ParetoNBD: alive 0.23, no order in 13 weeks 0.98
	// btyd.MBGNBD: alive 0.36, no order in 13 weeks 0.96
	// btyd.BGNBD: alive 1.00, no order in 13 weeks 0.95
	// btyd.NBD: alive 1.00, no order in 13 weeks 0.93
}
