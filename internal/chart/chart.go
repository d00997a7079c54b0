// Package chart describes charts without drawing them: what is shown, its
// message in words, its table, and geometry that the server computed. A
// renderer only places what it is given; it never adds up, formats or rounds.
//
// Every chart carries a text summary and a real table, for those who do not
// see it and for print.
package chart

// Figure is one chart with everything that stands around it.
type Figure struct {
	ID       string // unique on the page
	Title    string // the message
	Subtitle string // what is measured, and in which unit
	Note     string // what a reader must know to read it right, such as a cut axis; may be empty
	Summary  string // the same as the plot, in a sentence or two
	Table    Table
	Plot     Plot
}

// Plot is the geometry of one chart, handed to the renderer as JSON. Exactly
// one part is set.
type Plot struct {
	Waterfall *Waterfall `json:"waterfall,omitempty"`
	Tracking  *Tracking  `json:"tracking,omitempty"`
	Columns   *Columns   `json:"columns,omitempty"`
	Control   *Control   `json:"control,omitempty"`
}

// Table is the figures of a chart as text, formatted for the reader.
type Table struct {
	Caption string
	Columns []string // the first names the row, the others are figures
	Rows    []Row
}

// Row is one line of a Table.
type Row struct {
	Name  string
	Cells []Cell
}

// Cell is one figure. Href, if set, leads to where it is explained.
type Cell struct {
	Text, Href string
}

// Axis is the range that a plot covers. Cut says that it does not begin at zero
// although bars stand on it; the renderer marks such bars as cut.
type Axis struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	Cut bool    `json:"cut,omitempty"`
}
