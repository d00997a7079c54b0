package ingest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// plan says what a file's columns mean.
type plan struct {
	kind       clientele.Kind
	confidence float64
	source     string
	fields     map[string]filled
	attributes map[string]string // attribute → column
}

// filled is what fills a field, how sure that is, and why.
type filled struct {
	expr       expr.Expr
	confidence float64
	why        string
}

// given is one --map: expr is nil for "field=".
type given struct {
	field string
	expr  expr.Expr
}

// parseMap reads --map but for the questions in it.
func parseMap(args []string) ([]given, error) {
	var out []given
	for _, arg := range args {
		field, text, ok := strings.Cut(arg, "=")
		field = strings.TrimSpace(field)
		if ok && field == questionField {
			continue // see namedQuestions
		}
		if !ok || field == "" {
			return nil, clientele.Errorf(clientele.CodeUsage, "%q is not field=EXPR", arg).WithHint("Write for example --map amount=Quantity*UnitPrice.")
		}
		if strings.TrimSpace(text) == "" {
			out = append(out, given{field: field})
			continue
		}
		e, err := expr.Parse(text)
		if err != nil {
			return nil, mappingError(clientele.CodeUsage, field, text, err)
		}
		out = append(out, given{field, e})
	}
	return out, nil
}

func mappingError(code clientele.Code, field, text string, err error) error {
	out := clientele.Errorf(code, "--map %s=%s: %v", field, shorten(text, 200), err)
	if mistake := (*expr.Error)(nil); errors.As(err, &mistake) && mistake.Hint != "" {
		out.Hint = mistake.Hint
	}
	return out
}

// wants is the type that a field's expression needs.
func wants(t clientele.FieldType) expr.Type {
	switch t {
	case clientele.TypeAmount, clientele.TypeNumber:
		return expr.NumberType
	case clientele.TypeTime, clientele.TypeDay:
		return expr.TimeType
	case clientele.TypeBool:
		return expr.BoolType
	}
	return expr.TextType
}

// apply puts what was given over the plan.
func (p *plan) apply(over []given) error {
	for _, g := range over {
		if _, ok := p.kind.Field(g.field); !ok {
			if err := p.attribute(g); err != nil {
				return err
			}
			continue
		}
		if g.expr == nil {
			delete(p.fields, g.field)
			continue
		}
		p.fields[g.field] = filled{g.expr, 1, "as given"}
	}
	return nil
}

// attribute takes what was given for a field that the kind lacks: a customer's attribute.
func (p *plan) attribute(g given) error {
	column, isColumn := g.expr.(expr.Column)
	switch {
	case p.kind == clientele.Customers && isColumn:
		p.attributes[g.field] = column.Name
	case p.kind == clientele.Customers && g.expr == nil:
		delete(p.attributes, g.field)
	case p.kind == clientele.Customers:
		return clientele.Errorf(clientele.CodeUsage, "attribute %s is not a column", g.field).WithHint("An attribute takes a column as it stands: --map %s=COLUMN.", g.field)
	default:
		names := fieldNames(p.kind)
		err := clientele.Errorf(clientele.CodeUsage, "%s have no field %q", p.kind, g.field).WithHint("Fields: %s.", strings.Join(names, ", "))
		if near, ok := expr.Nearest(g.field, names); ok {
			err = err.WithHint("Did you mean %s? Fields: %s.", near, strings.Join(names, ", "))
		}
		return err
	}
	return nil
}

func fieldNames(k clientele.Kind) []string {
	var names []string
	for _, f := range k.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// check says whether the plan fits the file: every problem that stops an import.
func (p *plan) check(columns []decided) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	for _, f := range p.kind.Fields() {
		fill, ok := p.fields[f.Name]
		if !ok {
			continue
		}
		if err := expr.Check(fill.expr, names, wants(f.Type)); err != nil {
			return mappingError(clientele.CodeInvalid, f.Name, expr.String(fill.expr), err)
		}
		if err := p.checkDates(f, fill.expr, columns); err != nil {
			return err
		}
	}
	for attribute, column := range p.attributes {
		if err := expr.Check(expr.Column{Name: column}, names, expr.TextType); err != nil {
			return mappingError(clientele.CodeInvalid, attribute, column, err)
		}
	}
	return p.checkRequired(names)
}

// checkDates refuses a column of dates whose order its values leave open.
func (p *plan) checkDates(f clientele.Field, e expr.Expr, columns []decided) error {
	for sub, need := range expr.Walk(e, wants(f.Type)) {
		c, ok := sub.(expr.Column)
		if !ok || need != expr.TimeType {
			continue
		}
		d := columns[slices.IndexFunc(columns, func(d decided) bool { return d.Name == c.Name })]
		if err := d.dateError(f.Name); err != nil {
			return err
		}
	}
	return nil
}

func (d decided) dateError(field string) error {
	var err *clientele.Error
	switch {
	case d.ambiguous:
		err = clientele.Errorf(clientele.CodeInvalid, "%s can be day/month or month/day throughout, for example %s", expr.QuoteName(d.Name), d.example)
	case d.mixed:
		err = clientele.Errorf(clientele.CodeInvalid, "%s mixes day/month (line %d) with month/day (line %d)", expr.QuoteName(d.Name), d.proof[0], d.proof[1])
	default:
		return nil
	}
	err.At.Column = d.Name
	ways := d.ways()
	return err.WithHint("Say which it is: --map %s=%s or --map %s=%s.", field, shellQuote(ways[0]), field, shellQuote(ways[1]))
}

// ways are the two expressions that settle the order of a date.
func (d decided) ways() [2]string {
	column := expr.QuoteName(d.Name)
	if d.shape.clock == "" {
		return [2]string{fmt.Sprintf("date(%s,'dmy')", column), fmt.Sprintf("date(%s,'mdy')", column)}
	}
	return [2]string{fmt.Sprintf("time(%s,'%s')", column, d.shape.layout(dmy)), fmt.Sprintf("time(%s,'%s')", column, d.shape.layout(mdy))}
}

func shellQuote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// checkRequired names the fields that nothing fills and the --map to write.
func (p *plan) checkRequired(columns []string) error {
	missing := p.missing()
	if len(missing) == 0 {
		return nil
	}
	var maps []string
	for _, field := range missing {
		maps = append(maps, "--map "+field+"=COLUMN")
	}
	quoted := make([]string, 0, 20)
	for _, c := range columns[:min(len(columns), 20)] {
		quoted = append(quoted, expr.QuoteName(c))
	}
	err := clientele.Errorf(clientele.CodeInvalid, "no column for %s of %s was found", strings.Join(missing, ", "), p.kind)
	hint := fmt.Sprintf("Write %s. Columns: %s.", strings.Join(maps, " "), strings.Join(quoted, ", "))
	if slices.Contains(missing, "amount") {
		hint += " If the file has no money, write --map amount=0."
	}
	return err.WithHint("%s", hint)
}

// missing lists the fields without which no row can be loaded.
func (p *plan) missing() []string {
	var out []string
	for _, f := range p.kind.Fields() {
		if _, ok := p.fields[f.Name]; f.Required && !ok {
			out = append(out, f.Name)
		}
	}
	_, amount := p.fields["amount"]
	_, price := p.fields["unit_price"]
	if p.kind == clientele.Transactions && !amount && !price {
		out = append(out, "amount")
	}
	return out
}

// columns are the file's columns as this plan has them read: typed where every
// use needs the number or time that they hold, else as text.
func (p *plan) columns(file []decided) []warehouse.Column {
	typed := map[string]bool{}
	text := map[string]bool{}
	for _, column := range p.attributes {
		text[column] = true
	}
	types := map[string]warehouse.ColumnType{}
	for _, d := range file {
		types[d.Name] = d.Type
	}
	for name, fill := range p.fields {
		f, _ := p.kind.Field(name)
		for sub, need := range expr.Walk(fill.expr, wants(f.Type)) {
			if c, ok := sub.(expr.Column); ok {
				fits := typeOfColumn(types[c.Name]) == need && need != expr.TextType
				typed[c.Name] = typed[c.Name] || fits
				text[c.Name] = text[c.Name] || !fits
			}
		}
	}
	out := make([]warehouse.Column, len(file))
	for i, d := range file {
		out[i] = warehouse.Column{Name: d.Name, Type: warehouse.TextColumn}
		if typed[d.Name] && !text[d.Name] {
			out[i] = d.Column
		}
	}
	return out
}

func typeOfColumn(t warehouse.ColumnType) expr.Type {
	switch t {
	case warehouse.DecimalColumn, warehouse.LocaleColumn:
		return expr.NumberType
	case warehouse.DateColumn, warehouse.TimeColumn, warehouse.InstantColumn:
		return expr.TimeType
	}
	return expr.TextType
}

// mapping is the plan in the warehouse's words.
func (p *plan) mapping() warehouse.Mapping {
	m := warehouse.Mapping{Fields: map[string]expr.Expr{}, Attributes: maps.Clone(p.attributes)}
	for field, fill := range p.fields {
		m.Fields[field] = fill.expr
	}
	return m
}

// texts are the expressions as people write them.
func (p *plan) texts() map[string]string {
	out := map[string]string{}
	for field, fill := range p.fields {
		out[field] = expr.String(fill.expr)
	}
	return out
}
