package retention_test

import (
	"fmt"

	"github.com/clientele/clientele/model/retention"
)

// Seven renewals of a cohort of 1,000, and what a customer in the third year is
// still worth in renewals at 10 % a year.
func ExampleFitSBG() {
	cells, err := retention.FromSurvivors([]float64{1000, 869, 743, 653, 593, 551, 517, 491})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := retention.FitSBG(cells)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("alpha %.3f, beta %.3f\n", f.Params.Alpha, f.Params.Beta)
	fmt.Printf("renews the first time: %.3f, the eighth: %.3f\n", retention.Rate(f.Params, 1), retention.Rate(f.Params, 8))
	fmt.Printf("renewals still to come: %.2f\n", retention.DERL(f.Params, 3, .1))
	// Output:
	// alpha 0.668, beta 3.806
	// renews the first time: 0.851, the eighth: 0.942
	// renewals still to come: 6.29
}
