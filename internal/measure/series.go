package measure

import (
	"fmt"
	"math"
	"sync"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/control"
	"github.com/clientele/clientele/model/score"
)

// fewestPoints is how many whole periods limits are made of at least: of fewer, the mean
// range is hardly known.
const fewestPoints = 8

// grid is how days are divided.
type grid struct {
	every   string
	periods []clientele.Period
	partial []bool // the days do not hold all of the period
}

// gridOf divides days into the longest of months, weeks and days of which enough are whole.
func gridOf(settings clientele.Settings, days clientele.Period) (grid, error) {
	fiscal, err := settings.Fiscal()
	if err != nil {
		return grid{}, err
	}
	next := map[string]func(clientele.Date) clientele.Period{"month": func(d clientele.Date) clientele.Period { return month(fiscal, settings.FiscalCalendar, d) }, "week": week, "day": oneDay}
	var g grid
	for _, every := range []string{"month", "week", "day"} {
		if g = divide(every, days, next[every]); g.whole() >= fewestPoints {
			break
		}
	}
	return g, nil
}

func divide(every string, days clientele.Period, next func(clientele.Date) clientele.Period) grid {
	g := grid{every: every}
	for day := days.From; day <= days.To; {
		p := next(day)
		g.partial = append(g.partial, p.From < days.From || p.To > days.To)
		g.periods = append(g.periods, clientele.Period{From: max(p.From, days.From), To: min(p.To, days.To)})
		day = p.To + 1
	}
	return g
}

func (g grid) whole() (n int) {
	for _, partial := range g.partial {
		if !partial {
			n++
		}
	}
	return n
}

// month is the month of a day: of the calendar or, by a calendar of weeks, its period.
func month(f clientele.Fiscal, calendar clientele.FiscalCalendar, d clientele.Date) clientele.Period {
	if calendar == clientele.Calendar445 {
		for n := range 12 {
			_, p, err := f.Parse(fmt.Sprintf("%d-P%02d", f.YearOf(d), n+1))
			if err == nil && p.From <= d && d <= p.To {
				return p
			}
		}
	}
	y, m, _ := d.Time().Date()
	first := clientele.NewDate(y, m, 1)
	return clientele.Period{From: first, To: first.AddMonths(1) - 1}
}

// week is the week of a day, from Monday.
func week(d clientele.Date) clientele.Period {
	monday := d - clientele.Date((int(d.Time().Weekday())+6)%7)
	return clientele.Period{From: monday, To: monday + 6}
}

func oneDay(d clientele.Date) clientele.Period { return clientele.Period{From: d, To: d} }

// series measures every period, and charts those that are whole.
func (b *builder) series(c counted, g grid) error {
	parts := make([]part, len(g.periods))
	for i := range parts {
		parts[i] = c.parts[place{i, ""}]
	}
	figures, err := b.figures(parts...)
	if err != nil {
		return err
	}
	b.report.Series.Every = g.every
	var charted []int // the points that are on the chart
	for i, f := range figures {
		b.report.Series.Points = append(b.report.Series.Points, clientele.MeasurePoint{Period: g.periods[i], Partial: g.partial[i], Measurement: b.measurement(f)})
		if !g.partial[i] && told(f.Value) != nil {
			charted = append(charted, i)
		}
	}
	b.limits(figures, charted)
	return nil
}

// limits makes the chart's limits, and finds its signals.
func (b *builder) limits(figures []figure, charted []int) {
	s := &b.report.Series
	if len(charted) < fewestPoints {
		s.Why = fmt.Sprintf("Limits take %d whole periods with a figure; there are %d.", fewestPoints, len(charted))
		return
	}
	chart, scale := b.control(figures, charted), b.entry.scale
	if b.entry.chart == nil {
		scale = 1 // it is of values
	}
	s.Centre = told(scale * chart.Centre)
	z := make([]float64, len(figures)) // a period that is not on the chart ends every pattern
	for i := range z {
		z[i] = math.NaN()
	}
	for place, i := range charted {
		point := chart.Points[place]
		z[i] = point.Standard()
		s.Points[i].LowerLimit = told(max(b.entry.least, scale*point.Low()))
		s.Points[i].UpperLimit = told(min(b.entry.most, scale*point.High()))
	}
	b.signals(control.Signals(z, control.WesternElectric))
	s.FalseAlarmEvery = falseAlarmEvery()
	s.Price = price(s.FalseAlarmEvery, s.Every, len(charted))
	for _, r := range rules {
		s.Rules = append(s.Rules, r.words)
	}
}

// control is the chart of the periods that are on it.
func (b *builder) control(figures []figure, charted []int) control.Chart {
	var values []float64
	var sums []score.Sums
	for _, i := range charted {
		values, sums = append(values, figures[i].Value), append(sums, figures[i].Sums)
	}
	if b.entry.chart != nil {
		return b.entry.chart(sums)
	}
	return control.XmR(values)
}

var rules = []struct {
	rule  control.Rule
	words string
}{
	{control.Beyond, "one beyond three sigma"}, {control.TwoOfThree, "two of three beyond two sigma on one side"},
	{control.FourOfFive, "four of five beyond one sigma on one side"}, {control.Eight, "eight in a row on one side"},
}

// signals fills in what chance hardly explains, one a period and side.
func (b *builder) signals(found []control.Signal) {
	last := -1
	for _, f := range found {
		if f.At != last {
			above := f.High
			b.report.Signals = append(b.report.Signals, clientele.MeasureSignal{
				Period: b.report.Series.Points[f.At].Period, Above: above, Better: above == b.entry.Higher,
			})
			last = f.At
		}
		s := &b.report.Signals[len(b.report.Signals)-1]
		for _, r := range rules {
			if r.rule == f.Rule {
				s.Rules = append(s.Rules, r.words)
			}
		}
	}
}

// falseAlarmEvery is what the rules in use cost.
var falseAlarmEvery = sync.OnceValue(func() float64 { return control.RunLength(control.WesternElectric, 0) })

// price says what the rules in use cost.
func price(every float64, unit string, points int) string {
	days := map[string]float64{"day": 1, "week": 7, "month": 365.25 / 12}[unit] * every
	span := fmt.Sprintf("%.0f days", days)
	if days > 700 {
		span = fmt.Sprintf("%.1f years", days/365.25)
	}
	return fmt.Sprintf("By chance alone these rules raise a false alarm every %.0f points, which at one a %s is every %s: of %d points, expect %.1f. Limits made of few points raise more.",
		every, unit, span, points, float64(points)/every)
}
