package btyd

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// chunkCells bounds the cells of one unit of parallel work. It is a constant,
// not a share of the cores, so that sums are formed in the same order on every
// machine.
const chunkCells = 1 << 14

// Grid is a set of cells laid out for repeated evaluation: sorted by X, T, Tx,
// equal cells merged, split into chunks of one frequency. It is read-only once
// made and serves any number of goroutines.
type Grid struct {
	x, tx, t  []int32
	n         []float64
	slot      []int32 // input cell → merged cell
	chunks    []chunk
	days      int       // largest T, plus one
	reach     []int32   // per day: the largest frequency whose table holds it, −1 for none
	ages      []float64 // distinct ages in days, ascending
	nth       []int32   // per day: its place in ages
	customers float64
	repeaters float64
}

// chunk is a run of merged cells of one frequency.
type chunk struct {
	x      float64
	lo, hi int // merged cells
	from   int // smallest Tx, in days
	to     int // largest T, in days
	dense  bool
}

// NewGrid lays cells out. The error is a *fit.Refusal for a cell that
// contradicts itself.
func NewGrid(cells []Cell) (*Grid, error) { return newGrid(paretoName, cells) }

// newGrid is NewGrid with the name of the model for the refusal.
func newGrid(model string, cells []Cell) (*Grid, error) {
	if err := checkCells(model, cells); err != nil {
		return nil, err
	}
	g := &Grid{}
	g.merge(cells)
	g.cut()
	g.listAges()
	return g, nil
}

// Len is the number of merged cells.
func (g *Grid) Len() int { return len(g.n) }

// Slot gives the merged cell of input cell i.
func (g *Grid) Slot(i int) int { return int(g.slot[i]) }

// Cell gives merged cell i.
func (g *Grid) Cell(i int) Cell {
	return Cell{X: int(g.x[i]), Tx: int(g.tx[i]), T: int(g.t[i]), N: g.n[i]}
}

// Customers is the total weight, Repeaters that of cells with X > 0.
func (g *Grid) Customers() float64 { return g.customers }

// Repeaters is the weight of customers with a repeat purchase.
func (g *Grid) Repeaters() float64 { return g.repeaters }

// merge fills the columns in sorted order and adds equal cells up; cells of no
// weight are kept, so that they are scored too. The cells are counted in parts, and
// what the parts found is merged.
func (g *Grid) merge(cells []Cell) {
	p, width := packingOf(cells)
	g.slot = make([]int32, len(cells))
	parts := make([]part, partsOf(len(cells)))
	inParts(len(cells), func(k, lo, hi int, s *scratch) { parts[k] = p.count(cells[lo:hi], g.slot[lo:hi], &s.known) })
	first, total := make([]int, len(parts)), 0
	for k := range parts {
		first[k], total = total, total+len(parts[k].keys)
	}
	keys := make([]uint64, 0, total)
	for k := range parts {
		keys = append(keys, parts[k].keys...)
	}
	slots := g.fill(p, keys, width)
	for k, part := range parts {
		for i, weight := range part.n {
			g.n[slots[first[k]+i]] += weight
		}
		g.customers += part.customers
		g.repeaters += part.repeaters
	}
	inParts(len(cells), func(k, lo, hi int, _ *scratch) {
		for i := lo; i < hi; i++ {
			g.slot[i] = slots[first[k]+int(g.slot[i])]
		}
	})
}

// inParts calls work for part k of n cells, from lo up to hi, for all parts on all cores.
func inParts(n int, work func(k, lo, hi int, s *scratch)) {
	parallel(partsOf(n), func(k int, s *scratch) { work(k, k*partCells, min((k+1)*partCells, n), s) })
}

func partsOf(n int) int { return (n + partCells - 1) / partCells }

// fill fills the columns with the different ones of packed histories, and returns the
// merged cell of each.
func (g *Grid) fill(p packing, keys []uint64, width int) (slots []int32) {
	keys, places := sorted(keys, width)
	n := distinct(keys)
	g.x, g.tx, g.t, g.n = make([]int32, n), make([]int32, n), make([]int32, n), make([]float64, n)
	slots = make([]int32, len(keys))
	at := int32(-1)
	for k, i := range places {
		if k == 0 || keys[k] != keys[k-1] {
			at++
			g.x[at], g.t[at], g.tx[at] = p.unpack(keys[k])
			g.days = max(g.days, int(g.t[at])+1)
		}
		slots[i] = at
	}
	return slots
}

// distinct counts the different ones of sorted keys.
func distinct(keys []uint64) int {
	n := 0
	for k := range keys {
		if k == 0 || keys[k] != keys[k-1] {
			n++
		}
	}
	return n
}

// cut splits the cells into chunks and marks those that are worth a table.
func (g *Grid) cut() {
	for lo := 0; lo < len(g.n); {
		hi := lo
		for hi < len(g.n) && hi-lo < chunkCells && g.x[hi] == g.x[lo] {
			hi++
		}
		g.chunks = append(g.chunks, g.measure(lo, hi))
		lo = hi
	}
	g.reach = make([]int32, g.days)
	for d := range g.reach {
		g.reach[d] = -1
	}
	for _, c := range g.chunks {
		if c.dense {
			for d := c.from; d < c.to; d++ {
				g.reach[d] = max(g.reach[d], int32(c.x))
			}
		}
	}
}

func (g *Grid) listAges() {
	g.nth = make([]int32, g.days)
	for _, t := range g.t {
		g.nth[t] = 1
	}
	for d, used := range g.nth {
		if used == 1 {
			g.nth[d], g.ages = int32(len(g.ages)), append(g.ages, float64(d))
		}
	}
}

// tableCost is the number of table days that cost as much as the quadrature of
// one cell, roughly: it is flat between 24 and 120.
const tableCost = 60

func (g *Grid) measure(lo, hi int) chunk {
	c := chunk{x: float64(g.x[lo]), lo: lo, hi: hi, from: int(g.tx[lo])}
	for i := lo; i < hi; i++ {
		c.from, c.to = min(c.from, int(g.tx[i])), max(c.to, int(g.t[i]))
	}
	// a customer with more purchases than days belongs to no day grid
	c.dense = (hi-lo)*tableCost > c.to-c.from && c.x <= float64(c.from)
	return c
}

// thin returns a grid of about want cells, every k-th of this one with its
// weight: near enough to the whole to search starts on.
func (g *Grid) thin(want int) *Grid {
	step := (g.Len() + want - 1) / want
	if step <= 1 {
		return g
	}
	cells := make([]Cell, 0, want+1)
	for i := step / 2; i < g.Len(); i += step {
		cells = append(cells, Cell{X: int(g.x[i]), Tx: int(g.tx[i]), T: int(g.t[i]), N: g.n[i]})
	}
	few := &Grid{}
	few.merge(cells)
	few.cut()
	return few
}

// parallel calls work for 0 … n−1 on all cores; which core takes which number
// is not fixed, so results belong in slots by number. Each worker has its own
// scratch.
func parallel(n int, work func(i int, s *scratch)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		var s scratch
		for i := range n {
			work(i, &s)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			var s scratch
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i, &s)
			}
		})
	}
	wg.Wait()
}
