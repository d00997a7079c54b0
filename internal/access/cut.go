package access

import (
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// planAttribute is the attribute that the plan of a contract counts as.
const planAttribute = "plan"

// hidden says what is left out for somebody; nil if that is nothing.
func hidden(a policy.Actor, n int64, what string) *clientele.Hidden {
	if n == 0 {
		return nil
	}
	denied := a.DeniedRows()
	h := &clientele.Hidden{Count: n, What: what, Why: "They are not of your units.", Help: clientele.HintOf(denied)}
	if !a.May(policy.ReadRows) {
		h.Why = "You see the totals of the company."
	}
	return h
}

// covered are those of an attribute's segments that somebody may see, in a slice of their
// own, and how many they may not.
func covered[T any](a policy.Actor, attribute string, all []T, name func(T) string) (seen []T, left int64) {
	if a.Reach(policy.ReadRows) == policy.Everything {
		return all, 0
	}
	for _, s := range all {
		if a.Covers(policy.ReadRows, policy.Scope{Attribute: attribute, Value: name(s)}) {
			seen = append(seen, s)
		} else {
			left++
		}
	}
	return seen, left
}

func cutStatement(a policy.Actor, st clientele.Statement) clientele.Statement {
	seen, left := covered(a, st.Attribute, st.Segments, func(s clientele.Statement) string { return s.Segment })
	st.Segments, st.Hidden = seen, hidden(a, left, "segments")
	return st
}

func cutMovement(a policy.Actor, m clientele.EquityMovement) clientele.EquityMovement {
	seen, left := covered(a, m.Attribute, m.Segments, func(s clientele.EquityMovement) string { return s.Segment })
	m.Segments, m.Hidden = seen, hidden(a, left, "segments")
	return m
}

func cutAcquisition(a policy.Actor, q clientele.Acquisition) clientele.Acquisition {
	seen, left := covered(a, statement.ChannelAttribute, q.Channels, func(c clientele.AcquiredCohort) string { return c.Name })
	q.Channels, q.Hidden = seen, hidden(a, left, "channels")
	return q
}

func cutContracts(a policy.Actor, r clientele.ContractReport) clientele.ContractReport {
	seen, left := covered(a, planAttribute, r.Plans, func(g clientele.ContractGroup) string { return g.Name })
	r.Plans, r.Hidden = seen, hidden(a, left, "plans")
	return r
}

// cutMeasure leaves the segments of an attribute that are the actor's. Touchpoints and days
// late are of the company.
func cutMeasure(a policy.Actor, r clientele.MeasureReport) clientele.MeasureReport {
	if r.By == warehouse.ByTouchpoint || r.By == warehouse.ByDaysLate {
		return r
	}
	seen, left := covered(a, r.By, r.Segments, func(s clientele.MeasureSegment) string { return s.Name })
	r.Segments, r.Hidden = seen, hidden(a, left, "segments")
	return r
}

// cutPaths leaves the segments that are the actor's, and what customers are worth to who may see
// the statement.
func cutPaths(a policy.Actor, r clientele.PathReport) clientele.PathReport {
	seen, left := covered(a, r.By, r.Segments, func(s clientele.PathSegment) string { return s.Name })
	r.Segments, r.Hidden = seen, hidden(a, left, "segments")
	if a.May(policy.ReadStatement) {
		return r
	}
	unworth := func(f *clientele.PathFigures) {
		f.Worth, f.Valued, f.WorthWhy = nil, 0, "What customers are worth is for those who may see the statement."
	}
	r.Variants, r.Segments = slices.Clone(r.Variants), slices.Clone(r.Segments)
	for i := range r.Variants {
		unworth(&r.Variants[i].PathFigures)
	}
	for i := range r.Segments {
		unworth(&r.Segments[i].PathFigures)
	}
	unworth(&r.PathFigures)
	unworth(&r.Rest)
	return r
}

func cutClose(a policy.Actor, c clientele.Close) clientele.Close {
	c.Statement = cutStatement(a, c.Statement)
	c.Movements = slices.Clone(c.Movements)
	for i, m := range c.Movements {
		c.Movements[i] = cutMovement(a, m)
	}
	return c
}

// sees reports whether somebody may see the rows behind a figure: of all customers, or of a
// segment. Of a segment that is not theirs the error is that of DeniedRows.
func sees(a policy.Actor, by, segment string) (bool, error) {
	switch {
	case segment == "":
		return a.Reach(policy.ReadRows) == policy.Everything, nil
	case !a.Covers(policy.ReadRows, policy.Scope{Attribute: by, Value: segment}):
		return false, a.DeniedRows()
	}
	return true, nil
}
