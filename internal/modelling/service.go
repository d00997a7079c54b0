package modelling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Cache keeps computed values by key; it may forget them at any time.
type Cache interface {
	// Get returns the value; ok is false when the cache has none.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Put(ctx context.Context, key string, value []byte) error
}

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Service fits models to the records of one book. Its methods may be called
// from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	cache     Cache
	program   string
	turn      chan struct{} // one fit at a time: a second asker finds it in the cache
}

// New makes the service; program is the version of the running program, which
// separates cached runs of different versions.
func New(w warehouse.Warehouse, c Cache, program string) *Service {
	return &Service{warehouse: w, cache: c, program: program, turn: make(chan struct{}, 1)}
}

// DataVersion names the state of the records: it changes with every batch.
func (s *Service) DataVersion(ctx context.Context) (string, error) {
	batches, err := s.warehouse.Loaded(ctx)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, b := range batches {
		fmt.Fprintf(h, "%d %q\n", b.Sequence, b.ID)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Run returns the model run as of a day: the saved one, or a new one that is
// fitted to the summary, checked and saved. The summary must be of that day, and
// version the DataVersion before it was made: were it asked for later, a batch
// that came between would have an old summary saved for the new records. A model that the data cannot carry is a Run with Refused, not an error.
func (s *Service) Run(ctx context.Context, asOf clientele.Date, version string, summary warehouse.Summary, p Progress) (*Run, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s", version, asOf, s.program))
	id := hex.EncodeToString(sum[:8])
	run, ok, err := s.saved(ctx, id)
	if ok || err != nil {
		return run, err
	}
	run = &Run{ID: id, AsOf: asOf, DataVersion: version}
	if err := s.fit(ctx, run, summary, p); err != nil {
		return nil, err
	}
	b, err := json.Marshal(run)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "a model run cannot be saved").Because(err)
	}
	_ = s.cache.Put(ctx, key(id), b) // a run that the cache has no room for holds all the same
	return run, nil
}

func key(id string) string { return "model/" + id }

// saved returns the run that the cache holds. One that cannot be read is none.
func (s *Service) saved(ctx context.Context, id string) (run *Run, ok bool, err error) {
	b, ok, err := s.cache.Get(ctx, key(id))
	if err != nil || !ok {
		return nil, false, err
	}
	run = &Run{}
	ok = json.Unmarshal(b, run) == nil
	return run, ok, nil
}
