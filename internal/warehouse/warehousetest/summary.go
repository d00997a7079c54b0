package warehousetest

import (
	order "cmp"
	"iter"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

func collect[T any](t testing.TB, seq iter.Seq2[T, error]) (all []T) {
	t.Helper()
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func summarise(t testing.TB, w warehouse.Warehouse, asOf clientele.Date) warehouse.Summary {
	t.Helper()
	s, err := w.Summarise(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeSummary(t testing.TB, s warehouse.Summary) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// testSummaryCases checks, one by one, what makes a purchase history.
func testSummaryCases(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	w := open(t)
	for _, c := range []struct {
		name  string
		lines []line
		want  []warehouse.Cell
	}{
		{"one purchase", []line{sale("A", 2, "5")}, []warehouse.Cell{{X: 0, Tx: 0, T: 8, N: 1}}},
		{"several orders on one day are one", []line{sale("A", 2, "5"), sale("A", 2, "6"), sale("A", 4, "1"), sale("A", 4, "2")},
			[]warehouse.Cell{{X: 1, Tx: 2, T: 8, XG: 1, N: 1, Spend: 3}}},
		{"a sale of nothing is a purchase, and no spend", []line{sale("A", 2, "5"), sale("A", 4, "0"), sale("A", 6, "7")},
			[]warehouse.Cell{{X: 2, Tx: 4, T: 8, XG: 1, N: 1, Spend: 7}}},
		{"a refund on a later day belongs to the purchase before it", []line{sale("A", 2, "5"), sale("A", 4, "9"), refund("A", 5, "-3"), sale("A", 6, "7")},
			[]warehouse.Cell{{X: 2, Tx: 4, T: 8, XG: 2, N: 1, Spend: 13}}},
		{"and can take its spend away", []line{sale("A", 2, "5"), sale("A", 4, "9"), refund("A", 5, "-9"), sale("A", 6, "7")},
			[]warehouse.Cell{{X: 2, Tx: 4, T: 8, XG: 1, N: 1, Spend: 7}}},
		{"money before the first purchase belongs to it", []line{refund("A", 1, "-5"), sale("A", 2, "5"), sale("A", 4, "9")},
			[]warehouse.Cell{{X: 1, Tx: 2, T: 8, XG: 1, N: 1, Spend: 9}}},
		{"who only returned is not in it", []line{refund("A", 1, "-5"), sale("", 2, "5")}, nil},
		{"what comes later does not count", []line{sale("A", 2, "5"), sale("A", 11, "5"), refund("A", 12, "-5"), sale("B", 11, "5")},
			[]warehouse.Cell{{X: 0, Tx: 0, T: 8, N: 1}}},
		{"customers of one history share a cell", []line{sale("A", 2, "5"), sale("B", 2, "5"), sale("A", 4, "2"), sale("B", 4, "3")},
			[]warehouse.Cell{{X: 1, Tx: 2, T: 8, XG: 1, N: 2, Spend: 5}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := w.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			records{Lines: c.lines}.load(t, w)
			s := summarise(t, w, day(10))
			defer closeSummary(t, s)
			if d := cmp.Diff(c.want, collect(t, s.Cells(t.Context(), warehouse.CellsBy{}))); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// history is what the reference knows of one customer.
type history struct {
	customer    string
	first, last clientele.Date
	orders      int64
	x, xg       int32
	spend       clientele.Money
}

// histories computes the purchase histories from their definition.
func (r records) histories(asOf clientele.Date) []history {
	byCustomer := map[string][]line{}
	for _, l := range r.Lines {
		if l.Customer != "" && l.Day <= asOf {
			byCustomer[l.Customer] = append(byCustomer[l.Customer], l)
		}
	}
	var all []history
	for _, customer := range slices.Sorted(maps.Keys(byCustomer)) {
		if h, ok := newHistory(byCustomer[customer]); ok {
			all = append(all, h)
		}
	}
	return all
}

func newHistory(lines []line) (history, bool) {
	var days []clientele.Date
	orders := map[string]bool{}
	for _, l := range lines {
		if l.Kind != clientele.Sale {
			continue
		}
		days = append(days, l.Day)
		if l.Order == "" {
			orders[" "+l.Day.String()] = true
		} else {
			orders[l.Order] = true
		}
	}
	if len(days) == 0 {
		return history{}, false
	}
	slices.Sort(days)
	days = slices.Compact(days)
	net := make([]clientele.Money, len(days))
	for _, l := range lines {
		i := 0
		for i+1 < len(days) && days[i+1] <= l.Day {
			i++
		}
		net[i] = net[i].Add(l.Amount)
	}
	h := history{customer: lines[0].Customer, first: days[0], last: days[len(days)-1], orders: int64(len(orders)), x: int32(len(days) - 1)}
	for _, n := range net[1:] {
		if n.Sign() > 0 {
			h.xg++
			h.spend = h.spend.Add(n)
		}
	}
	return h, true
}

// testSummaryProperties compares cells, spend, customers, holdout and tracking with
// the reference on random books.
func testSummaryProperties(t *testing.T, w warehouse.Warehouse) {
	rapid.Check(t, func(rt *rapid.T) {
		book := drawRecords(rt)
		refill(rt, w, t, book)
		defer keepDays(rt, w)()
		asOf := day(rapid.IntRange(-1, bookDays+5).Draw(rt, "as of"))
		s := summarise(t, w, asOf)
		defer closeSummary(t, s)
		histories := book.histories(asOf)
		ref := reference{book, warehouse.MovementQuery{Period: drawPeriod(rt), Definition: drawDefinition(rt), By: attributeName}}

		for _, by := range []warehouse.CellsBy{{}, {Attribute: attributeName}, {Movement: &ref.MovementQuery}, {Attribute: attributeName, Movement: &ref.MovementQuery}} {
			want := ref.cells(histories, asOf, by)
			if d := cmp.Diff(want, collect(t, s.Cells(t.Context(), by)), cmpopts.EquateEmpty()); d != "" {
				rt.Fatalf("cells as of %s by %+v (-want +got):\n%s", asOf, by, d)
			}
		}
		checkBins(rt, t, s, histories)
		checkCustomers(rt, t, s, ref, histories, asOf)
		checkHoldout(rt, t, w, book, asOf)
		checkTracking(rt, t, w, book, asOf)
	})
}

// keepDays has the engine keep days, or not: it answers the same.
func keepDays(rt *rapid.T, w warehouse.Warehouse) (done func()) {
	if rapid.Bool().Draw(rt, "keep days") {
		return w.KeepDays()
	}
	return func() {}
}

func (r reference) group(h history) warehouse.Group {
	switch a0, a1 := r.active(h.customer, r.Period.Opening()), r.active(h.customer, r.Period.To); {
	case h.first >= r.Period.From:
		return warehouse.GroupNew
	case a0 && a1:
		return warehouse.GroupStayed
	case a0:
		return warehouse.GroupLost
	case a1:
		return warehouse.GroupReactivated
	}
	return warehouse.GroupLapsed
}

func (r reference) cells(histories []history, asOf clientele.Date, by warehouse.CellsBy) []warehouse.Cell {
	cells := map[warehouse.Cell]warehouse.Cell{}
	spend := map[warehouse.Cell]clientele.Money{}
	for _, h := range histories {
		key := warehouse.Cell{X: h.x, Tx: int32(h.last - h.first), T: int32(asOf - h.first), XG: h.xg}
		if by.Attribute != "" {
			key.Segment = r.segment(h.customer)
		}
		if by.Movement != nil {
			key.Group = r.group(h)
		}
		spend[key] = spend[key].Add(h.spend)
		c := key
		c.N, c.Spend = cells[key].N+1, spend[key].Float64()
		cells[key] = c
	}
	return slices.SortedFunc(maps.Values(cells), compareCells)
}

func compareCells(a, b warehouse.Cell) int {
	return order.Or(order.Compare(a.Segment, b.Segment), order.Compare(a.Group, b.Group),
		order.Compare(a.X, b.X), order.Compare(a.Tx, b.Tx), order.Compare(a.T, b.T), order.Compare(a.XG, b.XG))
}

func checkBins(rt *rapid.T, t testing.TB, s warehouse.Summary, histories []history) {
	bins, err := s.SpendBins(t.Context())
	if err != nil {
		rt.Fatal(err)
	}
	customers, spend := map[int32]int64{}, map[int32]float64{}
	for _, b := range bins {
		customers[b.XG] += b.N
		spend[b.XG] += b.Spend
	}
	for _, h := range histories {
		if h.xg > 0 {
			customers[h.xg]--
			spend[h.xg] -= h.spend.Float64()
		}
	}
	for xg, n := range customers {
		if n != 0 || math.Abs(spend[xg]) > 1e-9 {
			rt.Fatalf("%d paid days: %d customers and %v of spend too many in %+v", xg, n, spend[xg], bins)
		}
	}
}

func checkCustomers(rt *rapid.T, t testing.TB, s warehouse.Summary, ref reference, histories []history, asOf clientele.Date) {
	q := warehouse.CustomersQuery{Definition: ref.Definition, Margin: 1}
	var want []clientele.CustomerRow
	for _, h := range histories {
		row := clientele.CustomerRow{Customer: h.customer, Orders: h.orders, RecencyDays: int(h.last - h.first), AgeDays: int(asOf - h.first)}
		if ref.active(h.customer, asOf) {
			row.Value = ref.net(h.customer, asOf)
		}
		want = append(want, row)
	}
	if d := cmp.Diff(want, collect(t, s.Customers(t.Context(), q)), cmpopts.EquateEmpty()); d != "" {
		rt.Fatalf("customers as of %s by %+v (-want +got):\n%s", asOf, ref.Definition, d)
	}
	if len(want) < 2 {
		return
	}
	q.Offset, q.Limit = 1, 1
	if d := cmp.Diff(want[1:2], collect(t, s.Customers(t.Context(), q))); d != "" {
		rt.Fatalf("the second customer (-want +got):\n%s", d)
	}
	q.Offset, q.Limit = 0, 0
	q.Within = warehouse.CellsBy{Attribute: attributeName, Movement: &ref.MovementQuery}
	q.Segment, q.Group = ref.segment(histories[0].customer), ref.group(histories[0])
	for i := len(histories) - 1; i >= 0; i-- {
		if ref.segment(histories[i].customer) != q.Segment || ref.group(histories[i]) != q.Group {
			want = slices.Delete(want, i, i+1)
		}
	}
	if d := cmp.Diff(want, collect(t, s.Customers(t.Context(), q))); d != "" {
		rt.Fatalf("customers of %s, %s (-want +got):\n%s", q.Segment, q.Group, d)
	}
}

func checkHoldout(rt *rapid.T, t testing.TB, w warehouse.Warehouse, book records, calibrated clientele.Date) {
	to := calibrated + clientele.Date(rapid.IntRange(0, 20).Draw(rt, "held out"))
	later := map[string]int32{}
	for _, h := range book.histories(to) {
		later[h.customer] = h.x
	}
	want := map[warehouse.HoldoutCell]int64{}
	for _, h := range book.histories(calibrated) {
		want[warehouse.HoldoutCell{X: h.x, Tx: int32(h.last - h.first), T: int32(calibrated - h.first), Actual: later[h.customer] - h.x}]++
	}
	cells, err := w.Holdout(t.Context(), calibrated, to)
	if err != nil {
		rt.Fatal(err)
	}
	got := map[warehouse.HoldoutCell]int64{}
	for _, c := range cells {
		n := c.N
		c.N = 0
		got[c] += n
	}
	if d := cmp.Diff(want, got); d != "" {
		rt.Fatalf("held out (%s, %s] (-want +got):\n%s", calibrated, to, d)
	}
}

func checkTracking(rt *rapid.T, t testing.TB, w warehouse.Warehouse, book records, to clientele.Date) {
	var want warehouse.Tracking
	for d := day0; d <= to; d++ {
		var first, repeat int64
		before := book.histories(d - 1)
		for _, h := range book.histories(d) {
			i := slices.IndexFunc(before, func(b history) bool { return b.customer == h.customer })
			first += count(i < 0)
			repeat += count(i >= 0 && before[max(i, 0)].x < h.x)
		}
		if first > 0 {
			want.FirstPurchases = append(want.FirstPurchases, warehouse.DayCount{Day: d, N: first})
		}
		if repeat > 0 {
			want.RepeatPurchases = append(want.RepeatPurchases, warehouse.DayCount{Day: d, N: repeat})
		}
	}
	got, err := w.Tracking(t.Context(), to)
	if err != nil {
		rt.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		rt.Fatalf("tracking to %s (-want +got):\n%s", to, d)
	}
}

// testScores hands scores down and checks what comes of them per customer.
func testScores(t *testing.T, w warehouse.Warehouse) {
	records{Lines: []line{sale("A", 0, "5"), sale("B", 0, "5"), sale("B", 4, "30"), sale("C", 8, "5"), sale("D", 9, "1")}}.load(t, w)
	s := summarise(t, w, day(10))
	defer closeSummary(t, s)
	q := warehouse.CustomersQuery{
		Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1},
		Margin:     0.5,
		Cells: []warehouse.CellScore{
			{X: 0, Tx: 0, T: 10, PAlive: 0.25, Expected: 0.5, Discounted: 2, LogSD: 0.1},
			{X: 1, Tx: 4, T: 10, PAlive: 0.75, Expected: 1.5, Discounted: 4, LogSD: 0.3},
			{X: 0, Tx: 0, T: 2, PAlive: 0.5, Expected: 1, Discounted: 3, LogSD: 800},
		},
		Spend: []warehouse.SpendScore{
			{XG: 0, Base: 10},
			{XG: 1, Base: 5, Slope: 0.5, VarBase: 4, Cov: -0.1, VarSlope: 0.01},
		},
		ByWorth: true,
	}
	rows := collect(t, s.Customers(t.Context(), q))
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 4", len(rows))
	}
	// B: 4 × (5 + 0.5 × 30) × 0.5 = 40; sd² = 0.09 + (4 − 6 + 9)/400 = 0.1075.
	if r := rows[0]; r.Customer != "B" || *r.PAlive != 0.75 || *r.Expected != 1.5 || r.CLV.String() != "40.00" ||
		r.Low.String() != money(40*math.Exp(-1.959964*math.Sqrt(0.1075))) || r.High.String() != money(40*math.Exp(1.959964*math.Sqrt(0.1075))) {
		t.Errorf("B: %+v %s %s %s", r, r.CLV, r.Low, r.High)
	}
	// C is worth 15.00 within bounds that no amount can express: the upper one is missing.
	if r := rows[1]; r.Customer != "C" || r.CLV.String() != "15.00" || r.Low.String() != "0.00" || r.High != nil {
		t.Errorf("C: %+v", r)
	}
	// A never came back: 2 × 10 × 0.5.
	if r := rows[2]; r.Customer != "A" || r.CLV.String() != "10.00" {
		t.Errorf("A: %+v", r)
	}
	// The model says nothing of D's cell.
	if r := rows[3]; r.Customer != "D" || r.CLV != nil || r.PAlive != nil || r.Low != nil {
		t.Errorf("D: %+v", r)
	}
}

func money(f float64) string {
	m, err := clientele.EstimateMoney(f)
	if err != nil {
		return err.Error()
	}
	return m.String()
}

// testEmpty asks an empty engine: everything is nothing, and no error.
func testEmpty(t *testing.T, w warehouse.Warehouse) {
	q := warehouse.MovementQuery{Period: days(0, 9), By: attributeName, Definition: clientele.Definition{Kind: clientele.Both, LapseDays: 10, Version: 1}}
	want := reference{records{}, q}.movements()
	if d := cmp.Diff(want, movement(t, w, q), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("movement (-want +got):\n%s", d)
	}
	s := summarise(t, w, day(5))
	defer closeSummary(t, s)
	if cells := collect(t, s.Cells(t.Context(), warehouse.CellsBy{})); len(cells) > 0 {
		t.Errorf("cells: %+v", cells)
	}
	if rows := collect(t, s.Customers(t.Context(), warehouse.CustomersQuery{Definition: q.Definition, Margin: 1})); len(rows) > 0 {
		t.Errorf("customers: %+v", rows)
	}
}
