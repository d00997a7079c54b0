package warehousetest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// reference computes a movement from the definitions, day by day and customer by
// customer, in no other way than they are written down.
type reference struct {
	records
	warehouse.MovementQuery
}

// movements is what an engine must return.
func (r reference) movements() warehouse.Movements {
	out := warehouse.Movements{Total: r.movement(func(string) bool { return true })}
	if r.By == "" {
		return out
	}
	segments := map[string]bool{}
	for _, c := range r.customers() {
		segments[r.segment(c)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(segments)) {
		in := func(c string) bool { return r.segment(c) == name }
		out.Segments = append(out.Segments, warehouse.Segment{Name: name, Movement: r.movement(in)})
	}
	return out
}

func (r reference) segment(customer string) string {
	if customer == "" {
		return clientele.NoCustomerSegment
	}
	if v, ok := r.Attributes[customer]; ok && r.By == attributeName {
		return v
	}
	return clientele.UnknownSegment
}

// customers lists everybody of whom anything is known by the end of the period,
// and "" if there are lines without a customer.
func (r reference) customers() []string {
	seen := map[string]bool{}
	for _, l := range r.Lines {
		if l.Day <= r.Period.To {
			seen[l.Customer] = true
		}
	}
	if r.Definition.Kind != clientele.Orders {
		for _, s := range r.Subscriptions {
			if s.Start <= r.Period.To && s.lastDay(r.Definition) >= s.Start {
				seen[s.Customer] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func (s subscription) lastDay(d clientele.Definition) clientele.Date {
	if s.End == openEnd {
		return openEnd
	}
	return s.End + clientele.Date(d.GraceDays)
}

// active is A(c, d).
func (r reference) active(customer string, d clientele.Date) bool {
	if customer == "" {
		return false
	}
	if r.Definition.Kind != clientele.Contracts {
		for _, l := range r.Lines {
			if l.Customer == customer && l.Kind == clientele.Sale && l.Day > d-clientele.Date(r.Definition.LapseDays) && l.Day <= d {
				return true
			}
		}
	}
	return r.Definition.Kind != clientele.Orders && slices.ContainsFunc(r.Subscriptions, func(s subscription) bool {
		return s.Customer == customer && s.Start <= d && d <= s.lastDay(r.Definition)
	})
}

// net is the net amount of a customer in (d − L, d].
func (r reference) net(customer string, d clientele.Date) (sum clientele.Money) {
	for _, l := range r.Lines {
		if l.Customer == customer && l.Day > d-clientele.Date(r.Definition.LapseDays) && l.Day <= d {
			sum = sum.Add(l.Amount)
		}
	}
	return sum
}

// recurring is the recurring amount a month of a customer on a day.
func (r reference) recurring(customer string, d clientele.Date) (sum clientele.Money) {
	for _, s := range r.Subscriptions {
		if s.Customer == customer && s.Start <= d && d <= s.lastDay(r.Definition) {
			sum = sum.Add(s.monthly())
		}
	}
	return sum
}

// monthly takes twelfths of a year's amount. Small books have amounts of whole
// units that twelve divides, so nothing is rounded.
func (s subscription) monthly() clientele.Money {
	aYear := map[string]int64{"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}[s.Period]
	return clientele.MustMoney(strconv.FormatInt(s.Amount/12*aYear, 10))
}

// event is one change of a customer's state.
type event struct {
	day    clientele.Date
	in     bool
	isNew  bool
	reason string
}

// events lists a customer's changes of state within the period.
func (r reference) events(customer string) (events []event) {
	ever := r.everActive(customer, r.Period.Opening())
	for d := r.Period.From; d <= r.Period.To; d++ {
		before, after := r.active(customer, d-1), r.active(customer, d)
		if before == after {
			continue
		}
		e := event{day: d, in: after, isNew: after && !ever}
		e.reason = r.reasonOf(customer, e)
		events = append(events, e)
		ever = true
	}
	return events
}

func (r reference) everActive(customer string, to clientele.Date) bool {
	for d := day0 - 1; d <= to; d++ {
		if r.active(customer, d) {
			return true
		}
	}
	return false
}

// reasonOf is the latest reason within a lapse window of an event, be it dated
// after the period; of two on one day the first in the alphabet.
func (r reference) reasonOf(customer string, e event) string {
	best := reason{Reason: clientele.UnknownReason, Day: -1 << 30}
	for _, c := range r.Reasons {
		near := max(c.Day-e.day, e.day-c.Day) <= clientele.Date(r.Definition.LapseDays)
		if c.Customer != customer || (c.Direction == "in") != e.in || !near {
			continue
		}
		if c.Day > best.Day || c.Day == best.Day && c.Reason < best.Reason {
			best = c
		}
	}
	for _, s := range r.Subscriptions {
		near := max(s.End-e.day, e.day-s.End) <= clientele.Date(r.Definition.LapseDays)
		if s.Customer != customer || s.Cancelled == "" || s.End == openEnd || e.in || !near || r.Definition.Kind == clientele.Orders {
			continue
		}
		if s.End > best.Day || s.End == best.Day && s.Cancelled < best.Reason {
			best = reason{Reason: s.Cancelled, Day: s.End}
		}
	}
	return best.Reason
}

// movement adds up the customers for whom in holds.
func (r reference) movement(in func(customer string) bool) clientele.Movement {
	var m clientele.Movement
	m.Value.Measure = clientele.Measure{Name: "net_revenue", Days: r.Definition.LapseDays}
	if r.Definition.Kind != clientele.Orders {
		m.Recurring = &clientele.Value{Measure: clientele.Measure{Name: "recurring_amount_a_month"}}
	}
	reasons := map[bool]map[string]clientele.ReasonLine{true: {}, false: {}}
	for _, c := range r.customers() {
		if in(c) {
			r.addCustomer(&m, c, reasons)
		}
	}
	m.Reasons.In, m.Reasons.Out = sortedReasons(reasons[true]), sortedReasons(reasons[false])
	r.addRevenue(&m.Revenue, in)
	return m
}

func (r reference) addCustomer(m *clientele.Movement, c string, reasons map[bool]map[string]clientele.ReasonLine) {
	opening, closing := r.Period.Opening(), r.Period.To
	a0, a1 := r.active(c, opening), r.active(c, closing)
	ever := r.everActive(c, opening)
	events := r.events(c)
	came := slices.ContainsFunc(events, func(e event) bool { return e.in })

	m.Heads.Opening += count(a0)
	m.Heads.Closing += count(a1)
	m.Heads.LostOfOpening += count(a0 && !a1)
	m.Heads.CameAndLeft += count(!a0 && !a1 && came)
	m.LapsedAtOpening += count(ever && !a0)
	m.ReactivatedStock += count(ever && !a0 && a1)

	net := r.net(c, closing)
	m.TieOut.Window = m.TieOut.Window.Add(net)
	switch {
	case c == "":
		m.TieOut.Unattributed = m.TieOut.Unattributed.Add(net)
	case !a1:
		m.TieOut.Inactive = m.TieOut.Inactive.Add(net)
	}
	addValue(&m.Value, a0, a1, ever, r.net(c, opening), net)
	if m.Recurring != nil {
		addValue(m.Recurring, a0, a1, ever, r.recurring(c, opening), r.recurring(c, closing))
	}
	for i, e := range events {
		m.Heads.New += count(e.isNew)
		m.Heads.Reactivated += count(e.in && !e.isNew)
		m.Heads.Lost += count(!e.in)
		last := !slices.ContainsFunc(events[i+1:], func(f event) bool { return f.in == e.in })
		var value, recurring clientele.Money
		switch {
		case last && e.in && !a0 && a1:
			value, recurring = net, r.recurring(c, closing)
		case last && !e.in && a0 && !a1:
			value, recurring = r.net(c, opening), r.recurring(c, opening)
		}
		l := reasons[e.in][e.reason]
		l.Reason, l.Customers, l.Value = e.reason, l.Customers+1, l.Value.Add(value)
		if m.Recurring != nil {
			if l.Recurring != nil {
				recurring = recurring.Add(*l.Recurring)
			}
			l.Recurring = &recurring
		}
		reasons[e.in][e.reason] = l
	}
}

// addValue is the table of design.md, "Movements".
func addValue(v *clientele.Value, a0, a1, ever bool, v0, v1 clientele.Money) {
	add := func(to *clientele.Money, amount clientele.Money) { *to = to.Add(amount) }
	if a0 {
		add(&v.Opening, v0)
	}
	if a1 {
		add(&v.Closing, v1)
	}
	switch {
	case !a0 && a1 && !ever:
		add(&v.New, v1)
	case !a0 && a1:
		add(&v.Reactivated, v1)
	case a0 && !a1:
		add(&v.Lost, v0)
	case a0 && v1.Cmp(v0) > 0:
		add(&v.Expanded, v1.Sub(v0))
	case a0 && v1.Cmp(v0) < 0:
		add(&v.Contracted, v0.Sub(v1))
	}
}

// addRevenue sums the period's lines, and counts its orders: an order of several
// customers is the first one's.
func (r reference) addRevenue(v *clientele.Revenue, in func(string) bool) {
	type order struct {
		id, customer string
		day          clientele.Date
	}
	owners := map[order]string{}
	for _, l := range r.Lines {
		if l.Day < r.Period.From || l.Day > r.Period.To {
			continue
		}
		if key := (order{id: l.Order}); l.Kind == clientele.Sale && l.Order != "" {
			if owner := owners[key]; owner == "" || l.Customer != "" && l.Customer < owner {
				owners[key] = l.Customer
			}
		} else if l.Kind == clientele.Sale && l.Customer != "" {
			owners[order{customer: l.Customer, day: l.Day}] = l.Customer
		}
		if !in(l.Customer) {
			continue
		}
		v.Lines++
		v.Net = v.Net.Add(l.Amount)
		if l.Kind == clientele.Refund {
			v.Refunds = v.Refunds.Sub(l.Amount)
		} else {
			v.Gross = v.Gross.Add(l.Amount)
		}
		if l.Customer == "" {
			v.Unattributed = v.Unattributed.Add(l.Amount)
		}
	}
	for _, owner := range owners {
		v.Orders += count(in(owner))
	}
}

func sortedReasons(lines map[string]clientele.ReasonLine) []clientele.ReasonLine {
	return slices.SortedFunc(maps.Values(lines), func(a, b clientele.ReasonLine) int {
		return cmp.Or(
			cmp.Compare(count(a.Reason == clientele.UnknownReason), count(b.Reason == clientele.UnknownReason)),
			b.Money().Cmp(a.Money()), cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Reason, b.Reason))
	})
}

func count(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}
