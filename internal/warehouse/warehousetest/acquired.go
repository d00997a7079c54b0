package warehousetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testAcquired adds customers up by quarter and channel: a cost that is no number is none,
// what a customer returned counts against what was brought, and nobody counts twice.
func testAcquired(t *testing.T, w warehouse.Warehouse) {
	records{Lines: []line{
		sale("A", 0, "10"), sale("A", 5, "20"), refund("A", 6, "-5"), sale("B", 3, "7"), sale("C", 100, "1"), sale("D", 400, "2"), sale("", 4, "99"),
	}}.load(t, w)
	loadCSV(t, w, clientele.Customers, []string{"customer", "channel", "cost"}, [][]string{
		{"A", "Search", "2.50"}, {"B", "Search", "unknown"}, {"C", "", "4"},
	})
	s := summarise(t, w, day(401))
	defer closeSummary(t, s)
	q := warehouse.AcquiredQuery{
		Channel: "channel", Cost: "cost", Margin: .5,
		Cells: []warehouse.CellScore{{X: 1, Tx: 5, T: 401, Discounted: 2}, {X: 0, Tx: 0, T: 398, Discounted: 3}},
		Spend: []warehouse.SpendScore{{XG: 0, Base: 10}, {XG: 1, Base: 4, Slope: 1}},
	}
	got, err := s.Acquired(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	money := clientele.MustMoney
	first, later := clientele.MustDate("2024-01-01"), clientele.MustDate("2024-04-01")
	want := []warehouse.AcquiredGroup{
		// A: 2 × (4 + 15) × .5; B: 3 × 10 × .5
		{Quarter: first, Channel: "Search", Customers: 2, Costed: 1, Cost: money("2.50"), Net: money("32"), Worth: 34},
		{Quarter: later, Channel: clientele.UnknownSegment, Recent: true, Customers: 1, Costed: 1, Cost: money("4"), Net: money("1")},
		{Quarter: clientele.MustDate("2025-01-01"), Channel: clientele.UnknownSegment, Recent: true, Customers: 1, Net: money("2")},
	}
	if d := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); d != "" {
		t.Error(d)
	}
}
