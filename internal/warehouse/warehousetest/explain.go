package warehousetest

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

func explain(t testing.TB, w warehouse.Warehouse, q warehouse.ExplainQuery) warehouse.Explanation {
	t.Helper()
	e, err := w.Explain(t.Context(), q)
	if err != nil {
		t.Fatalf("%s: %v", q.Line, err)
	}
	return e
}

// checkExplanations explains some lines of a movement, and of one of its segments,
// and checks that what is behind a figure comes to the figure.
func checkExplanations(rt *rapid.T, t testing.TB, w warehouse.Warehouse, q warehouse.MovementQuery, got warehouse.Movements) {
	checkExplanation(rt, t, w, warehouse.ExplainQuery{MovementQuery: q, Limit: 1000}, got.Total)
	if len(got.Segments) > 0 {
		s := rapid.SampledFrom(got.Segments).Draw(rt, "segment")
		checkExplanation(rt, t, w, warehouse.ExplainQuery{MovementQuery: q, Segment: s.Name, Limit: 1000}, s.Movement)
	}
}

func checkExplanation(rt *rapid.T, t testing.TB, w warehouse.Warehouse, q warehouse.ExplainQuery, m clientele.Movement) {
	doc := rapid.SampledFrom(warehouse.Lines).Draw(rt, "line")
	if doc.Heads == nil && doc.Money(&m) == nil {
		return
	}
	q.Line = doc.Line
	e := explain(t, w, q)
	if doc.Heads != nil && e.Heads != *doc.Heads(&m) {
		rt.Fatalf("%s of %q is %d, and %d by its rows: %+v", q.Line, q.Segment, *doc.Heads(&m), e.Heads, e)
	}
	if doc.Money != nil && !e.Amount.Equal(*doc.Money(&m)) {
		rt.Fatalf("%s of %q is %s, and %s by its rows: %+v", q.Line, q.Segment, *doc.Money(&m), e.Amount, e)
	}
	checkRows(rt, q.Line, e)
	for direction, lines := range map[string][]clientele.ReasonLine{"in": m.Reasons.In, "out": m.Reasons.Out} {
		for _, l := range lines {
			q.Line = warehouse.Line("reasons." + direction + "." + l.Reason)
			e := explain(t, w, q)
			if e.Heads != l.Customers || !e.Amount.Equal(l.Value) {
				rt.Fatalf("%s of %q is %d and %s, not %+v", q.Line, q.Segment, e.Heads, e.Amount, l)
			}
			checkRows(rt, q.Line, e)
		}
	}
}

// checkRows checks that the rows come to the totals over all pages.
func checkRows(t *rapid.T, line warehouse.Line, e warehouse.Explanation) {
	var heads int64
	var amount clientele.Money
	for _, r := range e.Rows {
		heads += r.Heads
		amount = amount.Add(r.Amount)
	}
	if int64(len(e.Rows)) != e.Count || heads != e.Heads || !amount.Equal(e.Amount) {
		t.Fatalf("%s: %d rows come to %d and %s, not to %d, %d and %s", line, len(e.Rows), heads, amount, e.Count, e.Heads, e.Amount)
	}
}

func testExplainErrors(t *testing.T, w warehouse.Warehouse) {
	q := warehouse.MovementQuery{Period: days(0, 9), Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1}}
	backwards := q
	backwards.Period = days(9, 0)
	for _, c := range []struct {
		query warehouse.ExplainQuery
		code  clientele.Code
	}{
		{warehouse.ExplainQuery{MovementQuery: q, Line: "customers.happy"}, clientele.CodeNotFound},
		{warehouse.ExplainQuery{MovementQuery: q, Line: "recurring.new"}, clientele.CodeNotFound},
		{warehouse.ExplainQuery{MovementQuery: q, Line: "customers.new", Limit: 1001}, clientele.CodeUsage},
		{warehouse.ExplainQuery{MovementQuery: q, Line: "customers.new", Offset: -1}, clientele.CodeUsage},
		{warehouse.ExplainQuery{MovementQuery: q, Line: "customers.new", Segment: "DE"}, clientele.CodeUsage},
		{warehouse.ExplainQuery{MovementQuery: backwards, Line: "customers.new"}, clientele.CodeInvalid},
	} {
		_, err := w.Explain(t.Context(), c.query)
		if clientele.CodeOf(err) != c.code {
			t.Errorf("%+v: %v, want %s", c.query, err, c.code)
		}
	}
}

// testExplainPages checks what a row says, the order, paging, and that texts with
// quotes are but texts.
func testExplainPages(t *testing.T, w warehouse.Warehouse) {
	odd := `O'Brien"; --`
	records{
		Lines: []line{
			sale("A", 0, "3"), sale("B", 3, "20"), sale(odd, 4, "5"),
			{Order: "o9", Day: day(12), Amount: clientele.MustMoney("8"), Kind: clientele.Sale},
			{Order: "o9", Day: day(12), Amount: clientele.MustMoney("1"), Kind: clientele.Tax},
		},
		Attributes: map[string]string{odd: odd},
		Reasons:    []reason{{odd, "out", odd, day(14)}},
	}.load(t, w)
	q := warehouse.ExplainQuery{
		MovementQuery: warehouse.MovementQuery{Period: days(8, 14), By: attributeName, Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1}},
		Line:          "value.lost", Limit: 2,
	}
	e := explain(t, w, q)
	if e.Count != 3 || len(e.Rows) != 2 || e.Rows[0].Customer != "B" || e.Rows[1].Customer != odd || !e.Amount.Equal(clientele.MustMoney("28")) {
		t.Errorf("first page: %+v", e)
	}
	if r := e.Rows[0]; r.Day != day(13) || !r.Opening.Equal(clientele.MustMoney("20")) || !r.Closing.Equal(clientele.Money{}) {
		t.Errorf("B: %+v", r)
	}
	if e.Query == "" {
		t.Error("no query is shown")
	}
	q.Offset = 2
	if e = explain(t, w, q); e.Count != 3 || len(e.Rows) != 1 || e.Rows[0].Customer != "A" {
		t.Errorf("second page: %+v", e)
	}
	q.Offset, q.Segment = 0, odd
	if e = explain(t, w, q); e.Count != 1 || !e.Amount.Equal(clientele.MustMoney("5")) {
		t.Errorf("segment: %+v", e)
	}
	q.Line = warehouse.Line("reasons.out." + odd)
	if e = explain(t, w, q); e.Count != 1 || e.Heads != 1 || !e.Amount.Equal(clientele.MustMoney("5")) {
		t.Errorf("reason: %+v", e)
	}
	q.Line, q.Segment = "revenue.unattributed", clientele.NoCustomerSegment
	if e = explain(t, w, q); e.Count != 1 || e.Rows[0].Order != "o9" || e.Rows[0].Customer != "" || !e.Amount.Equal(clientele.MustMoney("9")) {
		t.Errorf("unattributed: %+v", e)
	}
}
