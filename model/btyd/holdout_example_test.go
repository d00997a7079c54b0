package btyd_test

import (
	"fmt"

	"github.com/clientele/clientele/model/btyd"
)

// Two models foretell the same weeks; the contest tells which does better, and by
// how many of its standard errors.
func ExampleHoldout() {
	rows := []btyd.HoldoutRow{ // a year of histories, and the purchases of the 26 weeks after it
		{X: 0, Tx: 0, T: 364, Actual: 0, N: 700}, {X: 0, Tx: 0, T: 364, Actual: 1, N: 60},
		{X: 1, Tx: 35, T: 364, Actual: 0, N: 130}, {X: 1, Tx: 330, T: 364, Actual: 1, N: 40},
		{X: 3, Tx: 90, T: 364, Actual: 0, N: 40}, {X: 3, Tx: 350, T: 364, Actual: 2, N: 30},
		{X: 8, Tx: 355, T: 364, Actual: 3, N: 25}, {X: 8, Tx: 140, T: 364, Actual: 0, N: 9},
	}
	past := make([]btyd.Cell, len(rows))
	for i, r := range rows {
		past[i] = btyd.Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	contest, scores := btyd.NewContest(2), [][]float64{}
	for _, kind := range btyd.Kinds() {
		if kind.Key != "pareto_nbd" && kind.Key != "nbd" {
			continue
		}
		f, err := kind.Fit(past, btyd.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := btyd.Holdout(f.Model(), rows, 26)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-10s expected %.0f of %.0f, MAE %.2f, AUC %.2f, CRPS %.3f\n", kind.Name, r.Expected, r.Actual, r.MAE, r.AUC, r.CRPS)
		scores = append(scores, r.Scores())
	}
	contest.Add(rows, scores)
	behind, se := contest.Behind(1, 0)
	fmt.Printf("the second is behind by %.3f ± %.3f\n", behind, se)
	// Output:
	// Pareto/NBD expected 146 of 235, MAE 0.13, AUC 0.77, CRPS 0.109
	// NBD        expected 326 of 235, MAE 0.28, AUC 0.73, CRPS 0.152
	// the second is behind by 0.043 ± 0.006
}
