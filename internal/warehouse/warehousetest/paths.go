package warehousetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// pathQuestion asks for everything of paths, in one of several ways.
func pathQuestion(n int) warehouse.PathQuery {
	q := warehouse.PathQuery{
		Period: clientele.Period{From: day0 + clientele.Date(n%3), To: day0 + 22}, Days: clientele.Period{From: day0, To: day0 + 24}, GapDays: 1 + n%4,
		Drawn: [][]string{{"shop", "none such", "call"}, {"phone", "Complaint"}}, Through: -1, By: attributeName,
		Steps: warehouse.MaxSteps, Edges: 3 + n%20, Variants: 1 + n%7, Segments: 1 + n%3,
	}
	if n%2 == 0 {
		q.Worth = &warehouse.PathWorth{AsOf: day0 + 20, Margin: .5}
	}
	if n%5 == 0 {
		q.Through = 0
	}
	return q
}

// testPaths holds an engine's paths to those of a plain reference.
func testPaths(t *testing.T, w warehouse.Warehouse) {
	books := rapid.Custom(drawVoices)
	for seed := range voicesTried {
		if err := w.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := books.Example(seed)
		v.thin(seed)
		v.load(t, w)
		for n := range 4 {
			q := pathQuestion(4*seed + n)
			got, err := w.ObservePaths(t.Context(), q)
			want := v.paths(q)
			v.blank(q, &want)
			if d := gocmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 1e-6), cmpopts.EquateEmpty()); d != "" || err != nil {
				t.Fatalf("book %d, %+v: %v\n%s", seed, q, err, d)
			}
		}
	}
}

// thin takes from a book what others need not have: cases, ends, agents or orders.
func (v *voices) thin(n int) {
	for i := range v.contacts {
		c := &v.contacts[i]
		if n%2 == 1 {
			c.caseID = ""
		}
		if n%3 == 1 {
			c.end = time.Time{}
		}
		if n%4 > 1 {
			c.agent = ""
		}
	}
	if n%5 == 3 {
		v.lines = nil
	}
}

// blank takes from sums what a book without agents or ends cannot tell.
func (v voices) blank(q warehouse.PathQuery, out *warehouse.ObservedPaths) {
	some := func(is func(contact) bool) bool {
		return slices.ContainsFunc(v.contacts, func(c contact) bool { return c.day() <= q.Days.To && is(c) })
	}
	agents, ends := some(func(c contact) bool { return c.agent != "" }), some(func(c contact) bool { return c.end.After(c.at) })
	sums := []*warehouse.PathSum{&out.Total, &out.Rest}
	for i := range out.Variants {
		sums = append(sums, &out.Variants[i].PathSum)
	}
	for i := range out.Segments {
		sums = append(sums, &out.Segments[i].PathSum)
	}
	for _, s := range sums {
		if !agents {
			s.Handovers, s.Handed = nil, nil
		}
		if !ends {
			s.Waited, s.Lasted = nil, nil
		}
	}
}

// testManySteps asks of more steps than are told apart, and of how far paths reach.
func testManySteps(t *testing.T, w warehouse.Warehouse) {
	if _, ok, err := w.PathDays(t.Context(), day0); ok || err != nil {
		t.Errorf("days of nothing: %v, %v", ok, err)
	}
	var v voices
	for i := range 9 {
		for n := range i + 1 {
			v.contacts = append(v.contacts, contact{customer: "A", touchpoint: fmt.Sprint("t", i), at: (day0 + clientele.Date(n)).Time().Add(time.Duration(i+1) * time.Hour)})
		}
	}
	v.contacts = append(v.contacts, contact{touchpoint: "nobody's", at: day0.Time()}, contact{customer: "A", touchpoint: "foretold", at: (day0 + 90).Time()})
	v.load(t, w)
	days, ok, err := w.PathDays(t.Context(), day0+60)
	if want := (clientele.Period{From: day0, To: day0 + 8}); err != nil || !ok || days != want {
		t.Errorf("days %v, %v, %v, want %v", days, ok, err, want)
	}
	q := warehouse.PathQuery{Period: days, Days: days, GapDays: 30, Drawn: [][]string{{"t0"}}, Through: -1, Steps: 3, Edges: 2, Variants: 1}
	got, err := w.ObservePaths(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range got.Steps {
		names = append(names, s.Name)
	}
	if want := []string{warehouse.OtherSteps, "t8", "t7", "t0"}; !slices.Equal(names, want) || got.OtherSteps != 6 || got.Total.Paths != 1 || got.LeftOut != 1 || got.Total.Open != 1 {
		t.Errorf("%q, want %q: %+v", names, want, got)
	}
	if len(got.Edges) != 2 || got.EdgesLeft == 0 || got.Edges[0].Count+got.Edges[1].Count+got.CountLeft != got.Total.Steps-1 {
		t.Errorf("edges do not add up: %+v", got)
	}
}

// testLongPaths asks of paths around the lengths at which an engine may hold them otherwise.
func testLongPaths(t *testing.T, w warehouse.Warehouse) {
	var v voices
	day := 0
	for i, long := range []int{9, 10, 11, 19, 20, 21, 22, 29, 30, 31, 45, 45, 61, 75} {
		for _, customer := range []string{"A", fmt.Sprint("B", i%4), fmt.Sprint("C", i)} {
			for n := range long + i%2*(len(customer)-1) {
				at := (day0 + clientele.Date(day)).Time().Add(time.Duration(n) * time.Minute)
				v.contacts = append(v.contacts, contact{customer: customer, touchpoint: fmt.Sprint("t", (n*n/3+i/11)%5), at: at})
			}
		}
		day += 3
	}
	v.load(t, w)
	days := clientele.Period{From: day0, To: day0 + clientele.Date(day)}
	for _, from := range []clientele.Date{days.From, day0 + 4} {
		q := warehouse.PathQuery{Period: clientele.Period{From: from, To: days.To}, Days: days, GapDays: 2, Drawn: [][]string{{"t0", "t3"}}, Through: -1, Steps: warehouse.MaxSteps, Edges: 100, Variants: 40}
		got, err := w.ObservePaths(t.Context(), q)
		want := v.paths(q)
		v.blank(q, &want)
		if d := gocmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Errorf("from %v: %v\n%s", from, err, d)
		}
	}
}

// testCustomer holds what an engine tells of one customer to what was loaded.
func testCustomer(t *testing.T, w warehouse.Warehouse) {
	at := func(day, hour int) time.Time {
		return (day0 + clientele.Date(day)).Time().Add(time.Duration(hour) * time.Hour)
	}
	voices{
		contacts:   []contact{{customer: "A", touchpoint: "delivery", kind: "parcel", problem: "late", at: at(3, 9), promised: at(4, 0), actual: at(5, 10)}, {customer: "B", at: at(3, 9)}, {customer: "A", at: at(90, 9)}},
		responses:  []response{{customer: "A", instrument: "nps", day: day0 + 6, score: 9, low: 0, scale: 10}, {customer: "A", instrument: "csat", day: day0 + 2, score: -1, notApplicable: true}},
		lines:      []line{{Customer: "A", Order: "o1", Day: day0 + 1, Kind: clientele.Sale, Amount: clientele.MustMoney("10")}, {Customer: "A", Order: "o1", Day: day0 + 1, Kind: clientele.Sale, Amount: clientele.MustMoney("5.50")}, {Customer: "A", Day: day0 + 8, Kind: clientele.Refund, Amount: clientele.MustMoney("-2")}, {Customer: "A", Day: day0 + 9, Kind: clientele.Sale, Amount: clientele.MustMoney("3")}, {Customer: "B", Day: day0 + 1, Kind: clientele.Sale, Amount: clientele.MustMoney("7")}},
		attributes: map[string]string{"A": "DE"},
	}.load(t, w)
	money := func(s string) *clientele.Money { m := clientele.MustMoney(s); return &m }
	met, promised, actual := at(3, 9), at(4, 0), at(5, 10)
	want := []warehouse.Moment{
		{Kind: warehouse.OrderMoment, Day: day0 + 9, Amount: money("3")}, {Kind: warehouse.RefundMoment, Day: day0 + 8, Amount: money("-2")},
		{Kind: warehouse.AnswerMoment, Day: day0 + 6, Name: "nps", Score: "9", Low: "0", High: "10"},
		{Kind: warehouse.MetMoment, Day: day0 + 3, At: &met, Name: "parcel", Touchpoint: "delivery", Problem: "late", Promised: &promised, Actual: &actual},
		{Kind: warehouse.AnswerMoment, Day: day0 + 2, Name: "csat", Outcome: "not applicable"},
		{Kind: warehouse.OrderMoment, Day: day0 + 1, Name: "o1", Amount: money("15.50")},
	}
	for _, page := range []warehouse.TimelineQuery{{Limit: 10}, {Offset: 2, Limit: 2}} {
		page.Customer, page.Known = "A", day0+60
		got, count, err := w.Timeline(t.Context(), page)
		part := want[page.Offset:min(len(want), int(page.Offset)+page.Limit)]
		if d := gocmp.Diff(part, got); err != nil || count != int64(len(want)) || d != "" {
			t.Errorf("%+v: %d, %v\n%s", page, count, err, d)
		}
	}
	if got, count, err := w.Timeline(t.Context(), warehouse.TimelineQuery{Customer: "'; DROP TABLE x", Known: day0, Limit: 9}); len(got) > 0 || count != 0 || err != nil {
		t.Errorf("nobody: %v, %d, %v", got, count, err)
	}
	histories, err := w.Histories(t.Context(), "A", []clientele.Date{day0, day0 + 5, day0 + 30})
	if d := gocmp.Diff([]warehouse.History{
		{Day: day0}, {Day: day0 + 5, Bought: true, Cell: warehouse.Cell{T: 4, N: 1}}, {Day: day0 + 30, Bought: true, Cell: warehouse.Cell{X: 1, Tx: 8, T: 29, XG: 1, N: 1, Spend: 3}},
	}, histories); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}
