package theme

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store/sqlite"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/text"
)

// said is a comment that a test makes up.
type said struct {
	of   warehouse.CommentsOf
	text string
	side warehouse.Side
}

// records are comments, asked as an engine is.
type records struct {
	comments []said
	asked    int // samples
}

func (r *records) in(of warehouse.CommentsOf, keep func(said) bool) (out []said) {
	for _, c := range r.comments {
		if c.of == of && keep(c) {
			out = append(out, c)
		}
	}
	return out
}

func sides(of []said) (n warehouse.SideCount) {
	for _, c := range of {
		n.All++
		switch c.side {
		case warehouse.Detractor:
			n.Detractors++
		case warehouse.Promoter:
			n.Promoters++
		}
	}
	return n
}

func everyone(said) bool { return true }

func (r *records) CommentGroups(context.Context) (out []warehouse.CommentGroup, err error) {
	for _, c := range r.comments {
		if !slices.ContainsFunc(out, func(g warehouse.CommentGroup) bool { return g.CommentsOf == c.of }) {
			out = append(out, warehouse.CommentGroup{CommentsOf: c.of, SideCount: sides(r.in(c.of, everyone))})
		}
	}
	slices.SortStableFunc(out, func(a, b warehouse.CommentGroup) int { return cmp.Compare(b.All, a.All) })
	return out, nil
}

func (r *records) Terms(_ context.Context, q warehouse.TermQuery) (out []warehouse.TermCount, err error) {
	holding := map[string][]said{}
	for _, c := range r.in(q.CommentsOf, everyone) {
		for _, w := range slices.Compact(slices.Sorted(slices.Values(text.Words(c.text)))) {
			holding[w] = append(holding[w], c)
		}
	}
	for w, all := range holding {
		if !slices.Contains(q.Stops, w) && int64(len(all)) >= q.Least {
			out = append(out, warehouse.TermCount{Term: w, SideCount: sides(all)})
		}
	}
	return out, nil
}

func speaks(theme warehouse.ThemeWords) func(said) bool {
	return func(c said) bool {
		words := text.Words(c.text)
		return slices.ContainsFunc(theme, func(topic []warehouse.WordWeight) bool {
			sum := 0
			for _, w := range topic {
				if slices.Contains(words, w.Word) {
					sum += w.Weight
				}
			}
			return sum >= 100
		})
	}
}

func (r *records) Speaking(_ context.Context, q warehouse.SpeakingQuery) (out []warehouse.SideCount, err error) {
	for _, theme := range q.Themes {
		out = append(out, sides(r.in(q.CommentsOf, speaks(theme))))
	}
	return out, nil
}

func comments(of []said, from, limit int64) (out []warehouse.Comment) {
	for i := from; i < min(from+limit, int64(len(of))); i++ {
		out = append(out, warehouse.Comment{Text: of[i].text, Side: of[i].side})
	}
	return out
}

func (r *records) SampleComments(_ context.Context, q warehouse.CommentSampleQuery) ([]warehouse.Comment, error) {
	r.asked++
	return comments(r.in(q.CommentsOf, everyone), 0, q.Limit), nil
}

func (r *records) Quotes(_ context.Context, q warehouse.QuoteQuery) ([]warehouse.Comment, error) {
	return comments(r.in(q.CommentsOf, speaks(q.Theme)), q.Offset, q.Limit), nil
}

// world is what is said in a book whose clock stands.
type world struct {
	testing.TB
	*Service
	records *records
	version string // of the records
	ctx     context.Context
}

func (w *world) DataVersion(context.Context) (string, error) { return w.version, nil }

var morning = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, of ...said) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "operations.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{TB: t, records: &records{comments: of}, version: "1", ctx: policy.With(t.Context(), policy.Actor{ID: "p1", Name: "Ada"})}
	w.Service = New(w.records, w, s, func() ([]byte, error) { return []byte("awful\t-2.0\nkind\t2.4\nfine\t0.8\n"), nil }, "test", func() time.Time { return morning })
	return w
}

var shop = warehouse.CommentsOf{Touchpoint: "shop", Language: "en"}

// opinions are comments of four matters, each as often as the others, with words of their own
// and others that anybody uses.
func opinions(of warehouse.CommentsOf, n int) (out []said) {
	matters := []struct {
		words []string
		side  warehouse.Side
	}{
		{[]string{"late", "delayed", "hours", "waiting"}, warehouse.Detractor}, {[]string{"bag", "lost", "luggage", "claim"}, warehouse.Detractor},
		{[]string{"kind", "friendly", "helpful", "staff"}, warehouse.Promoter}, {[]string{"price", "cheap", "offer", "value"}, ""},
	}
	others := strings.Fields("monday tuesday april shop counter north south gate green yellow")
	for i := range n {
		m := matters[i%len(matters)]
		words := []string{m.words[i/4%4], m.words[(i/4+1)%4], m.words[(i/4+2)%4], others[i%10], others[(i*7+3)%10]}
		out = append(out, said{of, strings.Join(words, " "), m.side})
	}
	return out
}
