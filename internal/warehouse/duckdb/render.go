package duckdb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// value is a rendered expression.
type value struct {
	typ      expr.Type
	sql      string            // text, bool, number as DECIMAL(38, 12), time as local TIMESTAMP: null for a bare day
	narrow   string            // numbers: DECIMAL(18, 6), null where that is not exact; "": there is none
	day      string            // times: DATE
	depth    int               // the layer that it can be read in
	column   *warehouse.Column // text as it stands in this column …
	position int               // … of this position
}

func columnName(position int) string { return "c" + strconv.Itoa(position) }

// present is SQL that is null where the value is missing.
func (v value) present() string {
	if v.typ == expr.TimeType {
		return v.day
	}
	return v.sql
}

// check is a reason to reject a row.
type check struct {
	failing string // SQL condition
	column  string // the column, or columns, of the file; "" for the row as a whole
	value   string // SQL text to name in the message
	reason  func(value string) string
}

// renderer turns checked expressions into SQL. Every step that is not a plain
// column becomes a column "v1", "v2", … of a layer of subqueries, so that it is
// computed once however often it is used. The file's columns are "c0", "c1", …:
// their own names never reach the engine.
type renderer struct {
	names   map[string]int // column name → position
	columns []warehouse.Column
	zone    string

	used   map[int]bool // positions of columns that are read
	typed  *typedRead   // nil: every column is read as text
	layers [][]string   // per depth, "SQL AS name"
	sites  map[string]string
	checks []check
	about  string // columns of the expression being rendered, for messages
	err    error
}

func newRenderer(columns []warehouse.Column, zone string) *renderer {
	r := &renderer{names: map[string]int{}, columns: columns, zone: zone, used: map[int]bool{}, sites: map[string]string{}}
	for i, c := range columns {
		r.names[c.Name] = i
	}
	return r
}

// field renders an expression for a place that needs the type want.
func (r *renderer) field(e expr.Expr, want expr.Type) value {
	r.about = strings.Join(expr.Columns(e), ", ")
	return r.render(e, want, "")
}

// site makes SQL over columns of the layer depth a column of the next layer.
func (r *renderer) site(depth int, sql string) string {
	if name, ok := r.sites[sql]; ok {
		return name
	}
	for len(r.layers) <= depth {
		r.layers = append(r.layers, nil)
	}
	name := "v" + strconv.Itoa(len(r.sites)+1)
	r.sites[sql] = name
	r.layers[depth] = append(r.layers[depth], sql+" AS "+name)
	return name
}

// from is the FROM clause over a base relation that has the columns c0, c1, ….
func (r *renderer) from(base string) string {
	for _, layer := range r.layers {
		base = fmt.Sprintf("(SELECT *, %s\nFROM %s)", strings.Join(layer, ",\n"), base)
	}
	return base
}

// reject adds a check that applies where guard holds ("" is always).
func (r *renderer) reject(guard, failing, column, shown string, reason func(string) string) {
	if guard != "" {
		failing = fmt.Sprintf("(%s) AND %s", guard, failing)
	}
	r.checks = append(r.checks, check{failing, column, shown, reason})
}

func (r *renderer) fail(format string, args ...any) value {
	if r.err == nil {
		r.err = clientele.Errorf(clientele.CodeInvalid, format, args...).WithHint("Change the mapping.")
	}
	return value{typ: expr.TextType, sql: "NULL"}
}

func and(guard, condition string) string {
	if guard == "" {
		return condition
	}
	return fmt.Sprintf("(%s) AND (%s)", guard, condition)
}

// render renders e for a place that needs want. Conversions that fail reject the
// row only where guard holds: in the branch that is taken.
func (r *renderer) render(e expr.Expr, want expr.Type, guard string) value {
	v := r.natural(e, want, guard)
	if typed, ok := r.typed.read(v, want); ok {
		return typed
	}
	switch {
	case v.typ == want || want == expr.AnyType:
		return v
	case want == expr.TextType:
		return r.text(v)
	case want == expr.NumberType:
		return r.number(v, "", guard)
	case want == expr.TimeType:
		return r.time(v, guard)
	}
	return r.truth(v, guard)
}

func (r *renderer) natural(e expr.Expr, want expr.Type, guard string) value {
	switch e := e.(type) {
	case expr.Column:
		i, ok := r.names[e.Name]
		if !ok {
			return r.fail("the file has no column %s", e.Name)
		}
		r.used[i] = true
		return value{typ: expr.TextType, sql: columnName(i), column: &r.columns[i], position: i}
	case expr.Text:
		return value{typ: expr.TextType, sql: literal(e.Value)}
	case expr.Number:
		return r.numeral(e.Value)
	case expr.Binary:
		return r.binary(e, guard)
	case expr.Call:
		return r.call(e, want, guard)
	}
	return r.fail("an expression of an unknown sort: %T", e)
}

func (r *renderer) numeral(s string) value {
	whole, decimals, _ := strings.Cut(s, ".")
	if len(decimals) > clientele.MoneyScale || len(whole) > 26 {
		return r.fail("%s has more digits than are kept", s)
	}
	v := value{typ: expr.NumberType, sql: fmt.Sprintf("CAST(%s AS DECIMAL(38, 12))", literal(s))}
	if len(decimals) <= 6 && len(whole) <= 12 {
		v.narrow = fmt.Sprintf("CAST(%s AS DECIMAL(18, 6))", literal(s))
	}
	return v
}

func (r *renderer) text(v value) value {
	var sql string
	if v.typ == expr.TimeType {
		sql = fmt.Sprintf("coalesce(strftime(%s, '%%Y-%%m-%%d %%H:%%M:%%S'), CAST(%s AS VARCHAR))", v.sql, v.day)
	} else {
		sql = fmt.Sprintf(`regexp_replace(CAST(%s AS VARCHAR), '[.]?0+$', '')`, v.sql)
	}
	return value{typ: expr.TextType, sql: r.site(v.depth, sql), depth: v.depth + 1}
}

// number converts text. A mark makes it tolerant of thousands marks and currency signs.
func (r *renderer) number(v value, mark, guard string) value {
	if mark == "" && v.column != nil && v.column.Type == warehouse.LocaleColumn {
		mark = v.column.Mark
	}
	plain, depth := v.sql, v.depth
	if mark != "" {
		plain, depth = r.site(depth, localeSQL(v.sql, mark)), depth+1
	}
	narrow := r.site(depth, narrowSQL(plain))
	wide := r.site(depth+1, fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN CAST(%[1]s AS DECIMAL(38, 12)) ELSE %[2]s END", narrow, wideSQL(plain)))
	r.reject(guard, unread(wide, v.sql), r.about, v.sql, notNumber)
	return value{typ: expr.NumberType, sql: wide, narrow: narrow, depth: depth + 2}
}

func (r *renderer) time(v value, guard string) value {
	local, day := timeSQL(v.sql, v.column, r.zone)
	return r.timeSite(v, local, day, guard)
}

// timeSite makes a time of two conversions of v; where there is a local time, the
// day is that of it.
func (r *renderer) timeSite(v value, local, day, guard string) value {
	if local == noTime {
		d := r.site(v.depth, day)
		r.reject(guard, unread(d, v.sql), r.about, v.sql, notTime)
		return value{typ: expr.TimeType, sql: noTime, day: d, depth: v.depth + 1}
	}
	at := r.site(v.depth, local)
	d := r.site(v.depth+1, fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN CAST(%[1]s AS DATE) ELSE %[2]s END", at, day))
	r.reject(guard, unread(d, v.sql), r.about, v.sql, notTime)
	return value{typ: expr.TimeType, sql: at, day: d, depth: v.depth + 2}
}

func (r *renderer) truth(v value, guard string) value {
	b := r.site(v.depth, truthSQL(v.sql))
	r.reject(guard, unread(b, v.sql), r.about, v.sql, notTruth)
	return value{typ: expr.BoolType, sql: b, depth: v.depth + 1}
}

// unread is the condition that a text is there and its conversion is not.
func unread(converted, text string) string {
	return fmt.Sprintf("%s IS NULL AND %s IS NOT NULL AND %s <> ''", converted, text, trimmed(text))
}

func (r *renderer) binary(e expr.Binary, guard string) value {
	need := expr.Needs(e, expr.AnyType)[0]
	a := r.render(e.Left, need, guard)
	right := guard
	switch e.Op {
	case expr.And:
		right = and(guard, a.sql)
	case expr.Or:
		right = and(guard, a.sql+" IS NOT TRUE")
	}
	b := r.render(e.Right, need, right)
	switch e.Op {
	case expr.And, expr.Or:
		return r.condition(fmt.Sprintf("%s %s %s", a.sql, e.Op, b.sql), a, b)
	case expr.Equal:
		return r.condition(same(a, b), a, b)
	case expr.NotEqual:
		return r.condition("NOT ("+same(a, b)+")", a, b)
	case expr.Less, expr.LessEqual, expr.Greater, expr.GreaterEqual:
		return r.condition(fmt.Sprintf("%s %s %s", ordinal(a), e.Op, ordinal(b)), a, b)
	}
	return r.arithmetic(e.Op, a, b, guard)
}

func (r *renderer) condition(sql string, over ...value) value {
	d := deepest(over)
	return value{typ: expr.BoolType, sql: r.site(d, sql), depth: d + 1}
}

func deepest(values []value) int {
	d := 0
	for _, v := range values {
		d = max(d, v.depth)
	}
	return d
}

// ordinal is what a comparison compares; a bare day compares as its midnight, the
// empty text is missing.
func ordinal(v value) string {
	switch {
	case v.typ == expr.TimeType:
		return fmt.Sprintf("coalesce(%s, CAST(%s AS TIMESTAMP))", v.sql, v.day)
	case v.sql == "''":
		return "CAST(NULL AS VARCHAR)"
	}
	return v.sql
}

func same(a, b value) string {
	return fmt.Sprintf("%s IS NOT DISTINCT FROM %s", ordinal(a), ordinal(b))
}

func (r *renderer) arithmetic(op expr.Op, a, b value, guard string) value {
	var sql string
	switch op {
	case expr.Multiply:
		sql = multiplySQL(a, b)
	case expr.Divide:
		// Through the shortest text of a binary quotient: exact where the quotient has
		// few digits, to about sixteen digits otherwise, as quotients are anyway.
		sql = fmt.Sprintf("TRY_CAST(CAST(round(CAST(%s AS DOUBLE) / CAST(%s AS DOUBLE), 12) AS VARCHAR) AS DECIMAL(38, 12))", a.sql, b.sql)
	default:
		sql = fmt.Sprintf("TRY(%s %s %s)", a.sql, op, b.sql)
	}
	d := deepest([]value{a, b})
	v := value{typ: expr.NumberType, sql: r.site(d, sql), depth: d + 1}
	r.reject(guard, fmt.Sprintf("%s IS NULL AND %s IS NOT NULL AND %s IS NOT NULL", v.sql, a.sql, b.sql),
		r.about, fmt.Sprintf("concat(%s, ' %s ', %s)", a.sql, op, b.sql), notComputed)
	return v
}

// multiplySQL multiplies exactly. Two 18-digit factors would be multiplied in 64
// bits and raise an error at a few millions; one of 19 digits makes it 128.
func multiplySQL(a, b value) string {
	exact := fmt.Sprintf("TRY(CASE WHEN (%[1]s * %[2]s) %% 0.000000000001 = 0 THEN CAST(%[1]s * %[2]s AS DECIMAL(38, 12)) END)", a.sql, b.sql)
	if a.narrow == "" || b.narrow == "" {
		return exact
	}
	return fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL AND %[2]s IS NOT NULL THEN CAST(CAST(%[1]s AS DECIMAL(19, 6)) * %[2]s AS DECIMAL(38, 12)) ELSE %[3]s END",
		a.narrow, b.narrow, exact)
}

// branch is one arm of a CASE.
type branch struct {
	when string
	then value
}

// choose is the first branch that holds, else otherwise; nil is missing.
func (r *renderer) choose(typ expr.Type, otherwise *value, depth int, branches ...branch) value {
	narrow := typ == expr.NumberType
	for _, b := range branches {
		depth = max(depth, b.then.depth)
		narrow = narrow && b.then.narrow != ""
	}
	if otherwise != nil {
		depth = max(depth, otherwise.depth)
		narrow = narrow && otherwise.narrow != ""
	}
	arms := func(part func(value) string) string {
		var s strings.Builder
		s.WriteString("CASE")
		for _, b := range branches {
			fmt.Fprintf(&s, " WHEN %s THEN %s", b.when, part(b.then))
		}
		if otherwise != nil {
			s.WriteString(" ELSE " + part(*otherwise))
		}
		return r.site(depth, s.String()+" END")
	}
	v := value{typ: typ, sql: arms(func(v value) string { return v.sql }), depth: depth + 1}
	if narrow {
		v.narrow = arms(func(v value) string { return v.narrow })
	}
	if typ == expr.TimeType {
		v.day = arms(func(v value) string { return v.day })
	}
	return v
}

// nullValue is "missing" as a branch.
func nullValue(typ expr.Type) value {
	v := value{typ: typ, sql: "NULL"}
	switch typ {
	case expr.NumberType:
		v.narrow = "NULL"
	case expr.TimeType:
		v.day = "NULL"
	}
	return v
}

// integer is a number as an INTEGER.
func integer(v value) string { return fmt.Sprintf("TRY_CAST(%s AS INTEGER)", v.sql) }

// usedColumns are the positions of columns that are read, in order.
func (r *renderer) usedColumns() []int {
	var positions []int
	for i := range r.used {
		positions = append(positions, i)
	}
	slices.Sort(positions)
	return positions
}
