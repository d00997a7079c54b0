package ingest

import (
	"bytes"
	"context"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// toUTF8 finds the encoding and makes a copy in UTF-8 if it is another. Engines
// get nothing but UTF-8.
func (s *source) toUTF8(ctx context.Context, head []byte, known *Layout) (err error) {
	if s.scan == nil {
		if s.scan, err = scanText(ctx, s.path); err != nil {
			return err
		}
	}
	if s.layout.Encoding = s.encodingOf(head); known != nil {
		s.layout.Encoding = known.Encoding
	}
	line := s.scan.NotUTF8
	switch s.layout.Encoding {
	case encodingUTF16LE:
		err = s.transform(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case encodingUTF16BE:
		err = s.transform(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case encodingWindows, encodingMixed:
		patch := new(patchedUTF8)
		if err = s.transform(patch); patch.multibyte && known == nil {
			s.layout.Encoding = encodingMixed
			s.problems = append(s.problems, Problem{Line: line, Message: "the file is UTF-8, but this line is not",
				Hint: "Such characters are read as Windows-1252. Check them, or export the file anew in one encoding."})
		}
	}
	if err == nil && s.scan.NULs > 0 {
		return s.invalid(s.scan.FirstNUL, "a zero byte: this is not a text file, or it is damaged").WithHint("Export it again, as CSV in UTF-8.")
	}
	if err == nil && s.scan.LoneCR {
		err = s.transform(lineFeeds{})
	}
	return err
}

// patchedUTF8 leaves UTF-8 as it is and reads every other byte as Windows-1252.
type patchedUTF8 struct {
	transform.NopResetter
	multibyte bool // whether there were UTF-8 characters beyond ASCII
}

// Transform implements transform.Transformer.
func (p *patchedUTF8) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		rest := src[nSrc:]
		if !atEOF && !utf8.FullRune(rest) {
			return nDst, nSrc, transform.ErrShortSrc
		}
		r, n := utf8.DecodeRune(rest)
		if n == 1 && rest[0] >= utf8.RuneSelf {
			r = charmap.Windows1252.DecodeByte(rest[0])
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		p.multibyte = p.multibyte || n > 1 && r != '\ufeff'
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += n
	}
	return nDst, nSrc, nil
}

func (s *source) transform(t transform.Transformer) error {
	in, err := os.Open(s.path)
	if err != nil {
		return openError(s.name, err)
	}
	defer in.Close()
	return s.rewrite(func(w io.Writer) error {
		_, err := io.Copy(w, transform.NewReader(in, t))
		return err
	})
}

// lineFeeds turns carriage returns into line feeds, for files with nothing else.
type lineFeeds struct{ transform.NopResetter }

func (lineFeeds) Transform(dst, src []byte, _ bool) (int, int, error) {
	n := copy(dst, bytes.ReplaceAll(src[:min(len(src), len(dst))], []byte{'\r'}, []byte{'\n'}))
	if n < len(src) {
		return n, n, transform.ErrShortDst
	}
	return n, n, nil
}

// encodingOf decides by a byte order mark, by the zeros of UTF-16, and by
// whether the whole file is UTF-8. Latin-1 text is read as Windows-1252, which
// has it but for control characters.
func (s *source) encodingOf(head []byte) string {
	switch zeros := zerosOfUTF16(head); {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return encodingUTF16LE
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return encodingUTF16BE
	case zeros != "":
		return zeros
	case s.scan.NotUTF8 > 0 && s.scan.NULs == 0:
		return encodingWindows
	}
	return encodingUTF8
}

// zerosOfUTF16 tells UTF-16 without a mark: nearly every other byte of Western text is zero.
func zerosOfUTF16(head []byte) string {
	head = head[:min(len(head), 4096)]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch most := len(head) / 2 * 9 / 10; {
	case most == 0:
		return ""
	case zeros[1] >= most && zeros[0] == 0:
		return encodingUTF16LE
	case zeros[0] >= most && zeros[1] == 0:
		return encodingUTF16BE
	}
	return ""
}
