package duckdb

import (
	"path/filepath"
	"testing"
)

func open(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestOpenTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	for range 2 {
		d, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
