package duckdb

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// equityColumns are the columns of run_equity and run_equity_part by line.
var equityColumns = map[warehouse.EquityLine]string{
	"opening": "opening", "unwinding": "unwinding", "expected_release": "release", "window": "moved_on",
	"experience.total": "experience", "experience.survival": "survival", "experience.activity": "activity",
	"experience.spend": "spend", "new_customers": "fresh_worth", "assumption_change": "assumption", "closing": "closing",
}

// MoveEquity implements warehouse.Warehouse.
func (d *DB) MoveEquity(ctx context.Context, q warehouse.EquityQuery) (out warehouse.EquityMoved, err error) {
	if q.Page != nil {
		if _, ok := equityColumns[q.Page.Line]; !ok {
			return out, clientele.Errorf(clientele.CodeNotFound, "an equity movement has no line %q", q.Page.Line)
		}
		if err := checkPage(warehouse.ExplainQuery{
			MovementQuery: warehouse.MovementQuery{By: q.By}, Segment: q.Page.Segment, Offset: q.Page.Offset, Limit: q.Page.Limit,
		}); err != nil {
			return out, err
		}
	}
	conn, err := d.conn(ctx)
	if err != nil {
		return out, err
	}
	defer conn.Close()
	opening, err := d.kept.hold(ctx, conn, []table{summaryTable(q.Opening)})
	if err != nil {
		return out, translate(err)
	}
	defer func() { err = errors.Join(err, d.kept.release(ctx, conn, opening)) }()
	closing, err := d.kept.hold(ctx, conn, []table{summaryTable(q.Closing)})
	if err != nil {
		return out, translate(err)
	}
	defer func() { err = errors.Join(err, d.kept.release(ctx, conn, closing)) }()
	err = d.snapshotOn(ctx, conn, nil, func(tx *sql.Tx) error {
		m := equityMove{conn: conn, tx: tx, query: q}
		if err := m.prepare(ctx, opening, closing); err != nil {
			return err
		}
		out, err = m.read(ctx)
		return err
	})
	return out, translate(err)
}

// equityMove answers one query in one transaction.
type equityMove struct {
	conn  *sql.Conn
	tx    *sql.Tx
	query warehouse.EquityQuery
}

// prepare hands the scores down, and makes run_equity_part: the lines added up. Where a page
// of customers is asked for, it makes run_equity before: the lines of every customer.
func (m *equityMove) prepare(ctx context.Context, opening, closing *keptSet) error {
	for name, set := range map[string]*keptSet{"run_opening": opening, "run_closing": closing} {
		if err := set.showAs(ctx, m.tx, set.tables[0], name); err != nil {
			return err
		}
	}
	if _, err := m.tx.ExecContext(ctx, render("equity.create", m.query)); err != nil {
		return err
	}
	if err := m.handDown(ctx); err != nil {
		return err
	}
	move := render("equity.move", m.query)
	part := struct {
		Columns []string
		From    string
	}{lineColumns(), "(" + move + ") AS moved"}
	var tables []table
	if m.query.Page != nil {
		tables, part.From = append(tables, table{Name: "run_equity", Query: move}), "run_equity"
	}
	return create(ctx, m.tx, append(tables, table{Name: "run_equity_part", Query: render("equity.part", part)}))
}

// lineColumns are the columns of the lines in their order, and that of the cash.
func lineColumns() (columns []string) {
	for _, line := range warehouse.EquityLines() {
		columns = append(columns, equityColumns[line])
	}
	return append(columns, "cash")
}

// handDown puts what the models say into temporary tables.
func (m *equityMove) handDown(ctx context.Context) error {
	q := m.query
	err := appendRows(ctx, m.conn, "run_opening_score", len(q.OpeningCells), func(i int) []sqldriver.Value {
		c := q.OpeningCells[i]
		row := []sqldriver.Value{c.X, c.Tx, c.T, orNull(c.LogStays), c.Period, c.Cash}
		for _, h := range q.Horizons {
			row = append(row, h.Within[i], h.Moved[i])
		}
		return row
	})
	if err != nil {
		return err
	}
	err = appendRows(ctx, m.conn, "run_closing_score", len(q.ClosingCells), func(i int) []sqldriver.Value {
		c := q.ClosingCells[i]
		row := []sqldriver.Value{c.X, c.Tx, c.T, orNull(c.LogAlive)}
		for _, h := range q.Horizons {
			row = append(row, h.Old[i], h.Current[i])
		}
		return row
	})
	if err != nil {
		return err
	}
	return appendRows(ctx, m.conn, "run_spend_pair", len(q.Spend), func(i int) []sqldriver.Value {
		p := q.Spend[i]
		return []sqldriver.Value{p.XG, p.OldBase, p.OldSlope, p.CurrentBase, p.CurrentSlope}
	})
}

// orNull is a logarithm, null where it is that of nothing.
func orNull(v float64) sqldriver.Value {
	if math.IsInf(v, -1) {
		return nil
	}
	return v
}

func (m *equityMove) read(ctx context.Context) (out warehouse.EquityMoved, err error) {
	out.Horizons = make([]warehouse.EquityTotals, len(m.query.Horizons))
	if err := m.sums(ctx, out.Horizons); err != nil {
		return out, err
	}
	err = each(ctx, m.tx, query("equity.cohort"), func(rows *sql.Rows) error {
		var horizon int
		var c warehouse.EquityCohort
		var month sql.NullTime
		if err := rows.Scan(&horizon, &month, &c.Customers, &c.Worth); err != nil {
			return err
		}
		c.Month = *day(month)
		of := &out.Horizons[horizon]
		of.Cohorts = append(of.Cohorts, c)
		return nil
	})
	if err != nil {
		return out, err
	}
	if err := m.tx.QueryRowContext(ctx, query("equity.actual")).Scan(moneyTarget{&out.Actual}); err != nil {
		return out, err
	}
	if m.query.Sample > 0 {
		if out.Pairs, err = m.sample(ctx, customersIn(out.Horizons[0].Sums)); err != nil {
			return out, err
		}
	}
	if m.query.Page != nil {
		err = m.page(ctx, &out)
	}
	return out, err
}

func customersIn(sums []warehouse.EquitySums) (n int64) {
	for _, s := range sums {
		n += s.Customers
	}
	return n
}

func (m *equityMove) sums(ctx context.Context, into []warehouse.EquityTotals) error {
	lines := warehouse.EquityLines()
	return each(ctx, m.tx, render("equity.sum", lineColumns()), func(rows *sql.Rows) error {
		var horizon int
		s := warehouse.EquitySums{Lines: map[warehouse.EquityLine]float64{}}
		values := make([]float64, len(lines))
		targets := []any{&horizon, &s.Segment, &s.Customers}
		for i := range values {
			targets = append(targets, &values[i])
		}
		if err := rows.Scan(append(targets, &s.Cash, &s.Squares, &s.Worst)...); err != nil {
			return err
		}
		for i, line := range lines {
			s.Lines[line] = values[i]
		}
		into[horizon].Sums = append(into[horizon].Sums, s)
		return nil
	})
}

func (m *equityMove) sample(ctx context.Context, customers int64) (out []warehouse.EquityPair, err error) {
	step := (customers + int64(m.query.Sample) - 1) / int64(m.query.Sample)
	text := render("equity.sample", struct {
		Step   int64
		Sample int
	}{max(1, step), 2 * m.query.Sample})
	err = each(ctx, m.tx, text, func(rows *sql.Rows) error {
		var p warehouse.EquityPair
		err := rows.Scan(&p.New, &p.X0, &p.Tx0, &p.T0, &p.XG0, &p.X1, &p.Tx1, &p.T1, &p.XG1, &p.Spend0, &p.Spend1)
		out = append(out, p)
		return err
	})
	return out, err
}

func (m *equityMove) page(ctx context.Context, out *warehouse.EquityMoved) error {
	p := struct {
		*warehouse.EquityPage
		Column string
	}{m.query.Page, equityColumns[m.query.Page.Line]}
	if err := m.tx.QueryRowContext(ctx, render("equity.total", p)).Scan(&out.Count, moneyTarget{&out.Amount}); err != nil {
		return err
	}
	return each(ctx, m.tx, render("equity.page", p), func(rows *sql.Rows) error {
		var r warehouse.EquityRow
		var first sql.NullTime
		err := rows.Scan(&r.Customer, &first, moneyTarget{&r.Opening}, moneyTarget{&r.Closing}, moneyTarget{&r.Amount})
		if err != nil {
			return err
		}
		r.FirstDay = *day(first)
		out.Rows = append(out.Rows, r)
		return nil
	})
}
