package ledger

import (
	"errors"

	"github.com/clientele/clientele"
)

// Chain follows texts of which each holds the hash of the one before, from the first on.
type Chain struct {
	Entry func(number int64) string // names an entry for people

	number   int64  // of the last entry
	hash     string // of the last entry
	unknown  bool   // its hash is not known
	findings []Finding
}

// Link is one entry as it was found.
type Link struct {
	Number         int64  // as it is kept
	Where          string // for people; "" is what the chain calls it
	Damaged        error  // why the text cannot be trusted; then what follows is not known
	Other          string // what its text is of, where that is another entry
	Previous, Hash string
}

// Follow goes on to the next entry, and notes what is wrong with it.
func (c *Chain) Follow(l Link) {
	for c.number++; c.number < l.Number; c.number++ {
		c.add(c.Entry(c.number), "it is missing")
		c.unknown = true
	}
	if l.Where == "" {
		l.Where = c.Entry(l.Number)
	}
	if l.Damaged != nil {
		c.add(l.Where, message(l.Damaged))
		c.unknown = true
		return
	}
	switch {
	case l.Other != "":
		c.add(l.Where, "its text is that of "+l.Other)
	case !c.unknown && l.Previous != c.hash:
		c.add(l.Where, "it does not hold the hash of the one before: one of the two has been replaced")
	}
	c.hash, c.unknown = l.Hash, false
}

// Findings are what was wrong so far.
func (c *Chain) Findings() []Finding { return c.findings }

// Last is the number of the last entry that was followed, and its hash; "" if that is not known.
func (c *Chain) Last() (number int64, hash string) {
	if c.unknown {
		return c.number, ""
	}
	return c.number, c.hash
}

func (c *Chain) add(where, reason string) {
	c.findings = append(c.findings, Finding{where, reason})
}

func message(err error) string {
	if e := (*clientele.Error)(nil); errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
