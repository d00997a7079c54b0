package duckdb

import (
	"context"
	"database/sql"

	"github.com/clientele/clientele"
)

// MovementTotals implements warehouse.Warehouse.
func (d *DB) MovementTotals(ctx context.Context, source string) (out []clientele.MovementTotal, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("movement_total.list", source), func(rows *sql.Rows) error {
			var t clientele.MovementTotal
			var on sql.NullTime
			err := rows.Scan(&on, optionalMoney{&t.Opening}, optionalMoney{&t.Added}, optionalMoney{&t.Lost}, &t.MonthlyChurn, moneyTarget{&t.Closing})
			if err != nil {
				return err
			}
			t.Day = *day(on)
			out = append(out, t)
			return nil
		})
	})
	return out, err
}

// optionalMoney scans a decimal that may be null.
type optionalMoney struct{ to **clientele.Money }

// Scan implements sql.Scanner.
func (t optionalMoney) Scan(value any) error {
	if value == nil {
		return nil
	}
	m, err := moneyOf(value)
	*t.to = &m
	return err
}
