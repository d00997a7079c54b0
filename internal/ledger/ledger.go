// Package ledger keeps what people decide and sign: entries that only grow.
//
// Rules: the text of an entry is kept as it was hashed and holds the hash of the entry
// before, so that a changed byte in any of them is found. A ledger cannot tell by itself
// that its end was cut off: only who kept the last hash can.
package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Entry is something that a person signed. T is what it says.
type Entry[T any] struct {
	Ledger   string    `json:"ledger"`
	Number   int64     `json:"number"` // from 1, without a gap
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Body     T         `json:"body"`
	Previous string    `json:"previous"`       // hash of the entry before; "" for the first
	Hash     string    `json:"hash,omitempty"` // SHA-256 of the text without this field
}

// Finding is something about a ledger that is not as it was signed.
type Finding struct {
	Where  string // which entry
	Reason string
}

// Ledger is one of the ledgers of a book. Its methods may be called from several goroutines.
type Ledger[T any] struct {
	store store.Ledgers
	name  string
	now   func() time.Time
}

// New makes the ledger of a name; now may be nil, which is the clock.
func New[T any](s store.Ledgers, name string, now func() time.Time) *Ledger[T] {
	if now == nil {
		now = time.Now
	}
	return &Ledger[T]{s, name, now}
}

// Add signs an entry after those that its author has seen, which are all that there were.
// Errors: CodeInvalid if by names nobody, CodeConflict if somebody signed meanwhile, and
// the store's.
func (l *Ledger[T]) Add(ctx context.Context, seen []Entry[T], by string, body T) (Entry[T], error) {
	e := Entry[T]{
		Ledger: l.name, Number: int64(len(seen)) + 1, At: l.now().UTC().Truncate(time.Millisecond),
		By: strings.Join(strings.Fields(by), " "), Body: body,
	}
	if e.By == "" {
		return e, clientele.Errorf(clientele.CodeInvalid, "the name of who signs is missing").WithHint("Say by whom.")
	}
	if len(seen) > 0 {
		e.Previous = seen[len(seen)-1].Hash
	}
	text, hash, err := Seal(e)
	if err != nil {
		return e, err
	}
	e.Hash = hash
	err = l.store.AddEntry(ctx, store.LedgerEntry{Ledger: l.name, Number: e.Number, Text: text})
	if clientele.CodeOf(err) == clientele.CodeConflict {
		err = clientele.Errorf(clientele.CodeConflict, "somebody else changed the %s at the same time", l.name).
			WithHint("Look at what they did, then try again.").Because(err)
	}
	return e, err
}

// Entries returns every entry by number. CodeInvalid, with all that is wrong as its rows,
// if the ledger is not as it was signed.
func (l *Ledger[T]) Entries(ctx context.Context) ([]Entry[T], error) {
	entries, findings, err := l.follow(ctx)
	if err != nil || len(findings) == 0 {
		return entries, err
	}
	e := clientele.Errorf(clientele.CodeInvalid, "the %s are not as they were signed", l.name).
		WithHint("See all that is not sound with clientele verify, and restore the book from a backup.")
	for _, f := range findings {
		e.Rows = append(e.Rows, f.Where+": "+f.Reason)
	}
	return nil, e
}

// Verify hashes every entry anew, follows the chain, and names what has changed.
func (l *Ledger[T]) Verify(ctx context.Context) ([]Finding, error) {
	_, findings, err := l.follow(ctx)
	return findings, err
}

// follow reads the entries as the chain that they are.
func (l *Ledger[T]) follow(ctx context.Context) (entries []Entry[T], findings []Finding, err error) {
	kept, err := l.store.Entries(ctx, l.name)
	if err != nil {
		return nil, nil, err
	}
	chain := Chain{Entry: l.entry}
	for _, k := range kept {
		e := Entry[T]{}
		link := Link{Number: k.Number, Damaged: Unseal(k.Text, &e)}
		if e.Number != k.Number || e.Ledger != l.name {
			link.Other = fmt.Sprintf("entry %d of the %s", e.Number, e.Ledger)
		}
		link.Previous, link.Hash = e.Previous, e.Hash
		chain.Follow(link)
		if link.Damaged == nil {
			entries = append(entries, e)
		}
	}
	return entries, chain.Findings(), nil
}

func (l *Ledger[T]) entry(number int64) string {
	return fmt.Sprintf("entry %d of the %s", number, l.name)
}
