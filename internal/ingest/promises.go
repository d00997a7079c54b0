package ingest

import (
	"bytes"
	"strings"

	"github.com/clientele/clientele/internal/warehouse"
)

// promises watches the bytes of a text file for what would forbid an engine to read
// it without looking at every value's text.
type promises struct {
	rounded bool   // something may be a number of more than six decimals, or has an exponent
	padded  bool   // a value may be quoted, or begin or end with a blank other than a tab
	tabs    bool   // there are tabs
	edge    []byte // the end of the block before
}

// shortDecimals is how many decimals pass.
const shortDecimals = 6

// watchedDelimiters are those beside which a blank is seen.
const watchedDelimiters = ",;\t|"

func (p *promises) block(b []byte) {
	if p.edge == nil {
		p.edge = []byte{'\n'} // the file's first value begins as any line's does
	}
	const reach = shortDecimals + 1
	seam := append(p.edge, b[:min(len(b), reach)]...)
	for _, part := range [][]byte{seam, b} {
		p.rounded = p.rounded || longDecimal(part) || exponent(part)
		p.padded = p.padded || padded(part)
		p.tabs = p.tabs || bytes.IndexByte(part, '\t') >= 0
	}
	if len(b) < reach {
		b = seam
	}
	p.edge = bytes.Clone(b[max(0, len(b)-reach):])
}

// keep puts the promises into an engine's input.
func (p *promises) keep(in *warehouse.Input) {
	delimiter := in.Dialect.Delimiter
	in.ShortDecimals = !p.rounded
	in.Bare = !p.padded && len(delimiter) == 1 && strings.Contains(watchedDelimiters, delimiter) &&
		(delimiter == "\t" || !p.tabs) && !bytes.HasSuffix(p.edge, []byte{' '})
}

// longDecimal finds a point before seven digits.
func longDecimal(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '.')
		if i < 0 || i+shortDecimals+1 >= len(b) {
			return false
		}
		b = b[i+1:]
		n := shortDecimals
		for n >= 0 && isDigit(b[n]) {
			n--
		}
		if n < 0 {
			return true
		}
	}
}

// exponent finds a digit or point, an e, and a digit or sign.
func exponent(b []byte) bool {
	for _, e := range []byte("eE") {
		for rest := b; ; {
			i := bytes.IndexByte(rest, e)
			if i < 0 || i+1 >= len(rest) {
				break
			}
			if next := rest[i+1]; i > 0 && (isDigit(rest[i-1]) || rest[i-1] == '.') && (isDigit(next) || next == '+' || next == '-') {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// padded finds what makes the end of a value uncertain: a quote, a blank of more than
// one byte, a carriage return that ends no line, or a space beside anything that may
// end a value.
func padded(b []byte) bool {
	for _, mark := range []string{`"`, "\u00a0", "\u202f"} {
		if bytes.Contains(b, []byte(mark)) {
			return true
		}
	}
	return loneReturn(b) || edgeSpace(b)
}

func edgeSpace(b []byte) bool {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], ' ')
		if i < 0 {
			return false
		}
		i += from
		if i > 0 && isEnd(b[i-1]) || i+1 < len(b) && isEnd(b[i+1]) {
			return true
		}
		from = i + 1
	}
}

func isEnd(c byte) bool { return bytes.IndexByte([]byte(watchedDelimiters+"\r\n"), c) >= 0 }

func loneReturn(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 || i+1 >= len(b) {
			return false
		}
		if b[i+1] != '\n' {
			return true
		}
		b = b[i+1:]
	}
}
