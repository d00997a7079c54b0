package ingest

import (
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/cockroachdb/apd/v3"
)

// The columns that presets add.
const (
	lineID     = "line id"
	lineKind   = "line kind"
	lineAmount = "line amount"
	lineCount  = "line quantity"
)

// voided is the kind and the line of an order that came to nothing: no purchase, and no
// money. It replaces an earlier version of the order that was counted.
const voided = string(clientele.Fee)

// shopifyOrders: the orders export has a row for every item; the order's own
// columns stand on its first row only. The lines of an order are its items at
// their price, and once an order its discount, shipping, taxes and refund, so
// that they add up to Total − Refunded Amount. Taxes are a line unless Total
// shows that the prices include them.
func shopifyOrders() preset {
	return preset{
		name: "Shopify orders", source: "shopify", kind: clientele.Transactions, group: "name",
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
		p.set(0, "email", strings.ToLower(p.cell(0, "email")))
		p.void("orders " + status)
		p.emit(0, voided, voided, "0", "")
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
	sums := apd.MakeErrDecimal(exact)
	for i := range p.rows {
		q, okQ := decimal(p.cell(i, "lineitem quantity"))
		price, okP := decimal(p.cell(i, "lineitem price"))
		if !okQ || !okP {
			return false
		}
		var line apd.Decimal
		sums.Mul(&line, q, price)
		sums.Add(sum, sum, &line)
	}
	sums.Sub(sum, sum, discount)
	return sums.Err() == nil && sum.Cmp(total) == 0
}

// stripeCharges: the dashboard's export of payments. Only paid charges are
// money; what was refunded of one is a line of its own.
func stripeCharges() preset {
	return preset{
		name: "Stripe charges", source: "stripe", kind: clientele.Transactions,
		needs: []string{"id", "created date utc", "amount", "amount refunded", "currency", "status"},
		added: []string{lineID, lineKind, lineAmount, "line customer", "line currency", "line time"},
		mapping: map[string]string{"customer": "line customer", "order": "id", "line": lineID, "time": "line time", "amount": lineAmount,
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
	at := p.cell(0, "created date utc") + " +0000"
	p.emit(0, "charge", string(clientele.Sale), strings.ReplaceAll(p.cell(0, "amount"), ",", ""), customer, currency, at)
	switch refunded, ok := decimal(p.cell(0, "amount refunded")); {
	case !ok:
		p.emit(0, "refund", string(clientele.Refund), p.cell(0, "amount refunded"), customer, currency, at)
	case !refunded.IsZero():
		p.emit(0, "refund", string(clientele.Refund), negative(refunded), customer, currency, at)
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
// off a charge are its cost. A charge and what comes of it later, in the report of
// another month, are orders of their own: an order that comes again replaces the
// one that was there.
func stripeBalance() preset {
	return preset{
		name: "Stripe balance", source: "stripe", kind: clientele.Transactions,
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
	order := p.first("balance transaction id")
	if kind == string(clientele.Sale) {
		order = p.first("charge id", "source id", "balance transaction id")
	}
	p.emit(0, order, kind, p.customer("customer id", "customer email"), strings.ToUpper(p.cell(0, "currency")), cost)
}

// wooOrders: the order export of WooCommerce and its common plug-ins. Orders
// that were paid are sales, less what was refunded of them. Cancelled and unpaid ones
// count as nothing.
func wooOrders() preset {
	return preset{
		name: "WooCommerce orders", source: "woocommerce", kind: clientele.Transactions,
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
	case "completed", "processing", "refunded":
		p.emit(0, "order", string(clientele.Sale), total, customer, at, currency)
		refunded, ok := decimal(p.cell(0, "refunded total"))
		if status == "refunded" { // all of it, whatever the export says beside
			refunded, ok = decimal(total)
		}
		if ok && !refunded.IsZero() {
			refunded.Abs(refunded)
			p.emit(0, "refund", string(clientele.Refund), negative(refunded), customer, at, currency)
		}
	default:
		p.void("orders with status " + strconv.Quote(status))
		p.emit(0, voided, voided, "0", customer, at, currency)
	}
}
