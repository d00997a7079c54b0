package access

import (
	"context"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/theme"
)

// Themes guards theme.Service. What customers wrote is for those who may read comments.
type Themes struct{ parts *Parts }

// Ready returns what is said if it is there already.
func (g Themes) Ready(ctx context.Context) (r theme.Report, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadThemes); err != nil {
		return r, false, err
	}
	return g.parts.Themes.Ready(ctx)
}

// Prepare has what is said ready.
func (g Themes) Prepare(ctx context.Context) error {
	if _, err := policy.Require(ctx, policy.ReadThemes); err != nil {
		return err
	}
	return g.parts.Themes.Prepare(ctx)
}

// Theme returns one theme.
func (g Themes) Theme(ctx context.Context, id string) (t theme.Theme, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadThemes); err != nil {
		return t, false, err
	}
	return g.parts.Themes.Theme(ctx, id)
}

// Edits returns edits, the latest first.
func (g Themes) Edits(ctx context.Context, of string, below int64, limit int) ([]theme.Edit, error) {
	if _, err := policy.Require(ctx, policy.ReadThemes); err != nil {
		return nil, err
	}
	return g.parts.Themes.Edits(ctx, of, below, limit)
}

// Quotes returns comments that speak of a theme.
func (g Themes) Quotes(ctx context.Context, id string, offset int64, limit int) (q theme.Quotes, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadComments); err != nil {
		return q, false, err
	}
	return g.parts.Themes.Quotes(ctx, id, offset, limit)
}

// Change names a theme, merges it, or makes somebody answer for it.
func (g Themes) Change(ctx context.Context, id string, version int64, c theme.Change) (d theme.Done, err error) {
	if _, err := policy.Require(ctx, policy.EditThemes); err != nil {
		return d, err
	}
	return g.parts.themed(ctx, "themes.changed", func(ctx context.Context) (theme.Done, error) {
		return g.parts.Themes.Change(ctx, id, version, c)
	})
}

// Undo takes an edit back.
func (g Themes) Undo(ctx context.Context, number int64) (d theme.Done, err error) {
	if _, err := policy.Require(ctx, policy.EditThemes); err != nil {
		return d, err
	}
	return g.parts.themed(ctx, "themes.undone", func(ctx context.Context) (theme.Done, error) {
		return g.parts.Themes.Undo(ctx, number)
	})
}

// themed makes an edit of themes and tells the audit of it in one transaction, unless it
// changed nothing.
func (p *Parts) themed(ctx context.Context, action string, edit func(context.Context) (theme.Done, error)) (d theme.Done, err error) {
	err = p.Store.Atomically(ctx, func(ctx context.Context) error {
		if d, err = edit(ctx); err != nil || d.Number == 0 {
			return err
		}
		return p.Log.Record(ctx, action, "theme/"+d.Theme, d.Before, d.After)
	})
	return d, err
}
