package warehousetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testContracts counts times under contract: over gaps within grace they go on, over longer
// ones they begin anew; the plan is the last one.
func testContracts(t *testing.T, w warehouse.Warehouse) {
	loadCSV(t, w, clientele.Subscriptions, []string{"customer", "subscription", "start", "end", "plan", "recurring_amount"}, [][]string{
		{"A", "1", "2024-01-01", "2024-03-31", "Basic", "12"}, {"A", "2", "2024-04-03", "", "Gold", "24"}, // goes on
		{"B", "3", "2024-01-01", "2024-01-31", "Basic", "12"}, {"B", "4", "2024-06-01", "2024-12-31", "Basic", "12"}, // left, and came back
		{"C", "5", "2024-05-01", "2024-06-29", "", "12"}, // within grace
		{"D", "6", "2024-08-01", "", "Gold", "99"},       // not yet
	})
	money := clientele.MustMoney
	first, second := clientele.MustDate("2024-01-01"), clientele.MustDate("2024-04-01")
	q := warehouse.ContractsQuery{AsOf: clientele.MustDate("2024-07-01"), GraceDays: 3}
	cells, renewals, err := w.Contracts(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := []warehouse.ContractCell{
		{Plan: "", Quarter: second, Months: 2, Customers: 1, Recurring: money("12")},
		{Plan: "Basic", Quarter: first, Months: 1, Left: true, Customers: 1},
		{Plan: "Basic", Quarter: second, Months: 0, Customers: 1, Recurring: money("12")},
		{Plan: "Gold", Quarter: first, Months: 5, Customers: 1, Recurring: money("24")},
	}
	if d := cmp.Diff(want, cells); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]clientele.Renewals{{Month: clientele.MustDate("2024-12-01"), Contracts: 1, Recurring: money("12")}}, renewals); d != "" {
		t.Errorf("renewals (-want +got):\n%s", d)
	}
	q.KnownFrom = clientele.MustDate("2024-03-01")
	if cells, _, err = w.Contracts(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	want = []warehouse.ContractCell{want[0], want[2], {Plan: "Gold", Quarter: first, Entry: 1, Months: 5, Customers: 1, Recurring: money("24")}}
	if d := cmp.Diff(want, cells); d != "" {
		t.Errorf("cells of a base known from March (-want +got):\n%s", d)
	}
}
