package warehousetest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testEquityProperties compares equity movements with the reference on random books,
// whatever models may say.
func testEquityProperties(t *testing.T, w warehouse.Warehouse) {
	rapid.Check(t, func(rt *rapid.T) {
		book := drawRecords(rt)
		refill(rt, w, t, book)
		defer keepDays(rt, w)()
		opening := day(rapid.IntRange(-1, bookDays).Draw(rt, "opening"))
		m := moveReference{records: book, q: warehouse.EquityQuery{
			Opening: opening, Closing: opening + clientele.Date(rapid.IntRange(1, 40).Draw(rt, "days")), By: attributeName,
			Margin: 0.3, Growth: 1.05, Sample: 3, Horizons: make([]warehouse.EquityHorizon, rapid.IntRange(1, 3).Draw(rt, "horizons")),
		}}
		m.draw(rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "scores"), 0)))
		line := rapid.SampledFrom(warehouse.EquityLines()).Draw(rt, "line")
		m.q.Page = &warehouse.EquityPage{Line: line, Limit: 1000}
		got, err := w.MoveEquity(t.Context(), m.q)
		if err != nil {
			rt.Fatal(err)
		}
		m.check(rt, got)
	})
}

// moveReference computes an equity movement customer by customer, as EquityQuery says.
type moveReference struct {
	records
	q             warehouse.EquityQuery
	before, after []history
}

// draw invents what models say of every cell: among it that nobody is left.
func (m *moveReference) draw(rng *rand.Rand) {
	m.before, m.after = m.histories(m.q.Opening), m.histories(m.q.Closing)
	alive := func() float64 {
		if rng.IntN(6) == 0 {
			return math.Inf(-1)
		}
		return -3 * rng.Float64()
	}
	seen, paid := map[[3]int32]bool{}, map[int32]bool{}
	for _, h := range m.before {
		c, s := cellOf(h, m.q.Opening), alive()
		if paid[h.xg] = true; seen[c] {
			continue
		}
		seen[c] = true
		o := warehouse.OpeningScore{X: c[0], Tx: c[1], T: c[2], LogStays: s, Period: 2 * rng.Float64(), Cash: rng.Float64()}
		m.q.OpeningCells = append(m.q.OpeningCells, o)
		for k := range m.q.Horizons {
			moved := o.Period // nothing is expected
			if !math.IsInf(s, -1) {
				moved += 5 * rng.Float64()
			}
			by := &m.q.Horizons[k]
			by.Within, by.Moved = append(by.Within, moved*rng.Float64()), append(by.Moved, moved)
		}
	}
	clear(seen)
	for _, h := range m.after {
		c, s := cellOf(h, m.q.Closing), alive()
		if paid[h.xg] = true; seen[c] {
			continue
		}
		seen[c] = true
		m.q.ClosingCells = append(m.q.ClosingCells, warehouse.ClosingScore{X: c[0], Tx: c[1], T: c[2], LogAlive: s})
		for k := range m.q.Horizons {
			by := &m.q.Horizons[k]
			by.Old, by.Current = append(by.Old, 5*math.Exp(s)*rng.Float64()), append(by.Current, 5*rng.Float64())
		}
	}
	for xg := range paid {
		m.q.Spend = append(m.q.Spend, warehouse.SpendPair{
			XG: xg, OldBase: 10 * rng.Float64(), OldSlope: rng.Float64(), CurrentBase: 10 * rng.Float64(), CurrentSlope: rng.Float64(),
		})
	}
}

func cellOf(h history, asOf clientele.Date) [3]int32 {
	return [3]int32{h.x, int32(h.last - h.first), int32(asOf - h.first)}
}

// lines are those of one customer by one horizon.
func (m *moveReference) lines(h history, by warehouse.EquityHorizon) (lines map[warehouse.EquityLine]float64, fresh bool) {
	spend := func(xg int32) warehouse.SpendPair {
		return m.q.Spend[slices.IndexFunc(m.q.Spend, func(p warehouse.SpendPair) bool { return p.XG == xg })]
	}
	c, p := cellOf(h, m.q.Closing), spend(h.xg)
	at := slices.IndexFunc(m.q.ClosingCells, func(s warehouse.ClosingScore) bool { return [3]int32{s.X, s.Tx, s.T} == c })
	s := m.q.ClosingCells[at]
	spent1 := p.OldBase + p.OldSlope*h.spend.Float64()
	old := m.q.Margin * spent1 * by.Old[at]
	closing := m.q.Margin * (p.CurrentBase + p.CurrentSlope*h.spend.Float64()) * by.Current[at]
	out := map[warehouse.EquityLine]float64{"closing": closing, "assumption_change": closing - old}
	i := slices.IndexFunc(m.before, func(b history) bool { return b.customer == h.customer })
	if i < 0 {
		out["new_customers"] = old
		return out, true
	}
	b := m.before[i]
	c, p = cellOf(b, m.q.Opening), spend(b.xg)
	at = slices.IndexFunc(m.q.OpeningCells, func(o warehouse.OpeningScore) bool { return [3]int32{o.X, o.Tx, o.T} == c })
	o, within, moved := m.q.OpeningCells[at], by.Within[at], by.Moved[at]
	spent0 := p.OldBase + p.OldSlope*b.spend.Float64()
	money := m.q.Margin * spent0
	out["opening"] = money * within
	out["unwinding"] = out["opening"] * (m.q.Growth - 1)
	out["expected_release"] = -m.q.Growth * money * o.Period
	out["window"] = m.q.Growth * money * (moved - within)
	expected := m.q.Growth * money * math.Max(0, moved-o.Period)
	total := old - expected
	out["experience.total"] = total
	switch {
	case total == 0:
	case expected > 0 && old > 0:
		l := total / math.Log(old/expected)
		out["experience.survival"] = l * (s.LogAlive - o.LogStays)
		out["experience.spend"] = l * math.Log(spent1/spent0)
		out["experience.activity"] = total - out["experience.survival"] - out["experience.spend"]
	case math.IsInf(o.LogStays, -1) || math.IsInf(s.LogAlive, -1):
		out["experience.survival"] = total
	default:
		out["experience.activity"] = total
	}
	return out, false
}

func (m *moveReference) check(rt *rapid.T, got warehouse.EquityMoved) {
	if len(got.Horizons) != len(m.q.Horizons) {
		rt.Fatalf("%d horizons, want %d", len(got.Horizons), len(m.q.Horizons))
	}
	for k := range m.q.Horizons {
		m.checkTotals(rt, got.Horizons[k], m.q.Horizons[k])
	}
	m.checkRows(rt, got)
	var actual clientele.Money
	for _, l := range m.Lines {
		if l.Day > m.q.Opening && l.Day <= m.q.Closing && slices.ContainsFunc(m.before, func(h history) bool { return h.customer == l.Customer }) {
			actual = actual.Add(l.Amount)
		}
	}
	if !actual.Equal(got.Actual) {
		rt.Fatalf("brought %s, want %s", got.Actual, actual)
	}
}

// checkTotals compares what the movement comes to by one horizon.
func (m *moveReference) checkTotals(rt *rapid.T, got warehouse.EquityTotals, by warehouse.EquityHorizon) {
	segments := map[string]map[warehouse.EquityLine]float64{}
	months := map[clientele.Date]float64{}
	ref := reference{m.records, warehouse.MovementQuery{By: attributeName}}
	for _, h := range m.after {
		lines, fresh := m.lines(h, by)
		segment := ref.segment(h.customer)
		if segments[segment] == nil {
			segments[segment] = map[warehouse.EquityLine]float64{}
		}
		for line, v := range lines {
			segments[segment][line] += v
		}
		if fresh {
			months[clientele.NewDate(h.first.Time().Year(), h.first.Time().Month(), 1)] += lines["new_customers"]
		}
	}
	if len(got.Sums) != len(segments) || len(got.Cohorts) != len(months) {
		rt.Fatalf("%d segments, %d months; want %d and %d", len(got.Sums), len(got.Cohorts), len(segments), len(months))
	}
	for _, s := range got.Sums {
		for _, line := range warehouse.EquityLines() {
			near(rt, s.Segment+" "+string(line), s.Lines[line], segments[s.Segment][line])
		}
		if !(s.Worst <= 1e-9) {
			rt.Fatalf("the lines of a customer of %s are off by %g", s.Segment, s.Worst)
		}
	}
	for _, c := range got.Cohorts {
		near(rt, "month "+c.Month.String(), c.Worth, months[c.Month])
	}
}

// checkRows compares the page, which is by the first horizon.
func (m *moveReference) checkRows(rt *rapid.T, got warehouse.EquityMoved) {
	page := map[string]float64{}
	for _, h := range m.after {
		lines, _ := m.lines(h, m.q.Horizons[0])
		if v := lines[m.q.Page.Line]; v != 0 {
			page[h.customer] = v
		}
	}
	if len(got.Rows) != len(page) || got.Count != int64(len(page)) {
		rt.Fatalf("%d and %d rows, want %d", len(got.Rows), got.Count, len(page))
	}
	sum := 0.0
	for i, r := range got.Rows {
		near(rt, r.Customer, r.Amount.Float64(), page[r.Customer])
		if sum += r.Amount.Float64(); i > 0 && math.Abs(r.Amount.Float64()) > math.Abs(got.Rows[i-1].Amount.Float64())+1e-9 {
			rt.Fatalf("row %d moves the line more than the row before", i)
		}
	}
	near(rt, "all rows", got.Amount.Float64(), sum)
}

func near(rt *rapid.T, what string, got, want float64) {
	if !(math.Abs(got-want) <= 1e-7*(1+math.Abs(want))) {
		rt.Fatalf("%s: %.12g, want %.12g", what, got, want)
	}
}

// testEquityErrors asks for what there is none of.
func testEquityErrors(t *testing.T, w warehouse.Warehouse) {
	q := warehouse.EquityQuery{Opening: day(0), Closing: day(5), Margin: 1, Growth: 1, Horizons: make([]warehouse.EquityHorizon, 1)}
	for code, page := range map[clientele.Code]*warehouse.EquityPage{
		clientele.CodeNotFound: {Line: "customers.new", Limit: 10},
		clientele.CodeUsage:    {Line: "opening", Limit: 1001},
	} {
		q.Page = page
		if _, err := w.MoveEquity(t.Context(), q); clientele.CodeOf(err) != code {
			t.Errorf("%+v: %v, want %s", *page, err, code)
		}
	}
	q.Page = &warehouse.EquityPage{Line: "opening", Limit: 10}
	got, err := w.MoveEquity(t.Context(), q)
	if err != nil || len(got.Horizons[0].Sums) > 0 || got.Count > 0 {
		t.Errorf("of nothing: %+v, %v", got, err)
	}
}
