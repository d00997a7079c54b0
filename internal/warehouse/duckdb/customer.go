package duckdb

import (
	"context"
	"database/sql"
	"time"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Timeline implements warehouse.Customers.
func (d *DB) Timeline(ctx context.Context, q warehouse.TimelineQuery) (moments []warehouse.Moment, count int64, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("customer.moment", q), func(rows *sql.Rows) (err error) {
			var m warehouse.Moment
			var day, at, promised, actual sql.NullTime
			var amount, score, low, high any
			if err := rows.Scan(&m.Kind, &day, &at, &m.Name, &m.Touchpoint, &m.Outcome, &m.Problem, &promised, &actual, &amount, &score, &low, &high, &m.Text, &count); err != nil {
				return err
			}
			m.Day, m.At, m.Promised, m.Actual = clientele.DateOf(day.Time), instant(at), instant(promised), instant(actual)
			m.Score, m.Low, m.High = decimalText(score), decimalText(low), decimalText(high)
			if amount != nil {
				money, err := moneyOf(amount)
				if err != nil {
					return err
				}
				m.Amount = &money
			}
			moments = append(moments, m)
			return nil
		})
	})
	return moments, count, err
}

// instant is a time that may be missing.
func instant(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	return &t.Time
}

func decimalText(v any) string {
	if d, ok := v.(driver.Decimal); ok {
		return plainDecimal(d)
	}
	return ""
}

// Histories implements warehouse.Customers: the customer's lines stand in place of everybody's
// for the query that builds histories.
func (d *DB) Histories(ctx context.Context, customer string, days []clientele.Date) (out []warehouse.History, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		if err := create(ctx, tx, []table{{Name: "transaction_line", Query: render("customer.own", customer)}}); err != nil {
			return err
		}
		for _, day := range days {
			h := warehouse.History{Day: day}
			query := "SELECT x, tx, t, xg, CAST(z AS DOUBLE) FROM (" + summaryTable(day).Query + ") AS history"
			err := each(ctx, tx, query, func(rows *sql.Rows) error {
				h.Bought, h.N = true, 1
				return rows.Scan(&h.X, &h.Tx, &h.T, &h.XG, &h.Spend)
			})
			if err != nil {
				return err
			}
			out = append(out, h)
		}
		return nil
	})
	return out, err
}
