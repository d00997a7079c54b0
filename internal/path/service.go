package path

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/fit"
)

// Book is what a report needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
	// Imports lists every accepted file by sequence, loaded or not.
	Imports(ctx context.Context) ([]clientele.ImportRef, error)
	// Drawn lists the journeys that have touchpoints, each with those of the journeys below it.
	Drawn(ctx context.Context) ([]Drawn, error)
}

// Drawn is a journey as it is drawn.
type Drawn struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Touchpoints []string `json:"touchpoints"` // in order
}

// Service observes paths in one book. Its methods may be called from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	models    *modelling.Service
	book      Book
	answers   *kept.Answers
}

// New makes the service; program is the version of the running program, which separates
// cached reports of different versions.
func New(w warehouse.Warehouse, m *modelling.Service, b Book, c store.Cache, program string) *Service {
	return &Service{w, m, b, kept.New(c, m, program)}
}

// GapDays is how many days without a step end a path that is in no case: longer than between
// most contacts on one matter, shorter than between most orders.
const GapDays = 30

// How much is shown apart.
const (
	mostEdges    = 60
	mostVariants = 20
	mostSegments = 50
	mostSteps    = 100 // of a variant
	fewest       = 5   // customers whose worth is told
)

// Request asks for paths. The zero value asks for all days, of everybody.
type Request struct {
	From    *clientele.Date `json:"from,omitempty"`    // the first day on which a path began; nil: the first on record
	To      *clientele.Date `json:"to,omitempty"`      // nil: the last on record
	By      string          `json:"by,omitempty"`      // an attribute of customers
	Journey string          `json:"journey,omitempty"` // id: only paths with a touchpoint of it
}

// Between sets the days that are asked about, each YYYY-MM-DD; "" leaves an end open. Errors
// are those of clientele.ParseDate and clientele.NewPeriod.
func (r *Request) Between(from, to string) (err error) {
	if r.From, r.To, err = clientele.ParseEnds(from, to); err != nil {
		return err
	}
	return r.check()
}

// check fails if the days are none.
func (r Request) check() error {
	if r.From == nil || r.To == nil {
		return nil
	}
	_, err := clientele.NewPeriod(*r.From, *r.To)
	return err
}

// Ready returns a report that was made of the records and the map as they are; ok is false if
// it has to be. CodeNotFound for an attribute that the records do not have, and for a journey
// that there is not or in which nothing is drawn.
func (s *Service) Ready(ctx context.Context, r Request) (out clientele.PathReport, ok bool, err error) {
	q, drawn, err := s.question(ctx, r)
	if err != nil {
		return out, false, err
	}
	if out, ok, err = kept.Ready[clientele.PathReport](ctx, s.answers, q); err != nil || ok {
		return out, ok, err
	}
	return out, false, s.knows(ctx, r, drawn)
}

// Report returns a report that was made, or makes and keeps it. Errors are those of Ready.
func (s *Service) Report(ctx context.Context, r Request) (clientele.PathReport, error) {
	out, _, err := s.kept(ctx, r)
	return out, err
}

// Prepare has a report ready. Its errors are those of Report and, if it could not be kept,
// the cache's.
func (s *Service) Prepare(ctx context.Context, r Request) error {
	_, notKept, err := s.kept(ctx, r)
	return errors.Join(err, notKept)
}

func (s *Service) kept(ctx context.Context, r Request) (out clientele.PathReport, notKept, err error) {
	return kept.Answer(ctx, s.answers, func() (kept.Work[clientele.PathReport], error) {
		q, drawn, err := s.question(ctx, r)
		return kept.Work[clientele.PathReport]{Question: q, Compute: func() (clientele.PathReport, error) { return s.report(ctx, r, drawn) }}, err
	})
}

// question also returns what is drawn, which answers are held against.
func (s *Service) question(ctx context.Context, r Request) (kept.Question, []Drawn, error) {
	if err := r.check(); err != nil {
		return kept.Question{}, nil, err
	}
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return kept.Question{}, nil, err
	}
	drawn, err := s.book.Drawn(ctx)
	if r.Journey != "" {
		drawn = slices.DeleteFunc(drawn, func(d Drawn) bool { return d.ID != r.Journey })
	}
	return kept.Question{Kind: "paths", Asked: []any{r, settings}, State: drawn}, drawn, err
}

// knows fails if the records do not have what is asked about.
func (s *Service) knows(ctx context.Context, r Request, drawn []Drawn) error {
	if r.By != "" {
		if err := warehouse.HasAttribute(ctx, s.warehouse, r.By); err != nil {
			return err
		}
	}
	if r.Journey == "" {
		return nil
	}
	if len(drawn) == 0 {
		return clientele.Errorf(clientele.CodeNotFound, "there is no such journey, or nothing is drawn in it").WithHint("Draw its touchpoints first, under the names that records give them.")
	}
	return nil
}

// report observes.
func (s *Service) report(ctx context.Context, r Request, drawn []Drawn) (out clientele.PathReport, err error) {
	if err := s.knows(ctx, r, drawn); err != nil {
		return out, err
	}
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return out, err
	}
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return out, err
	}
	known, err := settings.LastImport(imports)
	if err != nil {
		return out, err
	}
	b := newBuilder(r, drawn)
	days, some, err := s.warehouse.PathDays(ctx, known)
	if err != nil || !some {
		b.report.Why = "Nothing is recorded that a customer, or a case, went through. Import interactions or orders."
		return b.report, err
	}
	if !b.within(days) {
		return b.report, nil
	}
	if b.query.Worth, b.report.WorthBy, b.unworth, err = s.worth(ctx, settings); err != nil {
		return out, err
	}
	observed, err := s.warehouse.ObservePaths(ctx, b.query)
	if err != nil {
		return out, err
	}
	return b.report, b.fill(observed)
}

// worth says what customers are worth, and by what; else why that cannot be told.
func (s *Service) worth(ctx context.Context, settings clientele.Settings) (w *warehouse.PathWorth, by, why string, err error) {
	asOf, err := s.models.Latest(ctx)
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return nil, "", "There are no orders.", nil
	}
	if err != nil {
		return nil, "", "", err
	}
	margin, at := settings.MarginOrOne(), "revenue"
	if settings.Margin != nil {
		at = fmt.Sprintf("a margin of %g", margin)
	}
	w = &warehouse.PathWorth{AsOf: asOf, Margin: margin}
	run, err := s.models.RunAsOf(ctx, asOf)
	if err != nil {
		return nil, "", "", err
	}
	observed := fmt.Sprintf("What they have brought so far, up to %s, at %s: ", asOf, at)
	if !run.Usable() {
		return w, observed + "there is no model to say what is to come (" + run.Refused + ")", "", nil
	}
	summary, err := s.warehouse.Summarise(ctx, asOf)
	if err != nil {
		return nil, "", "", err
	}
	defer summary.Close()
	scores, err := run.Scores(summary.Cells(ctx, warehouse.CellsBy{}), modelling.Terms{DiscountRate: settings.DiscountRate, Margin: margin})
	if refusal, refused := fit.AsRefusal(err); refused {
		return w, observed + "there is no model to say what is to come (" + refusal.Message + ")", "", nil
	}
	w.Cells, w.Spend = scores.Cells, scores.Spend
	return w, fmt.Sprintf("What is to come in five years by the model run as of %s, at %s", asOf, at), "", err
}
