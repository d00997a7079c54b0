package expr

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Check says whether an expression fits a file with these columns and a place
// that needs the type want. Its error is an *Error without a position: the tree
// keeps none.
func Check(e Expr, columns []string, want Type) error {
	for sub, need := range Walk(e, want) {
		if c, ok := sub.(Column); ok && !slices.Contains(columns, c.Name) {
			return unknownColumn(c.Name, columns)
		}
		if err := convertible(sub, need); err != nil {
			return err
		}
		if c, ok := sub.(Call); ok {
			if err := checkFormat(c); err != nil {
				return err
			}
			if err := checkReplacement(c); err != nil {
				return err
			}
		}
	}
	if growth(e) > maxGrowth {
		return &Error{Message: fmt.Sprintf("replace could make a text more than %d times as long", maxGrowth), Hint: "Replace by something shorter, or in fewer steps."}
	}
	return nil
}

// maxGrowth is how many times longer than what it is made of a text may become.
const maxGrowth = 64

// growth bounds how many times longer than the longest of its columns an expression can
// be; what is beyond measure is some number above maxGrowth.
func growth(e Expr) int {
	c, isCall := e.(Call)
	if isCall && c.Func == "replace" {
		longer := 1
		if to, ok := c.Args[2].(Text); ok {
			longer = max(longer, len(to.Value))
		}
		if from, ok := c.Args[1].(Text); ok && from.Value != "" {
			longer = (longer + len(from.Value) - 1) / len(from.Value)
		}
		return min(growth(c.Args[0])*longer, maxGrowth+1)
	}
	most := 1 // what is put side by side is no longer than the expression has parts
	for _, part := range parts(e) {
		most = max(most, growth(part))
	}
	return most
}

// checkReplacement demands that what replace puts in is known: how long a text becomes
// could not be told otherwise.
func checkReplacement(c Call) error {
	if c.Func != "replace" || len(c.Args) < 3 {
		return nil
	}
	if _, ok := c.Args[2].(Text); !ok {
		return &Error{Message: fmt.Sprintf("%s is no text in quotes", String(c.Args[2])), Hint: "Write replace(text, from, 'to')."}
	}
	return nil
}

// Columns lists the columns that an expression names, each once, in order.
func Columns(e Expr) []string {
	var names []string
	for sub := range Walk(e, AnyType) {
		if c, ok := sub.(Column); ok && !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Walk yields every part of an expression, outermost first, with the type that
// its place needs; want is that of the whole.
func Walk(e Expr, want Type) iter.Seq2[Expr, Type] {
	return func(yield func(Expr, Type) bool) { walk(e, want, yield) }
}

func walk(e Expr, want Type, yield func(Expr, Type) bool) bool {
	if !yield(e, want) {
		return false
	}
	needs := Needs(e, want)
	for i, part := range parts(e) {
		if !walk(part, needs[i], yield) {
			return false
		}
	}
	return true
}

// parts are the operands or arguments of an expression.
func parts(e Expr) []Expr {
	switch e := e.(type) {
	case Binary:
		return []Expr{e.Left, e.Right}
	case Call:
		return e.Args
	}
	return nil
}

// Needs gives the types that the places of e's operands or arguments need, where
// want is the type that e's own place needs.
func Needs(e Expr, want Type) []Type {
	switch e := e.(type) {
	case Binary:
		need := operandType(e)
		return []Type{need, need}
	case Call:
		f, _ := FunctionNamed(e.Func)
		needs := make([]Type, len(e.Args))
		for i := range e.Args {
			if needs[i] = f.argType(i); needs[i] == AnyType {
				needs[i] = shared(e, f, want)
			}
		}
		return needs
	}
	return nil
}

func (f Function) argType(i int) Type { return f.Args[min(i, len(f.Args)-1)] }

// shared is the type that the any-typed arguments of a call have in common: that
// of the first which is not text, else the one its place needs. Texts that nullif
// compares stay texts: 'NA' need not be a number where one is needed.
func shared(c Call, f Function, want Type) Type {
	for i, arg := range c.Args {
		if t := TypeOf(arg); f.argType(i) == AnyType && t != TextType {
			return t
		}
	}
	if want == AnyType || c.Func == "nullif" {
		return TextType
	}
	return want
}

// operandType is the type that an operator needs on both sides. A comparison
// compares as the type of the side that is not text.
func operandType(b Binary) Type {
	switch levelOf(b.Op) {
	case 0, 1:
		return BoolType
	case comparison:
		if t := TypeOf(b.Left); t != TextType {
			return t
		}
		return TypeOf(b.Right)
	}
	return NumberType
}

// TypeOf is the type that an expression has by itself.
func TypeOf(e Expr) Type {
	switch e := e.(type) {
	case Number:
		return NumberType
	case Call:
		f, _ := FunctionNamed(e.Func)
		if f.Result == AnyType {
			return shared(e, f, AnyType)
		}
		return f.Result
	case Binary:
		if levelOf(e.Op) <= comparison {
			return BoolType
		}
		return NumberType
	}
	return TextType
}

func convertible(e Expr, want Type) error {
	got := TypeOf(e)
	if got == want || got == TextType || want == AnyType || want == TextType && got != BoolType {
		return nil
	}
	err := &Error{Message: fmt.Sprintf("%s is a %s where a %s is needed", String(e), got, want)}
	if got == NumberType && want == TimeType {
		err.Hint = "Write epoch(…) for seconds since 1970, date(…) for a day."
	}
	return err
}

// checkFormat checks the literal arguments whose values are part of the grammar.
func checkFormat(c Call) error {
	if b, isBinary := c.Args[0].(Binary); isBinary && c.Func == "date" {
		return &Error{Message: fmt.Sprintf("%s is a calculation, not a day", String(b)), Hint: "Write a day in quotes: date('2020-01-01')."}
	}
	if len(c.Args) < 2 {
		return nil
	}
	var ok func(string) bool
	var hint string
	switch c.Func {
	case "date", "time":
		ok, hint = ValidDateFormat, `Write 'dmy', 'mdy', 'ymd' or a format such as '%d.%m.%Y'.`
	case "number":
		ok, hint = func(s string) bool { return s == "." || s == "," }, "The decimal mark is '.' or ','."
	default:
		return nil
	}
	t, isText := c.Args[1].(Text)
	if !isText || !ok(t.Value) {
		return &Error{Message: fmt.Sprintf("%s is no format for %s", String(c.Args[1]), c.Func), Hint: hint}
	}
	return nil
}

// ValidDateFormat says whether s is dmy, mdy or ymd, or a format of %d %m %b %B
// %y %Y %H %I %M %S %f %p %z and %% with plain text between.
func ValidDateFormat(s string) bool {
	if s == "dmy" || s == "mdy" || s == "ymd" {
		return true
	}
	some := false
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		i++
		if i == len(s) || !strings.ContainsRune("dmbByYHIMSfpz%", rune(s[i])) {
			return false
		}
		some = some || s[i] != '%'
	}
	return some && len(s) <= 64
}

func unknownColumn(name string, columns []string) error {
	e := &Error{Message: fmt.Sprintf("the file has no column %s", QuoteName(name))}
	if near, ok := Nearest(name, columns); ok {
		e.Hint = fmt.Sprintf("Did you mean %s?", QuoteName(near))
		return e
	}
	quoted := make([]string, 0, 20)
	for _, c := range columns[:min(len(columns), 20)] {
		quoted = append(quoted, QuoteName(c))
	}
	e.Hint = "Its columns: " + strings.Join(quoted, ", ") + "."
	return e
}

// Nearest finds the candidate that differs least from s, at most by a third of
// its characters, letter case aside.
func Nearest(s string, candidates []string) (string, bool) {
	best, least := "", len([]rune(s))/3+1
	for _, c := range candidates {
		if d := distance([]rune(strings.ToLower(s)), []rune(strings.ToLower(c))); d < least {
			best, least = c, d
		}
	}
	return best, best != ""
}

// distance is Levenshtein's.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
