package warehousetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testSamples draws from 300 customers of the north, 30 of the south and 3 whose region is
// unknown, one of whom has a contract alone.
func testSamples(t *testing.T, w warehouse.Warehouse) {
	var b strings.Builder
	b.WriteString("customer,region,email,tongue\n")
	for i := range 300 {
		fmt.Fprintf(&b, "n%03d,North,n%03d@example.com,de\n", i, i)
	}
	for i := range 30 {
		fmt.Fprintf(&b, "s%03d,South,,he\n", i)
	}
	load(t, w, source{kind: clientele.Customers, text: b.String()}.write(t, 1))
	load(t, w, source{text: "customer,order,time,amount\nu1,o1,2024-01-05,1\nn000,o2,2024-01-05,1\n,o3,2024-01-05,1\n'u2,o4,2024-01-05,1\n"}.write(t, 2))
	load(t, w, source{kind: clientele.Subscriptions, text: "customer,start\nu3,2020-01-01\n"}.write(t, 3))
	q := warehouse.SampleQuery{By: "region", Size: 10, Seed: "a'b", Address: "email", Language: "tongue"}
	first := sampled(t, w, q)
	want := []warehouse.Stratum{{Segment: clientele.UnknownSegment, Customers: 3, Eligible: 3, Drawn: 3}, {Segment: "North", Customers: 300, Eligible: 300, Drawn: 10}, {Segment: "South", Customers: 30, Eligible: 30, Drawn: 10}}
	if diff := cmp.Diff(want, first.Strata); diff != "" {
		t.Error(diff)
	}
	if got := first.Drawn[3]; got.Segment != "North" || got.Address != got.Customer+"@example.com" || got.Language != "de" {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff(first, sampled(t, w, q)); diff != "" {
		t.Errorf("the same question drew others: %s", diff)
	}
	q.Without = []string{first.Drawn[3].Customer, "'u2", "u1", "u3", "nobody"}
	without := sampled(t, w, q)
	want[1].Eligible, want[0].Eligible, want[0].Drawn = 299, 0, 0
	if diff := cmp.Diff(want, without.Strata); diff != "" {
		t.Error(diff)
	}
	if slices.ContainsFunc(without.Drawn, func(s warehouse.Sampled) bool { return slices.Contains(q.Without, s.Customer) }) {
		t.Error("who was left out was drawn")
	}
	share := sampled(t, w, warehouse.SampleQuery{By: "region", Segments: []string{"North", "South"}, Share: .05, Seed: "x"})
	if diff := cmp.Diff([]warehouse.Stratum{{Segment: "North", Customers: 300, Eligible: 300, Drawn: 15}, {Segment: "South", Customers: 30, Eligible: 30, Drawn: 2}}, share.Strata); diff != "" {
		t.Error(diff)
	}
	whole := sampled(t, w, warehouse.SampleQuery{Share: 1, Seed: "x"})
	if diff := cmp.Diff([]warehouse.Stratum{{Customers: 333, Eligible: 333, Drawn: 333}}, whole.Strata); diff != "" {
		t.Error(diff)
	}
	expectEvenLots(t, w)
	profiles, err := w.Profiles(t.Context(), q, []string{"s001", "'u2", "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(profiles, func(a, b warehouse.Sampled) int { return strings.Compare(a.Customer, b.Customer) })
	if diff := cmp.Diff([]warehouse.Sampled{{Customer: "'u2", Segment: clientele.UnknownSegment}, {Customer: "s001", Segment: "South", Language: "he"}}, profiles); diff != "" {
		t.Error(diff)
	}
}

func sampled(t *testing.T, w warehouse.Warehouse, q warehouse.SampleQuery) warehouse.Sample {
	t.Helper()
	s, err := w.Sample(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Over many lots every customer of the south is drawn about as often as every other: the sum of
// squared deviations is that of chance, within five of its standard deviations.
func expectEvenLots(t *testing.T, w warehouse.Warehouse) {
	t.Helper()
	const lots, size, n = 100, 10, 30
	drawn := map[string]int{}
	for i := range lots {
		for _, s := range sampled(t, w, warehouse.SampleQuery{By: "region", Segments: []string{"South"}, Size: size, Seed: fmt.Sprint(i)}).Drawn {
			drawn[s.Customer]++
		}
	}
	const each = float64(lots) * size / n
	sum := 0.0
	for _, k := range drawn {
		sum += (float64(k) - each) * (float64(k) - each)
	}
	sum /= each * (1 - float64(size)/n)
	if len(drawn) != n || sum > n+5*math.Sqrt(2*n) {
		t.Errorf("%d were drawn; χ² %.1f", len(drawn), sum)
	}
}
