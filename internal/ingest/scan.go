package ingest

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"github.com/clientele/clientele"
)

// Limits of what is read, so that no file can exhaust the machine.
const (
	maxLine    = 16 << 20 // bytes of one row
	maxColumns = 2000
	blockSize  = 2 << 20 // bytes read at a time
)

// textScan is what one fast pass finds out about a text file.
type textScan struct {
	Size       int64
	Lines      int64 // physical, a last one without a line feed included
	NULs       int64
	FirstNUL   int64 // line, 0 if none
	NotUTF8    int64 // line of the first byte that is not UTF-8, 0 if none
	OddQuotes  bool  // whether the number of double quotes is odd
	LongLine   int64 // first line longer than maxLine, 0 if none
	LoneCR     bool  // carriage returns and no line feed at all
	EndsInLine bool  // whether the last line has no line feed
	Headers    []headerLine

	promises promises
	names    [][]byte  // cells of the first line
	initial  [256]bool // first bytes of names
	carry    []byte    // an unfinished character or line start of the block before
	length   int64     // of the line so far
	crs      bool
}

// headerLine is a line that begins as the first line's cells do: perhaps a
// second header.
type headerLine struct {
	line int64
	text string
}

const maxHeaderLines = 1000

// block takes the next bytes in. Blocks may cut lines and characters anywhere.
func (s *textScan) block(b []byte) {
	if s.Size == 0 {
		s.firstLine(b)
	}
	s.Size += int64(len(b))
	if n := bytes.Count(b, []byte{'"'}); n%2 == 1 {
		s.OddQuotes = !s.OddQuotes
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		if s.NULs == 0 {
			s.FirstNUL = s.lineAt(b, i)
		}
		s.NULs += int64(bytes.Count(b, []byte{0}))
	}
	s.crs = s.crs || s.Lines == 0 && bytes.IndexByte(b, '\r') >= 0
	s.promises.block(b)
	s.characters(b)
	s.lines(b)
}

func (s *textScan) lineAt(b []byte, i int) int64 {
	return s.Lines + 1 + int64(bytes.Count(b[:i], []byte{'\n'}))
}

// firstLine takes the cells of the first line, whatever separates them.
func (s *textScan) firstLine(b []byte) {
	line, _, _ := bytes.Cut(bytes.TrimPrefix(b, utf8BOM), []byte{'\n'})
	for _, cell := range bytes.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' || r == '\t' || r == '|' }) {
		cell = bytes.TrimSpace(bytes.Trim(bytes.TrimSpace(cell), `"`))
		if len(cell) > 1 && len(s.names) < maxColumns {
			s.names = append(s.names, bytes.Clone(cell))
			s.initial[cell[0]] = true
		}
	}
	s.initial['"'] = len(s.names) > 0
}

// characters checks the encoding; a character cut by the block's end is kept for the next.
func (s *textScan) characters(b []byte) {
	if s.NotUTF8 > 0 {
		return
	}
	whole := b
	if len(s.carry) > 0 {
		head := append(s.carry, b[:min(len(b), utf8.UTFMax)]...)
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n <= 1 {
			s.NotUTF8 = s.Lines + 1
			return
		}
		whole = b[min(len(b), max(0, n-len(s.carry))):]
	}
	s.carry = append(s.carry[:0], cutCharacter(whole)...)
	whole = whole[:len(whole)-len(s.carry)]
	if !utf8.Valid(whole) {
		i := firstInvalid(whole)
		s.NotUTF8 = s.lineAt(b, len(b)-len(whole)-len(s.carry)+i)
	}
}

// cutCharacter is the start of a character that goes on beyond b.
func cutCharacter(b []byte) []byte {
	for n := 1; n <= min(len(b), utf8.UTFMax-1); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if tail[0] >= utf8.RuneSelf && !utf8.FullRune(tail) {
				return tail
			}
			return nil
		}
	}
	return nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(b)
}

func hasHigh(b []byte) bool {
	for len(b) >= 8 {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 != 0 {
			return true
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// lines counts lines, finds long ones, and those that begin like the first.
func (s *textScan) lines(b []byte) {
	for len(b) > 0 {
		if s.length == 0 && s.Lines > 0 && s.initial[b[0]] {
			s.headerLike(b)
		}
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			s.length += int64(len(b))
			s.checkLength()
			return
		}
		s.length += int64(i) + 1
		s.checkLength()
		s.Lines++
		s.length = 0
		b = b[i+1:]
	}
}

func (s *textScan) checkLength() {
	if s.length > maxLine && s.LongLine == 0 {
		s.LongLine = s.Lines + 1
	}
}

// headerLike notes the line that b starts with if its first cell is one of the
// first line's. A line cut by the block's end is judged by what there is of it.
func (s *textScan) headerLike(b []byte) {
	cell := bytes.TrimPrefix(b, []byte{'"'})
	for _, name := range s.names {
		if !bytes.HasPrefix(cell, name) || len(cell) > len(name) && !bytes.ContainsRune([]byte(",;\t|\"\r\n"), rune(cell[len(name)])) {
			continue
		}
		line, _, _ := bytes.Cut(b, []byte{'\n'})
		if len(s.Headers) < maxHeaderLines && len(line) < 1<<16 {
			s.Headers = append(s.Headers, headerLine{s.Lines + 1, string(bytes.TrimSuffix(line, []byte{'\r'}))})
		}
		return
	}
}

// finish closes the pass.
func (s *textScan) finish() {
	if s.NotUTF8 == 0 && len(s.carry) > 0 {
		s.NotUTF8 = s.Lines + 1
	}
	s.LoneCR = s.crs && s.Lines == 0
	if s.length > 0 {
		s.Lines++
		s.EndsInLine = true
	}
}

// pass reads a file once, block by block, and hands every block to all takers
// at once, on all cores: hashing, scanning and copying overlap.
func pass(ctx context.Context, path string, progress func(done, total int64), takers ...func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return openError(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return openError(path, err)
	}
	if info.IsDir() {
		return clientele.Errorf(clientele.CodeInvalid, "%s is a directory", path).WithHint("Name the files in it.")
	}
	var done int64
	for buf := make([]byte, min(blockSize, info.Size()+1)); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(f, buf)
		if n > 0 {
			if err := handOut(buf[:n], takers); err != nil {
				return err
			}
			if done += int64(n); progress != nil {
				progress(done, info.Size())
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return clientele.Errorf(clientele.CodeInvalid, "the file could not be read to its end").Because(err).WithHint("Copy it to this machine and try again.")
		}
	}
}

func handOut(block []byte, takers []func([]byte) error) error {
	errs := make([]error, len(takers))
	var wg sync.WaitGroup
	for i, take := range takers[1:] {
		wg.Go(func() { errs[i+1] = take(block) })
	}
	errs[0] = takers[0](block)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func openError(path string, err error) error {
	code := clientele.CodeInvalid
	if os.IsNotExist(err) {
		code = clientele.CodeNotFound
	}
	return clientele.Errorf(code, "%s cannot be opened", path).Because(err).WithHint("Check the path and that you may read the file.")
}

// scanText runs the fast pass alone.
func scanText(ctx context.Context, path string) (*textScan, error) {
	s := new(textScan)
	err := pass(ctx, path, nil, func(b []byte) error { s.block(b); return nil })
	s.finish()
	return s, err
}
