package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Book is what a report needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
	// Imports lists every accepted file by sequence, loaded or not.
	Imports(ctx context.Context) ([]clientele.ImportRef, error)
}

// Service reports on the contracts of one book. Its methods may be called from several
// goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	book      Book
	answers   *kept.Answers
}

// New makes the service; program is the version of the running program, which separates
// cached reports of different versions.
func New(w warehouse.Warehouse, v kept.Versions, b Book, c store.Cache, program string) *Service {
	return &Service{w, b, kept.New(c, v, program)}
}

// Request asks for contracts as of the close of a day; the zero day is the last of the
// records. KnownFrom, if not 0, is the day from which on the records know who left.
type Request struct{ AsOf, KnownFrom clientele.Date }

// Ready returns a report that was prepared of the records as they are; ok is false if it has
// to be. CodeNotFound if the book has no contracts.
func (s *Service) Ready(ctx context.Context, r Request) (out clientele.ContractReport, ok bool, err error) {
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return out, false, err
	}
	if !slices.ContainsFunc(imports, func(i clientele.ImportRef) bool { return i.Kind == clientele.Subscriptions }) {
		return out, false, noContracts("there are no contracts in the records yet")
	}
	q, err := s.question(ctx, r)
	if err != nil {
		return out, false, err
	}
	return kept.Ready[clientele.ContractReport](ctx, s.answers, q)
}

// Prepare has a report ready. Its errors are those of Kept and, if it could not be kept,
// the cache's.
func (s *Service) Prepare(ctx context.Context, r Request) error {
	_, notKept, err := s.kept(ctx, r)
	return errors.Join(err, notKept)
}

// Kept returns a report that was prepared, or makes it and keeps it for Ready. Errors are
// those of Report.
func (s *Service) Kept(ctx context.Context, r Request) (clientele.ContractReport, error) {
	out, _, err := s.kept(ctx, r)
	return out, err
}

// kept is Kept; notKept says why the cache did not take the report, which is no fault of it.
func (s *Service) kept(ctx context.Context, r Request) (out clientele.ContractReport, notKept, err error) {
	return kept.Answer(ctx, s.answers, func() (kept.Work[clientele.ContractReport], error) {
		q, err := s.question(ctx, r)
		return kept.Work[clientele.ContractReport]{Question: q, Compute: func() (clientele.ContractReport, error) { return s.Report(ctx, r) }}, err
	})
}

func (s *Service) question(ctx context.Context, r Request) (kept.Question, error) {
	settings, err := s.book.Settings(ctx)
	return kept.Question{Kind: "contracts", Asked: []any{r, settings}}, err
}

// Report tells of contracts. Errors: CodeNotFound if no contract had begun by then,
// CodeUnbalanced if running contracts do not come to the movement of recurring amounts.
func (s *Service) Report(ctx context.Context, r Request) (clientele.ContractReport, error) {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return clientele.ContractReport{}, err
	}
	last, err := s.lastDay(ctx, settings)
	if err != nil {
		return clientele.ContractReport{}, err
	}
	if r.AsOf == 0 {
		r.AsOf = last
	}
	counted, err := s.warehouse.Contracts(ctx, warehouse.ContractQuery{
		AsOf: r.AsOf, GraceDays: settings.Definition.GraceDays, KnownFrom: r.KnownFrom, Told: r.AsOf >= last,
	})
	if err != nil {
		return clientele.ContractReport{}, err
	}
	if len(counted.Spells) == 0 {
		return clientele.ContractReport{}, noContracts("no contract had begun by %s", r.AsOf)
	}
	b := newBuilder(settings, r.AsOf, counted)
	if err := b.groups(); err != nil {
		return clientele.ContractReport{}, err
	}
	b.renewals()
	if err := s.change(ctx, b); err != nil {
		return clientele.ContractReport{}, err
	}
	b.warn()
	return b.report, nil
}

func noContracts(format string, args ...any) error {
	return clientele.Errorf(clientele.CodeNotFound, format, args...).WithHint("Import them with: clientele import BOOK FILE --as subscriptions")
}

// lastDay is the last day of the records.
func (s *Service) lastDay(ctx context.Context, settings clientele.Settings) (clientele.Date, error) {
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return 0, err
	}
	known, err := settings.LastImport(imports)
	if err != nil {
		return 0, err
	}
	span, found, err := s.warehouse.Span(ctx, warehouse.SpanQuery{Kind: clientele.Contracts, Known: known})
	if err == nil && !found {
		err = noContracts("there are no contracts in the records yet")
	}
	return span.LastDay, err
}

// change is the movement of recurring amounts over twelve months, which the running
// contracts must come to.
func (s *Service) change(ctx context.Context, b *builder) error {
	r := &b.report
	definition := r.Definition
	definition.Kind = clientele.Contracts
	period := clientele.Period{From: (r.AsOf + 1).AddMonths(-12), To: r.AsOf}
	m, err := s.warehouse.Movement(ctx, warehouse.MovementQuery{Period: period, Definition: definition})
	if err != nil {
		return err
	}
	v := *m.Total.Recurring
	if m.Total.Heads.Closing != r.All.Active || !v.Closing.Equal(r.All.Recurring) {
		return clientele.Errorf(clientele.CodeUnbalanced, "contracts that run as of %s are %d and %s, and %d and %s by their movement",
			r.AsOf, r.All.Active, r.All.Recurring, m.Total.Heads.Closing, v.Closing).WithHint("This is a mistake of the program: please report it with the file that shows it.")
	}
	r.Year = &clientele.RecurringChange{Period: period, Value: v}
	r.Year.GRR, r.Year.NRR = v.Kept()
	return nil
}

// warn says what bears on the figures.
func (b *builder) warn() {
	r := &b.report
	say := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	if b.settings.Margin == nil {
		say("Worth is at revenue: no margin is given, so every unit of revenue counts in full. Set margin in book.toml.")
	}
	if r.Definition.Kind == clientele.Orders {
		say("The definition counts orders alone: statements leave these contracts out until its kind is contracts or both.")
	}
	if r.All.Unpriced > 0 {
		say("Running contracts with an amount that is unknown, which count as nothing: %d.", r.All.Unpriced)
	}
	if r.All.LateEntry > 0 {
		say("Contracts known of from some time after their start only, which are at risk from then on: %d.", r.All.LateEntry)
	}
	if n, share := survivors(r.All, r.Cohorts); n > 0 {
		say("Of the %d contracts begun in some years nobody left within a year, though %.0f %% of all do: who left earlier seems to be missing. If the base was migrated in, say from when on ends are on record, with --known-from or the field known_from.", n, 100*share)
	}
}

// fewestCohort is the size from which a cohort that nobody left within a year is strange, where
// one in twenty leave: chance leaves less than one in a hundred such cohorts whole (.95^100).
const fewestCohort = 100

// survivors counts the contracts of cohorts that look like survivors alone, and gives the share of all
// contracts that ends within a year. It says nothing where late entry is told already.
func survivors(all clientele.ContractGroup, cohorts []clientele.ContractGroup) (n int64, ended float64) {
	stay, known := all.Longer(12)
	if !known || stay > .95 || all.LateEntry > 0 {
		return 0, 0
	}
	for _, c := range cohorts {
		if share, known := c.Longer(12); known && share == 1 && c.Contracts >= fewestCohort {
			n += c.Contracts
		}
	}
	return n, 1 - stay
}
