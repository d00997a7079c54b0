package duckdb

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// TestExplainedQueryRuns runs the query that people are shown, as it stands, and
// expects the rows that it explains.
func TestExplainedQueryRuns(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	_, err := d.db.Exec(`
		INSERT INTO source VALUES (1, 'a');
		INSERT INTO stored_line (source, sequence, order_id, customer, day, amount, kind) VALUES
			(1, 1, 'o1', 'A', '2024-01-02', 5, 'sale'), (1, 1, 'o2', 'B', '2024-01-20', 7, 'sale'),
			(1, 1, 'o3', NULL, '2024-01-21', 9, 'sale');
		INSERT INTO subscription (source, sequence, subscription, customer, start_day, recurring_amount, recurring_period) VALUES
			(1, 1, 's1', 'C', '2024-01-20', 12, 'month')`)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range warehouse.MovementLines {
		q := warehouse.ExplainQuery{
			MovementQuery: warehouse.MovementQuery{
				Period:     clientele.Period{From: clientele.MustDate("2024-01-10"), To: clientele.MustDate("2024-01-31")},
				Definition: clientele.Definition{Kind: clientele.Both, LapseDays: 10, Version: 1},
			},
			Line: at.Line, Limit: 10,
		}
		e, err := d.Explain(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := d.conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := conn.QueryContext(t.Context(), "BEGIN;\n"+e.Query)
		if err != nil {
			t.Fatalf("%s: %v\n%s", at.Line, err, e.Query)
		}
		if n, err := countRows(rows); n != e.Count || err != nil {
			t.Errorf("%s: %d rows, want %d (%v)", at.Line, n, e.Count, err)
		}
		if strings.Contains(e.Query, "{{") {
			t.Errorf("%s: a parameter is missing:\n%s", at.Line, e.Query)
		}
		if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func countRows(rows *sql.Rows) (n int64, err error) {
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}
