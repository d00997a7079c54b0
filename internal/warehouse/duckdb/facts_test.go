package duckdb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/warehouse"
)

func TestFactsAreOfTheRecordsAsTheyAre(t *testing.T) {
	var f facts
	asked := 0
	ask := func(answer int, err error) int {
		t.Helper()
		got, failed := recalled(t.Context(), &f, "question", func() (int, error) { asked++; return answer, err })
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
	got, _ := recalled(t.Context(), &f, "slow", func() (int, error) { // a batch comes while it is asked
		return 6, f.change(func() error { return nil })
	})
	if next, _ := recalled(t.Context(), &f, "slow", func() (int, error) { return 7, nil }); got != 6 || next != 7 {
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
			got, err := recalled(t.Context(), &f, "question", func() (int, error) {
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

// Who may be told what was before does not wait for a commit, nor for whoever asks what has
// become of it; who may not waits, and is told what is.
func TestFactsOfBeforeAreToldMeanwhile(t *testing.T) {
	var f facts
	page := warehouse.Meanwhile(t.Context())
	ask := func(ctx context.Context, answer int) int {
		t.Helper()
		got, err := recalled(ctx, &f, "question", func() (int, error) { return answer, nil })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := ask(page, 1); got != 1 {
		t.Errorf("at first: %d", got)
	}
	_ = f.change(func() error {
		if told, computed := ask(page, 2), ask(t.Context(), 3); told != 1 || computed != 3 {
			t.Errorf("while a batch is committed a page is told %d, who computes %d", told, computed)
		}
		return nil
	})
	asking, answer, done := make(chan bool), make(chan int), make(chan bool)
	go func() {
		defer close(done)
		_, _ = recalled(t.Context(), &f, "question", func() (int, error) { asking <- true; return <-answer, nil })
	}()
	<-asking
	if told := ask(page, 4); told != 1 {
		t.Errorf("while it is asked a page is told %d", told)
	}
	answer <- 5
	<-done
	if told := ask(page, 6); told != 5 {
		t.Errorf("after that a page is told %d", told)
	}
	f.reset()
	if told := ask(page, 7); told != 7 {
		t.Errorf("of another instance a page is told %d", told)
	}
}
