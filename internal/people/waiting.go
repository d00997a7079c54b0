package people

import (
	"sync"
	"time"
)

// maxWaiting bounds what strangers can have this process remember; beyond it the oldest is forgotten.
const maxWaiting = 10_000

// waiting keeps what was begun and waits for its end: by a secret, for a while, in memory.
// Who began something before a restart begins it again. The zero value is ready.
type waiting[T any] struct {
	mu    sync.Mutex
	by    map[string]waitingEntry[T]
	order []string // by age
}

type waitingEntry[T any] struct {
	value T
	until time.Time
}

// put keeps a value until a time, in place of one of that key.
func (w *waiting[T]) put(key string, value T, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = map[string]waitingEntry[T]{}
	}
	for len(w.order) > 0 && (len(w.order) >= maxWaiting || !now.Before(w.by[w.order[0]].until)) {
		delete(w.by, w.order[0])
		w.order = w.order[1:]
	}
	key = hashOf(key)
	if _, ok := w.by[key]; !ok {
		w.order = append(w.order, key)
	}
	w.by[key] = waitingEntry[T]{value, now.Add(ceremonyLife)}
}

// take returns a value and forgets it; ok is false if there is none, or no longer.
func (w *waiting[T]) take(key string, now time.Time) (value T, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key = hashOf(key)
	e, ok := w.by[key]
	delete(w.by, key)
	return e.value, ok && now.Before(e.until)
}
