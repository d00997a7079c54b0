package expr

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of an expression, so that no text can exhaust a reader or an engine.
const (
	MaxLength = 4096 // bytes
	MaxDepth  = 50   // levels of the tree
)

// Error is what is wrong with an expression, where, and what to do about it.
type Error struct {
	At      int // character, from 1; 0 is the whole
	Message string
	Hint    string // the next step, as a sentence; may be ""
}

// Error gives the message with its position, where it has one.
func (e *Error) Error() string {
	if e.At == 0 {
		return e.Message
	}
	return fmt.Sprintf("character %d: %s", e.At, e.Message)
}

// quoting says how to name a column that is no single word.
const quoting = `Put a column's name of several words in double quotes; on a command line the whole in single quotes: --map 'customer="Customer ID"'.`

// Parse reads an expression. Its error is an *Error.
//
//	or, and, not(…)      truth values
//	= != < <= > >=       comparison, one at a time
//	+ - * / and -x       numbers
//	name, "any name"     columns
//	'text' ('' for ')    text; 12.50 is a number; null is '', which is missing
//	nullif(a, b) …       Functions
func Parse(text string) (Expr, error) {
	if len(text) > MaxLength {
		return nil, &Error{At: MaxLength, Message: fmt.Sprintf("the expression is longer than %d bytes", MaxLength), Hint: "Say it shorter."}
	}
	if at := badCharacter(text); at > 0 {
		return nil, &Error{At: at, Message: "not a character", Hint: "Write the expression as UTF-8 text."}
	}
	p := &parser{lex: lexer{rest: text, at: 1}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != end {
		return nil, p.unexpected("the end, an operator")
	}
	return n.Expr, nil
}

// badCharacter is the position, from 1, of the first byte that is no text; 0 is none.
func badCharacter(s string) int {
	at := 0
	for i, r := range s {
		at++
		if r == 0 || r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			return at
		}
	}
	return 0
}

// node is a tree with its depth.
type node struct {
	Expr
	depth int
}

type parser struct {
	lex   lexer
	tok   token
	last  token // the one before
	depth int   // of the recursion
}

// levels are the binary operators, loosest first.
var levels = [][]Op{
	{Or}, {And},
	{Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual},
	{Add, Subtract}, {Multiply, Divide},
}

const comparison = 2 // the level that does not chain

func (p *parser) advance() (err error) {
	p.last = p.tok
	p.tok, err = p.lex.next()
	return err
}

func (p *parser) unexpected(want string) error {
	found := "the expression ends here"
	if p.tok.kind != end {
		found = fmt.Sprintf("%s is not expected here", p.tok)
	}
	hint := "Expected: " + want + "."
	if p.last.kind == name && (p.tok.kind == name || p.tok.kind == number) {
		hint = quoting
	}
	return &Error{At: p.tok.at, Message: found, Hint: hint}
}

func (p *parser) grow(n Expr, children ...node) (node, error) {
	depth := 0
	for _, c := range children {
		depth = max(depth, c.depth)
	}
	if depth+1 > MaxDepth {
		return node{}, p.tooDeep()
	}
	return node{n, depth + 1}, nil
}

func (p *parser) tooDeep() error {
	return &Error{At: p.tok.at, Message: fmt.Sprintf("nested more than %d levels deep", MaxDepth), Hint: "Say it in fewer steps."}
}

func (p *parser) binary(level int) (node, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op, ok := p.operator(level)
		if !ok {
			return left, nil
		}
		if left, err = p.rightOf(left, op, level); err != nil {
			break
		}
		if _, again := p.operator(level); again && level == comparison {
			return node{}, &Error{At: p.tok.at, Message: "comparisons do not chain", Hint: "Join them: a < b and b < c."}
		}
	}
	return node{}, err
}

func (p *parser) operator(level int) (Op, bool) {
	op := Op(p.tok.text)
	return op, p.tok.kind == operator && slices.Contains(levels[level], op)
}

func (p *parser) rightOf(left node, op Op, level int) (node, error) {
	if err := p.advance(); err != nil {
		return node{}, err
	}
	right, err := p.binary(level + 1)
	if err != nil {
		return node{}, err
	}
	return p.grow(Binary{op, left.Expr, right.Expr}, left, right)
}

// unary reads prefixes and what they apply to. It bounds the recursion.
func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > MaxDepth {
		return node{}, p.tooDeep()
	}
	defer func() { p.depth-- }()
	if p.tok.kind == operator && p.tok.text == string(Subtract) {
		if err := p.advance(); err != nil {
			return node{}, err
		}
		operand, err := p.unary()
		if err != nil {
			return node{}, err
		}
		return p.grow(Call{"neg", []Expr{operand.Expr}}, operand)
	}
	return p.primary()
}

func (p *parser) primary() (node, error) {
	tok := p.tok
	switch tok.kind {
	case number:
		return p.leaf(Number{tok.text})
	case text:
		return p.leaf(Text{tok.text})
	case quoted:
		return p.leaf(Column{tok.text})
	case name:
		if err := p.advance(); err != nil {
			return node{}, err
		}
		switch {
		case p.tok.kind == open:
			return p.call(tok)
		case isNull(tok.text):
			return p.grow(Text{})
		}
		return p.grow(Column{tok.text})
	case open:
		return p.parenthesis()
	}
	return node{}, p.unexpected("a column, a number, a 'text' or a function")
}

func (p *parser) leaf(e Expr) (node, error) {
	if err := p.advance(); err != nil {
		return node{}, err
	}
	return p.grow(e)
}

func (p *parser) parenthesis() (node, error) {
	if err := p.advance(); err != nil {
		return node{}, err
	}
	inner, err := p.binary(0)
	if err != nil {
		return node{}, err
	}
	if p.tok.kind != closing {
		return node{}, p.unexpected("), an operator")
	}
	return inner, p.advance()
}

func (p *parser) call(fn token) (node, error) {
	f, ok := FunctionNamed(strings.ReplaceAll(strings.ToLower(fn.text), "_", "")) // add_months is addmonths
	if !ok {
		return node{}, &Error{At: fn.at, Message: fmt.Sprintf("there is no function %q", fn.text), Hint: "Functions: " + functionNames() + "."}
	}
	var args []Expr
	var children []node
	for {
		if err := p.advance(); err != nil {
			return node{}, err
		}
		arg, err := p.binary(0)
		if err != nil {
			return node{}, err
		}
		args, children = append(args, arg.Expr), append(children, arg)
		if p.tok.kind != comma {
			break
		}
	}
	if p.tok.kind != closing {
		return node{}, p.unexpected("a comma, ), an operator")
	}
	if len(args) < f.MinArgs || len(args) > len(f.Args) && !f.More {
		return node{}, &Error{At: fn.at, Message: fmt.Sprintf("%s does not take %d values", f.Name, len(args)), Hint: "It is " + f.Doc + "."}
	}
	if err := p.advance(); err != nil {
		return node{}, err
	}
	return p.grow(Call{f.Name, args}, children...)
}

// isNull says whether a bare name is the word for missing; a column of that name is quoted.
func isNull(name string) bool { return strings.EqualFold(name, "null") }

// FunctionNamed finds a function of the language.
func FunctionNamed(name string) (Function, bool) {
	i := slices.IndexFunc(Functions, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return Function{}, false
	}
	return Functions[i], true
}

func functionNames() string {
	names := make([]string, len(Functions))
	for i, f := range Functions {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

type tokenKind int

const (
	end tokenKind = iota
	name
	quoted // a column in double quotes
	text
	number
	operator
	open
	closing
	comma
)

type token struct {
	kind tokenKind
	text string
	at   int
}

func (t token) String() string {
	if t.kind == text {
		return "'" + t.text + "'"
	}
	return fmt.Sprintf("%q", t.text)
}

type lexer struct {
	rest string
	at   int // character, from 1
}

// take cuts n bytes off the text.
func (l *lexer) take(n int) string {
	s := l.rest[:n]
	l.rest = l.rest[n:]
	l.at += utf8.RuneCountInString(s)
	return s
}

var symbols = []struct {
	text string
	token
}{
	{"<=", token{operator, "<=", 0}}, {">=", token{operator, ">=", 0}},
	{"!=", token{operator, "!=", 0}}, {"<>", token{operator, "!=", 0}}, {"==", token{operator, "=", 0}},
	{"=", token{operator, "=", 0}}, {"<", token{operator, "<", 0}}, {">", token{operator, ">", 0}},
	{"+", token{operator, "+", 0}}, {"-", token{operator, "-", 0}}, {"*", token{operator, "*", 0}}, {"/", token{operator, "/", 0}},
	{"(", token{open, "(", 0}}, {")", token{closing, ")", 0}}, {",", token{comma, ",", 0}},
}

func (l *lexer) next() (token, error) {
	l.take(len(l.rest) - len(strings.TrimLeftFunc(l.rest, unicode.IsSpace)))
	at := l.at
	if l.rest == "" {
		return token{end, "", at}, nil
	}
	switch r, _ := utf8.DecodeRuneInString(l.rest); {
	case r == '\'':
		return l.quotedToken(text, "text", at)
	case r == '"':
		return l.quotedToken(quoted, "column name", at)
	case '0' <= r && r <= '9':
		return l.number(at)
	case startsName(r):
		return l.name(at), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(l.rest, s.text) {
			l.take(len(s.text))
			return token{s.kind, s.token.text, at}, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(l.rest)
	return token{}, &Error{At: at, Message: fmt.Sprintf("%q means nothing here", r), Hint: quoting}
}

func (l *lexer) quotedToken(kind tokenKind, what string, at int) (token, error) {
	quote := l.rest[0]
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		if l.rest[i] != quote {
			b.WriteByte(l.rest[i])
			continue
		}
		if i+1 < len(l.rest) && l.rest[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		if kind == quoted && b.Len() == 0 {
			return token{}, &Error{At: at, Message: "a column needs a name"}
		}
		l.take(i + 1)
		return token{kind, b.String(), at}, nil
	}
	return token{}, &Error{At: at, Message: fmt.Sprintf("the %s that begins here has no end", what), Hint: fmt.Sprintf("Close it with %c.", quote)}
}

// number reads digits with at most one point, and digits after it.
func (l *lexer) number(at int) (token, error) {
	digits := func(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
	n := digits(l.rest)
	if n < len(l.rest) && l.rest[n] == '.' {
		fraction := digits(l.rest[n+1:])
		if fraction == 0 {
			return token{}, &Error{At: at, Message: "a number ends in a point", Hint: "Write 1 or 1.0."}
		}
		n += 1 + fraction
	}
	if r, _ := utf8.DecodeRuneInString(l.rest[n:]); startsName(r) || r == '.' {
		return token{}, &Error{At: at, Message: "a number runs into a name", Hint: "A number and a name need an operator between them. " + quoting}
	}
	return token{number, l.take(n), at}, nil
}

func startsName(r rune) bool { return r == '_' || unicode.IsLetter(r) }

func inName(r rune) bool {
	return startsName(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '.'
}

// name reads a bare name; "and" and "or" are operators.
func (l *lexer) name(at int) token {
	n := len(l.rest) - len(strings.TrimLeftFunc(l.rest, inName))
	s := l.take(n)
	if op := Op(strings.ToLower(s)); op == And || op == Or {
		return token{operator, string(op), at}
	}
	return token{name, s, at}
}
