package clientele

// PathReport is the paths that customers took, and how they differ from what is drawn.
type PathReport struct {
	Period  *Period `json:"period"` // in which the paths began; nil: there are none
	Journey string  `json:"journey,omitempty"`
	By      string  `json:"by,omitempty"`
	GapDays int     `json:"gap_days"`
	Rule    string  `json:"rule"` // what one path is
	Why     string  `json:"why,omitempty"`
	PathFigures
	Steps    []PathStep     `json:"steps"`
	Edges    []PathEdge     `json:"edges"`
	Pruned   PathPruned     `json:"pruned"`
	Distinct int64          `json:"distinct_variants"`
	Variants []PathVariant  `json:"variants"`
	Rest     PathFigures    `json:"other_variants"` // all that are not in Variants, together
	Drawn    []DrawnJourney `json:"drawn"`
	Segments []PathSegment  `json:"segments,omitempty"`
	// WorthBy says by what customers are worth something; "" if that cannot be told.
	WorthBy  string           `json:"worth_by"`
	LeftOut  []MeasureLeftOut `json:"left_out"`
	Warnings []string         `json:"warnings"`
	Hidden   *Hidden          `json:"hidden,omitempty"` // segments that are not for who asked
}

// PathFigures is what some paths add up to. What cannot be told is null.
type PathFigures struct {
	Paths     int64   `json:"paths"`
	Share     float64 `json:"share"`     // of all paths
	Customers int64   `json:"customers"` // who are known
	// StepsPerPath is a mean, MedianHours from the beginning of the first step to that of the last.
	StepsPerPath *float64 `json:"steps_per_path"`
	MedianHours  *float64 `json:"median_hours"`
	Open         int64    `json:"open"`        // paths that may go on
	Again        int64    `json:"again"`       // paths in which a step came more than once
	Transferred  *int64   `json:"transferred"` // paths that another agent went on with
	Transfers    *int64   `json:"transfers"`
	// QueueShare is the part of the time in which no step was under way.
	QueueShare *float64 `json:"queue_share"`
	// Worth is the mean of the customers who have one, Valued how many have.
	Worth    *Money `json:"worth"`
	Valued   int64  `json:"valued"`
	WorthWhy string `json:"worth_why,omitempty"`
}

// PathStep is a step of the graph.
type PathStep struct {
	Name    string  `json:"name"`
	Visits  int64   `json:"visits"`
	Paths   int64   `json:"paths"`
	Again   int64   `json:"again"`    // paths in which it came more than once
	First   int64   `json:"first"`    // paths that began with it
	Last    int64   `json:"last"`     // paths that ended with it
	Open    int64   `json:"open"`     // paths that may go on from it
	DropOff float64 `json:"drop_off"` // of its visits, the share after which nothing came
}

// PathEdge is how often one step followed on another at once.
type PathEdge struct {
	From      string  `json:"from"`
	To        string  `json:"to"`
	Count     int64   `json:"count"`
	Customers int64   `json:"customers"`
	Share     float64 `json:"share"`        // of the visits of From
	DropOff   float64 `json:"drop_off"`     // of From
	Hours     float64 `json:"median_hours"` // between
}

// PathPruned is what is not drawn apart.
type PathPruned struct {
	Edges    int64 `json:"edges"`
	Count    int64 `json:"count"` // how often they were gone
	Steps    int64 `json:"steps"` // names of steps that count as others
	Segments int64 `json:"segments"`
}

// PathVariant is the paths with the same steps.
type PathVariant struct {
	Steps []string `json:"steps"` // the first hundred
	More  int      `json:"more_steps"`
	PathFigures
}

// PathSegment is the paths of the customers of a segment.
type PathSegment struct {
	Name string `json:"name"`
	PathFigures
}

// DrawnJourney is a journey as it is drawn beside what customers did.
type DrawnJourney struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Paths    int64       `json:"paths"`    // with a touchpoint of it
	InOrder  int64       `json:"in_order"` // of those, how many came to its touchpoints in their order, and to none again
	Backward int64       `json:"backward"` // how often a touchpoint came right after one that is drawn later
	Undrawn  int64       `json:"undrawn"`  // steps of these paths that are not drawn in it
	Steps    []DrawnStep `json:"steps"`
}

// DrawnStep is a touchpoint beside what customers did.
type DrawnStep struct {
	Name    string `json:"name"`
	Seen    bool   `json:"seen"` // anything is recorded there
	Paths   int64  `json:"paths"`
	Skipped int64  `json:"skipped"` // paths that came to a later one, and not to this
}
