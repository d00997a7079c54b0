package expr

import (
	"strings"
	"unicode/utf8"
)

// String writes an expression so that Parse reads it back the same.
func String(e Expr) string {
	var b strings.Builder
	write(&b, e)
	return b.String()
}

func write(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case Column:
		b.WriteString(QuoteName(e.Name))
	case Text:
		b.WriteString("'" + strings.ReplaceAll(e.Value, "'", "''") + "'")
	case Number:
		b.WriteString(e.Value)
	case Call:
		b.WriteString(e.Func + "(")
		for i, arg := range e.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, arg)
		}
		b.WriteString(")")
	case Binary:
		level := levelOf(e.Op)
		writeOperand(b, e.Left, level, level == comparison)
		b.WriteString(" " + string(e.Op) + " ")
		writeOperand(b, e.Right, level, true)
	}
}

// writeOperand puts parentheses round looser operators, and round equally tight
// ones where the grammar would group them the other way.
func writeOperand(b *strings.Builder, e Expr, level int, strict bool) {
	operand, ok := e.(Binary)
	if !ok {
		write(b, e)
		return
	}
	if l := levelOf(operand.Op); l > level || l == level && !strict {
		write(b, e)
		return
	}
	b.WriteString("(")
	write(b, e)
	b.WriteString(")")
}

func levelOf(op Op) int {
	for i, ops := range levels {
		for _, o := range ops {
			if o == op {
				return i
			}
		}
	}
	panic("expr: no operator " + string(op))
}

// QuoteName writes a column's name as expressions do: bare where that is
// possible, else in double quotes.
func QuoteName(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	bare := startsName(first) && strings.TrimLeftFunc(s, inName) == ""
	if op := Op(strings.ToLower(s)); bare && op != And && op != Or && !isNull(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
