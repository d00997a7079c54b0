package people

import (
	"fmt"
	"sync"
	"time"

	"github.com/clientele/clientele"
)

// limit says how tries slow down: after so many that failed each costs twice the wait of
// the one before, up to the longest. Nothing is ever locked for good.
type limit struct {
	free    int
	longest time.Duration
}

// A person at one address, an address, and an account from everywhere. The last has a
// short wait, so that strangers cannot keep somebody out.
var (
	perPair    = limit{5, 15 * time.Minute}
	perAddress = limit{20, 15 * time.Minute}
	perAccount = limit{20, 30 * time.Second}
)

const (
	forgetAfter = 24 * time.Hour // without a try
	maxTries    = 100_000
)

// throttle slows down guessing, in memory.
type throttle struct {
	now  func() time.Time
	most int // keys that are remembered

	mu sync.Mutex
	by map[string]*tries
}

type tries struct {
	failed int
	last   time.Time
	told   bool // that it was refused since the last try
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, most: maxTries, by: map[string]*tries{}}
}

// attempt is one try; it counts as failed until it succeeds.
type attempt struct {
	of   *throttle
	keys []tryKey
}

// tryKey is what tries are counted by.
type tryKey struct {
	by    string
	limit limit
}

// keysOf are those of a try; what is not known, "", is not counted by.
func keysOf(account, address string) (keys []tryKey) {
	if account != "" {
		keys = append(keys, tryKey{"account/" + account, perAccount})
	}
	if address != "" {
		keys = append(keys, tryKey{"address/" + address, perAddress})
	}
	if account != "" && address != "" {
		keys = append(keys, tryKey{"pair/" + account + "/" + address, perPair})
	}
	return keys
}

// begin begins a try. CodeTooMany if it is too early for one; first is true if that was
// not said since the last one.
func (t *throttle) begin(account, address string) (a attempt, first bool, err error) {
	keys := keysOf(account, address)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, k := range keys {
		if e := t.by[k.by]; e != nil {
			if wait := e.wait(k.limit) - now.Sub(e.last); wait > 0 {
				first, e.told = !e.told, true
				return attempt{}, first, clientele.Errorf(clientele.CodeTooMany, "too many tries failed").
					WithHint("Try again in %s.", inWords(wait))
			}
		}
	}
	t.makeRoom(now)
	for _, k := range keys {
		e := t.by[k.by]
		if e == nil {
			e = &tries{}
			t.by[k.by] = e
		}
		e.failed, e.last, e.told = e.failed+1, now, false
	}
	return attempt{t, keys}, false, nil
}

// wait is how long after the last try the next may come.
func (e *tries) wait(l limit) time.Duration {
	over := e.failed - l.free
	if over < 0 {
		return 0
	}
	return min(time.Second<<min(over, 20), l.longest)
}

// makeRoom forgets, where there is no room left, what is old and, if that is not enough,
// whatever comes first, so that it is not needed again soon.
func (t *throttle) makeRoom(now time.Time) {
	if len(t.by) < t.most {
		return
	}
	for k, e := range t.by {
		if now.Sub(e.last) > forgetAfter {
			delete(t.by, k)
		}
	}
	for k := range t.by {
		if len(t.by) < t.most*9/10 {
			return
		}
		delete(t.by, k)
	}
}

// succeeded forgets the failures of the account, and that this was a try of the address.
func (a attempt) succeeded() { a.undo(true) }

// undone says that nothing was tried after all.
func (a attempt) undone() { a.undo(false) }

func (a attempt) undo(forgive bool) {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	for _, k := range a.keys {
		e := a.of.by[k.by]
		switch {
		case e == nil:
		case forgive && k.limit != perAddress: // who has one account of their own still guesses at others
			delete(a.of.by, k.by)
		default:
			e.failed = max(e.failed-1, 0)
		}
	}
}

// inWords is a wait, rounded up.
func inWords(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds == 1:
		return "a second"
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	}
	return fmt.Sprintf("%d minutes", (seconds+59)/60)
}
