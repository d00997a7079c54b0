package measure

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/retention"
	"github.com/clientele/clientele/model/score"
)

// figure is a measure of one period or segment, before it is rounded into words.
type figure struct {
	score.Sums
	score.Estimate // in the unit of the measure
	why            string
}

// builder makes a report.
type builder struct {
	entry  entry
	query  warehouse.MeasureQuery
	asked  clientele.Period
	report clientele.MeasureReport
}

func newBuilder(e entry, r Request) *builder {
	b := &builder{entry: e, report: clientele.MeasureReport{
		Definition: e.MeasureDefinition, Touchpoint: r.Touchpoint, By: r.By,
		LeftOut: []clientele.MeasureLeftOut{}, Signals: []clientele.MeasureSignal{}, Warnings: []string{},
		Series: clientele.MeasureSeries{Chart: e.named, Points: []clientele.MeasurePoint{}, Rules: []string{}},
	}}
	b.asked = clientele.Period{From: math.MinInt32, To: math.MaxInt32}
	if r.From != nil {
		b.asked.From = *r.From
	}
	if r.To != nil {
		b.asked.To = *r.To
	}
	if e.within {
		b.report.Within = cmp.Or(r.Within, DefaultWithin)
	}
	b.query = warehouse.MeasureQuery{Of: e.of, Touchpoint: r.Touchpoint, Within: b.report.Within}
	return b
}

// build measures the days that are asked about, as far as the records reach.
func (b *builder) build(ctx context.Context, w warehouse.Measures, settings clientele.Settings, days clientele.Period) error {
	heard := clientele.Period{From: max(days.From, b.asked.From), To: min(days.To, b.asked.To)}
	if heard.To < heard.From {
		b.report.Why = fmt.Sprintf("The records reach from %s to %s, and hold nothing of the days that are asked about.", days.From, days.To)
		return nil
	}
	b.report.Period, b.query.Days = &heard, days
	grid, err := gridOf(settings, heard)
	if err != nil {
		return err
	}
	c, err := b.count(ctx, w, grid.periods, "")
	if err != nil {
		return err
	}
	if err := b.total(c); err != nil {
		return err
	}
	if err := b.series(c, grid); err != nil || b.report.By == "" {
		return err
	}
	if c, err = b.count(ctx, w, []clientele.Period{heard}, b.report.By); err != nil {
		return err
	}
	return b.segments(c)
}

// counted is what came up for some periods, by period and segment.
type counted struct {
	parts   map[place]part
	left    map[warehouse.LeftOut]int64
	instant int64 // matters that ended as they began
}

type place struct {
	period  int
	segment string
}

// part is what a figure is made of.
type part struct {
	score.Sums
	spells []retention.Spell // of matters: hours, and how many took so long
	ended  bool              // at least one of them has
}

// whole is all parts together.
func (c counted) whole() (all part) {
	for _, p := range c.parts {
		all.Sums = all.Sums.Add(p.Sums)
		all.spells, all.ended = append(all.spells, p.spells...), all.ended || p.ended
	}
	return all
}

// unknown is the estimate of nothing.
var unknown = score.Estimate{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}

// count adds up some periods, split by By.
func (b *builder) count(ctx context.Context, w warehouse.Measures, periods []clientele.Period, by string) (counted, error) {
	q := b.query
	q.Periods, q.By = periods, by
	if b.entry.of == warehouse.Matters {
		return durations(ctx, w, q)
	}
	sums, err := w.Measure(ctx, q)
	if err != nil {
		return counted{}, err
	}
	out := counted{parts: map[place]part{}, left: map[warehouse.LeftOut]int64{}}
	for _, s := range sums {
		if s.LeftOut != warehouse.Counts {
			out.left[s.LeftOut] += s.N
			continue
		}
		at := place{s.Period, segmentName(by, s.Segment)}
		out.parts[at] = part{Sums: out.parts[at].Sums.Add(s.Sums)}
	}
	return out, nil
}

// figures estimates parts, and blanks what is not to be seen.
func (b *builder) figures(parts ...part) ([]figure, error) {
	out := make([]figure, len(parts))
	for i, p := range parts {
		out[i] = figure{Sums: p.Sums, Estimate: unknown}
		var err error
		switch {
		case p.N == 0 && p.W == 0:
		case b.entry.of == warehouse.Matters:
			out[i].Estimate, out[i].why, err = p.median()
		default:
			out[i].Estimate = b.scaled(b.entry.estimate(p.Sums))
		}
		if err != nil {
			return nil, err
		}
	}
	b.guarded(out)
	return out, nil
}

func (b *builder) scaled(e score.Estimate) score.Estimate {
	k := b.entry.scale
	return score.Estimate{Value: k * e.Value, Low: k * e.Low, High: k * e.High}
}

// english writes counts with a comma between thousands.
var english = message.NewPrinter(language.English)

// fewest is the least number of answers that are shown apart.
const fewest = 5

// guarded blanks figures of few answers, and the next smallest until those that are blank are
// enough together, so that none can be worked out from the total and the others.
func (b *builder) guarded(figures []figure) {
	if !b.entry.voices {
		return
	}
	order := make([]int, len(figures))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(figures[i].N, figures[j].N) })
	hidden := int64(0)
	for _, i := range order {
		if f := &figures[i]; f.N > 0 && (f.N < fewest || hidden > 0 && hidden < fewest) {
			hidden += f.N
			f.Estimate = unknown
			f.why = fmt.Sprintf("Fewer than %d answers, or so few beside them that these could be worked out.", fewest)
		}
	}
}

// measurement is a figure as it is reported.
func (b *builder) measurement(f figure) clientele.Measurement {
	m := clientele.Measurement{Value: told(f.Value), Low: told(f.Low), High: told(f.High), N: f.N, Effective: f.Effective()}
	if b.entry.undivided {
		m.Effective = float64(f.N) // weights are orders or amounts
	}
	if m.Value == nil {
		m.Why = cmp.Or(f.why, b.entry.nothing)
	}
	return m
}

// told is a figure that can be told; nil where it cannot.
func told(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}

// total fills in the whole, what is left out, and what bears on it.
func (b *builder) total(c counted) error {
	all, err := b.figures(c.whole())
	if err != nil {
		return err
	}
	if b.entry.never != "" && all[0].X == 0 {
		all[0].Estimate, all[0].why = unknown, b.entry.never
	}
	b.report.Measurement = b.measurement(all[0])
	var why []string
	for _, l := range leftOuts() {
		if n := c.left[l]; n > 0 {
			b.report.LeftOut = append(b.report.LeftOut, clientele.MeasureLeftOut{N: n, Why: leftOut(l, b.report.Within)})
			why = append(why, english.Sprintf("of %d %s", n, leftOut(l, b.report.Within)))
		}
	}
	if b.report.N == 0 && len(why) > 0 {
		b.report.Why = "All that there is in these days is left out: " + strings.Join(why, "; ") + "."
	}
	say := func(format string, args ...any) {
		b.report.Warnings = append(b.report.Warnings, english.Sprintf(format, args...))
	}
	m := b.report.Measurement
	if m.N > 0 && m.Effective < .995*float64(m.N) {
		say("Weights are given: %d tell as much as %d of equal weight, by which the interval goes.", m.N, int64(math.Round(m.Effective)))
	}
	if c.instant > 0 && 20*c.instant > m.N {
		say("%d of %d matters ended in the minute in which they began. Where a system closes them by itself, that is no time to resolve: look at touchpoints or segments apart.", c.instant, m.N)
	}
	return nil
}

// segments sets the parts side by side: days late in their order, others by name.
func (b *builder) segments(c counted) error {
	var names []string
	for at := range c.parts {
		names = append(names, at.segment)
	}
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(cmp.Compare(latePlace(x), latePlace(y)), cmp.Compare(x, y))
	})
	parts := make([]part, len(names))
	for i, name := range names {
		parts[i] = c.parts[place{0, name}]
	}
	figures, err := b.figures(parts...)
	b.report.Segments = []clientele.MeasureSegment{}
	for i, f := range figures {
		b.report.Segments = append(b.report.Segments, clientele.MeasureSegment{Name: names[i], Measurement: b.measurement(f)})
	}
	return err
}

// late are the stretches of days that a delivery was early or late by, up to and with a day.
var late = []struct {
	upTo int
	name string
}{
	{-8, "8 days early or more"}, {-1, "1 to 7 days early"}, {0, "on the day"}, {3, "1 to 3 days late"}, {7, "4 to 7 days late"},
	{14, "8 to 14 days late"}, {math.MaxInt, "15 days late or more"},
}

const notDelivered = "not delivered"

// segmentName puts days late into stretches; other segments keep their names.
func segmentName(by, segment string) string {
	days, err := strconv.Atoi(segment)
	switch {
	case by != warehouse.ByDaysLate:
		return segment
	case segment == "":
		return notDelivered
	case err != nil:
		return segment
	}
	i := slices.IndexFunc(late, func(l struct {
		upTo int
		name string
	}) bool {
		return days <= l.upTo
	})
	return late[i].name
}

// latePlace orders stretches of days late; what is none comes before them, by name.
func latePlace(name string) int {
	for i, l := range late {
		if l.name == name {
			return i + 1
		}
	}
	return map[string]int{notDelivered: len(late) + 1, clientele.UnknownSegment: len(late) + 2, clientele.NoCustomerSegment: len(late) + 3}[name]
}

// leftOuts are the reasons in the order in which they are told.
func leftOuts() []warehouse.LeftOut {
	return []warehouse.LeftOut{
		warehouse.NotApplicable, warehouse.NoScore, warehouse.NoScale, warehouse.OtherScale, warehouse.OutsideScale, warehouse.NotDue,
		warehouse.TooRecent, warehouse.TooEarly, warehouse.NoMatter, warehouse.NoAgent, warehouse.NoCase, warehouse.EndsFirst,
	}
}
