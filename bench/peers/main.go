// Command peers is what Clientele is measured against: DuckDB at its defaults,
// running SQL that a person would write by hand. It knows nothing of Clientele.
//
//	peers DATABASE SCRIPT... [name=value]...
//
// runs embedded scripts in order, with values readable by getvariable('name'),
// and prints the one row that the last statement returns as JSON, all text.
package main

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // registers the driver
)

//go:embed queries/*.sql
var queries embed.FS

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "peers DATABASE SCRIPT... [name=value]...")
		os.Exit(2)
	}
	row, err := run(context.Background(), os.Args[1], os.Args[2:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(row)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, database string, args []string) (map[string]string, error) {
	db, err := sql.Open("duckdb", database)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var scripts []string
	for _, arg := range args {
		name, value, isValue := strings.Cut(arg, "=")
		if !isValue {
			scripts = append(scripts, arg)
			continue
		}
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET VARIABLE %s = '%s'", name, strings.ReplaceAll(value, "'", "''"))); err != nil {
			return nil, err
		}
	}
	var text strings.Builder
	for _, name := range scripts {
		script, err := queries.ReadFile("queries/" + name + ".sql")
		if err != nil {
			return nil, err
		}
		text.Write(script)
	}
	return lastRow(ctx, conn, text.String())
}

// lastRow runs statements and returns the one row of the last.
func lastRow(ctx context.Context, conn *sql.Conn, statements string) (map[string]string, error) {
	rows, err := conn.QueryContext(ctx, statements)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		return nil, fmt.Errorf("the last statement returned no row: %w", err)
	}
	values := make([]any, len(names))
	into := make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	row := map[string]string{}
	for i, name := range names {
		row[name] = fmt.Sprint(values[i])
	}
	return row, rows.Err()
}
