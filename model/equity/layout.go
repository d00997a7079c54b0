package equity

import (
	"math"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/spend"
)

// layout is the rows in the order of the grid's merged cells. Under fixed
// purchase parameters a group's value depends on the spend parameters only
// through four sums per XG, so rows collapse into buckets (group, XG).
type layout struct {
	grid    *btyd.Grid
	first   []int32   // per merged cell, plus one: its first row
	n, z    []float64 // per row
	bucket  []int32   // per row
	buckets []bucket
	groups  []float64 // customers by group
}

type bucket struct{ group, xg int }

// sums are Σ w·N and Σ w·z of a bucket, w the discounted purchases of a customer
// up to the horizon (h) and beyond it (t).
type sums struct{ hn, hz, tn, tz float64 }

func arrange(rows []Row, o Options) (*layout, error) {
	cells := make([]btyd.Cell, len(rows))
	for i, r := range rows {
		cells[i] = btyd.Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	grid, err := btyd.NewGrid(cells)
	if err != nil {
		return nil, err
	}
	l := &layout{grid: grid, groups: make([]float64, o.Groups)}
	l.placeRows(rows)
	l.addRows()
	return l, nil
}

// placeRows puts rows beside their merged cell, in input order within it.
func (l *layout) placeRows(rows []Row) {
	l.first = make([]int32, l.grid.Len()+1)
	for i := range rows {
		l.first[l.grid.Slot(i)+1]++
	}
	for i := range l.grid.Len() {
		l.first[i+1] += l.first[i]
	}
	next := append([]int32(nil), l.first...)
	l.n, l.z, l.bucket = make([]float64, len(rows)), make([]float64, len(rows)), make([]int32, len(rows))
	known := make([][]int32, len(l.groups)) // group, XG → bucket plus one
	for i, r := range rows {
		if grown := r.XG + 1 - len(known[r.Group]); grown > 0 {
			known[r.Group] = append(known[r.Group], make([]int32, grown)...)
		}
		of := &known[r.Group][r.XG]
		if *of == 0 {
			l.buckets = append(l.buckets, bucket{r.Group, r.XG})
			*of = int32(len(l.buckets))
		}
		b := *of - 1
		at := next[l.grid.Slot(i)]
		next[l.grid.Slot(i)]++
		l.n[at], l.z[at], l.bucket[at] = r.N, r.SumZ, b
		l.groups[r.Group] += r.N
	}
}

// addRows adds up the rows of one merged cell and one bucket, so that it does not matter how
// the customers of a cell were split beyond that.
func (l *layout) addRows() {
	last := make([]int32, len(l.buckets)) // place of a bucket's last row, plus one
	from, to := int32(0), int32(0)
	for i := range l.grid.Len() {
		first, end := to, l.first[i+1]
		for j := from; j < end; j++ {
			b := l.bucket[j]
			if at := last[b] - 1; at >= first {
				l.n[at], l.z[at] = l.n[at]+l.n[j], l.z[at]+l.z[j]
				continue
			}
			l.n[to], l.z[to], l.bucket[to] = l.n[j], l.z[j], b
			to++
			last[b] = to
		}
		from, l.first[i+1] = end, to
	}
	l.n, l.z, l.bucket = l.n[:to], l.z[:to], l.bucket[:to]
}

// workspace is one goroutine's memory.
type workspace struct {
	grid           btyd.Workspace
	within, beyond []float64 // per merged cell
	into           []sums
}

// pass fills w.into under purchase parameters theta.
func (e *evaluation) pass(theta []float64, w *workspace) []sums {
	w.prepare(e.layout)
	e.purchases.Discounted(e.grid, theta, e.o.Delta, e.o.Horizon, w.within, w.beyond, &w.grid)
	for i, h := range w.within {
		t := w.beyond[i]
		for j := e.first[i]; j < e.first[i+1]; j++ {
			b := &w.into[e.bucket[j]]
			n, z := e.n[j], e.z[j]
			b.hn += h * n
			b.hz += h * z
			if b.tn += times(t, n); t <= math.MaxFloat64 {
				b.tz += t * z
			}
		}
	}
	return w.into
}

func (w *workspace) prepare(l *layout) {
	if w.within == nil {
		w.within, w.beyond = make([]float64, l.grid.Len()), make([]float64, l.grid.Len())
		w.into = make([]sums, len(l.buckets))
	}
	clear(w.into)
}

// worth is a group's value up to the horizon and beyond it, per unit of margin.
type worth struct{ horizon, tail float64 }

// fold turns bucket sums into values by group, under spend parameters g. A draw
// without a mean gives +Inf.
func (l *layout) fold(s []sums, g spend.GammaGamma, out []worth) {
	clear(out)
	for k, b := range l.buckets {
		a, slope := g.Line(b.xg)
		if g.Q <= 1 {
			a, slope = math.Inf(1), 0
		}
		v := &out[b.group]
		v.horizon += times(a, s[k].hn) + slope*s[k].hz
		v.tail += times(a, s[k].tn) + slope*s[k].tz
	}
}

// times is a·b with ∞·0 = 0.
func times(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a * b
}
