package btyd_test

import (
	"fmt"

	"github.com/clientele/clientele/model/btyd"
)

// drawn are the histories, after a year, of customers who first bought in its first
// four weeks.
func drawn(p btyd.ParetoNBD, customers int, seed uint64) []btyd.Cell {
	return btyd.Calibration(btyd.Simulate(p, btyd.SpreadBirths(customers, 28), 364, 364, seed))
}

// Customers who came through the web shop buy more often than the others, and leave
// sooner: by how much, and what is expected of each kind.
func ExampleFitCovariates() {
	f, err := btyd.FitCovariates([]string{"web"}, []btyd.Pattern{
		{Z: []float64{0}, Cells: drawn(btyd.ParetoNBD{R: .8, Alpha: 16, S: .6, Beta: 12}, 3000, 1)},
		{Z: []float64{1}, Cells: drawn(btyd.ParetoNBD{R: .8, Alpha: 10, S: .6, Beta: 6}, 3000, 2)},
	}, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"buying:web", "leaving:web"} {
		ratio, se := f.Param(name)
		fmt.Printf("%s × %.1f ± %.1f\n", name, ratio, se)
	}
	for _, z := range []float64{0, 1} {
		fmt.Printf("web %g: %.1f orders in a first year\n", z, f.Of([]float64{z}).Params.ExpectedOrdersNew(52))
	}
	// Output:
	// buying:web × 1.5 ± 0.1
	// leaving:web × 1.8 ± 0.2
	// web 0: 1.5 orders in a first year
	// web 1: 1.8 orders in a first year
}

// Six cohorts, one of them of forty customers: it leans on the others.
func ExampleFitCohorts() {
	var cohorts []btyd.Cohort
	for k, alpha := range []float64{8, 12, 16, 24, 32} {
		cohorts = append(cohorts, btyd.Cohort{
			Label: fmt.Sprint(2020 + k), Cells: drawn(btyd.ParetoNBD{R: .8, Alpha: alpha, S: .6, Beta: 12}, 1000, uint64(k)),
		})
	}
	cohorts = append(cohorts, btyd.Cohort{Label: "2025", Cells: drawn(btyd.ParetoNBD{R: .8, Alpha: 16, S: .6, Beta: 12}, 40, 9)})
	f, err := btyd.FitCohorts(cohorts, btyd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range f.Cohorts {
		fmt.Printf("%s: %.1f orders in a first year, alpha %.0f %% its own\n", c.Label, c.Fit.Params.ExpectedOrdersNew(52), 100*c.Own[1])
	}
	// Output:
	// 2020: 2.8 orders in a first year, alpha 99 % its own
	// 2021: 1.8 orders in a first year, alpha 99 % its own
	// 2022: 1.5 orders in a first year, alpha 99 % its own
	// 2023: 0.9 orders in a first year, alpha 99 % its own
	// 2024: 0.7 orders in a first year, alpha 98 % its own
	// 2025: 1.3 orders in a first year, alpha 76 % its own
}
