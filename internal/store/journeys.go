package store

import (
	"context"
	"encoding/json"
	"time"
)

// PartKind says what a part of the map of journeys is.
type PartKind string

// The kinds of part.
const (
	JourneyPart    PartKind = "journey"    // below another journey, or at the top
	StagePart      PartKind = "stage"      // of a journey
	TouchpointPart PartKind = "touchpoint" // of a stage
)

// KeptOwner is who answers for a touchpoint from a time on. Neither person nor name is a
// vacancy. One touchpoint has one at any time: each lasts until the next begins.
type KeptOwner struct {
	Person string    `json:"person,omitempty"` // id of an account
	Name   string    `json:"name,omitempty"`   // of somebody without one; "" if there is a person
	Since  time.Time `json:"since"`
}

// KeptPart is a journey, a stage or a touchpoint as it is kept.
type KeptPart struct {
	ID       string          `json:"id"`
	Version  int64           `json:"version"`
	Kind     PartKind        `json:"kind"`
	Parent   string          `json:"parent,omitempty"` // id; "" of a journey at the top
	Position int64           `json:"position"`         // from 0, among those of its kind with its parent, without a gap
	Name     string          `json:"name"`
	Key      string          `json:"key"`             // the name as it is compared: unique among journeys, among touchpoints, and among the stages of a journey
	Notes    json.RawMessage `json:"notes,omitempty"` // of a touchpoint
	Owner    *KeptOwner      `json:"owner,omitempty"` // of a touchpoint, always; nil of the others
}

// KeptEdit is an edit of the map of journeys as it is kept.
type KeptEdit struct {
	Number  int64 // from 1
	At      time.Time
	Who     string   // id; "" is the owner of the machine
	Name    string   // of who, as it was then
	Kind    PartKind // of what was edited; "" is several
	Part    string   // id of it; "" is several
	Journey string   // id of the journey that it was, or was in; "" is several
	Says    string   // what was done, for people
	Undoes  int64    // number of the edit that it takes back; 0 is none
	Undone  bool     // it was taken back
	Steps   json.RawMessage
}

// Vacant counts the touchpoints that nobody answers for, and says since when the oldest.
type Vacant struct {
	Count  int64
	Oldest *time.Time // null if there are none
}

// Journeys keeps the map of journeys, and its edits, which only ever grow. What is read and
// then changed belongs into one Atomically. Where a method names one part or edit, it is
// CodeNotFound if there is none.
type Journeys interface {
	// Parts returns every part, by position.
	Parts(ctx context.Context) ([]KeptPart, error)
	// PartsOf returns the stages and touchpoints of a journey, by position.
	PartsOf(ctx context.Context, journey string) ([]KeptPart, error)
	Part(ctx context.Context, id string) (KeptPart, error)
	// PartAt returns the part that stands at a position.
	PartAt(ctx context.Context, kind PartKind, parent string, position int64) (KeptPart, error)
	// CountParts counts those of a kind with a parent.
	CountParts(ctx context.Context, kind PartKind, parent string) (int64, error)
	// CountAllParts counts every part.
	CountAllParts(ctx context.Context) (int64, error)
	// AddPart keeps a new part, and moves those behind it one on. CodeConflict if the name is taken.
	AddPart(ctx context.Context, p KeptPart) error
	// SavePart keeps what a part has become, wherever it stands now. CodeConflict if the name is taken.
	SavePart(ctx context.Context, p KeptPart) error
	// RemovePart forgets a part with its owners. CodeConflict if others stand below it.
	RemovePart(ctx context.Context, id string) error
	Vacant(ctx context.Context) (Vacant, error)

	// PastOwners returns who answered for a touchpoint before, the latest first.
	PastOwners(ctx context.Context, touchpoint string) ([]KeptOwner, error)
	AddPastOwner(ctx context.Context, touchpoint string, o KeptOwner) error
	// RemovePastOwner forgets that somebody answered from a time on.
	RemovePastOwner(ctx context.Context, touchpoint string, since time.Time) error

	// AddEdit keeps an edit under the next number, and returns that.
	AddEdit(ctx context.Context, e KeptEdit) (int64, error)
	Edit(ctx context.Context, number int64) (KeptEdit, error)
	// Edits returns those of a journey, or all for "", below a number, the latest first. 0 is the end.
	Edits(ctx context.Context, journey string, below int64, limit int) ([]KeptEdit, error)
	// MarkEdit keeps whether an edit was taken back.
	MarkEdit(ctx context.Context, number int64, undone bool) error
	// LastEdit is the latest edit of a journey, or of all for "", that was not taken back and takes none
	// back; ok is false if there is none.
	LastEdit(ctx context.Context, journey string) (e KeptEdit, ok bool, err error)
}
