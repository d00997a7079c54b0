package warehousetest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/text"
)

// comment is an answer with a text; score −1 is none, and scale 0 is not given.
type comment struct {
	touchpoint, language, instrument, text string
	score, low, high                       int
	notApplicable                          bool
}

// spoken is the language of a comment as groups name it.
func (c comment) spoken() string {
	tag, _, _ := strings.Cut(strings.ReplaceAll(c.language, "_", "-"), "-")
	if len(tag) < 2 || len(tag) > 3 || strings.Trim(strings.ToLower(tag), "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return strings.ToLower(tag)
}

// side is whom a comment is of.
func (c comment) side() warehouse.Side {
	bad, good := c.score <= c.low+1, c.score >= c.high-1
	switch {
	case c.notApplicable || c.score < 0 || c.high == 0 || c.score < c.low || c.score > c.high:
		return ""
	case c.instrument == "nps" && (c.low != 0 || c.high != 10):
		return ""
	case c.instrument == "nps":
		bad, good = c.score <= 6, c.score >= 9
	case c.high-c.low < 3:
		bad, good = c.score == c.low, c.score == c.high
	}
	switch {
	case bad:
		return warehouse.Detractor
	case good:
		return warehouse.Promoter
	}
	return ""
}

// drawComment makes one up, of few words, so that many share them.
func drawComment(t *rapid.T) comment {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"late", "LATE", "kind", "staff", "the", "don’t", "é", "Zürich", "check-in", "a@b.cd", "@shop", "https://x.yz/late", "&amp;", "7", "x", "it's", "!", "\n"}), 0, 8).Draw(t, "words")
	scale := rapid.SampledFrom([][2]int{{0, 10}, {1, 5}, {1, 4}, {0, 1}, {1, 3}, {0, 0}}).Draw(t, "scale")
	return comment{
		touchpoint: pick("touchpoint", "", "shop", "it's"), language: pick("language", "", "en", "en-GB", "EN_us", "de", "1", "klingon", "q-x"), instrument: pick("instrument", "nps", "csat", "rating"),
		text: strings.TrimSpace(strings.Join(words, " ")), low: scale[0], high: scale[1], score: rapid.IntRange(-1, 11).Draw(t, "score"), notApplicable: rapid.IntRange(0, 9).Draw(t, "n/a") == 0,
	}
}

// testComments holds an engine's comments to those of a plain reference.
func testComments(t *testing.T, w warehouse.Warehouse) {
	if got, err := w.CommentGroups(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("groups of nothing: %v, %v", got, err)
	}
	all := rapid.SliceOfN(rapid.Custom(drawComment), 300, 300).Example(1)
	var rows [][]string
	for i, c := range all {
		score, low, high := strconv.Itoa(c.score), strconv.Itoa(c.low), strconv.Itoa(c.high)
		if c.score < 0 {
			score = ""
		}
		if c.high == 0 {
			low, high = "", ""
		}
		rows = append(rows, []string{strconv.Itoa(i), day0.String(), c.touchpoint, c.language, c.instrument, c.text, score, low, high, strconv.FormatBool(c.notApplicable)})
	}
	loadCSV(t, w, clientele.Feedback, []string{"response", "time", "touchpoint", "language", "instrument", "text", "score", "scale_min", "scale_max", "not_applicable"}, rows)
	groups := map[warehouse.CommentsOf][]comment{}
	for _, c := range all {
		if strings.TrimSpace(c.text) != "" {
			of := warehouse.CommentsOf{Touchpoint: c.touchpoint, Language: c.spoken()}
			groups[of] = append(groups[of], c)
		}
	}
	checkGroups(t, w, groups)
	for of, comments := range groups {
		checkTerms(t, w, of, comments)
		checkThemes(t, w, of, comments)
		checkSample(t, w, of, comments)
	}
}

func add(to *warehouse.SideCount, c comment) {
	to.All++
	switch c.side() {
	case warehouse.Detractor:
		to.Detractors++
	case warehouse.Promoter:
		to.Promoters++
	}
}

func checkGroups(t *testing.T, w warehouse.Warehouse, groups map[warehouse.CommentsOf][]comment) {
	t.Helper()
	var want []warehouse.CommentGroup
	for of, comments := range groups {
		g := warehouse.CommentGroup{CommentsOf: of}
		for _, c := range comments {
			add(&g.SideCount, c)
		}
		want = append(want, g)
	}
	slices.SortFunc(want, func(a, b warehouse.CommentGroup) int {
		return cmp.Or(cmp.Compare(b.All, a.All), cmp.Compare(a.Touchpoint, b.Touchpoint), cmp.Compare(a.Language, b.Language))
	})
	got, err := w.CommentGroups(t.Context())
	if diff := gocmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("groups: %v %s", err, diff)
	}
}

// heldBy are the words of a comment, each once, stop words included.
func heldBy(c comment) map[string]bool {
	held := map[string]bool{}
	for _, w := range text.Words(c.text) {
		held[w] = true
	}
	return held
}

func checkTerms(t *testing.T, w warehouse.Warehouse, of warehouse.CommentsOf, comments []comment) {
	t.Helper()
	q := warehouse.TermQuery{CommentsOf: of, Stops: text.English.Stops(), Least: 2, Most: 5}
	counts := map[string]warehouse.SideCount{}
	for _, c := range comments {
		for _, term := range text.Terms(c.text, text.English) {
			n := counts[term]
			add(&n, c)
			counts[term] = n
		}
	}
	var want []warehouse.TermCount
	for term, n := range counts {
		if n.All >= q.Least {
			want = append(want, warehouse.TermCount{Term: term, SideCount: n})
		}
	}
	slices.SortFunc(want, func(a, b warehouse.TermCount) int {
		return cmp.Or(cmp.Compare(b.All, a.All), cmp.Compare(a.Term, b.Term))
	})
	want = want[:min(len(want), int(q.Most))]
	got, err := w.Terms(t.Context(), q)
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%+v: terms: %v %s", of, err, diff)
	}
}

// speaks is how much a comment speaks of a theme; 0 is not.
func speaks(c comment, theme warehouse.ThemeWords) (most int) {
	held := heldBy(c)
	for _, topic := range theme {
		sum := 0
		for _, w := range topic {
			if held[w.Word] {
				sum += w.Weight
			}
		}
		if sum >= 100 {
			most = max(most, sum)
		}
	}
	return most
}

func checkThemes(t *testing.T, w warehouse.Warehouse, of warehouse.CommentsOf, comments []comment) {
	t.Helper()
	themes := []warehouse.ThemeWords{
		{{{Word: "late", Weight: 100}, {Word: "staff", Weight: 30}}},
		{{{Word: "kind", Weight: 60}, {Word: "staff", Weight: 50}}, {{Word: "zürich", Weight: 100}}},
		{{{Word: "nobody's", Weight: 100}}},
	}
	want := make([]warehouse.SideCount, len(themes))
	for i, theme := range themes {
		var quoted []string
		for _, c := range comments {
			if n := speaks(c, theme); n > 0 {
				add(&want[i], c)
				quoted = append(quoted, quote(n, c.text, c.side()))
			}
		}
		got, err := w.Quotes(t.Context(), warehouse.QuoteQuery{CommentsOf: of, Theme: theme, Seed: 3, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, c := range got {
			told = append(told, quote(speaks(comment{text: c.Text}, theme), c.Text, c.Side))
		}
		if !slices.IsSortedFunc(told, func(a, b string) int { return cmp.Compare(b[:4], a[:4]) }) {
			t.Errorf("%+v: quotes of less come before quotes of more: %q", of, told)
		}
		slices.Sort(quoted)
		slices.Sort(told)
		if diff := gocmp.Diff(quoted, told); diff != "" {
			t.Errorf("%+v: quotes of %v: %s", of, theme, diff)
		}
		if page, err := w.Quotes(t.Context(), warehouse.QuoteQuery{CommentsOf: of, Theme: theme, Seed: 3, Offset: 1, Limit: 2}); err != nil || len(got) > 0 && !slices.Equal(page, got[1:min(3, len(got))]) {
			t.Errorf("%+v: a page of quotes: %v, %v", of, page, err)
		}
	}
	got, err := w.Speaking(t.Context(), warehouse.SpeakingQuery{CommentsOf: of, Themes: themes})
	if diff := gocmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%+v: speaking: %v %s", of, err, diff)
	}
}

func quote(weight int, text string, side warehouse.Side) string {
	return fmt.Sprintf("%04d %s: %s", weight, side, text)
}

func checkSample(t *testing.T, w warehouse.Warehouse, of warehouse.CommentsOf, comments []comment) {
	t.Helper()
	var want, told []string
	for _, c := range comments {
		want = append(want, quote(0, c.text, c.side()))
	}
	whole, err := w.SampleComments(t.Context(), warehouse.CommentSampleQuery{CommentsOf: of, Seed: 1, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range whole {
		told = append(told, quote(0, c.Text, c.Side))
	}
	slices.Sort(want)
	slices.Sort(told)
	if diff := gocmp.Diff(want, told); diff != "" {
		t.Errorf("%+v: sample of all: %s", of, diff)
	}
	few, err := w.SampleComments(t.Context(), warehouse.CommentSampleQuery{CommentsOf: of, Seed: 1, Limit: 4})
	if err != nil || !slices.Equal(few, whole[:min(4, len(whole))]) {
		t.Errorf("%+v: the same seed samples others: %v, %v", of, few, err)
	}
	other, err := w.SampleComments(t.Context(), warehouse.CommentSampleQuery{CommentsOf: of, Seed: 2, Limit: 1000})
	if err != nil || len(whole) > 10 && slices.Equal(other, whole) {
		t.Errorf("%+v: another seed samples the same: %v", of, err)
	}
}
