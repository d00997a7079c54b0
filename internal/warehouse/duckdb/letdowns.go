package duckdb

import (
	"context"
	"database/sql"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Letdowns implements warehouse.Letdowns.
func (d *DB) Letdowns(ctx context.Context, q warehouse.LetdownQuery) (out []warehouse.Letdown, err error) {
	if len(q.Rules) == 0 {
		return nil, nil
	}
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("letdown.list", q), func(rows *sql.Rows) error {
			l, err := scanLetdown(rows)
			out = append(out, l)
			return err
		})
	})
	return out, err
}

func scanLetdown(rows *sql.Rows) (l warehouse.Letdown, err error) {
	var day time.Time
	var score, low, high sql.NullFloat64
	var promised, actual sql.NullTime
	err = rows.Scan(&l.Touchpoint, &l.All, &l.Customer, &l.Matter, &l.What, &l.Source, &l.Record, &day, &l.Instrument, &score, &low, &high, &promised, &actual, &l.Outcome, &l.Problem)
	l.Day = clientele.DateOf(day)
	for from, to := range map[*sql.NullFloat64]**float64{&score: &l.Score, &low: &l.ScaleMin, &high: &l.ScaleMax} {
		if from.Valid {
			*to = &from.Float64
		}
	}
	for from, to := range map[*sql.NullTime]**time.Time{&promised: &l.Promised, &actual: &l.Actual} {
		if from.Valid {
			*to = &from.Time
		}
	}
	return l, err
}

// AnswerText implements warehouse.Letdowns.
func (d *DB) AnswerText(ctx context.Context, customer, source, response string) (text string, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, query("letdown.text"), source, response, customer).Scan(&text)
	})
	return text, err
}

// AtStake implements warehouse.Letdowns.
func (d *DB) AtStake(ctx context.Context, customer string, to clientele.Date) (s warehouse.Stake, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		var last sql.NullTime
		err := tx.QueryRowContext(ctx, query("letdown.stake"), customer, to.Time()).Scan(&s.Orders, moneyTarget{&s.Amount}, &last)
		if last.Valid {
			day := clientele.DateOf(last.Time)
			s.Last = &day
		}
		return err
	})
	return s, err
}
