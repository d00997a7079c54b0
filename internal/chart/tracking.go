package chart

import "math"

// Tracking compares what happened with what a model expected, point by point,
// with the model's band (where it has one), before and after the point where it stopped seeing.
type Tracking struct {
	Axis   Axis     `json:"axis"`
	Points []Point  `json:"points"`
	Split  int      `json:"split"` // index of the first point that the model had not seen
	Seen   string   `json:"seen"`  // words left of the split
	Unseen string   `json:"unseen"`
	Ticks  []string `json:"ticks"` // numbers of the axis, formatted, evenly spaced from Axis.Min to Axis.Max
}

// Point is one interval of time.
type Point struct {
	Label    string  `json:"label"`
	Actual   float64 `json:"actual"`
	Expected float64 `json:"expected"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// NewTracking lays out the points over an axis from zero to a round number with
// so many equal steps; format writes a number of the axis.
func NewTracking(points []Point, split int, format func(float64) string) *Tracking {
	var top float64
	for _, p := range points {
		top = max(top, p.Actual, p.High)
	}
	t := &Tracking{Points: points, Split: split, Seen: "fitted", Unseen: "held out"}
	step := roundStep(top/axisSteps, true)
	t.Axis.Max = step * axisSteps
	for i := range axisSteps + 1 {
		t.Ticks = append(t.Ticks, format(step*float64(i)))
	}
	return t
}

// axisSteps is how many steps an axis has, about.
const axisSteps = 4

// roundStep is the least round number, or whole one, that is at least f and above 0.
func roundStep(f float64, whole bool) float64 {
	if f <= 0 || whole && f < 1 {
		return 1
	}
	scale := math.Pow(10, math.Floor(math.Log10(f)))
	for _, m := range []float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if step := m * scale; f <= step && (!whole || step == math.Trunc(step)) {
			return step
		}
	}
	return 10 * scale
}
