package pack

import (
	"bytes"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/thedatashed/xlsxreader"
	"github.com/xuri/excelize/v2"

	"github.com/clientele/clientele"
)

// sheets reads every cell of a workbook with a library that did not write it.
func sheets(t *testing.T, file []byte) (names []string, cells map[string]map[string]string) {
	t.Helper()
	x, err := xlsxreader.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	cells = map[string]map[string]string{}
	for _, name := range x.Sheets {
		cells[name] = map[string]string{}
		for row := range x.ReadRows(name) {
			if row.Error != nil {
				t.Fatal(row.Error)
			}
			for _, c := range row.Cells {
				cells[name][ref(row.Index, c.ColumnIndex())] = c.Value
			}
		}
	}
	return x.Sheets, cells
}

func TestSheets(t *testing.T) {
	names, cells := sheets(t, written(t, XLSX, OfClose(closed(), made)))
	want := "Summary|Customers|Value|Equity|Equity movement|Reasons|Revenue and tie-out|Model|Definitions and files"
	if got := strings.Join(names, "|"); got != want {
		t.Errorf("sheets %s, want %s", got, want)
	}
	for _, name := range names {
		if got := cells[name]["A3"]; got != "Closed on 4 Oct 2026, 10:30 BST, close 3, by Ada Lovelace" {
			t.Errorf("%s says %q", name, got)
		}
		if !strings.Contains(cells[name]["A4"], "Definition 3") || !strings.Contains(cells[name]["A5"], "Made 5 Oct 2026, 09:00 BST") {
			t.Errorf("%s: %q, %q", name, cells[name]["A4"], cells[name]["A5"])
		}
	}
	_, cells = sheets(t, written(t, XLSX, draft()))
	for name, sheet := range cells {
		if sheet["A3"] != draftMark {
			t.Errorf("%s of a draft says %q", name, sheet["A3"])
		}
	}
}

// The figures of the file are the statement's, undiminished by floating point.
func TestSheetsHoldTheStatement(t *testing.T) {
	c := closed()
	long := "1234567890123456.000000000001" // more digits than a float has
	c.Statement.Value.Opening, c.Statement.Value.Closing = amount(long), amount(long).Add(amount("-71999.795"))
	c.Statement.TieOut.Window = clientele.SumMoney(c.Statement.Value.Closing, c.Statement.TieOut.Inactive, c.Statement.TieOut.Unattributed)
	_, cells := sheets(t, written(t, XLSX, OfClose(c, made)))
	st, m := c.Statement, c.Movements[0]
	for _, w := range []struct{ sheet, name, value string }{
		{"Customers", "At opening", "18240"}, {"Customers", "Lost", "-2874"}, {"Customers", "At closing", "18685"},
		{"Value", "At opening", long}, {"Value", "Expanded", "118000.005"}, {"Value", "At closing", st.Value.Closing.String()},
		{"Equity", "Customer equity, 5 years", st.Equity.Estimate.Estimate.String()}, {"Equity", "At closing", st.Equity.Moved.Closing.String()},
		{"Equity movement", "Expected release", m.ExpectedRelease.String()}, {"Equity movement", "   of survival", m.Experience.Survival.String()},
		{"Equity movement", "Cash actual", m.Cash.Actual.String()}, {"Reasons", "Late delivery", "451"},
		{"Revenue and tie-out", "Net revenue", st.Revenue.Net.String()}, {"Revenue and tie-out", "Net revenue of the 180 days to 30 Sep 2026", st.TieOut.Window.String()},
		{"Model", "Held out, actual", "30411"}, {"Customers", "Customers kept (retention)", "0.8464"},
	} {
		found := ""
		for at, text := range cells[w.sheet] {
			if text == w.name && at[0] == 'A' {
				found += cells[w.sheet]["B"+at[1:]] + " "
			}
		}
		if !strings.Contains(found, w.value+" ") {
			t.Errorf("%s, %s: %q, want %s", w.sheet, w.name, found, w.value)
		}
	}
}

var plainFormula = regexp.MustCompile(`^-?[A-Z]\d+([+-][A-Z]\d+)*$`)

// formulas gives each formula of a workbook, what it was saved with and what it gives when calculated.
func formulas(t *testing.T, file []byte) map[string][2]string {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	all := map[string][2]string{}
	raw := excelize.Options{RawCellValue: true}
	for _, sheet := range x.GetSheetList() {
		rows, err := x.GetRows(sheet, raw)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				at := ref(i+1, j)
				f, err := x.GetCellFormula(sheet, at)
				if err != nil {
					t.Fatal(err)
				}
				if f == "" {
					continue
				}
				if !plainFormula.MatchString(f) {
					t.Errorf("%s!%s has the formula %q", sheet, at, f)
				}
				saved, err := x.GetCellValue(sheet, at, raw)
				if err != nil {
					t.Fatal(err)
				}
				calculated, err := x.CalcCellValue(sheet, at, raw)
				if err != nil {
					t.Fatal(err)
				}
				all[sheet+"!"+at] = [2]string{saved, calculated}
			}
		}
	}
	return all
}

func TestFormulasGiveTheSavedTotals(t *testing.T) {
	all := formulas(t, written(t, XLSX, OfClose(closed(), made)))
	if len(all) != 19 {
		t.Errorf("%d formulas", len(all))
	}
	cent := big.NewRat(1, 200)
	for at, v := range all {
		saved, ok := new(big.Rat).SetString(v[0])
		calculated, alsoOK := new(big.Rat).SetString(v[1])
		if !ok || !alsoOK {
			t.Errorf("%s: %q and %q", at, v[0], v[1])
			continue
		}
		if diff := saved.Sub(saved, calculated); diff.Abs(diff).Cmp(cent) >= 0 {
			t.Errorf("%s: saved with %s, but gives %s", at, v[0], v[1])
		}
	}
}

// Totals are formulas: the closing lines, experience, changes, sums of reasons, net revenue and the tie-out.
func TestTotalsAreFormulas(t *testing.T) {
	r, err := newReport(OfClose(closed(), made))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Parts {
		for _, b := range p.Blocks {
			if b.Table == nil {
				continue
			}
			for _, row := range b.Table.Rows {
				if c := row.Cells[1]; row.Kind == sumRow && len(c.Terms) == 0 && p.Name != "Equity" {
					t.Errorf("%s, %s: %s is a sum without a formula", p.Name, b.Title, row.Cells[0])
				}
			}
		}
	}
}
