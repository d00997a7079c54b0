package ledger_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/store"
)

// memory keeps entries as the store does.
type memory struct {
	mu   sync.Mutex
	kept []store.LedgerEntry
}

func (m *memory) AddEntry(_ context.Context, e store.LedgerEntry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.ContainsFunc(m.kept, func(k store.LedgerEntry) bool { return k.Ledger == e.Ledger && k.Number == e.Number }) {
		return clientele.Errorf(clientele.CodeConflict, "there already")
	}
	m.kept = append(m.kept, e)
	return nil
}

func (m *memory) Entries(_ context.Context, name string) ([]store.LedgerEntry, error) {
	var of []store.LedgerEntry
	for _, k := range m.kept {
		if k.Ledger == name {
			of = append(of, k)
		}
	}
	return of, nil
}

type body struct {
	Says string `json:"says"`
	N    int    `json:"n"`
}

func clock() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 123456789, time.UTC) }

// signed is a ledger with entries that say so.
func signed(t interface {
	Helper()
	Fatal(...any)
}, m *memory, says ...string) (*ledger.Ledger[body], []ledger.Entry[body]) {
	t.Helper()
	l := ledger.New[body](m, "tests", clock)
	var seen []ledger.Entry[body]
	for i, s := range says {
		e, err := l.Add(context.Background(), seen, "Ada", body{s, i})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, e)
	}
	return l, seen
}

func TestEntriesAreReadAsTheyWereSigned(t *testing.T) {
	m := &memory{}
	l, want := signed(t, m, "first", "<second> & é", "")
	got, err := l.Entries(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	if got[0].Previous != "" || got[2].Previous != got[1].Hash || got[1].At.Nanosecond() != 123e6 {
		t.Errorf("%+v", got)
	}
	if !bytes.Contains(m.kept[1].Text, []byte("<second> & é")) {
		t.Errorf("kept as %s", m.kept[1].Text)
	}
}

func TestWhoSignsIsNamedAndHasSeenAll(t *testing.T) {
	m := &memory{}
	l, seen := signed(t, m, "first", "second")
	if _, err := l.Add(t.Context(), seen[:1], "Bea", body{}); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("an entry after one that is not the last: %v", err)
	}
	if _, err := l.Add(t.Context(), seen, " \t", body{}); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("signed by nobody: %v", err)
	}
	if e, err := l.Add(t.Context(), seen, "  Bea   Byron ", body{}); err != nil || e.By != "Bea Byron" {
		t.Errorf("signed by %q (%v)", e.By, err)
	}
}

func TestChangesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(m *memory)
		where  string
		reason string
	}{
		{"a byte", func(m *memory) { m.kept[1].Text[20] ^= 1 }, "entry 2 of the tests", "its text has changed since it was signed"},
		{"cut short", func(m *memory) { m.kept[0].Text = m.kept[0].Text[:9] }, "entry 1 of the tests", "its text has changed since it was signed"},
		{"taken out", func(m *memory) { m.kept = slices.Delete(m.kept, 1, 2) }, "entry 2 of the tests", "it is missing"},
		{"copied over", func(m *memory) { m.kept[1].Text = m.kept[0].Text }, "entry 2 of the tests", "its text is that of entry 1 of the tests"},
		{"signed anew", func(m *memory) {
			var e ledger.Entry[body]
			if err := ledger.Unseal(m.kept[0].Text, &e); err != nil {
				panic(err)
			}
			e.By, e.Hash = "Eve", ""
			m.kept[0].Text, _, _ = ledger.Seal(e)
		}, "entry 2 of the tests", "it does not hold the hash of the one before: one of the two has been replaced"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &memory{}
			l, _ := signed(t, m, "first", "second", "third")
			c.change(m)
			findings, err := l.Verify(t.Context())
			if err != nil || len(findings) == 0 || findings[0] != (ledger.Finding{Where: c.where, Reason: c.reason}) {
				t.Errorf("%+v, %v", findings, err)
			}
			if _, err := l.Entries(t.Context()); clientele.CodeOf(err) != clientele.CodeInvalid {
				t.Errorf("they are still read: %v", err)
			}
		})
	}
}

// Whatever byte of whatever entry is changed to whatever other, it is found.
func TestAnyChangedByteIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &memory{}
		l, _ := signed(t, m, rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "says")...)
		text := m.kept[rapid.IntRange(0, len(m.kept)-1).Draw(t, "entry")].Text
		at := rapid.IntRange(0, len(text)-1).Draw(t, "byte")
		text[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		if findings, err := l.Verify(context.Background()); err != nil || len(findings) == 0 {
			t.Fatalf("byte %d is not found (%v)", at, err)
		}
	})
}
