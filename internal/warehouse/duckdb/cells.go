package duckdb

import (
	"context"
	"database/sql/driver"
	"iter"

	"github.com/clientele/clientele/internal/warehouse"
)

// groupNames are the groups by the number that queries give them: numbers are counted in half
// the time that words take.
var groupNames = []warehouse.Group{
	warehouse.GroupLapsed, warehouse.GroupLost, warehouse.GroupNew, warehouse.GroupReactivated, warehouse.GroupStayed,
}

// Cells implements warehouse.Summary.
func (s *summary) Cells(ctx context.Context, by warehouse.CellsBy) iter.Seq2[warehouse.Cell, error] {
	return func(yield func(warehouse.Cell, error) bool) {
		for row, err := range s.stream(ctx, question{by: by, query: render("cell.count", newSplit(by))}) {
			var c warehouse.Cell
			if err == nil {
				c = cellOf(row, by)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

func cellOf(row []driver.Value, by warehouse.CellsBy) warehouse.Cell {
	c := warehouse.Cell{
		X: row[0].(int32), Tx: row[1].(int32), T: row[2].(int32), XG: row[3].(int32), N: row[4].(int64), Spend: row[5].(float64),
	}
	rest := row[6:]
	if by.Attribute != "" {
		c.Segment, rest = rest[0].(string), rest[1:]
	}
	if by.Movement != nil {
		c.Group = groupNames[rest[0].(int32)]
	}
	return c
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
