package statement

import (
	"context"

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
}

// Cache keeps computed values by key; it may forget them at any time.
type Cache interface {
	// Get returns the value; ok is false when the cache has none.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Put(ctx context.Context, key string, value []byte) error
}

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Service makes statements of one book. Its methods may be called from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	models    *modelling.Service
	book      Book
	cache     Cache
	program   string
}

// New makes the service; program is the version of the running program, which
// separates cached figures of different versions.
func New(w warehouse.Warehouse, m *modelling.Service, b Book, c Cache, program string) *Service {
	return &Service{warehouse: w, models: m, book: b, cache: c, program: program}
}

// Statement computes the statement of a period, or reads it from the cache.
// Progress may be nil. Errors: CodeNotFound if the records have no such
// attribute, CodeUnbalanced if a movement does not balance, and the warehouse's own.
func (s *Service) Statement(ctx context.Context, r Request, progress Progress) (clientele.Statement, error) {
	panic("not yet")
}

// Ready returns the statement if it is in the cache; ok is false if it has to
// be computed first.
func (s *Service) Ready(ctx context.Context, r Request) (st clientele.Statement, ok bool, err error) {
	panic("not yet")
}
