package clientele

import "time"

// MeasureDefinition is what a measure means, word for word. A measure whose meaning changes
// has another version.
type MeasureDefinition struct {
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	Version int         `json:"version"`
	Text    string      `json:"text"`
	Unit    MeasureUnit `json:"unit"`
	// Higher says that more is better; else less is.
	Higher bool `json:"higher_is_better"`
}

// MeasureUnit is what a measure is told in.
type MeasureUnit string

// The units of measures.
const (
	UnitPoints     MeasureUnit = "points"         // −100 to 100
	UnitShare      MeasureUnit = "share"          // a fraction, 0 to 1
	UnitScore      MeasureUnit = "score"          // on the scale of the definition
	UnitHours      MeasureUnit = "hours"          // a time
	UnitPerHundred MeasureUnit = "per 100 orders" // may be above 100
)

// Measurement is a value with its 95 % interval.
type Measurement struct {
	Value *float64 `json:"value"` // nil: cannot be told, and Why says so
	Low   *float64 `json:"low"`   // nil: there is no interval, or it has no end on this side
	High  *float64 `json:"high"`
	N     int64    `json:"n"` // what was counted, as the definition says
	// Effective is how many of equal weight would tell as much; less than N where they are weighted.
	Effective float64 `json:"effective_n"`
	Why       string  `json:"why,omitempty"`
}

// MeasureReport is a measure over some days, and how it went.
type MeasureReport struct {
	Definition MeasureDefinition `json:"definition"`
	Period     *Period           `json:"period"` // nil: there is nothing to measure
	Touchpoint string            `json:"touchpoint,omitempty"`
	By         string            `json:"by,omitempty"`
	Within     int               `json:"within_days,omitempty"` // N of the definition, where it has one
	Measurement
	Events   []MarkedEvent    `json:"events"` // marked in these days
	LeftOut  []MeasureLeftOut `json:"left_out"`
	Signals  []MeasureSignal  `json:"signals"`
	Series   MeasureSeries    `json:"series"`
	Segments []MeasureSegment `json:"segments,omitempty"`
	Warnings []string         `json:"warnings"`
	Hidden   *Hidden          `json:"hidden,omitempty"` // segments that are not for who asked
}

// MarkedEvent is something dated that may explain what charts show.
type MarkedEvent struct {
	Number     int64     `json:"number"`
	Day        Date      `json:"day"`
	Name       string    `json:"name"`
	Touchpoint string    `json:"touchpoint"` // "": everywhere
	By         string    `json:"by"`         // who marked it
	At         time.Time `json:"at"`
}

// MeasureLeftOut is how many do not count, and why.
type MeasureLeftOut struct {
	N   int64  `json:"n"`
	Why string `json:"why"`
}

// MeasureSegment is the measure of one segment.
type MeasureSegment struct {
	Name string `json:"name"`
	Measurement
}

// MeasureSeries is a measure by period, as a control chart.
type MeasureSeries struct {
	Chart  string         `json:"chart"` // XmR, p′ or u′
	Every  string         `json:"every"` // day, week or month
	Centre *float64       `json:"centre"`
	Points []MeasurePoint `json:"points"`
	Rules  []string       `json:"rules"` // by which a point is a signal
	// FalseAlarmEvery is how many points it takes, on average, until chance alone raises an
	// alarm by these rules.
	FalseAlarmEvery float64 `json:"false_alarm_every"`
	Price           string  `json:"price"`         // the same in words
	Why             string  `json:"why,omitempty"` // why there are no limits
}

// MeasurePoint is one period.
type MeasurePoint struct {
	Period
	Partial bool `json:"partial"` // the records, or what was asked for, do not hold all of it: no signal
	Measurement
	LowerLimit *float64 `json:"lower_limit"` // nil: the chart has no limits, or the point is not on it
	UpperLimit *float64 `json:"upper_limit"`
}

// MeasureSignal is a point that chance hardly explains.
type MeasureSignal struct {
	Period
	Rules  []string `json:"rules"`
	Above  bool     `json:"above"`  // the centre
	Better bool     `json:"better"` // than usual
}

// MeasureOverview is all measures of a book.
type MeasureOverview struct {
	Measures []MeasureReport `json:"measures"`
}

// MeasureLane is how each touchpoint stands by its measures.
type MeasureLane struct {
	Touchpoints []TouchpointMeasures `json:"touchpoints"` // by name
	Current     bool                 `json:"-"`           // it is of the records as they are now
}

// TouchpointMeasures is how a touchpoint stands.
type TouchpointMeasures struct {
	Touchpoint string        `json:"touchpoint"`
	Measures   []LastMeasure `json:"measures"` // that can be told
}

// LastMeasure is a measure in the last whole period that has a figure.
type LastMeasure struct {
	Name  string      `json:"name"`
	Title string      `json:"title"`
	Unit  MeasureUnit `json:"unit"`
	Every string      `json:"every"`
	Period
	Measurement
	Judged bool           `json:"judged"` // there are limits, so that a signal would be known
	Signal *MeasureSignal `json:"signal"` // null: nothing but chance
}
