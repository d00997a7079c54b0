package statement

import (
	"context"
	"iter"
	"sync"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
)

// Reading answers several questions of one book, such as those of a close, for less than
// they cost one by one: every customer's histories as of a day are read at most once.
type Reading struct {
	service *Service
	mu      sync.Mutex
	ends    []*end
}

// Read begins a reading. The caller closes it.
func (s *Service) Read() *Reading { return &Reading{service: s} }

// Close lets go of what was read.
func (r *Reading) Close() {
	for _, e := range r.ends {
		_ = e.Summary.Close()
	}
}

// at finds or makes the histories as of a day, of a version of the records.
func (r *Reading) at(ctx context.Context, data string, day clientele.Date) (*end, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.ends {
		if e.data == data && e.day == day {
			return e, nil
		}
	}
	summary, err := r.service.warehouse.Summarise(ctx, day)
	if err != nil {
		return nil, err
	}
	e := &end{Summary: summary, data: data, day: day}
	r.ends = append(r.ends, e)
	return e, nil
}

// end is every customer's history as of one end of a period. It is a summary whose cells,
// once read, serve all who ask for them unsplit.
type end struct {
	warehouse.Summary
	data  string // version of the records
	day   clientele.Date
	cells cells

	worth   *modelling.Worth // once asked for
	worthOf worthOf
}

// worthOf is what a worth is of, beside the cells.
type worthOf struct {
	run   string
	terms modelling.Terms
}

// read reads the cells, split as a statement wants them.
func (e *end) read(ctx context.Context, by warehouse.CellsBy) error {
	e.cells, e.worth = nil, nil
	for c, err := range e.Summary.Cells(ctx, by) {
		if err != nil {
			return err
		}
		e.cells = append(e.cells, c)
	}
	return nil
}

// Cells implements warehouse.Summary: cells that were read split come once for each part.
func (e *end) Cells(ctx context.Context, by warehouse.CellsBy) iter.Seq2[warehouse.Cell, error] {
	if e.cells != nil && by == (warehouse.CellsBy{}) {
		return e.cells.all()
	}
	return e.Summary.Cells(ctx, by)
}

// worthBy is what all customers are worth by a run, with intervals. The error may be a
// *fit.Refusal.
func (e *end) worthBy(run *modelling.Run, t modelling.Terms) (*modelling.Worth, error) {
	of := worthOf{run.ID, t}
	if e.worth == nil || e.worthOf != of {
		w, err := run.Worth(e.cells.all(), t)
		if err != nil {
			return nil, err
		}
		e.worth, e.worthOf = w, of
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
