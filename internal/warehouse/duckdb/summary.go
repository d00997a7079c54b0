package duckdb

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"iter"
	"slices"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// summary implements warehouse.Summary by run_summary, which is kept.
type summary struct {
	db   *DB
	set  *keptSet
	asOf clientele.Date
}

// Summarise implements warehouse.Warehouse.
func (d *DB) Summarise(ctx context.Context, asOf clientele.Date) (warehouse.Summary, error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	set, err := d.kept.hold(ctx, conn, []table{summaryTable(asOf)})
	if err != nil {
		return nil, translate(err)
	}
	return &summary{db: d, set: set, asOf: asOf}, nil
}

// summaryTable is every customer's purchase history as of a day.
func summaryTable(asOf clientele.Date) table {
	type with struct {
		AsOf clientele.Date
		Days bool
	}
	return overDays("run_summary", "summary.build", func(days bool) with { return with{asOf, days} })
}

// Close implements warehouse.Summary.
func (s *summary) Close() error {
	ctx := context.Background()
	conn, err := s.db.conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return translate(s.db.kept.release(ctx, conn, s.set))
}

// question is one that a summary is asked.
type question struct {
	by      warehouse.CellsBy
	prepare func(*sql.Conn, *sql.Tx) error // makes what is the question's own; nil: nothing
	query   string
}

// stream asks a question, and yields its rows. What it was prepared with is gone
// before the first row is.
func (s *summary) stream(ctx context.Context, q question) iter.Seq2[[]sqldriver.Value, error] {
	return func(yield func([]sqldriver.Value, error) bool) {
		conn, err := s.db.conn(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		defer conn.Close()
		rows, err := s.ask(ctx, conn, q)
		if err != nil {
			yield(nil, translate(err))
			return
		}
		fetch(ctx, conn, rows)(yield)
	}
}

func (s *summary) ask(ctx context.Context, conn *sql.Conn, q question) (rows sqldriver.Rows, err error) {
	tables, err := groups(q.by)
	if err != nil {
		return nil, err
	}
	err = s.db.snapshotOn(ctx, conn, tables, func(tx *sql.Tx) error {
		if err := s.set.show(ctx, tx, s.set.tables...); err != nil {
			return err
		}
		if q.prepare != nil {
			if err := q.prepare(conn, tx); err != nil {
				return err
			}
		}
		rows, err = result(ctx, conn, q.query)
		return err
	})
	return rows, err
}

// groups lists run_movement if customers are split by what happened to them.
func groups(by warehouse.CellsBy) ([]table, error) {
	if by.Movement == nil {
		return nil, nil
	}
	s, err := newSpan(warehouse.MovementQuery{Period: by.Movement.Period, Definition: by.Movement.Definition, By: by.Attribute})
	if err != nil {
		return nil, err
	}
	return s.preparation(), nil
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
		AsOf    clientele.Date
		InGroup int
	}{newSplit(q.Within), q, s.asOf, slices.Index(groupNames, q.Group)})
	prepare := func(conn *sql.Conn, tx *sql.Tx) error {
		if !q.WorthOnly {
			if err := s.prepareValue(ctx, tx, q.Definition); err != nil {
				return err
			}
		}
		return handDown(ctx, conn, tx, q)
	}
	return func(yield func(clientele.CustomerRow, error) bool) {
		for row, err := range s.stream(ctx, question{q.Within, prepare, query}) {
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
	return create(ctx, tx, span.tables("run_value", "run_value_piece"))
}

// handDown puts what the model says into temporary tables.
func handDown(ctx context.Context, conn *sql.Conn, tx *sql.Tx, q warehouse.CustomersQuery) error {
	if _, err := tx.ExecContext(ctx, query("score.create")); err != nil {
		return err
	}
	err := appendRows(ctx, conn, "run_cell_score", len(q.Cells), func(i int) []sqldriver.Value {
		c := q.Cells[i]
		return []sqldriver.Value{c.X, c.Tx, c.T, c.PAlive, c.Expected, c.Discounted, c.LogSD}
	})
	if err != nil {
		return err
	}
	return appendRows(ctx, conn, "run_spend_score", len(q.Spend), func(i int) []sqldriver.Value {
		p := q.Spend[i]
		return []sqldriver.Value{p.XG, p.Base, p.Slope, p.VarBase, p.Cov, p.VarSlope}
	})
}

// appendRows loads n rows into a temporary table.
func appendRows(ctx context.Context, conn *sql.Conn, table string, n int, row func(i int) []sqldriver.Value) error {
	return conn.Raw(func(c any) error {
		a, err := driver.NewAppender(c.(sqldriver.Conn), "temp", "main", table)
		if err != nil {
			return err
		}
		for i := range n {
			if err := a.AppendRow(row(i)...); err != nil {
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
