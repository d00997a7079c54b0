package duckdb

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// span is what the statements of a movement are rendered with. At the close of
// day d those count who bought in (d − L, d].
type span struct {
	clientele.Period
	OpeningWindow, ClosingWindow clientele.Date // the days just before the trailing windows
	LapseDays, GraceDays         int
	By                           string
	Orders, Contracts            bool // what keeps a customer active
	Short                        bool // nobody can come twice or be lost twice
}

func newSpan(q warehouse.MovementQuery) (span, error) {
	p, err := clientele.NewPeriod(q.Period.From, q.Period.To)
	if err != nil {
		return span{}, err
	}
	l := q.Definition.LapseDays
	s := span{
		Period: p, OpeningWindow: p.Opening() - clientele.Date(l), ClosingWindow: p.To - clientele.Date(l),
		LapseDays: l, GraceDays: q.Definition.GraceDays, By: q.By,
		Orders:    q.Definition.Kind != clientele.Contracts,
		Contracts: q.Definition.Kind != clientele.Orders,
	}
	s.Short = !s.Contracts && p.Days() <= l
	return s, nil
}

// preparation lists run_movement (after run_piece): one row per customer with the
// state at both ends, the events between, and money.
func (s span) preparation() []table { return s.tables("run_movement", "run_piece") }

func (s span) tables(movement, pieces string) []table {
	if s.Short {
		return []table{{Name: movement, Query: render("movement.prepare_short", s)}}
	}
	return []table{{Name: pieces, Query: render("movement.prepare_pieces", s)}, {Name: movement, Query: render("movement.prepare_long", struct {
		span
		Pieces string
	}{s, pieces})}}
}

// figures are those that run_movement makes.
func (s span) figures() []figure {
	if !s.Contracts {
		return movementFigures
	}
	return slices.Concat(movementFigures, recurringFigures)
}

// Movement implements warehouse.Warehouse.
func (d *DB) Movement(ctx context.Context, q warehouse.MovementQuery) (warehouse.Movements, error) {
	s, err := newSpan(q)
	if err != nil {
		return warehouse.Movements{}, err
	}
	t := &tally{span: s, segments: map[string]*clientele.Movement{}}
	t.start(&t.total)
	err = d.snapshot(ctx, s.preparation(), func(tx *sql.Tx) error {
		for _, part := range []struct {
			figures []figure
			source  string
		}{
			{s.figures(), "run_movement"},
			{windowFigures, s.lines(s.window())},
			{revenueFigures, s.lines(s.Period)},
			{orderFigures, s.orders()},
		} {
			if err := t.add(ctx, tx, part.figures, part.source); err != nil {
				return err
			}
		}
		return t.addReasons(ctx, tx)
	})
	if err != nil {
		return warehouse.Movements{}, err
	}
	return t.close(), nil
}

// window are the days whose money counts at the closing.
func (s span) window() clientele.Period {
	return clientele.Period{From: s.ClosingWindow + 1, To: s.To}
}

// lines is the source of the transaction lines of some days.
func (s span) lines(p clientele.Period) string {
	return "(" + render("revenue.line", days{p.From, p.To, s.By}) + ")"
}

// orders is the source of the period's orders.
func (s span) orders() string {
	return "(" + render("revenue.order", days{s.From, s.To, s.By}) + ")"
}

type days struct {
	First, Last clientele.Date
	By          string
}

// tally collects the figures of the company and of its segments.
type tally struct {
	span
	total    clientele.Movement
	segments map[string]*clientele.Movement
}

func (t *tally) start(m *clientele.Movement) {
	m.Value.Measure = clientele.Measure{Name: "net_revenue", Days: t.LapseDays}
	if t.Contracts {
		m.Recurring = &clientele.Value{Measure: clientele.Measure{Name: "recurring_amount_a_month"}}
	}
}

func (t *tally) at(segment string, isTotal bool) *clientele.Movement {
	if isTotal {
		return &t.total
	}
	if t.segments[segment] == nil {
		t.segments[segment] = &clientele.Movement{}
		t.start(t.segments[segment])
	}
	return t.segments[segment]
}

// add sums figures over a source, for all segments in one pass.
func (t *tally) add(ctx context.Context, tx *sql.Tx, figures []figure, source string) error {
	query := render("figure.sum", struct {
		By, Source string
		Figures    []figure
	}{t.By, source, figures})
	return each(ctx, tx, query, func(rows *sql.Rows) error {
		var segment string
		var isTotal bool
		sums := make([]any, len(figures))
		targets := []any{&segment, &isTotal}
		for i := range sums {
			targets = append(targets, &sums[i])
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		m := t.at(segment, isTotal)
		for i, f := range figures {
			if err := f.set(m, sums[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tally) close() warehouse.Movements {
	finishReasons(&t.total)
	out := warehouse.Movements{Total: t.total}
	for _, name := range slices.Sorted(maps.Keys(t.segments)) {
		finishReasons(t.segments[name])
		out.Segments = append(out.Segments, warehouse.Segment{Name: name, Movement: *t.segments[name]})
	}
	return out
}
