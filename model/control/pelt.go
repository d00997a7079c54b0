package control

import "math"

// Changes finds where the mean changes: each is the index of the first value of another
// level. It is exact: of all divisions it takes the one with the least squared distance from
// the levels, in variances of the whole, plus 2 ln n a change (PELT: Killick, Fearnhead and
// Eckley, Journal of the American Statistical Association 107, 2012). Values that do not vary
// have none.
func Changes(values []float64) []int {
	n := len(values)
	s := newSums(values)
	variance := s.cost(0, n) / float64(n-1)
	if n < 2 || !(variance > 0) {
		return nil
	}
	penalty := 2 * math.Log(float64(n)) * variance
	least := make([]float64, n+1) // least cost of the first so many values
	last := make([]int, n+1)      // where the level that they end with begins
	least[0] = -penalty
	candidates := []int{0}
	for to := 1; to <= n; to++ {
		least[to] = math.Inf(1)
		for _, from := range candidates {
			if cost := least[from] + s.cost(from, to) + penalty; cost < least[to] {
				least[to], last[to] = cost, from
			}
		}
		kept := candidates[:0]
		for _, from := range candidates {
			if least[from]+s.cost(from, to) <= least[to] {
				kept = append(kept, from)
			}
		}
		candidates = append(kept, to)
	}
	return backwards(last)
}

// backwards follows the beginnings of levels from the end.
func backwards(last []int) []int {
	var out []int
	for at := last[len(last)-1]; at > 0; at = last[at] {
		out = append([]int{at}, out...)
	}
	return out
}

// sums are running sums of values about their mean, and of their squares.
type sums struct{ value, square []float64 }

func newSums(values []float64) sums {
	s := sums{[]float64{0}, []float64{0}}
	centre := mean(values)
	for i, v := range values {
		d := v - centre
		s.value, s.square = append(s.value, s.value[i]+d), append(s.square, s.square[i]+d*d)
	}
	return s
}

// cost is the squared distance of values [from, to) from their mean.
func (s sums) cost(from, to int) float64 {
	d := s.value[to] - s.value[from]
	return max(0, s.square[to]-s.square[from]-d*d/float64(to-from))
}
