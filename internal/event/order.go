package event

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// The events that are money, as the ecommerce specification of Segment names them.
const (
	orderCompleted = "Order Completed"
	orderRefunded  = "Order Refunded"
)

// order is what is read of the properties of an order.
type order struct {
	OrderID  json.RawMessage `json:"order_id"`
	Total    json.RawMessage `json:"total"`
	Revenue  json.RawMessage `json:"revenue"`
	Shipping json.RawMessage `json:"shipping"`
	Tax      json.RawMessage `json:"tax"`
	Currency json.RawMessage `json:"currency"`
	Products []product       `json:"products"`
}

type product struct {
	ProductID json.RawMessage `json:"product_id"`
	SKU       json.RawMessage `json:"sku"`
	Name      json.RawMessage `json:"name"`
	Price     json.RawMessage `json:"price"`
	Quantity  json.RawMessage `json:"quantity"`
}

// amounts are those of an order as it says them; nil is not said.
type amounts struct{ total, revenue, shipping, tax *clientele.Money }

// order makes lines of an order. They add up to its total, or to its revenue where that
// alone is said, or to its products.
func (r reader) order(in message, m store.EventMessage, at time.Time) (lines []line, reason string) {
	var o order
	if absent(in.Properties) || json.Unmarshal(in.Properties, &o) != nil {
		return nil, "properties are not those of an order"
	}
	id := scalar(o.OrderID)
	if id == "" {
		return nil, "properties.order_id is missing"
	}
	if reason := unfit("properties.order_id", id); reason != "" {
		return nil, reason
	}
	if c := strings.ToUpper(scalar(o.Currency)); c != "" && c != r.currency {
		return nil, fmt.Sprintf("its currency is %q, that of the book %s", shown(c), r.currency)
	}
	said, reason := o.amounts()
	if reason != "" {
		return nil, reason
	}
	b := orderLines{stem: line{Customer: m.Customer, Order: id, Time: at.Format(landedTime), Currency: r.currency}}
	if reason := b.products(o.Products); reason != "" {
		return nil, reason
	}
	if in.Event == orderRefunded {
		return b.refunded(m, said)
	}
	b.rest(said)
	return b.lines, ""
}

// amounts reads those of the order.
func (o order) amounts() (a amounts, reason string) {
	for _, x := range []struct {
		name string
		from json.RawMessage
		to   **clientele.Money
	}{{"total", o.Total, &a.total}, {"revenue", o.Revenue, &a.revenue}, {"shipping", o.Shipping, &a.shipping}, {"tax", o.Tax, &a.tax}} {
		if absent(x.from) {
			continue
		}
		m, ok := amountOf(x.from)
		if !ok {
			return a, fmt.Sprintf("properties.%s %q is not an amount", x.name, shown(scalar(x.from)))
		}
		*x.to = &m
	}
	return a, ""
}

// orderLines are the lines of one order.
type orderLines struct {
	stem  line
	lines []line
	sum   clientele.Money
}

func (b *orderLines) add(id string, kind clientele.LineKind, quantity, product string, amount clientele.Money) {
	l := b.stem
	l.Line, l.Kind, l.Quantity, l.Product, l.Amount = id, string(kind), quantity, product, amount.String()
	b.lines = append(b.lines, l)
	b.sum = b.sum.Add(amount)
}

// products adds a sale for each.
func (b *orderLines) products(products []product) (reason string) {
	if len(products) > maxProducts {
		return fmt.Sprintf("properties.products are more than %d", maxProducts)
	}
	for i, p := range products {
		quantity, price := 1.0, clientele.Money{}
		if !absent(p.Quantity) {
			q, err := strconv.ParseFloat(scalar(p.Quantity), 64)
			if err != nil || !(q > 0 && q <= 1e9) {
				return fmt.Sprintf("properties.products[%d].quantity %q is not a number above 0", i, shown(scalar(p.Quantity)))
			}
			quantity = q
		}
		if !absent(p.Price) {
			m, ok := amountOf(p.Price)
			if !ok {
				return fmt.Sprintf("properties.products[%d].price %q is not an amount", i, shown(scalar(p.Price)))
			}
			price = m
		}
		amount := price.Share(quantity)
		if amount.Cmp(mostMoney) > 0 {
			return fmt.Sprintf("properties.products[%d] is more than can be kept", i)
		}
		named := cmp.Or(scalar(p.ProductID), scalar(p.SKU), scalar(p.Name))
		b.add(strconv.Itoa(i+1), clientele.Sale, strconv.FormatFloat(quantity, 'f', -1, 64), clean(named), amount)
	}
	return ""
}

// whole is what the order comes to; nil is not said.
func (a amounts) whole() *clientele.Money {
	if a.total != nil {
		return a.total
	}
	return a.revenue
}

// rest adds what the order says beyond its products, so that the lines add up to it.
func (b *orderLines) rest(said amounts) {
	if said.total != nil { // which alone has them in it
		b.part(clientele.Shipping, said.shipping)
		b.part(clientele.Tax, said.tax)
	}
	var left clientele.Money
	if whole := said.whole(); whole != nil {
		left = whole.Sub(b.sum)
	}
	switch {
	case len(b.lines) == 0 || b.sum.Sign() == 0 && left.Sign() != 0:
		b.add("order", clientele.Sale, "", "", left)
	case left.Sign() < 0:
		b.add("discount", clientele.Discount, "", "", left)
	case left.Sign() > 0:
		b.add("fee", clientele.Fee, "", "", left)
	}
}

func (b *orderLines) part(kind clientele.LineKind, amount *clientele.Money) {
	if amount != nil && amount.Sign() != 0 {
		b.add(string(kind), kind, "", "", *amount)
	}
}

// refunded is what is paid back, as an order of its own: an order that comes again
// replaces the one that was there.
func (b *orderLines) refunded(m store.EventMessage, said amounts) ([]line, string) {
	whole := said.whole()
	if whole == nil && len(b.lines) == 0 {
		return nil, "a refund has to say what is paid back: as total, as revenue, or by its products"
	}
	if whole != nil {
		b.lines = nil
		b.add("refund", clientele.Refund, "", "", *whole)
	}
	for i := range b.lines {
		l := &b.lines[i]
		l.Order, l.Kind, l.Quantity, l.Amount = l.Order+"/refund/"+m.ID, string(clientele.Refund), "", clientele.MustMoney(l.Amount).Neg().String()
	}
	return b.lines, ""
}
