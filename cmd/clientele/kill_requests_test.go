package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
)

const (
	requestKills   = 20
	killAskers     = 4
	killedWithin   = 600 * time.Millisecond // after the first answer
	messagesABatch = 5
)

// A server is killed at random moments while batches and units are sent to it. After all
// kills everything that was acknowledged is there, once, and the audit verifies.
func TestKilledServerLosesNoRequest(t *testing.T) {
	book := filepath.Join(t.TempDir(), "book")
	mustRun(t, "init", book)
	n := requestKills
	if testing.Short() {
		n = 3
	}
	sent := &acknowledged{}
	killOften(t, book, n, 1, func(ctx context.Context, at string, kill, sender int) {
		sent.write(ctx, at, fmt.Sprintf("%d-%d", kill, sender))
	})
	t.Logf("%d kills: %d batches and %d units acknowledged", n, len(sent.batches), len(sent.units))
	if len(sent.batches) < n || len(sent.units) < n {
		t.Errorf("that is too few to tell anything")
	}
	sent.check(t, book)
}

// killOften serves a book n times, and kills the server at a random moment while several ask
// it, each until its context ends or nobody answers.
func killOften(t *testing.T, book string, n int, seed uint64, ask func(ctx context.Context, at string, kill, asker int)) {
	t.Helper()
	random := rand.New(rand.NewPCG(killSeed, seed))
	for kill := range n {
		cmd, at := server(t, book)
		ctx, stop := context.WithCancel(t.Context())
		var askers sync.WaitGroup
		for asker := range killAskers {
			askers.Go(func() { ask(ctx, at, kill, asker) })
		}
		time.Sleep(time.Duration(random.Int64N(int64(killedWithin))))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		stop()
		askers.Wait()
	}
}

// acknowledged is what a server said that it keeps.
type acknowledged struct {
	mu      sync.Mutex
	batches []string
	units   []string // names
}

// write sends until the server does not answer any more. Every order of a batch is of 1.00.
func (a *acknowledged) write(ctx context.Context, at, sender string) {
	for i := 0; ctx.Err() == nil; i++ {
		var messages []string
		for m := range messagesABatch {
			id := fmt.Sprintf("%s-%d-%d", sender, i, m)
			messages = append(messages, fmt.Sprintf(`{"type":"track","messageId":%q,"userId":"c","event":"Order Completed","timestamp":"2026-01-01T10:00:00Z","properties":{"order_id":%q,"total":1}}`, id, id))
		}
		batch, unit := `{"batch":[`+strings.Join(messages, ",")+`]}`, fmt.Sprintf("unit %s-%d", sender, i)
		if status, _ := sendJSON(ctx, at+"/v1/batch", batch); status == http.StatusOK {
			a.mu.Lock()
			a.batches = append(a.batches, batch)
			a.mu.Unlock()
		} else if status == 0 {
			return
		}
		if status, _ := sendJSON(ctx, at+"/api/v1/units", fmt.Sprintf(`{"name":%q}`, unit)); status == http.StatusCreated {
			a.mu.Lock()
			a.units = append(a.units, unit)
			a.mu.Unlock()
		}
	}
}

// sendJSON posts; status is 0 if there was no whole answer.
func sendJSON(ctx context.Context, to, body string) (status int, text []byte) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		return 0, nil
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	if text, err = io.ReadAll(answer.Body); err != nil {
		return 0, nil
	}
	return answer.StatusCode, text
}

// check sends every acknowledged batch again: each message has to be known. Units are each
// there and in the audit.
func (a *acknowledged) check(t *testing.T, book string) {
	t.Helper()
	cmd, at := server(t, book)
	for _, batch := range a.batches {
		var got struct{ Accepted, Duplicates int }
		status, text := sendJSON(t.Context(), at+"/v1/batch", batch)
		if err := json.Unmarshal(text, &got); err != nil || status != http.StatusOK || got.Accepted != 0 || got.Duplicates != messagesABatch {
			t.Fatalf("acknowledged and not whole: %d %s: %s", status, text, batch)
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	b, err := app.Open(t.Context(), book, app.Watcher{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	a.checkUnits(t, b)
	lines, err := b.Records.OrderLines(t.Context(), "c", clientele.MustDate("2030-01-01"), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	orders := map[string]int{}
	for _, l := range lines {
		orders[l.Order]++
	}
	waiting, err := b.Store.WaitingEvents(t.Context())
	if err != nil || int64(len(orders))+waiting < int64(len(a.batches)*messagesABatch) || len(orders) != len(lines) {
		t.Errorf("%d lines of %d orders are landed and %d messages wait, of %d acknowledged (%v)", len(lines), len(orders), waiting, len(a.batches)*messagesABatch, err)
	}
}

func (a *acknowledged) checkUnits(t *testing.T, b *app.Book) {
	t.Helper()
	n, _, findings, err := b.Audit.Verify(t.Context())
	if err != nil || len(findings) > 0 || n < int64(len(a.units)) {
		t.Errorf("the audit of %d events, for %d units: %v %v", n, len(a.units), findings, err)
	}
	units, err := b.Store.Units(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, u := range units {
		there[u.Name] = true
	}
	for _, name := range a.units {
		if !there[name] {
			t.Errorf("%s was acknowledged and is gone", name)
		}
	}
}
