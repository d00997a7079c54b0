package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// Text is a file as delimited text that the records read the same: rows under the
// entry's columns, numbered from 1.
type Text struct {
	Entry Entry
	Blank int // empty lines that Write adds, to tell what it writes from a file that is there

	rd      *reading
	path    string // of the rows
	layout  Layout // of path
	columns []warehouse.Column
	added   []string // columns that Write puts behind them
	plan    plan
	batch   warehouse.Batch
}

// Row is one row of a text. It is valid until the next.
type Row struct {
	Number int64
	Cells  [][]byte
	Raw    []byte // as it stands, its line end included
	Fits   bool   // whether it has as many cells as there are columns
}

// Text makes an accepted file ready as text. The caller closes it. No import may be
// under way: see Alone.
func (im *Importer) Text(ctx context.Context, e Entry) (*Text, error) {
	return im.TextAt(ctx, e, im.Landing.path(e.SHA256))
}

// TextAt is Text for a file that lies elsewhere.
func (im *Importer) TextAt(ctx context.Context, e Entry, path string) (*Text, error) {
	rd, err := e.open(ctx, path, im.Work)
	if err != nil {
		return nil, err
	}
	t, err := im.textOf(ctx, rd, e)
	if err != nil {
		rd.close()
		return nil, err
	}
	return t, nil
}

// Close removes the copies that were made.
func (t *Text) Close() { t.rd.close() }

// textOf makes a text of what was made ready, beside it.
func (im *Importer) textOf(ctx context.Context, rd *reading, e Entry) (t *Text, err error) {
	t = &Text{Entry: e, rd: rd, path: rd.path, layout: rd.dialect(), columns: slices.Clone(e.Columns)}
	if t.plan, err = e.plan(); err != nil {
		return nil, err
	}
	if rd.lineColumn {
		t.columns = append(t.columns, warehouse.Column{Name: lineColumnName, Type: warehouse.TextColumn})
	}
	if rd.layout.Format == FormatParquet {
		if err := t.fromParquet(ctx, im, e); err != nil {
			return nil, storageError(err)
		}
	}
	return t, storageError(t.number(ctx, im, e))
}

// fromParquet writes the rows as CSV.
func (t *Text) fromParquet(ctx context.Context, im *Importer, e Entry) error {
	t.path, t.layout = filepath.Join(t.rd.dir, "text"), Layout{Format: FormatCSV, Delimiter: ",", Quote: `"`, Header: true}
	return writeFile(t.path, func(w io.Writer) error {
		g := gridWriter{w: w}
		for _, c := range t.columns {
			g.cell([]byte(c.Name))
		}
		if err := g.end(); err != nil {
			return err
		}
		for row, err := range im.Warehouse.Texts(ctx, im.batch(e, t.rd)) {
			if err != nil {
				return err
			}
			for _, cell := range row {
				g.cell([]byte(cell))
			}
			if err := g.end(); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeFile(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 256<<10)
	return errors.Join(fill(w), w.Flush(), f.Close())
}

// numberName is the column of a numbered copy that holds the number.
const numberName = "number of the row"

// number writes a copy whose rows end with their number, for the warehouse to name.
func (t *Text) number(ctx context.Context, im *Importer, e Entry) error {
	path := filepath.Join(t.rd.dir, "numbered")
	err := writeFile(path, func(w io.Writer) error {
		var line []byte
		for r, err := range t.Rows(ctx) {
			if err != nil {
				return err
			}
			line = append(append(line[:0], bytes.TrimRight(r.Raw, "\r\n")...), t.layout.Delimiter...)
			if _, err := w.Write(append(strconv.AppendInt(line, r.Number, 10), '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	t.batch = im.batch(e, t.rd)
	t.batch.Input = warehouse.Input{
		Path: path, Name: e.Name, Format: warehouse.CSV, Dialect: warehouse.Dialect{Delimiter: t.layout.Delimiter, Quote: t.layout.Quote},
		Columns: append(slices.Clone(t.columns), warehouse.Column{Name: numberName, Type: warehouse.TextColumn}), LineColumn: numberName,
	}
	return err
}

// Batch is the text as the warehouse takes it, with the number of each row as its line.
func (t *Text) Batch() warehouse.Batch { return t.batch }

// Names are the names of its columns, those that Slot added included.
func (t *Text) Names() []string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.Name)
	}
	return append(names, t.added...)
}

// Columns are the positions of the columns that fill a field; none if nothing does.
func (t *Text) Columns(field string) []int {
	fill, ok := t.plan.fields[field]
	if !ok {
		return nil
	}
	var at []int
	for _, name := range expr.Columns(fill.expr) {
		at = append(at, slices.Index(t.Names(), name))
	}
	return at
}

// Rows yields the rows in order.
func (t *Text) Rows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, file, _, err := t.openRows()
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer file.Close()
		for n := int64(1); ; n++ {
			cells, line, err := rows.read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil && n%4096 == 0 {
				err = ctx.Err()
			}
			if err != nil {
				yield(Row{}, t.rd.rowError(err, line))
				return
			}
			if !yield(Row{n, cells, rows.raw, len(cells) == len(t.columns)}, nil) {
				return
			}
		}
	}
}

// openRows opens the rows behind the header, and gives that as it stands.
func (t *Text) openRows() (rows *rowReader, file io.Closer, header []byte, err error) {
	rows, file, err = openRows(t.path, t.layout)
	if err != nil {
		return nil, nil, nil, err
	}
	rows.keep = true
	if t.layout.Header {
		if _, _, err := rows.read(); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, nil, errors.Join(err, file.Close())
		}
		header = bytes.Clone(rows.raw)
	}
	return rows, file, header, nil
}

// Slot is the position of the cell that gives a field its value in the rows that Write
// changes: the column that alone fills it and nothing else, or one that is added and comes
// before what filled it. ok is false if nothing fills the field.
func (t *Text) Slot(field string) (at int, ok bool) {
	fill, ok := t.plan.fields[field]
	if !ok {
		return 0, false
	}
	name := "erased " + field
	if c, isColumn := fill.expr.(expr.Column); isColumn && t.uses(c.Name) == 1 {
		name = c.Name
	}
	if at = slices.Index(t.Names(), name); at >= 0 {
		return at, true
	}
	t.added = append(t.added, name)
	fill.expr = expr.Call{Func: "coalesce", Args: []expr.Expr{expr.Column{Name: name}, fill.expr}}
	t.plan.fields = maps.Clone(t.plan.fields)
	t.plan.fields[field] = fill
	return len(t.columns) + len(t.added) - 1, true
}

// uses counts the fields and attributes that read a column.
func (t *Text) uses(column string) (n int) {
	for _, fill := range t.plan.fields {
		if slices.Contains(expr.Columns(fill.expr), column) {
			n++
		}
	}
	for _, c := range t.plan.attributes {
		if c == column {
			n++
		}
	}
	return n
}

// Added is how many columns Slot has added.
func (t *Text) Added() int { return len(t.added) }
