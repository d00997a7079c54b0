package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/klauspost/compress/zstd"
)

var utf8BOM = []byte("\xef\xbb\xbf")

// The encodings of Layout.
const (
	encodingUTF8    = "utf-8"
	encodingUTF16LE = "utf-16le"
	encodingUTF16BE = "utf-16be"
	encodingWindows = "windows-1252"
	encodingMixed   = "utf-8, windows-1252"
)

// Limits of what a file may grow to, unpacked or written out as rows and columns.
const (
	maxUnpacked = 64 << 30 // bytes
	maxRatio    = 200      // beyond ratioFrom
	ratioFrom   = 64 << 20
)

// source is a file on its way to text or Parquet that the warehouse reads as it
// stands. Each stage that has to change it writes a copy into dir.
type source struct {
	name     string // original, for messages
	path     string // of the present copy
	size     int64  // of the original, bytes
	dir      string // of copies
	copies   int
	layout   Layout
	scan     *textScan // of path, when it is text
	grid     bool      // whether path is CSV that a stage wrote
	expanded bool      // whether a preset made lines of its rows
	// lineColumn says that the last column of path holds the line of the original.
	lineColumn bool
	problems   []Problem
}

// lineColumnName is the name of the column that holds the original line.
const lineColumnName = "line of the file"

func (s *source) invalid(line int64, format string, args ...any) *clientele.Error {
	err := clientele.Errorf(clientele.CodeInvalid, format, args...)
	err.At = clientele.Position{File: s.name, Line: line}
	return err
}

func (s *source) close() { os.RemoveAll(s.dir) }

// rewrite replaces the present copy by what fill writes, and scans it.
func (s *source) rewrite(fill func(io.Writer) error) error {
	s.copies++
	out, err := os.Create(filepath.Join(s.dir, "copy"+strconv.Itoa(s.copies)))
	if err != nil {
		return storageError(err)
	}
	w := &scanningWriter{scan: new(textScan)}
	w.Writer = bufio.NewWriterSize(w.tee(out, s.size), 256<<10)
	err = fill(w)
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if s.copies > 1 {
		os.Remove(s.path)
	}
	w.scan.finish()
	s.path, s.scan = out.Name(), w.scan
	if errors.Is(err, errBomb) {
		return s.invalid(0, "the file grows beyond all measure when unpacked (more than %d times its size, or 64 GB)", maxRatio).
			WithHint("If it is honest, save it as CSV yourself and import the result.")
	}
	return storageError(err)
}

// scanningWriter scans what it writes.
type scanningWriter struct {
	*bufio.Writer
	scan *textScan
}

// tee scans and writes, as long as that is in proportion to the size of the original.
func (w *scanningWriter) tee(out io.Writer, size int64) io.Writer {
	var written int64
	return writerFunc(func(b []byte) (int, error) {
		if written += int64(len(b)); isBomb(size, written) {
			return 0, errBomb
		}
		w.scan.block(b)
		return out.Write(b)
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// storageError translates a full disk; other errors pass.
func storageError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return clientele.Errorf(clientele.CodeNoSpace, "the disk is full: nothing of the file was kept").Because(err).
			WithHint("Make room and import the file again.")
	}
	return err
}

// readPrefix begins the names of the directories of prepared copies.
const readPrefix = "read-"

// openSource unpacks a file and makes it UTF-8. known is how it was read before,
// nil to find out. scan is the pass over it as it stands, nil if there was none.
func openSource(ctx context.Context, path, name, work string, known *Layout, scan *textScan) (*source, error) {
	if work != "" {
		if err := os.MkdirAll(work, 0o700); err != nil {
			return nil, storageError(err)
		}
	}
	dir, err := os.MkdirTemp(work, readPrefix+"*")
	if err != nil {
		return nil, storageError(err)
	}
	s := &source{name: name, path: path, dir: dir, scan: scan}
	if info, err := os.Stat(path); err == nil { // what cannot be opened is told below
		s.size = info.Size()
	}
	if err := s.open(ctx, known); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *source) open(ctx context.Context, known *Layout) error {
	head, err := s.head()
	if err != nil {
		return err
	}
	if s.layout.Compression = compressionOf(head); s.layout.Compression != "" {
		if err := s.unpack(ctx); err != nil {
			return err
		}
		if head, err = s.head(); err != nil {
			return err
		}
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return s.invalid(0, "the file is empty").WithHint("Export it again.")
	}
	if s.layout.Format, err = s.formatOf(head); err != nil {
		return err
	}
	switch s.layout.Format {
	case FormatXLSX:
		return s.openXLSX(ctx, known)
	case FormatParquet:
		return nil
	}
	if err := s.toUTF8(ctx, head, known); err != nil {
		return err
	}
	return s.openText(ctx, known)
}

// head is the first megabyte.
func (s *source) head() ([]byte, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, openError(s.name, err)
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, openError(s.name, err)
	}
	return head, nil
}

func compressionOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return ""
}

func (s *source) formatOf(head []byte) (FileFormat, error) {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return FormatParquet, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		z, err := zip.OpenReader(s.path)
		if err != nil {
			return "", s.invalid(0, "the file looks like a workbook or archive, and is damaged").Because(err).WithHint("Export it again.")
		}
		defer z.Close()
		for _, f := range z.File {
			if f.Name == "xl/workbook.xml" {
				return FormatXLSX, nil
			}
		}
		return "", s.invalid(0, "the file is an archive").WithHint("Unpack it and import the files in it.")
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return "", s.invalid(0, "the file is an old Excel workbook (.xls)").WithHint("Save it as .xlsx or .csv.")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return "", s.invalid(0, "the file is a PDF, not a table").WithHint("Export the records as CSV.")
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("<")):
		return "", s.invalid(0, "the file is a web page or XML, not a table").WithHint("Export the records as CSV.")
	}
	return FormatCSV, nil
}

// unpack decompresses, within limits.
func (s *source) unpack(ctx context.Context) error {
	packed, err := os.Open(s.path)
	if err != nil {
		return openError(s.name, err)
	}
	defer packed.Close()
	info, err := packed.Stat()
	if err != nil {
		return openError(s.name, err)
	}
	var r io.Reader
	if s.layout.Compression == "gzip" {
		r, err = gzip.NewReader(packed)
	} else {
		var d *zstd.Decoder
		if d, err = zstd.NewReader(packed, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1)); err == nil {
			defer d.Close()
			r = d
		}
	}
	if err != nil {
		return s.damaged(err)
	}
	limited := &bombGuard{r: r, packed: info.Size(), ctx: ctx}
	err = s.rewrite(func(w io.Writer) error {
		_, err := io.Copy(w, limited)
		return err
	})
	if limited.failed != nil {
		return s.damaged(limited.failed)
	}
	return err
}

func (s *source) damaged(err error) error {
	return s.invalid(0, "the %s file is damaged or cut off", s.layout.Compression).Because(err).WithHint("Copy or export it again.")
}

var errBomb = errors.New("grows beyond all measure")

func isBomb(packed, unpacked int64) bool {
	return unpacked > maxUnpacked || unpacked > ratioFrom && unpacked/maxRatio > packed
}

// bombGuard stops a reader that grows beyond all measure.
type bombGuard struct {
	r        io.Reader
	ctx      context.Context
	packed   int64
	unpacked int64
	failed   error // of the reader
}

func (g *bombGuard) Read(b []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.r.Read(b)
	g.unpacked += int64(n)
	if isBomb(g.packed, g.unpacked) {
		return 0, errBomb
	}
	if err != nil && err != io.EOF {
		g.failed = err
	}
	return n, err
}

// openText makes delimited UTF-8 of text: finds the dialect, or turns JSON into columns.
func (s *source) openText(ctx context.Context, known *Layout) error {
	if s.scan.LongLine > 0 {
		return s.invalid(s.scan.LongLine, "a line longer than 16 MB").WithHint("Check that the file has line ends and is not damaged.")
	}
	head, err := s.head()
	if err != nil {
		return err
	}
	head = bytes.TrimPrefix(head, utf8BOM)
	if first := strings.TrimSpace(string(head[:min(len(head), 64)])); known != nil && known.Format == FormatJSONL || known == nil && looksLikeJSON(first, head) {
		s.layout.Format = FormatJSONL
		return s.openJSON(ctx)
	}
	if known != nil {
		s.layout = *known
	} else {
		s.sniff(head)
	}
	if s.layout.Delimiter == Blanks {
		err = s.blanksToCSV()
	}
	if err == nil && known == nil {
		err = s.checkText(ctx)
	}
	if err == nil {
		err = s.dropRepeatedHeaders(ctx)
	}
	return err
}

func looksLikeJSON(first string, head []byte) bool {
	if strings.HasPrefix(first, "[{") || first == "[" {
		return true
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(head), []byte{'\n'})
	return strings.HasPrefix(first, "{") && bytes.Contains(line, []byte(`"`)) && utf8.Valid(line)
}

// dialect is how the present copy is laid out, which differs from the original
// where a stage has rewritten it.
func (s *source) dialect() Layout {
	switch {
	case s.expanded:
		return Layout{Delimiter: ",", Quote: `"`, Header: true}
	case s.grid:
		return Layout{Delimiter: ",", Quote: `"`, Header: s.layout.Header, SkipLines: s.layout.SkipLines}
	}
	return s.layout
}
