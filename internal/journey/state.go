package journey

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele/internal/store"
)

// state is a part with all that an edit can change. Its notes stand in Notes alone.
type state struct {
	Part  store.KeptPart    `json:"part"`
	Notes Notes             `json:"notes"`
	Past  []store.KeptOwner `json:"past,omitempty"` // the latest first
}

// step is what happens to one part: it is made if there is no Before, and removed if there
// is no After.
type step struct {
	Before *state `json:"before,omitempty"`
	After  *state `json:"after,omitempty"`
}

// reversed are steps that take steps back.
func reversed(steps []step) (back []step) {
	for _, s := range slices.Backward(steps) {
		back = append(back, step{s.After, s.Before})
	}
	return back
}

// of is the part that a step is about, as it is after it, or was.
func (s step) of() *state {
	if s.After != nil {
		return s.After
	}
	return s.Before
}

// aspect is one thing of a part that an edit can change, and another leave.
type aspect struct {
	name string
	of   func(*state) string   // to be compared
	take func(to, from *state) // makes one like that of another
	text bool                  // its words are told to readers of the map alone
}

const (
	aspectPlace = "place"
	aspectName  = "name"
	aspectOwner = "owner"
)

var aspects = []aspect{
	{aspectPlace, func(s *state) string { return fmt.Sprint(s.Part.Parent, "/", s.Part.Position) }, func(to, from *state) {
		to.Part.Parent, to.Part.Position = from.Part.Parent, from.Part.Position
	}, false},
	{aspectName, func(s *state) string { return s.Part.Name }, func(to, from *state) { to.Part.Name, to.Part.Key = from.Part.Name, from.Part.Key }, false},
	{aspectOwner, ownerKey, func(to, from *state) { to.Part.Owner, to.Past = from.Part.Owner, from.Past }, false},
	{"what customers do", func(s *state) string { return s.Notes.Customers }, func(to, from *state) { to.Notes.Customers = from.Notes.Customers }, true},
	{"promise", func(s *state) string { return s.Notes.Promise }, func(to, from *state) { to.Notes.Promise = from.Notes.Promise }, true},
	{"standard", func(s *state) string { return s.Notes.Standard }, func(to, from *state) { to.Notes.Standard = from.Notes.Standard }, true},
	{"problems", func(s *state) string { return strings.Join(s.Notes.Problems, "\n") }, func(to, from *state) { to.Notes.Problems = from.Notes.Problems }, true},
	{"voices", func(s *state) string { return s.Notes.Voices }, func(to, from *state) { to.Notes.Voices = from.Notes.Voices }, true},
	{"actions", func(s *state) string { return s.Notes.Actions }, func(to, from *state) { to.Notes.Actions = from.Notes.Actions }, true},
}

func ownerKey(s *state) string {
	if s.Part.Owner == nil {
		return ""
	}
	o := s.Part.Owner
	return fmt.Sprint(o.Person, "/", o.Name, "/", o.Since.UnixMilli())
}

// differing names the aspects in which two states differ.
func differing(a, b *state) (names []string) {
	for _, x := range aspects {
		if x.of(a) != x.of(b) {
			names = append(names, x.name)
		}
	}
	return names
}

// kept is a state as the store takes it.
func (s *state) kept() (store.KeptPart, error) {
	p := s.Part
	p.Notes = nil
	if p.Kind != IsTouchpoint {
		return p, nil
	}
	notes, err := json.Marshal(s.Notes)
	p.Notes = notes
	return p, err
}

// copied is a state that can be changed.
func (s *state) copied() *state {
	c := *s
	return &c
}

// told is what the audit tells of a part: texts may name customers, and stay out of it.
type told struct {
	Name     string           `json:"name"`
	Parent   string           `json:"parent,omitempty"`
	Position int64            `json:"position"`
	Owner    *store.KeptOwner `json:"owner,omitempty"`
	Changed  []string         `json:"changed,omitempty"`
}

func (s *state) told(changed []string) any {
	if s == nil {
		return nil
	}
	return told{s.Part.Name, s.Part.Parent, s.Part.Position, s.Part.Owner, changed}
}
