package warehousetest

import (
	"slices"
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

// checkExplanations explains a line and a reason of a movement, or of one of its
// segments, and checks that what is behind a figure comes to the figure.
func checkExplanations(rt *rapid.T, t testing.TB, w warehouse.Warehouse, q warehouse.MovementQuery, got warehouse.Movements) {
	of := rapid.SampledFrom(append(got.Segments, warehouse.Segment{Movement: got.Total})).Draw(rt, "of")
	x := warehouse.ExplainQuery{MovementQuery: q, Segment: of.Name, Limit: 1000}
	at := rapid.SampledFrom(warehouse.MovementLines).Draw(rt, "line")
	x.Line = at.Line
	if at.Heads != nil {
		e := explain(t, w, x)
		checkRows(rt, x, e, *at.Heads(&of.Movement), e.Amount)
	} else if amount := at.Money(&of.Movement); amount != nil {
		e := explain(t, w, x)
		checkRows(rt, x, e, e.Heads, *amount)
	}
	direction, lines := "in", of.Reasons.In
	if rapid.Bool().Draw(rt, "out") {
		direction, lines = "out", of.Reasons.Out
	}
	if len(lines) > 0 {
		l := rapid.SampledFrom(lines).Draw(rt, "reason")
		x.Line = warehouse.Line("reasons." + direction + "." + l.Reason)
		want := l.Value
		if q.Definition.Kind == clientele.Contracts {
			want = *l.Recurring
		}
		checkRows(rt, x, explain(t, w, x), l.Customers, want)
	}
}

// checkRows checks that an explanation, and its rows, come to a figure.
func checkRows(t *rapid.T, q warehouse.ExplainQuery, e warehouse.Explanation, wantHeads int64, want clientele.Money) {
	var heads int64
	var amount clientele.Money
	for _, r := range e.Rows {
		heads += r.Heads
		amount = amount.Add(r.Amount)
	}
	if int64(len(e.Rows)) != e.Count || heads != e.Heads || !amount.Equal(e.Amount) {
		t.Fatalf("%s of %q: %d rows come to %d and %s, not to %d, %d and %s", q.Line, q.Segment, len(e.Rows), heads, amount, e.Count, e.Heads, e.Amount)
	}
	if e.Heads != wantHeads || !e.Amount.Equal(want) {
		t.Fatalf("%s of %q is %d and %s, and %d and %s by its rows", q.Line, q.Segment, wantHeads, want, e.Heads, e.Amount)
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
			refund("R", 12, "-2"),
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
	if r := e.Rows[0]; r.Day == nil || *r.Day != day(13) || !r.Opening.Equal(clientele.MustMoney("20")) || !r.Closing.Equal(clientele.Money{}) {
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
	q.Line, q.Segment, q.Offset, q.By = "tie_out.inactive", "", 0, ""
	e = explain(t, w, q)
	if i := slices.IndexFunc(e.Rows, func(r warehouse.ExplainRow) bool { return r.Customer == "R" }); i < 0 || e.Rows[i].Day != nil {
		t.Errorf("a customer who never bought has a day of purchase: %+v", e)
	}
	q.By = attributeName
	q.Line, q.Segment = "revenue.unattributed", clientele.NoCustomerSegment
	if e = explain(t, w, q); e.Count != 1 || e.Rows[0].Order != "o9" || e.Rows[0].Customer != "" || !e.Amount.Equal(clientele.MustMoney("9")) {
		t.Errorf("unattributed: %+v", e)
	}
}
