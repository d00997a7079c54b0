package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/theme"
	heardin "github.com/clientele/clientele/model/text"
)

// voices are what customers of a fake say.
type voices struct {
	report  theme.Report
	quotes  []theme.Quote
	edits   []theme.Edit
	refused error // of changes
	changed theme.Change
	undone  int64
}

// themesFake tells them.
type themesFake struct{ *fake }

func (f themesFake) Ready(context.Context) (r theme.Report, ok bool, err error) {
	if f.voices == nil || f.failure != nil {
		return r, false, f.failure
	}
	return f.voices.report, true, nil
}

func (f themesFake) Prepare(context.Context) error {
	f.voices = heard()
	return f.failure
}

func (f themesFake) Theme(ctx context.Context, id string) (t theme.Theme, ok bool, err error) {
	r, ok, err := f.Ready(ctx)
	for _, v := range r.Voices {
		if i := slices.IndexFunc(v.Themes, func(t theme.Theme) bool { return t.ID == id }); i >= 0 {
			return v.Themes[i], true, nil
		}
	}
	if ok {
		err = clientele.Errorf(clientele.CodeNotFound, "there is no such theme")
	}
	return t, ok, err
}

func (f themesFake) Quotes(ctx context.Context, id string, offset int64, limit int) (q theme.Quotes, ok bool, err error) {
	q.Theme, ok, err = f.Theme(ctx, id)
	if q.Why = q.Theme.Why; q.Why == "" {
		q.Quotes = f.voices.quotes[min(int(offset), len(f.voices.quotes)):min(int(offset)+limit, len(f.voices.quotes))]
	}
	return q, ok, err
}

func (f themesFake) Edits(context.Context, string, int64, int) ([]theme.Edit, error) {
	return f.voices.edits, f.failure
}

func (f themesFake) Change(_ context.Context, _ string, _ int64, c theme.Change) (theme.Done, error) {
	f.voices.changed = c
	return theme.Done{}, f.voices.refused
}

func (f themesFake) Undo(_ context.Context, number int64) (theme.Done, error) {
	f.voices.undone = number
	return theme.Done{}, f.voices.refused
}

// heard are made-up voices in which every part has something to show.
func heard() *voices {
	n := func(n int64) *int64 { return &n }
	topic := func(all ...string) theme.Topic {
		var t theme.Topic
		for i, w := range all {
			t = append(t, heardin.Weighted{Word: w, Weight: 100 - 10*i})
		}
		return t
	}
	count := theme.Count{Comments: 1234, Detractors: n(1000), Promoters: n(34)}
	share := theme.Interval{Value: .347, Low: .33, High: .364}
	themes := []theme.Theme{
		{ID: "t1", Version: 2, Touchpoint: "delivery", Language: "en", Name: "Too <late>", Topics: []theme.Topic{topic("late", "hours"), topic("delay", "gate")}, Merged: []theme.Merged{{ID: "t9", Title: "delay, gate"}},
			Owner: &theme.Owner{Name: "Olive", Since: time.Now().AddDate(0, 0, -3)}, Count: count},
		{ID: "t2", Touchpoint: "delivery", Language: "en", Topics: []theme.Topic{topic("kind", "quick")}, Count: theme.Count{Comments: 77}, Stability: fraction(0.9)},
		{ID: "t3", Version: 1, Touchpoint: "delivery", Language: "en", Name: "Gone", Topics: []theme.Topic{topic("gone")}, Why: "Fewer than 10 comments speak of it."},
	}
	return &voices{
		report: theme.Report{Seed: 1, Few: 1, Left: 2, Voices: []theme.Voice{
			{Touchpoint: "delivery", Language: "en", Recorded: "en", Count: count, Sampled: 1000, Sentiment: &theme.Sentiment{Mean: share, Negative: share, Positive: share}, Themes: themes, Found: 8,
				Words: &theme.Contrast{Detractors: []theme.Word{{Word: "cancelled", Detractors: 300, Promoters: 2, LogOdds: 2, Z: 9.87}}, Promoters: []theme.Word{}}},
			{Language: "pt", Guessed: true, Count: theme.Count{Comments: 12}, Mute: "Sentiment cannot be told: it is told of English alone.", NoWords: "Too few of each side.", NoThemes: "Themes take at least 50 comments."},
		}},
		quotes: append(slices.Repeat([]theme.Quote{{Text: "It came <late>\nagain", Side: "detractor"}}, 20), theme.Quote{Text: "The last of them"}),
		edits:  []theme.Edit{{Number: 2, Says: "took back: late, hours: named it Late", Undoes: 1}, {Number: 1, Name: "Ada", Says: "late, hours: named it Late", Undone: true}},
	}
}

func TestThemesPage(t *testing.T) {
	f := newFake()
	f.voices = heard()
	s := newTestSite(t, f)
	expect(t, s, "/themes", http.StatusOK, "1,246 comments, and 3 themes that come back in them.", `aria-current="page">Themes`, `href="/themes?touchpoint=delivery"`, `href="/themes?touchpoint="`,
		"34.7%", "no touchpoint", "Portuguese, by its words", "of fewer than 10 comments each: 1 group.", "beyond the 40 with most comments: 2 groups.", "Took back: late, hours: named it Late", "taken back since", "the owner of the machine")
	expect(t, s, "/themes?touchpoint=delivery", http.StatusOK, "At delivery detractors say “cancelled”, and promoters hardly do.", "34.7% (33.0% to 36.4%)", `href="/themes/t1"`, "Too &lt;late&gt;", "Kind, quick",
		"owner: Olive", "1 other merged into it", "90.0%", "kept", "9.9", "Nothing stands out.", "Fewer than 10 comments speak of it.")
	expect(t, s, "/themes?touchpoint=", http.StatusOK, "12 comments at no touchpoint.", "told of English alone", "Too few of each side.", "Themes take at least 50 comments.")
	expect(t, s, "/themes?touchpoint=none", http.StatusNotFound, "nothing can be told of comments")
	f.voices.report.Voices = f.voices.report.Voices[:1]
	expect(t, s, "/themes", http.StatusOK, "At delivery detractors say", "Detractors say, and promoters do not") // the only one is told at once
	f.voices.report = theme.Report{}
	f.voices.edits = nil
	expect(t, s, "/themes", http.StatusOK, "Nothing can be told yet", "Drop a file")
	signedIn(t, f, "olive").sees("/themes", http.StatusOK, "You may not import files")
}

func TestThemePage(t *testing.T) {
	f := newFake()
	f.voices = heard()
	s := newTestSite(t, f)
	body := expect(t, s, "/themes/t1", http.StatusOK, "<h1>Too &lt;late&gt;</h1>", "It came &lt;late&gt;\nagain", "late 100 · hours 90", "Merged into it: delay, gate", "delay 100 · gate 90", "Olive, for 3 days", "1,000",
		`href="/themes/t1?from=20"`, `value="Too &lt;late&gt;"`, `<option value="t2">Kind, quick</option>`, "Take back")
	if strings.Contains(body, `<option value="t1">`) || strings.Contains(body, "The last of them") {
		t.Error("a theme can be merged into itself, or a page has too many quotes")
	}
	expect(t, s, "/themes/t1?from=20", http.StatusOK, "The last of them")
	expect(t, s, "/themes/t2", http.StatusOK, "nobody", "90.0%", "—")
	expect(t, s, "/themes/t3", http.StatusOK, "Fewer than 10 comments speak of it.")
	expect(t, s, "/themes/none", http.StatusNotFound, "there is no such theme")
	olive := signedIn(t, f, "olive") // an owner reads, and changes nothing
	if body := olive.sees("/themes/t1", http.StatusOK, "It came &lt;late&gt;"); strings.Contains(body, "Save the name") || strings.Contains(body, "Take back") {
		t.Error("an owner can edit themes")
	}
	f.directory.people = nil // without accounts, somebody answers by name
	expect(t, s, "/themes/t1", http.StatusOK, `<input name="name" value="Olive"`)
}

func TestThemesAreEdited(t *testing.T) {
	f := newFake()
	f.voices = heard()
	f.directory.people["ada"].Roles = append(f.directory.people["ada"].Roles, policy.Lead)
	v := signedIn(t, f, "ada")
	v.leads("/themes/t1/name", url.Values{"version": {"2"}, "name": {"Late"}}, "/themes/t1")
	if c := f.voices.changed; c.Name == nil || *c.Name != "Late" || c.Into != nil || c.Owner != nil {
		t.Errorf("%+v", c)
	}
	v.leads("/themes/t1/merge", url.Values{"version": {"2"}, "into": {"t2"}}, "/themes/t2")
	v.leads("/themes/t1/owner", url.Values{"version": {"2"}, "person": {"olive"}}, "/themes/t1")
	if c := f.voices.changed; c.Owner == nil || c.Owner.Person != "olive" {
		t.Errorf("%+v", c)
	}
	v.leads("/themes/undo", url.Values{"number": {"2"}}, "/themes")
	if f.voices.undone != 2 {
		t.Errorf("%d was taken back", f.voices.undone)
	}
	f.voices.refused = clientele.Errorf(clientele.CodeStale, "the theme was changed since you opened it")
	v.sends("/themes/t1/name", url.Values{"version": {"1"}, "name": {"x"}}, http.StatusPreconditionFailed, "The theme was changed since you opened it")
	f.voices.refused = clientele.Errorf(clientele.CodeConflict, "that was taken back already")
	v.sends("/themes/undo", url.Values{"number": {"2"}}, http.StatusConflict, "That was taken back already")
	v.sends("/themes/undo", url.Values{"number": {"x"}}, http.StatusBadRequest, "does not say which edit")
	v.sends("/themes/t1/name", url.Values{"name": {"x"}}, http.StatusBadRequest, "does not say which version")
}

// What was not looked at yet is looked at, by a job that leads back.
func TestThemesAreLookedFor(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	for _, path := range []string{"/themes", "/themes/t1"} {
		if w := get(t, s, path); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/jobs/") {
			t.Errorf("%s: status %d to %q", path, w.Code, w.Header().Get("Location"))
		}
	}
	if _, err := Handlers(s.Services)[jobThemes](context.Background(), nil, progressOf(f, "")); err != nil || f.voices == nil {
		t.Errorf("%v: they were not looked for", err)
	}
}
