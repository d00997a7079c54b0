package duckdb

import (
	"context"
	"iter"

	"github.com/clientele/clientele/internal/warehouse"
)

// Cells implements warehouse.Summary.
func (s *summary) Cells(ctx context.Context, by warehouse.CellsBy) iter.Seq2[warehouse.Cell, error] {
	return func(yield func(warehouse.Cell, error) bool) {
		for row, err := range s.stream(ctx, question{by: by, query: render("cell.count", newSplit(by))}) {
			var c warehouse.Cell
			if err == nil {
				c = warehouse.Cell{
					Segment: row[0].(string), Group: warehouse.Group(row[1].(string)),
					X: row[2].(int32), Tx: row[3].(int32), T: row[4].(int32), XG: row[5].(int32),
					N: row[6].(int64), Spend: row[7].(float64),
				}
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// SpendBins implements warehouse.Summary.
func (s *summary) SpendBins(ctx context.Context) ([]warehouse.SpendBin, error) {
	var bins []warehouse.SpendBin
	for row, err := range s.stream(ctx, question{query: render("spend.bin", nil)}) {
		if err != nil {
			return nil, err
		}
		bins = append(bins, warehouse.SpendBin{XG: row[0].(int32), N: row[1].(int64), Spend: row[2].(float64)})
	}
	return bins, nil
}
