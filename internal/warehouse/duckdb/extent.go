package duckdb

import (
	"context"
	"database/sql"
	"maps"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Span implements the contract.
func (d *DB) Span(ctx context.Context, q warehouse.SpanQuery) (warehouse.Span, bool, error) {
	type found struct {
		span warehouse.Span
		ok   bool
	}
	f, err := recalled(ctx, &d.facts, q, func() (f found, err error) {
		f.span, f.ok, err = d.span(ctx, q)
		return f, err
	})
	return f.span, f.ok, err
}

func (d *DB) span(ctx context.Context, q warehouse.SpanQuery) (s warehouse.Span, ok bool, err error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return s, false, err
	}
	defer conn.Close()
	var first, last sql.NullTime
	text := render("records.span", struct {
		Known      clientele.Date
		OrdersOnly bool
	}{q.Known, q.Kind == clientele.Orders})
	if err := conn.QueryRowContext(ctx, text).Scan(&first, &last, &s.Lines, &s.Customers); err != nil {
		return s, false, translate(err)
	}
	if !first.Valid {
		return s, false, nil
	}
	s.FirstDay, s.LastDay = clientele.DateOf(first.Time), clientele.DateOf(last.Time)
	return s, true, nil
}

// Attributes implements the contract.
func (d *DB) Attributes(ctx context.Context) (map[string]int64, error) {
	known, err := recalled(ctx, &d.facts, "attributes", func() (map[string]int64, error) { return d.attributes(ctx) })
	return maps.Clone(known), err
}

func (d *DB) attributes(ctx context.Context) (map[string]int64, error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	attributes := map[string]int64{}
	err = each(ctx, conn, query("attribute.list"), func(rows *sql.Rows) error {
		var name string
		var values int64
		if err := rows.Scan(&name, &values); err != nil {
			return err
		}
		attributes[name] = values
		return nil
	})
	return attributes, translate(err)
}

// AttributesOf implements the contract.
func (d *DB) AttributesOf(ctx context.Context, customer string) (map[string]string, error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(ctx, query("attribute.find"), customer)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	attributes := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, translate(err)
		}
		attributes[name] = value
	}
	return attributes, translate(rows.Err())
}

// OrderLines implements the contract.
func (d *DB) OrderLines(ctx context.Context, customer string, to clientele.Date, offset int64, limit int) (lines []warehouse.OrderLine, err error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(ctx, query("line.list"), customer, to.Time(), limit, offset)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		line, err := scanLine(rows)
		if err != nil {
			return nil, translate(err)
		}
		lines = append(lines, line)
	}
	return lines, translate(rows.Err())
}

func scanLine(rows *sql.Rows) (line warehouse.OrderLine, err error) {
	var on sql.NullTime
	var quantity any
	err = rows.Scan(&line.Source, &line.Order, &line.Line, &on, &line.Kind, &line.Product, &line.Channel, &quantity, moneyTarget{&line.Amount}, &line.Import)
	line.Day = clientele.DateOf(on.Time)
	if d, ok := quantity.(driver.Decimal); ok {
		line.Quantity = plainDecimal(d)
	}
	return line, err
}
