package ingest

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// rowReader reads delimited text row by row, quoted by RFC 4180. Rows are valid
// until the next read. Empty lines are no rows.
type rowReader struct {
	delimiter byte
	quote     byte // 0 for none
	blanks    bool // columns stand apart by runs of blanks
	line      int64

	src        io.Reader
	buf        []byte
	start, end int
	eof        bool

	keep bool   // whether raw is wanted
	raw  []byte // the last row as it stands, line ends included

	row      [][]byte
	text     []byte // unquoted text of a row with quotes
	ends     []int
	openLine int64 // where the quote opened that the end of the file left open
}

var errLongLine = errors.New("a row is longer than 16 MB")

func newRowReader(src io.Reader, l Layout) *rowReader {
	r := &rowReader{src: src, buf: make([]byte, 64<<10)}
	if l.Delimiter == Blanks {
		r.blanks = true
	} else {
		r.delimiter = l.Delimiter[0]
	}
	if l.Quote != "" {
		r.quote = l.Quote[0]
	}
	return r
}

// openRows opens a text file at its first row, header included.
func openRows(path string, l Layout) (*rowReader, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, openError(path, err)
	}
	r := newRowReader(f, l)
	for range l.SkipLines {
		if _, err := r.physical(); err != nil {
			break
		}
	}
	return r, f, nil
}

// physical returns the next line without its line end.
func (r *rowReader) physical() ([]byte, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(r.buf[r.start+searched:r.end], '\n'); i >= 0 {
			line := r.buf[r.start : r.start+searched+i]
			r.start += searched + i + 1
			return r.trimmed(line), nil
		}
		searched = r.end - r.start
		if r.eof {
			if searched == 0 {
				return nil, io.EOF
			}
			line := r.buf[r.start:r.end]
			r.start = r.end
			return r.trimmed(line), nil
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// trimmed takes a line in, and gives it without what is not of its text.
func (r *rowReader) trimmed(line []byte) []byte {
	if r.line++; r.line == 1 {
		line = bytes.TrimPrefix(line, utf8BOM)
	}
	if r.keep {
		r.raw = append(append(r.raw, line...), '\n')
	}
	return bytes.TrimSuffix(line, []byte{'\r'})
}

func (r *rowReader) fill() error {
	if r.start > 0 {
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.start = 0
	}
	if r.end == len(r.buf) {
		if len(r.buf) > maxLine {
			return errLongLine
		}
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	if errors.Is(err, io.EOF) {
		r.eof = true
		return nil
	}
	return err
}

// read returns the next row and the line it begins on; io.EOF after the last.
func (r *rowReader) read() ([][]byte, int64, error) {
	for {
		r.raw = r.raw[:0]
		text, err := r.physical()
		if err != nil {
			return nil, 0, err
		}
		if len(text) == 0 {
			continue
		}
		line := r.line
		r.row = r.row[:0]
		switch {
		case r.blanks:
			r.row = append(r.row, bytes.Fields(text)...)
			if len(r.row) == 0 {
				continue
			}
		case r.quote == 0 || bytes.IndexByte(text, r.quote) < 0:
			r.split(text)
		default:
			err = r.quoted(text)
		}
		return r.row, line, err
	}
}

func (r *rowReader) split(text []byte) {
	for {
		i := bytes.IndexByte(text, r.delimiter)
		if i < 0 {
			r.row = append(r.row, text)
			return
		}
		r.row = append(r.row, text[:i])
		text = text[i+1:]
	}
}

// quoted reads a row that has quotes, over as many lines as it takes.
func (r *rowReader) quoted(text []byte) error {
	r.text, r.ends = r.text[:0], r.ends[:0]
	for {
		if len(text) > 0 && text[0] == r.quote {
			var err error
			if text, err = r.quotedCell(text[1:]); err != nil {
				return err
			}
		}
		i := bytes.IndexByte(text, r.delimiter)
		if i < 0 {
			r.text = append(r.text, text...)
			r.ends = append(r.ends, len(r.text))
			break
		}
		r.text = append(r.text, text[:i]...)
		r.ends = append(r.ends, len(r.text))
		text = text[i+1:]
	}
	start := 0
	for _, end := range r.ends {
		r.row = append(r.row, r.text[start:end])
		start = end
	}
	return nil
}

// quotedCell takes a cell whose opening quote is behind it and returns what
// follows its closing quote.
func (r *rowReader) quotedCell(text []byte) ([]byte, error) {
	opened, length := r.line, 0
	for {
		i := bytes.IndexByte(text, r.quote)
		if i < 0 {
			r.text = append(append(r.text, text...), '\n')
			if length += len(text) + 1; length > maxLine {
				return nil, errLongLine
			}
			var err error
			if text, err = r.physical(); errors.Is(err, io.EOF) {
				r.openLine = opened
				return nil, nil
			} else if err != nil {
				return nil, err
			}
			continue
		}
		r.text = append(r.text, text[:i]...)
		if text = text[i+1:]; len(text) == 0 || text[0] != r.quote {
			return text, nil
		}
		r.text = append(r.text, r.quote)
		text = text[1:]
	}
}
