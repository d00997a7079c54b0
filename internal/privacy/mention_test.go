package privacy

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestMentionsAreWholeWords(t *testing.T) {
	m := newMentions([]string{"anna@example.com", "C-77001", "8462091", "short", "Müller-1"})
	for text, want := range map[string]string{
		"":                                    "",
		"for ANNA@example.com, thanks":        "for erased, thanks",
		"anna@example.com":                    "erased",
		"joanna@example.com":                  "joanna@example.com",
		"anna@example.computer":               "anna@example.computer",
		"c-77001;C-77001.":                    "erased;erased.",
		"C-770011 and XC-77001":               "C-770011 and XC-77001",
		"8462091.0":                           "erased.0",
		"08462091":                            "08462091",
		"a short one":                         "a short one",
		"ümüller-1 and Müller-1":              "ümüller-1 and erased",
		"8462091 8462091":                     "erased erased",
		"\xff8462091\xfe":                     "\xfferased\xfe",
		`{"id":"C-77001","of":"c-77001-too"}`: `{"id":"erased","of":"erased-too"}`,
	} {
		if got := string(m.blot([]byte(text))); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if m.in([]byte(text)) != (want != text) {
			t.Errorf("%q: in says otherwise than blot", text)
		}
	}
}

// After blotting nobody is named, and everything else is as it was.
func TestBlottedTextsNameNobody(t *testing.T) {
	word := rapid.StringMatching(`[a-c0-2@.-]{1,9}`)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(word, 1, 4).Draw(t, "ids")
		m := newMentions(ids)
		text := strings.Join(rapid.SliceOf(rapid.OneOf(word, rapid.SampledFrom(ids))).Draw(t, "words"), rapid.SampledFrom([]string{" ", ",", "x"}).Draw(t, "between"))
		blotted := m.blot([]byte(text))
		if m.in(blotted) {
			t.Errorf("%q became %q, which names somebody of %q", text, blotted, ids)
		}
		for _, id := range ids {
			if len(id) >= shortestMention && slow(text, id) && bytes.Equal(blotted, []byte(text)) {
				t.Errorf("%q names %q", text, id)
			}
		}
	})
}

// slow reports whether a text has an id as a word, looked for at every place.
func slow(text, id string) bool {
	for i := range text {
		if !strings.HasPrefix(text[i:], id) {
			continue
		}
		left, right := []rune(text[:i]), []rune(text[i+len(id):])
		word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
		if (len(left) == 0 || !word(left[len(left)-1])) && (len(right) == 0 || !word(right[0])) {
			return true
		}
	}
	return false
}

func TestCanonical(t *testing.T) {
	for id, want := range map[string]string{
		"17850": "17850", " 17850": "17850", "17850.0": "17850", "17850.000\t": "17850", "00017850": "00017850", "17850.5": "17850.5",
		"\u00a0x\u202f": "x", "-1.0": "-1", "a.0": "a.0", " ": "",
	} {
		if got := Canonical(id); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}

func FuzzReadTombstones(f *testing.F) {
	f.Add([]byte(`{"format":1,"key":"` + strings.Repeat("a", 64) + `","digests":["` + strings.Repeat("b", 64) + `"]}`))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := ReadTombstones(bytes.NewReader(text)); err == nil && (len(got.Key) != 64 || got.Format != tombstonesFormat) {
			t.Errorf("took %+v", got)
		}
	})
}
