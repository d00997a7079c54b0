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
		p, width := packingOf(cells)
		keys := make([]uint64, len(cells))
		for i := range cells {
			keys[i] = p.pack(&cells[i])
		}
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

// Every cell finds its history among the merged ones, and no weight is lost, whether
// histories recur or hardly do, in one part or in several.
func TestCellsAreMerged(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, ages := range []int{3, 400, 1 << 20} {
		cells := make([]Cell, 2*partCells+1)
		want := map[Cell]float64{}
		for i := range cells {
			c := Cell{X: rng.IntN(2), T: 1 + rng.IntN(ages)}
			cells[i] = c
			cells[i].N = float64(rng.IntN(3))
			want[c] += cells[i].N
		}
		g, err := NewGrid(cells)
		if err != nil {
			t.Fatal(err)
		}
		if g.Len() != len(want) {
			t.Errorf("%d ages: %d merged cells, want %d", ages, g.Len(), len(want))
		}
		customers, repeaters := 0.0, 0.0
		for i := range g.Len() {
			c := g.Cell(i)
			if n := c.N; n != want[Cell{X: c.X, Tx: c.Tx, T: c.T}] {
				t.Fatalf("%d ages: %+v", ages, c)
			}
			customers += c.N
			if c.X > 0 {
				repeaters += c.N
			}
		}
		if customers != g.Customers() || repeaters != g.Repeaters() {
			t.Errorf("%d ages: %g and %g, told %g and %g", ages, customers, repeaters, g.Customers(), g.Repeaters())
		}
		for i, c := range cells {
			if m := g.Cell(g.Slot(i)); m.X != c.X || m.T != c.T || m.Tx != c.Tx {
				t.Fatalf("%d ages: %+v is merged into %+v", ages, c, m)
			}
		}
	}
}
