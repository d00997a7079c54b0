package btyd

import (
	"cmp"
	"slices"
)

// heldOut is the rows of a holdout by merged cell.
type heldOut struct {
	*Grid
	rows  []HoldoutRow
	first []int32 // per merged cell, plus one: its first row in order
	order []int32 // rows by merged cell
}

func layHoldout(rows []HoldoutRow) (*heldOut, error) {
	cells := make([]Cell, len(rows))
	for i, r := range rows {
		cells[i] = Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	g, err := NewGrid(cells)
	if err != nil {
		return nil, err
	}
	h := &heldOut{Grid: g, rows: rows, first: make([]int32, g.Len()+1), order: make([]int32, len(rows))}
	for i := range rows {
		h.first[g.Slot(i)+1]++
	}
	for k := range g.Len() {
		h.first[k+1] += h.first[k]
	}
	next := slices.Clone(h.first)
	for i := range rows {
		k := g.Slot(i)
		h.order[next[k]] = int32(i)
		next[k]++
	}
	return h, nil
}

// memoryless tells the models in which the purchases of a customer who is still one
// at T do not depend on how long ago the last one was: customers of one frequency
// and age then share a future.
func memoryless(m Model) bool {
	switch m.(type) {
	case ParetoNBD, BGNBD, MBGNBD, NBD, ExponentialNBD, ParetoPoisson, NBDWithLeavers:
		return true
	}
	return false
}

// span is a run of merged cells that share a future.
type span struct{ lo, hi int }

func (h *heldOut) spans(m Model) []span {
	var out []span
	shared := memoryless(m)
	for i := range h.n {
		if k := len(out) - 1; shared && i > 0 && h.x[i] == h.x[i-1] && h.t[i] == h.t[i-1] {
			out[k].hi = i + 1
		} else {
			out = append(out, span{i, i + 1})
		}
	}
	return out
}

// alive is P(alive) of every merged cell.
func (h *heldOut) alive(m Model) []float64 {
	out := make([]float64, h.Len())
	if p, ok := m.(ParetoNBD); ok {
		var w Workspace
		h.PAlive(p, out, &w)
		return out
	}
	parallel(len(h.chunks), func(i int, _ *scratch) {
		for k := h.chunks[i].lo; k < h.chunks[i].hi; k++ {
			out[k] = m.PAlive(h.history(k))
		}
	})
	return out
}

// leastShared is the P(alive) of a span's representative below which its future
// is not told by dividing by it.
const leastShared = 1e-6

// shared gives the history whose future, divided by scale, is that of all cells of
// a span once they are alive. A span of one cell has its own, not divided.
func (h *heldOut) shared(m Model, s span) (of History, scale float64, ok bool) {
	of = h.history(s.lo)
	if s.hi == s.lo+1 {
		return of, 1, true
	}
	of.Tx = of.T // who bought just now is the surest to be alive
	scale = m.PAlive(of)
	return of, scale, scale > leastShared
}

// eachSpan calls visit for each span with a history that tells its future, the
// P(alive) of that history, by which its future is to be divided, and the cell's
// own, by which it is to be multiplied.
func (h *heldOut) eachSpan(m Model, visit func(s span, of History, scale float64, alive []float64)) {
	alive := h.alive(m)
	spans := h.spans(m)
	parallel(len(spans), func(i int, _ *scratch) {
		s := spans[i]
		if of, scale, ok := h.shared(m, s); ok {
			one := []float64{1}
			if s.hi > s.lo+1 {
				one = alive[s.lo:s.hi]
			}
			visit(s, of, scale, one)
			return
		}
		for k := s.lo; k < s.hi; k++ {
			visit(span{k, k + 1}, h.history(k), 1, []float64{1})
		}
	})
}

// expectedTotal is the purchases expected of all customers.
func (h *heldOut) expectedTotal(m Model, weeks float64) float64 {
	of := make([]float64, h.Len())
	if _, together := m.(staged); together {
		h.value(m, []term{{horizon: weeks}}, make([]float64, h.Len()), [][]float64{of})
		return dot(h.n, of)
	}
	h.eachSpan(m, func(s span, at History, scale float64, alive []float64) {
		e := m.ExpectedOrders(at, weeks) / scale
		for i, a := range alive {
			of[s.lo+i] = a * e
		}
	})
	return dot(h.n, of)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// set is a shortest set of counts and its probability.
type set struct {
	lo, hi int32
	held   float64
}

func (s set) holds(actual int) bool { return int(s.lo) <= actual && actual <= int(s.hi) }

type cellSets [len(holdoutMasses)]set

// foretell fills what is foretold of every row in, and gives each merged cell's
// sets.
func (h *heldOut) foretell(m Model, weeks float64, dst []Foretold) []cellSets {
	sets := make([]cellSets, h.Len())
	h.eachSpan(m, func(s span, at History, scale float64, alive []float64) {
		f := futureOf(m, at, weeks, scale)
		mixed := make([]float64, len(f.p))
		for i, a := range alive {
			k := s.lo + i
			sets[k] = f.shortest(a, mixed)
			mean, variance := f.moments(a)
			for _, r := range h.order[h.first[k]:h.first[k+1]] {
				actual := h.rows[r].Actual
				in := sets[k][foretoldSet]
				dst[r] = Foretold{
					Expected: mean, Variance: variance, CRPS: f.crps(a, actual), Held: in.held, Covered: in.holds(actual),
				}
			}
		}
	})
	return sets
}

// auc is the area under the curve of the expected purchases against whether there
// was any.
func (h *heldOut) auc(of []Foretold) float64 {
	buyers, all := make([]float64, h.Len()), make([]float64, h.Len())
	for i, r := range h.rows {
		k := h.Slot(i)
		all[k] += r.N
		if r.Actual > 0 {
			buyers[k] += r.N
		}
	}
	expected, order := make([]float64, h.Len()), make([]int, h.Len())
	for k := range order {
		expected[k], order[k] = of[h.order[h.first[k]]].Expected, k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(expected[a], expected[b]) })
	below, pairs, yes := 0.0, 0.0, 0.0 // non-buyers so far, pairs won, buyers
	for i := 0; i < len(order); {
		bought, not := 0.0, 0.0
		for e := expected[order[i]]; i < len(order) && expected[order[i]] == e; i++ {
			bought += buyers[order[i]]
			not += all[order[i]] - buyers[order[i]]
		}
		pairs += bought * (below + not/2)
		below += not
		yes += bought
	}
	return pairs / (yes * below) // 0/0 is NaN
}

// sets adds the cells' sets up.
func (h *heldOut) sets(of []cellSets) []HoldoutSet {
	out := make([]HoldoutSet, len(holdoutMasses))
	for j, mass := range holdoutMasses {
		s := HoldoutSet{Mass: mass}
		for i, r := range h.rows {
			c := of[h.Slot(i)][j]
			s.Held += r.N * c.held
			s.Width += r.N * float64(c.hi-c.lo)
			if c.holds(r.Actual) {
				s.Covered += r.N
			}
		}
		s.Held, s.Width, s.Covered = s.Held/h.customers, s.Width/h.customers, s.Covered/h.customers
		out[j] = s
	}
	return out
}
