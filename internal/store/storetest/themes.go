package storetest

import (
	"encoding/json"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// themeTests are the cases of store.Themes.
var themeTests = map[string]func(*testing.T, Engine){
	"a theme keeps what it was given":      testThemes,
	"edits of themes are kept by number":   testThemeEdits,
	"what themes do not have is not found": testThemesNotFound,
}

func testThemes(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	a := store.KeptTheme{ID: "a", Version: 1, Touchpoint: "shop's", Language: "de", Words: json.RawMessage(`[[ {"word":"spät"}]]`), Name: "Zu spät", Owner: &store.KeptOwner{Name: "Ada", Since: start}}
	b := store.KeptTheme{ID: "b", Version: 3, Words: json.RawMessage(`[]`), Into: "a"}
	must(t, s.AddTheme(ctx, a))
	must(t, s.AddTheme(ctx, b))
	if s.AddTheme(ctx, a) == nil {
		t.Error("a theme was added twice")
	}
	if s.RemoveTheme(ctx, "a") == nil {
		t.Error("a theme was removed that another is merged into")
	}
	got, err := s.Themes(ctx)
	must(t, err)
	same(t, []store.KeptTheme{a, b}, got)
	a.Version, a.Name, a.Owner = 2, "", nil
	b.Into = ""
	must(t, s.SaveTheme(ctx, b))
	must(t, s.SaveTheme(ctx, a))
	must(t, s.RemoveTheme(ctx, "b"))
	got, err = s.Themes(ctx)
	must(t, err)
	same(t, []store.KeptTheme{a}, got)
	a.Owner = &store.KeptOwner{Person: "nobody", Since: start}
	if s.SaveTheme(ctx, a) == nil {
		t.Error("somebody answers who has no account")
	}
}

func testThemeEdits(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	edit := func(theme string, undoes int64) store.KeptThemeEdit {
		e := store.KeptThemeEdit{At: start, Who: "p", Name: "Ada", Theme: theme, Says: "é", Undoes: undoes, Steps: json.RawMessage(`[ 1]`)}
		n, err := s.AddThemeEdit(ctx, e)
		must(t, err)
		e.Number = n
		return e
	}
	a, b, c := edit("x", 0), edit("y", 0), edit("x", 1)
	same(t, []int64{1, 2, 3}, []int64{a.Number, b.Number, c.Number})
	must(t, s.MarkThemeEdit(ctx, 1, true))
	a.Undone = true
	got, err := s.ThemeEdit(ctx, 1)
	must(t, err)
	same(t, a, got)
	of, err := s.ThemeEdits(ctx, "x", 0, 9)
	must(t, err)
	same(t, []store.KeptThemeEdit{c, a}, of)
	of, err = s.ThemeEdits(ctx, "", 3, 1)
	must(t, err)
	same(t, []store.KeptThemeEdit{b}, of)
}

func testThemesNotFound(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	_, err := s.ThemeEdit(ctx, 1)
	for _, err := range []error{err, s.SaveTheme(ctx, store.KeptTheme{ID: "none", Words: json.RawMessage(`[]`)}), s.RemoveTheme(ctx, "none"), s.MarkThemeEdit(ctx, 1, true)} {
		if clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Errorf("%v", err)
		}
	}
}
