package ingest

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
)

// asked is a question of a survey.
type asked struct {
	column string
	words  string
	text   bool
	instrument,
	low, high string
}

// answersOf are the answers of a file, by column.
type answersOf struct {
	names, words []string
	columns      []tally
}

// tally is what the answers in one column are.
type tally struct {
	given, numbers, words int
	whole                 bool // every number is a whole one
	least, most           int
	different             map[string]bool // up to differ of them
}

// differ is as many different answers as tell a text from a choice.
const differ = 50

// read reads all answers of a file.
func (x surveyExport) read(ctx context.Context, s *source) (a answersOf, err error) {
	t, err := s.openTable()
	if err != nil {
		return a, err
	}
	defer t.close()
	a = answersOf{names: t.names, words: slices.Clone(t.names), columns: make([]tally, len(t.names))}
	p := &presetRows{index: map[string]int{}}
	for i, name := range t.names {
		p.index[fold(name)] = i
	}
	for n := 0; ; n++ {
		row, line, err := t.next()
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err == nil && n%4096 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return a, s.rowError(err, line)
		}
		if len(row) != len(t.names) {
			continue
		}
		p.rows = [][]string{texts(row)}
		a.take(p.rows[0], x.words(p))
	}
}

// take counts a row; a further header is the words of the questions, unless it is the one
// that names them for the program that made it.
func (a *answersOf) take(row []string, header bool) {
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		switch {
		case !header:
			a.columns[i].add(cell)
		case cell != "" && !strings.HasPrefix(cell, "{"):
			a.words[i] = shorten(strings.Join(strings.Fields(cell), " "), 200)
		}
	}
}

func (t *tally) add(cell string) {
	if cell == "" {
		return
	}
	if t.different == nil {
		t.different, t.whole = map[string]bool{}, true
	}
	if t.given++; len(t.different) < differ {
		t.different[cell] = true
	}
	t.words += len(strings.Fields(cell))
	if _, ok := decimal(cell); !ok {
		return
	}
	t.numbers++
	n, err := strconv.Atoi(strings.TrimSuffix(cell, ".0"))
	if err != nil {
		t.whole = false
		return
	}
	if t.numbers == 1 {
		t.least, t.most = n, n
	}
	t.least, t.most = min(t.least, n), max(t.most, n)
}

// question says what a column asks; ok is false for what is neither a score nor a text. What
// was named counts as one or the other.
func (t tally) question(name, words string, named bool) (q asked, ok bool) {
	q = asked{column: name, words: words}
	about := " " + fold(name) + " " + fold(words) + " "
	if t.given == 0 {
		return q, named
	}
	if 10*t.numbers < 9*t.given {
		q.text = true
		return q, named || t.words >= 3*t.given && 2*len(t.different) >= min(t.given, differ)
	}
	q.instrument, q.low, q.high = t.scale(about)
	return q, named || t.whole && t.least >= 0 && t.most <= 10 && t.most >= 3 && mentions(about, scoreWords)
}

// scale is the instrument that a question is, and its scale, as far as they can be told.
func (t tally) scale(about string) (instrument, low, high string) {
	switch {
	case mentions(about, []string{" nps ", " netpro ", "net promoter", " recommend", " empfehl", " weiterempfehl", " recommand", " recomenda", " recomiend"}):
		return "nps", "0", "10"
	case t.whole && t.least >= 1 && t.most == 5:
		low, high = "1", "5"
	case t.whole && t.least >= 1 && t.most == 7:
		low, high = "1", "7"
	case t.whole && t.least >= 0 && t.most == 10:
		low, high = "0", "10"
	}
	switch {
	case high == "7" && mentions(about, []string{" effort", " easy ", " ces ", " aufwand", " facil"}):
		return "ces", low, high
	case mentions(about, []string{" satisf", " csat ", " zufrieden"}):
		return "csat", low, high
	}
	return "rating", low, high
}

// scoreWords are what questions with a score have in them, folded; others may be choices.
var scoreWords = []string{" nps ", " netpro ", " csat ", " ces ", " score ", " stars ", " recommend", " satisf", " rate ", " rating", " likely ", " easy ", " effort", " quality ", " agree ",
	" empfehl", " weiterempfehl", " zufrieden", " bewert", " aufwand", " recommand", " evalu", " note ", " recomenda", " recomiend", " calific", " avali", " nota ", " facil"}

func mentions(about string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(about, w) })
}

// questionField is what --map calls a question of a file that has several in a row.
const questionField = "question"

// namedQuestions are the questions that --map names: nil if none is, and empty if it says
// that there are none.
func namedQuestions(args []string) (names []string) {
	for _, arg := range args {
		field, text, ok := strings.Cut(arg, "=")
		if !ok || strings.TrimSpace(field) != questionField {
			continue
		}
		if names == nil {
			names = []string{}
		}
		names = append(names, splitList(text)...)
	}
	return names
}

// matching are the columns of a file that names stand for: a name, or the beginning of some
// with a * behind it.
func matching(asked, columns []string) (names []string, err error) {
	for _, a := range asked {
		beginning, open := strings.CutSuffix(a, "*")
		found := false
		for _, c := range columns {
			if c == a || open && strings.HasPrefix(c, beginning) {
				found = true
				if !slices.Contains(names, c) {
					names = append(names, c)
				}
			}
		}
		if !found {
			err := clientele.Errorf(clientele.CodeInvalid, "--map %s=%s: the file has no such column", questionField, shorten(a, 200))
			if near, ok := expr.Nearest(a, columns); ok {
				err = err.WithHint("Did you mean %s?", near)
			}
			return nil, err
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(slices.Index(columns, a), slices.Index(columns, b)) })
	return names, nil
}

// quotedList writes names as splitList reads them.
func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return strings.Join(quoted, ", ")
}

// splitList reads names apart by commas; one with a comma in it stands in double quotes.
func splitList(text string) (names []string) {
	var b strings.Builder
	quoted, was := false, false
	end := func() {
		name := b.String()
		if !was {
			name = strings.TrimSpace(name)
		}
		if name != "" {
			names = append(names, name)
		}
		b.Reset()
		was = false
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && quoted && strings.HasPrefix(text[i+1:], `"`):
			b.WriteByte(c)
			i++
		case c == '"' && (quoted || strings.TrimSpace(b.String()) == ""):
			if !quoted {
				b.Reset()
			}
			quoted, was = !quoted, true
		case c == ',' && !quoted:
			end()
		case was && !quoted && c == ' ':
		default:
			b.WriteByte(c)
		}
	}
	end()
	return names
}
