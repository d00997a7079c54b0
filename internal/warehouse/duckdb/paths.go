package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// otherCode numbers all steps that are not told apart, noCode none.
const (
	otherCode = 63
	noCode    = -1
)

// pathParams are the parameters of the queries of paths.
type pathParams struct {
	warehouse.PathQuery
	Unknown, Order      string
	Names               []string // of drawn steps
	Cased, Orders, Wide bool
	Named               bool // who went a path is asked
	Parted              bool // some steps are in no path that is asked about, or in one of nobody
	OpenFrom, After     clientele.Date
	ThroughCodes        []int
	EdgeWords           []int // the numbers, from 0, of the words of bits for edges
}

// PathDays implements warehouse.Paths.
func (d *DB) PathDays(ctx context.Context, known clientele.Date) (days clientele.Period, ok bool, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("path.days", known), func(rows *sql.Rows) error {
			var first, last sql.NullTime
			err := rows.Scan(&first, &last)
			ok = first.Valid
			days = clientele.Period{From: clientele.DateOf(first.Time), To: clientele.DateOf(last.Time)}
			return err
		})
	})
	return days, ok, err
}

// ObservePaths implements warehouse.Paths.
func (d *DB) ObservePaths(ctx context.Context, q warehouse.PathQuery) (out warehouse.ObservedPaths, err error) {
	var tables []table
	if q.Worth != nil {
		tables = append(tables, summaryTable(q.Worth.AsOf))
	}
	conn, err := d.conn(ctx)
	if err != nil {
		return out, err
	}
	defer conn.Close()
	err = d.snapshotOn(ctx, conn, tables, func(tx *sql.Tx) error {
		p := pathReading{ctx: ctx, tx: tx, out: &out, codes: map[string]int{}, names: map[int]string{otherCode: warehouse.OtherSteps}}
		p.PathQuery, p.Unknown, p.Order = q, warehouse.UnknownStep, warehouse.OrderStep
		p.OpenFrom, p.After = q.Days.To+1-clientele.Date(q.GapDays), q.Period.To+1
		if q.Worth != nil {
			if err := handDown(ctx, conn, tx, warehouse.CustomersQuery{Cells: q.Worth.Cells, Spend: q.Worth.Spend}); err != nil {
				return err
			}
		}
		return p.read()
	})
	return out, translate(err)
}

// pathReading reads paths in one transaction.
type pathReading struct {
	pathParams
	ctx   context.Context
	tx    *sql.Tx
	out   *warehouse.ObservedPaths
	codes map[string]int // of steps, by name
	names map[int]string

	agents, ends bool // some are known
}

func (p *pathReading) read() error {
	for _, step := range []func() error{p.known, p.steps, p.build, p.visits, p.edges, p.sums, p.segments, p.drawn} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// create makes a table of the transaction.
func (p *pathReading) create(name, query string) error {
	return create(p.ctx, p.tx, []table{{Name: name, Query: query}})
}

func (p *pathReading) known() error {
	var cased, ends, agents sql.NullBool
	err := p.tx.QueryRowContext(p.ctx, render("path.known", p.pathParams)).Scan(&p.out.LeftOut, &cased, &ends, &agents, &p.Orders)
	p.Cased, p.ends, p.agents = cased.Bool, ends.Bool, agents.Bool
	p.Wide, p.out.Cased = p.ends || p.agents, p.Cased
	p.Named = p.Cased || p.By != "" || p.Worth != nil
	p.Parted = p.Cased || p.Through >= 0 || p.Period.From > p.Days.From || p.Period.To < p.Days.To
	return err
}

// steps numbers the steps that are told apart.
func (p *pathReading) steps() error {
	for _, journey := range p.Drawn {
		p.Names = append(p.Names, journey...)
	}
	if err := p.create("run_step", render("path.step", p.pathParams)); err != nil {
		return err
	}
	err := each(p.ctx, p.tx, "SELECT name, code, others FROM run_step", func(rows *sql.Rows) error {
		var name string
		var code int
		err := rows.Scan(&name, &code, &p.out.OtherSteps)
		p.codes[name], p.names[code] = code, name
		return err
	})
	if err != nil || p.Through < 0 {
		return err
	}
	for _, name := range p.Drawn[p.Through] {
		if code, ok := p.codes[name]; ok {
			p.ThroughCodes = append(p.ThroughCodes, code)
		}
	}
	if len(p.ThroughCodes) == 0 {
		p.ThroughCodes = []int{noCode}
	}
	return nil
}

// build makes the paths, and their variants.
func (p *pathReading) build() error {
	if p.Wide {
		if err := p.create("run_agent", render("path.agent", p.pathParams)); err != nil {
			return err
		}
	}
	for _, t := range []struct{ name, query string }{
		{"run_row", "path.row"}, {"run_trace", "path.trace"}, {"run_cut", "path.cut"}, {"run_variant", "path.variant"}, {"run_path", "path.build"}, {"run_passed", "path.passed"},
	} {
		if err := p.create(t.name, render(t.query, p.pathParams)); err != nil {
			return err
		}
	}
	return nil
}

func (p *pathReading) visits() error {
	return each(p.ctx, p.tx, render("path.visit", p.pathParams), func(rows *sql.Rows) error {
		var code int
		var v warehouse.PathStep
		err := rows.Scan(&code, &v.Visits, &v.Paths, &v.Again, &v.First, &v.Last, &v.Open)
		v.Name = p.names[code]
		p.out.Steps = append(p.out.Steps, v)
		return err
	})
}

func (p *pathReading) edges() error {
	if err := p.create("run_edge", render("path.edge", p.pathParams)); err != nil {
		return err
	}
	err := each(p.ctx, p.tx, "SELECT from_code, to_code, n, seconds FROM run_edge ORDER BY place", func(rows *sql.Rows) error {
		var from, to int
		var e warehouse.PathEdge
		if err := rows.Scan(&from, &to, &e.Count, &e.Seconds); err != nil {
			return err
		}
		if len(p.out.Edges) == p.PathQuery.Edges {
			p.out.EdgesLeft, p.out.CountLeft = p.out.EdgesLeft+1, p.out.CountLeft+e.Count
			return nil
		}
		e.From, e.To = p.names[from], p.names[to]
		p.out.Edges = append(p.out.Edges, e)
		return nil
	})
	if err != nil {
		return err
	}
	return p.takers()
}

// takers counts who went the edges.
func (p *pathReading) takers() error {
	for i := range (len(p.out.Edges) + markBits - 1) / markBits {
		p.EdgeWords = append(p.EdgeWords, i)
	}
	if len(p.EdgeWords) == 0 {
		return nil
	}
	if err := p.create("run_taker", render("path.taker", p.pathParams)); err != nil {
		return err
	}
	return each(p.ctx, p.tx, render("path.taken", p.pathParams), func(rows *sql.Rows) error {
		var place, n int64
		err := rows.Scan(&place, &n)
		p.out.Edges[place-1].Customers = n
		return err
	})
}

// grouping is how paths are grouped: an expression of p, with what is joined for it.
type grouping struct {
	Group, Join string
	Wide        bool
	Scored      bool
	Margin      float64
}

// grouped adds up paths by group, the largest first.
func (p *pathReading) grouped(g grouping) (parts []string, sums []warehouse.PathSum, err error) {
	g.Wide = p.Wide
	at := map[string]int{}
	err = each(p.ctx, p.tx, render("path.sum", g), func(rows *sql.Rows) error {
		var part string
		var s warehouse.PathSum
		err := rows.Scan(&part, &s.Paths, &s.Customers, &s.Steps, &s.Open, &s.Again, &s.Seconds, &s.Handovers, &s.Handed, &s.Waited, &s.Lasted)
		if !p.agents {
			s.Handovers, s.Handed = nil, nil
		}
		if !p.ends {
			s.Waited, s.Lasted = nil, nil
		}
		at[part] = len(parts)
		parts, sums = append(parts, part), append(sums, s)
		return err
	})
	if err != nil || p.Worth == nil {
		return parts, sums, err
	}
	g.Scored, g.Margin = len(p.Worth.Cells) > 0, p.Worth.Margin
	return parts, sums, each(p.ctx, p.tx, render("path.worth", g), func(rows *sql.Rows) error {
		var part string
		var s warehouse.PathSum
		err := rows.Scan(&part, &s.Valued, &s.Worth)
		sums[at[part]].Valued, sums[at[part]].Worth = s.Valued, s.Worth
		return err
	})
}

// sums adds up all paths, and those of each variant.
func (p *pathReading) sums() error {
	_, all, err := p.grouped(grouping{Group: "0"})
	if err != nil || len(all) == 0 {
		return err
	}
	p.out.Total = all[0]
	if err := p.tx.QueryRowContext(p.ctx, "SELECT count(*) FROM run_variant").Scan(&p.out.Distinct); err != nil {
		return err
	}
	parts, sums, err := p.grouped(grouping{Group: fmt.Sprintf("CASE WHEN p.variant <= %d THEN p.variant ELSE 0 END", p.PathQuery.Variants)})
	if err != nil {
		return err
	}
	by := map[string]warehouse.PathSum{}
	for i, part := range parts {
		by[part] = sums[i]
	}
	p.out.Rest = by["0"]
	return each(p.ctx, p.tx, fmt.Sprintf("SELECT CAST(place AS VARCHAR), array_to_string(codes, ' ') FROM run_variant WHERE place <= %d ORDER BY place", p.PathQuery.Variants), func(rows *sql.Rows) error {
		var place, codes string
		err := rows.Scan(&place, &codes)
		p.out.Variants = append(p.out.Variants, warehouse.PathVariant{Steps: p.named(codes), PathSum: by[place]})
		return err
	})
}

// named are the steps of a variant.
func (p *pathReading) named(codes string) (steps []string) {
	for _, text := range strings.Fields(codes) {
		code, err := strconv.Atoi(text)
		if err != nil {
			return nil // they are numbers
		}
		steps = append(steps, p.names[code])
	}
	return steps
}

// segments adds up paths by segment.
func (p *pathReading) segments() error {
	if p.By == "" {
		return nil
	}
	parts, sums, err := p.grouped(grouping{
		Group: render("customer.segment", "p"),
		Join:  "LEFT JOIN customer_attribute AS a ON a.customer = p.customer AND a.attribute = " + literal(p.By),
	})
	for i, part := range parts {
		if i == p.PathQuery.Segments {
			p.out.SegmentsLeft = int64(len(parts) - i)
			break
		}
		p.out.Segments = append(p.out.Segments, warehouse.PathSegment{Name: part, PathSum: sums[i]})
	}
	return err
}

// drawnCode is a touchpoint of a drawn journey that is a step.
type drawnCode struct{ Journey, Code, Position int }

// drawn holds what is drawn against the paths.
func (p *pathReading) drawn() error {
	var drawn []drawnCode
	at := map[drawnCode]int{} // without a position
	p.out.Drawn = make([]warehouse.DrawnPath, len(p.Drawn))
	for j, names := range p.Drawn {
		for i, name := range names {
			code, ok := p.codes[name]
			p.out.Drawn[j].Steps = append(p.out.Drawn[j].Steps, warehouse.DrawnStep{Name: name, Seen: ok})
			if ok {
				drawn = append(drawn, drawnCode{j, code, i})
				at[drawnCode{Journey: j, Code: code}] = i
			}
		}
	}
	if len(drawn) == 0 {
		return nil
	}
	err := each(p.ctx, p.tx, render("path.drawn", drawn), func(rows *sql.Rows) error {
		var d drawnCode
		var paths, skipped int64
		err := rows.Scan(&d.Journey, &d.Code, &paths, &skipped)
		step := &p.out.Drawn[d.Journey].Steps[at[d]]
		step.Paths, step.Skipped = paths, skipped
		return err
	})
	if err != nil {
		return err
	}
	return each(p.ctx, p.tx, render("path.order", drawn), func(rows *sql.Rows) error {
		var j int
		var o warehouse.DrawnPath
		err := rows.Scan(&j, &o.Paths, &o.InOrder, &o.Backward, &o.Undrawn)
		o.Steps = p.out.Drawn[j].Steps
		p.out.Drawn[j] = o
		return err
	})
}
