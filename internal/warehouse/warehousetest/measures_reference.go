package warehousetest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/score"
)

// counted is one row as a measure sees it: n is how many it counts as.
type counted struct {
	day                           clientele.Date
	customer, touchpoint, dayLate string
	n                             int64
	w, wx                         float64
	left                          warehouse.LeftOut
}

var instrumentScales = map[warehouse.Measured][2]int{
	warehouse.NPSAnswers: {0, 10}, warehouse.CSATAnswers: {}, warehouse.CESAnswers: {1, 7}, warehouse.RatingAnswers: {1, 5},
}

// sums adds rows up by their definitions.
func (v voices) sums(q warehouse.MeasureQuery) []warehouse.MeasureSum {
	var rows []counted
	switch q.Of {
	case warehouse.Promises:
		rows = v.promises(q)
	case warehouse.LastContacts, warehouse.RepeatedContacts:
		rows = v.repeats(q)
	case warehouse.Handovers:
		rows = v.handovers(q)
	case warehouse.Problems:
		for _, c := range v.at(q.Touchpoint) {
			rows = append(rows, c.row(c.problem != ""))
		}
	case warehouse.Complaints:
		rows = v.complaints(q)
	case warehouse.Refunds:
		for _, l := range v.lines {
			switch l.Kind {
			case clientele.Sale:
				rows = append(rows, counted{day: l.Day, customer: l.Customer, n: 1, w: l.Amount.Float64()})
			case clientele.Refund:
				rows = append(rows, counted{day: l.Day, customer: l.Customer, n: 1, wx: -l.Amount.Float64()})
			}
		}
	default:
		rows = v.answers(q)
	}
	return v.addUp(q, rows)
}

// at are the interactions at a touchpoint, in order of time.
func (v voices) at(touchpoint string) (out []contact) {
	for _, c := range v.contacts {
		if touchpoint == "" || c.touchpoint == touchpoint {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b contact) int {
		return cmp.Or(cmp.Compare(a.day(), b.day()), cmp.Compare(a.clock(), b.clock()))
	})
	return out
}

// clock orders interactions of a day: those of which the day alone is known come first.
func (c contact) clock() time.Duration {
	if c.at.Equal(c.day().Time()) {
		return -1
	}
	return c.at.Sub(c.day().Time())
}

func (c contact) row(yes bool) counted {
	r := counted{day: c.day(), customer: c.customer, touchpoint: c.touchpoint, n: 1, w: float64(c.weight)}
	if yes {
		r.wx = r.w
	}
	return r
}

func (v voices) promises(q warehouse.MeasureQuery) (rows []counted) {
	for _, c := range v.at(q.Touchpoint) {
		if c.promised.IsZero() {
			continue
		}
		due := c.promised
		if due.Equal(clientele.DateOf(due).Time()) {
			due = due.Add(24*time.Hour - 1)
		}
		r := c.row(!c.actual.IsZero() && !c.actual.After(due))
		r.day = clientele.DateOf(c.promised)
		if r.day > q.Days.To {
			r.left = warehouse.NotDue
		}
		rows = append(rows, r)
	}
	return rows
}

func (c contact) matter() [4]string {
	if c.caseID != "" {
		return [4]string{c.customer, c.caseID}
	}
	return [4]string{c.customer, "", c.touchpoint + "/", c.kind}
}

func (v voices) repeats(q warehouse.MeasureQuery) (rows []counted) {
	all := v.at(q.Touchpoint)
	last := q.Of == warehouse.LastContacts
	if last {
		slices.Reverse(all)
	}
	near := map[[4]string]clientele.Date{}
	for _, c := range all {
		before, ok := near[c.matter()]
		near[c.matter()] = c.day()
		gap := int(c.day() - before)
		r := c.row((ok && max(gap, -gap) <= q.Within) != last)
		within := clientele.Date(q.Within)
		switch {
		case c.caseID == "" && c.customer == "":
			r.left = warehouse.NoMatter
		case last && c.day()+within > q.Days.To:
			r.left = warehouse.TooRecent
		case !last && c.day()-within < q.Days.From:
			r.left = warehouse.TooEarly
		}
		rows = append(rows, r)
	}
	return rows
}

func (v voices) handovers(q warehouse.MeasureQuery) (rows []counted) {
	agents := map[[4]string]string{}
	for _, c := range v.at(q.Touchpoint) {
		r := c.row(false)
		switch {
		case c.caseID == "" && c.agent == "":
			continue
		case c.caseID == "":
			r.left = warehouse.NoCase
		case c.agent == "":
			r.left = warehouse.NoAgent
		default:
			before := agents[c.matter()]
			agents[c.matter()] = c.agent
			if before == "" {
				continue
			}
			r = c.row(before != c.agent)
		}
		rows = append(rows, r)
	}
	return rows
}

func (v voices) complaints(q warehouse.MeasureQuery) (rows []counted) {
	for _, c := range v.at(q.Touchpoint) {
		if c.kind == "Complaint" {
			rows = append(rows, counted{day: c.day(), customer: c.customer, n: 1, wx: 1})
		}
	}
	type order struct {
		id, customer string
		day          clientele.Date
	}
	orders := map[order]*counted{}
	for _, l := range v.lines {
		if l.Kind != clientele.Sale || l.Order == "" && l.Customer == "" {
			continue
		}
		key := order{id: l.Order}
		if l.Order == "" {
			key = order{"", l.Customer, l.Day}
		}
		o := orders[key]
		if o == nil {
			o = &counted{day: l.Day, customer: l.Customer, w: 1}
			orders[key] = o
		}
		o.day = min(o.day, l.Day)
		if o.customer == "" || l.Customer != "" && l.Customer < o.customer {
			o.customer = l.Customer
		}
	}
	for _, o := range orders {
		rows = append(rows, *o)
	}
	return rows
}

func (v voices) answers(q warehouse.MeasureQuery) (rows []counted) {
	for _, a := range v.responses {
		if a.instrument != string(q.Of) || q.Touchpoint != "" && a.touchpoint != q.Touchpoint {
			continue
		}
		r := counted{day: a.day, customer: a.customer, touchpoint: a.touchpoint, n: 1, w: float64(a.weight), dayLate: clientele.UnknownSegment}
		if d, ok := v.delivery(a.order); ok {
			r.w *= float64(d.weight)
			r.dayLate = ""
			if !d.actual.IsZero() {
				r.dayLate = strconv.Itoa(min(30, max(-30, int(clientele.DateOf(d.actual)-clientele.DateOf(d.promised)))))
			}
		}
		if r.w == 0 {
			r.n = 0
		}
		r.left, r.wx = a.value(q.Of)
		r.wx *= r.w
		rows = append(rows, r)
	}
	return rows
}

func (a response) value(of warehouse.Measured) (warehouse.LeftOut, float64) {
	scale := instrumentScales[of]
	if of == warehouse.CSATAnswers && a.scale-a.low >= 2 {
		scale = [2]int{a.low, a.scale}
	}
	switch {
	case a.notApplicable:
		return warehouse.NotApplicable, 0
	case a.score < 0:
		return warehouse.NoScore, 0
	case a.scale == 0:
		return warehouse.NoScale, 0
	case scale != [2]int{a.low, a.scale}:
		return warehouse.OtherScale, 0
	case a.score < a.low || a.score > a.scale:
		return warehouse.OutsideScale, 0
	}
	promoter := map[bool]float64{true: 1}
	switch of {
	case warehouse.NPSAnswers:
		return "", promoter[a.score >= 9] - promoter[a.score <= 6]
	case warehouse.CSATAnswers:
		return "", promoter[a.score >= a.scale-1]
	}
	return "", float64(a.score)
}

// delivery is the interaction that an order was delivered by: the one promised last.
func (v voices) delivery(order string) (d contact, ok bool) {
	for i, c := range v.contacts {
		if c.promised.IsZero() || order == "" || order != strconv.Itoa(i) && order != c.caseID {
			continue
		}
		if !ok || later(c, d) {
			d, ok = c, true
		}
	}
	return d, ok
}

// later says whether a is the delivery rather than b: promised later, else delivered, and
// that earlier, else of less weight.
func later(a, b contact) bool {
	switch {
	case !a.promised.Equal(b.promised):
		return a.promised.After(b.promised)
	case a.actual.Equal(b.actual):
		return a.weight < b.weight
	}
	return !a.actual.IsZero() && (b.actual.IsZero() || a.actual.Before(b.actual))
}

// place is the index of the period of a day, −1 if it lies in none.
func place(q warehouse.MeasureQuery, day clientele.Date) int {
	return slices.IndexFunc(q.Periods, func(p clientele.Period) bool { return p.From <= day && day <= p.To })
}

func (v voices) segment(q warehouse.MeasureQuery, r counted) string {
	switch q.By {
	case "":
		return ""
	case warehouse.ByTouchpoint:
		return cmp.Or(r.touchpoint, clientele.UnknownSegment)
	case warehouse.ByDaysLate:
		return r.dayLate
	}
	if r.customer == "" {
		return clientele.NoCustomerSegment
	}
	return cmp.Or(v.attributes[r.customer], clientele.UnknownSegment)
}

func (v voices) addUp(q warehouse.MeasureQuery, rows []counted) (out []warehouse.MeasureSum) {
	type key struct {
		period  int
		segment string
		left    warehouse.LeftOut
	}
	by := map[key]score.Sums{}
	for _, r := range rows {
		k := key{place(q, r.day), v.segment(q, r), r.left}
		if k.period < 0 {
			continue
		}
		s := score.Sums{N: r.n, W: r.w, W2: r.w * r.w}
		if r.left == warehouse.Counts {
			s.X = r.wx
		}
		if r.w > 0 {
			s.X2 = s.X * s.X / r.w
		}
		by[k] = by[k].Add(s)
	}
	for k, s := range by {
		out = append(out, warehouse.MeasureSum{Period: k.period, Segment: k.segment, LeftOut: k.left, Sums: s})
	}
	slices.SortFunc(out, compareSums)
	return out
}

func compareSums(a, b warehouse.MeasureSum) int {
	return cmp.Or(cmp.Compare(a.Period, b.Period), strings.Compare(a.Segment, b.Segment), cmp.Compare(a.LeftOut, b.LeftOut))
}

// durations counts matters by their definition.
func (v voices) durations(q warehouse.MeasureQuery) (out []warehouse.Duration) {
	heard := time.Time{}
	for _, c := range v.contacts {
		for _, at := range []time.Time{c.at, c.end} {
			if at.After(heard) && (at.Equal(c.at) || clientele.DateOf(at) <= q.Days.To) {
				heard = at
			}
		}
	}
	matters := map[[4]string][]contact{}
	for i, c := range v.at(q.Touchpoint) {
		key := [4]string{c.customer, c.caseID}
		if c.caseID == "" {
			key = [4]string{strconv.Itoa(i), "alone"}
		}
		matters[key] = append(matters[key], c)
	}
	type key struct {
		period  int
		segment string
		left    warehouse.LeftOut
		minutes int64
		ended   bool
	}
	by := map[key]score.Sums{}
	for _, m := range matters {
		k, w := key{}, 0.0
		began, ended := m[0].at, time.Time{}
		for _, c := range m {
			if c.at.Equal(m[len(m)-1].at) && !c.end.IsZero() {
				ended = c.end
			}
			w = max(w, float64(c.weight))
		}
		if !ended.IsZero() {
			for _, c := range m {
				if c.end.After(ended) {
					ended = c.end
				}
			}
		}
		k.period, k.segment = place(q, clientele.DateOf(began)), v.segment(q, counted{customer: m[0].customer, touchpoint: firstKnown(m)})
		k.ended = !ended.IsZero() && !ended.After(heard)
		switch {
		case k.period < 0:
			continue
		case !ended.IsZero() && ended.Before(began):
			k.left = warehouse.EndsFirst
		case k.ended:
			k.minutes = onGrid(ended.Sub(began))
		default:
			k.minutes = onGrid(heard.Sub(began))
		}
		by[k] = by[k].Add(score.Sums{N: 1, W: w, W2: w * w})
	}
	for k, s := range by {
		out = append(out, warehouse.Duration{MeasureSum: warehouse.MeasureSum{Period: k.period, Segment: k.segment, LeftOut: k.left, Sums: s}, Minutes: k.minutes, Ended: k.ended})
	}
	slices.SortFunc(out, func(a, b warehouse.Duration) int {
		ended := map[bool]int{true: 1}
		return cmp.Or(compareSums(a.MeasureSum, b.MeasureSum), cmp.Compare(a.Minutes, b.Minutes), ended[a.Ended]-ended[b.Ended])
	})
	return out
}

// firstKnown is the touchpoint at which a matter began, as far as it is known.
func firstKnown(m []contact) string {
	for _, c := range m {
		if c.touchpoint != "" {
			return c.touchpoint
		}
	}
	return ""
}
