package btyd

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// The radix sort of packed histories must agree with a sort by comparison, up to
// the largest history that a cell may hold.
func TestPackedHistoriesSortAsHistoriesDo(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, top := range []int{1, 300, maxDays} {
		cells := make([]Cell, 5000)
		for i := range cells {
			c := Cell{X: rng.IntN(top + 1), T: rng.IntN(top + 1), N: 1}
			if c.X > 0 {
				c.Tx = rng.IntN(c.T + 1)
			}
			cells[i] = c
		}
		want := make([]int32, len(cells))
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(i, j int32) int {
			a, b := cells[i], cells[j]
			return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.T, b.T), cmp.Compare(a.Tx, b.Tx))
		})
		p, keys, width := pack(cells)
		keys, places := sorted(keys, width)
		if !slices.Equal(places, want) {
			t.Fatalf("up to %d: not the stable order", top)
		}
		for k, key := range keys {
			c := cells[places[k]]
			if x, age, tx := p.unpack(key); int(x) != c.X || int(age) != c.T || int(tx) != c.Tx {
				t.Fatalf("up to %d: %+v unpacks to %d, %d, %d", top, c, x, age, tx)
			}
		}
	}
}
