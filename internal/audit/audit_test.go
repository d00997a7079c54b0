package audit_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// memory keeps events as the store does.
type memory struct {
	texts []store.AuditText
	hash  string
}

func (m *memory) AppendAudit(_ context.Context, seal func(int64, string) ([]byte, string, error)) error {
	text, hash, err := seal(int64(len(m.texts))+1, m.hash)
	if err == nil {
		m.texts, m.hash = append(m.texts, store.AuditText{Number: int64(len(m.texts)) + 1, Text: text}), hash
	}
	return err
}

func (m *memory) AuditForward(context.Context) iter.Seq2[store.AuditText, error] {
	return func(yield func(store.AuditText, error) bool) {
		for _, t := range m.texts {
			if !yield(t, nil) {
				return
			}
		}
	}
}

func (m *memory) AuditBackward(_ context.Context, below int64) iter.Seq2[store.AuditText, error] {
	return func(yield func(store.AuditText, error) bool) {
		for _, t := range slices.Backward(m.texts) {
			if (below == 0 || t.Number < below) && !yield(t, nil) {
				return
			}
		}
	}
}

func log(t *testing.T) (*memory, *audit.Log) {
	t.Helper()
	m := &memory{}
	l := audit.New(m, func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) })
	ctx := policy.With(t.Context(), policy.Actor{ID: "p1", Name: "Ada"})
	ctx = audit.WithOrigin(ctx, audit.Origin{Via: "page", From: "192.0.2.7", Request: "r1"})
	for _, says := range []string{"Bea", "<b>&"} {
		if err := l.Record(ctx, "person.renamed", "person/p2", map[string]string{"name": says}, nil); err != nil {
			t.Fatal(err)
		}
	}
	failed := audit.Event{Action: "session.refused", Outcome: audit.Denied, Name: "eve@example.com"}
	if err := l.Tell(t.Context(), failed, nil, nil); err != nil {
		t.Fatal(err)
	}
	return m, l
}

func TestEventsTellWhoFromWhereAndWhat(t *testing.T) {
	_, l := log(t)
	page, err := l.Page(t.Context(), 0, 2, nil)
	if err != nil || len(page) != 2 || page[0].Number != 3 || page[0].Outcome != audit.Denied || page[0].Who != "" || page[0].Name != "eve@example.com" {
		t.Fatalf("%+v %v", page, err)
	}
	if e := page[1]; e.Who != "p1" || e.Name != "Ada" || e.Via != "page" || e.From != "192.0.2.7" || e.Request != "r1" ||
		e.Outcome != audit.Done || string(e.Before) != `{"name":"\u003cb\u003e\u0026"}` || e.After != nil {
		t.Errorf("%+v", e)
	}
	page, err = l.Page(t.Context(), 3, 10, func(e audit.Event) bool { return strings.Contains(string(e.Before), "Bea") })
	if err != nil || len(page) != 1 || page[0].Number != 1 {
		t.Errorf("%+v %v", page, err)
	}
}

func TestVerifyNamesWhatChanged(t *testing.T) {
	for name, c := range map[string]struct {
		change func(m *memory)
		want   string
	}{
		"nothing": {func(*memory) {}, ""},
		"a byte":  {func(m *memory) { m.texts[1].Text[30] ^= 1 }, "event 2 of the audit: its text has changed since it was signed"},
		"missing": {func(m *memory) { m.texts = slices.Delete(m.texts, 0, 1) }, "event 1 of the audit: it is missing"},
		"swapped": {func(m *memory) { m.texts[1].Text = m.texts[0].Text }, "event 2 of the audit: its text is that of event 1"},
	} {
		m, l := log(t)
		c.change(m)
		n, _, findings, err := l.Verify(t.Context())
		got := ""
		if len(findings) > 0 {
			got = findings[0].Where + ": " + findings[0].Reason
		}
		if err != nil || n != 3 || got != c.want {
			t.Errorf("%s: %d %q %v", name, n, got, err)
		}
	}
}
