package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele/internal/warehouse"
)

// Preview implements the contract.
func (d *DB) Preview(ctx context.Context, b warehouse.Batch, n int) ([]map[string]*string, error) {
	plan, err := newPlan(b, false)
	if err != nil {
		return nil, err
	}
	conn, err := d.conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	path, err := d.admit(plan, n)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(filepath.Dir(path))
	l := &load{ctx: ctx, conn: conn, plan: plan, path: path}
	defer l.clear()
	rows, err := l.preview(n)
	if err != nil {
		return nil, translate(err)
	}
	return rows, nil
}

func (l *load) preview(n int) (shown []map[string]*string, err error) {
	p := l.plan
	_, values := p.columns()
	failed, named := p.firstFailure()
	q := fmt.Sprintf("SELECT failed, %s AS named, %s FROM (SELECT *, %s AS failed FROM %s LIMIT %d) ORDER BY record",
		named, values, failed, p.from(l.path, true), n)
	rows, err := l.conn.QueryContext(l.ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := p.previewRow(rows)
		if err != nil {
			return nil, err
		}
		shown = append(shown, row)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || p.batch.Input.Format != warehouse.CSV {
		return shown, err
	}
	return l.previewMalformed(shown, n)
}

func (p *plan) previewRow(rows *sql.Rows) (map[string]*string, error) {
	var failed sql.NullInt64
	var named string
	values := make([]any, len(p.out))
	targets := []any{&failed, &named}
	for i := range values {
		targets = append(targets, &values[i])
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, err
	}
	row := map[string]*string{}
	for i, o := range p.out {
		if text := shownValue(o, values[i]); text != nil || row[o.field] == nil {
			row[o.field] = text
		}
	}
	if failed.Valid {
		reason := p.r.checks[failed.Int64].reason(named)
		row["rejected"] = &reason
	}
	return row, nil
}

// shownValue is a value as people read it; nil is missing.
func shownValue(o output, value any) *string {
	var s string
	switch v := value.(type) {
	case nil:
		return nil
	case driver.Decimal:
		s = plainDecimal(v)
	case time.Time:
		s = v.Format(time.DateTime)
		if strings.HasSuffix(o.column, "day") {
			s = v.Format(time.DateOnly)
		}
	default:
		s = fmt.Sprint(v)
	}
	return &s
}

// plainDecimal is a decimal without trailing zeros.
func plainDecimal(d driver.Decimal) string {
	s := d.String()
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// previewMalformed puts the rows that cannot be split among the others.
func (l *load) previewMalformed(shown []map[string]*string, n int) ([]map[string]*string, error) {
	q := fmt.Sprintf(`SELECT line - %d, min_by(CAST(error_type AS VARCHAR), column_idx), min_by(error_message, column_idx)
		FROM %s WHERE line - %[1]d <= %[3]d GROUP BY line ORDER BY line`, l.plan.before, rejectErrors, n)
	err := each(l.ctx, l.conn, q, func(rows *sql.Rows) error {
		var at int
		var kind, message string
		if err := rows.Scan(&at, &kind, &message); err != nil {
			return err
		}
		reason := malformed(kind, message)
		at = max(0, min(at-1, len(shown)))
		shown = append(shown[:at], append([]map[string]*string{{"rejected": &reason}}, shown[at:]...)...)
		return nil
	})
	return shown[:min(len(shown), n)], err
}
