package statement

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
)

// ends are both ends of a movement: the same whatever the horizon.
type ends struct {
	data, closed     string // the records, and the close of the opening, that they are of
	opening, closing end
}

func (e *ends) close() {
	for _, s := range []warehouse.Summary{e.opening.summary, e.closing.summary} {
		if s != nil {
			_ = s.Close()
		}
	}
	*e = ends{}
}

// end is one of them: every customer's history, and the model as of its day.
type end struct {
	summary warehouse.Summary
	cells   cells
	run     *modelling.Run
	worth   *modelling.Worth // once asked for
	terms   modelling.Terms  // of the worth
}

// worthBy is what all customers are worth, with intervals. The error may be a *fit.Refusal.
func (e *end) worthBy(t modelling.Terms) (*modelling.Worth, error) {
	if e.worth != nil && e.terms == t {
		return e.worth, nil
	}
	w, err := e.run.Worth(e.cells.all(), t)
	if err != nil {
		return nil, err
	}
	e.worth, e.terms = w, t
	return w, nil
}

// cells are kept for those who read them more than once.
type cells []warehouse.Cell

func (c cells) all() iter.Seq2[warehouse.Cell, error] {
	return func(yield func(warehouse.Cell, error) bool) {
		for _, cell := range c {
			if !yield(cell, nil) {
				return
			}
		}
	}
}

// readSummary is a summary whose cells were read.
type readSummary struct {
	warehouse.Summary
	cells cells
}

// Cells implements warehouse.Summary.
func (s readSummary) Cells(ctx context.Context, by warehouse.CellsBy) iter.Seq2[warehouse.Cell, error] {
	if by == (warehouse.CellsBy{}) {
		return s.cells.all()
	}
	return s.Summary.Cells(ctx, by)
}

// readEnd reads every customer's history as of a day.
func (s *Service) readEnd(ctx context.Context, day clientele.Date) (e end, err error) {
	if e.summary, err = s.warehouse.Summarise(ctx, day); err != nil {
		return e, err
	}
	for c, err := range e.summary.Cells(ctx, warehouse.CellsBy{}) {
		if err != nil {
			return e, err
		}
		e.cells = append(e.cells, c)
	}
	return e, nil
}

// readEnds reads both ends and fits their models, or finds the runs; that of a closed
// opening is the one that it was closed with. What was read of the same records stays.
func (s *Service) readEnds(ctx context.Context, b equityBasis, e *ends, progress Progress) (err error) {
	if e.data == b.Data && e.closed == b.Opening {
		return nil
	}
	e.close()
	defer s.warehouse.KeepDays()()
	p := b.Request.Period
	part := func(from, to float64) modelling.Progress {
		return func(step string, fraction float64) { progress(step, from+(to-from)*fraction) }
	}
	if e.opening, err = s.readEnd(ctx, p.Opening()); err != nil {
		return err
	}
	if b.opening != nil {
		err = json.Unmarshal(b.opening.Run, &e.opening.run)
	} else {
		// the audit holds it against the period
		e.opening.run, err = s.models.Assumptions(ctx, p.Opening(), b.Data, e.opening.read(), part(0.1, 0.4))
	}
	if err != nil {
		return err
	}
	if e.closing, err = s.readEnd(ctx, p.To); err != nil {
		return err
	}
	if e.closing.run, err = s.models.Run(ctx, p.To, b.Data, e.closing.read(), part(0.4, 0.7)); err != nil {
		return err
	}
	e.data, e.closed = b.Data, b.Opening
	return nil
}

func (e *end) read() warehouse.Summary { return readSummary{e.summary, e.cells} }
