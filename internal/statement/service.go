package statement

import (
	"context"
	"errors"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
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
	cache     modelling.Cache
	program   string
	recent    *lru.Cache[string, any] // answers as they were read last, which nobody changes: many ask for the same
}

// mostRecent is how many those are.
const mostRecent = 32

// New makes the service; program is the version of the running program, which
// separates cached figures of different versions.
func New(w warehouse.Warehouse, m *modelling.Service, b Book, c modelling.Cache, program string) *Service {
	recent, _ := lru.New[string, any](mostRecent) // fails for sizes below 1 alone
	return &Service{warehouse: w, models: m, book: b, cache: c, program: program, recent: recent}
}

// basis is everything that makes a statement, beside the records themselves.
type basis struct {
	Request  Request
	Data     string // version of the records
	Settings clientele.Settings
	Imports  []clientele.ImportRef
	Program  string
}

// lasting is the basis whatever the records hold.
func (b basis) lasting() basis {
	b.Data, b.Imports = "", nil
	return b
}

func (b basis) keys() (keys, error) { return keysOf("statement", b, b.lasting()) }

func (s *Service) basis(ctx context.Context, r Request) (basis, error) {
	b := basis{Request: r, Program: s.program}
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
	return answer(ctx, r.service, func() (work[clientele.Statement], error) {
		b, err := r.service.basis(ctx, q)
		if err != nil {
			return work[clientele.Statement]{}, err
		}
		keys, err := b.keys()
		return work[clientele.Statement]{keys, b.Data, func() (clientele.Statement, error) { return r.compute(ctx, b, progress) }}, err
	})
}

// Ready returns the statement if it is in the cache; ok is false if it has to
// be computed first.
func (s *Service) Ready(ctx context.Context, r Request) (st clientele.Statement, ok bool, err error) {
	b, err := s.basis(ctx, r)
	if err != nil {
		return st, false, err
	}
	keys, err := b.keys()
	if err != nil {
		return st, false, err
	}
	return kept[clientele.Statement](ctx, s, keys.now)
}

// Latest is Ready, or else the statement that was computed last, of what the records held
// then.
func (s *Service) Latest(ctx context.Context, r Request) (st clientele.Statement, is Kept, err error) {
	b, err := s.basis(ctx, r)
	if err != nil {
		return st, is, err
	}
	keys, err := b.keys()
	if err != nil {
		return st, is, err
	}
	return latest[clientele.Statement](ctx, s, keys)
}
