package duckdb

import (
	"context"
	"database/sql"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Contracts implements warehouse.Warehouse.
func (d *DB) Contracts(ctx context.Context, q warehouse.ContractsQuery) (cells []warehouse.ContractCell, renewals []clientele.Renewals, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		err := each(ctx, tx, render("contract.count", q), func(rows *sql.Rows) error {
			var c warehouse.ContractCell
			var quarter sql.NullTime
			err := rows.Scan(&c.Plan, &quarter, &c.Entry, &c.Months, &c.Left, &c.Customers, moneyTarget{&c.Recurring})
			if err != nil {
				return err
			}
			c.Quarter = *day(quarter)
			cells = append(cells, c)
			return nil
		})
		if err != nil {
			return err
		}
		return each(ctx, tx, render("contract.renew", q), func(rows *sql.Rows) error {
			var r clientele.Renewals
			var month sql.NullTime
			if err := rows.Scan(&month, &r.Contracts, moneyTarget{&r.Recurring}); err != nil {
				return err
			}
			r.Month = *day(month)
			renewals = append(renewals, r)
			return nil
		})
	})
	return cells, renewals, err
}
