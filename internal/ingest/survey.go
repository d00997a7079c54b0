package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
)

// table is the present copy of a source, read row by row behind its header.
type table struct {
	rows       *rowReader
	file       io.Closer
	names      []string
	lineColumn bool
	pending    [][]byte // the first row, where there is no header
	pendingAt  int64
}

// openTable opens the present copy. Its names are the source's columns.
func (s *source) openTable() (*table, error) {
	rows, file, err := openRows(s.path, s.dialect())
	if err != nil {
		return nil, err
	}
	t := &table{rows: rows, file: file, lineColumn: s.lineColumn}
	first, line, err := rows.read()
	if err != nil {
		file.Close()
		return nil, s.rowError(err, line)
	}
	cells, at := t.cut(first, line)
	if len(cells) > maxColumns {
		file.Close()
		return nil, s.invalid(at, "%d columns: at most %d are read", len(cells), maxColumns).WithHint("Check that the file is a table, and its delimiter.")
	}
	if s.dialect().Header {
		t.names = columnNames(texts(cells))
		return t, nil
	}
	t.names = columnNames(make([]string, len(cells)))
	for _, cell := range cells {
		t.pending = append(t.pending, bytes.Clone(cell))
	}
	t.pendingAt = at
	return t, nil
}

func (s *source) rowError(err error, line int64) error {
	switch {
	case errors.Is(err, io.EOF):
		return s.invalid(0, "the file has no rows").WithHint("Export it again.")
	case errors.Is(err, errLongLine):
		return s.invalid(line, "a row longer than 16 MB").WithHint("Check its quotes: one that never closes swallows the rest of the file.")
	}
	return err
}

// cut takes the line of the original off a row, where the copy carries it.
func (t *table) cut(row [][]byte, line int64) ([][]byte, int64) {
	if !t.lineColumn || len(row) == 0 {
		return row, line
	}
	last := len(row) - 1
	if n, err := strconv.ParseInt(string(row[last]), 10, 64); err == nil {
		line = n
	}
	return row[:last], line
}

// next returns the next row, valid until the one after, and its line in the
// original; io.EOF after the last.
func (t *table) next() ([][]byte, int64, error) {
	if t.pending != nil {
		row := t.pending
		t.pending = nil
		return row, t.pendingAt, nil
	}
	row, line, err := t.rows.read()
	if err != nil {
		return nil, line, err
	}
	row, line = t.cut(row, line)
	return row, line, nil
}

func (t *table) close() { t.file.Close() }

// survey gathers evidence about every column: over the whole file, or, of a
// large one, over its start and slices all along it.
type survey struct {
	names     []string
	columns   []*evidence
	first     [][]string // the first rows
	rows      int64      // of the right width, looked at
	whole     bool       // whether every row was looked at
	openQuote int64      // line of a quote that nothing closes; 0 if none
	lastLine  int64
	lastWidth int
}

const (
	surveyWhole = 4 << 20 // bytes up to which a file is surveyed whole
	surveyHead  = 256 << 10
	surveySlice = 8 << 10
	firstRows   = 20
)

func (s *source) survey(ctx context.Context, whole bool) (*survey, error) {
	t, err := s.openTable()
	if err != nil {
		return nil, err
	}
	defer t.close()
	v := &survey{names: t.names, whole: whole || s.scan.Size <= surveyWhole}
	for range t.names {
		v.columns = append(v.columns, newEvidence(len(t.names)))
	}
	head := int64(surveyHead)
	if v.whole {
		head = s.scan.Size
	}
	if err := s.surveyTable(ctx, v, t, head); err != nil || v.whole {
		return v, err
	}
	return v, s.surveySlices(v)
}

// surveyTable takes rows until so many bytes are read.
func (s *source) surveyTable(ctx context.Context, v *survey, t *table, limit int64) error {
	counted := &countingReader{r: t.rows.src}
	t.rows.src = counted
	for n := 0; counted.n <= limit; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, line, err := t.next()
		if errors.Is(err, io.EOF) {
			v.openQuote = t.rows.openLine
			return nil
		}
		if err != nil {
			return s.rowError(err, line)
		}
		v.take(row, line)
	}
	return nil
}

// take adds a row. Rows of another width are left to the warehouse to reject.
func (v *survey) take(row [][]byte, line int64) {
	v.lastLine, v.lastWidth = line, len(row)
	if len(row) != len(v.columns) {
		return
	}
	v.rows++
	if len(v.first) < firstRows {
		v.first = append(v.first, texts(row))
	}
	for i, cell := range row {
		v.columns[i].add(cell, line)
	}
}

// surveySlices looks at slices behind the head. A slice that begins inside a
// quoted text gives rows of the wrong width, and is left out.
func (s *source) surveySlices(v *survey) error {
	f, err := os.Open(s.path)
	if err != nil {
		return openError(s.name, err)
	}
	defer f.Close()
	const slices = 64
	step := (s.scan.Size - surveyHead) / slices
	for i := range int64(slices) {
		t := &table{rows: newRowReader(io.NewSectionReader(f, surveyHead+i*step, min(step, surveySlice)), s.dialect()), lineColumn: s.lineColumn}
		rows, ok := sliceRows(t, len(v.columns))
		for _, row := range rows {
			if ok {
				v.take(row, 0)
			}
		}
	}
	return nil
}

func sliceRows(t *table, width int) (rows [][][]byte, ok bool) {
	t.rows.line = 1 // no byte order mark here
	if _, err := t.rows.physical(); err != nil {
		return nil, false
	}
	wrong := 0
	for {
		row, _, err := t.next()
		if err != nil || t.rows.eof && t.rows.start == t.rows.end {
			return rows, wrong*10 < len(rows)
		}
		if len(row) != width {
			wrong++
		}
		kept := make([][]byte, len(row))
		for i, cell := range row {
			kept[i] = bytes.Clone(cell)
		}
		rows = append(rows, kept)
	}
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// decide settles the columns' types. Whether a comma is a decimal mark is
// settled for the file as a whole.
func (v *survey) decide(delimiter string) []decided {
	comma, point := delimiter == ";", false
	for _, e := range v.columns {
		comma = comma || e.surelyComma()
		point = point || e.numbers > 0 && e.marks == plainNumber|pointDecimal && e.fraction
	}
	out := make([]decided, len(v.columns))
	for i, e := range v.columns {
		out[i] = e.decide(v.names[i], comma && !point)
	}
	return out
}
