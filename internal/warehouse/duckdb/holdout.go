package duckdb

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Holdout implements warehouse.Warehouse.
func (d *DB) Holdout(ctx context.Context, calibrated, to clientele.Date) ([]warehouse.HoldoutCell, error) {
	type with struct {
		Calibrated, To clientele.Date
		Days           bool
	}
	counted := overDays("run_holdout", "holdout.count", func(days bool) with { return with{calibrated, to, days} })
	var cells []warehouse.HoldoutCell
	for row, err := range d.stream(ctx, counted, query("holdout.list")) {
		if err != nil {
			return nil, err
		}
		cells = append(cells, warehouse.HoldoutCell{
			X: row[0].(int32), Tx: row[1].(int32), T: row[2].(int32), Actual: row[3].(int32), N: row[4].(int64),
		})
	}
	return cells, nil
}
