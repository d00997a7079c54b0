package duckdb

import (
	"fmt"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
)

// textFunctions give a text from texts and whole numbers; "" becomes missing.
var textFunctions = map[string]func(args []string) string{
	"trim":    func(a []string) string { return trimmed(a[0]) },
	"upper":   func(a []string) string { return "upper(" + a[0] + ")" },
	"lower":   func(a []string) string { return "lower(" + a[0] + ")" },
	"replace": func(a []string) string { return fmt.Sprintf("replace(%s, %s, coalesce(%s, ''))", a[0], a[1], a[2]) },
	"left":    func(a []string) string { return fmt.Sprintf("left(%s, greatest(0, %s))", a[0], a[1]) },
	"right":   func(a []string) string { return fmt.Sprintf("right(%s, greatest(0, %s))", a[0], a[1]) },
	"split": func(a []string) string {
		return fmt.Sprintf("CASE WHEN %[3]s >= 1 THEN split_part(%[1]s, %[2]s, %[3]s) END", a[0], a[1], a[2])
	},
	"concat": func(a []string) string {
		list := a[0]
		for _, s := range a[1:] {
			list += ", " + s
		}
		return "concat(" + list + ")"
	},
}

// conditionFunctions give a truth value.
var conditionFunctions = map[string]string{
	"startswith": "starts_with(%s, %s)", "contains": "contains(%s, %s)", "not": "NOT %s",
}

// call renders a function; want is what its place needs, for functions of any type.
func (r *renderer) call(e expr.Call, want expr.Type, guard string) value {
	switch e.Func {
	case "if", "coalesce", "nullif":
		return r.selection(e, want, guard)
	case "number", "date", "time":
		return r.reading(e, guard)
	}
	needs := expr.Needs(e, want)
	args := make([]value, len(e.Args))
	sqls := make([]string, len(e.Args))
	shown := make([]any, len(e.Args))
	for i, arg := range e.Args {
		args[i] = r.render(arg, needs[i], guard)
		sqls[i] = args[i].sql
		shown[i] = args[i].sql
		if needs[i] == expr.NumberType {
			sqls[i] = integer(args[i])
		}
	}
	depth := deepest(args)
	if f, ok := textFunctions[e.Func]; ok {
		return value{typ: expr.TextType, sql: r.site(depth, "nullif("+f(sqls)+", '')"), depth: depth + 1}
	}
	if f, ok := conditionFunctions[e.Func]; ok {
		return r.condition(fmt.Sprintf(f, shown...), args...)
	}
	return r.calculation(e, args, guard)
}

// selection renders the functions that choose between values of one type. A
// branch that is not taken rejects nothing.
func (r *renderer) selection(e expr.Call, want expr.Type, guard string) value {
	needs := expr.Needs(e, want)
	typ := needs[len(needs)-1]
	switch e.Func {
	case "if":
		c := r.render(e.Args[0], expr.BoolType, guard)
		a := r.render(e.Args[1], typ, and(guard, c.sql))
		b := r.render(e.Args[2], typ, and(guard, c.sql+" IS NOT TRUE"))
		return r.choose(typ, &b, c.depth, branch{c.sql, a})
	case "nullif":
		a, b := r.render(e.Args[0], typ, guard), r.render(e.Args[1], typ, guard)
		return r.choose(typ, &a, b.depth, branch{same(a, b), nullValue(typ)})
	}
	var branches []branch
	for _, arg := range e.Args {
		v := r.render(arg, typ, guard)
		branches = append(branches, branch{v.present() + " IS NOT NULL", v})
		guard = and(guard, v.present()+" IS NULL")
	}
	return r.choose(typ, nil, 0, branches...)
}

// reading renders the functions that read a text in a given format.
func (r *renderer) reading(e expr.Call, guard string) value {
	v := r.render(e.Args[0], expr.TextType, guard)
	format := ""
	if len(e.Args) > 1 {
		t, ok := e.Args[1].(expr.Text)
		if !ok {
			return r.fail("the format of %s must be written out", e.Func)
		}
		format = t.Value
	}
	if e.Func == "number" {
		if format == "" && v.column != nil {
			format = v.column.Mark
		}
		if format == "" {
			format = "."
		}
		return r.number(v, format, guard)
	}
	t := r.formatted(v, format, guard)
	if e.Func == "date" {
		t.sql = "CAST(NULL AS TIMESTAMP)"
	}
	return t
}

func (r *renderer) formatted(v value, format, guard string) value {
	switch format {
	case "":
		return r.time(v, guard)
	case "dmy", "mdy", "ymd":
		local, day := orderedSQL(v.sql, format)
		return r.timeSite(value{sql: v.sql, depth: v.depth}, local, day, guard)
	}
	local, day := formattedSQL(v.sql, format, r.zone, false)
	return r.timeSite(value{sql: v.sql, depth: v.depth}, local, day, guard)
}

// calculation renders the functions of numbers and times.
func (r *renderer) calculation(e expr.Call, args []value, guard string) value {
	v := args[0]
	switch e.Func {
	case "abs":
		return value{typ: expr.NumberType, sql: r.site(v.depth, "abs("+v.sql+")"), depth: v.depth + 1}
	case "neg":
		return value{typ: expr.NumberType, sql: r.site(v.depth, "-"+v.sql), depth: v.depth + 1}
	case "round":
		return r.round(e, v)
	case "epoch":
		at := r.site(v.depth, zoned(fmt.Sprintf("TRY(to_timestamp(CAST(%s AS DOUBLE)))", v.sql), r.zone))
		return r.moment(at, fmt.Sprintf("CAST(%s AS DATE)", at), v, guard)
	case "addmonths", "adddays":
		step := map[string]string{"addmonths": "to_months", "adddays": "to_days"}[e.Func]
		d := deepest(args)
		by := fmt.Sprintf("%s(%s)", step, integer(args[1]))
		at := r.site(d, fmt.Sprintf("TRY(%s + %s)", v.sql, by))
		v.depth = d
		return r.moment(at, fmt.Sprintf("TRY(CAST(%s + %s AS DATE))", v.day, by), v, guard)
	}
	return r.fail("there is no function %s", e.Func)
}

// moment is a time computed from the value over; day may use the column at.
func (r *renderer) moment(at, day string, over value, guard string) value {
	d := r.site(over.depth+1, day)
	r.reject(guard, fmt.Sprintf("%s IS NULL AND %s IS NOT NULL", d, over.present()), r.about, fmt.Sprintf("CAST(%s AS VARCHAR)", over.present()), notTime)
	return value{typ: expr.TimeType, sql: at, day: d, depth: over.depth + 2}
}

func (r *renderer) round(e expr.Call, v value) value {
	decimals := 0
	if len(e.Args) > 1 {
		n, ok := e.Args[1].(expr.Number)
		var err error
		if decimals, err = strconv.Atoi(n.Value); !ok || err != nil || decimals > clientele.MoneyScale {
			return r.fail("the decimals of round must be written out: 0 to %d", clientele.MoneyScale)
		}
	}
	sql := fmt.Sprintf("CAST(round(%s, %d) AS DECIMAL(38, 12))", v.sql, decimals)
	return value{typ: expr.NumberType, sql: r.site(v.depth, sql), depth: v.depth + 1}
}
