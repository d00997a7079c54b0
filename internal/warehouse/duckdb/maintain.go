package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/clientele/clientele"
)

// tables are those that imports fill, in the order in which they are checked.
var tables = []string{"source", "batch", "rejected_row", "stored_line", "customer_attribute", "subscription", "interaction", "feedback", "reason"}

// Reset implements the contract. A file that is emptied keeps bytes of what was in it:
// it goes, and an empty one takes its place.
func (d *DB) Reset(ctx context.Context) error {
	d.load.Lock()
	defer d.load.Unlock()
	for wait := resetPatience; ; wait -= resetTurn {
		done, err := d.renew(ctx)
		if done || err != nil {
			return translate(err)
		}
		if wait <= 0 {
			return clientele.Errorf(clientele.CodeBusy, "the records are being read all the time").WithHint("Try again when less is going on.")
		}
		select { // those that read may need a further connection to get done
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(resetTurn / 4):
		}
	}
}

// How long Reset waits for readers in all, and keeps others out at a time.
const (
	resetPatience = 10 * time.Minute
	resetTurn     = 2 * time.Second
)

// renew replaces the file by an empty one, unless somebody goes on reading it.
func (d *DB) renew(ctx context.Context) (done bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.db != nil {
		for end := time.Now().Add(resetTurn); d.db.Stats().InUse > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) || ctx.Err() != nil {
				return false, ctx.Err()
			}
		}
		old := d.db
		d.db = nil
		if err := old.Close(); err != nil {
			return false, err
		}
	}
	for _, path := range []string{d.path + ".wal", d.path} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return false, err
		}
	}
	return true, d.open(ctx)
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
