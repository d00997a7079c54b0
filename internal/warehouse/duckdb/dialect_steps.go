package duckdb

import (
	"fmt"
	"strings"
	"text/template"

	"github.com/clientele/clientele"
)

// A step is a number, so that steps sort by when they began: from the top down the second of
// its beginning, six bits of which step it is and, where that is wide, twenty bits of by whom
// and 31 of how many seconds it took.
const (
	stepBits  = 6
	agentBits = 20
	tookBits  = 31
)

// The codes of steps in order are held in words, wordSteps each, the first one on top: words
// compare as the codes do, because no code is 0.
const (
	wordSteps = 10
	wordBits  = wordSteps * stepBits
)

// markBits is of how many edges a word says whether somebody went them.
const markBits = 60

// withSteps adds how steps are written to a dialect. Two things of one name are a defect.
func withSteps(m template.FuncMap) template.FuncMap {
	for name, f := range (template.FuncMap{
		"packed":      packed,
		"second_of":   secondOf,
		"first_at":    firstAt,
		"seconds":     seconds,
		"code":        func(x string, wide bool) string { return stepPart(x, wide, agentBits+tookBits, stepBits) },
		"agent":       func(x string) string { return stepPart(x, true, tookBits, agentBits) },
		"took":        took,
		"between":     between,
		"row_id":      func(table string) string { return table + ".rowid" },
		"word_of":     func(place string) string { return fmt.Sprintf("(%s - 1) // %d", place, wordSteps) },
		"shift_of":    shiftOf,
		"word":        word,
		"first_words": wordsFirst,
		"later":       func(place string) string { return fmt.Sprintf("%s > %d", place, firstWords*wordSteps) },
		"later_words": func(word, number string) string { return fmt.Sprintf("list(%s ORDER BY %s)", word, number) },
		"word_list":   wordList,
		"mark_word":   func(place string) string { return fmt.Sprintf("(%s - 1) // %d", place, markBits) },
		"mark_bit": func(place string) string {
			return fmt.Sprintf("CAST(1 AS BIGINT) << CAST((%s - 1) %% %d AS INTEGER)", place, markBits)
		},
		"cell":      cell,
		"cells":     cells,
		"codes":     codes,
		"any_bit":   func(x string) string { return fmt.Sprintf("bit_or(%s)", x) },
		"same_bit":  func(a, b string) string { return fmt.Sprintf("(%s & %s) <> 0", a, b) },
		"first_of":  func(l string) string { return l + "[1]" },
		"last_of":   func(l string) string { return l + "[-1]" },
		"each":      func(l string) string { return fmt.Sprintf("unnest(%s)", l) },
		"places":    func(l string) string { return fmt.Sprintf("range(1, len(%s) + 1)", l) },
		"different": func(l string) string { return fmt.Sprintf("list_unique(%s)", l) },
		"touches":   touches,
		"median":    func(x string) string { return fmt.Sprintf("median(%s)", x) },
	}) {
		if _, twice := m[name]; twice {
			panic("two functions of the dialect are named " + name)
		}
		m[name] = f
	}
	return m
}

// secondsSince is the days from the first of year 1, from which seconds count, to 1970.
const secondsSince = 719162

// secondOf is when a day begins.
func secondOf(d clientele.Date) int64 { return (secondsSince + int64(d)) * 86400 }

// firstAt is less than or equal to any step from a day on, and above those before.
func firstAt(d clientele.Date, wide bool) string {
	if !wide {
		return fmt.Sprint(secondOf(d) << stepBits)
	}
	return fmt.Sprintf("CAST(%d AS HUGEINT) * %d", secondOf(d), int64(1)<<(stepBits+agentBits+tookBits))
}

func packed(begin, code, agent, end string, wide bool) string {
	x := fmt.Sprintf("date_diff('second', TIMESTAMP '0001-01-01', %s) * %d + %s", begin, 1<<stepBits, code)
	if !wide {
		return x
	}
	took := fmt.Sprintf("CASE WHEN %[1]s > %[2]s THEN least(date_diff('second', %[2]s, %[1]s), %[3]d) ELSE 0 END", end, begin, 1<<tookBits-1)
	return fmt.Sprintf("(CAST(%s AS HUGEINT) * %d + %s) * %d + %s", x, 1<<agentBits, agent, int64(1)<<tookBits, took)
}

// stepPart is some bits of a step, above others.
func stepPart(x string, wide bool, above, bits int) string {
	switch {
	case !wide:
		return fmt.Sprintf("(%s & %d)", x, 1<<bits-1)
	case above == 0:
		return fmt.Sprintf("CAST(%s %% %d AS BIGINT)", x, int64(1)<<bits)
	}
	return fmt.Sprintf("CAST(%s // %d %% %d AS BIGINT)", x, int64(1)<<above, int64(1)<<bits)
}

// seconds is when a step began.
func seconds(x string, wide bool) string {
	if !wide {
		return fmt.Sprintf("(%s >> %d)", x, stepBits)
	}
	return fmt.Sprintf("CAST(%s // %d AS BIGINT)", x, int64(1)<<(stepBits+agentBits+tookBits))
}

// took is how many seconds a wide step took; 0 is not known.
func took(x string) string { return stepPart(x, true, 0, tookBits) }

// between is the seconds from a step to the next, from its end where that is known.
func between(before, after string, wide bool) string {
	if !wide {
		return seconds(after, false) + " - " + seconds(before, false)
	}
	return fmt.Sprintf("greatest(0, %s - %s - %s)", seconds(after, true), seconds(before, true), took(before))
}

// shiftOf is by how many bits the code at a place lies below the top of its word.
func shiftOf(place string) string {
	return fmt.Sprintf("CAST((%s - 1) %% %d * %d AS INTEGER)", place, wordSteps, stepBits)
}

// word brings codes together by their places.
func word(code, place string) string {
	return fmt.Sprintf("bit_or(CAST(%s AS BIGINT) << (%d - %s))", code, wordBits-stepBits, shiftOf(place))
}

// Lists are slow to gather, so that the first words of a trace are gathered by themselves.
const firstWords = 3

// wordsFirst are the first words, w0 and so on.
func wordsFirst(code, place string) string {
	words := make([]string, firstWords)
	for i := range words {
		words[i] = fmt.Sprintf("bit_or(CASE WHEN %[1]s > %[2]d AND %[1]s <= %[3]d THEN CAST(%[4]s AS BIGINT) << (%[5]d - %[6]s) ELSE 0 END) AS w%[7]d",
			place, i*wordSteps, (i+1)*wordSteps, code, wordBits-stepBits, shiftOf(place), i)
	}
	return strings.Join(words, ", ")
}

// wordList is the first words of a table, and later ones.
func wordList(table, later string) string {
	words := make([]string, firstWords)
	for i := range words {
		words[i] = fmt.Sprintf("%s.w%d", table, i)
	}
	return fmt.Sprintf("[%s] || coalesce(%s, [])", strings.Join(words, ", "), later)
}

// cell is a word, by its number, of the steps that begin in a word of others, below its top by
// a shift. What there is not is 0.
func cell(number string) string {
	both := fmt.Sprintf("((coalesce(words[block + %[1]s + 1], 0) & ((CAST(1 AS BIGINT) << (%[2]d - shift)) - 1)) << shift) | (coalesce(words[block + %[1]s + 2], 0) >> (%[2]d - shift))", number, wordBits)
	beyond := fmt.Sprintf("CAST(least(%[1]d, greatest(0, %[1]d - %[2]d * (steps - %[3]d * %[4]s))) AS INTEGER)", wordBits, stepBits, wordSteps, number)
	return fmt.Sprintf("((%[1]s) >> %[2]s) << %[2]s", both, beyond)
}

// wordDigits is how many digits a word has at most.
const wordDigits = 19

// cells are the words from the third on, as a text that sorts like them.
func cells() string {
	return fmt.Sprintf("CASE WHEN steps > %[1]d THEN array_to_string(list_transform(range(2, CAST((steps + %[2]d) // %[3]d AS BIGINT)), lambda j: lpad(CAST(%[4]s AS VARCHAR), %[5]d, '0')), '') ELSE '' END",
		2*wordSteps, wordSteps-1, wordSteps, cell("j"), wordDigits)
}

// codes are those that two words hold, and the text of others.
func codes(head, body, rest, steps string) string {
	word := fmt.Sprintf("CASE WHEN i < %[1]d THEN %[2]s WHEN i < 2 * %[1]d THEN %[3]s ELSE CAST(substr(%[4]s, (i // %[1]d - 2) * %[5]d + 1, %[5]d) AS BIGINT) END",
		wordSteps, head, body, rest, wordDigits)
	return fmt.Sprintf("list_transform(range(0, %s), lambda i: CAST((%s >> CAST(%d - i %% %d * %d AS INTEGER)) & %d AS TINYINT))",
		steps, word, wordBits-stepBits, wordSteps, stepBits, 1<<stepBits-1)
}

// touches reports whether a list has one of the steps.
func touches(l string, codes []int) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = fmt.Sprint(c)
	}
	return fmt.Sprintf("list_has_any(%s, CAST([%s] AS TINYINT[]))", l, strings.Join(texts, ", "))
}
