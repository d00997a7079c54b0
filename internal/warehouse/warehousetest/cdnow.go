package warehousetest

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/internal/warehouse"
)

// cdnowRows reads a CDNOW file into customer, day, amount.
func cdnowRows(t testing.TB, path string, customer, day, amount int) (rows [][]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		v := strings.Fields(lines.Text())
		if len(v) <= amount || strings.Contains(v[0], "customer") {
			continue
		}
		d := v[day]
		rows = append(rows, []string{v[customer], d[:4] + "-" + d[4:6] + "-" + d[6:], v[amount]})
	}
	return rows
}

// testCDNOW checks the sums of ../shared/data/cdnow and of statistics.md §1.
func testCDNOW(t *testing.T, w warehouse.Warehouse) {
	loadCSV(t, w, clientele.Transactions, []string{"customer", "time", "amount"}, cdnowRows(t, shareddata.Path(t, "cdnow/CDNOW_master.txt"), 0, 1, 3))
	q := warehouse.MovementQuery{
		Period:     clientele.Period{From: clientele.MustDate("1997-01-01"), To: clientele.MustDate("1998-06-30")},
		Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 365, Version: 1},
	}
	m := movement(t, w, q).Total
	if m.Revenue.Lines != 69659 || m.Heads.New != 23570 || m.Revenue.Net.String() != "2500315.63" {
		t.Errorf("master: %d lines, %d customers, %s; want 69659, 23570, 2500315.63", m.Revenue.Lines, m.Heads.New, m.Revenue.Net)
	}
	if h := m.Heads; h.Opening+h.New+h.Reactivated-h.Lost != h.Closing {
		t.Errorf("master does not balance: %+v", h)
	}

	if err := w.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	loadCSV(t, w, clientele.Transactions, []string{"customer", "time", "amount"}, cdnowRows(t, shareddata.Path(t, "cdnow/CDNOW_sample.txt"), 0, 2, 4))
	calibrated, to := clientele.MustDate("1997-09-30"), clientele.MustDate("1998-06-30")
	s := summarise(t, w, calibrated)
	defer closeSummary(t, s)
	var customers, repeats int64
	for _, c := range collect(t, s.Cells(t.Context(), warehouse.CellsBy{})) {
		customers += c.N
		repeats += int64(c.X) * c.N
	}
	// statistics.md §1: 2,357 customers, sum of x 2,457, holdout purchases 1,882; 946 repeaters with spend.
	if customers != 2357 || repeats != 2457 {
		t.Errorf("sample: %d customers with %d repeat purchases, want 2357 and 2457", customers, repeats)
	}
	cells, err := w.Holdout(t.Context(), calibrated, to)
	if err != nil {
		t.Fatal(err)
	}
	var heldOut int64
	for _, c := range cells {
		heldOut += int64(c.Actual) * c.N
	}
	bins, err := s.SpendBins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var repeaters int64
	for _, b := range bins {
		repeaters += b.N
	}
	if heldOut != 1882 || repeaters != 946 {
		t.Errorf("sample: %d purchases held out, %d repeaters with spend, want 1882 and 946", heldOut, repeaters)
	}
}
