package closing

import (
	"context"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/store"
)

// Verify hashes every close anew and follows the chain: each is what was closed, to the
// byte, none is missing before the last, and each file that a close names is listed in
// landing/, or what took its place by an erasure that was signed. Whether the files themselves have changed, landing/ tells. A chain
// cannot tell that its end was cut off: only who kept the last hash can.
func (s *Service) Verify(ctx context.Context) ([]ledger.Finding, error) {
	kept, err := s.parts.Closes.Closes(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.parts.Files.List()
	if err != nil {
		return nil, err
	}
	v := verification{files: map[string]bool{}, chain: ledger.Chain{Entry: func(n int64) string { return fmt.Sprintf("close %d", n) }}}
	for _, e := range entries {
		v.files[e.SHA256] = true
	}
	if s.parts.Replaced != nil {
		if v.replaced, err = s.parts.Replaced(ctx); err != nil {
			return nil, err
		}
	}
	for _, k := range kept {
		v.follow(k)
	}
	return append(v.chain.Findings(), v.missing...), nil
}

// verification is how far a chain was followed.
type verification struct {
	files    map[string]bool     // by hash: those that are there, or were told to be missing
	replaced map[string][]string // by hash: what took its place
	chain    ledger.Chain
	missing  []ledger.Finding
}

// follow checks the next close.
func (v *verification) follow(k store.KeptClose) {
	c, err := unseal(k.Text)
	link := ledger.Link{Number: k.Number, Where: nameOf(k), Damaged: err, Previous: c.Previous, Hash: c.Hash}
	if c.Number != k.Number || c.Period != k.Period {
		link.Other = fmt.Sprintf("close %d (%s)", c.Number, c.Period)
	}
	v.chain.Follow(link)
	if err == nil {
		v.named(link.Where, c)
	}
}

// named checks that the files of a close are there.
func (v *verification) named(where string, c clientele.Close) {
	if c.Statement.Data == nil {
		return
	}
	for _, f := range c.Statement.Data.Imports {
		if !v.there(f.SHA256) {
			v.files[f.SHA256] = true
			v.missing = append(v.missing, ledger.Finding{Where: "landing/" + f.SHA256, Reason: fmt.Sprintf("%s is missing, of which %s is made", f.Name, where)})
		}
	}
}

// there reports whether a file, or what took its place, is there. No file takes the place
// of one that comes after it, for the hash of each is of what was written before.
func (v *verification) there(sha string) bool {
	if v.files[sha] {
		return true
	}
	for _, next := range v.replaced[sha] {
		if !v.there(next) {
			return false
		}
	}
	return len(v.replaced[sha]) > 0
}
