package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/storetest"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	storetest.Test(t, storetest.Engine{
		// A name that needs escaping in an address of a database.
		Open:       func(t *testing.T, dir string) store.Store { return open(t, filepath.Join(dir, "a b?%#.sqlite")) },
		OpenBackup: func(t *testing.T, path string) store.Store { return open(t, path) },
	})
}

func TestEveryTransactionIsSynced(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "o.sqlite"))
	defer s.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "10000", "foreign_keys": "1"} {
		var got string
		if err := s.db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

// What was computed is still shown when nothing can be written.
func TestCacheIsReadWithoutWriting(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "o.sqlite"))
	defer s.Close()
	s.db.SetMaxOpenConns(1) // the one that is asked not to write
	if err := s.Put(t.Context(), "key", []byte("value")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(t.Context(), "UPDATE cache SET used_at = 0; PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	if value, ok, err := s.Get(t.Context(), "key"); string(value) != "value" || !ok || err != nil {
		t.Errorf("%q, %t, %v", value, ok, err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.sqlite")
	s := open(t, path)
	if _, err := s.db.ExecContext(t.Context(), "INSERT INTO migration (name) VALUES ('9999_later.sql')"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func TestDamageIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.sqlite")
	if err := os.WriteFile(path, bytes.Repeat([]byte("not a database. "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("got %v", err)
	}
}
