package duckdb

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// keptTables counts the tables that the instance keeps.
func keptTables(t testing.TB, d *DB) (n int) {
	t.Helper()
	if err := d.db.QueryRowContext(t.Context(), "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'kept'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func expectKept(t testing.TB, d *DB, want int) {
	t.Helper()
	if n := keptTables(t, d); n != want {
		t.Errorf("%d tables are kept, want %d", n, want)
	}
}

// january asks for customers.new from a day of January 2024 on.
func january(day int) warehouse.ExplainQuery {
	first := clientele.MustDate("2024-01-01")
	return warehouse.ExplainQuery{
		MovementQuery: warehouse.MovementQuery{
			Period:     clientele.Period{From: first + clientele.Date(day-1), To: first + 30},
			Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 100, Version: 1},
		},
		Line: "customers.new", Limit: 10,
	}
}

func expectExplained(t testing.TB, d *DB, q warehouse.ExplainQuery, want int64) {
	t.Helper()
	if e, err := d.Explain(t.Context(), q); err != nil || e.Count != want {
		t.Errorf("%d rows, want %d (%v)", e.Count, want, err)
	}
}

// TestKept: questions share what was prepared until a batch comes; the least
// recently used gives way; another instance begins anew.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	mustLoad(t, d, sales(t, dir, 1, 5))
	for range 2 {
		expectExplained(t, d, january(1), 5)
		if _, err := d.Movement(t.Context(), january(1).MovementQuery); err != nil {
			t.Fatal(err)
		}
		expectKept(t, d, 1)
	}
	first := d.kept.sets[0]
	for day := 2; day <= maxSets; day++ {
		expectExplained(t, d, january(day), 0)
	}
	expectExplained(t, d, january(1), 5)
	expectExplained(t, d, january(maxSets+1), 0) // the second gives way
	expectKept(t, d, maxSets)
	if first.gone || d.kept.sets[maxSets-2] != first {
		t.Error("what was used again gave way, or was made again")
	}
	d.kept.bytes = 1
	expectExplained(t, d, january(2), 0)
	expectKept(t, d, 1)
	mustLoad(t, d, sales(t, dir, 2, 3))
	expectKept(t, d, 0)
	expectExplained(t, d, january(1), 8)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d.db = nil // as after a failure: the next question opens the file again
	expectExplained(t, d, january(1), 8)
	expectKept(t, d, 1)
	if err := d.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectKept(t, d, 0)
	expectExplained(t, d, january(1), 0)
}

// TestKeptInUse: a summary keeps its table, whatever gives way and whatever is
// loaded, and drops it at the end.
func TestKeptInUse(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	d.kept.bytes = 1
	mustLoad(t, d, sales(t, dir, 1, 5))
	s, err := d.Summarise(t.Context(), clientele.MustDate("2024-01-31"))
	if err != nil {
		t.Fatal(err)
	}
	expectExplained(t, d, january(1), 5)
	expectKept(t, d, 2)
	mustLoad(t, d, sales(t, dir, 2, 3))
	expectKept(t, d, 1)
	n := int64(0)
	for c, err := range s.Cells(t.Context(), warehouse.CellsBy{}) {
		if err != nil {
			t.Fatal(err)
		}
		n += c.N
	}
	if n != 5 {
		t.Errorf("%d customers, want those of the summary, 5", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	expectKept(t, d, 0)
}

// TestKeptCancelled: what is cancelled while it is being made leaves nothing.
func TestKeptCancelled(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	conn, err := d.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	endless := []table{{Name: "run_short", Query: "SELECT 1 AS a"}, {Name: "run_long", Query: "SELECT count(*) AS n FROM run_short, range(1000000000000)"}}
	if _, err := d.kept.hold(ctx, conn, endless); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want %v", err, context.DeadlineExceeded)
	}
	expectKept(t, d, 0)
	set, err := d.kept.hold(t.Context(), conn, []table{{Name: "run_short", Query: "SELECT 1 AS a"}, {Name: "run_long", Query: "SELECT * FROM run_short"}})
	if err != nil {
		t.Fatal(err)
	}
	expectKept(t, d, 2)
	if err := d.kept.release(t.Context(), conn, set); err != nil {
		t.Error(err)
	}
}

// TestKeptOutrun: a transaction that begins after a batch came does not see what
// was kept before.
func TestKeptOutrun(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	mustLoad(t, d, sales(t, dir, 1, 5))
	conn, err := d.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	set, err := d.kept.hold(t.Context(), conn, []table{{Name: "run_count", Query: "SELECT count(*) AS n FROM transaction_line"}})
	if err != nil {
		t.Fatal(err)
	}
	count := func() (n int64) {
		tx, err := conn.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if err := set.prepare(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(t.Context(), "SELECT n FROM run_count").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 5 {
		t.Errorf("%d lines, want 5", n)
	}
	mustLoad(t, d, sales(t, dir, 2, 3))
	if n := count(); n != 8 {
		t.Errorf("%d lines after a batch came, want 8", n)
	}
	if err := d.kept.release(t.Context(), conn, set); err != nil {
		t.Error(err)
	}
	expectKept(t, d, 0)
}

// TestKeptDays: what questions have in common is kept from the first that needs it until
// they are over, whatever gives way, and is of the records as they are.
func TestKeptDays(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	d.kept.bytes = 1
	mustLoad(t, d, sales(t, dir, 1, 5))
	expectBorn := func(want int64) {
		t.Helper()
		tracked, err := d.Tracking(t.Context(), clientele.MustDate("2024-01-31"))
		if err != nil || len(tracked.FirstPurchases) != 1 || tracked.FirstPurchases[0].N != want {
			t.Errorf("%+v (%v), want %d first purchases", tracked, err, want)
		}
	}
	done := d.KeepDays()
	expectExplained(t, d, january(1), 5)
	expectKept(t, d, 1)
	expectBorn(5)
	expectKept(t, d, 2)
	days := d.kept.sets[0]
	expectExplained(t, d, january(1), 5)
	expectBorn(5)
	expectKept(t, d, 2)
	if !slices.Contains(d.kept.sets, days) {
		t.Error("the days gave way, or were made again")
	}
	mustLoad(t, d, sales(t, dir, 2, 3))
	expectBorn(8)
	expectKept(t, d, 2)
	again := d.KeepDays()
	done()
	done()
	expectKept(t, d, 2)
	again()
	expectKept(t, d, 1)
	expectBorn(8)
}
