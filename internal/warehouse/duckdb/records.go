package duckdb

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// record is one record of a CSV file, where it lies.
type record struct {
	offset int64  // of its first byte
	line   int64  // its first line, from 1
	text   string // as it stands, shortened
}

// recordReader splits a CSV file into records as the engine does, to find the
// lines that its positions stand for. Quotes count at the start of a value only.
type recordReader struct {
	in        *bufio.Reader
	delimiter []byte
	quote     []byte
	single    bool // one column: an empty line is a record
	offset    int64
	line      int64
}

// shownText is how much of a rejected row is kept, in characters.
const shownText = 500

// newRecordReader begins at the first record after the header.
func newRecordReader(in io.Reader, p *plan) (*recordReader, error) {
	dialect := p.batch.Input.Dialect
	r := &recordReader{
		in: bufio.NewReaderSize(in, 1<<20), delimiter: []byte(dialect.Delimiter), quote: []byte(dialect.Quote),
		single: len(p.batch.Input.Columns) == 1, line: 1,
	}
	for range dialect.SkipLines {
		if _, err := r.physical(nil); err != nil {
			return r, ignoreEOF(err)
		}
	}
	if dialect.Header {
		if _, err := r.next(); err != nil {
			return r, ignoreEOF(err)
		}
	}
	return r, nil
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// next gives the next record, or io.EOF.
func (r *recordReader) next() (record, error) {
	for {
		rec := record{offset: r.offset, line: r.line}
		var text []byte
		state := valueStart
		for {
			line, err := r.physical(&state)
			if err != nil && len(line) == 0 && len(text) == 0 {
				return rec, err
			}
			if room := 4 * shownText; len(text) < room {
				text = append(text, line[:min(len(line), room-len(text))]...)
			}
			if state != inQuotes || err != nil {
				break
			}
		}
		rec.text = shorten(string(text))
		if rec.text != "" || r.single {
			return rec, nil
		}
	}
}

// What the reader of values is in the middle of.
const (
	valueStart = iota
	inValue
	inQuotes
	afterQuote // a quote within quotes: their end, or the first of two
)

// physical reads one line with its end, and moves state over it if it is not nil.
// Of a long line only the beginning is returned.
func (r *recordReader) physical(state *int) (line []byte, err error) {
	for {
		part, err := r.in.ReadSlice('\n')
		r.offset += int64(len(part))
		if state != nil {
			r.scan(part, state)
		}
		if len(line) < 4*shownText {
			line = append(line, part[:min(len(part), 4*shownText)]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			r.line++
			return line, err
		}
	}
}

// scan moves the state over a part of a line. A delimiter cut by a buffer's end
// is missed, in lines of more than a megabyte.
func (r *recordReader) scan(part []byte, state *int) {
	if len(r.quote) == 0 || *state != inQuotes && !bytes.Contains(part, r.quote) {
		if len(part) > 0 {
			*state = valueStart
		}
		return
	}
	for i := 0; i < len(part); i++ {
		switch {
		case *state == inQuotes:
			if part[i] == r.quote[0] {
				*state = afterQuote
			}
		case part[i] == r.quote[0] && *state == valueStart, part[i] == r.quote[0] && *state == afterQuote:
			*state = inQuotes
		case bytes.HasPrefix(part[i:], r.delimiter):
			*state = valueStart
			i += len(r.delimiter) - 1
		case part[i] != '\n' && part[i] != '\r':
			*state = inValue
		}
	}
}

// shorten makes a row fit to be shown: without its line end, valid, and no longer
// than is kept.
func shorten(s string) string {
	s = strings.ToValidUTF8(strings.TrimRight(s, "\r\n"), "\ufffd")
	n := 0
	for i := range s {
		if n++; n > shownText {
			return s[:i]
		}
	}
	return s
}
