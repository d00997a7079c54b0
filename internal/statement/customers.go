package statement

import (
	"context"
	"iter"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/fit"
)

// Customers yields one row per customer as of a day, by customer id, with
// estimates unless the model is refused.
func (s *Service) Customers(ctx context.Context, asOf clientele.Date) iter.Seq2[clientele.CustomerRow, error] {
	return func(yield func(clientele.CustomerRow, error) bool) {
		if err := s.customers(ctx, asOf, yield); err != nil {
			yield(clientele.CustomerRow{}, err)
		}
	}
}

// customers passes rows on; an error that it returns has not been passed on yet.
func (s *Service) customers(ctx context.Context, asOf clientele.Date, yield func(clientele.CustomerRow, error) bool) error {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return err
	}
	terms := basis{Settings: settings}.terms()
	version, err := s.models.DataVersion(ctx)
	if err != nil {
		return err
	}
	summary, err := s.warehouse.Summarise(ctx, asOf)
	if err != nil {
		return err
	}
	defer summary.Close()
	run, err := s.models.Run(ctx, asOf, version, summary, nil)
	if err != nil {
		return err
	}
	var scores modelling.Scores
	if run.Usable() {
		scores, err = run.Scores(summary.Cells(ctx, warehouse.CellsBy{}), terms)
		if _, refused := fit.AsRefusal(err); err != nil && !refused {
			return err
		}
	}
	for c, err := range summary.Customers(ctx, warehouse.CustomersQuery{
		Definition: settings.Definition, Cells: scores.Cells, Spend: scores.Spend, Margin: terms.Margin,
	}) {
		if err != nil {
			return err
		}
		if !yield(c, nil) {
			return nil
		}
	}
	return nil
}
