package app

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
)

// A backup that is made while requests write and files are imported holds all that was
// acknowledged before it began, each change with its event, and a chain that is whole.
func TestBackupWhileRequestsWrite(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	s := serve(t, b)
	defer s.end()
	var units, imports atomic.Int64
	stop, ended := make(chan struct{}), make(chan error, 2)
	go func() { ended <- writing(stop, &units, func(i int64) error { return s.addUnit(i) }) }()
	dir := t.TempDir()
	go func() {
		ended <- writing(stop, &imports, func(i int64) error {
			file := filepath.Join(dir, fmt.Sprintf("%d.csv", i))
			if err := os.WriteFile(file, fmt.Appendf(nil, "order,customer,time,amount\n%d,anna,2026-01-05,1.00\n", i), 0o600); err != nil {
				return err
			}
			_, err := b.Importer.Import(t.Context(), file, ingest.Request{})
			return err
		})
	}()
	for i := range 3 {
		backup, restored := filepath.Join(dir, fmt.Sprint("backup", i)), filepath.Join(dir, fmt.Sprint("book", i))
		leastUnits, leastFiles := units.Load(), imports.Load()
		if err := b.Backup(policy.With(t.Context(), policy.Local("root")), backup, Watcher{}); err != nil {
			t.Fatal(err)
		}
		if err := Restore(t.Context(), backup, "", restored, Watcher{}); err != nil {
			t.Fatal(err)
		}
		r := open(t, restored, Watcher{})
		if v, err := r.Verify(t.Context(), Watcher{}); err != nil || v.Err() != nil || int64(v.Files) < leastFiles || int64(v.Files) != lines(t, r) {
			t.Errorf("backup %d: %+v, %v, of %d files; %d lines", i, v, err, leastFiles, lines(t, r))
		}
		if got := unitsAndEvents(t, r); got < leastUnits {
			t.Errorf("backup %d holds %d units, %d were acknowledged", i, got, leastUnits)
		}
		shut(t, r)
	}
	close(stop)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	last, err := b.Audit.Page(t.Context(), 0, 1, func(e audit.Event) bool { return e.Action == "book.backed_up" })
	if err != nil || len(last) != 1 || last[0].Name != "root" || string(last[0].After) != `{"file":"backup2"}` {
		t.Errorf("the audit tells of the backup: %+v, %v", last, err)
	}
}

// writing writes one after another until it is stopped, and counts what was acknowledged.
func writing(stop <-chan struct{}, done *atomic.Int64, write func(i int64) error) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		if err := write(done.Load()); err != nil {
			return err
		}
		done.Add(1)
	}
}

func (s *served) addUnit(i int64) error {
	form := url.Values{"name": {fmt.Sprint("Unit ", i)}}
	r, err := http.NewRequest(http.MethodPost, s.url+"/units", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("unit %d: status %d", i, answer.StatusCode)
	}
	return nil
}

// unitsAndEvents counts the units of a book, each of which has its event in a chain that
// is whole.
func unitsAndEvents(t *testing.T, b *Book) int64 {
	t.Helper()
	kept, err := b.Store.Units(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, findings, err := b.Audit.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("the chain of the audit: %+v, %v", findings, err)
	}
	events, err := b.Audit.Page(t.Context(), 0, 0, func(e audit.Event) bool { return e.Action == "unit.added" })
	if err != nil || len(events) != len(kept) {
		t.Errorf("%d units, and %d events of them: %v", len(kept), len(events), err)
	}
	return int64(len(kept))
}
