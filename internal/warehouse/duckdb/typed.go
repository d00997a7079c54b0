package duckdb

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// typedRead is how the engine's reader of CSV converts columns by itself, which is
// cheaper than reading them as text and converting that (but for ISO 8601 days). What it takes is what the
// thorough conversions take too, and means the same; of what it does not take, only
// they can say what is wrong.
type typedRead struct {
	promised      warehouse.Input
	types         map[int]string
	texts         map[int]bool // columns that are needed as they stand
	date, instant string       // the one strptime format that all columns of the type share; "": none yet
}

// newTypedRead returns nil for files that the engine reads with types anyway.
func newTypedRead(in warehouse.Input) *typedRead {
	if in.Format != warehouse.CSV {
		return nil
	}
	return &typedRead{promised: in, types: map[int]string{}, texts: map[int]bool{}}
}

// read makes a column of the file a value of the type that is wanted, if the engine
// can; ok is false if it is to be converted from text.
func (t *typedRead) read(v value, want expr.Type) (typed value, ok bool) {
	if t == nil || v.column == nil {
		return v, false
	}
	c := v.column
	switch {
	case want == expr.NumberType && c.Type == warehouse.DecimalColumn && t.promised.ShortDecimals:
		t.types[v.position] = "DECIMAL(18, 6)"
		return value{typ: want, sql: fmt.Sprintf("CAST(%s AS DECIMAL(38, 12))", v.sql), narrow: v.sql}, true
	case want == expr.TimeType && c.Type == warehouse.DateColumn && c.Layout != "" && share(&t.date, c.Layout):
		t.types[v.position] = "DATE"
		return value{typ: want, sql: noTime, day: v.sql}, true
	case want == expr.TimeType && c.Type == warehouse.TimeColumn && share(&t.instant, cmp.Or(c.Layout, "%Y-%m-%d %H:%M:%S")):
		t.types[v.position] = "TIMESTAMP"
		return value{typ: want, sql: v.sql, day: fmt.Sprintf("CAST(%s AS DATE)", v.sql)}, true
	}
	t.texts[v.position] = true
	return v, false
}

// bare reports whether a text is sure to have no blanks around it.
func (t *typedRead) bare(v value) bool { return t != nil && v.column != nil && t.promised.Bare }

// share reports whether a column's format is the one of all.
func share(all *string, layout string) bool {
	if *all == "" {
		*all = layout
	}
	return *all == layout
}

// possible reports whether there is any use in it, and no column is needed both ways.
func (t *typedRead) possible() bool {
	if t == nil || len(t.types) == 0 {
		return false
	}
	for position := range t.types {
		if t.texts[position] {
			return false
		}
	}
	return true
}

// typeOf is the type of a column for the engine's reader.
func (t *typedRead) typeOf(position int) string {
	if t != nil && t.types[position] != "" {
		return t.types[position]
	}
	return "VARCHAR"
}

// options are what the engine's reader needs to know besides.
func (t *typedRead) options() string {
	var b strings.Builder
	if t.date != "" {
		fmt.Fprintf(&b, ", dateformat = %s", literal(t.date))
	}
	if t.instant != "" {
		fmt.Fprintf(&b, ", timestampformat = %s", literal(t.instant))
	}
	return b.String()
}
