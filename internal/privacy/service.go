package privacy

import (
	"context"
	"iter"
	"path/filepath"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Records is what the service asks of the records.
type Records interface {
	warehouse.Persons
	Loaded(ctx context.Context) ([]warehouse.LoadedBatch, error)
	Rejects(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error]
}

// Store is what the service asks of the operational records.
type Store interface {
	store.Ledgers
	store.Decisions
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
	Scrub(ctx context.Context) error
	Texts(ctx context.Context) iter.Seq2[store.KeptText, error]
	EventsOf(ctx context.Context, customer string) iter.Seq2[store.EventMessage, error]
	EraseEventsOf(ctx context.Context, customer string) (int64, error)
	EraseMailsOf(ctx context.Context, customer string) (int64, error)
	CasesOf(ctx context.Context, customer string) ([]store.KeptCase, error)
	CaseEvents(ctx context.Context, number int64) ([]store.CaseEvent, error)
	EraseCasesOf(ctx context.Context, customer string) (int64, error)
	InvitationsOf(ctx context.Context, customer string) iter.Seq2[store.KeptInvitation, error]
	AnswersOf(ctx context.Context, invitation string) ([]store.KeptAnswer, error)
	EraseInvitationsOf(ctx context.Context, customer string) (int64, error)
}

// Parts are what the service works with.
type Parts struct {
	Dir      string // of the book
	Importer *ingest.Importer
	Landing  *ingest.Landing
	Records  Records
	Store    Store
	Audit    *audit.Log
	Periods  map[string]config.Period // how long what is kept, by its name in book.toml
	// ForgetCopies removes what lies in the book beside accepted files and may name
	// people: uploads that wait, prepared files, records that were set aside. It returns
	// how many uploads there were.
	ForgetCopies func() (uploads int, err error)
	// Quiet runs f while no job goes on with what is being erased; see job.Queue. It may
	// refuse, with CodeConflict.
	Quiet func(ctx context.Context, f func() error) error
	Now   func() time.Time // nil: the clock
}

// Service answers for one book. Its methods may be called from several goroutines.
type Service struct {
	parts    Parts
	erasures *ledger.Ledger[Signed]
}

// New makes the service, and has the importer leave out who was erased.
func New(p Parts) *Service {
	if p.Now == nil {
		p.Now = time.Now
	}
	s := &Service{p, ledger.New[Signed](p.Store, ledgerName, p.Now)}
	p.Importer.Erased = s.without
	return s
}

// ledgerName names the ledger of what was erased.
const ledgerName = "erasures"

// Signed is what the ledger of erasures says of one.
type Signed struct {
	ID      string   `json:"id"` // of the erasure, by which it is found when it is finished after a crash
	What    What     `json:"what"`
	Why     string   `json:"why"`
	Persons int      `json:"persons"`
	Digests []string `json:"digests"` // tombstones that were set, or taken away by Allowed
	Files   []File   `json:"files"`
}

// What was done.
type What string

// What can be done.
const (
	Erased   What = "erased"
	Replayed What = "replayed" // tombstones of a later time, on a restored backup
	Retained What = "retained" // the period that data is kept was over
	Allowed  What = "allowed"  // people who were erased may come in again
)

// File is a file that was written anew.
type File struct {
	Name    string         `json:"name"`
	Kind    clientele.Kind `json:"kind"`
	Old     string         `json:"old"` // SHA-256
	New     string         `json:"new"`
	Rows    int64          `json:"rows"`    // that were changed
	Removed int64          `json:"removed"` // that are gone
}

// stagingName is where in the book an erasure lies until it is finished.
const stagingName = "erasing"

func (s *Service) staged(name string) string {
	return filepath.Join(s.parts.Dir, stagingName, name)
}
