package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
)

// gridWriter writes rows as CSV: commas, quotes where needed.
type gridWriter struct {
	w   io.Writer
	row []byte
}

func (g *gridWriter) cell(b []byte) {
	if bytes.ContainsAny(b, ",\"\r\n") {
		g.row = append(append(append(g.row, '"'), bytes.ReplaceAll(b, []byte{'"'}, []byte(`""`))...), '"', ',')
		return
	}
	g.row = append(append(g.row, b...), ',')
}

func (g *gridWriter) number(n int64) { g.row = append(strconv.AppendInt(g.row, n, 10), ',') }

// end writes the row, without its last comma.
func (g *gridWriter) end() error {
	_, err := g.w.Write(append(bytes.TrimSuffix(g.row, []byte{','}), '\n'))
	g.row = g.row[:0]
	return err
}

// blanksToCSV puts commas where runs of blanks are; lines stay where they are.
func (s *source) blanksToCSV() error {
	in, err := os.Open(s.path)
	if err != nil {
		return openError(s.name, err)
	}
	defer in.Close()
	lines := newRowReader(in, Layout{Delimiter: ","})
	s.grid = true
	return s.rewrite(func(w io.Writer) error {
		g := gridWriter{w: w}
		for {
			text, err := lines.physical()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return s.rowError(err, lines.line)
			}
			for _, cell := range bytes.Fields(text) {
				g.cell(bytes.Trim(cell, `"`))
			}
			if err := g.end(); err != nil {
				return err
			}
		}
	})
}

// openJSON makes columns of JSON Lines: one for every key of any line, in the
// order in which they first appear, nested keys joined by points.
func (s *source) openJSON(ctx context.Context) error {
	s.layout.Header = true
	var names []string
	index := map[string]int{}
	err := s.jsonLines(ctx, func(_ int64, object []jsonField) error {
		for _, f := range object {
			if _, known := index[f.name]; !known {
				index[f.name] = len(names)
				names = append(names, f.name)
			}
		}
		if len(names) > maxColumns {
			return s.invalid(0, "more than %d different keys", maxColumns).WithHint("Check that the lines are records of one kind.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	in := s.path
	err = s.rewrite(func(w io.Writer) error {
		g := gridWriter{w: w}
		for _, name := range names {
			g.cell([]byte(name))
		}
		g.cell([]byte(lineColumnName))
		if err := g.end(); err != nil {
			return err
		}
		cells := make([][]byte, len(names))
		return s.jsonLinesOf(ctx, in, func(line int64, object []jsonField) error {
			clear(cells)
			for _, f := range object {
				cells[index[f.name]] = f.value
			}
			for _, cell := range cells {
				g.cell(cell)
			}
			g.number(line)
			return g.end()
		})
	})
	s.grid, s.lineColumn = true, true
	return err
}

type jsonField struct {
	name  string
	value []byte
}

func (s *source) jsonLines(ctx context.Context, take func(int64, []jsonField) error) error {
	return s.jsonLinesOf(ctx, s.path, take)
}

func (s *source) jsonLinesOf(ctx context.Context, path string, take func(int64, []jsonField) error) error {
	in, err := os.Open(path)
	if err != nil {
		return openError(s.name, err)
	}
	defer in.Close()
	lines := newRowReader(in, Layout{Delimiter: ","})
	for {
		text, err := lines.physical()
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil {
			return s.rowError(err, lines.line)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		object, err := flatten(text)
		if err != nil {
			return s.jsonError(lines.line, text, err)
		}
		if err := take(lines.line, object); err != nil {
			return err
		}
	}
}

func (s *source) jsonError(line int64, text []byte, err error) error {
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte{'['}) && line == 1:
		return s.invalid(line, "a JSON array, where one JSON object a line is read").WithHint("Write each record as an object on a line of its own (JSON Lines).")
	case errors.Is(err, io.ErrUnexpectedEOF) && line == s.scan.Lines:
		return s.invalid(line, "the file ends mid-row: its last object is cut off").WithHint("Export the file again.")
	}
	return s.invalid(line, "not a JSON object").Because(err).WithHint("Write each record as an object on a line of its own (JSON Lines).")
}

const maxNesting = 8

// flatten reads one object into fields, numbers as they are written.
func flatten(text []byte) ([]jsonField, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, cmpErr(err, errors.New("no object"))
	}
	fields, err := flattenInto(nil, d, "", 1)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value on a line")
	}
	return fields, nil
}

func cmpErr(err, otherwise error) error {
	if err == nil {
		return otherwise
	}
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// flattenInto reads the members of an object whose brace is behind the decoder.
func flattenInto(fields []jsonField, d *json.Decoder, prefix string, depth int) ([]jsonField, error) {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, cmpErr(err, nil)
		}
		key, _ := t.(string)
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, cmpErr(err, nil)
		}
		if raw[0] == '{' && depth < maxNesting {
			inner := json.NewDecoder(bytes.NewReader(raw))
			inner.UseNumber()
			if _, err := inner.Token(); err != nil {
				return nil, err
			}
			if fields, err = flattenInto(fields, inner, prefix+key+".", depth+1); err != nil {
				return nil, err
			}
			continue
		}
		value, err := jsonText(raw)
		if err != nil {
			return nil, err
		}
		fields = append(fields, jsonField{prefix + key, value})
	}
	_, err := d.Token()
	if err != nil {
		return nil, cmpErr(err, nil)
	}
	return fields, nil
}

// jsonText is a value as a cell: strings unquoted, null empty, arrays as JSON.
func jsonText(raw json.RawMessage) ([]byte, error) {
	switch raw[0] {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return []byte(text), err
	case 'n':
		return nil, nil
	}
	return raw, nil
}
