package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

func makeBook(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book")
	if err := Init(path, clientele.DefaultSettings()); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, w Watcher) *Book {
	t.Helper()
	b, err := Open(t.Context(), path, w)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func shut(t *testing.T, b *Book) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// fill imports a file of some order lines, and returns how many.
func fill(t *testing.T, b *Book) int64 {
	t.Helper()
	var text strings.Builder
	text.WriteString("order,customer,time,amount\n")
	for i := range 100 {
		fmt.Fprintf(&text, "o%d,c%d,2026-0%d-11,%d.50\n", i, i%10, 1+i%9, i)
	}
	path := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := b.Importer.Import(t.Context(), path, ingest.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Loaded
}

func lines(t *testing.T, b *Book) int64 {
	t.Helper()
	span, _, err := b.Records.Span(t.Context(), warehouse.SpanQuery{Kind: clientele.Orders})
	if err != nil {
		t.Fatal(err)
	}
	return span.Lines
}

func TestInitIsWholeAndReplacesNothing(t *testing.T) {
	path := makeBook(t)
	if err := Init(path, clientele.DefaultSettings()); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("got %v", err)
	}
	bad := clientele.DefaultSettings()
	bad.Currency = "x"
	dir := t.TempDir()
	if err := Init(filepath.Join(dir, "b"), bad); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOnlyOneHoldsABook(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	_, err := Open(t.Context(), path, Watcher{})
	if clientele.CodeOf(err) != clientele.CodeBusy || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("got %v", err)
	}
	shut(t, b)
	shut(t, open(t, path, Watcher{}))
}

func TestOpenWithoutABook(t *testing.T) {
	if _, err := Open(t.Context(), t.TempDir(), Watcher{}); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

func TestOpenNamesBadSettingsAndLetsGo(t *testing.T) {
	path := makeBook(t)
	toml := filepath.Join(path, "book.toml")
	good, err := os.ReadFile(toml)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"currency = 'x'\n", string(good)} {
		if err := os.WriteFile(toml, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := Open(t.Context(), path, Watcher{})
		if err == nil {
			shut(t, b)
		} else if text == string(good) || !strings.Contains(err.Error(), "book.toml:1") {
			t.Errorf("got %v", err)
		}
	}
}

func TestRecordsAreRebuiltWhenLostDamagedOrMadeForOtherSettings(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	want := fill(t, b)
	shut(t, b)
	records, toml := filepath.Join(path, recordsName), filepath.Join(path, "book.toml")
	damage := []byte(strings.Repeat("damaged ", 1000))
	for _, c := range []struct {
		name string
		told bool // whether there is something to tell: an engine may do without a log that it cannot read
		harm func() error
	}{
		{"lost", true, func() error { return os.Remove(records) }},
		{"damaged", true, func() error { return os.WriteFile(records, damage, 0o600) }},
		{"log damaged", false, func() error { return os.WriteFile(records+".wal", damage, 0o600) }},
		{"damaged with its log", true, func() error {
			return errors.Join(os.WriteFile(records, damage, 0o600), os.WriteFile(records+".wal", damage, 0o600))
		}},
		{"for another time zone", true, func() error {
			text, err := os.ReadFile(toml)
			if err != nil {
				return err
			}
			return os.WriteFile(toml, []byte(strings.Replace(string(text), "'UTC'", "'Asia/Tokyo'", 1)), 0o600)
		}},
	} {
		if err := c.harm(); err != nil {
			t.Fatal(err)
		}
		var notices []string
		b := open(t, path, Watcher{Notice: func(text string) { notices = append(notices, text) }})
		if got := lines(t, b); got != want || c.told && len(notices) == 0 {
			t.Errorf("%s: %d lines, want %d; notices %q", c.name, got, want, notices)
		}
		v, err := b.Verify(t.Context(), Watcher{})
		if err != nil || v.Err() != nil {
			t.Errorf("%s: %v, %v", c.name, err, v)
		}
		shut(t, b)
	}
}

func TestVerifyNamesEveryChangedFile(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	defer shut(t, b)
	fill(t, b)
	names, err := landedNames(filepath.Join(path, landingName))
	if err != nil || len(names) < 2 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		landed := filepath.Join(path, landingName, name)
		text, err := os.ReadFile(landed)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte{}, text...)
		changed[len(changed)/2] ^= 1
		rewrite(t, landed, changed)
		v, err := b.Verify(t.Context(), Watcher{})
		if err == nil && clientele.CodeOf(v.Err()) != clientele.CodeInvalid {
			t.Errorf("a changed byte of %s was not found: %+v", name, v)
		}
		rewrite(t, landed, text)
	}
	v, err := b.Verify(t.Context(), Watcher{})
	if err != nil || v.Err() != nil || v.Files != 1 {
		t.Errorf("a sound book: %+v, %v", v, err)
	}
}

// What has changed since it was accepted is not carried on as if it were sound.
func TestAChangedFileIsNeitherBackedUpNorLoaded(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	defer shut(t, b)
	fill(t, b)
	entries, err := b.Landing.List()
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	rewrite(t, filepath.Join(path, landingName, entries[0].SHA256), []byte("other"))
	backup := filepath.Join(t.TempDir(), "b.tar.zst")
	if err := b.Backup(t.Context(), backup, Watcher{}); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("backup: %v", err)
	}
	if _, err := os.Stat(backup); err == nil {
		t.Error("a backup was left")
	}
	if err := b.Rebuild(t.Context(), Watcher{}); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("rebuild: %v", err)
	}
	if loaded, err := b.Records.Loaded(t.Context()); err != nil || len(loaded) != len(entries) {
		t.Errorf("records hold %v, %v", loaded, err)
	}
}

// rewrite changes a file that is kept from being written.
func rewrite(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBackupIsRestoredWhole(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	defer shut(t, b)
	want := fill(t, b)
	dir := t.TempDir()
	backup, restored := filepath.Join(dir, "b.tar.zst"), filepath.Join(dir, "restored")
	if err := b.Backup(t.Context(), backup, Watcher{}); err != nil {
		t.Fatal(err)
	}
	if err := b.Backup(t.Context(), backup, Watcher{}); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("a backup was replaced: %v", err)
	}
	if err := Restore(t.Context(), backup, "", restored, Watcher{}); err != nil {
		t.Fatal(err)
	}
	r := open(t, restored, Watcher{})
	defer shut(t, r)
	if got := lines(t, r); got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBackupWhileOthersImport(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	defer shut(t, b)
	dir, imported := t.TempDir(), make(chan error, 1)
	go func() {
		for i := range 12 {
			file := filepath.Join(dir, fmt.Sprintf("%d.csv", i))
			if err := os.WriteFile(file, fmt.Appendf(nil, "order,customer,time,amount\n%d,anna,2026-01-05,1.00\n", i), 0o600); err != nil {
				imported <- err
				return
			}
			if _, err := b.Importer.Import(context.Background(), file, ingest.Request{}); err != nil {
				imported <- err
				return
			}
		}
		imported <- nil
	}()
	for i := range 4 {
		backup, restored := filepath.Join(dir, fmt.Sprint("backup", i)), filepath.Join(dir, fmt.Sprint("book", i))
		if err := b.Backup(t.Context(), backup, Watcher{}); err != nil {
			t.Fatal(err)
		}
		if err := Restore(t.Context(), backup, "", restored, Watcher{}); err != nil {
			t.Fatal(err)
		}
		r := open(t, restored, Watcher{})
		if v, err := r.Verify(t.Context(), Watcher{}); err != nil || v.Err() != nil || int64(v.Files) != lines(t, r) {
			t.Errorf("backup %d: %+v, %v, %d lines", i, v, err, lines(t, r))
		}
		shut(t, r)
	}
	if err := <-imported; err != nil {
		t.Error(err)
	}
}

func TestInterruptedJobIsTakenUpAgain(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	j, err := b.Jobs.Add(t.Context(), "import", "", "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Add(time.Second)
	if _, ok, err := b.Store.LeaseJob(t.Context(), j.Kind, "a process that is gone", now, now.Add(time.Hour)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	shut(t, b)
	b = open(t, path, Watcher{})
	defer shut(t, b)
	if again, ok, err := b.Store.LeaseJob(t.Context(), j.Kind, "me", now, now.Add(time.Hour)); !ok || err != nil || again.ID != j.ID {
		t.Errorf("got %+v, %v, %v", again, ok, err)
	}
}

// Statements of many periods may be asked for, or a comparison of models that
// takes minutes: a file is loaded all the same.
func TestImportDoesNotWaitForStatements(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	imported := make(chan struct{})
	handlers := map[string]job.Handler{
		"import": func(context.Context, json.RawMessage, func(store.JobProgress)) (any, error) {
			close(imported)
			return nil, nil
		},
		"statement": func(ctx context.Context, _ json.RawMessage, _ func(store.JobProgress)) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	}
	for _, kind := range []string{"statement", "statement", "import"} {
		if _, err := b.Jobs.Add(ctx, kind, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- b.work(ctx, handlers, slog.New(slog.DiscardHandler)) }()
	select {
	case <-imported:
	case <-ctx.Done():
		t.Error("the import waited for a statement")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTemporaryFilesGoAndFreshUploadsStay(t *testing.T) {
	path := makeBook(t)
	shut(t, open(t, path, Watcher{}))
	old := time.Now().AddDate(0, 0, -uploadsKeptFor.N).Add(-time.Hour)
	for _, name := range []string{"tmp/half", "uploads/fresh", "uploads/old"} {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(filepath.Join(path, "uploads/old"), old, old); err != nil {
		t.Fatal(err)
	}
	shut(t, open(t, path, Watcher{}))
	for name, want := range map[string]bool{"tmp/half": false, "uploads/fresh": true, "uploads/old": false} {
		if _, err := os.Stat(filepath.Join(path, name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
