package pack

import (
	"math"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

// drawing is a chart as marks, in millimetres from its top left. The formats
// place the marks and decide nothing.
type drawing struct {
	Width, Height float64
	Boxes         []box
	Lines         []stroke
	Labels        []label
}

// box is a filled rectangle.
type box struct {
	X, Y, W, H float64
	Ink        ink
}

// stroke is a line through points.
type stroke struct {
	Points []point
	Ink    ink
	Weight float64
	Dashed bool
}

type point struct{ X, Y float64 }

// label is a text that stands on its baseline around X, or from it on.
type label struct {
	X, Y  float64
	Text  string
	Small bool
	Start bool // begins at X rather than being centred there
}

// ink says what a mark means; each format knows its colour.
type ink string

// The inks. Downs are outlined, so that they differ from ups without colour.
const (
	inkTotal ink = "total"
	inkUp    ink = "up"
	inkDown  ink = "down"
	inkRule  ink = "rule"
	inkPaper ink = "paper"
	inkBand  ink = "band"
	inkText  ink = "text"
)

// inks are the colours, light enough to print and dark enough to read.
var inks = map[ink][3]int{
	inkTotal: {74, 88, 112}, inkUp: {58, 133, 98}, inkDown: {178, 72, 46}, inkRule: {150, 154, 162},
	inkPaper: {255, 255, 255}, inkBand: {226, 230, 237}, inkText: {32, 36, 44},
}

const (
	chartWidth  = 174
	chartHeight = 58
)

// draw lays a figure out.
func draw(f *chart.Figure) drawing {
	if f.Plot.Tracking != nil {
		return drawTracking(f.Plot.Tracking)
	}
	return drawWaterfall(f.Plot.Waterfall)
}

func drawWaterfall(w *chart.Waterfall) drawing {
	const top, bottom = 6.0, 10.0
	d := drawing{Width: chartWidth, Height: chartHeight}
	pitch := d.Width / float64(max(len(w.Bars), 7))
	left := (d.Width - pitch*float64(len(w.Bars))) / 2
	y := func(v float64) float64 { return ordinate(v, w.Axis, top, chartHeight-bottom) }
	base := chartHeight - bottom
	d.Lines = append(d.Lines, stroke{Points: []point{{0, y(max(0, w.Axis.Min))}, {d.Width, y(max(0, w.Axis.Min))}}, Ink: inkRule, Weight: .2})
	for i, bar := range w.Bars {
		x, width := left+pitch*float64(i)+pitch*.17, pitch*.66
		from, to := y(bar.From), y(bar.To)
		if bar.Kind == chart.BarTotal {
			from = y(max(0, w.Axis.Min))
		}
		if i+1 < len(w.Bars) {
			d.Lines = append(d.Lines, stroke{Points: []point{{x + width, to}, {x + pitch, to}}, Ink: inkRule, Weight: .2, Dashed: true})
		}
		d.bar(bar.Kind, box{X: x, Y: min(from, to), W: width, H: math.Abs(from - to)})
		if bar.Kind == chart.BarTotal && w.Axis.Cut {
			d.cut(x, width, base)
		}
		d.Labels = append(d.Labels, label{X: x + width/2, Y: min(from, to) - 1.3, Text: bar.Text})
		for n, part := range strings.Split(bar.Label, "\n") {
			d.Labels = append(d.Labels, label{X: x + width/2, Y: base + 3.6 + 2.9*float64(n), Text: part, Small: true})
		}
	}
	return d
}

// ordinate is where a value stands between the top and the base of a plot.
func ordinate(v float64, a chart.Axis, top, base float64) float64 {
	if a.Max <= a.Min {
		return base
	}
	return top + (a.Max-v)/(a.Max-a.Min)*(base-top)
}

func (d *drawing) bar(kind chart.BarKind, b box) {
	corners := []point{{b.X, b.Y}, {b.X + b.W, b.Y}, {b.X + b.W, b.Y + b.H}, {b.X, b.Y + b.H}, {b.X, b.Y}}
	switch {
	case kind == chart.BarTotal:
		b.Ink = inkTotal
	case kind == chart.BarUp:
		b.Ink = inkUp
	case kind == chart.BarDown:
		d.Lines = append(d.Lines, stroke{Points: corners, Ink: inkDown, Weight: .45})
		return
	default:
		d.Lines = append(d.Lines, stroke{Points: corners[:2], Ink: inkTotal, Weight: .45})
		return
	}
	d.Boxes = append(d.Boxes, b)
}

// cut marks a bar that does not begin at zero.
func (d *drawing) cut(x, width, base float64) {
	for _, up := range []float64{2, 3.4} {
		d.Lines = append(d.Lines, stroke{Points: []point{{x - .4, base - up + .6}, {x + width + .4, base - up - .6}}, Ink: inkPaper, Weight: .6})
	}
}

// tracking sets the weeks against what the model expected of them.
func tracking(h *clientele.Holdout, title string) *chart.Figure {
	points := make([]chart.Point, len(h.Weeks))
	split := len(points)
	for i, w := range h.Weeks {
		points[i] = chart.Point{Label: day(w.Week), Actual: float64(w.Actual), Expected: w.Expected, Low: w.Low, High: w.High}
		if w.HeldOut {
			split = min(split, i)
		}
	}
	return &chart.Figure{
		Summary: title + ". " + number(h.Expected, 0) + " purchase days were expected and " + counted(h.Actual).String() + " happened.",
		Note:    "Repeat purchase days a week: the full line is actual, the dashed line expected, the grey band 95" + nbsp + "% of the model.",
		Plot:    chart.Plot{Tracking: chart.NewTracking(points, split, func(f float64) string { return number(f, 0) })},
	}
}

func drawTracking(t *chart.Tracking) drawing {
	const left, top, bottom, height = 12.0, 5.0, 6.0, 48.0
	d := drawing{Width: chartWidth, Height: height}
	base := height - bottom
	y := func(v float64) float64 { return ordinate(v, t.Axis, top, base) }
	pitch := (d.Width - left) / float64(max(1, len(t.Points)-1))
	x := func(i int) float64 { return left + pitch*float64(i) }
	for i, tick := range t.Ticks {
		at := base - (base-top)*float64(i)/float64(len(t.Ticks)-1)
		d.Lines = append(d.Lines, stroke{Points: []point{{left, at}, {d.Width, at}}, Ink: inkBand, Weight: .2})
		d.Labels = append(d.Labels, label{X: left / 2, Y: at + 1, Text: tick, Small: true})
	}
	actual, expected := stroke{Ink: inkText, Weight: .35}, stroke{Ink: inkTotal, Weight: .35, Dashed: true}
	for i, p := range t.Points {
		if p.High > p.Low {
			d.Boxes = append(d.Boxes, box{X: x(i) - pitch/2, Y: y(p.High), W: pitch, H: y(max(p.Low, t.Axis.Min)) - y(p.High), Ink: inkBand})
		}
		actual.Points, expected.Points = append(actual.Points, point{x(i), y(p.Actual)}), append(expected.Points, point{x(i), y(p.Expected)})
	}
	d.Lines = append(d.Lines, expected, actual)
	if t.Split > 0 && t.Split < len(t.Points) {
		d.Lines = append(d.Lines, stroke{Points: []point{{x(t.Split) - pitch/2, top - 3}, {x(t.Split) - pitch/2, base}}, Ink: inkRule, Weight: .3, Dashed: true})
		d.Labels = append(d.Labels, label{X: x(t.Split) + 1, Y: top - 1, Text: "not seen by the model from here on", Small: true, Start: true})
	}
	d.Labels = append(d.Labels, label{X: left, Y: height - 1, Text: t.Points[0].Label, Small: true, Start: true},
		label{X: d.Width - 9, Y: height - 1, Text: t.Points[len(t.Points)-1].Label, Small: true})
	return d
}
