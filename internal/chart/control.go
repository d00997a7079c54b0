package chart

import "math"

// Control is what was measured period by period, with the centre and the limits that chance
// keeps it within.
type Control struct {
	Axis   Axis           `json:"axis"`
	Points []ControlPoint `json:"points"`
	Centre *float64       `json:"centre"` // nil: there are no limits
	Ticks  []string       `json:"ticks"`  // numbers of the axis, formatted, evenly spaced from Axis.Min to Axis.Max
}

// ControlPoint is one period. The renderer marks signals and periods that are not whole by
// more than colour.
type ControlPoint struct {
	Label   string   `json:"label"`
	Value   *float64 `json:"value"` // nil: there is none
	Low     *float64 `json:"low"`   // nil: the point has no limits
	High    *float64 `json:"high"`
	Signal  bool     `json:"signal,omitempty"`
	Partial bool     `json:"partial,omitempty"`
	Event   string   `json:"event,omitempty"` // the numbers of events marked in it; "" if there are none
}

// NewControl lays out points over an axis between round numbers around all that is drawn,
// which need not begin at zero: nothing stands on it. Format writes a number of the axis.
func NewControl(points []ControlPoint, centre *float64, format func(float64) string) *Control {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		for _, v := range []*float64{p.Value, p.Low, p.High} {
			if v != nil {
				low, high = min(low, *v), max(high, *v)
			}
		}
	}
	if low > high {
		low, high = 0, 1
	}
	step := roundStep((high-low)/axisSteps, false)
	first, last := int(math.Floor(low/step)), int(math.Ceil(high/step))
	last = max(last, first+1)
	c := &Control{Points: points, Centre: centre, Axis: Axis{Min: float64(first) * step, Max: float64(last) * step}}
	for i := first; i <= last; i++ {
		c.Ticks = append(c.Ticks, format(float64(i)*step))
	}
	return c
}
