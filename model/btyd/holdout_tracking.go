package btyd

import (
	"maps"
	"slices"
)

// Birth is a number of customers who first bought on one day. Days count from
// any common day on.
type Birth struct {
	Day int
	N   float64
}

// Tracking gives the expected number of repeat purchases, in all, from the first
// births up to each instant in ends: Σ N·E[X((end − day)/7)]. Instants count
// days as births do, so the close of day d is d + 1. Nothing of what customers
// did after their first purchase enters it. Differences of successive ends are
// the expected purchases of a period.
func Tracking(m Model, births []Birth, ends []int) []float64 {
	of := ages(births, ends)
	expected := make([]float64, len(of))
	parallel(len(of), func(i int, _ *scratch) {
		if of[i] {
			expected[i] = m.ExpectedOrdersNew(float64(i) / DaysPerWeek)
		}
	})
	out := make([]float64, len(ends))
	for k, end := range ends {
		for _, b := range births {
			if age := end - b.Day; age > 0 {
				out[k] += b.N * expected[age]
			}
		}
	}
	return out
}

// ages marks the ages in days, above 0, of births at the ends.
func ages(births []Birth, ends []int) []bool {
	var out []bool
	for _, b := range births {
		for _, end := range ends {
			age := end - b.Day
			for len(out) <= age {
				out = append(out, false)
			}
			if age > 0 {
				out[age] = true
			}
		}
	}
	return out
}

// Frequencies gives how many customers are expected to have made 0, 1, … repeat
// purchases by the as-of day, on the births' count of days; the last of so many
// counts stands for itself and all above. Ages are those of cells: asOf − day.
func Frequencies(m Model, births []Birth, asOf, counts int) []float64 {
	byAge := map[int]float64{}
	for _, b := range births {
		if age := asOf - b.Day; age >= 0 {
			byAge[age] += b.N
		}
	}
	list := slices.Sorted(maps.Keys(byAge))
	parts := make([][]float64, len(list))
	parallel(len(list), func(i int, _ *scratch) {
		o := m.Orders(History{}, 0, float64(list[i])/DaysPerWeek)
		parts[i] = make([]float64, counts)
		for k, v := range o.P {
			parts[i][min(k, counts-1)] += v
		}
		parts[i][counts-1] += o.Beyond
	})
	out := make([]float64, counts)
	for i, age := range list {
		for k, v := range parts[i] {
			out[k] += byAge[age] * v
		}
	}
	return out
}
