package duckdb

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"iter"
	"sync"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// summary implements warehouse.Summary: a temporary table, run_summary, on a
// connection of its own. Queries run one after another; their rows may be used at
// the same time, for the driver holds them.
type summary struct {
	mu   sync.Mutex // held while a query runs
	conn *sql.Conn
	asOf clientele.Date
}

// Summarise implements warehouse.Warehouse.
func (d *DB) Summarise(ctx context.Context, asOf clientele.Date) (warehouse.Summary, error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &summary{conn: conn, asOf: asOf}
	build := render("summary.build", struct{ AsOf clientele.Date }{asOf})
	if _, err := conn.ExecContext(ctx, build); err != nil {
		return nil, errors.Join(translate(err), s.Close())
	}
	return s, nil
}

// Close implements warehouse.Summary.
func (s *summary) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS run_summary")
	return errors.Join(translate(err), s.conn.Close())
}

// stream runs a query after what prepares it, and yields its rows. What prepare
// makes is gone before the first row is.
func (s *summary) stream(ctx context.Context, prepare func(*sql.Tx) error, query string) iter.Seq2[[]sqldriver.Value, error] {
	return func(yield func([]sqldriver.Value, error) bool) {
		rows, err := s.run(ctx, prepare, query)
		if err != nil {
			yield(nil, translate(err))
			return
		}
		fetch(ctx, s.conn, rows)(yield)
	}
}

func (s *summary) run(ctx context.Context, prepare func(*sql.Tx) error, query string) (sqldriver.Rows, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if err := prepare(tx); err != nil {
		return nil, err
	}
	return result(ctx, s.conn, query)
}

// unprepared is for queries that need nothing but the summary.
func unprepared(*sql.Tx) error { return nil }

// prepareGroups makes run_movement if customers are split by what happened to them.
func prepareGroups(ctx context.Context, tx *sql.Tx, by warehouse.CellsBy) error {
	if by.Movement == nil {
		return nil
	}
	s, err := newSpan(warehouse.MovementQuery{Period: by.Movement.Period, Definition: by.Movement.Definition})
	if err != nil {
		return err
	}
	return s.prepare(ctx, tx)
}

// split is how statements are rendered that split customers.
type split struct {
	By      string
	Grouped bool
	From    clientele.Date
}

func newSplit(by warehouse.CellsBy) split {
	s := split{By: by.Attribute, Grouped: by.Movement != nil}
	if s.Grouped {
		s.From = by.Movement.Period.From
	}
	return s
}

// Customers implements warehouse.Summary.
func (s *summary) Customers(ctx context.Context, q warehouse.CustomersQuery) iter.Seq2[clientele.CustomerRow, error] {
	query := render("customer.list", struct {
		split
		warehouse.CustomersQuery
		AsOf clientele.Date
	}{newSplit(q.Within), q, s.asOf})
	prepare := func(tx *sql.Tx) error {
		if err := s.prepareValue(ctx, tx, q.Definition); err != nil {
			return err
		}
		if err := prepareGroups(ctx, tx, q.Within); err != nil {
			return err
		}
		return s.handDown(ctx, tx, q)
	}
	return func(yield func(clientele.CustomerRow, error) bool) {
		for row, err := range s.stream(ctx, prepare, query) {
			var c clientele.CustomerRow
			if err == nil {
				c, err = customerRow(row)
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

// prepareValue makes run_value: every customer's value on the summary's day, by the
// definition.
func (s *summary) prepareValue(ctx context.Context, tx *sql.Tx, d clientele.Definition) error {
	span, err := newSpan(warehouse.MovementQuery{Period: clientele.Period{From: s.asOf, To: s.asOf}, Definition: d})
	if err != nil {
		return err
	}
	if err := span.prepare(ctx, tx); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "ALTER TABLE run_movement RENAME TO run_value; DROP TABLE IF EXISTS run_piece")
	return err
}

// handDown puts what the model says into temporary tables.
func (s *summary) handDown(ctx context.Context, tx *sql.Tx, q warehouse.CustomersQuery) error {
	if _, err := tx.ExecContext(ctx, query("score.create")); err != nil {
		return err
	}
	err := appendRows(ctx, s.conn, "run_cell_score", q.Cells, func(c warehouse.CellScore) []sqldriver.Value {
		return []sqldriver.Value{c.X, c.Tx, c.T, c.PAlive, c.Expected, c.Discounted, c.LogSD}
	})
	if err != nil {
		return err
	}
	return appendRows(ctx, s.conn, "run_spend_score", q.Spend, func(p warehouse.SpendScore) []sqldriver.Value {
		return []sqldriver.Value{p.XG, p.Base, p.Slope, p.VarBase, p.Cov, p.VarSlope}
	})
}

// appendRows loads rows into a temporary table.
func appendRows[T any](ctx context.Context, conn *sql.Conn, table string, rows []T, values func(T) []sqldriver.Value) error {
	return conn.Raw(func(c any) error {
		a, err := driver.NewAppender(c.(sqldriver.Conn), "temp", "main", table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := a.AppendRow(values(r)...); err != nil {
				return errors.Join(err, a.Close())
			}
		}
		return a.CloseWithCancel(ctx)
	})
}

func customerRow(row []sqldriver.Value) (c clientele.CustomerRow, err error) {
	c = clientele.CustomerRow{
		Customer: row[0].(string), Orders: row[1].(int64),
		RecencyDays: int(row[2].(int32)), AgeDays: int(row[3].(int32)),
	}
	if c.Value, err = moneyOf(row[4]); err != nil {
		return c, err
	}
	c.PAlive, c.Expected = optional(row[5]), optional(row[6])
	for i, m := range []**clientele.Money{&c.CLV, &c.Low, &c.High} {
		if row[7+i] == nil {
			continue
		}
		money, err := moneyOf(row[7+i])
		if err != nil {
			return c, err
		}
		*m = &money
	}
	return c, nil
}

func optional(v sqldriver.Value) *float64 {
	if f, ok := v.(float64); ok {
		return &f
	}
	return nil
}
