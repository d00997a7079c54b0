package warehouse

import (
	"context"

	"github.com/clientele/clientele"
)

// Paths answers for the paths that customers took. A step is an interaction, named by its
// touchpoint or, without one, by its kind, or an order. A path is the steps of one case of a
// customer or, of what is in no case, the steps of a customer of which none begins more than
// some days after the one before. Steps that began in one second are in order of their names.
type Paths interface {
	// PathDays returns the first and the last day with a step, up to the day of the last
	// import; ok is false if there is none.
	PathDays(ctx context.Context, known clientele.Date) (days clientele.Period, ok bool, err error)
	// ObservePaths adds up paths.
	ObservePaths(ctx context.Context, q PathQuery) (ObservedPaths, error)
}

// The names of steps that are no touchpoint and no kind.
const (
	OrderStep   = "(order)"
	UnknownStep = "(unknown)"
	OtherSteps  = "(other steps)" // those beyond PathQuery.Steps
)

// MaxSteps is the most that PathQuery.Steps may be.
const MaxSteps = 60

// PathQuery asks for the paths that began in a period.
type PathQuery struct {
	Period  clientele.Period
	Days    clientele.Period // those of PathDays
	GapDays int
	Drawn   [][]string // journeys, each by its touchpoints in order
	Through int        // place in Drawn: only paths with a step of that journey; less than 0: all
	By      string     // an attribute of customers; "": no segments

	Steps, Edges, Variants, Segments int // how many come up apart

	Worth *PathWorth // nil: nothing is told of worth
}

// PathWorth says what customers are worth: by what a model says or, without Cells, the margin
// on what they have brought so far.
type PathWorth struct {
	AsOf   clientele.Date
	Cells  []CellScore
	Spend  []SpendScore
	Margin float64
}

// PathSum is what some paths add up to.
type PathSum struct {
	Paths     int64
	Customers int64 // who are known
	Steps     int64
	Open      int64 // that may go on: the last step began no more than the gap before the records end
	Again     int64 // in which a step came more than once
	Seconds   int64 // median from the beginning of the first step to that of the last
	// Handovers is how often somebody else went on, Handed in how many paths; nil if no agent
	// is known.
	Handovers, Handed *int64
	// Waited of Lasted is how many seconds passed in which no step was under way; nil if no
	// step has an end after its beginning.
	Waited, Lasted *float64
	// Valued is how many of the customers have a worth, Worth what they are worth together.
	Valued int64
	Worth  float64
}

// PathStep is a step of the graph.
type PathStep struct {
	Name                 string
	Visits, Paths, Again int64 // Again: paths in which it came more than once
	First, Last, Open    int64 // paths that began with it, ended with it and may go on from it
}

// PathEdge is a step that followed on another at once.
type PathEdge struct {
	From, To         string
	Count, Customers int64
	Seconds          int64 // median from the end of the one, or its beginning where that is unknown, to the beginning of the other
}

// PathVariant is the paths with the same steps.
type PathVariant struct {
	Steps []string
	PathSum
}

// PathSegment is the paths of the customers of a segment.
type PathSegment struct {
	Name string
	PathSum
}

// DrawnStep is a drawn touchpoint beside what was observed. Only touchpoints that are steps
// are held against paths.
type DrawnStep struct {
	Name    string
	Seen    bool
	Paths   int64 // with it
	Skipped int64 // paths that came to one drawn later, and not to this one
}

// DrawnPath is a journey beside what was observed.
type DrawnPath struct {
	Steps          []DrawnStep
	Paths, InOrder int64 // paths with a step of it; those whose steps of it came in the order drawn, and none again
	Backward       int64 // steps that followed at once on one drawn later
	Undrawn        int64 // steps of these paths that are not drawn in it
}

// ObservedPaths are paths as they were taken.
type ObservedPaths struct {
	Total        PathSum
	LeftOut      int64 // interactions of neither a customer nor a case
	Cased        bool  // cases are known
	Distinct     int64 // variants
	OtherSteps   int64 // names of steps that count as OtherSteps
	Steps        []PathStep
	Edges        []PathEdge
	EdgesLeft    int64 // edges beyond PathQuery.Edges, and how often they were gone
	CountLeft    int64
	Variants     []PathVariant
	Rest         PathSum // all other variants
	Segments     []PathSegment
	SegmentsLeft int64
	Drawn        []DrawnPath
}
