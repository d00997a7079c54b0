package ingest

import (
	"bytes"
	"strings"
)

// sniffRows is how many rows the dialect is decided from.
const sniffRows = 400

// candidate is a way to read a text, and how it went.
type candidate struct {
	layout Layout
	rows   [][]string
	lines  []int64
	width  int     // the most frequent number of columns
	fit    float64 // fraction of the rows that have it
}

// sniff finds the dialect of delimited text from its first megabyte. cut says
// that the text goes on. It always has an answer: one column, at worst.
func sniff(head []byte, cut bool) Layout {
	if mark, rest, ok := excelMark(head); ok {
		c := read(rest, Layout{Delimiter: mark, Quote: `"`}, cut)
		c.layout.SkipLines = 1
		return c.finish(1)
	}
	var best candidate
	for _, delimiter := range []string{";", "\t", "|", ",", Blanks} {
		c := read(head, Layout{Delimiter: delimiter, Quote: `"`}, cut)
		if delimiter == Blanks && (best.width > 1 && best.fit >= 0.9 || !c.looksBlank()) {
			continue
		}
		if c.better(best) {
			best = c
		}
	}
	if best.width <= 1 {
		best = read(head, Layout{Delimiter: ",", Quote: `"`}, cut)
	}
	return best.finish(0)
}

// excelMark reads Excel's "sep=;" line.
func excelMark(head []byte) (mark string, rest []byte, ok bool) {
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if len(line) == 5 && strings.EqualFold(string(line[:4]), "sep=") && strings.ContainsRune(",;\t|", rune(line[4])) {
		return string(line[4]), rest, true
	}
	return "", head, false
}

// looksBlank says whether runs of blanks make columns, rather than words.
func (c candidate) looksBlank() bool {
	return c.width >= 3 && c.fit >= 0.9 || c.width == 2 && c.fit >= 0.98 && len(c.rows) > 1
}

func read(text []byte, l Layout, cut bool) candidate {
	l.Format = FormatCSV
	c := candidate{layout: l}
	r := newRowReader(bytes.NewReader(text), l)
	widths := map[int]int{}
	for len(c.rows) < sniffRows {
		row, line, err := r.read()
		if err != nil {
			break
		}
		if cut && r.eof && r.start == r.end {
			break // the last row may be cut
		}
		c.rows, c.lines = append(c.rows, texts(row)), append(c.lines, line)
		widths[len(row)]++
	}
	for width, n := range widths {
		if fit := float64(n) / float64(len(c.rows)); fit > c.fit || fit == c.fit && width > c.width {
			c.width, c.fit = width, fit
		}
	}
	return c
}

func texts(row [][]byte) []string {
	cells := make([]string, len(row))
	for i, cell := range row {
		cells[i] = string(cell)
	}
	return cells
}

// better prefers several columns, then rows that agree, then a first row that
// agrees. Of equals the earlier candidate wins, but a comma with three times its
// columns: text may well hold a semicolon or a bar in every row.
func (c candidate) better(than candidate) bool {
	if c.width <= 1 || than.width <= 1 {
		return c.width > 1 && than.width <= 1
	}
	const noise = 0.02
	switch {
	case c.fit > than.fit+noise:
		return true
	case c.fit < than.fit-noise:
		return false
	}
	if a, b := len(c.rows[0]) == c.width, len(than.rows[0]) == than.width; a != b {
		return a
	}
	return c.layout.Delimiter == "," && c.width > 3*than.width
}

// finish skips what stands before the table and decides whether it has a header.
// shift is how many lines the reader did not see.
func (c candidate) finish(shift int) Layout {
	l := c.layout
	first := 0
	for first < min(20, len(c.rows)-1) && c.isTitle(c.rows[first]) {
		first++
	}
	if first > 0 {
		l.SkipLines = int(c.lines[first]) - 1 + shift
	}
	if first < len(c.rows) {
		l.Header = hasHeader(c.rows[first:])
	}
	return l
}

// isTitle says whether a row stands over the table: it has far fewer cells, or
// one that holds something.
func (c candidate) isTitle(row []string) bool {
	full := 0
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			full++
		}
	}
	return c.width > 1 && len(row) <= max(1, c.width/2) || c.width > 2 && full <= 1
}

// hasHeader decides whether the first row names the columns: it is text
// throughout, of distinct cells, and is not one more row of the columns below.
func hasHeader(rows [][]string) bool {
	head, body := rows[0], rows[1:]
	seen := map[string]bool{}
	blank := 0
	for _, cell := range head {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			blank++
			continue
		}
		if seen[cell] || isValue(cell) || len(cell) > 200 {
			return false
		}
		seen[cell] = true
	}
	if blank > 0 && (len(seen) == 0 || blank > 1 && blank*3 > len(head)) {
		return false
	}
	if len(body) == 0 || anyValues(body) || knownNames(head) > 0 {
		return true
	}
	return !recurs(head, body)
}

// isValue says whether a cell is a number or a date, which no header is.
func isValue(cell string) bool {
	if numberMarks([]byte(cell)) != 0 {
		return true
	}
	_, ok := readDate([]byte(cell))
	return ok
}

func anyValues(rows [][]string) bool {
	for _, row := range rows {
		for _, cell := range row {
			if isValue(strings.TrimSpace(cell)) {
				return true
			}
		}
	}
	return false
}

// recurs says whether most cells of head stand again in their own columns.
func recurs(head []string, body [][]string) bool {
	again := 0
	for i, cell := range head {
		for _, row := range body {
			if i < len(row) && row[i] == cell {
				again++
				break
			}
		}
	}
	return again*2 > len(head)
}

func (s *source) sniff(head []byte) {
	l := sniff(head, s.scan.Size > int64(len(head)))
	l.Compression, l.Encoding = s.layout.Compression, s.layout.Encoding
	s.layout = l
}
