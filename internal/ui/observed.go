package ui

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/policy"
)

// observedPage is the paths that customers took.
type observedPage struct {
	frame
	Crumbs   []choice
	Headline string
	Why      string
	Cautions []string
	Facts    []fact
	Flow     *flowPart // nil: there is nothing to draw
	Variants figTable
	Steps    figTable
	Drawn    []drawnPart
	Parts    *figTable
	Hidden   *caution
	Form     observedForm
	Notes    []string
}

// flowPart is the graph with its words and its table.
type flowPart struct {
	*chart.Flow
	Title, Subtitle, Summary string
	Table                    figTable
}

// drawnPart is a journey beside what was observed.
type drawnPart struct {
	Href  string
	Facts []fact
	Table figTable
}

// observedForm asks for other days or a split.
type observedForm struct {
	Path, From, To string
	Splits         []pick
}

// observedHref is where the paths of a journey, or all for "", are shown.
func observedHref(id string) string {
	if id == "" {
		return "/journeys/observed"
	}
	return partHref(journey.IsJourney, id) + "/observed"
}

// observed shows paths once they are added up, and has that done otherwise.
func (s *Site) observed(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	request := path.Request{Journey: r.PathValue("id"), By: q.Get("by")}
	if err := request.Between(q.Get("from"), q.Get("to")); err != nil {
		return err
	}
	o, ok, err := s.Paths.Ready(r.Context(), request)
	if err != nil {
		return err
	}
	if !ok {
		j, err := s.desk().Paths(r.Context(), request)
		return follow(w, r, j, err)
	}
	p := s.observedPage(v, o)
	p.Crumbs = []choice{{Name: "Journeys", Href: "/journeys"}}
	if request.Journey != "" {
		p.Crumbs = append(p.Crumbs, choice{Name: o.Journey, Href: partHref(journey.IsJourney, request.Journey)})
	}
	if p.Form, err = s.observedForm(v, request); err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "observed", p)
}

func (s *Site) observedForm(v visit, r path.Request) (f observedForm, err error) {
	f = observedForm{Path: observedHref(r.Journey), From: dayText(r.From), To: dayText(r.To)}
	splits := []string{""}
	if v.may(policy.ReadStatement) {
		attributes, err := s.Statements.Attributes(v.Context())
		if err != nil {
			return f, err
		}
		splits = append(splits, attributes...)
	}
	for _, by := range splits {
		f.Splits = append(f.Splits, pick{by, splitName(by), by == r.By})
	}
	return f, nil
}

func (s *Site) observedPage(v visit, o clientele.PathReport) observedPage {
	p := observedPage{frame: s.frame(v, "journeys", "Observed paths"), Headline: "No path is observed", Why: v.sentence(o.Why), Hidden: v.hidden(o.Hidden)}
	for _, w := range o.Warnings {
		p.Cautions = append(p.Cautions, v.sentence(w))
	}
	p.Notes = append(p.Notes, v.sentence(o.Rule))
	if o.WorthBy != "" {
		p.Notes = append(p.Notes, "Worth is a mean of the customers who have bought. "+v.sentence(o.WorthBy)+".")
	}
	for _, l := range o.LeftOut {
		p.Notes = append(p.Notes, fmt.Sprintf("Left out: %s %s.", v.int(l.N), v.sentence(l.Why)))
	}
	if o.Paths == 0 {
		return p
	}
	p.Headline = v.observedHeadline(o)
	p.Facts = v.observedFacts(o)
	p.Flow = v.flowPart(o)
	p.Variants, p.Steps = v.variantTable(o), v.pathStepTable(o)
	for _, d := range o.Drawn {
		p.Drawn = append(p.Drawn, v.drawnPart(d))
	}
	if o.By != "" {
		t := figTable{Title: "By " + splitName(o.By), Columns: append([]string{""}, pathColumns...)}
		for _, segment := range o.Segments {
			t.Rows = append(t.Rows, figRow{Name: segment.Name, Cells: v.pathCells(segment.PathFigures)})
		}
		p.Parts = &t
	}
	return p
}

func (v visit) observedHeadline(o clientele.PathReport) string {
	if o.Distinct == 1 {
		return "Everybody takes the same path"
	}
	return fmt.Sprintf("%s different paths; the most frequent is %s of all paths", v.int(o.Distinct), v.percent(o.Variants[0].Share))
}

func (v visit) observedFacts(o clientele.PathReport) []fact {
	facts := []fact{{"began", v.period(*o.Period)}, {"paths", v.int(o.Paths)}, {"customers", v.takers(o.Customers)}, {"steps a path", v.fixed(*o.StepsPerPath, 1)}, {"median time", v.hours(*o.MedianHours)},
		{"a step came again", v.percent(float64(o.Again) / float64(o.Paths))}}
	if o.Transferred != nil {
		facts = append(facts, fact{"transferred", v.percent(float64(*o.Transferred) / float64(o.Paths))})
	}
	if o.QueueShare != nil {
		facts = append(facts, fact{"time in queue", v.percent(*o.QueueShare)})
	}
	return facts
}

// takers is a number of customers who are known; where nobody is it cannot be told.
func (v visit) takers(customers int64) string {
	if customers == 0 {
		return none
	}
	return v.int(customers)
}

// mostDrawn is how many steps the graph has at most.
const mostDrawn = 14

// flowPart draws the most frequent steps in the order in which paths come to them.
func (v visit) flowPart(o clientele.PathReport) *flowPart {
	shown := slices.DeleteFunc(slices.Clone(o.Steps[:min(len(o.Steps), mostDrawn)]), func(s clientele.PathStep) bool { return 100*s.Visits < o.Steps[0].Visits })
	order := meanPlaces(o)
	slices.SortStableFunc(shown, func(a, b clientele.PathStep) int { return cmp.Compare(order[a.Name], order[b.Name]) })
	at := map[string]int{}
	var steps []chart.FlowStep
	for i, s := range shown {
		at[s.Name] = i
		steps = append(steps, chart.FlowStep{Name: s.Name, Note: v.int(s.Visits) + " · " + v.percent(s.DropOff) + " end here"})
	}
	f := &flowPart{Title: "What follows on what", Table: figTable{Title: "What follows on what", Columns: []string{"from and to", "times", "customers", "of from", "ends at from", "median between"}}}
	var links []chart.FlowLink
	for _, e := range o.Edges {
		f.Table.Rows = append(f.Table.Rows, figRow{Name: e.From + " → " + e.To, Cells: []fig{{Text: v.int(e.Count)}, {Text: v.takers(e.Customers)}, {Text: v.percent(e.Share)}, {Text: v.percent(e.DropOff)}, {Text: v.hours(e.Hours)}}})
		from, ok1 := at[e.From]
		to, ok2 := at[e.To]
		if ok1 && ok2 && 100*e.Count >= o.Edges[0].Count {
			links = append(links, chart.FlowLink{From: from, To: to, Count: e.Count, Title: fmt.Sprintf("%s → %s: %s times", e.From, e.To, v.int(e.Count))})
		}
	}
	f.Flow = chart.NewFlow(steps, links)
	f.Subtitle = fmt.Sprintf("The %s most frequent of %s steps, in the order in which paths come to them. The thicker an arc, the more often; on the right forward, on the left back. Arcs gone less than a hundredth as often as the thickest stand in the table alone.", v.int(int64(len(shown))), v.int(int64(len(o.Steps))))
	f.Summary = "No step follows on another."
	if len(o.Edges) > 0 {
		e := o.Edges[0]
		f.Summary = fmt.Sprintf("Most often %s is followed by %s, %s times.", e.From, e.To, v.int(e.Count))
	}
	return f
}

// meanPlaces is how far into the most frequent paths each step stands on average, 0 to 1;
// steps of none of them come last.
func meanPlaces(o clientele.PathReport) map[string]float64 {
	sums, weights := map[string]float64{}, map[string]float64{}
	for _, variant := range o.Variants {
		for i, name := range variant.Steps {
			sums[name] += float64(variant.Paths) * (float64(i) + .5) / float64(len(variant.Steps))
			weights[name] += float64(variant.Paths)
		}
	}
	out := map[string]float64{}
	for _, s := range o.Steps {
		out[s.Name] = 2
		if weights[s.Name] > 0 {
			out[s.Name] = sums[s.Name] / weights[s.Name]
		}
	}
	return out
}

// pathColumns are the figures of some paths.
var pathColumns = []string{"paths", "share", "customers", "median time", "mean worth"}

func (v visit) pathCells(f clientele.PathFigures) []fig {
	median, worth := none, none
	if f.MedianHours != nil {
		median = v.hours(*f.MedianHours)
	}
	if f.Worth != nil {
		worth = v.money(*f.Worth)
	}
	return []fig{{Text: v.int(f.Paths)}, {Text: v.percent(f.Share)}, {Text: v.takers(f.Customers)}, {Text: median}, {Text: worth}}
}

func (v visit) variantTable(o clientele.PathReport) figTable {
	t := figTable{Title: "The most frequent paths", Columns: append([]string{"steps"}, pathColumns...)}
	for _, variant := range o.Variants {
		name := strings.Join(variant.Steps, " › ")
		if variant.More > 0 {
			name += fmt.Sprintf(" › and %s more", v.int(int64(variant.More)))
		}
		t.Rows = append(t.Rows, figRow{Name: name, Note: v.unworthy(o, variant.PathFigures), Cells: v.pathCells(variant.PathFigures)})
	}
	if o.Rest.Paths > 0 {
		t.Rows = append(t.Rows, figRow{Name: v.int(o.Distinct-int64(len(o.Variants))) + " others", Cells: v.pathCells(o.Rest)})
	}
	t.Rows = append(t.Rows, figRow{Name: "all", Sum: true, Note: v.unworthy(o, o.PathFigures), Cells: v.pathCells(o.PathFigures)})
	return t
}

// unworthy says why there is no worth, unless that is so of all.
func (v visit) unworthy(o clientele.PathReport, f clientele.PathFigures) string {
	if o.WorthBy == "" {
		return ""
	}
	return v.sentence(f.WorthWhy)
}

func (v visit) pathStepTable(o clientele.PathReport) figTable {
	t := figTable{Title: "Steps", Columns: []string{"", "visits", "paths", "came again", "first", "last", "drop-off", "may go on"}}
	for _, s := range o.Steps {
		t.Rows = append(t.Rows, figRow{Name: s.Name, Cells: []fig{{Text: v.int(s.Visits)}, {Text: v.int(s.Paths)}, {Text: v.int(s.Again)}, {Text: v.int(s.First)}, {Text: v.int(s.Last)}, {Text: v.percent(s.DropOff)}, {Text: v.int(s.Open)}}})
	}
	return t
}

func (v visit) drawnPart(d clientele.DrawnJourney) drawnPart {
	inOrder := none
	if d.Paths > 0 {
		inOrder = v.percent(float64(d.InOrder) / float64(d.Paths))
	}
	p := drawnPart{
		Href:  partHref(journey.IsJourney, d.ID),
		Facts: []fact{{"paths that touch it", v.int(d.Paths)}, {"in the order drawn", inOrder}, {"steps back", v.int(d.Backward)}, {"steps not drawn in it", v.int(d.Undrawn)}},
		Table: figTable{Title: d.Name, Columns: []string{"touchpoint", "paths", "skipped by"}},
	}
	for _, s := range d.Steps {
		row := figRow{Name: s.Name, Cells: []fig{{Text: v.int(s.Paths)}, {Text: v.int(s.Skipped)}}}
		if !s.Seen {
			row.Note = "nothing is recorded there"
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	return p
}
