package statement

import (
	"context"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
)

// addContracts adds what customers are worth by contracts to what they are worth by orders.
func (s *Service) addContracts(ctx context.Context, b basis, st *clientele.Statement) error {
	if !slices.ContainsFunc(b.Imports, func(i clientele.ImportRef) bool { return i.Kind == clientele.Subscriptions }) {
		return nil
	}
	day := b.Request.Period.To
	contracts, refused, err := s.book.ContractWorth(ctx, day)
	if err != nil || contracts == nil && refused == "" {
		return err
	}
	w := &clientele.BookWorth{HorizonYears: modelling.HorizonYears, Refused: refused}
	if w.Customers, err = s.warehouse.CountCustomers(ctx, day, b.Settings.Definition.GraceDays); err != nil {
		return err
	}
	st.Worth = w
	if contracts != nil {
		w.Contracts, w.Estimate, w.Tail = &contracts.Estimate, contracts.Estimate, contracts.Tail
	}
	switch e := st.Equity; {
	case e == nil && st.Model.Customers > 0:
		w.Refused = st.Model.Refused
	case e != nil:
		w.Orders = &e.Estimate
		if w.Estimate, err = w.Estimate.Plus(e.Estimate); err != nil {
			return err
		}
		if w.Tail, err = w.Tail.Plus(e.Tail); err != nil {
			return err
		}
	}
	if w.Refused != "" {
		w.Estimate, w.Tail = clientele.Estimate{}, clientele.Estimate{}
	}
	return nil
}
