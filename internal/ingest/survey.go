package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
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
	case err == io.EOF:
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
	surveyHead  = 1 << 20
	surveySlice = 32 << 10
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
		v.columns = append(v.columns, newEvidence())
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
		if err == io.EOF {
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
	const slices = 48
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

// checkText tells what is wrong with a text as a whole.
func (s *source) checkText(ctx context.Context) error {
	if !s.scan.OddQuotes && !s.scan.EndsInLine {
		return nil
	}
	if s.scan.OddQuotes && s.layout.Quote != "" {
		if err := s.checkQuotes(ctx); err != nil {
			return err
		}
	}
	return s.checkEnd()
}

// checkQuotes reads the whole file for a quote that nothing closes.
func (s *source) checkQuotes(ctx context.Context) error {
	rows, file, err := openRows(s.path, s.dialect())
	if err != nil {
		return err
	}
	defer file.Close()
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, line, err := rows.read()
		if err != nil && err != io.EOF {
			return s.rowError(err, max(line, rows.line))
		}
		if rows.openLine > 0 {
			return s.invalid(rows.openLine, "the file ends inside the quoted text that opens in this line: it is cut off here, or a quote is missing").
				WithHint("Export the file again, or close the quote.")
		}
		if err == io.EOF {
			return nil
		}
	}
}

// checkEnd tells a last row that is cut: no line end, and fewer columns than the rest.
func (s *source) checkEnd() error {
	if !s.scan.EndsInLine {
		return nil
	}
	f, err := os.Open(s.path)
	if err != nil {
		return openError(s.name, err)
	}
	defer f.Close()
	from := max(0, s.scan.Size-1<<20)
	tail, err := io.ReadAll(io.NewSectionReader(f, from, s.scan.Size-from))
	if err != nil {
		return openError(s.name, err)
	}
	last := tail[bytes.LastIndexByte(tail, '\n')+1:]
	t, err := s.openTable()
	if err != nil {
		return err
	}
	defer t.close()
	row, _, err := newRowReader(bytes.NewReader(last), s.dialect()).read()
	if err != nil || len(row) >= len(t.names) || slices.Contains(last, '"') {
		return nil
	}
	s.problems = append(s.problems, Problem{Line: s.scan.Lines,
		Message: fmt.Sprintf("the file ends mid-row: its last line has %d of %d columns", len(row), len(t.names)),
		Hint:    "The rest of the file is missing. Export it again; this row is rejected."})
	return nil
}

// dropRepeatedHeaders empties lines that repeat the header, as joined files
// have them, and refuses a file with a second, different header.
func (s *source) dropRepeatedHeaders(ctx context.Context) error {
	if !s.layout.Header || s.lineColumn || len(s.scan.Headers) == 0 {
		return nil
	}
	t, err := s.openTable()
	if err != nil {
		return err
	}
	t.close()
	repeats := map[int64]bool{}
	for _, h := range s.scan.Headers {
		row, _, err := newRowReader(bytes.NewReader([]byte(h.text)), s.dialect()).read()
		if err != nil {
			continue
		}
		cells := columnNames(texts(row))
		if slices.Equal(cells, t.names) {
			repeats[h.line] = true
		} else if commonNames(cells, t.names)*2 > max(len(cells), len(t.names)) {
			return s.invalid(h.line, "a second header, with other columns than the first: the file changes meaning here").
				WithHint("Split the file before this line and import the parts.")
		}
	}
	if len(repeats) == 0 {
		return nil
	}
	for line := range repeats {
		s.problems = append(s.problems, Problem{Line: line, Message: "the header again: files were joined here", Hint: "The line is left out."})
	}
	slices.SortFunc(s.problems, func(a, b Problem) int { return int(a.Line - b.Line) })
	return s.emptyLines(ctx, repeats)
}

func commonNames(a, b []string) int {
	n := 0
	for _, name := range a {
		if slices.Contains(b, name) {
			n++
		}
	}
	return n
}

// emptyLines makes a copy in which these lines are empty.
func (s *source) emptyLines(ctx context.Context, lines map[int64]bool) error {
	in, err := os.Open(s.path)
	if err != nil {
		return openError(s.name, err)
	}
	defer in.Close()
	r := newRowReader(in, Layout{Delimiter: ","})
	scan := s.scan
	err = s.rewrite(func(w io.Writer) error {
		for {
			text, err := r.physical()
			if err == io.EOF {
				return ctx.Err()
			}
			if err != nil {
				return err
			}
			if !lines[r.line] {
				if _, err := w.Write(text); err != nil {
					return err
				}
			}
			if _, err := w.Write([]byte{'\n'}); err != nil {
				return err
			}
		}
	})
	s.scan = scan
	return err
}
