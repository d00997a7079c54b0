package statement

import (
	"context"
	"errors"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Request asks for the statement of a period, split by a customer attribute
// unless By is "".
type Request struct {
	Period clientele.Period
	By     string
}

// Book is what a statement needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
	// Imports lists every accepted file by sequence, loaded or not.
	Imports(ctx context.Context) ([]clientele.ImportRef, error)
	// ClosedOn returns the last close of a period that ends on a day; ok is false if
	// there is none.
	ClosedOn(ctx context.Context, day clientele.Date) (c clientele.Close, ok bool, err error)
	// ContractWorth returns what contracts that run at the close of a day are worth, by the
	// settings of this book; refused says why that cannot be told. Both are nothing if no
	// contract had begun.
	ContractWorth(ctx context.Context, asOf clientele.Date) (worth *clientele.ContractEquity, refused string, err error)
}

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Service makes statements of one book. Its methods may be called from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	models    *modelling.Service
	book      Book
	answers   *kept.Answers
}

// New makes the service; program is the version of the running program, which
// separates cached figures of different versions.
func New(w warehouse.Warehouse, m *modelling.Service, b Book, c store.Cache, program string) *Service {
	return &Service{w, m, b, kept.New(c, m, program)}
}

// basis is everything that makes a statement, beside the records themselves.
type basis struct {
	Request  Request
	Data     string // version of the records
	Settings clientele.Settings
	Imports  []clientele.ImportRef
}

// question is what is asked of a basis; more is what makes the answer beside it.
func (b basis) question(kind string, more ...any) kept.Question {
	return kept.Question{Kind: kind, Asked: append([]any{b.Request, b.Settings}, more...), State: b.Imports}
}

func (s *Service) basis(ctx context.Context, r Request) (basis, error) {
	b := basis{Request: r}
	var err error
	if b.Data, err = s.models.DataVersion(ctx); err != nil {
		return b, err
	}
	if b.Settings, err = s.book.Settings(ctx); err != nil {
		return b, err
	}
	b.Imports, err = s.book.Imports(ctx)
	return b, err
}

// Statement returns the statement of a period, computed or from the cache: of one
// state of the records, anew if a batch came meanwhile. Progress may be nil. Errors: CodeNotFound if the records have no such
// attribute, CodeUnbalanced if a movement does not balance, and the warehouse's own.
func (s *Service) Statement(ctx context.Context, r Request, progress Progress) (clientele.Statement, error) {
	read := s.Read()
	defer read.Close()
	return read.Statement(ctx, r, progress)
}

// Statement is Service.Statement.
func (r *Reading) Statement(ctx context.Context, q Request, progress Progress) (clientele.Statement, error) {
	st, _, err := r.statement(ctx, q, progress)
	return st, err
}

// Prepare has a statement ready for Ready. Its errors are those of Statement and,
// if the statement could not be kept, the cache's.
func (s *Service) Prepare(ctx context.Context, r Request, progress Progress) error {
	read := s.Read()
	defer read.Close()
	_, notKept, err := read.statement(ctx, r, progress)
	return errors.Join(err, notKept)
}

// statement computes a statement, or finds it in the cache; notKept says why the cache
// did not take it, which is no fault of the statement.
func (r *Reading) statement(ctx context.Context, q Request, progress Progress) (st clientele.Statement, notKept, err error) {
	if progress == nil {
		progress = func(string, float64) {}
	}
	return kept.Answer(ctx, r.service.answers, func() (kept.Work[clientele.Statement], error) {
		b, err := r.service.basis(ctx, q)
		return kept.Work[clientele.Statement]{Question: b.question("statement"), Compute: func() (clientele.Statement, error) { return r.compute(ctx, b, progress) }}, err
	})
}

// Ready returns the statement if it is in the cache; ok is false if it has to
// be computed first.
func (s *Service) Ready(ctx context.Context, r Request) (st clientele.Statement, ok bool, err error) {
	b, err := s.basis(ctx, r)
	if err != nil {
		return st, false, err
	}
	return kept.Ready[clientele.Statement](ctx, s.answers, b.question("statement"))
}

// Latest is Ready, or else the statement that was computed last, of what the records held
// then.
func (s *Service) Latest(ctx context.Context, r Request) (st clientele.Statement, is kept.Is, err error) {
	b, err := s.basis(ctx, r)
	if err != nil {
		return st, is, err
	}
	return kept.Latest[clientele.Statement](ctx, s.answers, b.question("statement"))
}
