package modelling

import (
	"context"
	"fmt"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// fit fills the run in: purchases, spend, the check, and what to beware of.
func (s *Service) fit(ctx context.Context, run *Run, summary warehouse.Summary, p Progress) error {
	say := func(step string, fraction float64) {
		if p != nil {
			p(step, fraction)
		}
	}
	run.Converged = true
	say("Reading purchase histories", 0)
	if err := run.fitPurchases(ctx, summary); err != nil {
		return err
	}
	say("Fitting spend", 0.4)
	if err := run.fitSpend(ctx, summary); err != nil {
		return err
	}
	span, found, err := s.warehouse.Span(ctx)
	if err != nil || !found {
		return err
	}
	if days := int(run.AsOf - span.LastDay); days > 0 {
		run.warn("The records end on %s, %d days before the as-of date: the silence since then is taken for the customers' own.", span.LastDay, days)
	}
	if run.Purchases == nil {
		return nil
	}
	say("Checking against held-out weeks", 0.6)
	if err := s.check(ctx, run, span); err != nil {
		return err
	}
	say("Model fitted and checked", 1)
	return nil
}

func (r *Run) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// fitPurchases reads the cells and fits the Pareto/NBD.
func (r *Run) fitPurchases(ctx context.Context, summary warehouse.Summary) error {
	var cells []btyd.Cell
	for c, err := range summary.Cells(ctx, warehouse.CellsBy{}) {
		if err != nil {
			return err
		}
		cells = append(cells, btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)})
		r.Customers += c.N
	}
	grid, err := btyd.NewGrid(cells)
	if err == nil {
		r.Cells = int64(grid.Len())
		r.Purchases, err = grid.FitParetoNBD(btyd.Options{})
	}
	return r.orRefuse(err)
}

// orRefuse takes a refusal into the run and returns any other error.
func (r *Run) orRefuse(err error) error {
	if refusal, ok := fit.AsRefusal(err); ok {
		r.refuse(refusal)
		return nil
	}
	return err
}

// fitSpend fits the Gamma-Gamma to the bins of repeat spend.
func (r *Run) fitSpend(ctx context.Context, summary warehouse.Summary) error {
	bins, err := summary.SpendBins(ctx)
	if err != nil {
		return err
	}
	rows := make([]spend.Row, len(bins))
	for i, b := range bins {
		rows[i] = spend.Row{X: int(b.XG), N: float64(b.N), SumZ: b.Spend}
	}
	f, err := spend.FitGammaGamma(rows, spend.Options{})
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
	if f.Check.Verdict != spend.Independent {
		r.Warnings = append(r.Warnings, f.Check.Words)
	}
	f.Check = spend.Check{} // its numbers may be NaN, which cannot be saved
	r.Spend = f
	return nil
}
