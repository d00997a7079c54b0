package journey

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Kind says what a part of the map is.
type Kind = store.PartKind

// The kinds of part.
const (
	IsJourney    = store.JourneyPart
	IsStage      = store.StagePart
	IsTouchpoint = store.TouchpointPart
)

// parentKind is the kind of part that those of a kind stand below.
var parentKind = map[Kind]Kind{IsJourney: IsJourney, IsStage: IsJourney, IsTouchpoint: IsStage}

// Owner is who answers for a touchpoint; the zero value is nobody.
type Owner struct {
	Person string `json:"person"` // id of an account; "" for somebody without one, and for nobody
	Name   string `json:"name"`   // "" for nobody
}

// Vacant reports whether nobody answers.
func (o Owner) Vacant() bool { return o == Owner{} }

// Tenure is who answered, and for how long.
type Tenure struct {
	Owner
	Left  bool       `json:"left"` // the account is disabled: they sign in no more
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until"` // null: still
}

// Notes are what is said of a touchpoint.
type Notes struct {
	Customers string   `json:"customers"` // what customers do there
	Promise   string   `json:"promise"`   // what is promised to them
	Standard  string   `json:"standard"`  // how the promise is known to be kept
	Problems  []string `json:"problems"`  // kinds of problem
	Voices    string   `json:"voices"`    // what customers say
	Actions   string   `json:"actions"`   // what is being done
}

// Ref names a part.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Touchpoint is where customers meet the company.
type Touchpoint struct {
	ID       string `json:"id"`
	Version  int64  `json:"version"`
	Name     string `json:"name"` // unique in the book: records name it so
	Journey  Ref    `json:"journey"`
	Stage    Ref    `json:"stage"`
	Position int64  `json:"position"` // from 0, in its stage
	Notes
	Owner Tenure `json:"owner"`
}

// Profile is a touchpoint with who answered for it before.
type Profile struct {
	Touchpoint
	Before []Tenure `json:"owners_before"` // the latest first
}

// Stage is a step of a journey.
type Stage struct {
	ID          string       `json:"id"`
	Version     int64        `json:"version"`
	Name        string       `json:"name"`
	Position    int64        `json:"position"` // from 0, in its journey
	Touchpoints []Touchpoint `json:"touchpoints"`
}

// Summary is a journey and how much is in it, without the journeys below it.
type Summary struct {
	ID              string     `json:"id"`
	Version         int64      `json:"version"`
	Name            string     `json:"name"`
	Parent          string     `json:"parent"`   // id; "" at the top
	Position        int64      `json:"position"` // from 0, among those of its parent
	Depth           int        `json:"depth"`    // 0 at the top
	StageCount      int        `json:"stage_count"`
	TouchpointCount int        `json:"touchpoint_count"`
	Vacant          int        `json:"vacant"`       // touchpoints that nobody answers for
	VacantSince     *time.Time `json:"vacant_since"` // the oldest of those; null if there are none
}

// Journey is a journey with all that is in it.
type Journey struct {
	Summary
	Above  []Ref     `json:"above"` // from the top down
	Stages []Stage   `json:"stages"`
	Below  []Summary `json:"below"` // journeys right below it
	Whole  []Summary `json:"-"`     // every journey of the map
}

// Vacancies are the touchpoints that nobody answers for.
type Vacancies struct {
	Count  int64      `json:"count"`
	Oldest *time.Time `json:"oldest"` // since when; null if there are none
}

// Edit is one edit of the map.
type Edit struct {
	Number  int64     `json:"number"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`  // id; "" is the owner of the machine
	Name    string    `json:"name"` // of who, as it was then
	Kind    Kind      `json:"kind"` // of what was edited; "" is the whole map
	Part    string    `json:"part"` // id; "" is the whole map
	Journey string    `json:"journey"`
	Says    string    `json:"says"`   // what was done, such as "renamed Till to Checkout"
	Undoes  int64     `json:"undoes"` // number of the edit that it took back; 0 is none
	Undone  bool      `json:"undone"` // it was taken back
	Texts   bool      `json:"texts"`  // it changed what is said of one touchpoint, and nothing else
}

// Done is an edit that was just made.
type Done struct {
	Edit
	Version int64  `json:"version"` // of the part, now; 0 if it is gone or several were edited
	Parent  string `json:"parent"`  // id of the part that it stands below now
	Next    string `json:"next"`    // id of the part that it stands before now; "" at the end

	Before, After any `json:"-"` // what the audit tells, without texts
}

// Bounds of what is kept.
const (
	maxName     = 200  // letters
	maxText     = 4000 // bytes
	maxProblems = 50
	maxParts    = 5000
	maxDepth    = 10 // of journeys below each other
)

// cleanName is a name without spare blanks. CodeInvalid if it is none.
func cleanName(name string) (string, error) {
	clean := strings.Join(strings.Fields(name), " ")
	switch {
	case clean == "":
		return "", invalid("the name is missing").WithHint("Give it a name.")
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl):
		return "", invalid("the name holds characters that cannot be shown")
	case utf8.RuneCountInString(clean) > maxName:
		return "", invalid("the name is longer than %d letters", maxName).WithHint("Shorten it; a touchpoint has notes for what is to be said of it.")
	}
	return clean, nil
}

// keyOf is a name as it is compared: whatever the case of its letters.
func keyOf(name string) string { return strings.ToLower(name) }

// cleanText is a text with the line breaks of every system made one.
func cleanText(what, text string) (string, error) {
	clean := strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	switch {
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return "", invalid("%s: it holds characters that cannot be shown", what)
	case len(clean) > maxText:
		return "", invalid("%s: it is longer than %d bytes", what, maxText).WithHint("Shorten it, and link to the rest.")
	}
	return clean, nil
}

// clean is what is said with every text in order.
func (n Notes) clean() (Notes, error) {
	for _, t := range []struct {
		what string
		text *string
	}{{"what customers do", &n.Customers}, {"promise", &n.Promise}, {"standard", &n.Standard}, {"voices", &n.Voices}, {"actions", &n.Actions}} {
		clean, err := cleanText(t.what, *t.text)
		if err != nil {
			return n, err
		}
		*t.text = clean
	}
	problems, seen := []string{}, map[string]bool{}
	for _, p := range n.Problems {
		if strings.TrimSpace(p) == "" {
			continue
		}
		clean, err := cleanName(p)
		if err != nil {
			return n, invalid("problems: %v", err)
		}
		if !seen[keyOf(clean)] {
			problems = append(problems, clean)
		}
		seen[keyOf(clean)] = true
	}
	if len(problems) > maxProblems {
		return n, invalid("problems: there are more than %d kinds", maxProblems)
	}
	n.Problems = problems
	return n, nil
}

// notesOf reads what is kept; it was written by notesText.
func notesOf(p store.KeptPart) (n Notes, err error) {
	if p.Kind == IsTouchpoint {
		err = json.Unmarshal(p.Notes, &n)
	}
	if n.Problems == nil {
		n.Problems = []string{}
	}
	return n, err
}

func invalid(format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.CodeInvalid, format, args...)
}
