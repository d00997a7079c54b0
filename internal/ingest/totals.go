package ingest

import (
	"context"
	"fmt"

	"github.com/clientele/clientele"
)

// reconcile holds the totals of a source against each other, and names what does not add up.
func (j *importing) reconcile(ctx context.Context) error {
	r := &j.report
	if r.Kind != clientele.Movements || r.State != StateLoaded && r.State != StateUnchanged {
		return nil
	}
	totals, err := j.Warehouse.MovementTotals(ctx, r.Source)
	if err != nil {
		return err
	}
	r.Totals = clientele.Reconcile(totals, j.request.Tolerance)
	unchecked := 0
	for _, t := range r.Totals {
		if t.Gap == nil {
			unchecked++
			continue
		}
		if t.Reconcile {
			continue
		}
		side := "above"
		if t.Gap.Sign() < 0 {
			side = "below"
		}
		r.Warnings = append(r.Warnings, Problem{
			Message: fmt.Sprintf("%s does not add up: opening %s + added %s − lost %s is %s %s the closing %s", t.Period,
				short(*t.Opening), short(*t.Added), short(*t.Lost), short(t.Gap.Abs()), side, short(t.Closing)),
			Hint: "Ask whoever made the figures which of them is wrong; they are kept as they stand. Rounding is let pass with --tolerance.",
		})
	}
	if unchecked > 0 {
		r.Warnings = append(r.Warnings, Problem{
			Message: fmt.Sprintf("%d of %d periods cannot be checked: their opening, who came or who left is not given", unchecked, len(r.Totals)),
			Hint:    "Map added, and lost or monthly_churn, where the file has them.",
		})
	}
	return nil
}

// short is an amount to three decimals, as totals in millions are told.
func short(m clientele.Money) string { return m.Grouped(3) }
