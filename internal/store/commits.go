package store

import (
	"context"
	"sync"
)

// Atomic runs changes in one transaction; see Store.
type Atomic interface {
	Atomically(ctx context.Context, f func(context.Context) error) error
}

// Commits makes changes that come at the same time in one transaction: the disk is waited for
// once. Its functions may be called from several goroutines.
type Commits struct {
	store Atomic

	mu      sync.Mutex
	waiting []*commit
	busy    bool // somebody commits
}

// NewCommits makes changes of a store.
func NewCommits(s Atomic) *Commits { return &Commits{store: s} }

// commit is one change. err is set when done is closed.
type commit struct {
	change func(ctx context.Context) error
	done   chan struct{}
	err    error
}

// mostChanges is how many changes one transaction holds.
const mostChanges = 64

// Make returns when the change is on the disk, or was refused, which is as if it never was.
// It may be made twice, of which the first time is as if it never was. If ctx ends before, it
// may be kept or not.
func (c *Commits) Make(ctx context.Context, change func(ctx context.Context) error) error {
	mine := &commit{change: change, done: make(chan struct{})}
	c.mu.Lock()
	c.waiting = append(c.waiting, mine)
	if !c.busy {
		c.busy = true
		// Not with the context of the first: others' changes are with it.
		go c.run(context.Background())
	}
	c.mu.Unlock()
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run commits until nobody waits.
func (c *Commits) run(ctx context.Context) {
	for {
		changes := c.next()
		if changes == nil {
			return
		}
		err := c.store.Atomically(ctx, func(ctx context.Context) error {
			for _, one := range changes {
				if err := one.change(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		for _, one := range changes {
			if err != nil { // one of them was refused: each by itself
				one.err = c.store.Atomically(ctx, one.change)
			}
			close(one.done)
		}
	}
}

func (c *Commits) next() []*commit {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(mostChanges, len(c.waiting))
	if n == 0 {
		c.busy = false
		return nil
	}
	changes := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	return changes
}
