package ingest

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/clientele/clientele/internal/warehouse"
)

// Change is what becomes of a row that is written anew.
type Change struct {
	Remove bool
	Cells  [][]byte // nil: it stays as it stands
}

// Write writes the text to a new file, durably, with its rows changed, and returns the
// entry that reads it as the old one reads the old file. Lines above the table are
// emptied. What was compressed is compressed again; all else is delimited text.
func (t *Text) Write(ctx context.Context, path string, change func(Row) Change) (Entry, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return Entry{}, storageError(err)
	}
	sum, size := sha256.New(), &countingWriter{}
	w := bufio.NewWriterSize(io.MultiWriter(f, sum, size), 256<<10)
	packed, err := t.pack(w)
	if err == nil {
		err = errors.Join(t.write(ctx, packed, change), packed.Close(), w.Flush())
	}
	if err := cmp.Or(err, f.Sync(), f.Close()); err != nil {
		return Entry{}, errors.Join(storageError(err), os.Remove(path))
	}
	return t.entry(hex.EncodeToString(sum.Sum(nil)), size.n), nil
}

type countingWriter struct{ n int64 }

func (c *countingWriter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

type unpacked struct{ io.Writer }

func (unpacked) Close() error { return nil }

// pack compresses as the file was.
func (t *Text) pack(w io.Writer) (io.WriteCloser, error) {
	switch t.compression() {
	case "gzip":
		return gzip.NewWriter(w), nil
	case "zstd":
		return zstd.NewWriter(w)
	}
	return unpacked{w}, nil
}

func (t *Text) compression() string { return t.rd.layout.Compression }

func (t *Text) write(ctx context.Context, w io.Writer, change func(Row) Change) error {
	_, file, header, err := t.openRows()
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	head := strings.Repeat("\n", t.layout.SkipLines) + t.behind(header, t.added)
	if _, err := io.WriteString(w, head); err != nil {
		return err
	}
	more := make([]string, len(t.added))
	for r, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		c := change(r)
		line := ""
		switch {
		case c.Remove:
			continue
		case c.Cells == nil:
			line = t.behind(r.Raw, more)
		default:
			line = t.line(c.Cells)
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, strings.Repeat("\n", t.Blank))
	return err
}

// behind puts cells behind a row as it stands; a header that is not there gets none.
func (t *Text) behind(raw []byte, cells []string) string {
	if len(raw) == 0 {
		return ""
	}
	line := string(bytes.TrimRight(raw, "\r\n"))
	for _, cell := range cells {
		line += t.layout.Delimiter + cell
	}
	return line + "\n"
}

// line writes cells as a row.
func (t *Text) line(cells [][]byte) string {
	quote := t.layout.Quote
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(t.layout.Delimiter)
		}
		text := string(cell)
		if quote != "" && strings.ContainsAny(text, quote+t.layout.Delimiter+"\r\n") {
			text = quote + strings.ReplaceAll(text, quote, quote+quote) + quote
		}
		b.WriteString(text)
	}
	return b.String() + "\n"
}

// entry says how what Write wrote is read.
func (t *Text) entry(sha string, size int64) Entry {
	e := t.Entry
	if e.Before == nil {
		e.Before = &Before{e.Preset, e.Dialect, e.Columns, e.Mapping}
	}
	e.SHA256, e.Size, e.Preset, e.file = sha, size, "", ""
	e.Dialect = Layout{
		Format: FormatCSV, Compression: t.compression(), Encoding: encodingUTF8, Delimiter: t.layout.Delimiter, Quote: t.layout.Quote,
		Header: t.layout.Header, SkipLines: t.layout.SkipLines,
	}
	e.Columns = slices.Clone(t.columns)
	for _, name := range t.added {
		e.Columns = append(e.Columns, warehouse.Column{Name: name, Type: warehouse.TextColumn})
	}
	e.Mapping = t.plan.texts()
	e.BatchID = e.batchID()
	return e
}

// Exchange is a rewritten file that takes the place of another.
type Exchange struct {
	OldFile string `json:"old_file"` // the entry that goes, by its name in landing/
	Old     string `json:"old"`      // hash of the file that goes
	File    string `json:"file"`     // the entry that comes, by its name in landing/
	Entry   Entry  `json:"entry"`
}

// Exchange says how a rewritten file takes the place of the text's own, at a time. No
// other file may have its hash.
func (t *Text) Exchange(e Entry, at time.Time) Exchange {
	e.Replaces = append(slices.Clone(e.Replaces), Replaced{t.Entry.SHA256, at})
	return Exchange{OldFile: t.Entry.file, Old: t.Entry.SHA256, File: e.SHA256 + jsonSuffix, Entry: e}
}

// Place puts a rewritten file in its place beside the old one. Staged is where it lies,
// if that was not done before. The entry comes first: OpenLanding removes files whose
// entry is on its way.
func (l *Landing) Place(x Exchange, staged string) error {
	e := x.Entry
	e.file = x.File
	if err := l.put(&e); err != nil {
		return err
	}
	if _, err := os.Stat(staged); err != nil {
		return nil // it is in its place
	}
	if err := cmp.Or(os.Chmod(staged, 0o400), os.Rename(staged, l.path(e.SHA256))); err != nil {
		return storageError(err)
	}
	return l.sync()
}

// Clear removes entries whose place others have taken, and their files.
func (l *Landing) Clear(exchanges []Exchange) error {
	for _, x := range exchanges {
		if err := removed(l.path(x.OldFile)); err != nil {
			return err
		}
	}
	names, err := l.names()
	if err != nil {
		return err
	}
	for _, x := range exchanges {
		if !noted(names, x.Old) {
			if err := removed(l.path(x.Old)); err != nil {
				return err
			}
		}
	}
	return l.sync()
}
