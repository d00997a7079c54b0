package duckdb

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// Nothing is left of what was reset, and a question under way is waited for.
func TestResetLeavesNoByte(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	path := filepath.Join(dir, "file.csv")
	const secret = "8c1f-somebody@example.com"
	if err := os.WriteFile(path, []byte("customer,mail\n1,"+secret+"\n2,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := warehouse.Batch{ID: "1", Sequence: 1, Kind: clientele.Customers, Source: "s", Currency: "EUR", TimeZone: "UTC", Input: warehouse.Input{
		Path: path, Format: warehouse.CSV, Dialect: warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true}, Columns: []warehouse.Column{{Name: "customer"}, {Name: "mail"}},
	}, Mapping: warehouse.Mapping{
		Fields: map[string]expr.Expr{"customer": expr.Column{Name: "customer"}}, Attributes: map[string]string{"mail": "mail"},
	}}
	mustLoad(t, d, b)
	if !holdsText(t, dir, "records", secret) {
		t.Fatal("the search finds nothing")
	}
	conn, err := d.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { _ = conn.Close() })
	if err := d.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holdsText(t, dir, "records", secret) {
		t.Error("the secret is still there")
	}
	mustLoad(t, d, b)
	expectLoaded(t, d, 1)
}

func holdsText(t *testing.T, dir, prefix, text string) bool {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), prefix) || f.IsDir() {
			continue
		}
		kept, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(kept, []byte(text)) {
			return true
		}
	}
	return false
}

// The texts of a Parquet file are those that a load reads.
func TestTextsOfParquet(t *testing.T) {
	type row struct {
		Customer *string   `parquet:"customer"`
		Time     time.Time `parquet:"time,timestamp(millisecond)"`
		Amount   float64   `parquet:"amount"`
	}
	who := "a,b"
	path := filepath.Join(t.TempDir(), "f.parquet")
	if err := parquet.WriteFile(path, []row{{&who, time.Date(2024, 1, 5, 10, 0, 0, 5e8, time.UTC), .125}, {nil, time.Date(2024, 1, 6, 0, 0, 0, 0, time.UTC), 1e6}}); err != nil {
		t.Fatal(err)
	}
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	b := warehouse.Batch{ID: "1", Kind: clientele.Transactions, TimeZone: "UTC", Input: warehouse.Input{
		Path: path, Format: warehouse.Parquet, Columns: []warehouse.Column{{Name: "customer"}, {Name: "time"}, {Name: "amount"}},
	}}
	var got []string
	for cells, err := range d.Texts(t.Context(), b) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join(cells, "|"))
	}
	want := "a,b|2024-01-05 10:00:00.5+00|0.125 |2024-01-06 00:00:00+00|1000000.0"
	if strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}
