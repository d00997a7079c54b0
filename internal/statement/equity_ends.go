package statement

import (
	"context"
	"encoding/json"
	"iter"
	"sync"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"golang.org/x/sync/errgroup"
)

// reading is what one question, or several at once, read of both ends of a movement.
type reading struct {
	mu  sync.Mutex
	all []*ends // more than one if the records, or what is closed, changed meanwhile
}

func (r *reading) close() {
	for _, e := range r.all {
		release(e.opening.summary, e.closing.summary)
	}
}

// release lets go of summaries as far as they were made.
func release(summaries ...warehouse.Summary) {
	for _, s := range summaries {
		if s != nil {
			_ = s.Close()
		}
	}
}

// ends are both ends of a movement: the same whatever the horizon.
type ends struct {
	data, closed     string // the records, and the close of the opening, that they are of
	opening, closing end
	moving           sync.Mutex
}

// end is one of them: every customer's history, and the model as of its day.
type end struct {
	summary warehouse.Summary
	cells   cells
	run     *modelling.Run

	mu    sync.Mutex
	worth *modelling.Worth // once asked for
	terms modelling.Terms  // of the worth
}

// worthBy is what all customers are worth, with intervals. The error may be a *fit.Refusal.
func (e *end) worthBy(t modelling.Terms) (w *modelling.Worth, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.worth == nil || e.terms != t {
		w, err = e.run.Worth(e.cells.all(), t)
		if err != nil {
			return nil, err
		}
		e.worth, e.terms = w, t
	}
	return e.worth, nil
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

// read reads every customer's history as of a day.
func (e *end) read(ctx context.Context, w warehouse.Warehouse, day clientele.Date) (err error) {
	if e.summary, err = w.Summarise(ctx, day); err != nil {
		return err
	}
	for c, err := range e.summary.Cells(ctx, warehouse.CellsBy{}) {
		if err != nil {
			return err
		}
		e.cells = append(e.cells, c)
	}
	return nil
}

// ends reads both ends and fits their models, or finds the runs; that of a closed opening
// is the one that it was closed with. What was read of the same records already serves.
func (s *Service) ends(ctx context.Context, b equityBasis, r *reading, progress Progress) (*ends, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.all {
		if e.data == b.Data && e.closed == b.Opening && e.closing.run != nil {
			return e, nil
		}
	}
	e := &ends{data: b.Data, closed: b.Opening}
	r.all = append(r.all, e)
	return e, s.readEnds(ctx, b, e, progress)
}

// readEnds reads the closing while it fits the opening's model: one keeps the engine busy,
// the other does not.
func (s *Service) readEnds(ctx context.Context, b equityBasis, e *ends, progress Progress) error {
	defer s.warehouse.KeepDays()()
	p := b.Request.Period
	if err := e.opening.read(ctx, s.warehouse, p.Opening()); err != nil {
		return err
	}
	g, both := errgroup.WithContext(ctx)
	g.Go(func() error { return e.closing.read(both, s.warehouse, p.To) })
	g.Go(func() (err error) {
		if b.opening != nil {
			return json.Unmarshal(b.opening.Run, &e.opening.run)
		}
		// unchecked: the audit holds it against the period
		e.opening.run, err = s.models.Assumptions(both, p.Opening(), b.Data, e.opening.histories(), part(progress, 0.1, 0.4))
		return err
	})
	if err := g.Wait(); err != nil {
		return err
	}
	var err error
	e.closing.run, err = s.models.Run(ctx, p.To, b.Data, e.closing.histories(), part(progress, 0.4, 0.7))
	return err
}

// histories are what was read, as models ask for it.
func (e *end) histories() warehouse.Summary { return readSummary{e.summary, e.cells} }

// part tells the progress of a part of the whole.
func part(whole Progress, from, to float64) modelling.Progress {
	return func(step string, fraction float64) { whole(step, from+(to-from)*fraction) }
}
