package chart

import "fmt"

// Flow is steps one below the other, with arcs for what follows on what: forward on the right,
// back on the left. It is drawn at the server, in units of which a step's text takes about 6 a
// letter.
type Flow struct {
	Width, Height int
	Nodes         []FlowNode
	Arcs          []FlowArc
}

// FlowNode is a step.
type FlowNode struct {
	Name, Note   string
	X, Y         int // of its upper left corner
	Wide, High   int
	TextX, TextY int
	NoteY        int
}

// FlowArc leads from one step to another.
type FlowArc struct {
	Path  string // as SVG has it
	Tip   string // of its arrow, likewise
	Width string // of the line
	Back  bool
	Title string
}

// FlowStep is a step to lay out.
type FlowStep struct{ Name, Note string }

// FlowLink is a link to lay out, between places of steps.
type FlowLink struct {
	From, To int
	Count    int64
	Title    string
}

// Measures of a Flow.
const (
	flowMargin = 88 // for arcs, on each side
	flowWide   = 184
	flowHigh   = 40
	flowApart  = 58 // from the top of a step to the next
	flowTop    = 14
	flowLetter = 24 // letters of a name that fit
)

// NewFlow lays out steps in their order, and links by how often they were gone.
func NewFlow(steps []FlowStep, links []FlowLink) *Flow {
	f := &Flow{Width: flowWide + 2*flowMargin, Height: 2*flowTop + flowApart*max(0, len(steps)-1) + flowHigh}
	for i, s := range steps {
		y := flowTop + i*flowApart
		f.Nodes = append(f.Nodes, FlowNode{Name: shortened(s.Name), Note: s.Note, X: flowMargin, Y: y, Wide: flowWide, High: flowHigh, TextX: flowMargin + flowWide/2, TextY: y + 17, NoteY: y + 32})
	}
	most := int64(1)
	for _, l := range links {
		most = max(most, l.Count)
	}
	for _, l := range links {
		f.Arcs = append(f.Arcs, l.arc(1+7*float64(l.Count)/float64(most), len(steps)))
	}
	return f
}

// arc bows out the more the farther apart its ends are.
func (l FlowLink) arc(width float64, steps int) FlowArc {
	from, to := flowTop+l.From*flowApart+flowHigh/2, flowTop+l.To*flowApart+flowHigh/2
	side, x := 1, flowMargin+flowWide
	if l.To <= l.From {
		side, x = -1, flowMargin
	}
	apart := max(l.To-l.From, l.From-l.To)
	bow := 26 + (flowMargin-34)*apart/max(1, steps-1)
	switch {
	case l.From == l.To:
		from, to, bow = from-9, to+9, 30
	case side > 0:
		from, to = from+7, to-7
	default:
		from, to = from-7, to+7
	}
	tip := x + side*9
	return FlowArc{
		Path:  fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x, from, x+side*bow*4/3, from, x+side*bow*4/3, to, tip, to),
		Tip:   fmt.Sprintf("M%d %dL%d %dL%d %dZ", x, to, tip, to-6, tip, to+6),
		Width: fmt.Sprintf("%.1f", width), Back: side < 0, Title: l.Title,
	}
}

// shortened is a name that fits into its step.
func shortened(name string) string {
	letters := []rune(name)
	if len(letters) <= flowLetter {
		return name
	}
	return string(letters[:flowLetter-1]) + "…"
}
