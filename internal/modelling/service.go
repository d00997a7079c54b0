package modelling

import (
	"context"

	"github.com/clientele/clientele/internal/warehouse"
)

// Cache keeps computed values by key; it may forget them at any time.
type Cache interface {
	// Get returns the value; ok is false when the cache has none.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Put(ctx context.Context, key string, value []byte) error
}

// Service fits models to the records of one book. Its methods may be called
// from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	cache     Cache
	program   string
}

// New makes the service; program is the version of the running program, which
// separates cached runs of different versions.
func New(w warehouse.Warehouse, c Cache, program string) *Service {
	return &Service{warehouse: w, cache: c, program: program}
}
