package privacy

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// shortestMention is how long an id must be, in bytes, to be looked for within texts:
// shorter ones are found where files name customers, and would be taken for quantities
// elsewhere.
const shortestMention = 6

// replacement stands where a text named somebody.
const replacement = "erased"

// mentions finds ids as whole words in texts, whatever the case of their letters.
type mentions struct {
	ids   map[[shortestMention]byte][][]byte // by how they begin, in small letters
	first [1 << 16]bool                      // hashes of how they begin
}

func newMentions(ids []string) *mentions {
	m := &mentions{ids: map[[shortestMention]byte][][]byte{}}
	for _, id := range ids {
		if len(id) < shortestMention {
			continue
		}
		small := lower([]byte(id))
		start := [shortestMention]byte(small)
		m.ids[start] = append(m.ids[start], small)
		m.first[hash(start)] = true
	}
	return m
}

// lower makes ASCII letters small, and leaves the length as it is.
func lower(text []byte) []byte {
	small := bytes.Clone(text)
	for i, c := range small {
		if 'A' <= c && c <= 'Z' {
			small[i] = c | 0x20
		}
	}
	return small
}

func hash(start [shortestMention]byte) uint16 {
	h := uint32(2166136261) // FNV-1a
	for _, c := range start {
		h = (h ^ uint32(c)) * 16777619
	}
	return uint16(h ^ h>>16)
}

// next finds the first id in a text from a place on; end is 0 if there is none.
func (m *mentions) next(small []byte, from int) (start, end int) {
	for i := from; i+shortestMention <= len(small); i++ {
		head := [shortestMention]byte(small[i : i+shortestMention])
		if !m.first[hash(head)] {
			continue
		}
		for _, id := range m.ids[head] {
			if end := i + len(id); bytes.HasPrefix(small[i:], id) && edge(small[:i], small[end:]) {
				return i, end
			}
		}
	}
	return 0, 0
}

// edge reports whether a word may end and begin between texts that are left and right of it.
func edge(left, right []byte) bool {
	before, _ := utf8.DecodeLastRune(left)
	after, _ := utf8.DecodeRune(right)
	return (len(left) == 0 || !inWord(before)) && (len(right) == 0 || !inWord(after))
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// in reports whether a text names anybody.
func (m *mentions) in(text []byte) bool {
	if len(m.ids) == 0 {
		return false
	}
	_, end := m.next(lower(text), 0)
	return end > 0
}

// blot replaces all ids in a text.
func (m *mentions) blot(text []byte) []byte {
	if !m.in(text) {
		return text
	}
	small := lower(text)
	var out []byte
	for at := 0; ; {
		start, end := m.next(small, at)
		if end == 0 {
			return append(out, text[at:]...)
		}
		out = append(append(out, text[at:start]...), replacement...)
		at = end
	}
}
