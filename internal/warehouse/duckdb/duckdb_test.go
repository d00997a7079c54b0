package duckdb

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

func open(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestOpenOddNames(t *testing.T) {
	for _, name := range []string{"plain", "with space", "a#b", "it's;--", `quo"te`, "Ünïcode"} {
		path := filepath.Join(t.TempDir(), name, "records.duckdb")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			d, err := Open(t.Context(), path, Options{MemoryLimit: 1 << 30, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"100%", "what?", "two\nlines"} {
		if _, err := Open(t.Context(), filepath.Join(t.TempDir(), name, "records.duckdb"), Options{}); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("a name that the driver would misread: %v", err)
		}
	}
}

// Memory follows the records, between a gigabyte and what the machine can spare.
func TestMemoryFollowsTheRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	for _, c := range []struct {
		records int64
		own     string
		want    int64
	}{
		{0, "18.8 GiB", 1_000_000_000},
		{100 << 20, "18.8 GiB", 1_000_000_000},
		{3 << 30, "18.8 GiB", 6 << 30},
		{30 << 30, "16.0 GiB", 12 << 30},
		{30 << 30, "1.0 TiB", 60 << 30},
		{100 << 20, "512.0 MiB", 384 << 20},
		{100 << 20, "unlimited", 1_000_000_000},
	} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, c.records); err != nil { // sparse
			t.Fatal(err)
		}
		if got := (&DB{path: path}).defaultMemory(c.own); got != c.want {
			t.Errorf("%d bytes of records, the engine's own limit %s: %d, want %d", c.records, c.own, got, c.want)
		}
	}
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	conn, err := d.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var set string
	if err := conn.QueryRowContext(t.Context(), "SELECT current_setting('memory_limit')").Scan(&set); err != nil {
		t.Fatal(err)
	}
	if set != "953.6 MiB" {
		t.Errorf("a new book may use %s", set)
	}
}

// TestLockedDown tries what a query could do if one ever went astray.
func TestLockedDown(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, attack := range []string{
		"SELECT * FROM read_csv(" + literal(secret) + ")",
		"SELECT * FROM " + identifier(secret),
		"SELECT * FROM read_text(" + literal(filepath.Join(d.scratch(), "..", "secret.csv")) + ")",
		"SELECT * FROM glob(" + literal(dir+"/*") + ")",
		"COPY batch TO " + literal(filepath.Join(dir, "out.csv")),
		"EXPORT DATABASE " + literal(filepath.Join(dir, "out")),
		"ATTACH " + literal(filepath.Join(dir, "other.duckdb")),
		"INSTALL httpfs",
		"LOAD httpfs",
		"SET enable_external_access = true",
		"SET allowed_directories = ['/']",
		"SET memory_limit = '1TB'",
		"SET lock_configuration = false",
		"RESET lock_configuration",
	} {
		conn, err := d.conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(t.Context(), attack); err == nil {
			t.Errorf("nothing stopped %s", attack)
		}
		conn.Close()
	}
}

// TestReservedPaths: a file is read whatever is said of its path.
func TestReservedPaths(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's [a] *?")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	mustLoad(t, d, sales(t, dir, 1, 3))
	expectLoaded(t, d, 1)
	if left, err := os.ReadDir(d.scratch()); err != nil || len(left) > 0 {
		t.Errorf("a load left %v, %v", left, err)
	}
}

// TestParquet loads a file with columns of every type, whose positions are rows.
func TestParquet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lines.parquet")
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`SET TimeZone = 'UTC'; COPY (SELECT 17850 AS "who's", 80995.3::DOUBLE AS amount, 1e-7::DOUBLE AS cost,
		TIMESTAMPTZ '2024-07-01 22:30:00+00' AS at UNION ALL SELECT NULL, 12345678901234.5, NULL, TIMESTAMPTZ '2024-01-01 00:00:00+00'
		UNION ALL SELECT 1, NULL, 1, TIMESTAMPTZ '2024-01-01 00:00:00+00') TO ` + literal(path) + ` (FORMAT parquet)`)
	if err != nil {
		t.Fatal(err)
	}
	b := warehouse.Batch{
		ID: "p", Sequence: 1, Kind: clientele.Transactions, Source: "shop", Currency: "EUR", TimeZone: "Europe/Berlin",
		Input: warehouse.Input{Path: path, Name: "lines.parquet", Format: warehouse.Parquet, Columns: []warehouse.Column{
			{Name: "who's", Type: warehouse.TextColumn}, {Name: "amount", Type: warehouse.DecimalColumn},
			{Name: "cost", Type: warehouse.DecimalColumn}, {Name: "at", Type: warehouse.InstantColumn},
		}},
		Mapping: warehouse.Mapping{Fields: map[string]expr.Expr{
			"customer": expr.Column{Name: "who's"}, "amount": expr.Column{Name: "amount"}, "cost": expr.Column{Name: "cost"}, "time": expr.Column{Name: "at"},
		}},
	}
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	r, err := d.Load(t.Context(), b, warehouse.LoadOptions{})
	if err != nil || r.Loaded != 2 || r.Rejected != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := r.Rejects[0]; got.Line != 0 || got.Column != "amount" || !strings.HasPrefix(got.Text, "1,,") {
		t.Errorf("rejected %+v", got)
	}
	for customer, want := range map[string]string{"17850": "2024-07-02 80995.30", "": "2024-01-01 12345678901234.50"} {
		lines, err := d.OrderLines(t.Context(), customer, clientele.MustDate("2200-12-31"), 0, 10)
		if err != nil || len(lines) != 1 || fmt.Sprint(lines[0].Day, " ", lines[0].Amount) != want {
			t.Errorf("%q: %+v, %v", customer, lines, err)
		}
	}
	shown, err := d.Preview(t.Context(), b, 2)
	if err != nil || len(shown) != 2 || *shown[0]["cost"] != "0.0000001" || *shown[0]["time"] != "2024-07-02 00:30:00" {
		t.Errorf("preview %v, %v", shown, err)
	}
}
