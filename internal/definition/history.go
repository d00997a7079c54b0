package definition

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
)

// history is the ledger as it reads.
type history struct {
	entries  []ledger.Entry[signed]
	versions []Version // by number; one at least
}

// read follows the ledger; before the first proposal it is what book.toml says.
func (s *Service) read(ctx context.Context) (history, error) {
	entries, err := s.ledger.Entries(ctx)
	if err != nil {
		return history{}, err
	}
	h := history{entries: entries}
	if len(entries) == 0 {
		h.versions = []Version{{
			Number: s.written.Definition.Version, State: InForce, Terms: termsOf(s.written), Changes: []Change{},
			Why: "what book.toml says", ProposedBy: bookFile,
		}}
		return h, nil
	}
	for _, e := range entries {
		if err := h.add(e); err != nil {
			return h, err
		}
	}
	return h, nil
}

// add takes an entry in.
func (h *history) add(e ledger.Entry[signed]) error {
	if p := e.Body.Proposed; p != nil {
		v := Version{
			Number: p.Version, State: Proposed, Terms: p.Terms, Base: p.Base, Changes: p.Changes, Why: p.Why,
			ProposedBy: e.By, ProposedAt: &e.At, Hash: e.Hash,
		}
		if p.Base == 0 {
			v.State = InForce
		}
		h.versions = append(h.versions, v)
		return nil
	}
	a := e.Body.Approved
	if a == nil {
		return clientele.Errorf(clientele.CodeInvalid, "entry %d of the definitions is of a kind that this program does not know", e.Number).
			WithHint("Use the version of Clientele that wrote it, or a later one.")
	}
	for i := range h.versions {
		switch v := &h.versions[i]; {
		case v.Number == a.Version:
			v.State, v.ApprovedBy, v.ApprovedAt, v.Hash = InForce, e.By, &e.At, e.Hash
		case v.State == InForce:
			v.State = Replaced
		case v.State == Proposed:
			v.State = Outdated
		}
	}
	return nil
}

func (h history) last() int { return h.versions[len(h.versions)-1].Number }

func (h history) inForce() Version {
	for _, v := range h.versions {
		if v.State == InForce {
			return v
		}
	}
	return h.versions[0]
}

func (h history) version(number int) (Version, error) {
	for _, v := range h.versions {
		if v.Number == number {
			return v, nil
		}
	}
	return Version{}, clientele.Errorf(clientele.CodeNotFound, "there is no version %d of the definition", number).
		WithHint("Versions go from %d to %d.", h.versions[0].Number, h.last())
}

// settings are those of the book by a version.
func (h history) settings(s *Service, v Version) clientele.Settings {
	return v.Terms.settle(s.written, v.Number)
}
