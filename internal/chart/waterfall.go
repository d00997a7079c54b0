package chart

import (
	"cmp"
	"math"
	"strings"

	"github.com/clientele/clientele"
)

// Step is one bar of a roll-forward.
type Step struct {
	Label  string          // a line break sets what follows below
	Amount clientele.Money // of a total its level, of any other its signed change
	Text   string          // the amount in full, formatted for the reader
	Short  string          // the amount as it stands on the bar; "" is Text
	Href   string          // where it is explained; may be empty
	Total  bool
}

// Waterfall is a roll-forward whose totals were proved by the server.
type Waterfall struct {
	Axis Axis  `json:"axis"`
	Bars []Bar `json:"bars"`
}

// Bar stands between two levels. Kind tells its meaning, so that a renderer can
// show it by more than colour.
type Bar struct {
	Label string  `json:"label"`
	Text  string  `json:"text"`
	Href  string  `json:"href,omitempty"`
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Kind  BarKind `json:"kind"`
}

// BarKind is what a bar does to the level.
type BarKind string

// The kinds of bar.
const (
	BarTotal BarKind = "total"
	BarUp    BarKind = "up"
	BarDown  BarKind = "down"
	BarFlat  BarKind = "flat"
)

// NewWaterfall lays out a roll-forward. The first step, if it is a total, sets
// the level; every later total must equal the level reached, to the last
// decimal, else the error is CodeUnbalanced and nothing is drawn.
func NewWaterfall(steps []Step) (*Waterfall, error) {
	var level clientele.Money
	w := &Waterfall{Bars: make([]Bar, 0, len(steps))}
	for i, s := range steps {
		if s.Total && i == 0 {
			level = s.Amount
		}
		if s.Total && !level.Equal(s.Amount) {
			return nil, clientele.Errorf(clientele.CodeUnbalanced, "the bars before %q add up to %s, not to %s", s.Label, level, s.Amount)
		}
		bar := Bar{Label: s.Label, Text: cmp.Or(s.Short, s.Text), Href: s.Href, Kind: barKind(s)}
		if !s.Total {
			bar.From = level.Float64()
			level = level.Add(s.Amount)
		}
		bar.To = level.Float64()
		w.Bars = append(w.Bars, bar)
	}
	w.Axis = axisOf(w.Bars)
	return w, nil
}

func barKind(s Step) BarKind {
	switch {
	case s.Total:
		return BarTotal
	case s.Amount.Sign() > 0:
		return BarUp
	case s.Amount.Sign() < 0:
		return BarDown
	}
	return BarFlat
}

// axisOf begins at zero unless that would leave the changes too small to see:
// when they span less than half the height, the axis is cut below them.
func axisOf(bars []Bar) Axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	standing := false // whether a total stands on the axis
	for _, b := range bars {
		lo, hi = min(lo, b.To), max(hi, b.To)
		if b.Kind == BarTotal {
			standing = true
			continue
		}
		lo, hi = min(lo, b.From), max(hi, b.From)
	}
	span := hi - lo
	if standing && lo > 0 && span > 0 && span < hi/2 {
		return Axis{Min: max(0, lo-span*0.6), Max: hi, Cut: true}
	}
	return Axis{Min: min(0, lo), Max: max(0, hi)}
}

// OneScale gives waterfalls the same axis, so that their heights compare.
// Bars that stand on a shared axis stand on zero.
func OneScale(ws ...*Waterfall) {
	var shared Axis
	for _, w := range ws {
		for _, b := range w.Bars {
			shared.Min = min(shared.Min, b.From, b.To)
			shared.Max = max(shared.Max, b.From, b.To)
		}
	}
	for _, w := range ws {
		w.Axis = shared
	}
}

// StepsSummary reads a roll-forward aloud: "Opening 18,240, new +2,913, …".
func StepsSummary(steps []Step) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		label := s.Label
		if i > 0 {
			label = strings.ToLower(label)
		}
		parts[i] = strings.ReplaceAll(label, "\n", " ") + " " + s.Text
	}
	return strings.Join(parts, ", ") + "."
}

// StepsTable is the table of a roll-forward, one row a step.
func StepsTable(caption, unit string, steps []Step) Table {
	t := Table{Caption: caption, Columns: []string{"Line", unit}}
	for _, s := range steps {
		t.Rows = append(t.Rows, Row{Name: strings.ReplaceAll(s.Label, "\n", " "), Cells: []Cell{{Text: s.Text, Href: s.Href}}})
	}
	return t
}
