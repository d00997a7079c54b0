package path

import (
	"fmt"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// builder makes a report.
type builder struct {
	query   warehouse.PathQuery
	asked   Request
	drawn   []Drawn
	unworth string // why worth cannot be told
	report  clientele.PathReport
}

func newBuilder(r Request, drawn []Drawn) *builder {
	b := &builder{asked: r, drawn: drawn, report: clientele.PathReport{
		By: r.By, GapDays: GapDays, Steps: []clientele.PathStep{}, Edges: []clientele.PathEdge{}, Variants: []clientele.PathVariant{},
		Drawn: []clientele.DrawnJourney{}, LeftOut: []clientele.MeasureLeftOut{}, Warnings: []string{},
		Rule: fmt.Sprintf("A path is the steps of one case of a customer; of what is in no case, the steps of a customer, and it ends where the next one begins more than %d days later. "+
			"A step is an interaction, by its touchpoint or else its kind, or an order. What began in the same second is in order of its names, and a day without a time begins at midnight.", GapDays),
	}}
	b.query = warehouse.PathQuery{GapDays: GapDays, Through: -1, By: r.By, Steps: warehouse.MaxSteps, Edges: mostEdges, Variants: mostVariants, Segments: mostSegments}
	for _, d := range drawn {
		b.query.Drawn = append(b.query.Drawn, d.Touchpoints)
	}
	if r.Journey != "" {
		b.query.Through, b.report.Journey = 0, drawn[0].Name
	}
	return b
}

// within holds the question to the days on record; false if it is about none of them.
func (b *builder) within(days clientele.Period) bool {
	heard := days
	if b.asked.From != nil {
		heard.From = max(heard.From, *b.asked.From)
	}
	if b.asked.To != nil {
		heard.To = min(heard.To, *b.asked.To)
	}
	if heard.To < heard.From {
		b.report.Why = fmt.Sprintf("The records reach from %s to %s, and hold nothing of the days that are asked about.", days.From, days.To)
		return false
	}
	b.report.Period, b.query.Period, b.query.Days = &heard, heard, days
	return true
}

// english writes counts with a comma between thousands.
var english = message.NewPrinter(language.English)

// fill puts into the report what was observed.
func (b *builder) fill(o warehouse.ObservedPaths) (err error) {
	r := &b.report
	if r.PathFigures, err = b.figures(o.Total, o.Total.Paths); err != nil {
		return err
	}
	if r.Rest, err = b.figures(o.Rest, o.Total.Paths); err != nil {
		return err
	}
	r.Distinct, r.Pruned = o.Distinct, clientele.PathPruned{Edges: o.EdgesLeft, Count: o.CountLeft, Steps: o.OtherSteps, Segments: o.SegmentsLeft}
	if o.LeftOut > 0 {
		r.LeftOut = append(r.LeftOut, clientele.MeasureLeftOut{N: o.LeftOut, Why: "interactions that name neither a customer nor a case: there is no telling what came after them"})
	}
	b.graph(o)
	for _, v := range o.Variants {
		out := clientele.PathVariant{Steps: v.Steps[:min(len(v.Steps), mostSteps)]}
		out.More = len(v.Steps) - len(out.Steps)
		if out.PathFigures, err = b.figures(v.PathSum, o.Total.Paths); err != nil {
			return err
		}
		r.Variants = append(r.Variants, out)
	}
	for _, s := range o.Segments {
		out := clientele.PathSegment{Name: s.Name}
		if out.PathFigures, err = b.figures(s.PathSum, o.Total.Paths); err != nil {
			return err
		}
		r.Segments = append(r.Segments, out)
	}
	b.beside(o.Drawn)
	b.warn(o)
	switch {
	case o.Total.Paths > 0:
	case b.query.Through >= 0:
		r.Why = "No path that began in these days came to a touchpoint of this journey. Records tell a touchpoint by its name: give touchpoints the names that records give them."
	default:
		r.Why = "No path began in these days."
	}
	return nil
}

// figures are what some paths of all add up to.
func (b *builder) figures(s warehouse.PathSum, all int64) (f clientele.PathFigures, err error) {
	f = clientele.PathFigures{Paths: s.Paths, Customers: s.Customers, Open: s.Open, Again: s.Again, Transferred: s.Handed, Transfers: s.Handovers, Valued: s.Valued}
	if s.Paths > 0 {
		f.Share = share(s.Paths, all)
		f.StepsPerPath, f.MedianHours = new(float64(s.Steps)/float64(s.Paths)), new(hours(s.Seconds))
	}
	if s.Waited != nil && *s.Lasted > 0 {
		f.QueueShare = new(*s.Waited / *s.Lasted)
	}
	switch {
	case b.query.Worth == nil:
		f.Valued, f.WorthWhy = 0, b.unworth
	case s.Valued == 0:
		f.WorthWhy = "None of them has bought anything."
	case s.Valued < fewest:
		f.Valued, f.WorthWhy = 0, fmt.Sprintf("Fewer than %d customers who have bought: it would tell what somebody is worth.", fewest)
	default:
		var mean clientele.Money
		mean, err = clientele.EstimateMoney(s.Worth / float64(s.Valued))
		f.Worth = &mean
	}
	return f, err
}

func share(of, all int64) float64 {
	if all == 0 {
		return 0
	}
	return float64(of) / float64(all)
}

func hours(seconds int64) float64 { return float64(seconds) / 3600 }

// graph fills in steps and edges.
func (b *builder) graph(o warehouse.ObservedPaths) {
	at := map[string]clientele.PathStep{}
	for _, s := range o.Steps {
		step := clientele.PathStep{Name: s.Name, Visits: s.Visits, Paths: s.Paths, Again: s.Again, First: s.First, Last: s.Last, Open: s.Open, DropOff: share(s.Last, s.Visits)}
		at[s.Name] = step
		b.report.Steps = append(b.report.Steps, step)
	}
	for _, e := range o.Edges {
		b.report.Edges = append(b.report.Edges, clientele.PathEdge{
			From: e.From, To: e.To, Count: e.Count, Customers: e.Customers, Share: share(e.Count, at[e.From].Visits), DropOff: at[e.From].DropOff, Hours: hours(e.Seconds),
		})
	}
}

// beside fills in what is drawn.
func (b *builder) beside(drawn []warehouse.DrawnPath) {
	for i, d := range drawn {
		out := clientele.DrawnJourney{ID: b.drawn[i].ID, Name: b.drawn[i].Name, Paths: d.Paths, InOrder: d.InOrder, Backward: d.Backward, Undrawn: d.Undrawn}
		for _, s := range d.Steps {
			out.Steps = append(out.Steps, clientele.DrawnStep(s))
		}
		b.report.Drawn = append(b.report.Drawn, out)
	}
}

// warn says what bears on the figures.
func (b *builder) warn(o warehouse.ObservedPaths) {
	say := func(format string, args ...any) {
		b.report.Warnings = append(b.report.Warnings, english.Sprintf(format, args...))
	}
	p := b.report.Pruned
	if p.Steps > 0 {
		say("%d names of steps, the least frequent, count as one, %s.", p.Steps, warehouse.OtherSteps)
	}
	if p.Edges > 0 {
		say("%d edges, gone %d times together, are not shown apart.", p.Edges, p.Count)
	}
	if p.Segments > 0 {
		say("%d segments, with the fewest paths, are not shown apart.", p.Segments)
	}
	if o.Total.Paths > 0 && o.Total.Customers == 0 {
		say("No step names a customer: paths are cases, and how many customers took them cannot be told.")
	}
	if o.Total.Paths > 0 && o.Total.Handovers == nil {
		say("No interaction names its agent: transfers cannot be told.")
	}
	if o.Total.Paths > 0 && o.Total.Waited == nil {
		say("No interaction has an end: how much of the time was spent in a queue cannot be told.")
	}
	if o.Total.Open > 0 {
		say("%d paths may go on: their last step began within %d days of the end of the records. They are no drop-off.", o.Total.Open, GapDays)
	}
}
