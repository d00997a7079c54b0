package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

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
		if err != nil && !errors.Is(err, io.EOF) {
			return s.rowError(err, max(line, rows.line))
		}
		if rows.openLine > 0 {
			return s.invalid(rows.openLine, "the file ends inside the quoted text that opens in this line: it is cut off here, or a quote is missing").
				WithHint("Export the file again, or close the quote.")
		}
		if errors.Is(err, io.EOF) {
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
			if errors.Is(err, io.EOF) {
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
