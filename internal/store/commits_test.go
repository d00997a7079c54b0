package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// log is a store whose transactions keep what was added in them.
type log struct {
	mu   sync.Mutex
	kept []int
	took int // transactions
}

type adding struct{}

// Atomically implements Atomic.
func (l *log) Atomically(ctx context.Context, f func(context.Context) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took++
	var added []int
	err := f(context.WithValue(ctx, adding{}, &added))
	if err == nil {
		l.kept = append(l.kept, added...)
	}
	return err
}

// A change that is refused is as if it never was, and takes nothing of others with it; those
// that come together share transactions.
func TestChangesAreMadeTogetherAndRefusedAlone(t *testing.T) {
	l, oh := &log{}, errors.New("oh")
	c := NewCommits(l)
	errs := make([]error, 200)
	var group sync.WaitGroup
	l.mu.Lock() // until all wait
	for i := range errs {
		group.Go(func() {
			errs[i] = c.Make(t.Context(), func(ctx context.Context) error {
				added := ctx.Value(adding{}).(*[]int)
				*added = append(*added, i)
				if i == 7 {
					return oh
				}
				return nil
			})
		})
	}
	for {
		c.mu.Lock()
		n := len(c.waiting)
		c.mu.Unlock()
		if n >= len(errs)-mostChanges {
			break
		}
		time.Sleep(time.Millisecond)
	}
	l.mu.Unlock()
	group.Wait()
	seen := map[int]int{}
	for _, i := range l.kept {
		seen[i]++
	}
	for i, err := range errs {
		if i == 7 != errors.Is(err, oh) || (seen[i] == 1) != (err == nil) {
			t.Errorf("%d: %v, kept %d times", i, err, seen[i])
		}
	}
	if l.took >= len(errs) {
		t.Errorf("%d transactions for %d changes", l.took, len(errs))
	}
}
