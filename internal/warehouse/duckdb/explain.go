package duckdb

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// maxExplained is the most rows of one page.
const maxExplained = 1000

// Explain implements warehouse.Warehouse.
func (d *DB) Explain(ctx context.Context, q warehouse.ExplainQuery) (warehouse.Explanation, error) {
	if err := checkPage(q); err != nil {
		return warehouse.Explanation{}, err
	}
	s, err := newSpan(q.MovementQuery)
	if err != nil {
		return warehouse.Explanation{}, err
	}
	preparation, rows, err := s.explain(q)
	if err != nil {
		return warehouse.Explanation{}, err
	}
	var out warehouse.Explanation
	for _, t := range preparation {
		out.Query += t.create() + ";\n\n"
	}
	out.Query += rows + ";\n"
	err = d.snapshot(ctx, preparation, func(tx *sql.Tx) error {
		return readPage(ctx, tx, &out, pageOf{rows, q.Offset, q.Limit})
	})
	if err != nil {
		return warehouse.Explanation{}, err
	}
	return out, nil
}

func checkPage(q warehouse.ExplainQuery) error {
	if q.Limit < 0 || q.Limit > maxExplained || q.Offset < 0 {
		return clientele.Errorf(clientele.CodeUsage, "a page of %d rows from row %d cannot be had", q.Limit, q.Offset).
			WithHint("Ask for up to %d rows at a time.", maxExplained)
	}
	if q.Segment != "" && q.By == "" {
		return clientele.Errorf(clientele.CodeUsage, "segment %q of no attribute", q.Segment).
			WithHint("Say which attribute the segments are by.")
	}
	return nil
}

type pageOf struct {
	Rows   string
	Offset int64
	Limit  int
}

// readPage reads what all rows come to, and one page of them.
func readPage(ctx context.Context, tx *sql.Tx, out *warehouse.Explanation, p pageOf) error {
	total := tx.QueryRowContext(ctx, render("explanation.sum", p))
	if err := total.Scan(&out.Count, &out.Heads, moneyTarget{&out.Amount}); err != nil {
		return err
	}
	return each(ctx, tx, render("explanation.page", p), func(rows *sql.Rows) (err error) {
		out.Rows, err = appendExplained(out.Rows, rows)
		return err
	})
}

func appendExplained(to []warehouse.ExplainRow, rows *sql.Rows) ([]warehouse.ExplainRow, error) {
	var r warehouse.ExplainRow
	var customer, order sql.NullString
	var on sql.NullTime
	err := rows.Scan(&customer, &order, &on, &r.Heads, moneyTarget{&r.Opening}, moneyTarget{&r.Closing}, moneyTarget{&r.Amount})
	r.Customer, r.Order, r.Day = customer.String, order.String, day(on)
	return append(to, r), err
}

// explain finds the tables that the rows behind a line come from, and the query of the rows.
func (s span) explain(q warehouse.ExplainQuery) (preparation []table, rows string, err error) {
	view := explained{BySegment: q.Segment != "", Segment: q.Segment, Value: "value"}
	if strings.HasPrefix(string(q.Line), "recurring.") {
		view.Value = "recurring"
	}
	for _, part := range []struct {
		figures     []figure
		preparation []table
		source      string
		view        string
	}{
		{unattributedFigures, nil, s.lines(s.window()), "revenue.explain"},
		{windowFigures, nil, s.lines(s.window()), "revenue.explain"},
		{revenueFigures, nil, s.lines(s.Period), "revenue.explain"},
		{orderFigures, nil, s.orders(), "revenue.explain"},
		{s.figures(), s.preparation(), "run_movement", "figure.explain"},
	} {
		if i := slices.IndexFunc(part.figures, func(f figure) bool { return f.Line == q.Line }); i >= 0 {
			view.Source, view.Figure = part.source, part.figures[i]
			return part.preparation, render(part.view, view), nil
		}
	}
	return s.explainReason(q, view)
}

// explained is what the rows behind a figure are rendered with.
type explained struct {
	Source    string
	Figure    figure
	Value     string // value or recurring: the columns of both ends
	BySegment bool
	Segment   string
}

// explainReason explains the events that share a reason.
func (s span) explainReason(q warehouse.ExplainQuery, view explained) ([]table, string, error) {
	for _, direction := range []string{"in", "out"} {
		reason, ok := strings.CutPrefix(string(q.Line), "reasons."+direction+".")
		if !ok {
			continue
		}
		if !s.Orders { // contracts alone: their money is what recurs
			view.Value = "recurring"
		}
		rows := render("reason.explain", struct {
			span
			explained
			Direction, Reason string
			Unknown           bool
		}{s, view, direction, reason, reason == clientele.UnknownReason})
		return s.preparation(), rows, nil
	}
	return nil, "", clientele.Errorf(clientele.CodeNotFound, "there is no line %q to explain", q.Line).
		WithHint("Name a line of the statement, for example customers.new, value.lost or revenue.unattributed.")
}
