package ingest

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Importer takes files into one book. Its methods exclude each other.
type Importer struct {
	Landing   *Landing
	Warehouse warehouse.Warehouse
	Currency  string // the book's
	TimeZone  string // the book's
	Version   string // of the program, for the record
	Work      string // directory inside the book for prepared files; emptied by Open
}

// Import validates a file, lands it and loads it. The report is filled as far
// as the import came, with an error too. Errors: CodeInvalid (nothing kept; At
// names line and column), CodeConflict (landed already with another mapping:
// Replace applies the new one), CodeNotLoaded (landed and safe, not loaded),
// CodeNoSpace (nothing kept).
func (im *Importer) Import(ctx context.Context, path string, r Request) (FileReport, error) {
	return FileReport{}, clientele.Errorf(clientele.CodeInternal, "import is being built")
}

// Inspect is the package's Inspect with what was chosen before for the same
// source and columns proposed again.
func (im *Importer) Inspect(ctx context.Context, path string, r Request) (Inspection, error) {
	return Inspect(ctx, path, im.Work, r)
}

// Preview reads the first n rows as they would be loaded: canonical field →
// text, nil for missing; rows that would be rejected carry "rejected".
func (im *Importer) Preview(ctx context.Context, path string, r Request, n int) ([]map[string]*string, error) {
	return nil, clientele.Errorf(clientele.CodeInternal, "preview is being built")
}

// LoadPending loads the landed files that the records lack, oldest first, and
// returns how many. If the records hold a batch that landing/ does not know,
// they are rebuilt. Call it when a book is opened.
func (im *Importer) LoadPending(ctx context.Context, progress func(done, total int)) (int, error) {
	return 0, nil
}

// Rebuild empties the records and loads every landed file in sequence.
func (im *Importer) Rebuild(ctx context.Context, progress func(done, total int)) error { return nil }

// Report is the present report of a landed file, for the data page: counts and
// first rejects as the records have them, State loaded or kept.
func (im *Importer) Report(ctx context.Context, e Entry) (FileReport, error) {
	return FileReport{}, nil
}
