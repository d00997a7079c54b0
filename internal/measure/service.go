package measure

import (
	"context"
	"errors"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Book is what a report needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
	// Imports lists every accepted file by sequence, loaded or not.
	Imports(ctx context.Context) ([]clientele.ImportRef, error)
}

// Service measures one book. Its methods may be called from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	book      Book
	answers   *kept.Answers
	marks     *ledger.Ledger[mark]
}

// Store keeps what was computed, and what people marked.
type Store interface {
	store.Cache
	store.Ledgers
}

// New makes the service; program is the version of the running program, which separates
// cached reports of different versions.
func New(w warehouse.Warehouse, v kept.Versions, b Book, s Store, program string) *Service {
	return &Service{w, b, kept.New(s, v, program), ledger.New[mark](s, MarksLedger, nil)}
}

// DefaultWithin is N, in days, of measures that have one.
const DefaultWithin = 7

// longestWithin is the most that N may be.
const longestWithin = 366

// Request asks for a measure. The zero value of all but Name asks for all days, everywhere.
type Request struct {
	Name       string          `json:"name"`
	From       *clientele.Date `json:"from,omitempty"` // nil: the first day on record
	To         *clientele.Date `json:"to,omitempty"`   // nil: the last day on record
	Touchpoint string          `json:"touchpoint,omitempty"`
	By         string          `json:"by,omitempty"`     // an attribute of customers, touchpoint, or days_late of answers
	Within     int             `json:"within,omitempty"` // N of measures that have one; 0 is DefaultWithin
}

// Between sets the days that are asked about, each YYYY-MM-DD; "" leaves an end open. Errors
// are those of clientele.ParseDate.
func (r *Request) Between(from, to string) (err error) {
	r.From, r.To, err = clientele.ParseEnds(from, to)
	return err
}

// Check looks at what is asked, as far as that is wrong whatever the records hold.
// CodeNotFound for a measure that there is not, else CodeUsage.
func (r Request) Check() error {
	e, err := find(r.Name)
	if err != nil {
		return err
	}
	refuse := func(format string, args ...any) *clientele.Error {
		return clientele.Errorf(clientele.CodeUsage, format, args...)
	}
	switch {
	case r.From != nil && r.To != nil && *r.To < *r.From:
		_, err := clientele.NewPeriod(*r.From, *r.To)
		return err
	case r.Within != 0 && !e.within:
		return refuse("%s takes no number of days", e.Name).WithHint("Leave the days out, or ask for first_contact_resolution or repeat_contacts.")
	case r.Within < 0 || r.Within > longestWithin:
		return refuse("%d days are not between 1 and %d", r.Within, longestWithin)
	case r.Touchpoint != "" && e.everywhere:
		return refuse("%s has no touchpoints", e.Name).WithHint("Leave the touchpoint out.")
	case r.By == warehouse.ByTouchpoint && e.undivided:
		return refuse("%s cannot be split by touchpoint", e.Name).WithHint("Split it by an attribute of customers.")
	case r.By == warehouse.ByDaysLate && !e.voices:
		return refuse("%s cannot be split by days late", e.Name).WithHint("Answers can: nps, csat, ces and rating.")
	}
	return nil
}

// Ready returns a report that was made of the records as they are; ok is false if it has to
// be. Errors beside those of Check: CodeNotFound for an attribute or a touchpoint that the
// records do not have.
func (s *Service) Ready(ctx context.Context, r Request) (out clientele.MeasureReport, ok bool, err error) {
	if err := r.Check(); err != nil {
		return out, false, err
	}
	q, err := s.question(ctx, r)
	if err != nil {
		return out, false, err
	}
	if out, ok, err = kept.Ready[clientele.MeasureReport](ctx, s.answers, q); err != nil {
		return out, false, err
	}
	if ok {
		out, err = s.marked(ctx, out)
		return out, true, err
	}
	return out, false, s.knows(ctx, r)
}

// Report returns a report that was made, or makes and keeps it. Errors are those of Ready.
func (s *Service) Report(ctx context.Context, r Request) (clientele.MeasureReport, error) {
	out, _, err := s.kept(ctx, r)
	if err != nil {
		return out, err
	}
	return s.marked(ctx, out)
}

// Prepare has a report ready; of the name "", those of all measures and their lane. Its errors are those of
// Report and, if it could not be kept, the cache's.
func (s *Service) Prepare(ctx context.Context, r Request) error {
	if r.Name != "" {
		_, notKept, err := s.kept(ctx, r)
		return errors.Join(err, notKept)
	}
	for _, m := range Library() {
		if err := s.Prepare(ctx, Request{Name: m.Name}); err != nil {
			return err
		}
	}
	return s.prepareLane(ctx)
}

// Overview reports on all measures. Errors are those of Report.
func (s *Service) Overview(ctx context.Context) (out clientele.MeasureOverview, err error) {
	for _, m := range Library() {
		r, err := s.Report(ctx, Request{Name: m.Name})
		if err != nil {
			return out, err
		}
		out.Measures = append(out.Measures, r)
	}
	return out, nil
}

// ReadyOverview returns all measures if they are ready.
func (s *Service) ReadyOverview(ctx context.Context) (out clientele.MeasureOverview, ok bool, err error) {
	for _, m := range Library() {
		r, ok, err := s.Ready(ctx, Request{Name: m.Name})
		if err != nil || !ok {
			return out, false, err
		}
		out.Measures = append(out.Measures, r)
	}
	return out, true, nil
}

// Touchpoints lists what measures can be held to, by name.
func (s *Service) Touchpoints(ctx context.Context) ([]warehouse.Touchpoint, error) {
	return s.warehouse.Touchpoints(ctx)
}

// kept makes a report and keeps it; notKept says why the cache did not take it, which is no
// fault of it.
func (s *Service) kept(ctx context.Context, r Request) (out clientele.MeasureReport, notKept, err error) {
	if err := r.Check(); err != nil {
		return out, nil, err
	}
	return kept.Answer(ctx, s.answers, func() (kept.Work[clientele.MeasureReport], error) {
		q, err := s.question(ctx, r)
		return kept.Work[clientele.MeasureReport]{Question: q, Compute: func() (clientele.MeasureReport, error) { return s.report(ctx, r) }}, err
	})
}

func (s *Service) question(ctx context.Context, r Request) (kept.Question, error) {
	settings, err := s.book.Settings(ctx)
	return kept.Question{Kind: "measures", Asked: []any{r, settings}}, err
}

// report measures.
func (s *Service) report(ctx context.Context, r Request) (out clientele.MeasureReport, err error) {
	if err := s.knows(ctx, r); err != nil {
		return out, err
	}
	e, err := find(r.Name)
	if err != nil {
		return out, err
	}
	settings, known, err := s.known(ctx)
	if err != nil {
		return out, err
	}
	days, some, err := s.warehouse.MeasuredDays(ctx, e.of, known)
	if err != nil {
		return out, err
	}
	b := newBuilder(e, r)
	if !some {
		b.report.Why = e.nothing
		return b.report, nil
	}
	return b.report, b.build(ctx, s.warehouse, settings, days)
}

// known is the day of the last import, beside the settings.
func (s *Service) known(ctx context.Context) (settings clientele.Settings, day clientele.Date, err error) {
	if settings, err = s.book.Settings(ctx); err != nil {
		return settings, 0, err
	}
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return settings, 0, err
	}
	day, err = settings.LastImport(imports)
	return settings, day, err
}

// knows fails if the records do not have the attribute or the touchpoint that is asked about.
func (s *Service) knows(ctx context.Context, r Request) error {
	if r.By != "" && r.By != warehouse.ByTouchpoint && r.By != warehouse.ByDaysLate {
		if err := warehouse.HasAttribute(ctx, s.warehouse, r.By); err != nil {
			return err
		}
	}
	if r.Touchpoint == "" {
		return nil
	}
	all, err := s.warehouse.Touchpoints(ctx)
	if err != nil {
		return err
	}
	var some []string
	for _, t := range all {
		if t.Name == r.Touchpoint {
			return nil
		}
		if len(some) < 8 {
			some = append(some, t.Name)
		}
	}
	missing := clientele.Errorf(clientele.CodeNotFound, "the records have no touchpoint %q", r.Touchpoint)
	if len(some) == 0 {
		return missing.WithHint("Map the field touchpoint when you import interactions or feedback.")
	}
	return missing.WithHint("Touchpoints there are, among them: %s.", strings.Join(some, ", "))
}
