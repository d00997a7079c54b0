package warehousetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testMovementTotals reads the totals of a source back, by period, the later version of one.
func testMovementTotals(t *testing.T, w warehouse.Warehouse) {
	columns := []string{"period", "opening", "added", "lost", "monthly_churn", "closing"}
	loadCSV(t, w, clientele.Movements, columns, [][]string{
		{"2015-06-30", "", "10", "", "0.0164", "13.844"}, {"2015-03-31", "9.5", "1", "2", "", "8.5"},
	})
	later := batch(t, clientele.Movements, columns, [][]string{{"2015-03-31", "9.5", "1", "2", "", "8.25"}})
	later.ID, later.Sequence = "later", 2
	if _, err := w.Load(t.Context(), later, warehouse.LoadOptions{Accept: func(warehouse.LoadReport) error { return nil }}); err != nil {
		t.Fatal(err)
	}
	amount := func(s string) *clientele.Money { return new(clientele.MustMoney(s)) }
	want := []clientele.MovementTotal{
		{Day: clientele.MustDate("2015-03-31"), Opening: amount("9.5"), Added: amount("1"), Lost: amount("2"), Closing: clientele.MustMoney("8.25")},
		{Day: clientele.MustDate("2015-06-30"), Added: amount("10"), MonthlyChurn: new(0.0164), Closing: clientele.MustMoney("13.844")},
	}
	got, err := w.MovementTotals(t.Context(), "test")
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	other := batch(t, clientele.Movements, columns, [][]string{{"2015-03-31", "", "", "", "", "3"}})
	other.ID, other.Sequence, other.Source = "other", 3, "another"
	if _, err := w.Load(t.Context(), other, warehouse.LoadOptions{Accept: func(warehouse.LoadReport) error { return nil }}); err != nil {
		t.Fatal(err)
	}
	for source, days := range map[string]int{"test": 2, "another": 1, "unheard of": 0} {
		if got, err := w.MovementTotals(t.Context(), source); len(got) != days || err != nil {
			t.Errorf("of the source %q: %+v, %v", source, got, err)
		}
	}
}
