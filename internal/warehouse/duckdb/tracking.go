package duckdb

import (
	"context"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Tracking implements warehouse.Warehouse.
func (d *DB) Tracking(ctx context.Context, to clientele.Date) (warehouse.Tracking, error) {
	type with struct {
		To   clientele.Date
		Days bool
	}
	tracked := overDays("run_tracking", "purchase.track", func(days bool) with { return with{to, days} })
	var t warehouse.Tracking
	for row, err := range d.stream(ctx, tracked, query("tracking.list")) {
		if err != nil {
			return warehouse.Tracking{}, err
		}
		day := clientele.DateOf(row[0].(time.Time))
		if n := row[1].(int64); n > 0 {
			t.FirstPurchases = append(t.FirstPurchases, warehouse.DayCount{Day: day, N: n})
		}
		if n := row[2].(int64); n > 0 {
			t.RepeatPurchases = append(t.RepeatPurchases, warehouse.DayCount{Day: day, N: n})
		}
	}
	return t, nil
}
