package ingest

import (
	"bytes"
	"context"
	"io"
	"os"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// toUTF8 finds the encoding and makes a copy in UTF-8 if it is another.
func (s *source) toUTF8(ctx context.Context, head []byte, known *Layout) (err error) {
	if known != nil {
		s.layout.Encoding = known.Encoding
	} else if s.layout.Encoding, err = s.encodingOf(ctx, head); err != nil {
		return err
	}
	from := map[string]encoding.Encoding{
		encodingUTF16LE: unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		encodingUTF16BE: unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		encodingWindows: charmap.Windows1252,
	}[s.layout.Encoding]
	if from != nil {
		err = s.transform(from.NewDecoder())
	}
	if err == nil && s.scan == nil {
		s.scan, err = scanText(ctx, s.path)
	}
	if err == nil && s.scan.LoneCR {
		err = s.transform(lineFeeds{})
	}
	return err
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
func (s *source) encodingOf(ctx context.Context, head []byte) (enc string, err error) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return encodingUTF16LE, nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return encodingUTF16BE, nil
	}
	if enc := zerosOfUTF16(head); enc != "" {
		return enc, nil
	}
	if s.scan == nil {
		if s.scan, err = scanText(ctx, s.path); err != nil {
			return "", err
		}
	}
	switch {
	case s.scan.NULs > 0:
		return "", s.invalid(s.scan.FirstNUL, "a zero byte: this is not a text file, or it is damaged").WithHint("Export it again, as CSV in UTF-8.")
	case s.scan.NotUTF8 == 0:
		return encodingUTF8, nil
	case !s.scan.Multibyte:
		return encodingWindows, nil
	}
	s.problems = append(s.problems, Problem{Line: s.scan.NotUTF8, Message: "the file is UTF-8, but this line is not", Hint: "Lines that are not UTF-8 are rejected. Export the file anew in one encoding."})
	return encodingUTF8, nil
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
