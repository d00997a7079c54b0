package duckdb

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/big"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
)

// snapshot runs read on a connection of its own, as snapshotOn does.
func (d *DB) snapshot(ctx context.Context, tables []table, read func(*sql.Tx) error) error {
	conn, err := d.conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return translate(d.snapshotOn(ctx, conn, tables, read))
}

// snapshotOn runs read, with tables at hand, in one transaction, and rolls it back:
// all that it reads is of one instant, and what it makes for itself, which no other
// connection sees, goes away.
func (d *DB) snapshotOn(ctx context.Context, conn *sql.Conn, tables []table, read func(*sql.Tx) error) (err error) {
	set, err := d.kept.hold(ctx, conn, tables)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.kept.release(ctx, conn, set)) }()
	tx, err := begin(ctx, conn)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := set.prepare(ctx, tx); err != nil {
		return err
	}
	return read(tx)
}

// begin starts a transaction that its owner ends. Were it bound to the context,
// database/sql would close the connection once the context is cancelled, before
// what is kept could be let go; statements are, and stop.
func begin(ctx context.Context, conn *sql.Conn) (*sql.Tx, error) {
	return conn.BeginTx(context.WithoutCancel(ctx), nil)
}

// querier is a connection, or a transaction on one.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls scan on every row of a query.
func each(ctx context.Context, q querier, query string, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// batchRows is how many rows are fetched under one lock of the connection.
const batchRows = 2048

// fetch yields the rows of a result that the driver holds: eight times faster
// than database/sql. A row is only valid until the next one. The connection is
// locked while rows are fetched, not while they are used.
func fetch(ctx context.Context, conn *sql.Conn, rows sqldriver.Rows) iter.Seq2[[]sqldriver.Value, error] {
	return func(yield func([]sqldriver.Value, error) bool) {
		width := len(rows.Columns())
		values := make([]sqldriver.Value, width*batchRows)                       // reused from batch to batch
		defer func() { _ = conn.Raw(func(any) error { return rows.Close() }) }() // all rows are read, or nobody wants them
		for {
			n := 0
			err := conn.Raw(func(any) error {
				for ; n < batchRows; n++ {
					if err := rows.Next(values[n*width : (n+1)*width]); err != nil {
						return err
					}
				}
				return ctx.Err()
			})
			for i := range n {
				if !yield(values[i*width:(i+1)*width], nil) {
					return
				}
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, translate(err))
				return
			}
		}
	}
}

// stream yields the rows of a query on a table that is kept.
func (d *DB) stream(ctx context.Context, t table, query string) iter.Seq2[[]sqldriver.Value, error] {
	return func(yield func([]sqldriver.Value, error) bool) {
		conn, err := d.conn(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer conn.Close()
		var rows sqldriver.Rows
		err = d.snapshotOn(ctx, conn, []table{t}, func(*sql.Tx) (err error) {
			rows, err = result(ctx, conn, query)
			return err
		})
		if err != nil {
			yield(nil, translate(err))
			return
		}
		fetch(ctx, conn, rows)(yield)
	}
}

// result runs a query and leaves its rows with the driver.
func result(ctx context.Context, conn *sql.Conn, query string) (rows sqldriver.Rows, err error) {
	err = conn.Raw(func(c any) error {
		rows, err = c.(sqldriver.QueryerContext).QueryContext(ctx, query, nil)
		return err
	})
	return rows, err
}

// moneyTarget scans a decimal into Money.
type moneyTarget struct{ *clientele.Money }

// Scan implements sql.Scanner.
func (t moneyTarget) Scan(value any) (err error) {
	*t.Money, err = moneyOf(value)
	return err
}

func moneyOf(value any) (clientele.Money, error) {
	switch v := value.(type) {
	case driver.Decimal:
		return clientele.MoneyFromUnits(v.Value, int(v.Scale))
	case *big.Int:
		return clientele.MoneyFromUnits(v, 0)
	}
	return clientele.Money{}, fmt.Errorf("%T is not an amount", value)
}
