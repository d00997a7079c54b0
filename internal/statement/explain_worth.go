package statement

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// formula is what is computed for every customer, in place of a query.
const formula = `worth of a customer = margin × P(alive) × (r+x)/(α+T) × ∫₀ᴴ e^(−δu) ((β+T)/(β+T+u))^s du × p(v+z)/(p·y+q−1)

x    repeat purchase days; T weeks since the first purchase
y, z repeat purchase days with a positive net amount, and that amount in all
P(alive) by the Pareto/NBD: r = %.6g, α = %.6g, s = %.6g, β = %.6g (per week)
spend by the Gamma-Gamma: p = %.6g, q = %.6g, v = %.6g
H = %d weeks; δ = ln(1 + %g)/52 per week; margin = %g
`

// anyFormula is what is computed by models whose formula takes a page.
const anyFormula = `worth of a customer = margin × D(H) × M

D(H) purchases expected of the customer's history in H weeks, each discounted by e^(−δu), u weeks on:
     by the %s: %s (weeks)
M    expected spend per purchase, given y repeat purchase days with a positive net amount and that amount, z:
     by the %s: %s
H = %d weeks; δ = ln(1 + %g)/52 per week; margin = %g
The formulas are in docs/models.md.
`

// formula says what the run computes for every customer.
func (b basis) formula(run *modelling.Run) string {
	discount, margin := b.Settings.DiscountRate, b.terms().Margin
	p, pareto := run.Purchases.Model().(btyd.ParetoNBD)
	g := run.Spend.Params
	if pareto && g.Elasticity == 0 {
		return fmt.Sprintf(formula, p.R, p.Alpha, p.S, p.Beta, g.P, g.Q, g.V, modelling.HorizonYears*52, discount, margin)
	}
	return fmt.Sprintf(anyFormula, run.Estimate.Model, listed(run.Estimate), run.Spend.Estimate.Model, listed(run.Spend.Estimate),
		modelling.HorizonYears*52, discount, margin)
}

// listed names the parameters with their values.
func listed(e *fit.Estimate) string {
	parts := make([]string, len(e.Names))
	for i, name := range e.Names {
		parts[i] = fmt.Sprintf("%s = %.6g", name, e.Theta[i])
	}
	return strings.Join(parts, ", ")
}

const beyond = "\nThis line: the same integral from H on.\n"

// explainWorth explains an estimate by the customers that make it: those of the
// segment and group, with their worth at the ends of the period that count.
func (s *Service) explainWorth(ctx context.Context, r ExplainRequest, w worthRows, part clientele.Statement, x *Explanation) error {
	b, err := s.basis(ctx, r.Request)
	if err != nil {
		return err
	}
	closing, err := s.warehouse.Summarise(ctx, r.Period.To)
	if err != nil {
		return err
	}
	defer closing.Close()
	run, err := s.models.Run(ctx, r.Period.To, b.Data, closing, nil)
	if err != nil {
		return err
	}
	x.Query = b.formula(run)
	if w.tail {
		x.Query += beyond
	}
	v := valuation{basis: b, run: run, rows: w, request: r}
	if w.closing {
		if err := v.read(ctx, closing, r.Period.To, true, x); err != nil {
			return err
		}
	}
	if w.opening {
		opening, err := s.warehouse.Summarise(ctx, r.Period.Opening())
		if err != nil {
			return err
		}
		defer opening.Close()
		if err := v.read(ctx, opening, r.Period.Opening(), false, x); err != nil {
			return err
		}
	}
	x.Heads = x.Count
	return x.settle(w, part)
}

// settle gives rows their amount, and the page the figure as its total.
func (x *Explanation) settle(w worthRows, part clientele.Statement) (err error) {
	for i := range x.Rows {
		row := &x.Rows[i]
		row.Amount = row.Closing
		switch {
		case w.opening && w.closing:
			row.Amount = row.Closing.Sub(row.Opening)
		case w.opening:
			row.Amount = row.Opening
		}
	}
	total := x.Figure
	switch x.Line {
	case "equity.per_customer", "equity.low", "equity.high":
		total = part.Equity.Estimate.Estimate.String()
	case "equity.tail.low", "equity.tail.high":
		total = part.Equity.Tail.Estimate.String()
	}
	if x.Unit == UnitMoney {
		x.Amount, err = clientele.ParseMoney(total)
	}
	return err
}

// valuation reads pages of valued customers.
type valuation struct {
	basis
	run     *modelling.Run
	rows    worthRows
	request ExplainRequest
}

// read adds one end of the period to the rows: both ends list the same customers
// in the same order wherever both count.
func (v valuation) read(ctx context.Context, summary warehouse.Summary, day clientele.Date, closing bool, x *Explanation) error {
	var by warehouse.CellsBy
	if v.rows.group != "" {
		by.Movement = &warehouse.MovementQuery{Period: v.request.Period, Definition: v.Settings.Definition}
	}
	if v.request.Segment != "" {
		by.Attribute = v.request.By
	}
	x.Count = 0
	scores, err := v.run.Scores(v.within(summary.Cells(ctx, by), &x.Count), v.terms())
	if err != nil {
		return err
	}
	if v.rows.tail {
		scores = scores.Beyond()
	}
	at := 0
	for c, err := range summary.Customers(ctx, warehouse.CustomersQuery{
		Definition: v.Settings.Definition, Cells: scores.Cells, Spend: scores.Spend, Margin: v.terms().Margin,
		Within: by, Segment: v.request.Segment, Group: v.rows.group, ByWorth: !(v.rows.opening && v.rows.closing),
		WorthOnly: true, Offset: v.request.Offset, Limit: int64(v.request.Limit),
	}) {
		if err != nil {
			return err
		}
		if at == len(x.Rows) {
			x.Rows = append(x.Rows, warehouse.ExplainRow{Customer: c.Customer, Day: new(day - clientele.Date(c.AgeDays-c.RecencyDays)), Heads: 1})
		}
		row := &x.Rows[at]
		if row.Customer != c.Customer {
			return clientele.Errorf(clientele.CodeInternal, "customers %s and %s stand on one row of an explanation", row.Customer, c.Customer)
		}
		if c.CLV != nil && closing {
			row.Closing = *c.CLV
		} else if c.CLV != nil {
			row.Opening = *c.CLV
		}
		at++
	}
	return nil
}

// within passes on the cells of the segment and group, and counts their customers.
func (v valuation) within(cells iter.Seq2[warehouse.Cell, error], customers *int64) iter.Seq2[warehouse.Cell, error] {
	return func(yield func(warehouse.Cell, error) bool) {
		for c, err := range cells {
			if err == nil && (v.rows.group != "" && c.Group != v.rows.group || c.Segment != v.request.Segment) {
				continue
			}
			*customers += c.N
			if !yield(c, err) {
				return
			}
		}
	}
}
