package modelling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
)

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Service fits models to the records of one book. Its methods may be called
// from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	cache     store.Cache
	decisions store.Decisions
	program   string
	turn      chan struct{} // one fit at a time: a second asker finds it in the cache
}

// New makes the service; program is the version of the running program, which
// separates cached runs of different versions.
func New(w warehouse.Warehouse, c store.Cache, d store.Decisions, program string) *Service {
	return &Service{warehouse: w, cache: c, decisions: d, program: program, turn: make(chan struct{}, 1)}
}

// DataVersion names the state of the records, and of what was decided on how to
// model them: it changes with every batch and every comparison.
func (s *Service) DataVersion(ctx context.Context) (string, error) {
	batches, err := s.warehouse.Loaded(ctx)
	if err != nil {
		return "", err
	}
	c, err := s.chosen(ctx)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, b := range batches {
		fmt.Fprintf(h, "%d %q\n", b.Sequence, b.ID)
	}
	if c.choice != nil {
		fmt.Fprintf(h, "%q %d\n", c.choice.Name, c.choice.At.UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// chosen is the model to use, and the choice behind it: nil if it is the default.
type chosen struct {
	kind   btyd.Kind
	choice *clientele.ModelChoice
}

func defaultKind() btyd.Kind { return btyd.Kinds()[0] }

// choiceName is the decision on which model to use.
const choiceName = "model"

// Choice returns the choice of the last comparison, nil if there was none.
func (s *Service) Choice(ctx context.Context) (*clientele.ModelChoice, error) {
	c, err := s.chosen(ctx)
	return c.choice, err
}

// chosen reads the choice. One that this program cannot use is none.
func (s *Service) chosen(ctx context.Context) (chosen, error) {
	text, ok, err := s.decisions.Decided(ctx, choiceName)
	if err != nil || !ok {
		return chosen{kind: defaultKind()}, err
	}
	choice := new(clientele.ModelChoice)
	if json.Unmarshal(text, choice) != nil {
		return chosen{kind: defaultKind()}, nil
	}
	kind, known := btyd.KindOf(choice.Name)
	if !known {
		return chosen{kind: defaultKind()}, nil
	}
	return chosen{kind, choice}, nil
}

// Run returns the model run as of a day: the saved one, or a new one of the chosen
// model that is fitted to the summary, checked and saved. The summary must be of
// that day, and version the DataVersion before it was made: were it asked for later,
// a batch that came between would have an old summary saved for the new records. A
// model that the data cannot carry is a Run with Refused, not an error. Progress may
// be nil.
func (s *Service) Run(ctx context.Context, asOf clientele.Date, version string, summary warehouse.Summary, p Progress) (*Run, error) {
	return s.run(ctx, asOf, version, summary, p, true)
}

// Assumptions is Run without the check, unless that was made before: for those who hold
// the model against what came after the day themselves.
func (s *Service) Assumptions(ctx context.Context, asOf clientele.Date, version string, summary warehouse.Summary, p Progress) (*Run, error) {
	return s.run(ctx, asOf, version, summary, p, false)
}

func (s *Service) run(ctx context.Context, asOf clientele.Date, version string, summary warehouse.Summary, p Progress, checked bool) (*Run, error) {
	if p == nil {
		p = func(string, float64) {}
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	id := s.id(asOf, version)
	run, key := new(Run), runKey(id)
	ok, err := s.saved(ctx, key, run)
	if !ok && err == nil && !checked {
		key = "assumptions/" + id
		ok, err = s.saved(ctx, key, run)
	}
	if ok || err != nil {
		return run, err
	}
	c, err := s.chosen(ctx)
	if err != nil {
		return nil, err
	}
	run = &Run{ID: id, AsOf: asOf, DataVersion: version, Trust: clientele.ModelTrust{Verdict: clientele.Unchecked, Todo: []string{}}}
	if err := s.fit(ctx, run, c, summary, p); err != nil {
		return nil, err
	}
	if checked {
		if err := s.holdAgainst(ctx, run, c, p); err != nil {
			return nil, err
		}
	}
	if err := s.save(ctx, key, run); clientele.CodeOf(err) == clientele.CodeInternal {
		return nil, err
	}
	return run, nil // one that the cache has no room for holds all the same
}

// RunAsOf returns the model run as of a day, of the records as they are now: the saved
// one, or one that Run makes.
func (s *Service) RunAsOf(ctx context.Context, asOf clientele.Date) (*Run, error) {
	if run, ok, err := s.Kept(ctx, asOf); ok || err != nil {
		return run, err
	}
	version, err := s.DataVersion(ctx)
	if err != nil {
		return nil, err
	}
	summary, err := s.warehouse.Summarise(ctx, asOf)
	if err != nil {
		return nil, err
	}
	defer summary.Close()
	return s.Run(ctx, asOf, version, summary, nil)
}

// Kept returns the model run as of a day, of the records as they are now, if it was saved.
func (s *Service) Kept(ctx context.Context, asOf clientele.Date) (run *Run, ok bool, err error) {
	version, err := s.DataVersion(ctx)
	if err != nil {
		return nil, false, err
	}
	run = new(Run)
	ok, err = s.saved(ctx, runKey(s.id(asOf, version)), run)
	return run, ok, err
}

// id names the run as of a day.
func (s *Service) id(asOf clientele.Date, version string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s", version, asOf, s.program))
	return hex.EncodeToString(sum[:8])
}

func runKey(id string) string { return "model/" + id }

// saved reads what the cache holds. What cannot be read is none.
func (s *Service) saved(ctx context.Context, key string, to any) (ok bool, err error) {
	text, ok, err := s.cache.Get(ctx, key)
	if err != nil || !ok {
		return false, err
	}
	return json.Unmarshal(text, to) == nil, nil
}

func (s *Service) save(ctx context.Context, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return clientele.Errorf(clientele.CodeInternal, "a model run cannot be saved").Because(err)
	}
	return s.cache.Put(ctx, key, text)
}
