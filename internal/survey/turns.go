package survey

import (
	"context"
	"sync"
)

// turns makes changes that come at the same time in one transaction: the disk is waited for
// once.
type turns struct {
	store Store

	mu      sync.Mutex
	waiting []*turn
	busy    bool // somebody commits
}

// turn is one change. err is set when done is closed.
type turn struct {
	change func(ctx context.Context) error
	done   chan struct{}
	err    error
}

// most is how many changes one transaction holds.
const most = 64

// take returns when the change is on the disk, or was refused, which is as if it never was.
// It may be made twice, of which the first time is as if it never was. If ctx ends before, it
// may be kept or not.
func (t *turns) take(ctx context.Context, change func(ctx context.Context) error) error {
	mine := &turn{change: change, done: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, mine)
	if !t.busy {
		t.busy = true
		// Not with the context of the first: others' changes are with it.
		go t.commit(context.Background())
	}
	t.mu.Unlock()
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit commits until nobody waits.
func (t *turns) commit(ctx context.Context) {
	for {
		batch := t.next()
		if batch == nil {
			return
		}
		err := t.store.Atomically(ctx, func(ctx context.Context) error {
			for _, one := range batch {
				if err := one.change(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		for _, one := range batch {
			if err != nil { // one of them was refused: each by itself
				one.err = t.store.Atomically(ctx, one.change)
			}
			close(one.done)
		}
	}
}

func (t *turns) next() []*turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(most, len(t.waiting))
	if n == 0 {
		t.busy = false
		return nil
	}
	batch := t.waiting[:n:n]
	t.waiting = t.waiting[n:]
	return batch
}
