package btyd

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/seeds"
	"pgregory.net/rapid"
)

// ordinary are cohorts as they should be, among which extreme ones are fitted.
var ordinary = sync.OnceValue(func() []Cohort {
	cs, _ := differing(company, [4]float64{.3, .3, .3, .3}, 6, 60, 0, 1)
	return cs
})

// saneGroups: the extreme corpus of issue 3, must hold 4, as cohorts and as patterns of
// covariates. Half a second each, so that a test tries the seeds of FuzzGroups only;
// one in five is fitted.
func saneGroups(t *rapid.T) {
	cohorts := slices.Clone(ordinary()[:rapid.SampledFrom([]int{0, 3, 6}).Draw(t, "ordinary")])
	for range rapid.IntRange(1, 4).Draw(t, "extreme") {
		cells := extremeCells(t)
		for i := range cells { // decades take time, and are among the cells of TestExtremeFits
			cells[i].T, cells[i].Tx = min(cells[i].T, 1000), min(cells[i].Tx, 1000)
		}
		cohorts = append(cohorts, Cohort{fmt.Sprint(len(cohorts)), cells})
	}
	patterns := make([]Pattern, len(cohorts))
	for k, c := range cohorts {
		patterns[k] = Pattern{[]float64{float64(k % 3), rapid.Float64Range(-1, 10).Draw(t, "z")}, c.Cells}
	}
	o := Options{MinRepeaters: -1}
	byCohort, err := FitCohorts(cohorts, o)
	if !refusedInWords(t, err) {
		saneEstimate(t, byCohort.Company.Estimate)
		for _, c := range byCohort.Cohorts {
			saneEstimate(t, c.Fit.Estimate)
		}
	}
	byPattern, err := FitCovariates([]string{"a", "b"}, patterns, o)
	if !refusedInWords(t, err) {
		saneEstimate(t, byPattern.Estimate)
		for _, p := range patterns {
			saneEstimate(t, byPattern.Of(p.Z).Estimate)
		}
	}
}

func refusedInWords(t *rapid.T, err error) bool {
	r := &fit.Refusal{}
	errors.As(err, &r)
	return saneRefusal(t, r.Model, err)
}

func FuzzGroups(f *testing.F) {
	seeds.Add(f)
	f.Fuzz(rapid.MakeFuzz(saneGroups))
}
