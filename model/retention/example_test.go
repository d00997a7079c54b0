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

// Four customers, of whom the third was migrated in after three years: it is at
// risk from then on only.
func ExampleKaplanMeier() {
	steps, err := retention.KaplanMeier([]retention.Spell{
		{Exit: 2, Left: true, N: 1},
		{Exit: 4, N: 1},
		{Entry: 3, Exit: 5, Left: true, N: 1},
		{Exit: 6, N: 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range steps {
		fmt.Printf("after %g years %.0f at risk, %.0f left: %.2f stay longer\n", s.Time, s.AtRisk, s.Left, s.Survival)
	}
	// Output:
	// after 2 years 3 at risk, 1 left: 0.67 stay longer
	// after 5 years 2 at risk, 1 left: 0.33 stay longer
}
