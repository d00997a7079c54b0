package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/clientele/clientele/bench/internal/stream"
)

// asked is what was asked and how it was answered.
type asked struct {
	pages, static, batches stream.Stream
	imported               error
	took                   time.Duration // of the import

	mu           sync.Mutex
	acknowledged []int
}

// message is the n-th batch: one order.
func message(n int) string {
	return fmt.Sprintf(`{"batch":[{"type":"track","event":"Order Completed","messageId":"load-%d","userId":"u%d","timestamp":"2026-09-30T12:00:00Z",`+
		`"properties":{"order_id":"load-%d","total":12.5,"products":[{"product_id":"p1","price":12.5,"quantity":1}]}}]}`, n, n%1000, n)
}

// send sends the n-th batch, and notes it once it is acknowledged.
func (a *asked) send(ctx context.Context, at string, n int) (bool, int, error) {
	status, _, err := post(ctx, at, n)
	if err == nil && status == http.StatusOK {
		a.mu.Lock()
		a.acknowledged = append(a.acknowledged, n)
		a.mu.Unlock()
	}
	return status == http.StatusOK, status, err
}

func post(ctx context.Context, at string, n int) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at+"/v1/batch", strings.NewReader(message(n)))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	return stream.Do(r)
}

// lost counts acknowledged batches that are not there: those that are, are told to be duplicates.
func (a *asked) lost(ctx context.Context, at string) (lost int, err error) {
	for _, n := range a.acknowledged {
		_, text, err := post(ctx, at, n)
		if err != nil {
			return 0, err
		}
		var receipt struct{ Duplicates int }
		if err := json.Unmarshal(text, &receipt); err != nil || receipt.Duplicates != 1 {
			lost++
		}
	}
	return lost, nil
}

// ratio is the slowest hundredth of statements beside that of the page that is served as it is.
func (a *asked) ratio() float64 {
	return float64(a.pages.Quantile(.99)) / float64(a.static.Quantile(.99))
}

func (a *asked) table(size, lost int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a page has %d bytes; the import took %s\n\n", size, a.took.Round(time.Second))
	b.WriteString("| asked | a second | requests | median ms | 99 % ms | not answered by 200 |\n| --- | ---: | ---: | ---: | ---: | --- |\n")
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	for _, r := range []struct {
		name string
		rate int
		s    *stream.Stream
	}{{"statement pages", pagesASecond, &a.pages}, {"a page as it is", pagesASecond, &a.static}, {"batches of events", batchesASecond, &a.batches}} {
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %v |\n", r.name, r.rate, r.s.N(), ms(r.s.Quantile(.5)), ms(r.s.Quantile(.99)), r.s.Failed)
	}
	fmt.Fprintf(&b, "\n99 %% of statement pages: %.1f × that of the page as it is (limit %.0f); batches acknowledged %d, lost %d\n", a.ratio(), limit, len(a.acknowledged), lost)
	return b.String()
}

func (a *asked) judge(lost int) error {
	var errs []error
	if a.imported != nil {
		errs = append(errs, fmt.Errorf("the import: %w", a.imported))
	}
	if lost > 0 || len(a.acknowledged) == 0 {
		errs = append(errs, fmt.Errorf("%d acknowledged batches, %d lost", len(a.acknowledged), lost))
	}
	if a.ratio() > limit {
		errs = append(errs, fmt.Errorf("99 %% of statement pages took %.1f times that of a page as it is", a.ratio()))
	}
	return errors.Join(errs...)
}
