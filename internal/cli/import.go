package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
)

// importedFile is what became of one file: its report, and the error if there was one.
type importedFile struct {
	ingest.FileReport
	Error *clientele.Error `json:"error,omitempty"`
}

func (c *command) importFiles() *cobra.Command {
	var r ingest.Request
	var asJSON bool
	var tolerance string
	cmd := &cobra.Command{
		Use: "import BOOK FILE...", Short: "Read files into a book", Args: cobra.MinimumNArgs(2),
		Long: `Read files into a book: CSV in all its dialects, JSON lines, Parquet, XLSX, also
compressed with gzip or zstd. Columns are recognised by name and content; --map
says what the proposal got wrong. Each file is an import of its own: one that is
refused does not undo the others. The exit code is that of the worst.`,
		Example: `  clientele import acme orders.csv customers.xlsx
  clientele import acme CDNOW.txt --as transactions --map customer=customer_id --map time=date --map quantity=number_of_cds --map amount=dollar_value
  clientele import acme orders.csv --map amount=Quantity*UnitPrice --map "customer=nullif(CustomerID,'')" --dry-run
  clientele import acme survey.csv --as feedback --map question=Q7* --map question=NPS --map "not_applicable=answer = 0"`,
	}
	f := cmd.Flags()
	kindFlag(cmd, &r.Kind)
	f.StringArrayVar(&r.Map, "map", nil, "field=EXPR: fill a field with a column or an expression; field= leaves it empty; question=COLUMN, repeated, for several scores in a row")
	f.StringVar(&r.Source, "source", "", "system that the file comes from; orders are told apart by source")
	f.BoolVar(&r.DryRun, "dry-run", false, "validate and report, keep nothing")
	f.BoolVar(&r.Strict, "strict", false, "keep nothing of a file if one of its rows is rejected")
	f.BoolVar(&r.Replace, "replace", false, "apply another mapping to a file that the book has already")
	f.StringVar(&tolerance, "tolerance", "0", "movements: what totals may fail to add up by, in the file's own unit")
	f.BoolVar(&asJSON, "json", false, "report as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if r.Tolerance, err = clientele.ParseMoney(tolerance); err != nil || r.Tolerance.Sign() < 0 {
			return usage(cmd, fmt.Errorf("--tolerance is a number of 0 or more, such as 0.1, not %q", tolerance))
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			files := c.importEach(cmd.Context(), b, args[1:], r, w)
			if asJSON {
				if err := c.writeJSON(map[string]any{"files": files}); err != nil {
					return err
				}
			} else {
				c.writeImports(files)
			}
			return errors.Join(worstImport(files), cmd.Context().Err())
		})
	}
	return cmd
}

// importEach imports one file after another, until asked to stop.
func (c *command) importEach(ctx context.Context, b *app.Book, paths []string, r ingest.Request, w app.Watcher) []importedFile {
	files := []importedFile{}
	for _, path := range paths {
		if ctx.Err() != nil {
			break
		}
		r.Progress = func(p ingest.Progress) {
			if w.Progress != nil {
				w.Progress(filepath.Base(path)+": "+string(p.Stage), p.Done, p.Total)
			}
		}
		report, err := b.Importer.Import(ctx, c.path(path), r)
		if report.Name == "" {
			report.Name = filepath.Base(path)
		}
		files = append(files, importedFile{report, errorOf(err)})
	}
	return files
}

// errorOf is an error as the vocabulary has it; nil stays nil.
func errorOf(err error) *clientele.Error {
	if err == nil {
		return nil
	}
	if e := (*clientele.Error)(nil); errors.As(err, &e) {
		return e
	}
	return clientele.Errorf(clientele.CodeInternal, "unexpected").Because(err)
}

func worstImport(files []importedFile) error {
	codes := []int{0}
	var last *importedFile
	for i, f := range files {
		if f.Error != nil {
			codes = append(codes, exitCode(f.Error))
			last = &files[i]
		}
	}
	switch {
	case last == nil:
		return nil
	case len(files) == 1:
		return last.Error
	}
	return &reportedError{fmt.Errorf("%d of %d files were not imported as asked", len(codes)-1, len(files)), worst(codes...)}
}

// writeImports tells people what became of their files.
func (c *command) writeImports(files []importedFile) {
	for _, f := range files {
		if f.Error != nil && len(files) > 1 {
			c.explain(context.Background(), f.Error)
		}
		if f.Error != nil && f.State != ingest.StateKept {
			continue
		}
		fmt.Fprintf(c.out, "%s: %s\n", f.Name, f.State)
		fmt.Fprintf(c.out, "  %s rows read as %s: %s loaded, %s updated, %s duplicate, %s rejected\n", whole(f.Read), f.Kind,
			whole(f.Loaded), whole(f.Updated), whole(f.Duplicate), whole(f.Rejected))
		if f.FirstDay != nil && f.LastDay != nil {
			fmt.Fprintf(c.out, "  from %s to %s\n", f.FirstDay, f.LastDay)
		}
		for _, field := range slices.Sorted(maps.Keys(f.Mapping)) {
			fmt.Fprintf(c.out, "  %s = %s\n", field, visible(f.Mapping[field]))
		}
		c.writeRejects(f)
	}
}

// firstRejects is how many rejected rows people are shown without asking.
const firstRejects = 10

func (c *command) writeRejects(f importedFile) {
	for _, w := range f.Warnings {
		fmt.Fprintf(c.Stderr, "note: %s\n", problemText(f.Name, w))
	}
	for _, r := range f.Rejects[:min(firstRejects, len(f.Rejects))] {
		at := clientele.Position{File: f.Name, Line: r.Line, Column: r.Column}
		fmt.Fprintf(c.Stderr, "rejected: %s: %s\n", at, r.Reason)
	}
	if more := f.Rejected - int64(min(firstRejects, len(f.Rejects))); more > 0 {
		where := "; the data page has them all to download"
		if f.DryRun {
			where = ""
		}
		fmt.Fprintf(c.Stderr, "rejected: %s more%s\n", whole(more), where)
	}
}

func problemText(file string, p ingest.Problem) string {
	text := clientele.Position{File: file, Line: p.Line, Column: p.Column}.String() + ": " + p.Message
	if p.Hint != "" {
		text += " (" + p.Hint + ")"
	}
	return text
}

func (c *command) writeJSON(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
