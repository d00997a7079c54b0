package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/simulate"
	"github.com/clientele/clientele/internal/statement"
)

const demoName = "demo.json" // what the demo company in a book was made from, and the truth behind it

type demoNote struct {
	Customers int
	Seed      uint64
	Program   string
	Truth     simulate.Truth
}

// Demo makes a company up and the book that it would keep. If the book of the
// same company is at path already, it is left as it is, and made is false.
// CodeConflict if something else is there.
func Demo(ctx context.Context, path string, c simulate.Config, w Watcher) (made bool, err error) {
	note := demoNote{Customers: c.Customers, Seed: c.Seed, Program: Version}
	if _, err := os.Lstat(path); err == nil {
		return false, sameDemo(path, note)
	}
	return true, makeWhole(path, func(dir string) error {
		files, err := os.MkdirTemp("", "clientele-demo-")
		if err != nil {
			return fileError("the demo's files cannot be made", err)
		}
		defer os.RemoveAll(files)
		w.progress("making a company up", 0, 0)
		truth, exports, err := simulate.Company(c, files)
		if err != nil {
			return err
		}
		note.Truth = truth
		return fillDemo(ctx, dir, note, exports, w)
	})
}

func sameDemo(path string, want demoNote) error {
	var there demoNote
	text, err := os.ReadFile(filepath.Join(path, demoName))
	if err == nil {
		err = json.Unmarshal(text, &there)
	}
	if err != nil || there.Customers != want.Customers || there.Seed != want.Seed || there.Program != want.Program {
		return clientele.Errorf(clientele.CodeConflict, "%s exists already, and is not the book of this demo company", path).
			WithHint("Give another place with --book, or remove it first.")
	}
	return nil
}

func fillDemo(ctx context.Context, dir string, note demoNote, exports []simulate.File, w Watcher) error {
	s := clientele.DefaultSettings()
	margin := 0.4
	s.Name, s.Currency, s.Margin = "Demo company", note.Truth.Currency, &margin
	if err := begin(dir, s); err != nil {
		return err
	}
	b, err := Open(ctx, dir, w)
	if err != nil {
		return err
	}
	if err := errors.Join(b.importDemo(ctx, exports, w), b.Close()); err != nil {
		return err
	}
	text, err := json.MarshalIndent(note, "", "  ")
	if err != nil {
		return clientele.Errorf(clientele.CodeInternal, "the demo cannot be noted").Because(err)
	}
	return fileError("the demo cannot be noted", writeSynced(filepath.Join(dir, demoName), text))
}

func (b *Book) importDemo(ctx context.Context, exports []simulate.File, w Watcher) error {
	for _, f := range exports {
		name := filepath.Base(f.Path)
		_, err := b.Importer.Import(ctx, f.Path, ingest.Request{Kind: f.Kind, Source: f.Source, Progress: func(p ingest.Progress) {
			w.progress(name, p.Done, p.Total)
		}})
		if err != nil {
			return err
		}
	}
	p, ok, err := b.Statements.Periods(ctx)
	if err != nil || !ok {
		return err
	}
	// The first page is computed now, so that it opens at once.
	_, err = b.Statements.Statement(ctx, statement.Request{Period: p.Default.Period}, nil)
	return err
}
