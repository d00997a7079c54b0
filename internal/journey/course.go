package journey

import (
	"context"

	"github.com/clientele/clientele/internal/store"
)

// Course is a journey by its touchpoints in order, those of the journeys below it after its own.
type Course struct {
	ID, Name    string
	Touchpoints []string
}

// Courses lists the journeys that have touchpoints, each before those below it.
func (s *Service) Courses(ctx context.Context) (courses []Course, err error) {
	parts, err := s.store.Parts(ctx)
	below := map[string][]store.KeptPart{}
	for _, p := range parts {
		below[p.Parent] = append(below[p.Parent], p)
	}
	for _, j := range summaries(parts) {
		c := Course{ID: j.ID, Name: j.Name}
		if c.Touchpoints = touchpointsBelow(below, j.ID); len(c.Touchpoints) > 0 {
			courses = append(courses, c)
		}
	}
	return courses, err
}

// touchpointsBelow names the touchpoints of a journey or a stage, and of the journeys below it.
func touchpointsBelow(below map[string][]store.KeptPart, id string) (names []string) {
	for _, kind := range []Kind{IsTouchpoint, IsStage, IsJourney} {
		for _, p := range below[id] {
			if p.Kind != kind {
				continue
			}
			if kind == IsTouchpoint {
				names = append(names, p.Name)
				continue
			}
			names = append(names, touchpointsBelow(below, p.ID)...)
		}
	}
	return names
}

// Promises are what is promised at touchpoints, by their names.
func (s *Service) Promises(ctx context.Context) (map[string]string, error) {
	parts, err := s.store.Parts(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, p := range parts {
		n, err := notesOf(p)
		if err != nil {
			return nil, err
		}
		if n.Promise != "" {
			out[p.Name] = n.Promise
		}
	}
	return out, nil
}
