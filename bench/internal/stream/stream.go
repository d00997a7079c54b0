// Package stream asks a server at a rate, whether or not earlier answers are there, and tells
// how long answers took, each from the moment at which it was due.
package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

// Stream is requests at a rate.
type Stream struct {
	Failed map[string]int // by status, or why there was none

	mu   sync.Mutex
	took []time.Duration
}

// At asks so often a second until ctx ends, and waits for all answers. Ask reports whether the
// answer was the one that it wants, and otherwise its status.
func (s *Stream) At(ctx context.Context, rate int, ask func(n int) (ok bool, status int, err error)) {
	var group sync.WaitGroup
	start := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		due := start.Add(time.Duration(n) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		group.Go(func() {
			ok, status, err := ask(n)
			s.note(time.Since(due), ok, status, err)
		})
	}
	group.Wait()
}

func (s *Stream) note(took time.Duration, ok bool, status int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, took)
	if err == nil && ok {
		return
	}
	if s.Failed == nil {
		s.Failed = map[string]int{}
	}
	why := fmt.Sprint(status)
	if err != nil {
		why = "no answer"
	}
	s.Failed[why]++
}

// N is how many were asked.
func (s *Stream) N() int { return len(s.took) }

// Quantile is what a share of answers did not take longer than.
func (s *Stream) Quantile(q float64) time.Duration {
	if len(s.took) == 0 {
		return 0
	}
	slices.Sort(s.took)
	return s.took[min(len(s.took)-1, int(q*float64(len(s.took))))]
}

// client asks without following where an answer leads.
var client = &http.Client{
	Timeout:       time.Minute,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 400},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Do asks, and reads the answer whole.
func Do(r *http.Request) (status int, text []byte, err error) {
	got, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	text, err = io.ReadAll(got.Body)
	return got.StatusCode, text, errors.Join(err, got.Body.Close())
}

// Static serves one page as it is, says where on standard output, and never returns but with an
// error.
func Static(path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) })) //nolint:gosec // a peer that lives for minutes
}
