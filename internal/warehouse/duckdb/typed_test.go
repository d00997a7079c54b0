package duckdb

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// Whatever stands in a cell, a file that is read quickly gives what it gives when it
// is read thoroughly.
func TestQuickReadingIsThorough(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	for column, cells := range map[int][]string{
		0: {"", "7.0", "7.50", "a.b", "0007", "x y"},
		1: {"", "2024-8-1", "2024-08-31x", "2024-08-31 10:00:00", "2024/08/31", "epoch", "Epoch", "infinity", "-infinity", "1900-01-01", "1899-12-31", "2200-12-31",
			"2201-01-01", "12024-08-31", "24-08-31", "2024-02-30", "20240831", "31.08.2024", "2024-08-31T10:00:00Z"},
		2: {"", "--5", "1-2", "1_000", "+5", ".5", "5.", "-", ".", "nan", "inf", "12345678901234", "123456789012345678901234567", "5%", "00005", "-0.000001", "0x1F"},
		3: {"", "2024-08-31", "2024-08-31T10:00:00", "2024-08-31 10:00", "2024-08-31 10:00:00.5", "2024-08-31 24:00:00", "epoch", "x"},
	} {
		for _, cell := range cells {
			quick, quickRows := readCell(t, d, column, cell, true)
			thorough, rows := readCell(t, d, column, cell, false)
			if diff := cmp.Diff(thorough, quick); diff != "" {
				t.Errorf("column %d, %q: %s", column, cell, diff)
			}
			if diff := cmp.Diff(rows, quickRows); diff != "" {
				t.Errorf("column %d, %q: %s", column, cell, diff)
			}
		}
	}
}

// readCell loads three rows, one with the cell in a column, and returns what became
// of them.
func readCell(t *testing.T, d *DB, column int, cell string, promised bool) (warehouse.LoadReport, []string) {
	t.Helper()
	row := []string{"b", "2024-05-06", "7.25", "2024-05-06 07:08:09"}
	row[column] = cell
	text := fmt.Sprintf("a,2024-01-02,5,2024-01-02 03:04:05\n%s,%s,%s,%s\nc,2024-03-04,6.5,2024-03-04 05:06:07\n", row[0], row[1], row[2], row[3])
	path := filepath.Join(t.TempDir(), "cells.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	time := "day"
	if column == 3 {
		time = "time"
	}
	b := warehouse.Batch{
		ID: path, Sequence: 1, Kind: clientele.Transactions, Source: path, Currency: "EUR", TimeZone: "UTC",
		Input: warehouse.Input{
			Path: path, Name: "cells.csv", Format: warehouse.CSV, Dialect: warehouse.Dialect{Delimiter: ",", Quote: `"`},
			Columns: []warehouse.Column{{Name: "customer", Type: warehouse.TextColumn}, {Name: "day", Type: warehouse.DateColumn},
				{Name: "amount", Type: warehouse.DecimalColumn}, {Name: "time", Type: warehouse.TimeColumn}},
			ShortDecimals: promised, Bare: promised,
		},
		Mapping: warehouse.Mapping{Fields: map[string]expr.Expr{
			"customer": expr.Column{Name: "customer"}, "time": expr.Column{Name: time}, "amount": expr.Column{Name: "amount"},
		}},
	}
	load := d.Load
	if !promised {
		load = d.loadThoroughly
	}
	report, err := load(t.Context(), b, warehouse.LoadOptions{})
	if err != nil {
		t.Fatalf("%q: %v", cell, err)
	}
	rows, err := d.db.QueryContext(t.Context(), `SELECT concat_ws(' ', coalesce(customer, '-'), day, coalesce(CAST(local_time AS VARCHAR), '-'), amount, kind)
		FROM transaction_line AS l JOIN source AS s ON s.id = l.source WHERE s.name = ? ORDER BY 1`, path)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return report, lines
}

// A file that is as it seems is read once, and quickly.
func TestQuickReadingSuffices(t *testing.T) {
	b := sales(t, t.TempDir(), 1, 10)
	b.Input.ShortDecimals = true
	p, err := newPlan(b, true)
	if err != nil {
		t.Fatal(err)
	}
	if !p.r.typed.possible() || p.r.typed.typeOf(2) != "DECIMAL(18, 6)" || p.r.typed.typeOf(0) != "VARCHAR" {
		t.Errorf("%+v", p.r.typed)
	}
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	report, err := d.loadPlan(t.Context(), p, warehouse.LoadOptions{})
	if err != nil || report.Loaded != 10 {
		t.Errorf("%+v %v", report, err)
	}
}
