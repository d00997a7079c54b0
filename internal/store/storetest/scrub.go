package storetest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/clientele/clientele/internal/store"
)

// secret is a text that no file may hold once it was removed.
const secret = "6f1d9c5e-anna@example.com"

func testScrub(t *testing.T, e Engine) {
	dir := t.TempDir()
	s := e.Open(t, dir)
	ctx := t.Context()
	for i := range 50 {
		must(t, s.Put(ctx, "page", bytes.Repeat([]byte(secret), 100*(50-i))))
	}
	done := sample("done", 0)
	done.Payload = json.RawMessage(`"` + secret + `"`)
	if _, err := s.AddJob(ctx, done); err != nil {
		t.Fatal(err)
	}
	leased, _, err := s.LeaseJob(ctx, done.Kind, "me", start, start.Add(1e9))
	must(t, err)
	leased.State, leased.Result, leased.Finished = store.JobDone, done.Payload, &start
	must(t, s.FinishJob(ctx, "me", leased))
	waiting := sample("waiting", 1)
	waiting.Key = "another"
	if _, err := s.AddJob(ctx, waiting); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]int64{done.Kind: 1, "another": 0} {
		if n, err := s.CountUnfinished(ctx, kind); n != want || err != nil {
			t.Errorf("%d of %s unfinished, %v", n, kind, err)
		}
	}
	must(t, s.Scrub(ctx))
	if _, ok, err := s.Get(ctx, "page"); ok || err != nil {
		t.Errorf("cached %t, %v", ok, err)
	}
	if _, err := s.Job(ctx, "waiting"); err != nil {
		t.Errorf("a job that waits is gone: %v", err)
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s still has it", f.Name())
		}
	}
	must(t, s.Close())
}

func testTexts(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	must(t, s.Put(ctx, "key", []byte("a value")))
	must(t, s.AddEntry(ctx, store.LedgerEntry{Ledger: "goals", Number: 1, Text: []byte("an entry")}))
	var found []string
	for text, err := range s.Texts(ctx) {
		must(t, err)
		found = append(found, text.Table+": "+string(text.Text))
	}
	for _, want := range []string{"cache: a value", "ledger_entry: an entry"} {
		if !slices.Contains(found, want) {
			t.Errorf("no %s in %q", want, found)
		}
	}
	for _, err := range s.Texts(ctx) {
		must(t, err)
		break // a reader may have enough
	}
}
