package closing

import (
	"context"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Finding is something about closes that is not as it was.
type Finding struct {
	Where  string // which close, or which file in the book
	Reason string
}

// Verify hashes every close anew and follows the chain: each is what was closed, to the
// byte, none is missing before the last, and each file that a close names is listed in
// landing/. Whether the files themselves have changed, landing/ tells. A chain
// cannot tell that its end was cut off: only who kept the last hash can.
func (s *Service) Verify(ctx context.Context) ([]Finding, error) {
	kept, err := s.parts.Closes.Closes(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.parts.Files.List()
	if err != nil {
		return nil, err
	}
	v := verification{files: map[string]bool{}}
	for _, e := range entries {
		v.files[e.SHA256] = true
	}
	for _, k := range kept {
		v.follow(k)
	}
	return v.findings, nil
}

// verification is how far a chain was followed.
type verification struct {
	files    map[string]bool // by hash: those that are there, or were told to be missing
	findings []Finding
	number   int64  // of the last close
	hash     string // of the last close; "?" if that is damaged
}

func (v *verification) add(where, format string, args ...any) {
	v.findings = append(v.findings, Finding{where, fmt.Sprintf(format, args...)})
}

const damaged = "?"

// follow checks the next close.
func (v *verification) follow(k store.KeptClose) {
	where := nameOf(k)
	for v.number++; v.number < k.Number; v.number++ {
		v.add(fmt.Sprintf("close %d", v.number), "it is missing")
		v.hash = damaged
	}
	c, err := unseal(k.Text)
	if err != nil {
		v.add(where, "%s", message(err))
		v.hash = damaged
		return
	}
	switch {
	case c.Number != k.Number || c.Period != k.Period:
		v.add(where, "its text is that of close %d (%s)", c.Number, c.Period)
	case c.Previous != v.hash && v.hash != damaged:
		v.add(where, "it does not hold the hash of the close before: one of the two has been replaced")
	}
	v.hash = c.Hash
	v.named(where, c)
}

// named checks that the files of a close are there.
func (v *verification) named(where string, c clientele.Close) {
	if c.Statement.Data == nil {
		return
	}
	for _, f := range c.Statement.Data.Imports {
		if !v.files[f.SHA256] {
			v.files[f.SHA256] = true
			v.add("landing/"+f.SHA256, "%s is missing, of which %s is made", f.Name, where)
		}
	}
}
