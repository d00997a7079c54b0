package duckdb

import (
	"context"
	"database/sql"
	"iter"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Loaded implements the contract.
func (d *DB) Loaded(ctx context.Context) ([]warehouse.LoadedBatch, error) {
	known, err := recalled(ctx, &d.facts, "batches", func() ([]warehouse.LoadedBatch, error) {
		conn, err := d.conn(ctx)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		batches, err := listBatches(ctx, conn)
		return batches, translate(err)
	})
	return slices.Clone(known), err
}

func listBatches(ctx context.Context, conn *sql.Conn) (batches []warehouse.LoadedBatch, err error) {
	err = each(ctx, conn, query("batch.list"), func(rows *sql.Rows) error {
		var b warehouse.LoadedBatch
		var first, last sql.NullTime
		r := &b.Report
		if err := rows.Scan(&b.ID, &b.Sequence, &r.Read, &r.Loaded, &r.Updated, &r.Duplicate, &r.Rejected, &first, &last); err != nil {
			return err
		}
		r.FirstDay, r.LastDay = day(first), day(last)
		batches = append(batches, b)
		return nil
	})
	return batches, err
}

// findBatch finds a batch by its id; found is false if the records do not hold it.
func findBatch(ctx context.Context, conn *sql.Conn, id string) (b warehouse.LoadedBatch, found bool, err error) {
	batches, err := listBatches(ctx, conn)
	if i := slices.IndexFunc(batches, func(b warehouse.LoadedBatch) bool { return b.ID == id }); i >= 0 {
		return batches[i], true, err
	}
	return b, false, err
}

// Rejects implements the contract.
func (d *DB) Rejects(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error] {
	return func(yield func(warehouse.Reject, error) bool) {
		conn, err := d.conn(ctx)
		if err != nil {
			yield(warehouse.Reject{}, err)
			return
		}
		defer conn.Close()
		rows, err := conn.QueryContext(ctx, query("rejected.list"), batchID)
		if err != nil {
			yield(warehouse.Reject{}, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanReject(rows)
			if !yield(r, translate(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(warehouse.Reject{}, translate(err))
		}
	}
}

func scanReject(rows *sql.Rows) (r warehouse.Reject, err error) {
	err = rows.Scan(&r.Line, &r.Column, &r.Reason, &r.Text)
	return r, err
}

// day is a date that may be missing.
func day(t sql.NullTime) *clientele.Date {
	if !t.Valid {
		return nil
	}
	d := clientele.DateOf(t.Time)
	return &d
}

// dayArg is a date that may be missing, as a parameter.
func dayArg(d *clientele.Date) any {
	if d == nil {
		return nil
	}
	return d.Time()
}
