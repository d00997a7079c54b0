package event

import (
	"context"
	"sync"

	"github.com/clientele/clientele/internal/store"
)

// committer keeps the messages of requests that come at the same time in one
// transaction: the disk is waited for once.
type committer struct {
	store Store

	mu      sync.Mutex
	waiting []*request
	busy    bool // somebody commits
}

// request is the messages of one request. Kept and err are set when done is closed.
type request struct {
	messages []store.EventMessage
	done     chan struct{}
	kept     []bool
	err      error
}

// add returns when the messages are on the disk, or could not be put there. If ctx ends
// before, they may be kept or not, and can be sent again.
func (c *committer) add(ctx context.Context, messages []store.EventMessage) ([]bool, error) {
	r := &request{messages: messages, done: make(chan struct{})}
	c.mu.Lock()
	c.waiting = append(c.waiting, r)
	if !c.busy {
		c.busy = true
		// Not with the context of the first: others' messages are with it.
		go c.commit(context.Background())
	}
	c.mu.Unlock()
	select {
	case <-r.done:
		return r.kept, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// commit commits until nobody waits.
func (c *committer) commit(ctx context.Context) {
	for {
		requests := c.next()
		if requests == nil {
			return
		}
		var all []store.EventMessage
		for _, r := range requests {
			all = append(all, r.messages...)
		}
		kept, err := c.store.AddEvents(ctx, all)
		for _, r := range requests {
			if err == nil {
				r.kept, kept = kept[:len(r.messages)], kept[len(r.messages):]
			}
			r.err = err
			close(r.done)
		}
	}
}

func (c *committer) next() []*request {
	c.mu.Lock()
	defer c.mu.Unlock()
	requests := c.waiting
	c.waiting, c.busy = nil, requests != nil
	return requests
}
