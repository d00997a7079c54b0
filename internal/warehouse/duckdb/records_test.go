package duckdb

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele/internal/warehouse"
)

// readRecords reads all records of a text.
func readRecords(text string, dialect warehouse.Dialect, columns int) (records []record, err error) {
	p := &plan{batch: warehouse.Batch{Input: warehouse.Input{Dialect: dialect, Columns: make([]warehouse.Column, columns)}}}
	r, err := newRecordReader(strings.NewReader(text), p)
	for err == nil {
		var rec record
		if rec, err = r.next(); err == nil {
			records = append(records, rec)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return records, err
}

// TestRecordsAsWritten: each record begins where a writer of RFC 4180 put it.
func TestRecordsAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`([a-c ",\n]|xyz){0,4}`)
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 3), 0, 8).Draw(t, "rows")
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		var want []record
		for _, row := range rows {
			rec := record{offset: int64(out.Len()), line: 1 + int64(bytes.Count(out.Bytes(), []byte("\n")))}
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
			w.Flush()
			rec.text = strings.TrimRight(out.String()[rec.offset:], "\r\n")
			want = append(want, rec)
		}
		got, err := readRecords(out.String(), warehouse.Dialect{Delimiter: ",", Quote: `"`}, 2)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d records, %v; want %d in %q", len(got), err, len(want), out.String())
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("record %d is %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}

func TestRecords(t *testing.T) {
	plain := warehouse.Dialect{Delimiter: ",", Quote: `"`}
	long := strings.Repeat("x", 3<<20)
	for _, c := range []struct {
		name, text string
		dialect    warehouse.Dialect
		columns    int
		lines      []int64
	}{
		{"nothing", "", plain, 2, nil},
		{"empty lines", "\n\na,b\n\r\nc,d\n\n", plain, 2, []int64{3, 5}},
		{"empty lines of one column", "a\n\nb\n", plain, 1, []int64{1, 2, 3}},
		{"header and skipped lines", "title\n\"t\na,b\n1,2\n3,4", warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true, SkipLines: 2}, 2, []int64{4, 5}},
		{"only a header", "a,b", warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true}, 2, nil},
		{"a quote within a value", "5\" nail,3\nb,c\n", plain, 2, []int64{1, 2}},
		{"a quote that is not closed", "a,\"b\nc,d\n", plain, 2, []int64{1}},
		{"no quotes", "a,\"b\nc,\"d\n", warehouse.Dialect{Delimiter: ","}, 2, []int64{1, 2}},
		{"a long delimiter", "a||\"b\n\"||c\nd||e||f\n", warehouse.Dialect{Delimiter: "||", Quote: `"`}, 3, []int64{1, 3}},
		{"long lines", "\"" + long + "\n" + long + "\",b\nc,d\n", plain, 2, []int64{1, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readRecords(c.text, c.dialect, c.columns)
			if err != nil || len(got) != len(c.lines) {
				t.Fatalf("%d records, %v; want %d", len(got), err, len(c.lines))
			}
			for i, line := range c.lines {
				if got[i].line != line || len(got[i].text) > shownText {
					t.Errorf("record %d: line %d, %d bytes; want line %d", i, got[i].line, len(got[i].text), line)
				}
			}
		})
	}
}
