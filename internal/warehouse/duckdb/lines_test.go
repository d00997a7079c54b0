package duckdb

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
)

// A column is stored from the first file on that fills it, and reads as unknown before.
func TestColumnsComeWithFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	d := open(t, path)
	mustLoad(t, d, sales(t, filepath.Dir(path), 1, 3))
	expectColumns(t, d)
	b := sales(t, filepath.Dir(path), 2, 3)
	b.Mapping.Fields["product"] = expr.Text{Value: "tea"}
	b.Mapping.Fields["quantity"] = expr.Number{Value: "2"}
	mustLoad(t, d, b)
	expectColumns(t, d, "product", "quantity")
	mustLoad(t, d, sales(t, filepath.Dir(path), 3, 3))
	expectColumns(t, d, "product", "quantity")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = open(t, path)
	expectLoaded(t, d, 1, 2, 3)
	var told int
	row := d.db.QueryRowContext(t.Context(), "SELECT count(*) FROM transaction_line WHERE product = 'tea' AND quantity = 2 AND channel IS NULL AND sequence = 2")
	if err := row.Scan(&told); err != nil || told != 3 {
		t.Errorf("%d lines of 3 tell their product, %v", told, err)
	}
	if err := d.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustLoad(t, d, b)
}

func expectColumns(t *testing.T, d *DB, want ...string) {
	t.Helper()
	conn, err := d.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, err := storedColumns(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	got = slices.DeleteFunc(got, func(name string) bool { return slices.Contains(alwaysStored, name) })
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
	lines, err := d.OrderLines(t.Context(), "", clientele.MustDate("2030-01-01"), 0, 1)
	if err != nil || len(lines) != 0 {
		t.Errorf("%v %v", lines, err)
	}
}
