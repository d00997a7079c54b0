package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/clientele/clientele"
)

// tables are those that imports fill, in the order in which they are checked.
var tables = []string{"source", "batch", "rejected_row", "stored_line", "customer_attribute", "subscription", "interaction", "feedback", "reason"}

// Reset implements the contract.
func (d *DB) Reset(ctx context.Context) error {
	d.load.Lock()
	defer d.load.Unlock()
	conn, err := d.conn(ctx)
	if err != nil {
		return err
	}
	err = d.facts.change(func() error { return empty(ctx, conn) })
	if err := errors.Join(err, conn.Close()); err != nil {
		d.revive(ctx, "")
		return translate(err)
	}
	d.forget(ctx)
	return nil
}

func empty(ctx context.Context, conn *sql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, table := range tables {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "CHECKPOINT"); !busyCheckpoint(err) {
		return err
	}
	return nil
}

// Check implements the contract. Reading every column makes the engine verify the
// checksum of every block.
func (d *DB) Check(ctx context.Context) error {
	return d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		for _, table := range tables {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("SELECT bit_xor(hash(t)) FROM %s AS t", table)); err != nil {
				return unsound("the table %s cannot be read", table).Because(err)
			}
		}
		return disagreements(ctx, tx)
	})
}

// disagreements finds imports of which the records hold more or other rows than
// were loaded.
func disagreements(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, query("batch.disagree"), maxKept)
	if err != nil {
		return err
	}
	defer rows.Close()
	var problems []string
	for rows.Next() {
		var problem string
		if err := rows.Scan(&problem); err != nil {
			return err
		}
		problems = append(problems, problem)
	}
	if err := rows.Err(); err != nil || len(problems) == 0 {
		return err
	}
	e := unsound("the records do not agree with the imports that made them")
	e.Rows = problems[:min(len(problems), 50)]
	return e
}

func unsound(format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.CodeInternal, format, args...).
		WithHint("Run clientele rebuild: the landed files hold everything.")
}
