package warehousetest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// walked is a step of a path.
type walked struct {
	name, agent string
	at          time.Time
	took        time.Duration // 0: not known
}

// walk is a path.
type walk struct {
	customer string
	steps    []walked
}

func (w walk) names() (names []string) {
	for _, s := range w.steps {
		names = append(names, s.name)
	}
	return names
}

func (w walk) first() time.Time { return w.steps[0].at }
func (w walk) last() time.Time  { return w.steps[len(w.steps)-1].at }

// walks are the paths of a book, by their definition.
func (v voices) walks(q warehouse.PathQuery) (out []walk, leftOut int64) {
	type trace struct{ customer, caseID string }
	traces, cases := map[trace][]walked{}, map[trace]bool{}
	for _, c := range v.contacts {
		switch at := (trace{c.customer, c.caseID}); {
		case c.day() > q.Days.To:
		case at == trace{}:
			leftOut++
		default:
			s := walked{name: cmp.Or(c.touchpoint, c.kind, warehouse.UnknownStep), agent: c.agent, at: c.at, took: max(0, c.end.Sub(c.at))}
			traces[at] = append(traces[at], s)
			cases[at] = c.caseID != ""
		}
	}
	for at, l := range v.orders(q.Days.To) {
		to := trace{at.customer, at.order}
		if !cases[to] {
			to.caseID = ""
		}
		traces[to] = append(traces[to], walked{name: warehouse.OrderStep, at: l.Time()})
	}
	for at, steps := range traces {
		slices.SortFunc(steps, func(a, b walked) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.name, b.name), cmp.Compare(a.agent, b.agent), cmp.Compare(a.took, b.took))
		})
		from := 0
		for i := range steps {
			end := i+1 == len(steps) || at.caseID == "" && steps[i+1].at.Sub(steps[i].at) > time.Duration(q.GapDays)*24*time.Hour
			if end {
				out = append(out, walk{at.customer, steps[from : i+1]})
				from = i + 1
			}
		}
	}
	return slices.DeleteFunc(out, func(w walk) bool {
		began := clientele.DateOf(w.first())
		return began < q.Period.From || began > q.Period.To || q.Through >= 0 && !slices.ContainsFunc(w.names(), func(n string) bool { return slices.Contains(q.Drawn[q.Through], n) })
	}), leftOut
}

// bought names an order.
type bought struct {
	customer, order string
	day             clientele.Date // of one without an id
}

// orders are the orders of customers, with their first days.
func (v voices) orders(to clientele.Date) map[bought]clientele.Date {
	out := map[bought]clientele.Date{}
	for _, l := range v.lines {
		if l.Kind != clientele.Sale || l.Customer == "" || l.Day > to {
			continue
		}
		at := bought{l.Customer, l.Order, 0}
		if l.Order == "" {
			at.day = l.Day
		}
		if day, ok := out[at]; !ok || l.Day < day {
			out[at] = l.Day
		}
	}
	return out
}

// paths adds walks up.
func (v voices) paths(q warehouse.PathQuery) (out warehouse.ObservedPaths) {
	all, left := v.walks(q)
	out.LeftOut = left
	out.Cased = slices.ContainsFunc(v.contacts, func(c contact) bool { return c.caseID != "" && c.day() <= q.Days.To })
	out.Total = v.pathSum(q, all)
	variants, segments := map[string][]walk{}, map[string][]walk{}
	for _, w := range all {
		variants[strings.Join(w.names(), "\x00")] = append(variants[strings.Join(w.names(), "\x00")], w)
		segments[v.segmentOf(w.customer)] = append(segments[v.segmentOf(w.customer)], w)
	}
	out.Distinct = int64(len(variants))
	var rest []walk
	for i, name := range byCount(variants) {
		if i < q.Variants {
			out.Variants = append(out.Variants, warehouse.PathVariant{Steps: strings.Split(name, "\x00"), PathSum: v.pathSum(q, variants[name])})
		} else {
			rest = append(rest, variants[name]...)
		}
	}
	out.Rest = v.pathSum(q, rest)
	for i, name := range byCount(segments) {
		if q.By != "" && i < q.Segments {
			out.Segments = append(out.Segments, warehouse.PathSegment{Name: name, PathSum: v.pathSum(q, segments[name])})
		} else if q.By != "" {
			out.SegmentsLeft++
		}
	}
	out.Steps, out.Edges = v.graph(q, all)
	for _, e := range out.Edges[min(len(out.Edges), q.Edges):] {
		out.EdgesLeft, out.CountLeft = out.EdgesLeft+1, out.CountLeft+e.Count
	}
	out.Edges = out.Edges[:min(len(out.Edges), q.Edges)]
	for _, d := range q.Drawn {
		out.Drawn = append(out.Drawn, v.drawn(q, all, d))
	}
	return out
}

func (v voices) segmentOf(customer string) string {
	if customer == "" {
		return clientele.NoCustomerSegment
	}
	return cmp.Or(v.attributes[customer], clientele.UnknownSegment)
}

// byCount orders groups by how many they hold, then by their names, step by step.
func byCount(groups map[string][]walk) []string {
	return slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), slices.Compare(strings.Split(a, "\x00"), strings.Split(b, "\x00")))
	})
}

// pathSum is what some walks add up to.
func (v voices) pathSum(q warehouse.PathQuery, all []walk) (s warehouse.PathSum) {
	if len(all) == 0 {
		return s
	}
	known := map[string]bool{}
	var spans []int64
	var handovers, handed int64
	var waited, lasted float64
	for _, w := range all {
		known[w.customer] = w.customer != ""
		s.Paths++
		s.Steps += int64(len(w.steps))
		s.Open += one(v.open(q, w))
		names := w.names()
		s.Again += one(len(slices.Compact(slices.Sorted(slices.Values(names)))) < len(names))
		spans = append(spans, int64(w.last().Sub(w.first()).Seconds()))
		changes := int64(0)
		before := ""
		for i, step := range w.steps {
			if step.agent != "" {
				changes += one(before != "" && step.agent != before)
				before = step.agent
			}
			if i > 0 {
				waited += between(w.steps[i-1], step)
			}
		}
		handovers, handed = handovers+changes, handed+one(changes > 0)
		lasted += w.last().Add(w.steps[len(w.steps)-1].took).Sub(w.first()).Seconds()
	}
	for _, is := range known {
		s.Customers += one(is)
	}
	s.Seconds = middle(spans)
	s.Handovers, s.Handed, s.Waited, s.Lasted = &handovers, &handed, &waited, &lasted
	for customer := range known {
		if net, ok := v.net(customer, q); ok {
			s.Valued, s.Worth = s.Valued+1, s.Worth+net
		}
	}
	return s
}

// net is what a customer who has bought has brought, at the margin that is asked about.
func (v voices) net(customer string, q warehouse.PathQuery) (sum float64, ok bool) {
	if q.Worth == nil || customer == "" {
		return 0, false
	}
	for _, l := range v.lines {
		if l.Customer == customer && l.Day <= q.Worth.AsOf {
			sum, ok = sum+l.Amount.Float64()*q.Worth.Margin, ok || l.Kind == clientele.Sale
		}
	}
	return sum, ok
}

func (v voices) open(q warehouse.PathQuery, w walk) bool {
	return w.last().After((q.Days.To + 1 - clientele.Date(q.GapDays)).Time())
}

func between(before, after walked) float64 {
	return max(0, after.at.Sub(before.at.Add(before.took)).Seconds())
}

func middle(all []int64) int64 {
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}

// graph is the steps and the edges between them.
func (v voices) graph(q warehouse.PathQuery, all []walk) (steps []warehouse.PathStep, edges []warehouse.PathEdge) {
	nodes := map[string]*warehouse.PathStep{}
	type edge struct{ from, to string }
	times, takers := map[edge][]int64{}, map[edge]map[string]bool{}
	for _, w := range all {
		times0 := map[string]int{}
		for i, s := range w.steps {
			if nodes[s.name] == nil {
				nodes[s.name] = &warehouse.PathStep{Name: s.name}
			}
			nodes[s.name].Visits++
			if times0[s.name]++; times0[s.name] == 1 {
				nodes[s.name].Paths++
			} else if times0[s.name] == 2 {
				nodes[s.name].Again++
			}
			if i > 0 {
				e := edge{w.steps[i-1].name, s.name}
				times[e] = append(times[e], int64(between(w.steps[i-1], s)))
				if takers[e] == nil {
					takers[e] = map[string]bool{}
				}
				takers[e][w.customer] = true
			}
		}
		nodes[w.steps[0].name].First++
		if last := nodes[w.steps[len(w.steps)-1].name]; v.open(q, w) {
			last.Open++
		} else {
			last.Last++
		}
	}
	for _, n := range nodes {
		steps = append(steps, *n)
	}
	for e, all := range times {
		delete(takers[e], "")
		edges = append(edges, warehouse.PathEdge{From: e.from, To: e.to, Count: int64(len(all)), Customers: int64(len(takers[e])), Seconds: middle(all)})
	}
	slices.SortFunc(steps, func(a, b warehouse.PathStep) int {
		return cmp.Or(cmp.Compare(b.Visits, a.Visits), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(edges, func(a, b warehouse.PathEdge) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return steps, edges
}

// drawn holds a journey against walks.
func (v voices) drawn(q warehouse.PathQuery, all []walk, names []string) (d warehouse.DrawnPath) {
	at := map[string]int{}
	for i, name := range names {
		seen := slices.ContainsFunc(v.contacts, func(c contact) bool {
			return (c.customer != "" || c.caseID != "") && c.day() <= q.Days.To && cmp.Or(c.touchpoint, c.kind, warehouse.UnknownStep) == name
		})
		if seen {
			at[name] = i
		}
		d.Steps = append(d.Steps, warehouse.DrawnStep{Name: name, Seen: seen})
	}
	for _, w := range all {
		furthest, before, inOrder, met := -1, -1, true, map[string]bool{}
		var backward, undrawn int64
		for i, name := range w.names() {
			place, ok := at[name]
			if !ok {
				undrawn++
				continue
			}
			met[name] = true
			inOrder, before, furthest = inOrder && place > before, place, max(furthest, place)
			if i > 0 {
				last, ok := at[w.steps[i-1].name]
				backward += one(ok && place < last)
			}
		}
		if furthest < 0 {
			continue
		}
		d.Paths, d.InOrder, d.Backward, d.Undrawn = d.Paths+1, d.InOrder+one(inOrder), d.Backward+backward, d.Undrawn+undrawn
		for i := range d.Steps {
			s := &d.Steps[i]
			s.Paths += one(met[s.Name])
			s.Skipped += one(s.Seen && furthest > i && !met[s.Name])
		}
	}
	return d
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
