package ingest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/cockroachdb/apd/v3"
)

// preset is an export whose columns are known. Its rows are rewritten into lines
// that the warehouse reads: the export's own columns, and behind them the added
// ones.
type preset struct {
	name    string
	source  string
	needs   []string // columns that give it away, folded
	added   []string // columns that lines gives behind the row's own
	mapping map[string]string
	// lines turns the rows of one group into lines.
	lines func(p *presetRows)
	// group is the column whose equal values, one after the other, make a group;
	// "" for row by row.
	group string
}

func presets() []preset {
	return []preset{shopifyOrders(), stripeCharges(), stripeBalance(), wooOrders()}
}

func presetOf(names []string) (preset, bool) {
	folded := map[string]bool{}
	for _, name := range names {
		folded[fold(name)] = true
	}
	for _, p := range presets() {
		if !slices.ContainsFunc(p.needs, func(n string) bool { return !folded[n] }) {
			return p, true
		}
	}
	return preset{}, false
}

func presetNamed(name string) (preset, bool) {
	all := presets()
	i := slices.IndexFunc(all, func(p preset) bool { return p.name == name })
	if i < 0 {
		return preset{}, false
	}
	return all[i], true
}

// plan is the preset's mapping over the file's own column names.
func (p preset) plan(names []string) plan {
	own := map[string]string{}
	for _, name := range names {
		own[fold(name)] = name
	}
	out := plan{kind: clientele.Transactions, confidence: 0.98, source: p.source, fields: map[string]filled{}, attributes: map[string]string{}}
	for field, text := range p.mapping {
		var e expr.Expr = expr.Column{Name: text}
		if name, ok := own[text]; ok {
			e = expr.Column{Name: name}
		} else if !slices.Contains(p.added, text) {
			continue // a column that this export lacks
		}
		out.fields[field] = filled{e, 0.98, "as " + p.name + " exports it"}
	}
	return out
}

// presetRows are the rows of one group, with what the preset makes of them.
type presetRows struct {
	index   map[string]int // folded column → position
	rows    [][]string
	at      []int64 // lines of the original
	out     []presetLine
	skipped map[string]int64 // reason → rows left out
}

type presetLine struct {
	row   int // whose columns the line repeats
	added []string
}

// cell is a column of a row by its folded name; "" if the export lacks it.
func (p *presetRows) cell(row int, name string) string {
	if i, ok := p.index[name]; ok {
		return strings.TrimSpace(p.rows[row][i])
	}
	return ""
}

func (p *presetRows) set(row int, name, value string) {
	if i, ok := p.index[name]; ok {
		p.rows[row][i] = value
	}
}

func (p *presetRows) emit(row int, added ...string) {
	p.out = append(p.out, presetLine{row, added})
}

func (p *presetRows) skip(reason string) { p.skipped[reason]++ }

// expand rewrites the present copy by a preset.
func (s *source) expand(ctx context.Context, p preset) error {
	t, err := s.openTable()
	if err != nil {
		return err
	}
	defer t.close()
	rows := &presetRows{index: map[string]int{}, skipped: map[string]int64{}}
	for i, name := range t.names {
		rows.index[fold(name)] = i
	}
	err = s.rewrite(func(w io.Writer) error {
		g := gridWriter{w: w}
		for _, name := range slices.Concat(t.names, p.added, []string{lineColumnName}) {
			g.cell([]byte(name))
		}
		if err := g.end(); err != nil {
			return err
		}
		return s.expandRows(ctx, p, t, rows, &g)
	})
	if err != nil {
		return err
	}
	s.expanded, s.lineColumn = true, true
	for _, reason := range slices.Sorted(maps.Keys(rows.skipped)) {
		s.problems = append(s.problems, Problem{Message: fmt.Sprintf("%d rows left out: %s", rows.skipped[reason], reason)})
	}
	return nil
}

func (s *source) expandRows(ctx context.Context, p preset, t *table, rows *presetRows, g *gridWriter) error {
	group := rows.index[p.group]
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, line, err := t.next()
		if err != nil && err != io.EOF {
			return s.rowError(err, line)
		}
		ends := err == io.EOF || p.group == "" || len(rows.rows) > 0 && len(row) > group && string(row[group]) != rows.rows[0][group]
		if len(rows.rows) > 0 && ends {
			if err := rows.flush(p, g); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		cells := texts(row)
		if len(cells) != len(t.names) {
			if err := g.rejectable(row); err != nil {
				return err
			}
			continue
		}
		rows.rows, rows.at = append(rows.rows, cells), append(rows.at, line)
	}
}

// rejectable writes a row of the wrong width as it stands, for the warehouse to reject.
func (g *gridWriter) rejectable(row [][]byte) error {
	for _, cell := range row {
		g.cell(cell)
	}
	return g.end()
}

// flush writes the lines of a group.
func (p *presetRows) flush(pre preset, g *gridWriter) error {
	pre.lines(p)
	for _, l := range p.out {
		for _, cell := range p.rows[l.row] {
			g.cell([]byte(cell))
		}
		for _, cell := range l.added {
			g.cell([]byte(cell))
		}
		g.number(p.at[l.row])
		if err := g.end(); err != nil {
			return err
		}
	}
	p.rows, p.at, p.out = p.rows[:0], p.at[:0], p.out[:0]
	return nil
}

// exact is enough precision for any amount of a file.
var exact = apd.BaseContext.WithPrecision(60)

// decimal reads an amount of an export; ok is false if it is none, "" is zero.
func decimal(s string) (*apd.Decimal, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	if s == "" {
		return new(apd.Decimal), true
	}
	d, cond, err := apd.NewFromString(s)
	return d, err == nil && !cond.Any() && d.Form == apd.Finite && d.Exponent > -20 && d.Exponent < 20
}

func multiply(a, b *apd.Decimal) string {
	var product apd.Decimal
	if _, err := exact.Mul(&product, a, b); err != nil {
		return ""
	}
	return product.Text('f')
}

func negative(d *apd.Decimal) string {
	var n apd.Decimal
	n.Neg(d)
	return n.Text('f')
}

// The columns that presets add.
const (
	lineID     = "line id"
	lineKind   = "line kind"
	lineAmount = "line amount"
	lineCount  = "line quantity"
)

// shopifyOrders: the orders export has a row for every item; the order's own
// columns stand on its first row only. The lines of an order are its items at
// their price, and once an order its discount, shipping, taxes and refund, so
// that they add up to Total − Refunded Amount. Taxes are a line unless Total
// shows that the prices include them.
func shopifyOrders() preset {
	return preset{
		name: "Shopify orders", source: "shopify", group: "name",
		needs: []string{"name", "financial status", "created at", "lineitem quantity", "lineitem price", "lineitem name"},
		added: []string{lineID, lineKind, lineAmount, lineCount},
		mapping: map[string]string{"customer": "email", "order": "name", "line": lineID, "time": "created at", "quantity": lineCount, "amount": lineAmount,
			"currency": "currency", "product": "lineitem name", "channel": "source", "kind": lineKind},
		lines: shopifyLines,
	}
}

// shopifyOrderColumns are filled from an order's first row.
var shopifyOrderColumns = []string{"email", "financial status", "paid at", "fulfillment status", "fulfilled at", "currency", "subtotal", "shipping", "taxes", "total",
	"discount code", "discount amount", "created at", "cancelled at", "source", "id", "refunded amount"}

func shopifyLines(p *presetRows) {
	switch status := strings.ToLower(p.cell(0, "financial status")); status {
	case "voided", "expired":
		for range p.rows {
			p.skip("orders " + status)
		}
		return
	}
	for i := range p.rows {
		for _, column := range shopifyOrderColumns {
			if i > 0 && p.cell(i, column) == "" {
				p.set(i, column, p.cell(0, column))
			}
		}
		p.set(i, "email", strings.ToLower(p.cell(i, "email")))
		p.shopifyItem(i)
	}
	p.once("discount", "discount amount", true)
	p.once("shipping", "shipping", false)
	if !p.taxesIncluded() {
		p.once("tax", "taxes", false)
	}
	p.once("refund", "refunded amount", true)
}

func (p *presetRows) shopifyItem(i int) {
	quantity, price := p.cell(i, "lineitem quantity"), p.cell(i, "lineitem price")
	if quantity == "" && price == "" && len(p.rows) > 1 {
		return // a row that carries nothing but a note or payment
	}
	amount := price // what is no number is left for the warehouse to reject
	q, okQ := decimal(quantity)
	if d, ok := decimal(price); ok && okQ {
		amount = multiply(q, d)
	}
	p.emit(i, strconv.Itoa(i+1), string(clientele.Sale), amount, quantity)
}

// once adds a line for an order's own amount, if it is not zero.
func (p *presetRows) once(kind, column string, subtract bool) {
	d, ok := decimal(p.cell(0, column))
	switch {
	case !ok:
		p.emit(0, kind, kind, p.cell(0, column), "")
	case d.IsZero():
	case subtract:
		p.emit(0, kind, kind, negative(d), "")
	default:
		p.emit(0, kind, kind, d.Text('f'), "")
	}
}

// taxesIncluded says whether Total is the prices, less discount, plus shipping,
// without the taxes on top.
func (p *presetRows) taxesIncluded() bool {
	taxes, ok1 := decimal(p.cell(0, "taxes"))
	total, ok2 := decimal(p.cell(0, "total"))
	sum, ok3 := decimal(p.cell(0, "shipping"))
	discount, ok4 := decimal(p.cell(0, "discount amount"))
	if !ok1 || !ok2 || !ok3 || !ok4 || taxes.IsZero() {
		return false
	}
	for i := range p.rows {
		q, okQ := decimal(p.cell(i, "lineitem quantity"))
		price, okP := decimal(p.cell(i, "lineitem price"))
		if !okQ || !okP {
			return false
		}
		var line apd.Decimal
		exact.Mul(&line, q, price)
		exact.Add(sum, sum, &line)
	}
	exact.Sub(sum, sum, discount)
	return sum.Cmp(total) == 0
}

// stripeCharges: the dashboard's export of payments. Only paid charges are
// money; what was refunded of one is a line of its own.
func stripeCharges() preset {
	return preset{
		name: "Stripe charges", source: "stripe",
		needs: []string{"id", "created date utc", "amount", "amount refunded", "currency", "status"},
		added: []string{lineID, lineKind, lineAmount, "line customer", "line currency"},
		mapping: map[string]string{"customer": "line customer", "order": "id", "line": lineID, "time": "created date utc", "amount": lineAmount,
			"currency": "line currency", "product": "description", "kind": lineKind},
		lines: stripeChargeLines,
	}
}

func stripeChargeLines(p *presetRows) {
	status := strings.ToLower(p.cell(0, "status"))
	if status != "paid" && status != "succeeded" && !strings.Contains(status, "refunded") {
		p.skip("charges with status " + strconv.Quote(p.cell(0, "status")))
		return
	}
	customer := p.customer("customer id", "customer email")
	currency := strings.ToUpper(p.cell(0, "currency"))
	p.emit(0, "charge", string(clientele.Sale), strings.ReplaceAll(p.cell(0, "amount"), ",", ""), customer, currency)
	switch refunded, ok := decimal(p.cell(0, "amount refunded")); {
	case !ok:
		p.emit(0, "refund", string(clientele.Refund), p.cell(0, "amount refunded"), customer, currency)
	case !refunded.IsZero():
		p.emit(0, "refund", string(clientele.Refund), negative(refunded), customer, currency)
	}
}

// first is the first of these columns of the group's first row that is not empty.
func (p *presetRows) first(columns ...string) string {
	for _, column := range columns {
		if v := p.cell(0, column); v != "" {
			return v
		}
	}
	return ""
}

// customer is the first of these columns that is not empty, addresses in small letters.
func (p *presetRows) customer(columns ...string) string {
	v := p.first(columns...)
	if strings.Contains(v, "@") {
		return strings.ToLower(v)
	}
	return v
}

// stripeBalance: the itemised balance report. Charges, refunds, disputes and
// Stripe's own fees are lines; payouts and transfers are not revenue. Fees taken
// off a charge are its cost.
func stripeBalance() preset {
	return preset{
		name: "Stripe balance", source: "stripe",
		needs: []string{"balance transaction id", "created", "currency", "gross", "fee", "net", "reporting category"},
		added: []string{"line order", lineKind, "line customer", "line currency", "line cost"},
		mapping: map[string]string{"customer": "line customer", "order": "line order", "line": "balance transaction id", "time": "created", "amount": "gross", "cost": "line cost",
			"currency": "line currency", "product": "description", "kind": lineKind},
		lines: stripeBalanceLines,
	}
}

func stripeBalanceLines(p *presetRows) {
	kind, cost := "", ""
	switch category := strings.ToLower(p.cell(0, "reporting category")); category {
	case "charge", "payment":
		kind, cost = string(clientele.Sale), p.cell(0, "fee")
	case "refund", "charge_failure", "dispute", "dispute_reversal", "partial_capture_reversal", "payment_failure_refund", "refund_failure":
		kind = string(clientele.Refund)
	case "fee", "tax":
		kind = category
	default:
		p.skip("balance rows of category " + strconv.Quote(category))
		return
	}
	order := p.first("charge id", "source id", "balance transaction id")
	p.emit(0, order, kind, p.customer("customer id", "customer email"), strings.ToUpper(p.cell(0, "currency")), cost)
}

// wooOrders: the order export of WooCommerce and its common plug-ins. Orders
// that were paid are sales, less what was refunded of them; refunded, cancelled
// and unpaid ones are left out.
func wooOrders() preset {
	return preset{
		name: "WooCommerce orders", source: "woocommerce",
		needs: []string{"order id", "status", "order total", "billing email"},
		added: []string{lineID, lineKind, lineAmount, "line customer", "line time", "line currency"},
		mapping: map[string]string{"customer": "line customer", "order": "order id", "line": lineID, "time": "line time", "amount": lineAmount,
			"currency": "line currency", "channel": "created via", "kind": lineKind},
		lines: wooLines,
	}
}

func wooLines(p *presetRows) {
	customer := p.customer("billing email", "customer email")
	at := p.first("date", "order date", "date created")
	currency := strings.ToUpper(p.first("order currency", "currency"))
	total := strings.ReplaceAll(p.cell(0, "order total"), ",", "")
	switch status := strings.TrimPrefix(strings.ToLower(p.cell(0, "status")), "wc-"); status {
	case "completed", "processing":
		p.emit(0, "order", string(clientele.Sale), total, customer, at, currency)
		if refunded, ok := decimal(p.cell(0, "refunded total")); ok && !refunded.IsZero() {
			refunded.Abs(refunded)
			p.emit(0, "refund", string(clientele.Refund), negative(refunded), customer, at, currency)
		}
	default:
		p.skip("orders with status " + strconv.Quote(status))
	}
}
