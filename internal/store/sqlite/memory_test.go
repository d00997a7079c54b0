package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is told from memory is forgotten by whatever writes to its table, and only then.
func TestWhatIsRememberedIsForgottenByWrites(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "operations.sqlite"))
	told := func(ctx context.Context) string {
		t.Helper()
		value, _, err := s.Decided(ctx, "model")
		if err != nil {
			t.Fatal(err)
		}
		return string(value)
	}
	decide := func(ctx context.Context, value string) {
		t.Helper()
		if err := s.Decide(ctx, "model", []byte(value), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if got := told(t.Context()); got != "" {
		t.Errorf("nothing was decided, and is told as %q", got)
	}
	decide(t.Context(), "a")
	oh := errors.New("oh")
	for _, c := range []struct {
		after error
		want  string
	}{{oh, "a"}, {nil, "b"}} {
		err := s.Atomically(t.Context(), func(ctx context.Context) error {
			decide(ctx, "b")
			if within, apart := told(ctx), told(t.Context()); within != "b" || apart != "a" {
				t.Errorf("within the transaction %q is told, apart from it %q", within, apart)
			}
			return c.after
		})
		if !errors.Is(err, c.after) || told(t.Context()) != c.want {
			t.Errorf("after %v: %q, %v", c.after, told(t.Context()), err)
		}
	}
	// A question whose table changed while it was asked is not remembered.
	first, err := recalled(t.Context(), s, "decision", "slow", func() (int, error) {
		decide(t.Context(), "c")
		return 1, nil
	})
	second, _ := recalled(t.Context(), s, "decision", "slow", func() (int, error) { return 2, nil })
	if first != 1 || second != 2 || err != nil {
		t.Errorf("%d, %d, %v", first, second, err)
	}
	// Another table is another matter.
	if err := s.Put(t.Context(), "key", []byte("value")); err != nil {
		t.Fatal(err)
	}
	third, _ := recalled(t.Context(), s, "decision", "slow", func() (int, error) { return 3, nil })
	if third != 2 {
		t.Error("a write elsewhere has it forgotten")
	}
}

// Which table a query writes to is told from its text, so every text has to be of the form
// that is read; and what is remembered is written by statements whose end is seen.
func TestEveryWriteNamesItsTable(t *testing.T) {
	files, err := filepath.Glob("../queries/*.sql")
	if err != nil || len(files) < 50 {
		t.Fatal(files, err)
	}
	remembered := map[string]bool{"ledger_entry": true, "decision": true, "person": true, "journey_part": true}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		table := written(string(text))
		reads := strings.HasPrefix(string(text), "SELECT") || strings.HasPrefix(string(text), "WITH RECURSIVE")
		if reads == (table != "") {
			t.Errorf("%s: %q is told to be written to by %q", f, table, text)
		}
		if remembered[table] && strings.Contains(string(text), "RETURNING") {
			t.Errorf("%s returns rows from a table that is remembered", f)
		}
	}
}
