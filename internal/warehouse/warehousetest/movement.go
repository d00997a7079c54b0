package warehousetest

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// day is so many days after day0.
func day(n int) clientele.Date { return day0 + clientele.Date(n) }

func days(from, to int) clientele.Period { return clientele.Period{From: day(from), To: day(to)} }

func sale(customer string, n int, amount string) line {
	return line{Customer: customer, Day: day(n), Amount: clientele.MustMoney(amount), Kind: clientele.Sale}
}

func refund(customer string, n int, amount string) line {
	return line{Customer: customer, Day: day(n), Amount: clientele.MustMoney(amount), Kind: clientele.Refund}
}

func movement(t testing.TB, w warehouse.Warehouse, q warehouse.MovementQuery) warehouse.Movements {
	t.Helper()
	m, err := w.Movement(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// testMovementCases checks, one by one, the rules of design.md, "Movements". The
// lapse window is ten days.
func testMovementCases(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	orders := clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1}
	contracts := clientele.Definition{Kind: clientele.Contracts, LapseDays: 10, GraceDays: 2, Version: 1}
	both := clientele.Definition{Kind: clientele.Both, LapseDays: 10, Version: 1}
	w := open(t)
	for _, c := range []struct {
		name       string
		records    records
		period     clientele.Period
		definition clientele.Definition
		heads      clientele.Heads
		value      [7]string // opening, new, reactivated, expanded, contracted, lost, closing
	}{
		{"the first purchase is new", records{Lines: []line{sale("A", 5, "3")}}, days(0, 9), orders,
			clientele.Heads{New: 1, Closing: 1}, [7]string{1: "3", 6: "3"}},
		{"a sale of nothing is a purchase", records{Lines: []line{sale("A", 5, "0")}}, days(0, 9), orders,
			clientele.Heads{New: 1, Closing: 1}, [7]string{}},
		{"a refund adds no customer", records{Lines: []line{refund("A", 5, "-3")}}, days(0, 9), orders,
			clientele.Heads{}, [7]string{}},
		{"tax and shipping are money and no purchase", records{Lines: []line{
			{Customer: "A", Day: day(5), Amount: clientele.MustMoney("2"), Kind: clientele.Tax},
			{Customer: "A", Day: day(5), Amount: clientele.MustMoney("4"), Kind: clientele.Shipping}}}, days(0, 9), orders,
			clientele.Heads{}, [7]string{}},
		{"a line without a customer is no head", records{Lines: []line{sale("", 5, "3")}}, days(0, 9), orders,
			clientele.Heads{}, [7]string{}},
		{"active through the last day of the window", records{Lines: []line{sale("A", 0, "3")}}, days(5, 9), orders,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{0: "3", 6: "3"}},
		{"lost on the day the window ends", records{Lines: []line{sale("A", 0, "3")}}, days(5, 10), orders,
			clientele.Heads{Opening: 1, Lost: 1, LostOfOpening: 1}, [7]string{0: "3", 5: "3"}},
		{"lost the day before the period is not lost in it", records{Lines: []line{sale("A", 0, "3")}}, days(11, 15), orders,
			clientele.Heads{}, [7]string{}},
		{"nor in a period longer than the window", records{Lines: []line{sale("A", 0, "3")}}, days(11, 30), orders,
			clientele.Heads{}, [7]string{}},
		{"the day after the period is not in it", records{Lines: []line{sale("A", 0, "3"), sale("B", 10, "3")}}, days(5, 9), orders,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{0: "3", 6: "3"}},
		{"the trailing window begins a day after its length", records{Lines: []line{sale("A", 0, "3"), sale("A", 5, "4")}}, days(10, 15), orders,
			clientele.Heads{Opening: 1, Lost: 1, LostOfOpening: 1}, [7]string{0: "7", 5: "7"}},
		{"and leaves out the day before it", records{Lines: []line{sale("A", 0, "3"), sale("A", 5, "4")}}, days(11, 14), orders,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{0: "4", 6: "4"}},
		{"a gap of exactly the window is no event", records{Lines: []line{sale("A", 0, "3"), sale("A", 10, "5")}}, days(5, 12), orders,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{0: "3", 3: "2", 6: "5"}},
		{"a gap of one day more is lost and reactivated", records{Lines: []line{sale("A", 0, "3"), sale("A", 11, "5")}}, days(5, 12), orders,
			clientele.Heads{Opening: 1, Lost: 1, Reactivated: 1, Closing: 1}, [7]string{0: "3", 3: "2", 6: "5"}},
		{"a later purchase reactivates", records{Lines: []line{sale("A", 0, "3"), sale("A", 15, "5")}}, days(12, 20), orders,
			clientele.Heads{Reactivated: 1, Closing: 1}, [7]string{2: "5", 6: "5"}},
		{"new and lost in one period count in both", records{Lines: []line{sale("A", 3, "3")}}, days(0, 20), orders,
			clientele.Heads{New: 1, Lost: 1, CameAndLeft: 1}, [7]string{}},
		{"lost twice is two", records{Lines: []line{sale("A", 0, "3"), sale("A", 12, "5")}}, days(5, 30), orders,
			clientele.Heads{Opening: 1, Lost: 2, Reactivated: 1, LostOfOpening: 1}, [7]string{0: "3", 5: "3"}},
		{"first purchase in the period is new by value even when it was lost between", records{Lines: []line{sale("A", 2, "3"), sale("A", 18, "5")}}, days(0, 20), orders,
			clientele.Heads{New: 1, Lost: 1, Reactivated: 1, Closing: 1}, [7]string{1: "5", 6: "5"}},
		{"refunds reduce value", records{Lines: []line{sale("A", 2, "9"), refund("A", 6, "-4")}}, days(5, 8), orders,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{0: "9", 4: "4", 6: "5"}},
		{"what comes after the period does not count", records{Lines: []line{sale("A", 0, "3"), sale("A", 9, "8")}}, days(5, 8), orders,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{0: "3", 6: "3"}},
		{"a subscription makes no customer of an order business", records{Subscriptions: []subscription{{"A", day(2), openEnd, 12, "month", ""}}}, days(0, 9), orders,
			clientele.Heads{}, [7]string{}},
		{"a contract runs through its grace", records{Subscriptions: []subscription{{"A", day(2), day(5), 12, "month", ""}}}, days(4, 7), contracts,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{}},
		{"and is lost on the day after", records{Subscriptions: []subscription{{"A", day(2), day(5), 12, "month", ""}}}, days(4, 8), contracts,
			clientele.Heads{Opening: 1, Lost: 1, LostOfOpening: 1}, [7]string{}},
		{"a renewal without a gap is no event", records{Subscriptions: []subscription{{"A", day(0), day(5), 12, "month", ""}, {"A", day(8), openEnd, 12, "month", ""}}}, days(4, 9), contracts,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{}},
		{"an overlapped subscription is no event", records{Subscriptions: []subscription{{"A", day(0), openEnd, 12, "month", ""}, {"A", day(3), day(4), 12, "month", ""}}}, days(2, 20), contracts,
			clientele.Heads{Opening: 1, Closing: 1}, [7]string{}},
		{"purchases do not count in a contract business", records{Lines: []line{sale("A", 2, "3")}}, days(0, 9), contracts,
			clientele.Heads{}, [7]string{}},
		{"either keeps a customer active", records{
			Lines:         []line{sale("A", 0, "3")},
			Subscriptions: []subscription{{"A", day(10), day(15), 12, "month", ""}}}, days(5, 20), both,
			clientele.Heads{Opening: 1, Lost: 1, LostOfOpening: 1}, [7]string{0: "3", 5: "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := w.Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.records.load(t, w)
			got := movement(t, w, warehouse.MovementQuery{Period: c.period, Definition: c.definition}).Total
			if d := cmp.Diff(c.heads, got.Heads); d != "" {
				t.Errorf("heads (-want +got):\n%s", d)
			}
			want := clientele.Value{Measure: clientele.Measure{Name: "net_revenue", Days: 10}}
			for i, field := range []*clientele.Money{&want.Opening, &want.New, &want.Reactivated, &want.Expanded, &want.Contracted, &want.Lost, &want.Closing} {
				if c.value[i] != "" {
					*field = clientele.MustMoney(c.value[i])
				}
			}
			if d := cmp.Diff(want, got.Value); d != "" {
				t.Errorf("value (-want +got):\n%s", d)
			}
		})
	}
}

// testMovementProperties compares the engine with the reference on random books,
// and holds its answers against each other.
func testMovementProperties(t *testing.T, w warehouse.Warehouse) {
	rapid.Check(t, func(rt *rapid.T) {
		book := drawRecords(rt)
		refill(rt, w, t, book)
		q := warehouse.MovementQuery{
			Period: drawPeriod(rt), Definition: drawDefinition(rt),
			By: rapid.SampledFrom([]string{"", attributeName, "colour"}).Draw(rt, "by"),
		}
		got := movement(t, w, q)
		want := reference{book, q}.movements()
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			rt.Fatalf("%+v (-want +got):\n%s", q, d)
		}
		checkBalance(rt, got.Total)
		for _, s := range got.Segments {
			checkBalance(rt, s.Movement)
		}
		if q.By != "" {
			checkSegments(rt, got)
		}
		checkConsecutive(rt, t, w, q, got.Total.Heads)
		checkExplanations(rt, t, w, q, got)
	})
}

// checkBalance checks opening + what came − what left = closing, and the tie-out.
func checkBalance(t *rapid.T, m clientele.Movement) {
	h := m.Heads
	if h.Opening+h.New+h.Reactivated-h.Lost != h.Closing {
		t.Fatalf("heads do not balance: %+v", h)
	}
	for _, v := range []*clientele.Value{&m.Value, m.Recurring} {
		if v == nil {
			continue
		}
		closing := clientele.SumMoney(v.Opening, v.New, v.Reactivated, v.Expanded).Sub(v.Contracted).Sub(v.Lost)
		if !closing.Equal(v.Closing) {
			t.Fatalf("value does not balance: %+v", *v)
		}
	}
	if got := clientele.SumMoney(m.Value.Closing, m.TieOut.Inactive, m.TieOut.Unattributed); !got.Equal(m.TieOut.Window) {
		t.Fatalf("the tie-out does not hold: %s and %+v", m.Value.Closing, m.TieOut)
	}
	if r := m.Revenue; !r.Gross.Sub(r.Refunds).Equal(r.Net) {
		t.Fatalf("revenue does not balance: %+v", r)
	}
}

// sums lists every figure of a movement; heads as an amount too.
func sums(m clientele.Movement) map[warehouse.Line]clientele.Money {
	out := map[warehouse.Line]clientele.Money{}
	for _, l := range warehouse.MovementLines {
		if l.Heads != nil {
			out[l.Line] = clientele.MustMoney(strconv.FormatInt(*l.Heads(&m), 10))
		} else if amount := l.Money(&m); amount != nil {
			out[l.Line] = *amount
		}
	}
	return out
}

func checkSegments(t *rapid.T, m warehouse.Movements) {
	total := map[warehouse.Line]clientele.Money{}
	for _, s := range m.Segments {
		for line, amount := range sums(s.Movement) {
			total[line] = total[line].Add(amount)
		}
	}
	for line, want := range sums(m.Total) {
		if !total[line].Equal(want) {
			t.Fatalf("the segments' %s add up to %s, not to %s", line, total[line], want)
		}
	}
}

// checkConsecutive cuts the period in two: the events of the parts are those of the whole.
func checkConsecutive(rt *rapid.T, t testing.TB, w warehouse.Warehouse, q warehouse.MovementQuery, whole clientele.Heads) {
	if q.Period.Days() < 2 {
		return
	}
	cut := q.Period.From + clientele.Date(rapid.IntRange(0, q.Period.Days()-2).Draw(rt, "cut"))
	first, second := q, q
	first.By, second.By = "", ""
	first.Period.To, second.Period.From = cut, cut+1
	a, b := movement(t, w, first).Total.Heads, movement(t, w, second).Total.Heads
	if a.Closing != b.Opening {
		rt.Fatalf("%s closes at %d, %s opens at %d", first.Period, a.Closing, second.Period, b.Opening)
	}
	if a.New+b.New != whole.New || a.Reactivated+b.Reactivated != whole.Reactivated || a.Lost+b.Lost != whole.Lost {
		rt.Fatalf("%+v and %+v are not the parts of %+v", a, b, whole)
	}
}

// testMonths checks that recurring amounts become amounts a month.
func testMonths(t *testing.T, w warehouse.Warehouse) {
	amounts := map[string]string{"day": "304.166667", "week": "43.333333", "month": "10", "quarter": "3.333333", "year": "0.833333"}
	r := records{}
	for period := range amounts {
		r.Subscriptions = append(r.Subscriptions, subscription{period, day(5), openEnd, 10, period, ""})
		if r.Attributes == nil {
			r.Attributes = map[string]string{}
		}
		r.Attributes[period] = period
	}
	r.load(t, w)
	q := warehouse.MovementQuery{Period: days(0, 9), By: attributeName, Definition: clientele.Definition{Kind: clientele.Contracts, LapseDays: 10, Version: 1}}
	for _, s := range movement(t, w, q).Segments {
		if got := s.Recurring.New.String(); got != clientele.MustMoney(amounts[s.Name]).String() {
			t.Errorf("10 a %s is %s a month, want %s", s.Name, got, amounts[s.Name])
		}
	}
}

// testReasonsByDate checks which of several reasons an event takes.
func testReasonsByDate(t *testing.T, w warehouse.Warehouse) {
	records{
		Lines: []line{sale("A", 0, "3"), sale("A", 30, "7"), sale("B", 31, "2"), sale("C", 5, "4"), sale("D", 32, "1")},
		Reasons: []reason{
			{"A", "in", "too early", day(19)}, {"A", "in", "earlier", day(29)}, {"A", "in", "latest", day(33)},
			{"A", "in", "too late", day(41)}, {"A", "out", "not of a coming", day(34)},
			{"B", "in", "after the period", day(37)}, {"D", "in", "one day too far", day(43)}, {"C", "out", "moved away", day(25)},
			{"D", "in", "just near enough", day(22)},
		},
	}.load(t, w)
	q := warehouse.MovementQuery{Period: days(12, 36), Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1}}
	want := clientele.ReasonLines{
		In: []clientele.ReasonLine{
			{Reason: "latest", Customers: 1, Value: clientele.MustMoney("7")},
			{Reason: "after the period", Customers: 1, Value: clientele.MustMoney("2")},
			{Reason: "just near enough", Customers: 1, Value: clientele.MustMoney("1")},
		},
		Out: []clientele.ReasonLine{{Reason: "moved away", Customers: 1, Value: clientele.MustMoney("4")}},
	}
	if d := cmp.Diff(want, movement(t, w, q).Total.Reasons); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// testRevenue checks what is an order, whose it is, and what each line counts as.
func testRevenue(t *testing.T, w warehouse.Warehouse) {
	ordered := func(order string, l line) line { l.Order = order; return l }
	records{
		Lines: []line{
			ordered("o1", sale("B", 1, "5")), ordered("o1", sale("A", 1, "7")), // one order of two customers: A's
			ordered("o2", sale("", 2, "11")), ordered("o2", sale("B", 2, "1")), // B's
			ordered("o3", refund("B", 3, "-2")),                     // no order
			sale("A", 4, "1"), sale("A", 4, "1"), sale("A", 5, "1"), // without ids: one a day
			ordered("o4", sale("", 6, "13")), // nobody's
			sale("", 7, "17"),                // no order
			{Customer: "A", Day: day(8), Amount: clientele.MustMoney("19"), Kind: clientele.Tax},
			{Customer: "A", Day: day(8), Amount: clientele.MustMoney("-3"), Kind: clientele.Discount},
			sale("A", 10, "100"), // after the period
		},
		Attributes: map[string]string{"A": "DE", "B": "FR"},
	}.load(t, w)
	m := func(s string) clientele.Money { return clientele.MustMoney(s) }
	q := warehouse.MovementQuery{Period: days(0, 9), By: attributeName, Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1}}
	got := movement(t, w, q)
	if d := cmp.Diff(clientele.Revenue{Gross: m("73"), Refunds: m("2"), Net: m("71"), Unattributed: m("41"), Orders: 5, Lines: 12}, got.Total.Revenue); d != "" {
		t.Errorf("total (-want +got):\n%s", d)
	}
	for name, want := range map[string]clientele.Revenue{
		"DE":                        {Gross: m("26"), Net: m("26"), Orders: 3, Lines: 6},
		"FR":                        {Gross: m("6"), Refunds: m("2"), Net: m("4"), Orders: 1, Lines: 3},
		clientele.NoCustomerSegment: {Gross: m("41"), Net: m("41"), Unattributed: m("41"), Orders: 1, Lines: 3},
	} {
		i := slices.IndexFunc(got.Segments, func(s warehouse.Segment) bool { return s.Name == name })
		if d := cmp.Diff(want, got.Segments[i].Revenue); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
