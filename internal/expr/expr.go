// Package expr is the small language of mappings: amount=Quantity*UnitPrice,
// customer=nullif(CustomerID, Guest). An expression names columns, literals and the
// functions listed here, and nothing else: it cannot reach files, settings or
// the network, because no engine ever sees its text. Engines render the tree.
package expr

// Expr is a parsed expression: Column, Text, Number, Call or Binary.
type Expr interface{ expr() }

// Column is the value of a column of the file, by its exact name.
type Column struct{ Name string }

// Text is a text literal.
type Text struct{ Value string }

// Number is a decimal literal, as written: digits with at most one point.
type Number struct{ Value string }

// Call applies a function of Functions.
type Call struct {
	Func string
	Args []Expr
}

// Op is a binary operator.
type Op string

// The operators, loosest first: or, and, comparison, + −, × ÷.
const (
	Or           Op = "or"
	And          Op = "and"
	Equal        Op = "="
	NotEqual     Op = "!="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Add          Op = "+"
	Subtract     Op = "-"
	Multiply     Op = "*"
	Divide       Op = "/"
)

// Binary applies an operator.
type Binary struct {
	Op          Op
	Left, Right Expr
}

func (Column) expr() {}
func (Text) expr()   {}
func (Number) expr() {}
func (Call) expr()   {}
func (Binary) expr() {}

// Type is what an expression yields. Columns are texts. Where a function, an
// operator or a field needs a number, a time or a truth value, a text is
// converted, wherever it comes from (a column, nullif(a, b), replace(…)), and a
// value that cannot be converted rejects the row. Numbers and times convert to
// text; no other conversion exists.
type Type string

// The types.
const (
	TextType   Type = "text"
	NumberType Type = "number" // exact decimal
	TimeType   Type = "time"   // day, local time or instant
	BoolType   Type = "bool"
	AnyType    Type = "any" // same as the other arguments
)

// Function describes one function of the language.
type Function struct {
	Name    string
	Args    []Type // the last repeats if Variadic
	MinArgs int
	More    bool // whether the last argument may repeat
	Result  Type
	Doc     string
}

// Functions lists every function there is.
var Functions = []Function{
	{"nullif", []Type{AnyType, AnyType}, 2, false, AnyType, "nullif(a, b): missing where a equals b, else a"},
	{"coalesce", []Type{AnyType}, 2, true, AnyType, "coalesce(a, b, …): the first that is not missing"},
	{"if", []Type{BoolType, AnyType, AnyType}, 3, false, AnyType, "if(condition, a, b)"},
	{"trim", []Type{TextType}, 1, false, TextType, "without blanks at both ends"},
	{"upper", []Type{TextType}, 1, false, TextType, "in capitals"},
	{"lower", []Type{TextType}, 1, false, TextType, "in small letters"},
	{"concat", []Type{TextType}, 1, true, TextType, "texts joined; missing counts as empty"},
	{"replace", []Type{TextType, TextType, TextType}, 3, false, TextType, "replace(text, from, to)"},
	{"left", []Type{TextType, NumberType}, 2, false, TextType, "left(text, n): the first n characters"},
	{"right", []Type{TextType, NumberType}, 2, false, TextType, "right(text, n): the last n characters"},
	{"split", []Type{TextType, TextType, NumberType}, 3, false, TextType, "split(text, separator, n): the n-th part, from 1"},
	{"startswith", []Type{TextType, TextType}, 2, false, BoolType, "whether text begins so"},
	{"contains", []Type{TextType, TextType}, 2, false, BoolType, "whether text contains"},
	{"not", []Type{BoolType}, 1, false, BoolType, "the opposite"},
	{"number", []Type{TextType, TextType}, 1, false, NumberType, "number(text) or number(text, ','): a decimal, with its decimal mark; thousands marks and currency signs are dropped"},
	{"abs", []Type{NumberType}, 1, false, NumberType, "without its sign"},
	{"neg", []Type{NumberType}, 1, false, NumberType, "with the other sign"},
	{"round", []Type{NumberType, NumberType}, 1, false, NumberType, "round(n, decimals), half away from zero"},
	{"date", []Type{TextType, TextType}, 1, false, TimeType, "date(text) or date(text, 'dmy'|'mdy'|'ymd'|'%d.%m.%Y'): a day"},
	{"time", []Type{TextType, TextType}, 1, false, TimeType, "time(text) or time(text, format): a local time, or an instant if it names a zone"},
	{"epoch", []Type{NumberType}, 1, false, TimeType, "epoch(seconds since 1970): an instant"},
	{"addmonths", []Type{TimeType, NumberType}, 2, false, TimeType, "addmonths(day, n)"},
	{"adddays", []Type{TimeType, NumberType}, 2, false, TimeType, "adddays(day, n)"},
}
