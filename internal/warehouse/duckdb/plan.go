package duckdb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// plan is how the rows of one file become the rows of one table.
type plan struct {
	batch   warehouse.Batch
	r       *renderer
	table   string
	key     []string // the columns that name a row within its source; nil: nothing does
	day     string   // the column of the row's day; "": rows have none
	out     []output // every column of the table but source and sequence
	before  int64    // CSV: lines before the first record
	maxLine int      // CSV: the longest row to be read, in bytes
}

// output is one column of the canonical table.
type output struct {
	column string
	field  string // the field that it shows in a preview; "": none
	sql    string
}

// newPlan plans how a batch is read: with every check, or quickly, by the engine's own
// conversions, for files that turn out to be as they seem. Quickly is not possible
// for every batch: typedRead.possible tells.
func newPlan(b warehouse.Batch, quick bool) (*plan, error) {
	if len(b.Input.Columns) == 0 {
		return nil, clientele.Errorf(clientele.CodeInvalid, "%s has no columns", b.Input.Name)
	}
	p := &plan{batch: b, maxLine: longestLine, r: newRenderer(b.Input.Columns, b.TimeZone)}
	if quick {
		p.r.typed = newTypedRead(b.Input)
	}
	switch b.Kind {
	case clientele.Transactions:
		p.transactions()
	case clientele.Customers:
		p.customers()
	case clientele.Subscriptions:
		p.subscriptions()
	case clientele.Interactions:
		p.interactions()
	case clientele.Feedback:
		p.feedback()
	case clientele.Reasons:
		p.reasons()
	case clientele.Movements:
		p.movements()
	default:
		return nil, clientele.Errorf(clientele.CodeInvalid, "%q is not a kind of record", b.Kind)
	}
	if len(p.r.used) == 0 {
		p.r.used[0] = true
	}
	return p, p.r.err
}

// add makes sql a column of the table; field is shown in previews.
func (p *plan) add(column, field, sql string) {
	p.out = append(p.out, output{column, field, sql})
}

// mapped renders a field's expression. Where the field is not mapped, every row's
// value is missing.
func (p *plan) mapped(name string, want expr.Type) value {
	if e, ok := p.batch.Mapping.Fields[name]; ok {
		return p.r.field(e, want)
	}
	v := value{typ: want, sql: "CAST(NULL AS " + sqlTypes[want] + ")"}
	switch want {
	case expr.TimeType:
		v.day = "CAST(NULL AS DATE)"
	case expr.NumberType:
		v.narrow = "CAST(NULL AS DECIMAL(18, 6))"
	}
	return v
}

// require rejects rows that miss a field which the kind requires.
func (p *plan) require(name string, v value) {
	if f, _ := p.batch.Kind.Field(name); f.Required {
		p.r.reject("", v.present()+" IS NULL", p.source(name), "", func(string) string { return missing(name) })
	}
}

var sqlTypes = map[expr.Type]string{
	expr.TextType: "VARCHAR", expr.NumberType: "DECIMAL(38, 12)", expr.BoolType: "BOOLEAN", expr.TimeType: "TIMESTAMP",
}

// source names the columns of the file that fill a field.
func (p *plan) source(field string) string {
	e, ok := p.batch.Mapping.Fields[field]
	if !ok {
		return ""
	}
	return strings.Join(expr.Columns(e), ", ")
}

// text, id, decimal and truth add a column that a field of that type fills, and give its value.

func (p *plan) text(column, field string) value {
	return p.cleaned(column, field, textSQL, bareTextSQL)
}

func (p *plan) id(column, field string) value { return p.cleaned(column, field, idSQL, bareIDSQL) }

func (p *plan) cleaned(column, field string, clean, cleanBare func(string) string) value {
	v := p.mapped(field, expr.TextType)
	if p.r.typed.bare(v) {
		clean = cleanBare
	}
	if _, ok := p.batch.Mapping.Fields[field]; ok {
		v = value{typ: expr.TextType, sql: p.r.site(v.depth, clean(v.sql)), depth: v.depth + 1}
	}
	p.require(field, v)
	p.add(column, field, v.sql)
	return v
}

func (p *plan) decimal(column, field string) value {
	v := p.mapped(field, expr.NumberType)
	p.add(column, field, v.sql)
	return v
}

func (p *plan) truth(column, field string) value {
	v := p.mapped(field, expr.BoolType)
	p.add(column, field, v.sql)
	return v
}

// time adds the local time and, if dayColumn is not "", the day.
func (p *plan) time(column, dayColumn, field string) value {
	v := p.mapped(field, expr.TimeType)
	p.require(field, v)
	first := "1900-01-01"
	if p.r.typed != nil {
		first = "1900-01-02" // the engine's formats read words such as "epoch" as the day before
	}
	p.r.reject("", fmt.Sprintf("%s NOT BETWEEN DATE '%s' AND DATE '2200-12-31'", v.day, first), p.source(field),
		fmt.Sprintf("CAST(%s AS VARCHAR)", v.day), outOfRange)
	if dayColumn != "" {
		p.add(dayColumn, field, v.day)
	}
	if column != "" {
		local := v.sql
		if dayColumn == "" { // a bare day still says when
			local = fmt.Sprintf("coalesce(%s, CAST(%s AS TIMESTAMP))", v.sql, v.day)
		}
		p.add(column, field, local)
	}
	return v
}

// oneOf adds a text column that holds one of a few words in small letters.
func (p *plan) oneOf(column, field, unmapped string, words ...string) value {
	v := p.mapped(field, expr.TextType)
	w := value{typ: expr.TextType, sql: p.r.site(v.depth, fmt.Sprintf("nullif(lower(%s), '')", trimmed(v.sql))), depth: v.depth + 1}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = literal(word)
	}
	p.r.reject("", fmt.Sprintf("%s NOT IN (%s)", w.sql, strings.Join(quoted, ", ")), p.source(field), v.sql, func(s string) string {
		return fmt.Sprintf("%q is not a %s: use one of %s", s, field, strings.Join(words, ", "))
	})
	p.require(field, w)
	if unmapped != "" {
		w.sql = fmt.Sprintf("coalesce(%s, %s)", w.sql, literal(unmapped))
	}
	p.add(column, field, w.sql)
	return w
}

func (p *plan) transactions() {
	p.table, p.day = "stored_line", "day"
	p.id("order_id", "order")
	p.id("line", "line")
	p.id("customer", "customer")
	p.time("local_time", "day", "time")
	quantity := p.decimal("quantity", "quantity")
	price := p.decimal("unit_price", "unit_price")
	amount := p.amount(quantity, price)
	p.decimal("cost", "cost")
	p.currency()
	p.text("product", "product")
	p.text("channel", "channel")
	p.lineKind(quantity, amount)
}

// amount is as mapped, else quantity × unit_price, where a quantity that is missing is 1.
func (p *plan) amount(quantity, price value) value {
	amount := p.mapped("amount", expr.NumberType)
	_, given := p.batch.Mapping.Fields["amount"]
	if _, priced := p.batch.Mapping.Fields["unit_price"]; priced {
		guard := ""
		if given {
			guard = amount.sql + " IS NULL"
		}
		p.r.about = strings.Trim(p.source("quantity")+", "+p.source("unit_price"), ", ")
		one := p.r.numeral("1")
		units := p.r.choose(expr.NumberType, &one, 0, branch{quantity.sql + " IS NOT NULL", quantity})
		product := p.r.arithmetic(expr.Multiply, units, price, guard)
		if given {
			product = p.r.choose(expr.NumberType, &product, 0, branch{amount.sql + " IS NOT NULL", amount})
		}
		amount = product
	}
	column := strings.Trim(p.source("amount")+", "+p.source("unit_price"), ", ")
	p.r.reject("", amount.sql+" IS NULL", column, "", func(string) string { return missing("amount") })
	p.add("amount", "amount", amount.sql)
	return amount
}

// currency rejects rows in another currency than the book's; it has no column.
func (p *plan) currency() {
	if _, ok := p.batch.Mapping.Fields["currency"]; !ok {
		return
	}
	v, book := p.mapped("currency", expr.TextType), p.batch.Currency
	p.r.reject("", fmt.Sprintf("CASE WHEN %[1]s = %[2]s THEN false ELSE upper(%[3]s) NOT IN (%[2]s, '') END", v.sql, literal(book), trimmed(v.sql)),
		p.source("currency"), v.sql, func(s string) string { return foreign(s, book) })
}

func (p *plan) lineKind(quantity, amount value) {
	kinds := []clientele.LineKind{clientele.Sale, clientele.Refund, clientele.Discount, clientele.Tax, clientele.Shipping, clientele.Fee}
	bySign := fmt.Sprintf("CASE WHEN %s < 0 OR %s < 0 THEN CAST('refund' AS line_kind) ELSE CAST('sale' AS line_kind) END", quantity.sql, amount.sql)
	e, ok := p.batch.Mapping.Fields["kind"]
	if !ok {
		p.add("kind", "kind", bySign)
		return
	}
	v := p.r.field(e, expr.TextType)
	word := p.r.site(v.depth, fmt.Sprintf("nullif(lower(%s), '')", trimmed(v.sql)))
	kind := p.r.site(v.depth+1, fmt.Sprintf("TRY_CAST(%s AS line_kind)", word))
	p.r.reject("", fmt.Sprintf("%s IS NULL AND %s IS NOT NULL", kind, word), p.source("kind"), v.sql, func(s string) string {
		return fmt.Sprintf("%q is not a kind of line: use one of %v, or map kind with if(…)", s, kinds)
	})
	p.add("kind", "kind", fmt.Sprintf("coalesce(%s, %s)", kind, bySign))
}

// customers gives one output per attribute; merging turns them into rows.
func (p *plan) customers() {
	p.table = "customer_attribute"
	p.id("customer", "customer")
	names := make([]string, 0, len(p.batch.Mapping.Attributes))
	for name := range p.batch.Mapping.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		v := p.r.field(expr.Column{Name: p.batch.Mapping.Attributes[name]}, expr.TextType)
		p.add(fmt.Sprintf("a%d", i), name, p.r.site(v.depth, textSQL(v.sql)))
	}
}

func (p *plan) subscriptions() {
	p.table, p.day, p.key = "subscription", "start_day", []string{"source", "subscription"}
	customer := p.id("customer", "customer")
	start := p.time("", "start_day", "start")
	end := p.time("", "end_day", "end")
	p.r.reject("", fmt.Sprintf("%s < %s", end.day, start.day), strings.Trim(p.source("start")+", "+p.source("end"), ", "),
		fmt.Sprintf("CAST(%s AS VARCHAR)", end.day), func(s string) string { return "it ends (" + s + ") before it starts: correct the dates" })
	known := p.time("", "known_from", "known_from")
	p.r.reject("", fmt.Sprintf("%s < %s", end.day, known.day), strings.Trim(p.source("end")+", "+p.source("known_from"), ", "),
		fmt.Sprintf("CAST(%s AS VARCHAR)", end.day), func(s string) string { return "it ends (" + s + ") before it is known of: correct the dates" })
	plan := p.text("plan", "plan")
	p.decimal("recurring_amount", "recurring_amount")
	p.oneOf("recurring_period", "recurring_period", "month", "day", "week", "month", "quarter", "year")
	p.text("cancel_reason", "cancel_reason")
	p.truth("voluntary", "voluntary")
	p.identity("subscription", "subscription", customer, plan, start)
}

func (p *plan) interactions() {
	p.table, p.day, p.key = "interaction", "day", []string{"source", "interaction"}
	customer := p.id("customer", "customer")
	p.id("case_id", "case")
	touchpoint := p.text("touchpoint", "touchpoint")
	kind := p.text("kind", "kind")
	at := p.time("local_time", "day", "time")
	p.time("ended_at", "", "end")
	p.time("promised_at", "", "promised")
	p.time("actual_at", "", "actual")
	p.text("outcome", "outcome")
	p.text("problem", "problem")
	p.text("channel", "channel")
	p.text("agent", "agent")
	p.weight()
	p.identity("interaction", "interaction", customer, touchpoint, kind, at)
}

func (p *plan) feedback() {
	p.table, p.day, p.key = "feedback", "day", []string{"source", "response"}
	customer := p.id("customer", "customer")
	p.id("order_id", "order")
	at := p.time("local_time", "day", "time")
	touchpoint := p.text("touchpoint", "touchpoint")
	instrument := p.oneOf("instrument", "instrument", "rating", "nps", "csat", "ces", "rating")
	p.decimal("score", "score")
	p.decimal("scale_min", "scale_min")
	p.decimal("scale_max", "scale_max")
	v := p.mapped("not_applicable", expr.BoolType)
	p.add("not_applicable", "not_applicable", fmt.Sprintf("coalesce(%s, false)", v.sql))
	p.text("text", "text")
	p.weight()
	p.text("language", "language")
	p.identity("response", "response", customer, instrument, touchpoint, at)
}

// weight is that of a sample, 1 where it is not given.
func (p *plan) weight() {
	w := p.mapped("weight", expr.NumberType)
	p.r.reject("", w.sql+" < 0", p.source("weight"), fmt.Sprintf("CAST(%s AS VARCHAR)", w.sql), func(s string) string { return s + " is not a weight: it is negative" })
	p.add("weight", "weight", fmt.Sprintf("coalesce(%s, 1)", w.sql))
}

func (p *plan) reasons() {
	p.table, p.day, p.key = "reason", "day", []string{"customer", "day", "direction"}
	p.id("customer", "customer")
	p.time("", "day", "date")
	p.oneOf("direction", "direction", "", "in", "out")
	p.text("reason", "reason")
	p.text("given_by", "source")
	c := p.decimal("confidence", "confidence")
	p.r.reject("", c.sql+" NOT BETWEEN 0 AND 1", p.source("confidence"), fmt.Sprintf("CAST(%s AS VARCHAR)", c.sql),
		func(s string) string { return s + " is not a confidence: use a fraction between 0 and 1" })
}

func (p *plan) movements() {
	p.table, p.day, p.key = "movement_total", "day", []string{"source", "day"}
	p.time("", "day", "period")
	for _, field := range []string{"opening", "added", "lost"} {
		p.decimal(field, field)
	}
	churn := p.decimal("monthly_churn", "monthly_churn")
	p.r.reject("", churn.sql+" NOT BETWEEN 0 AND 1", p.source("monthly_churn"), fmt.Sprintf("CAST(%s AS VARCHAR)", churn.sql),
		func(s string) string { return s + " is not a share: use a fraction between 0 and 1" })
	p.require("closing", p.decimal("closing", "closing"))
}

// identity adds the id of a row: as mapped, else made of its content. Rows of
// nobody that agree in all of it are told apart by their order in the file.
func (p *plan) identity(column, field string, customer value, content ...value) {
	id := p.mapped(field, expr.TextType)
	parts := []string{fmt.Sprintf("coalesce(%s, '')", customer.sql)}
	for _, v := range content {
		text := v.sql
		if v.typ == expr.TimeType {
			text = fmt.Sprintf("coalesce(CAST(%s AS VARCHAR), CAST(%s AS VARCHAR))", v.sql, v.day)
		}
		parts = append(parts, fmt.Sprintf("coalesce(%s, '')", text))
	}
	made := strings.Join(parts, " || '|' || ")
	occurrence := fmt.Sprintf("CASE WHEN %s IS NULL THEN '|' || row_number() OVER (PARTITION BY %s ORDER BY record) ELSE '' END", customer.sql, made)
	p.add(column, field, fmt.Sprintf("coalesce(%s, %s || %s)", idSQL(id.sql), made, occurrence))
}
