package simulate

import (
	"strconv"

	"github.com/clientele/clientele"
)

// order writes the lines of one order, of the guest order that now and then
// comes beside it, and of its return.
func (w *writer) order(say sampler, p person, id string, o order, t *Truth) {
	customer := p.id
	if p.index%211 == 7 {
		customer += " " // as some tills write it: the same customer
	}
	w.lines(say, id, customer, o, t)
	if o.guest {
		guest := order{day: o.day, minute: 8*60 + say.IntN(14*60), cents: 500 + int64(say.IntN(6000)), product: say.IntN(len(products))}
		w.lines(say, "G"+id, "", guest, t)
	}
	if back := o.day + clientele.Date(o.refund); o.refund > 0 && back <= t.To {
		w.tables[clientele.Transactions].write("R"+id, "1", clock(back, o.minute), customer, products[o.product], "web", "-1", money(-o.cents), t.Currency)
		t.Lines++
	}
}

// lines splits an order into up to three lines that add up to it.
func (w *writer) lines(say sampler, id, customer string, o order, t *Truth) {
	channel := [...]string{"web", "app", "shop"}[say.pick(6, 3, 1)]
	left := o.cents
	for line, last := 1, 1+say.pick(6, 3, 1); line <= last; line++ {
		part := left
		if line < last {
			part = left * int64(30+say.IntN(40)) / 100
		}
		left -= part
		product := products[(o.product+line-1)%len(products)]
		w.tables[clientele.Transactions].write(id, strconv.Itoa(line), clock(o.day, o.minute), customer, product, channel,
			strconv.Itoa(1+say.pick(7, 2, 1)), money(part), t.Currency)
		t.Lines++
	}
}

// delivery writes how the order arrived, and the call that a late one often causes.
func (w *writer) delivery(say sampler, p person, id string, o order, last clientele.Date) {
	promised := o.day + 3
	actual := promised - clientele.Date(say.IntN(2)) + clientele.Date(o.late)
	if actual > last {
		return
	}
	outcome, problem := "delivered", ""
	switch {
	case o.late > 0:
		problem = "late delivery"
	case say.Float64() < 0.01:
		outcome, problem = "returned to sender", "failed delivery"
	}
	table := w.tables[clientele.Interactions]
	at := 9*60 + say.IntN(9*60)
	table.write("D"+id, p.id, id, "delivery", "parcel", clock(o.day+1, at), promised.String(), actual.String(), outcome, problem, "carrier")
	if problem != "" && actual < last && say.Float64() < 0.4 {
		table.write("K"+id, p.id, id, "service", "contact", clock(actual+1, at), "", "", [...]string{"resolved", "open"}[say.pick(4, 1)], "",
			[...]string{"phone", "mail", "chat"}[say.pick(3, 4, 2)])
	}
}

// survey writes the answer that one order in twelve gets; late orders get low scores.
func (w *writer) survey(say sampler, p person, id string, o order, last clientele.Date) {
	day := o.day + clientele.Date(6+o.late)
	if day > last || say.Float64() > 1.0/12 {
		return
	}
	score, text := 10-say.pick(4, 4, 3, 2, 1, 1), praise[say.IntN(len(praise))]
	if o.late > 0 {
		score, text = 8-say.pick(1, 2, 2, 2, 1, 1, 1, 1, 1), complaint[say.IntN(len(complaint))]
	}
	w.tables[clientele.Feedback].write("F"+id, p.id, id, clock(day, 18*60+say.IntN(4*60)), "delivery", "nps", strconv.Itoa(score), "0", "10", text)
}

// reasons writes why some came (two in five) and why some left (three in ten).
func (w *writer) reasons(say sampler, p person, last clientele.Date) {
	table := w.tables[clientele.Reasons]
	if say.Float64() < 0.4 {
		table.write(p.id, p.orders[0].day.String(), "in", joinReasons[p.attributes[2]], "survey", "0.8")
	}
	final := p.orders[len(p.orders)-1]
	day := final.day + clientele.Date(20+say.IntN(160))
	if !p.left || day > last || say.Float64() > 0.3 {
		return
	}
	reason := leaveReasons[say.pick(5, 4, 2, 3, 1)]
	if final.late > 0 {
		reason = lateReason
	}
	table.write(p.id, day.String(), "out", reason, "form", "")
}
