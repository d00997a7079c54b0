package contract

import (
	"context"
	"fmt"
	"time"

	"github.com/clientele/clientele"
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
}

// New makes the service.
func New(w warehouse.Warehouse, b Book) *Service { return &Service{w, b} }

// Request asks for contracts as of the close of a day; the zero day is the last of the
// records. KnownFrom, if not 0, is the day from which on the records know who left.
type Request struct{ AsOf, KnownFrom clientele.Date }

// Report tells of contracts. Errors: CodeNotFound if no contract had begun by then, CodeUnbalanced if running
// contracts do not come to the movement of recurring amounts.
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
	zone, err := time.LoadLocation(settings.TimeZone)
	if err != nil {
		return 0, clientele.Errorf(clientele.CodeInvalid, "there is no time zone %q", settings.TimeZone).Because(err)
	}
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return 0, err
	}
	q := warehouse.SpanQuery{Kind: clientele.Contracts}
	for _, i := range imports {
		q.Known = max(q.Known, clientele.DateOf(i.At.In(zone)))
	}
	span, found, err := s.warehouse.Span(ctx, q)
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
}
