package definition

import (
	"context"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/store"
)

// LedgerName is the ledger that definitions are signed into.
const LedgerName = "definitions"

// bookFile is who a version comes from that nobody proposed.
const bookFile = "book.toml"

// signed is what an entry of the ledger says: either is set.
type signed struct {
	Proposed *proposal `json:"proposed,omitempty"`
	Approved *approval `json:"approved,omitempty"`
}

type proposal struct {
	Version int      `json:"version"`
	Base    int      `json:"base"` // the version in force when it was proposed; 0 for that of book.toml
	Terms   Terms    `json:"terms"`
	Changes []Change `json:"changes"` // of the base
	Why     string   `json:"why"`
}

type approval struct {
	Version int    `json:"version"`
	Hash    string `json:"proposal"` // of the proposal that was approved
}

// State is where a version stands.
type State string

// The states of a version.
const (
	Proposed State = "proposed"
	InForce  State = "in force"
	Replaced State = "replaced" // it was in force
	Outdated State = "outdated" // proposed, and another version came into force since
)

// Version is a version of the definition with who answers for it.
type Version struct {
	Number     int        `json:"version"`
	State      State      `json:"state"`
	Terms      Terms      `json:"terms"`
	Base       int        `json:"base"`    // the version that it changes; 0 for the first
	Changes    []Change   `json:"changes"` // what it changes
	Why        string     `json:"why"`
	ProposedBy string     `json:"proposed_by"` // book.toml for the first
	ProposedAt *time.Time `json:"proposed_at"` // null for what book.toml says and nobody signed
	ApprovedBy string     `json:"approved_by"` // "" until somebody did; the first needs nobody
	ApprovedAt *time.Time `json:"approved_at"`
	Hash       string     `json:"hash"` // in the ledger: of the approval or, before it, of the proposal
}

// Parts are what the service works with.
type Parts struct {
	Ledgers    store.Ledgers
	Written    clientele.Settings // what book.toml says
	Statements Statements
	Now        func() time.Time // nil: the clock
}

// Service keeps the definitions of one book. Its methods may be called from several goroutines.
type Service struct {
	ledger     *ledger.Ledger[signed]
	written    clientele.Settings
	statements Statements

	// Changed, unless nil, is told that another version is in force.
	Changed func(ctx context.Context)
}

// New makes the service.
func New(p Parts) *Service {
	return &Service{ledger: ledger.New[signed](p.Ledgers, LedgerName, p.Now), written: p.Written, statements: p.Statements}
}

// Settings are those in force: what book.toml says, with the definition that holds.
// CodeInvalid if the ledger is not as it was signed.
func (s *Service) Settings(ctx context.Context) (clientele.Settings, error) {
	h, err := s.read(ctx)
	if err != nil {
		return clientele.Settings{}, err
	}
	return h.settings(s, h.inForce()), nil
}

// Versions lists every version by number. Errors are those of Settings.
func (s *Service) Versions(ctx context.Context) ([]Version, error) {
	h, err := s.read(ctx)
	return h.versions, err
}

// Version returns a version; number 0 is the one in force. CodeNotFound if there is none of
// that number.
func (s *Service) Version(ctx context.Context, number int) (Version, error) {
	h, err := s.read(ctx)
	if err != nil {
		return Version{}, err
	}
	if number == 0 {
		return h.inForce(), nil
	}
	return h.version(number)
}

// Disagreements are the terms in which book.toml differs from the version in force, whose
// terms hold. There are none before the first proposal.
func (s *Service) Disagreements(ctx context.Context) ([]Change, error) {
	h, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return changes(h.inForce().Terms, termsOf(s.written)), nil
}

// Verify names the entries of the ledger that are not as they were signed.
func (s *Service) Verify(ctx context.Context) ([]ledger.Finding, error) { return s.ledger.Verify(ctx) }

// Propose signs a new version, the one in force with an edit. Errors: CodeInvalid if it
// changes nothing, makes no sense, or lacks a reason or a name; CodeConflict if somebody
// signed at the same time.
func (s *Service) Propose(ctx context.Context, e Edit, why, by string) (Version, error) {
	h, err := s.read(ctx)
	if err != nil {
		return Version{}, err
	}
	base := h.inForce()
	terms := e.of(base.Terms)
	p := proposal{Version: h.last() + 1, Base: base.Number, Terms: terms, Changes: changes(base.Terms, terms), Why: strings.TrimSpace(why)}
	switch err := h.settings(s, Version{Number: p.Version, Terms: terms}).Validate(); {
	case err != nil:
		return Version{}, err
	case len(p.Changes) == 0:
		return Version{}, clientele.Errorf(clientele.CodeInvalid, "the proposal changes nothing of version %d", base.Number).
			WithHint("Say what it changes: the kind of business, lapse days, grace days, the margin or the discount rate.")
	case p.Why == "":
		return Version{}, clientele.Errorf(clientele.CodeInvalid, "the proposal says no reason").WithHint("Say why the definition has to change.")
	}
	if len(h.entries) == 0 {
		first := signed{Proposed: &proposal{Version: base.Number, Terms: base.Terms, Changes: []Change{}, Why: base.Why}}
		begun, err := s.ledger.Add(ctx, nil, bookFile, first)
		if err != nil {
			return Version{}, err
		}
		h.entries = append(h.entries, begun)
	}
	if _, err := s.ledger.Add(ctx, h.entries, by, signed{Proposed: &p}); err != nil {
		return Version{}, err
	}
	return s.Version(ctx, p.Version)
}

// Approve brings a proposed version into force, at once. Errors: CodeNotFound if there is
// no such version; CodeConflict if it is not open to approval, by is who proposed it, or
// somebody signed at the same time; CodeInvalid without a name.
func (s *Service) Approve(ctx context.Context, number int, by string) (Version, error) {
	h, err := s.read(ctx)
	if err != nil {
		return Version{}, err
	}
	v, err := h.version(number)
	if err != nil {
		return v, err
	}
	if err := approvable(v, by, h.inForce()); err != nil {
		return v, err
	}
	if _, err := s.ledger.Add(ctx, h.entries, by, signed{Approved: &approval{v.Number, v.Hash}}); err != nil {
		return v, err
	}
	if s.Changed != nil {
		s.Changed(ctx)
	}
	return s.Version(ctx, number)
}

func approvable(v Version, by string, inForce Version) error {
	switch {
	case v.State == InForce || v.State == Replaced:
		return clientele.Errorf(clientele.CodeConflict, "version %d needs no approval: it is %s", v.Number, v.State).
			WithHint("To return to it, propose its terms again.")
	case v.State == Outdated:
		return clientele.Errorf(clientele.CodeConflict, "version %d changes version %d, and version %d is in force since", v.Number, v.Base, inForce.Number).
			WithHint("Propose it again, as a change of version %d.", inForce.Number)
	case strings.EqualFold(strings.Join(strings.Fields(by), " "), v.ProposedBy):
		return clientele.Errorf(clientele.CodeConflict, "%s proposed version %d and cannot approve it", v.ProposedBy, v.Number).
			WithHint("Have somebody else look at what it would have done, and approve it.")
	}
	return nil
}
