package warehousetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// letdownRules are those of the suite: one per touchpoint that random books have, but for one.
var letdownRules = []warehouse.LetdownRule{
	{Touchpoint: "shop", NPS: 6, CSAT: 2, CES: 3, Rating: 2, Promises: true, Failures: true}, {Touchpoint: "none such", NPS: 10, CSAT: 9, CES: 7, Rating: 5},
}

// testLetdowns holds an engine's answer to that of a plain reference.
func testLetdowns(t *testing.T, w warehouse.Warehouse) {
	books := rapid.Custom(drawVoices)
	found := 0
	for seed := range voicesTried {
		if err := w.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := books.Example(seed)
		v.load(t, w)
		q := warehouse.LetdownQuery{Rules: letdownRules, Days: clientele.Period{From: day0 + 2, To: day0 + 20}, Anonymous: "B", Most: 1000}
		got, err := w.Letdowns(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		// Which of those of one day is first depends on the time of day, which the cases below hold.
		slices.SortFunc(got, func(a, b warehouse.Letdown) int {
			return int(a.Day-b.Day)*1000 + strings.Compare(a.What+a.Record, b.What+b.Record)
		})
		if d := gocmp.Diff(v.letdowns(q), got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%+v: %s", v, d)
		}
		found += len(got)
	}
	if found == 0 {
		t.Error("no random book lets anybody down")
	}
}

// bad says whether an answer is one, by the rule of the shop.
func (r response) bad() bool {
	if r.scale == 0 || r.notApplicable || r.score < r.low || r.score > r.scale {
		return false
	}
	switch r.instrument {
	case "nps":
		return r.low == 0 && r.scale == 10 && r.score <= 6
	case "csat":
		return r.scale-r.low >= 2 && r.score < r.low+2
	case "ces":
		return r.low == 1 && r.scale == 7 && r.score <= 3
	}
	return r.low == 1 && r.scale == 5 && r.score <= 2
}

// late says whether a promise was kept too late.
func (c contact) late() bool {
	midnight := c.promised.Equal(clientele.DateOf(c.promised).Time())
	return !c.promised.IsZero() && c.actual.After(c.promised) && !(midnight && clientele.DateOf(c.actual) <= clientele.DateOf(c.promised))
}

// whose is who gave an answer: where that is not said, the one customer of its order.
func (v voices) whose(r response) string {
	if r.customer != "" || r.order == "" {
		return r.customer
	}
	known := map[string]bool{}
	for _, l := range v.lines {
		known[l.Customer] = known[l.Customer] || l.Order == r.order
	}
	for i, c := range v.contacts {
		known[c.customer] = known[c.customer] || strconv.Itoa(i) == r.order || c.caseID == r.order
	}
	only := ""
	for customer, is := range known {
		switch {
		case !is || customer == "":
		case only != "":
			return ""
		default:
			only = customer
		}
	}
	return only
}

func (v voices) letdowns(q warehouse.LetdownQuery) (out []warehouse.Letdown) {
	within := func(d clientele.Date) bool { return d >= q.Days.From && d <= q.Days.To }
	for i, r := range v.responses {
		if r.touchpoint == "shop" && v.whose(r) == "A" && within(r.day) && r.bad() {
			score, low, high := float64(r.score), float64(r.low), float64(r.scale)
			out = append(out, warehouse.Letdown{
				Touchpoint: "shop", Customer: "A", Matter: r.order, What: warehouse.BadAnswer, Source: "test", Record: strconv.Itoa(i), Day: r.day,
				Instrument: r.instrument, Score: &score, ScaleMin: &low, ScaleMax: &high,
			})
		}
	}
	for i, c := range v.contacts {
		day := c.day()
		if !c.actual.IsZero() {
			day = clientele.DateOf(c.actual)
		}
		if c.touchpoint != "shop" || c.customer != "A" || !within(day) || !c.late() {
			continue
		}
		matter := c.caseID
		if matter == "" {
			matter = strconv.Itoa(i)
		}
		out = append(out, warehouse.Letdown{
			Touchpoint: "shop", Customer: "A", Matter: matter, What: warehouse.BrokenPromise, Source: "test", Record: strconv.Itoa(i), Day: day,
			Promised: &c.promised, Actual: &c.actual, Problem: c.problem,
		})
	}
	for i := range out {
		out[i].All = int64(len(out))
	}
	slices.SortFunc(out, func(a, b warehouse.Letdown) int {
		return int(a.Day-b.Day)*1000 + strings.Compare(a.What+a.Record, b.What+b.Record)
	})
	return out
}

// testLetdownCases are those that random books do not have.
func testLetdownCases(t *testing.T, w warehouse.Warehouse) {
	if got, err := w.Letdowns(t.Context(), warehouse.LetdownQuery{Days: clientele.Period{From: day0, To: day0 + 9}, Most: 9}); len(got) != 0 || err != nil {
		t.Errorf("without rules: %v %v", got, err)
	}
	at := func(day, hour int) string {
		return (day0 + clientele.Date(day)).Time().Add(time.Duration(hour) * time.Hour).Format(time.DateTime)
	}
	b := batch(t, clientele.Interactions, []string{"interaction", "customer", "touchpoint", "time", "promised", "actual", "outcome", "problem"}, [][]string{
		{"o1", "A", "Shop", at(1, 9), at(2, 9), at(2, 10), "", "slow"},
		{"f1", "A", "SHOP", at(3, 9), "", "", "Failed", ""},
		{"o3", "A", "shop", at(3, 8), "", "", "failed", ""},
		{"f2", "A", "shop", at(3, 7), "", "", "failed", ""},
		{"f3", "A", "shop", at(3, 6), "", "", "solved", ""},
		{"f4", "", "shop", at(3, 7), "", "", "failed", ""},
		{"f5", "erased-1", "shop", at(3, 7), "", "", "failed", ""},
		{"f6", "A", "", at(3, 7), "", "", "failed", ""},
		{"f7", "A", "quiet", at(3, 7), at(3, 7), at(3, 8), "failed", ""},
	})
	for i := range b.Input.Columns {
		b.Input.Columns[i].Type = warehouse.TextColumn
	}
	loadBatch(t, w, b)
	loadCSV(t, w, clientele.Feedback, []string{"response", "customer", "order", "touchpoint", "instrument", "time", "score", "scale_min", "scale_max", "text"}, [][]string{
		{"r1", "A", "o1", "Shop", "nps", (day0 + 4).String(), "6", "0", "10", "too late"}, {"r0", "", "o1", "Shop", "nps", (day0 + 3).String(), "0", "0", "10", ""}, {"r2", "A", "", "Shop", "nps", (day0 + 4).String(), "7", "0", "10", ""},
	})
	records{Lines: []line{
		{Customer: "A", Order: "o1", Day: day0, Kind: clientele.Sale, Amount: clientele.MustMoney("10.50")}, {Customer: "A", Order: "o3", Day: day0 + 2, Kind: clientele.Refund, Amount: clientele.MustMoney("-1")},
		{Customer: "A", Day: day0 + 1, Kind: clientele.Sale, Amount: clientele.MustMoney("2")}, {Customer: "A", Day: day0 + 1, Kind: clientele.Sale, Amount: clientele.MustMoney("3")},
	}}.load(t, w)
	q := warehouse.LetdownQuery{
		Rules: []warehouse.LetdownRule{letdownRules[0], {Touchpoint: "quiet"}}, Days: clientele.Period{From: day0, To: day0 + 9}, Anonymous: "erased-", Most: 5,
	}
	got, err := w.Letdowns(t.Context(), q)
	var said []string
	for _, l := range got {
		said = append(said, fmt.Sprintf("%s %s %s of %q, %d in all", l.Touchpoint, l.What, l.Record, l.Matter, l.All))
	}
	want := []string{`shop answer r1 of "o1", 6 in all`, `shop failure f1 of "", 6 in all`, `shop failure o3 of "o3", 6 in all`, `shop failure f2 of "", 6 in all`, `shop answer r0 of "o1", 6 in all`}
	if err != nil || !slices.Equal(said, want) {
		t.Errorf("%q %v", said, err)
	}
	q.Days.To = day0 + 2
	if got, err = w.Letdowns(t.Context(), q); err != nil || len(got) != 1 || got[0].Matter != "o1" || got[0].Problem != "slow" || got[0].Actual.Sub(*got[0].Promised) != time.Hour {
		t.Errorf("%+v %v", got, err)
	}
	for response, want := range map[string]string{"r1": "too late", "r2": "", "none such": ""} {
		if text, err := w.AnswerText(t.Context(), "A", "test", response); text != want || err != nil {
			t.Errorf("%s says %q, %v", response, text, err)
		}
	}
	if text, err := w.AnswerText(t.Context(), "B", "test", "r1"); text != "" || err != nil {
		t.Errorf("another's answer: %q, %v", text, err)
	}
	for day, want := range map[clientele.Date]warehouse.Stake{
		day0:     {Orders: 1, Amount: clientele.MustMoney("10.5"), Last: new(day0)},
		day0 + 9: {Orders: 2, Amount: clientele.MustMoney("14.5"), Last: new(day0 + 1)},
		day0 - 1: {Amount: clientele.MustMoney("0")},
	} {
		got, err := w.AtStake(t.Context(), "A", day)
		if err != nil || got.Orders != want.Orders || got.Amount.Cmp(want.Amount) != 0 || (got.Last == nil) != (want.Last == nil) || got.Last != nil && *got.Last != *want.Last {
			t.Errorf("%s: %+v %v", day, got, err)
		}
	}
}
