package ingest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

func FuzzSniff(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\n1,5;2\n", " 1  2\n 3  4\n", "\"a\nb\",c\n", "sep=;\na;b\n", "\xff\xfea\x00,\x00", "{\"a\":1}\n", "\x1f\x8b", "PK\x03\x04", "PAR1", "a\rb\rc", "\"", "a,b\na,b\n1,2\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if l := sniff(text, false); l.Delimiter == "" || l.SkipLines < 0 {
			t.Fatalf("%q: %+v", text, l)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		in, err := Inspect(ctx, path, dir, Request{})
		if err != nil && (clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "") {
			t.Fatalf("%q: %v (%s)", text, err, clientele.HintOf(err))
		}
		if err == nil && len(in.Columns) == 0 {
			t.Fatalf("%q: no columns", text)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, readPrefix+"*")); len(left) > 0 {
			t.Fatalf("%q: %v remains", text, left)
		}
	})
}

func FuzzDateOrder(f *testing.F) {
	for _, seed := range []string{"03/04/2015|25/12/2015", "20150203", "2024-01-05T10:11:12Z", "5 Mar 15|Mar 5, 2015", "24-02-2015 11.35", "1/2/3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, values string) {
		e := newEvidence(1)
		for i, v := range strings.Split(values, "|") {
			e.add([]byte(v), int64(i+1))
			s, ok := readDate([]byte(v))
			if ok && (s.orders == 0 || s.orders&^(ymd|dmy|mdy) != 0) {
				t.Fatalf("%q: orders %b", v, s.orders)
			}
		}
		d := e.decide("x", false)
		if d.ambiguous && d.mixed || (d.ambiguous || d.mixed) && d.Type != warehouse.TextColumn {
			t.Fatalf("%q: %+v", values, d)
		}
		// The order is the column's, not the rows': it does not depend on which row comes first.
		back := newEvidence(1)
		rows := strings.Split(values, "|")
		slices.Reverse(rows)
		for i, v := range rows {
			back.add([]byte(v), int64(i+1))
		}
		if b := back.decide("x", false); b.ambiguous != d.ambiguous || b.mixed != d.mixed || b.Type != d.Type {
			t.Fatalf("%q: %+v, backwards %+v", values, d, b)
		}
	})
}
