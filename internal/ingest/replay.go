package ingest

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// LoadPending loads the landed files that the records lack, oldest first, and
// returns how many. If the records hold a batch that landing/ does not know, they are
// rebuilt, unless landing/ has something unexplained: then that batch may be of it, and
// stays. Call it when a book is opened: it also removes what an
// interrupted import left in Work.
func (im *Importer) LoadPending(ctx context.Context, progress func(done, total int)) (int, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	left, err := filepath.Glob(filepath.Join(im.Work, readPrefix+"*"))
	if err != nil {
		return 0, err
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return 0, clientele.Errorf(clientele.CodeInternal, "what an interrupted import left cannot be removed").Because(err)
		}
	}
	return im.loadPending(ctx, progress)
}

func (im *Importer) loadPending(ctx context.Context, progress func(done, total int)) (int, error) {
	entries, err := im.Landing.List()
	if err != nil {
		return 0, err
	}
	loaded, err := im.Warehouse.Loaded(ctx)
	if err != nil {
		return 0, err
	}
	landedIDs := map[string]bool{}
	for _, e := range entries {
		landedIDs[e.BatchID] = true
	}
	unexplained, err := im.Landing.Unexplained()
	if err != nil {
		return 0, err
	}
	for _, b := range loaded {
		if !landedIDs[b.ID] && len(unexplained) == 0 {
			return len(entries), im.rebuild(ctx, progress)
		}
	}
	pending := slices.DeleteFunc(entries, func(e Entry) bool {
		return slices.ContainsFunc(loaded, func(b warehouse.LoadedBatch) bool { return b.ID == e.BatchID })
	})
	if err := im.Landing.whole(ctx, pending); err != nil && ctx.Err() == nil {
		return 0, clientele.Errorf(clientele.CodeNotLoaded, "accepted files are not loaded").Because(err).WithHint("Restore a backup of the book.")
	} else if err != nil {
		return 0, err
	}
	return len(pending), im.loadEntries(ctx, pending, progress)
}

// Rebuild empties the records and loads every landed file in sequence. The error is
// CodeInvalid, and the records are as they were, unless all of landing/ is as it was
// accepted.
func (im *Importer) Rebuild(ctx context.Context, progress func(done, total int)) error {
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.rebuild(ctx, progress)
}

// RebuildAlone is Rebuild for who holds the importer by Alone.
func (im *Importer) RebuildAlone(ctx context.Context, progress func(done, total int)) error {
	return im.rebuild(ctx, progress)
}

func (im *Importer) rebuild(ctx context.Context, progress func(done, total int)) error {
	entries, err := im.Landing.List()
	if err != nil {
		return err
	}
	unexplained, err := im.Landing.Unexplained()
	if err != nil {
		return err
	}
	if len(unexplained) > 0 {
		return clientele.Errorf(clientele.CodeInvalid, "landing/%s: %s", unexplained[0].Name, unexplained[0].Reason).
			WithHint("Restore it from a backup, or take it out of landing/ to do without it.")
	}
	if err := im.Landing.whole(ctx, entries); err != nil {
		return err
	}
	if err := im.Warehouse.Reset(ctx); err != nil {
		return err
	}
	return im.loadEntries(ctx, entries, progress)
}

func (im *Importer) loadEntries(ctx context.Context, entries []Entry, progress func(done, total int)) error {
	for i, e := range entries {
		if progress != nil {
			progress(i, len(entries))
		}
		if err := im.loadEntry(ctx, e); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return notLoaded(e, err)
		}
	}
	if progress != nil {
		progress(len(entries), len(entries))
	}
	return nil
}

func (im *Importer) loadEntry(ctx context.Context, e Entry) error {
	rd, err := e.open(ctx, im.Landing.path(e.SHA256), im.Work)
	if err != nil {
		return err
	}
	defer rd.close()
	_, err = im.Warehouse.Load(ctx, im.batch(e, rd), warehouse.LoadOptions{})
	return err
}

// Alone runs f while no import is under way and no file is looked at, so that landing/, the
// records and prepared files stand still. It waits for the import at hand.
func (im *Importer) Alone(f func() error) error {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.looks.Lock()
	defer im.looks.Unlock()
	return f()
}

// Report is the present report of a landed file: counts and first rejects as
// the records have them, State loaded or kept.
func (im *Importer) Report(ctx context.Context, e Entry) (FileReport, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.reportOf(ctx, e)
}

func (im *Importer) reportOf(ctx context.Context, e Entry) (FileReport, error) {
	r := FileReport{
		Name: e.Name, SHA256: e.SHA256, Kind: e.Kind, Source: e.Source, Preset: e.Preset, Dialect: e.Dialect, Mapping: e.Mapping, Attributes: e.Attributes,
		Rejects: []warehouse.Reject{}, Warnings: []Problem{}, State: StateKept, BatchID: e.BatchID, Sequence: e.Sequence,
	}
	loaded, err := im.Warehouse.Loaded(ctx)
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(loaded, func(b warehouse.LoadedBatch) bool { return b.ID == e.BatchID })
	if i < 0 {
		return r, nil
	}
	j := importing{report: r}
	j.count(loaded[i].Report)
	j.report.State = StateLoaded
	for reject, err := range im.Warehouse.Rejects(ctx, e.BatchID) {
		if err != nil {
			return j.report, err
		}
		if j.report.Rejects = append(j.report.Rejects, reject); len(j.report.Rejects) == warehouse.MaxRejects {
			break
		}
	}
	return j.report, nil
}
