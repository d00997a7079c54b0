package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"time"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// Themes implements store.Themes.
func (s *Store) Themes(ctx context.Context) ([]store.KeptTheme, error) {
	return listed(ctx, s, scanTheme, "theme.list")
}

// AddTheme implements store.Themes.
func (s *Store) AddTheme(ctx context.Context, t store.KeptTheme) error {
	person, name, since := chargeOf(t)
	return s.run(ctx, "theme.add", t.ID, t.Version, t.Touchpoint, t.Language, string(t.Words), t.Name, t.Into, person, name, since)
}

// SaveTheme implements store.Themes.
func (s *Store) SaveTheme(ctx context.Context, t store.KeptTheme) error {
	person, name, since := chargeOf(t)
	return changed(ctx, s.on(ctx), "theme", "theme.save", t.Version, t.Touchpoint, t.Language, string(t.Words), t.Name, t.Into, person, name, since, t.ID)
}

// RemoveTheme implements store.Themes.
func (s *Store) RemoveTheme(ctx context.Context, id string) error {
	return changed(ctx, s.on(ctx), "theme", "theme.remove", id)
}

// chargeOf are the columns of who answers for a theme.
func chargeOf(t store.KeptTheme) (person, name string, since sql.NullInt64) {
	if t.Owner == nil {
		return "", "", since
	}
	return t.Owner.Person, t.Owner.Name, millisOf(&t.Owner.Since)
}

func scanTheme(row scanner) (t store.KeptTheme, err error) {
	var words string
	var owner store.KeptOwner
	var since sql.NullInt64
	err = row.Scan(&t.ID, &t.Version, &t.Touchpoint, &t.Language, &words, &t.Name, &t.Into, &owner.Person, &owner.Name, &since)
	t.Words = json.RawMessage(words)
	if since.Valid {
		owner.Since, t.Owner = time.UnixMilli(since.Int64).UTC(), &owner
	}
	return t, err
}

// AddThemeEdit implements store.Themes.
func (s *Store) AddThemeEdit(ctx context.Context, e store.KeptThemeEdit) (number int64, err error) {
	err = s.inTx(ctx, func(tx *transaction) error {
		return tx.QueryRowContext(ctx, queries.Text("theme_edit.add"), e.At.UnixMilli(), e.Who, e.Name, e.Theme, e.Says, e.Undoes, e.Undone, string(e.Steps)).Scan(&number)
	})
	return number, err
}

// ThemeEdit implements store.Themes.
func (s *Store) ThemeEdit(ctx context.Context, number int64) (store.KeptThemeEdit, error) {
	e, err := scanThemeEdit(s.on(ctx).QueryRowContext(ctx, queries.Text("theme_edit.get"), number))
	return e, missing("edit", err)
}

// ThemeEdits implements store.Themes.
func (s *Store) ThemeEdits(ctx context.Context, theme string, below int64, limit int) ([]store.KeptThemeEdit, error) {
	if below <= 0 {
		below = math.MaxInt64
	}
	return listed(ctx, s, scanThemeEdit, "theme_edit.list", theme, theme, below, limit)
}

// MarkThemeEdit implements store.Themes.
func (s *Store) MarkThemeEdit(ctx context.Context, number int64, undone bool) error {
	return changed(ctx, s.on(ctx), "edit", "theme_edit.mark", undone, number)
}

func scanThemeEdit(row scanner) (e store.KeptThemeEdit, err error) {
	var at int64
	var steps string
	err = row.Scan(&e.Number, &at, &e.Who, &e.Name, &e.Theme, &e.Says, &e.Undoes, &e.Undone, &steps)
	e.At, e.Steps = time.UnixMilli(at).UTC(), json.RawMessage(steps)
	return e, err
}
