package ingest

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// fakeWarehouse holds batches as counts. It rejects rows that contain "bad", and
// fails where it is told to.
type fakeWarehouse struct {
	warehouse.Warehouse // what is not called
	batches             []warehouse.Batch
	reports             map[string]warehouse.LoadReport
	rows                map[string][][]string // accepted rows by batch
	failCommit          error
	failRead            error
	resets, loads       int
}

func newFake() *fakeWarehouse {
	return &fakeWarehouse{reports: map[string]warehouse.LoadReport{}, rows: map[string][][]string{}}
}

func (w *fakeWarehouse) Load(_ context.Context, b warehouse.Batch, o warehouse.LoadOptions) (warehouse.LoadReport, error) {
	w.loads++
	if got, ok := w.reports[b.ID]; ok {
		got.Duplicate, got.Loaded = got.Read-got.Rejected, 0
		return got, nil
	}
	if w.failRead != nil {
		return warehouse.LoadReport{}, w.failRead
	}
	got, rows, err := w.read(b)
	if err != nil {
		return got, err
	}
	if o.Accept != nil {
		if err := o.Accept(got); err != nil {
			return got, errors.Join(err, errors.New("rolled back"))
		}
	}
	if w.failCommit != nil {
		return got, w.failCommit
	}
	w.batches = append(w.batches, b)
	w.reports[b.ID], w.rows[b.ID] = got, rows
	return got, nil
}

func (w *fakeWarehouse) read(b warehouse.Batch) (got warehouse.LoadReport, rows [][]string, err error) {
	if b.Input.Format == warehouse.Parquet {
		return warehouse.LoadReport{Read: 1, Loaded: 1}, nil, nil
	}
	f, err := os.Open(b.Input.Path)
	if err != nil {
		return got, nil, err
	}
	defer f.Close()
	d := b.Input.Dialect
	r := newRowReader(f, Layout{Delimiter: d.Delimiter, Quote: d.Quote})
	for range d.SkipLines {
		r.physical()
	}
	if d.Header {
		r.read()
	}
	for {
		cells, line, err := r.read()
		if errors.Is(err, io.EOF) {
			return got, rows, nil
		}
		if err != nil {
			return got, nil, err
		}
		got.Read++
		row := texts(cells)
		if text := strings.Join(row, d.Delimiter); strings.Contains(text, "bad") || len(row) != len(b.Input.Columns) {
			got.Rejected++
			got.Rejects = append(got.Rejects, warehouse.Reject{Line: line + d.LineOffset, Reason: "it is bad", Text: text})
			continue
		}
		got.Loaded++
		rows = append(rows, row)
	}
}

func (w *fakeWarehouse) Loaded(context.Context) ([]warehouse.LoadedBatch, error) {
	var out []warehouse.LoadedBatch
	for _, b := range w.batches {
		report := w.reports[b.ID]
		report.Rejects = nil
		out = append(out, warehouse.LoadedBatch{ID: b.ID, Sequence: b.Sequence, Report: report})
	}
	return out, nil
}

func (w *fakeWarehouse) Rejects(_ context.Context, id string) iter.Seq2[warehouse.Reject, error] {
	return func(yield func(warehouse.Reject, error) bool) {
		for _, r := range w.reports[id].Rejects {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (w *fakeWarehouse) Reset(context.Context) error {
	w.batches, w.reports, w.rows = nil, map[string]warehouse.LoadReport{}, map[string][][]string{}
	w.resets++
	return nil
}

// sequences are those of the batches held, in the order of their loading.
func (w *fakeWarehouse) sequences() []int64 {
	var out []int64
	for _, b := range w.batches {
		out = append(out, b.Sequence)
	}
	return out
}

// column is what the accepted rows of the last batch hold in a column.
func (w *fakeWarehouse) column(name string) []string {
	b := w.batches[len(w.batches)-1]
	i := slices.IndexFunc(b.Input.Columns, func(c warehouse.Column) bool { return c.Name == name })
	var out []string
	for _, row := range w.rows[b.ID] {
		out = append(out, row[i])
	}
	return out
}

// testBook is an importer over an empty landing directory.
type testBook struct {
	*Importer
	fake *fakeWarehouse
	dir  string
}

func newBook(t testing.TB) *testBook {
	t.Helper()
	dir := t.TempDir()
	b := &testBook{fake: newFake(), dir: dir}
	b.reopen(t)
	return b
}

func (b *testBook) reopen(t testing.TB) {
	t.Helper()
	landing, err := OpenLanding(b.dir + "/landing")
	if err != nil {
		t.Fatal(err)
	}
	b.Importer = &Importer{Landing: landing, Warehouse: b.fake, Currency: "USD", TimeZone: "UTC", Version: "test", Work: b.dir + "/work"}
}

// take imports a text and expects an error code ("" is none).
func (b *testBook) take(t testing.TB, name, text string, r Request, want clientele.Code) FileReport {
	t.Helper()
	report, err := b.Import(t.Context(), write(t, name, text), r)
	if clientele.CodeOf(err) != want {
		t.Fatalf("%s: %v (%s), want %q", name, err, clientele.CodeOf(err), want)
	}
	if report.Read != report.Loaded+report.Updated+report.Duplicate+report.Rejected {
		t.Errorf("%s: counts do not add up: %+v", name, report)
	}
	return report
}

// files lists what lies in the landing and work directories.
func (b *testBook) files(t testing.TB) (out []string) {
	t.Helper()
	for _, dir := range []string{"/landing", "/work"} {
		entries, err := os.ReadDir(b.dir + dir)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name())
		}
	}
	return out
}
