package statement

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Exact returns what the records say exactly of a period: a statement that balances,
// without worth and model. It is computed anew each time. Errors are those of Statement.
func (s *Service) Exact(ctx context.Context, r Request) (clientele.Statement, error) {
	b, err := s.basis(ctx, r)
	if err != nil {
		return clientele.Statement{}, err
	}
	return s.exact(ctx, b)
}

// compute makes a statement from the records.
func (r *Reading) compute(ctx context.Context, b basis, progress Progress) (clientele.Statement, error) {
	progress("Counting who came and who left", 0)
	st, err := r.service.exact(ctx, b)
	if err != nil {
		return st, err
	}
	if err := r.value(ctx, b, &st, progress); err != nil {
		return st, err
	}
	return st, r.service.addContracts(ctx, b, &st)
}

// exact makes all of a statement but the worth.
func (s *Service) exact(ctx context.Context, b basis) (clientele.Statement, error) {
	if err := s.knows(ctx, b.Request.By); err != nil {
		return clientele.Statement{}, err
	}
	q := warehouse.MovementQuery{Period: b.Request.Period, Definition: b.Settings.Definition, By: b.Request.By}
	m, err := s.warehouse.Movement(ctx, q)
	if err != nil {
		return clientele.Statement{}, err
	}
	if err := s.balance(ctx, q, m); err != nil {
		return clientele.Statement{}, err
	}
	x, err := s.extent(ctx, b.Settings, b.Imports)
	if err != nil {
		return clientele.Statement{}, err
	}
	st := b.statement(m.Total)
	if b.Request.By != "" {
		st.Segments = []clientele.Statement{} // none is told from not asked for
	}
	for _, seg := range m.Segments {
		part := b.statement(seg.Movement)
		part.Segment = seg.Name
		st.Segments = append(st.Segments, part)
	}
	st.Attribute = b.Request.By
	st.Data = x.dataReport(b.Imports, x.coverage(b.Request.Period, b.Settings.Definition))
	return st, nil
}

// knows fails if the records have no such attribute.
func (s *Service) knows(ctx context.Context, attribute string) error {
	if attribute == "" {
		return nil
	}
	return warehouse.HasAttribute(ctx, s.warehouse, attribute)
}

// statement fills in what the movement says of the company or one segment.
func (b basis) statement(m clientele.Movement) clientele.Statement {
	return clientele.Statement{
		Currency: b.Settings.Currency, From: b.Request.Period.From, To: b.Request.Period.To, Definition: b.Settings.Definition,
		Customers: m.Heads, Value: m.Value, Recurring: m.Recurring, Revenue: m.Revenue, TieOut: m.TieOut, Rates: ratesOf(m),
		Reasons: clientele.ReasonLines{In: append([]clientele.ReasonLine{}, m.Reasons.In...), Out: append([]clientele.ReasonLine{}, m.Reasons.Out...)},
	}
}
