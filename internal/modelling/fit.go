package modelling

import (
	"context"
	"iter"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// fit fills the run in: purchases by the chosen model, and spend.
func (s *Service) fit(ctx context.Context, run *Run, chosen chosen, summary warehouse.Summary, say Progress) error {
	run.Converged = true
	say("Reading purchase histories", 0)
	if err := run.fitPurchases(ctx, summary, chosen); err != nil {
		return err
	}
	say("Fitting spend", 0.4)
	return run.fitSpend(ctx, summary)
}

// holdAgainst holds a fitted run against weeks that it has not seen, and notes what to
// beware of.
func (s *Service) holdAgainst(ctx context.Context, run *Run, chosen chosen, say Progress) error {
	bought, err := s.purchases(ctx)
	if err != nil {
		return err
	}
	if days := int(run.AsOf - bought.last); bought.any() && days > 0 {
		run.warn("The records end on %s, %d days before the as-of date: the silence since then is taken for the customers' own.", bought.last, days)
	}
	if run.Purchases == nil {
		run.Trust = clientele.ModelTrust{Verdict: clientele.NoModel, Words: run.Refused, Todo: []string{}}
		return nil
	}
	say("Checking against held-out weeks", 0.6)
	if err := s.check(ctx, run, chosen, bought); err != nil {
		return err
	}
	say("Model fitted and checked", 1)
	return nil
}

func (r *Run) warn(format string, args ...any) {
	in := message.NewPrinter(language.English) // groups thousands
	r.Warnings = append(r.Warnings, in.Sprintf(format, args...))
}

// cellsOf reads the cells of everyone, and counts customers and repeaters.
func cellsOf(cells iter.Seq2[warehouse.Cell, error]) (out []btyd.Cell, customers, repeaters int64, err error) {
	for c, err := range cells {
		if err != nil {
			return nil, 0, 0, err
		}
		out = append(out, btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)})
		customers += c.N
		if c.X > 0 {
			repeaters += c.N
		}
	}
	return out, customers, repeaters, nil
}

// fitPurchases reads the cells and fits the chosen model.
func (r *Run) fitPurchases(ctx context.Context, summary warehouse.Summary, chosen chosen) (err error) {
	var cells []btyd.Cell
	if cells, r.Customers, r.Repeaters, err = cellsOf(summary.Cells(ctx, warehouse.CellsBy{})); err != nil {
		return err
	}
	grid, err := btyd.NewGrid(cells)
	if err != nil {
		return r.orRefuse(err)
	}
	r.Cells = int64(grid.Len())
	r.Purchases, err = r.fitChosen(cells, chosen.kind)
	if err != nil {
		return r.orRefuse(err)
	}
	r.Estimate = r.Purchases.Estimated()
	if strings.HasPrefix(r.Estimate.Model, "BG/") {
		r.warn("In the %s a customer who bought only once never leaves: do not count customers by their probability of still being one.", r.Estimate.Model)
	}
	return nil
}

// fitChosen fits the chosen model; where the data refuse it the default, and where
// that has no maximum the model at the edge that they prefer. It warns of either.
func (r *Run) fitChosen(cells []btyd.Cell, kind btyd.Kind) (btyd.Fitted, error) {
	f, err := kind.Fit(cells, btyd.Options{})
	if refusal, refused := fit.AsRefusal(err); refused && kind.Key != defaultKind().Key {
		r.warn("%s, which the comparison of models chose, could not be fitted as of %s, and the default is used. %s Compare the models anew.", kind.Name, r.AsOf, refusal.Message)
		f, err = defaultKind().Fit(cells, btyd.Options{})
	}
	refusal, refused := fit.AsRefusal(err)
	if !refused {
		return f, err
	}
	limit, err := btyd.FitLimit(cells, refusal, btyd.Options{})
	if err != nil {
		return nil, err
	}
	r.warn("%s, a simpler model, is used in place of the %s. %s %s", limit.Estimate.Model, refusal.Model, refusal.Message, refusal.Hint)
	return limit, nil
}

// orRefuse takes a refusal into the run and returns any other error.
func (r *Run) orRefuse(err error) error {
	if refusal, ok := fit.AsRefusal(err); ok {
		r.refuse(refusal)
		return nil
	}
	return err
}

// fitSpend fits the model of spend to the bins of repeat spend: the Gamma-Gamma, or
// the one with an elasticity where spend depends on frequency.
func (r *Run) fitSpend(ctx context.Context, summary warehouse.Summary) error {
	bins, err := summary.SpendBins(ctx)
	if err != nil {
		return err
	}
	rows := make([]spend.Row, len(bins))
	for i, b := range bins {
		rows[i] = spend.Row{X: int(b.XG), N: float64(b.N), SumZ: b.Spend}
	}
	choice, err := spend.Choose(rows, spend.Options{})
	if err != nil {
		purchases := r.Refused
		if err := r.orRefuse(err); err != nil {
			return err
		}
		if purchases != "" {
			r.Refused = purchases // the first reason is the one to act on
		}
		return nil
	}
	f := choice.Fit
	if f.Check.Verdict != spend.Independent || f.Params.Elasticity != 0 {
		r.Warnings = append(r.Warnings, choice.Words)
	}
	f.Check = spend.Check{} // its numbers may be NaN, which cannot be saved
	r.Spend = f
	return nil
}
