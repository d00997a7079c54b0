package store

import (
	"context"
	"encoding/json"
	"time"
)

// KeptTheme is a theme that somebody has named, merged or taken charge of, as it is kept.
type KeptTheme struct {
	ID         string          `json:"id"`
	Version    int64           `json:"version"`
	Touchpoint string          `json:"touchpoint,omitempty"`
	Language   string          `json:"language,omitempty"`
	Words      json.RawMessage `json:"words"`
	Name       string          `json:"name,omitempty"`
	Into       string          `json:"into,omitempty"`  // id of the theme that it was merged into; "" stands for itself
	Owner      *KeptOwner      `json:"owner,omitempty"` // nil is nobody
}

// KeptThemeEdit is an edit of themes as it is kept.
type KeptThemeEdit struct {
	Number int64 // from 1
	At     time.Time
	Who    string // id; "" is the owner of the machine
	Name   string // of who, as it was then
	Theme  string // id of the theme that was edited
	Says   string // what was done, for people
	Undoes int64  // number of the edit that it takes back; 0 is none
	Undone bool   // it was taken back
	Steps  json.RawMessage
}

// Themes keeps themes, and their edits, which only ever grow. What is read and then changed
// belongs into one Atomically. CodeNotFound if there is no such theme or edit.
type Themes interface {
	// Themes returns every theme by id.
	Themes(ctx context.Context) ([]KeptTheme, error)
	// AddTheme keeps a new theme.
	AddTheme(ctx context.Context, t KeptTheme) error
	// SaveTheme keeps what a theme has become.
	SaveTheme(ctx context.Context, t KeptTheme) error
	// RemoveTheme forgets a theme that none is merged into.
	RemoveTheme(ctx context.Context, id string) error

	// AddThemeEdit keeps an edit under the next number, and returns that.
	AddThemeEdit(ctx context.Context, e KeptThemeEdit) (int64, error)
	ThemeEdit(ctx context.Context, number int64) (KeptThemeEdit, error)
	// ThemeEdits returns those of a theme, or all for "", below a number, the latest first. 0 is
	// the end.
	ThemeEdits(ctx context.Context, theme string, below int64, limit int) ([]KeptThemeEdit, error)
	// MarkThemeEdit keeps whether an edit was taken back.
	MarkThemeEdit(ctx context.Context, number int64, undone bool) error
}
