package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/path"
)

func (c *command) observeJourneys(ctx context.Context, b *app.Book, r path.Request, f journeyFlags) error {
	o, err := b.Paths.Report(ctx, r)
	if err != nil || f.json {
		return c.orJSON(o, err)
	}
	page{c.out}.observed(o)
	return nil
}

// observed writes observed paths for people to read.
func (p page) observed(o clientele.PathReport) {
	if o.Period == nil {
		fmt.Fprintln(p, "Observed paths")
		p.note(o.Why)
		return
	}
	fmt.Fprintf(p, "Observed paths that began in %s\n\n", o.Period)
	if o.Why != "" {
		p.note(o.Why)
		return
	}
	p.line("paths", whole(o.Paths))
	p.line("customers", whole(o.Customers))
	p.line("different paths", whole(o.Distinct))
	p.line("steps a path", fmt.Sprintf("%.1f", *o.StepsPerPath))
	p.line("median time", hours(*o.MedianHours))
	p.line("a step came again", shareOf(o.Again, o.Paths))
	if o.Transfers != nil {
		p.line("transferred", shareOf(*o.Transferred, o.Paths))
	}
	if o.QueueShare != nil {
		p.line("time in queue", sharePercent(*o.QueueShare))
	}
	for _, w := range o.Warnings {
		p.note(w)
	}
	p.pathVariants(o)
	p.pathEdges(o)
	p.pathSteps(o)
	for _, d := range o.Drawn {
		p.drawnJourney(d)
	}
	p.pathSegments(o)
	p.section("What is counted", "")
	p.note(o.Rule)
	if o.WorthBy != "" {
		p.note("Worth is a mean of the customers who have bought. " + o.WorthBy + ".")
	}
	for _, l := range o.LeftOut {
		p.note(fmt.Sprintf("Left out: %s %s.", whole(l.N), l.Why))
	}
}

func sharePercent(f float64) string { return fmt.Sprintf("%.1f %%", 100*f) }

func shareOf(n, of int64) string {
	if of == 0 {
		return "—"
	}
	return sharePercent(float64(n) / float64(of))
}

// pathCells are the figures of some paths.
func pathCells(f clientele.PathFigures) []string {
	median, worth := "—", "—"
	if f.MedianHours != nil {
		median = hours(*f.MedianHours)
	}
	if f.Worth != nil {
		worth = f.Worth.Grouped(2)
	}
	return []string{whole(f.Paths), sharePercent(f.Share), whole(f.Customers), median, worth}
}

var pathColumns = []string{"paths", "share", "customers", "median time", "worth"}

func (p page) pathVariants(o clientele.PathReport) {
	p.section("The most frequent paths", "")
	var rows [][]string
	for _, v := range o.Variants {
		name := strings.Join(v.Steps, " › ")
		if v.More > 0 {
			name += fmt.Sprintf(" › and %d more", v.More)
		}
		rows = append(rows, append(pathCells(v.PathFigures), visible(name)))
	}
	if o.Rest.Paths > 0 {
		rows = append(rows, append(pathCells(o.Rest), fmt.Sprintf("%d others", o.Distinct-int64(len(o.Variants)))))
	}
	p.table(append(append([]string{}, pathColumns...), "steps"), rows, 5)
}

func (p page) pathEdges(o clientele.PathReport) {
	p.section("What follows on what", "")
	var rows [][]string
	for _, e := range o.Edges {
		rows = append(rows, []string{visible(e.From), visible(e.To), whole(e.Count), whole(e.Customers), sharePercent(e.Share), hours(e.Hours)})
	}
	p.table([]string{"from", "to", "times", "customers", "of from", "median between"}, rows, 0, 1)
}

func (p page) pathSteps(o clientele.PathReport) {
	p.section("Steps", "")
	var rows [][]string
	for _, s := range o.Steps {
		rows = append(rows, []string{visible(s.Name), whole(s.Visits), whole(s.Paths), whole(s.Again), whole(s.First), whole(s.Last), sharePercent(s.DropOff), whole(s.Open)})
	}
	p.table([]string{"step", "visits", "paths", "again", "first", "last", "drop-off", "may go on"}, rows, 0)
}

func (p page) drawnJourney(d clientele.DrawnJourney) {
	p.section("As drawn: "+visible(d.Name), "")
	p.line("paths that touch it", whole(d.Paths))
	p.line("in the order drawn", shareOf(d.InOrder, d.Paths))
	p.line("steps back", whole(d.Backward))
	p.line("steps not drawn in it", whole(d.Undrawn))
	var rows [][]string
	for _, s := range d.Steps {
		note := ""
		if !s.Seen {
			note = "nothing is recorded there"
		}
		rows = append(rows, []string{visible(s.Name), whole(s.Paths), whole(s.Skipped), note})
	}
	p.table([]string{"touchpoint", "paths", "skipped by", ""}, rows, 0, 3)
}

func (p page) pathSegments(o clientele.PathReport) {
	if o.By == "" {
		return
	}
	p.section("By "+visible(o.By), "")
	var rows [][]string
	for _, s := range o.Segments {
		rows = append(rows, append([]string{visible(s.Name)}, pathCells(s.PathFigures)...))
	}
	p.table(append([]string{o.By}, pathColumns...), rows, 0)
}
