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

// words lists those that everybody knows, the longest first.
var words = sync.OnceValue(func() (words []string) {
	for line := range strings.Lines(wordsText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			words = append(words, line)
		}
	}
	return longestFirst(words)
})

func longestFirst(words []string) []string {
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

// enough is what a password must be worth: a character that is part of nothing known is
// worth one, a known word, a walk over the keyboard, a repeat or a year one altogether.
const enough = 8

// common reports whether a password is one that guessers try first, for it is made of few
// parts, of which the words known of the person are some. So the list of words stands for
// every password that is made of them with years, endings, doublings and disguises.
func common(password string, about ...string) bool {
	plain, own := strings.ToLower(password), ownWords(about)
	return min(worth(plain, own), worth(unleet(plain), own)) < enough
}

// ownWords are the words that are known of a person; short ones tell nothing.
func ownWords(about []string) (own []string) {
	for _, text := range about {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) >= 3 {
				own = append(own, unleet(word), word)
			}
		}
	}
	return longestFirst(own)
}

var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// unleet undoes what people take for a disguise.
func unleet(text string) string { return leet.Replace(text) }

// worth counts the parts of a password that guessers cannot foresee.
func worth(password string, own []string) (n int) {
	var last string
	text := []rune(password)
	for rest := text[:period(text)]; len(rest) > 0; {
		known := max(wordAt(rest, own), wordAt(rest, words()), runAt(rest), yearAt(rest))
		part := string(rest[:max(known, 1)])
		if part != last { // a word that is said again says nothing
			n++
		}
		last, rest = part, rest[len([]rune(part)):]
	}
	return n
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

// wordAt is the length of the longest of words that a text begins with.
func wordAt(text []rune, words []string) int {
	s := string(text)
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return len([]rune(w))
		}
	}
	return 0
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

// yearAt is the length of a year at the start of a text.
func yearAt(text []rune) int {
	if len(text) < 4 {
		return 0
	}
	year := string(text[:4])
	if strings.Trim(year, "0123456789") == "" && (strings.HasPrefix(year, "19") || strings.HasPrefix(year, "20")) {
		return 4
	}
	return 0
}
