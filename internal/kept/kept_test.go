package kept

import (
	"context"
	"errors"
	"testing"
)

// memory is a cache, and the version of the records.
type memory struct {
	values  map[string][]byte
	version string
	full    error // of Put
}

func (m *memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := m.values[key]
	return v, ok, nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	if m.full == nil {
		m.values[key] = value
	}
	return m.full
}

func (m *memory) DataVersion(context.Context) (string, error) { return m.version, nil }

func newMemory() *memory { return &memory{values: map[string][]byte{}, version: "1"} }

var asked = Question{Kind: "sum", Asked: []any{"a", 1}}

// sum answers with a number, and counts how often it was computed.
func sum(t *testing.T, a *Answers, q Question, n int, computed *int) int {
	t.Helper()
	v, notKept, err := Answer(t.Context(), a, func() (Work[int], error) {
		return Work[int]{q, func() (int, error) { *computed++; return n, nil }}, nil
	})
	if err != nil || notKept != nil {
		t.Fatal(err, notKept)
	}
	return v
}

func TestAnAnswerIsFoundUnderAllThatMakesIt(t *testing.T) {
	m, computed := newMemory(), 0
	a := New(m, m, "v1")
	for range 2 {
		if v := sum(t, a, asked, 7, &computed); v != 7 || computed != 1 {
			t.Errorf("%d, computed %d times", v, computed)
		}
	}
	// Another process finds it as well.
	if v, ok, err := Ready[int](t.Context(), New(m, m, "v1"), asked); v != 7 || !ok || err != nil {
		t.Error(v, ok, err)
	}
	others := map[string]func() (*Answers, Question){
		"program": func() (*Answers, Question) { return New(m, m, "v2"), asked },
		"kind":    func() (*Answers, Question) { return a, Question{Kind: "mean", Asked: asked.Asked} },
		"asked":   func() (*Answers, Question) { return a, Question{Kind: "sum", Asked: []any{"a", 2}} },
		"state": func() (*Answers, Question) {
			return a, Question{Kind: "sum", Asked: asked.Asked, State: "one file more"}
		},
		"records": func() (*Answers, Question) { m.version = "2"; return a, asked },
	}
	for _, what := range []string{"program", "kind", "asked", "state", "records"} {
		a, q := others[what]()
		if v, ok, err := Ready[int](t.Context(), a, q); ok || v != 0 || err != nil {
			t.Errorf("found with another %s: %d, %v", what, v, err)
		}
	}
}

func TestTheLatestIsOfNowOrOfBefore(t *testing.T) {
	m, computed := newMemory(), 0
	a := New(m, m, "v1")
	latest := func(q Question) (int, Is) {
		v, is, err := Latest[int](t.Context(), a, q)
		if err != nil {
			t.Fatal(err)
		}
		return v, is
	}
	if v, is := latest(asked); v != 0 || is != (Is{}) {
		t.Errorf("found before it was computed: %d %+v", v, is)
	}
	sum(t, a, asked, 7, &computed)
	_, first := latest(asked)
	m.version = "2"
	if v, is := latest(asked); v != 7 || is.Current || is.Key != first.Key || !first.Current {
		t.Errorf("%d %+v, at first %+v", v, is, first)
	}
	sum(t, a, asked, 8, &computed)
	if v, is := latest(asked); v != 8 || !is.Current || is.Key == first.Key {
		t.Errorf("%d %+v", v, is)
	}
	if v, is := latest(Question{Kind: "sum", Asked: "another"}); v != 0 || is != (Is{}) {
		t.Errorf("another question is answered with %d %+v", v, is)
	}
}

// A batch that comes while an answer is computed makes it one of two states: it is computed
// anew, and never kept.
func TestAnAnswerIsOfOneStateOfTheRecords(t *testing.T) {
	m, computed := newMemory(), 0
	a := New(m, m, "v1")
	v, _, err := Answer(t.Context(), a, func() (Work[string], error) {
		return Work[string]{asked, func() (string, error) {
			computed++
			read := m.version
			if computed == 1 {
				m.version = "2"
			}
			return read, nil
		}}, nil
	})
	if v != "2" || computed != 2 || err != nil {
		t.Errorf("%q, computed %d times (%v)", v, computed, err)
	}
	m.version = "1"
	if v, ok, _ := Ready[string](t.Context(), New(m, m, "v1"), asked); ok {
		t.Errorf("%q was kept", v)
	}
}

func TestWhatCannotBeKeptOrRead(t *testing.T) {
	m, computed := newMemory(), 0
	a, oops := New(m, m, "v1"), errors.New("oops")
	ask := func(err error) func() (Work[int], error) {
		return func() (Work[int], error) {
			return Work[int]{asked, func() (int, error) { computed++; return 7, err }}, nil
		}
	}
	if _, _, err := Answer(t.Context(), a, ask(oops)); !errors.Is(err, oops) || len(m.values) != 0 {
		t.Errorf("%v, %d kept", err, len(m.values))
	}
	m.full = oops
	if v, notKept, err := Answer(t.Context(), a, ask(nil)); v != 7 || !errors.Is(notKept, oops) || err != nil {
		t.Error(v, notKept, err)
	}
	m.full = nil
	sum(t, a, asked, 7, &computed)
	for key := range m.values {
		m.values[key] = []byte("{")
	}
	if v, is, err := Latest[int](t.Context(), New(m, m, "v1"), asked); v != 0 || is != (Is{}) || err != nil {
		t.Error(v, is, err)
	}
}
