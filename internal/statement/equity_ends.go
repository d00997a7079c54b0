package statement

import (
	"context"
	"encoding/json"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"golang.org/x/sync/errgroup"
)

// ends are both ends of a movement, each with the model as of its day: the same whatever
// the horizon.
type ends struct {
	opening, closing *end
	runs             [2]*modelling.Run // of the opening, and of the closing
}

// readEnds reads both ends and fits their models, or finds the runs; that of a closed
// opening is the one that it was closed with. It reads the closing while it fits the
// opening's model: one keeps the engine busy, the other does not.
func (r *Reading) readEnds(ctx context.Context, b equityBasis, progress Progress) (e ends, err error) {
	s, p := r.service, b.Request.Period
	defer s.warehouse.KeepDays()()
	if e.opening, err = r.readCells(ctx, b.Data, p.Opening()); err != nil {
		return e, err
	}
	g, both := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		e.closing, err = r.readCells(both, b.Data, p.To)
		return err
	})
	g.Go(func() (err error) {
		if b.opening != nil {
			return json.Unmarshal(b.opening.Run, &e.runs[0])
		}
		// unchecked: the audit holds it against the period
		e.runs[0], err = s.models.Assumptions(both, p.Opening(), b.Data, e.opening, part(progress, 0.1, 0.4))
		return err
	})
	if err := g.Wait(); err != nil {
		return e, err
	}
	e.runs[1], err = s.models.Run(ctx, p.To, b.Data, e.closing, part(progress, 0.4, 0.7))
	return e, err
}

// readCells finds or reads the cells as of a day.
func (r *Reading) readCells(ctx context.Context, data string, day clientele.Date) (*end, error) {
	e, err := r.at(ctx, data, day)
	if err != nil || e.cells != nil {
		return e, err
	}
	return e, e.read(ctx, warehouse.CellsBy{})
}

// part tells the progress of a part of the whole.
func part(whole Progress, from, to float64) modelling.Progress {
	return func(step string, fraction float64) { whole(step, from+(to-from)*fraction) }
}
