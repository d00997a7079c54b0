package chart

import "math"

// Columns compares what happened with what was expected over a few classes in
// their order: a column for what happened, a mark across it for what was expected.
type Columns struct {
	Axis  Axis     `json:"axis"`
	Items []Column `json:"items"`
	Ticks []string `json:"ticks"` // numbers of the axis, formatted, evenly spaced from Axis.Min to Axis.Max
}

// Column is one class. Strange says that it lies further off than chance
// explains; the renderer marks it by more than colour.
type Column struct {
	Label    string   `json:"label"`
	Actual   float64  `json:"actual"`
	Expected *float64 `json:"expected,omitempty"` // nil: nothing to compare with, as where the column is itself a difference
	Strange  bool     `json:"strange,omitempty"`
}

// NewColumns lays out columns over an axis from zero, or from a round number
// below it where columns hang down; format writes a number of the axis.
func NewColumns(items []Column, format func(float64) string) *Columns {
	var low, high float64
	for _, c := range items {
		low, high = min(low, c.Actual), max(high, c.Actual)
		if c.Expected != nil {
			low, high = min(low, *c.Expected), max(high, *c.Expected)
		}
	}
	step := roundStep((high-low)/axisSteps, false)
	first, last := int(math.Floor(low/step)), max(1, int(math.Ceil(high/step)))
	c := &Columns{Items: items, Axis: Axis{Min: float64(first) * step, Max: float64(last) * step}}
	for i := first; i <= last; i++ {
		c.Ticks = append(c.Ticks, format(float64(i)*step))
	}
	return c
}
