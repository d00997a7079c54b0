package duckdb

import (
	"context"
	"database/sql"
	"time"

	"github.com/clientele/clientele/internal/warehouse"
)

// Acquired implements warehouse.Summary.
func (s *summary) Acquired(ctx context.Context, q warehouse.AcquiredQuery) (out []warehouse.AcquiredGroup, err error) {
	text := render("acquired.group", q)
	prepare := func(conn *sql.Conn, tx *sql.Tx) error {
		return handDown(ctx, conn, tx, warehouse.CustomersQuery{Cells: q.Cells, Spend: q.Spend})
	}
	for row, err := range s.stream(ctx, question{prepare: prepare, query: text}) {
		if err != nil {
			return nil, err
		}
		g := warehouse.AcquiredGroup{
			Quarter: *day(sql.NullTime{Time: row[0].(time.Time), Valid: true}), Channel: row[1].(string), Recent: row[2].(bool),
			Customers: row[3].(int64), Costed: row[4].(int64), Worth: row[7].(float64),
		}
		if g.Cost, err = moneyOf(row[5]); err != nil {
			return nil, err
		}
		if g.Net, err = moneyOf(row[6]); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}
