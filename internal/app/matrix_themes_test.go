package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/internal/ui"
	"github.com/clientele/clientele/web"
)

// themeSamples say how the pages of themes are asked, one of which is kept. Edits are of a
// version that nobody opened, so that nothing is changed.
func themeSamples(t *testing.T, b *Book) map[string][]sample {
	t.Helper()
	if err := b.Store.AddTheme(t.Context(), store.KeptTheme{ID: "late", Version: 1, Name: "Late", Words: json.RawMessage(`[[{"word":"late","weight":100}]]`)}); err != nil {
		t.Fatal(err)
	}
	ask := func(path string) []sample { return []sample{{path: path}} }
	edit := func(path string) []sample {
		return []sample{{path: path, form: url.Values{"version": {"0"}}, also: []policy.Permission{policy.ReadThemes}, status: 412}}
	}
	return map[string][]sample{
		"GET /themes": ask("/themes"), "GET /themes/{id}": ask("/themes/late"),
		"POST /themes/undo":       {{path: "/themes/undo", form: url.Values{"number": {"99"}}, status: 404}},
		"POST /themes/{id}/name":  edit("/themes/late/name"),
		"POST /themes/{id}/merge": edit("/themes/late/merge"),
		"POST /themes/{id}/owner": edit("/themes/late/owner"),
	}
}

// Quotes are for those who may read comments, on the page and for programs; edits are for
// those who may edit themes, and the audit tells of them.
func TestThemesAreForThoseWhoMay(t *testing.T) {
	b := regions(t)
	themeSamples(t, b)
	as := func(role policy.Role) policy.Actor {
		return policy.Actor{ID: "somebody", Name: "Ada", Roles: []policy.Role{role}}
	}
	assets, err := web.Open()
	if err != nil {
		t.Fatal(err)
	}
	pages := ui.New(b.services(assets, slog.New(slog.DiscardHandler)))
	g := b.Guards().Themes
	for _, role := range policy.Roles() {
		ctx := policy.With(t.Context(), as(role))
		q, _, err := g.Quotes(ctx, "late", 0, 5)
		if may := policy.ReachOf(role, policy.ReadComments) == policy.Everything; may != (err == nil) || may != (len(q.Quotes) == 5) {
			t.Errorf("%s: %d quotes, %v", role, len(q.Quotes), err)
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/themes/late", nil).WithContext(ctx))
		if shown := strings.Contains(w.Body.String(), "it came late again"); shown != (policy.ReachOf(role, policy.ReadComments) == policy.Everything) {
			t.Errorf("%s: the page shows quotes: %t", role, shown)
		}
	}
	lead := policy.With(t.Context(), as(policy.Lead))
	d, err := g.Change(lead, "late", 1, theme.Change{Name: new("Too late")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Undo(lead, d.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Change(policy.With(t.Context(), as(policy.Owner)), "late", 3, theme.Change{Name: new("x")}); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Errorf("an owner edits: %v", err)
	}
	if got, want := trail(t, b), []string{"Ada themes.changed theme/late", "Ada themes.undone theme/late"}; len(got) < 2 || !slices.Equal(got[len(got)-2:], want) {
		t.Errorf("the audit tells %q, want %q", got, want)
	}
}
