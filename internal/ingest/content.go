package ingest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// vocabularies are the values that fields with few words accept.
var vocabularies = map[string][]string{
	"transactions.kind":              {"sale", "refund", "discount", "tax", "shipping", "fee"},
	"feedback.instrument":            {"nps", "csat", "ces", "rating"},
	"reasons.direction":              {"in", "out"},
	"subscriptions.recurring_period": {"day", "week", "month", "quarter", "year"},
	"subscriptions.voluntary":        {"true", "false", "yes", "no", "0", "1"},
}

// contentFit is 0 where a column's values cannot fill a field.
func (p *proposer) contentFit(k clientele.Kind, f clientele.Field, i int) float64 {
	c, e := p.columns[i], p.evidence[i]
	like := typeOfColumn(c.like)
	if words, ok := vocabularies[string(k)+"."+f.Name]; ok {
		return oneIf(e.only(words))
	}
	switch wants(f.Type) {
	case expr.NumberType:
		if like == expr.TextType && e.half(e.numbers) {
			return 0.7
		}
		return oneIf(like == expr.NumberType || like == expr.TimeType && c.like == warehouse.DateColumn && c.Layout == "%Y%m%d")
	case expr.TimeType:
		if c.ambiguous || c.mixed {
			return 0.9
		}
		if all := e.values - e.markers; like == expr.TextType && e.allISO && e.dates == all {
			return oneIf(all > 0) // some with a zone and some without: read one by one
		}
		if like == expr.TextType && e.allISO && (e.half(e.dates) || nearly(e.dates, e.values-e.markers)) {
			return 0.7
		}
		return oneIf(like == expr.TimeType)
	}
	if f.Name == "currency" {
		return oneIf(e.allOfLength(3))
	}
	if like == expr.TimeType && c.Layout != "%Y%m%d" || c.ambiguous {
		return 0
	}
	if f.Type == clientele.TypeID && e.fraction && !e.wholeNumbers() {
		return 0
	}
	return oneIf(e.values > 0)
}

func oneIf(ok bool) float64 {
	if ok {
		return 1
	}
	return 0
}

// half says whether so many are half of the values of a small file: too few for
// the content to tell what the column is, enough where its name does.
func (e *evidence) half(alike int64) bool {
	all := e.values - e.markers
	return alike > 0 && all <= fewStrays && alike*2 >= all
}

func (e *evidence) only(words []string) bool {
	for v := range e.distinct {
		if !slices.Contains(words, strings.ToLower(v)) {
			return false
		}
	}
	return len(e.distinct) > 0
}

func (e *evidence) allOfLength(n int) bool {
	for v := range e.distinct {
		if len(v) != n {
			return false
		}
	}
	return len(e.distinct) > 0
}

// wholeNumbers says whether decimals are only the ".0" that spreadsheets put
// behind ids.
func (e *evidence) wholeNumbers() bool {
	for v := range e.distinct {
		if _, frac, ok := strings.Cut(v, "."); ok && strings.Trim(frac, "0") != "" {
			return false
		}
	}
	return true
}

// read is the expression for a column in a field: the column itself, but for
// texts that stand for "missing".
func (p *proposer) read(i int, f clientele.Field) expr.Expr {
	c, e := p.columns[i], p.evidence[i]
	column := expr.Expr(expr.Column{Name: c.Name})
	if c.like == c.Type && e.markers == 0 || c.like == warehouse.TextColumn && wants(f.Type) != expr.TextType {
		return column
	}
	if e.markers > 0 {
		column = expr.Call{Func: "nullif", Args: []expr.Expr{column, expr.Text{Value: e.marker}}}
	}
	// The reading is spelt out: without it the marker itself would have to be a number or a time.
	read := func(name, format string) expr.Expr {
		args := []expr.Expr{column}
		if format != "" {
			args = append(args, expr.Text{Value: format})
		}
		return expr.Call{Func: name, Args: args}
	}
	switch need := wants(f.Type); {
	case need == expr.NumberType && c.like == warehouse.LocaleColumn:
		return read("number", e.mark())
	case need == expr.NumberType:
		return read("number", "")
	case need == expr.TimeType:
		return read("time", c.Layout)
	}
	return column
}

func (e *evidence) mark() string {
	if e.marks&commaDecimal != 0 && e.marks&pointDecimal == 0 {
		return ","
	}
	return "."
}

// scale guesses the ends of a scale from whole scores: 1 to 5, 1 to 7, 0 to 10.
func (e *evidence) scale() (low, high string, ok bool) {
	least, most := 1<<30, -1
	for v := range e.distinct {
		n, err := strconv.Atoi(v)
		if err != nil {
			return "", "", false
		}
		least, most = min(least, n), max(most, n)
	}
	switch {
	case least >= 1 && most == 5:
		return "1", "5", true
	case least >= 1 && most == 7:
		return "1", "7", true
	case least >= 0 && most == 10:
		return "0", "10", true
	}
	return "", "", false
}
