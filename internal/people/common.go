package people

import (
	_ "embed" // the list
	"slices"
	"strings"
	"sync"
	"unicode"
)

// The list is ours: words.txt says at its top how it was made.
//
//go:embed words.txt
var wordsText string

// words are those that everybody knows.
var words = sync.OnceValue(func() wordList {
	l := wordList{}
	for line := range strings.Lines(wordsText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			l[line], l[string(undisguised([]rune(line)))] = true, true
		}
	}
	return l
})

// wordList are words of shortestWord to longestWord characters, in lower case.
type wordList map[string]bool

const (
	shortestWord = 3 // shorter ones tell nothing
	longestWord  = 20
)

func (l wordList) has(plain, bare []rune) bool {
	return len(plain) <= longestWord && (l[string(plain)] || l[string(bare)])
}

// enough is what a password must be worth: a character that is part of nothing known is
// worth one, a known word, a walk over the keyboard, a repeat or a year one altogether.
const enough = 8

// common reports whether a password is one that guessers try first, for it is made of few
// parts, of which the words known of the person are some. So the list of words stands for
// every password that is made of them with years, endings, doublings and disguises.
func common(password string, about ...string) bool {
	return worth(strings.ToLower(password), ownWords(about)) < enough
}

// ownWords are the words that are known of a person.
func ownWords(about []string) wordList {
	own := wordList{}
	for _, text := range about {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			runes := []rune(word)
			own[string(runes[:min(len(runes), longestWord)])] = true
		}
	}
	return own
}

var leet = map[rune]rune{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', '$': 's', '!': 'i'}

// undisguised is a text without what people take for a disguise.
func undisguised(text []rune) []rune {
	bare := slices.Clone(text)
	for i, r := range bare {
		if meant, ok := leet[r]; ok {
			bare[i] = meant
		}
	}
	return bare
}

// worth counts the parts that guessers must put together, if they know which: the fewest
// that a password can be cut into. What is long is worth enough by its beginning.
func worth(password string, own wordList) int {
	plain := []rune(password)
	plain = plain[:min(period(plain), 4*longestWord)]
	bare := undisguised(plain)
	fewest := make([]int, len(plain)+1) // of what begins there
	for at := len(plain) - 1; at >= 0; at-- {
		fewest[at] = 1 + fewest[at+1]
		run := runAt(plain[at:])
		for n := shortestWord; n <= len(plain)-at; n++ {
			end := at + n
			if n <= run || year(plain[at:end]) || own.has(plain[at:end], bare[at:end]) || words().has(plain[at:end], bare[at:end]) {
				fewest[at] = min(fewest[at], 1+fewest[end])
			}
		}
	}
	return fewest[0]
}

// period is the length of what a text says again and again, or else its own.
func period(text []rune) int {
	for p := 1; p <= len(text)/2; p++ {
		if slices.Equal(text[p:], text[:len(text)-p]) {
			return p
		}
	}
	return len(text)
}

// rows are keys that stand beside each other.
var rows = []string{
	"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "abcdefghijklmnopqrstuvwxyz",
}

// runAt is the length of a run of three or more at the start of a text: one character
// again and again, or keys beside each other, either way.
func runAt(text []rune) (most int) {
	same := 1
	for same < len(text) && text[same] == text[0] {
		same++
	}
	most = same
	for _, row := range rows {
		for _, keys := range []string{row, reversed(row)} {
			at := strings.IndexRune(keys, text[0])
			n := 0
			for at >= 0 && n < len(text) && at+n < len(keys) && rune(keys[at+n]) == text[n] {
				n++
			}
			most = max(most, n)
		}
	}
	if most < 3 {
		return 0
	}
	return most
}

func reversed(text string) string {
	keys := []byte(text)
	slices.Reverse(keys)
	return string(keys)
}

// year reports whether a text is a year that somebody remembers.
func year(text []rune) bool {
	s := string(text)
	return len(text) == 4 && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20")) && strings.Trim(s, "0123456789") == ""
}
