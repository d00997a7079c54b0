package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// Named implements the contract.
func (d *DB) Named(ctx context.Context, b warehouse.Batch, q warehouse.NamedQuery) iter.Seq2[warehouse.NamedRow, error] {
	var wanted []string
	for column, values := range map[string][]string{"customer": q.Customers, "key": q.Keys} {
		if len(values) > 0 {
			wanted = append(wanted, fmt.Sprintf("%s IN (%s)", identifier(column), literals(values)))
		}
	}
	if q.Rejected {
		wanted = append(wanted, "rejected")
	}
	if len(wanted) == 0 {
		wanted = []string{"false"}
	}
	return overFile(ctx, d, b, func(p *plan, path string) string {
		customer, key := p.idOf("customer"), p.idOf(warehouse.KeyField(b.Kind))
		number, positions := p.numbered()
		return fmt.Sprintf(`SELECT number, coalesce(customer, ''), coalesce("key", ''), NOT rejected FROM
			(SELECT TRY_CAST(%s AS BIGINT) AS number, %s AS customer, %s AS "key", coalesce(%s, false) AS rejected FROM %s)
			WHERE number IS NOT NULL AND (%s)`,
			number, customer, key, p.rejected(), p.r.from(p.base(path, false, positions)), strings.Join(wanted, " OR "))
	}, func(rows *sql.Rows) (r warehouse.NamedRow, err error) {
		err = rows.Scan(&r.Number, &r.Customer, &r.Key, &r.Accepted)
		return r, err
	})
}

// Names implements the contract.
func (d *DB) Names(ctx context.Context, b warehouse.Batch) iter.Seq2[string, error] {
	return overFile(ctx, d, b, func(p *plan, path string) string {
		customer := p.idOf("customer")
		_, positions := p.numbered()
		return fmt.Sprintf("SELECT DISTINCT customer FROM (SELECT %s AS customer FROM %s) WHERE customer IS NOT NULL",
			customer, p.r.from(p.base(path, false, positions)))
	}, scanText)
}

// Texts implements the contract.
func (d *DB) Texts(ctx context.Context, b warehouse.Batch) iter.Seq2[[]string, error] {
	width := len(b.Input.Columns)
	row, targets := make([]string, width), make([]any, width)
	for i := range row {
		targets[i] = &row[i]
	}
	return overFile(ctx, d, b, func(p *plan, path string) string {
		positions, texts := make([]int, width), make([]string, width)
		for i := range positions {
			positions[i], texts[i] = i, fmt.Sprintf("coalesce(%s, '')", columnName(i))
		}
		return fmt.Sprintf("SELECT %s FROM %s ORDER BY record", strings.Join(texts, ", "), p.base(path, true, positions))
	}, func(rows *sql.Rows) ([]string, error) { return row, rows.Scan(targets...) })
}

func literals(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return strings.Join(quoted, ", ")
}

func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}

// idOf is SQL for the id that a field gives, null where it is missing.
func (p *plan) idOf(field string) string {
	if _, ok := p.batch.Mapping.Fields[field]; !ok {
		return "CAST(NULL AS VARCHAR)"
	}
	v := p.mapped(field, expr.TextType)
	return p.r.site(v.depth, idSQL(v.sql))
}

// numbered is SQL for the line of the original, and the positions of all columns that a
// question about rows needs.
func (p *plan) numbered() (number string, positions []int) {
	number = "NULL"
	for i, c := range p.batch.Input.Columns {
		if c.Name == p.batch.Input.LineColumn {
			p.r.used[i] = true
			number = columnName(i)
		}
	}
	return number, p.r.usedColumns()
}

// overFile yields the rows of a query over a batch's file.
func overFile[T any](ctx context.Context, d *DB, b warehouse.Batch, query func(p *plan, path string) string, scan func(*sql.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		p, err := newPlan(b, false)
		if err != nil {
			yield(none, err)
			return
		}
		conn, err := d.conn(ctx)
		if err != nil {
			yield(none, err)
			return
		}
		defer conn.Close()
		path, err := d.admit(p, 0)
		if err != nil {
			yield(none, err)
			return
		}
		defer os.RemoveAll(filepath.Dir(path))
		l := &load{ctx: ctx, conn: conn, plan: p, path: path}
		defer l.clear()
		overRows(ctx, conn, query(p, path), scan)(yield)
	}
}

// overRows yields the rows of a query on a connection.
func overRows[T any](ctx context.Context, conn *sql.Conn, query string, scan func(*sql.Rows) (T, error), args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := conn.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if !yield(v, translate(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, translate(err))
		}
	}
}

// heldTables are those that hold rows of customers.
var heldTables = []struct {
	kind clientele.Kind
	name string
}{
	{clientele.Transactions, "transaction_line"}, {clientele.Customers, "customer_attribute"}, {clientele.Subscriptions, "subscription"},
	{clientele.Interactions, "interaction"}, {clientele.Feedback, "feedback"}, {clientele.Reasons, "reason"},
}

// Held implements the contract.
func (d *DB) Held(ctx context.Context, customer string) iter.Seq2[warehouse.HeldRow, error] {
	return func(yield func(warehouse.HeldRow, error) bool) {
		conn, err := d.conn(ctx)
		if err != nil {
			yield(warehouse.HeldRow{}, err)
			return
		}
		defer conn.Close()
		for _, t := range heldTables {
			scan := func(rows *sql.Rows) (warehouse.HeldRow, error) { return heldRow(t.kind, rows) }
			for r, err := range overRows(ctx, conn, "SELECT * FROM "+t.name+" WHERE customer = ?", scan, customer) {
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

func heldRow(kind clientele.Kind, rows *sql.Rows) (warehouse.HeldRow, error) {
	r := warehouse.HeldRow{Table: kind}
	names, err := rows.Columns()
	if err != nil {
		return r, err
	}
	values, targets := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return r, err
	}
	for i, name := range names {
		if text := shownValue(output{column: name}, values[i]); text != nil {
			r.Values = append(r.Values, warehouse.HeldValue{Column: name, Text: *text})
		}
	}
	return r, nil
}

// Known implements the contract.
func (d *DB) Known(ctx context.Context) (n int64, err error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	err = conn.QueryRowContext(ctx, query("customer.count")).Scan(&n)
	return n, translate(err)
}

// Idle implements the contract.
func (d *DB) Idle(ctx context.Context, since clientele.Date) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		conn, err := d.conn(ctx)
		if err != nil {
			yield("", err)
			return
		}
		defer conn.Close()
		overRows(ctx, conn, query("customer.idle"), scanText, since.Time())(yield)
	}
}
