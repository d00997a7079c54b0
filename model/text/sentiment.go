package text

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The constants of VADER (Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based Model for
// Sentiment Analysis of Social Media Text"): what a word of degree adds, what capitals add,
// what a negation makes of a valence, and the α that bounds a sum.
const (
	degreeAdds   = 0.293
	capitalsAdd  = 0.733
	negationIs   = -0.74
	exclaimAdds  = 0.292 // each, up to four
	questionAdds = 0.18  // each of two or three; more add manyQuestions
	manyQuestion = 0.96
	boundedBy    = 15
	beforeBut    = 0.5
	afterBut     = 1.5
	neverSo      = 1.25 // of what stands after "never so" and "never this"
)

// Positive and Negative are the bounds of a compound beyond which a text is called so.
const (
	Positive = 0.05
	Negative = -0.05
)

// Lexicon is the valence of English words and emoticons, −4 to 4, in small letters.
type Lexicon map[string]float64

// mostWords bounds a lexicon.
const mostWords = 100_000

// ReadLexicon reads a lexicon: a word, a tab and its valence in each line. What follows
// another tab is not read.
func ReadLexicon(r io.Reader) (Lexicon, error) {
	out := Lexicon{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) < 2 {
			if strings.TrimSpace(lines.Text()) != "" {
				return nil, fmt.Errorf("line %d has no tab", n)
			}
			continue
		}
		v, err := strconv.ParseFloat(cells[1], 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 4 {
			return nil, fmt.Errorf("line %d has no valence from -4 to 4", n)
		}
		if out[strings.ToLower(cells[0])] = v; len(out) > mostWords {
			return nil, fmt.Errorf("more than %d words", mostWords)
		}
	}
	return out, lines.Err()
}

// Compound is the sentiment of an English text, −1 to 1, by VADER's rules: words count by the
// lexicon, more or less by words of degree, capitals and marks, the other way after a negation,
// and what follows "but" counts for more than what goes before it. A text without a word of
// the lexicon is 0.
func (l Lexicon) Compound(s string) float64 {
	t := newTokens(s)
	values := make([]float64, len(t.lower))
	for i, w := range t.lower {
		if degrees[w] == 0 && (w != "kind" || t.at(i+1) != "of") {
			values[i] = l.valence(t, i)
		}
	}
	if but := slices.Index(t.lower, "but"); but >= 0 {
		for i := range values {
			switch {
			case i < but:
				values[i] *= beforeBut
			case i > but:
				values[i] *= afterBut
			}
		}
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	if sum != 0 {
		sum += math.Copysign(emphasis(s), sum)
	}
	return sum / math.Sqrt(sum*sum+boundedBy)
}

// tokens are what stands apart by blanks, without the marks around it.
type tokens struct {
	as, lower []string
	shouts    bool // some words are in capitals, and not all
}

func newTokens(s string) (t tokens) {
	capitals := 0
	for _, w := range strings.Fields(s) {
		if bare := strings.TrimFunc(w, func(r rune) bool { return r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) }); len(bare) > 2 {
			w = bare // what is shorter may be an emoticon
		}
		t.as, t.lower = append(t.as, w), append(t.lower, strings.ToLower(w))
		if isCapitals(w) {
			capitals++
		}
	}
	t.shouts = capitals > 0 && capitals < len(t.as)
	return t
}

// at is a word in small letters; "" where there is none.
func (t tokens) at(i int) string {
	if i < 0 || i >= len(t.lower) {
		return ""
	}
	return t.lower[i]
}

func isCapitals(w string) bool { return strings.ToUpper(w) == w && strings.ToLower(w) != w }

// valence is what the word at i counts, by what goes before it.
func (l Lexicon) valence(t tokens, i int) float64 {
	v, ok := l[t.lower[i]]
	if !ok {
		return 0
	}
	if t.lower[i] == "no" && l[t.at(i+1)] != 0 {
		v = 0 // it negates what follows
	}
	if t.at(i-1) == "no" || t.at(i-2) == "no" || t.at(i-3) == "no" && (t.at(i-1) == "or" || t.at(i-1) == "nor") {
		v = l[t.lower[i]] * negationIs
	}
	if t.shouts && isCapitals(t.as[i]) && v != 0 {
		v += math.Copysign(capitalsAdd, v)
	}
	for back := 1; back <= 3 && back <= i; back++ {
		if _, known := l[t.lower[i-back]]; known {
			continue
		}
		v += t.degree(i-back, v) * (1 - 0.05*float64(back-1))
		v = t.negated(v, i, back)
	}
	return t.least(v, i, l)
}

// degree is what a word of degree at i adds to a valence after it.
func (t tokens) degree(i int, v float64) float64 {
	d := degrees[t.lower[i]]
	if d == 0 || v == 0 {
		return 0
	}
	if t.shouts && isCapitals(t.as[i]) {
		d += math.Copysign(capitalsAdd, d)
	}
	if v < 0 {
		return -d
	}
	return d
}

// negated turns a valence where the word so far back negates it. "Never so" and "never this"
// praise, and "without doubt" does not deny.
func (t tokens) negated(v float64, i, back int) float64 {
	w := t.lower[i-back]
	praises := t.at(i-back+1) == "so" || t.at(i-back+1) == "this" || back == 3 && (t.at(i-1) == "so" || t.at(i-1) == "this")
	switch {
	case w == "never" && back > 1 && praises:
		return v * neverSo
	case w == "without" && back > 1 && (t.at(i-back+1) == "doubt" || t.at(i-1) == "doubt"):
		return v
	case negations[strings.ReplaceAll(w, "’", "'")] || strings.Contains(w, "n't") || strings.Contains(w, "n’t"):
		return v * negationIs
	}
	return v
}

// least turns a valence after "least", unless after "at least" or "very least".
func (t tokens) least(v float64, i int, l Lexicon) float64 {
	if _, known := l["least"]; known || t.at(i-1) != "least" || t.at(i-2) == "at" || t.at(i-2) == "very" {
		return v
	}
	return v * negationIs
}

// emphasis is what the marks of a text add to the size of its sum.
func emphasis(s string) float64 {
	add := exclaimAdds * float64(min(strings.Count(s, "!"), 4))
	switch n := strings.Count(s, "?"); {
	case n > 3:
		add += manyQuestion
	case n > 1:
		add += questionAdds * float64(n)
	}
	return add
}

// degrees are English words that strengthen or weaken what follows.
var degrees = degreeWords(`absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously entirely especially
	exceptional exceptionally extreme extremely fabulously flipping fully greatly hella highly hugely incredible incredibly intensely major majorly more most
	particularly purely quite really remarkably so substantially thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very
	fricking frickin frigging friggin freaking freakin fucking fuckin`,
	`almost barely hardly kinda kindof less little marginal marginally occasional occasionally partly scarce scarcely slight slightly somewhat sorta sortof`)

func degreeWords(more, less string) map[string]float64 {
	out := map[string]float64{}
	for w := range set(more) {
		out[w] = degreeAdds
	}
	for w := range set(less) {
		out[w] = -degreeAdds
	}
	return out
}

// negations are English words that deny; so does all that has n't in it.
var negations = set(`aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neither neednt never none nope nor not
	nothing nowhere oughtnt shant shouldnt uhuh wasnt werent without wont wouldnt rarely seldom despite`)
