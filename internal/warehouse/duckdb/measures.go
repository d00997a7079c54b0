package duckdb

import (
	"context"
	"database/sql"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// measureParams are the parameters of the queries of measures.
type measureParams struct {
	warehouse.MeasureQuery
	Known clientele.Date

	Instrument         string // of answers; "": none are counted
	ScaleMin, ScaleMax int    // that values are defined on
	Attribute          string // of customers, that segments are by
	ByTouchpoint       bool
	DaysLate           bool
	Delivered          bool // deliveries are looked up
	Before             int  // days, less than 0
}

// instruments are the answers that are counted, with their scale; of a CSAT it is its own.
var instruments = map[warehouse.Measured]struct{ low, high int }{
	warehouse.NPSAnswers: {0, 10}, warehouse.CSATAnswers: {}, warehouse.CESAnswers: {1, 7}, warehouse.RatingAnswers: {1, 5},
}

func newMeasureParams(q warehouse.MeasureQuery) measureParams {
	p := measureParams{MeasureQuery: q, Before: -q.Within, ByTouchpoint: q.By == warehouse.ByTouchpoint, DaysLate: q.By == warehouse.ByDaysLate}
	if scale, ok := instruments[q.Of]; ok {
		p.Instrument, p.ScaleMin, p.ScaleMax = string(q.Of), scale.low, scale.high
	}
	if !p.ByTouchpoint && !p.DaysLate {
		p.Attribute = q.By
	}
	return p
}

// MeasuredDays implements warehouse.Measures.
func (d *DB) MeasuredDays(ctx context.Context, of warehouse.Measured, known clientele.Date) (days clientele.Period, ok bool, err error) {
	p := newMeasureParams(warehouse.MeasureQuery{Of: of})
	p.Known = known
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("measure.days", p), func(rows *sql.Rows) error {
			var first, last sql.NullTime
			err := rows.Scan(&first, &last)
			ok = first.Valid && last.Valid
			days = clientele.Period{From: clientele.DateOf(first.Time), To: clientele.DateOf(last.Time)}
			return err
		})
	})
	return days, ok, err
}

// Measure implements warehouse.Measures.
func (d *DB) Measure(ctx context.Context, q warehouse.MeasureQuery) (out []warehouse.MeasureSum, err error) {
	p := newMeasureParams(q)
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		if p.Instrument != "" {
			weighted := "SELECT EXISTS (SELECT 1 FROM interaction WHERE promised_at IS NOT NULL AND weight <> 1)"
			if err := tx.QueryRowContext(ctx, weighted).Scan(&p.Delivered); err != nil {
				return err
			}
			p.Delivered = p.Delivered || p.DaysLate
		}
		return each(ctx, tx, render("measure.sum", p), func(rows *sql.Rows) error {
			var s warehouse.MeasureSum
			err := rows.Scan(&s.Period, &s.Segment, &s.LeftOut, &s.N, &s.W, &s.W2, &s.X, &s.X2)
			out = append(out, s)
			return err
		})
	})
	return out, err
}

// Durations implements warehouse.Measures.
func (d *DB) Durations(ctx context.Context, q warehouse.MeasureQuery) (out []warehouse.Duration, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("measure.duration", newMeasureParams(q)), func(rows *sql.Rows) error {
			var s warehouse.Duration
			err := rows.Scan(&s.Period, &s.Segment, &s.LeftOut, &s.Minutes, &s.Ended, &s.N, &s.W, &s.W2)
			out = append(out, s)
			return err
		})
	})
	return out, err
}

// Touchpoints implements warehouse.Measures.
func (d *DB) Touchpoints(ctx context.Context) ([]warehouse.Touchpoint, error) {
	known, err := recalled(ctx, &d.facts, "touchpoints", func() ([]warehouse.Touchpoint, error) { return d.touchpoints(ctx) })
	return slices.Clone(known), err
}

func (d *DB) touchpoints(ctx context.Context) (out []warehouse.Touchpoint, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, query("measure.touchpoint"), func(rows *sql.Rows) error {
			var t warehouse.Touchpoint
			err := rows.Scan(&t.Name, &t.Interactions, &t.Answers)
			out = append(out, t)
			return err
		})
	})
	return out, err
}
