package duckdb

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFactsAreOfTheRecordsAsTheyAre(t *testing.T) {
	var f facts
	asked := 0
	ask := func(answer int, err error) int {
		t.Helper()
		got, failed := recalled(&f, "question", func() (int, error) { asked++; return answer, err })
		if !errors.Is(failed, err) {
			t.Fatal(failed)
		}
		return got
	}
	oh := errors.New("oh")
	ask(0, oh)
	if ask(1, nil) != 1 || ask(2, nil) != 1 || asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	err := f.change(func() error {
		if got := ask(3, nil); got != 3 {
			t.Errorf("while the records change: %d", got)
		}
		return oh
	})
	if !errors.Is(err, oh) || ask(4, nil) != 4 || ask(5, nil) != 4 {
		t.Errorf("after a change: %v", err)
	}
	got, _ := recalled(&f, "slow", func() (int, error) { // a batch comes while it is asked
		return 6, f.change(func() error { return nil })
	})
	if next, _ := recalled(&f, "slow", func() (int, error) { return 7, nil }); got != 6 || next != 7 {
		t.Errorf("what was asked before a change was kept: %d, then %d", got, next)
	}
}

// What many want to know at once is asked once.
func TestFactsAreAskedOnceByMany(t *testing.T) {
	var f facts
	var asked atomic.Int32
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			got, err := recalled(&f, "question", func() (int, error) {
				asked.Add(1)
				time.Sleep(10 * time.Millisecond)
				return 7, nil
			})
			if got != 7 || err != nil {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
	group.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}
