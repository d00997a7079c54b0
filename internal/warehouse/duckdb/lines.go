package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Transaction lines are read through the view transaction_line, which has every
// column. The table stored_line has those that a file has filled so far: a column
// of nothing costs as much to store as one of something, for every line.

// optionalColumns are the columns that a file may leave out, in the view's order.
var optionalColumns = []struct{ name, of, compressed string }{
	{"line", "VARCHAR", "dictionary"},
	{"local_time", "TIMESTAMP", ""},
	{"quantity", "DECIMAL(38, 12)", ""},
	{"unit_price", "DECIMAL(38, 12)", ""},
	{"cost", "DECIMAL(38, 12)", ""},
	{"product", "VARCHAR", "dictionary"},
	{"channel", "VARCHAR", "dictionary"},
}

// alwaysStored are the others.
var alwaysStored = []string{"source", "sequence", "order_id", "customer", "day", "amount", "kind"}

// lineView is the statement that makes the view over a table that has these columns.
func lineView(stored []string) string {
	columns := slices.Clone(alwaysStored)
	for _, c := range optionalColumns {
		if slices.Contains(stored, c.name) {
			columns = append(columns, c.name)
		} else {
			columns = append(columns, fmt.Sprintf("CAST(NULL AS %s) AS %s", c.of, c.name))
		}
	}
	return "CREATE OR REPLACE VIEW transaction_line AS SELECT " + strings.Join(columns, ", ") + " FROM stored_line"
}

// storedColumns are the columns of the table of lines.
func storedColumns(ctx context.Context, conn *sql.Conn) (names []string, err error) {
	err = each(ctx, conn, "SELECT column_name FROM information_schema.columns WHERE table_name = 'stored_line'", func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

// fitLines gives the table of lines the columns that a plan fills, and takes those
// from the plan that neither has anything in. The log that a load follows in has no
// change of tables. What is loaded may still be refused: an empty column is nothing.
func fitLines(ctx context.Context, conn *sql.Conn, p *plan) error {
	stored, err := storedColumns(ctx, conn)
	if err != nil {
		return err
	}
	p.out = slices.DeleteFunc(p.out, func(o output) bool { return o.empty() && !slices.Contains(stored, o.column) })
	var change strings.Builder
	for _, c := range optionalColumns {
		if slices.Contains(stored, c.name) || !slices.ContainsFunc(p.out, func(o output) bool { return o.column == c.name }) {
			continue
		}
		stored = append(stored, c.name)
		fmt.Fprintf(&change, "ALTER TABLE stored_line ADD COLUMN %s %s%s;\n", c.name, c.of, compression(c.compressed))
	}
	if change.Len() == 0 {
		return nil
	}
	if _, err = conn.ExecContext(ctx, "BEGIN;\n"+change.String()+lineView(stored)+";\nCOMMIT;"); err != nil {
		return rollBack(ctx, conn, err)
	}
	if _, err := conn.ExecContext(ctx, "CHECKPOINT"); err != nil && !busyCheckpoint(err) {
		return err
	}
	return nil
}

func compression(method string) string {
	if method == "" {
		return ""
	}
	return " USING COMPRESSION " + method
}

// empty reports whether a column is null in every row.
func (o output) empty() bool { return strings.HasPrefix(o.sql, "CAST(NULL AS ") }
