package duckdb

import (
	"context"
	"database/sql"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// CountCustomers implements warehouse.Warehouse.
func (d *DB) CountCustomers(ctx context.Context, asOf clientele.Date, graceDays int) (n int64, err error) {
	query := render("customer.known", struct {
		AsOf      clientele.Date
		GraceDays int
	}{asOf, graceDays})
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&n) })
	return n, err
}

// Contracts implements warehouse.Warehouse.
func (d *DB) Contracts(ctx context.Context, q warehouse.ContractQuery) (out warehouse.Contracts, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		err := each(ctx, tx, render("contract.spell", q), func(rows *sql.Rows) error {
			var s warehouse.Spell
			err := rows.Scan(&s.Plan, &s.Period, &s.Cohort, &s.Ended, &s.EntryMonths, &s.ExitMonths, &s.Entry, &s.Exit, &s.N)
			out.Spells = append(out.Spells, s)
			return err
		})
		if err != nil {
			return err
		}
		return each(ctx, tx, render("contract.due", q), func(rows *sql.Rows) error {
			var c warehouse.Due
			var month sql.NullTime
			err := rows.Scan(&c.Plan, &c.Period, &c.Cohort, &c.Renewals, &month, &c.Ends, &c.N, &c.Unpriced, moneyTarget{&c.Recurring})
			c.Month = clientele.DateOf(month.Time)
			out.Due = append(out.Due, c)
			return err
		})
	})
	return out, err
}
