package cases

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// chart is who answers for what, as it is now.
type chart struct {
	touchpoints map[string]store.KeptPart // by id
	persons     map[string]store.KeptPerson
	units       map[string]store.KeptUnit
}

func (s *Service) chart(ctx context.Context) (*chart, error) {
	c := &chart{map[string]store.KeptPart{}, map[string]store.KeptPerson{}, map[string]store.KeptUnit{}}
	parts, err := s.Store.Parts(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if p.Kind == store.TouchpointPart {
			c.touchpoints[p.ID] = p
		}
	}
	persons, err := s.Store.Persons(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		c.persons[p.ID] = p
	}
	units, err := s.Store.Units(ctx)
	for _, u := range units {
		c.units[u.ID] = u
	}
	return c, err
}

// works reports whether somebody has an account and can come in.
func (c *chart) works(id string) bool {
	p, ok := c.persons[id]
	return ok && p.State != "disabled"
}

// owner is whose a case at a touchpoint is, and why. Journeys and stages have nobody who
// answers for them, so where a touchpoint has nobody it is the lead's.
func (c *chart) owner(touchpoint string) (Person, string) {
	if o := c.touchpoints[touchpoint].Owner; o != nil {
		switch {
		case c.works(o.Person):
			return Person{o.Person, c.persons[o.Person].Name}, AsOwner
		case o.Person == "" && o.Name != "":
			return Person{"", o.Name}, AsOwner
		}
	}
	if lead, ok := c.lead(""); ok {
		return lead, AsLead
	}
	return Person{}, AsNobody
}

// lead is who leads customer experience: of several the one who has been here longest.
func (c *chart) lead(besides string) (Person, bool) {
	var leads []store.KeptPerson
	for _, p := range c.persons {
		if p.ID != besides && c.works(p.ID) && slices.Contains(p.Roles, policy.Lead) {
			leads = append(leads, p)
		}
	}
	if len(leads) == 0 {
		return Person{}, false
	}
	first := slices.MinFunc(leads, func(a, b store.KeptPerson) int {
		if d := a.Created.Compare(b.Created); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return Person{first.ID, first.Name}, true
}

// head is the head of somebody's unit, or of the next above it that has another head.
func (c *chart) head(of string) (Person, bool) {
	for _, id := range c.persons[of].Units {
		for tries := 0; id != "" && tries <= len(c.units); tries++ {
			u := c.units[id]
			if u.Head != of && c.works(u.Head) {
				return Person{u.Head, c.persons[u.Head].Name}, true
			}
			id = u.Parent
		}
	}
	return Person{}, false
}

// under are those in the units that somebody heads and in all below these, and they themselves.
func (c *chart) under(head string) []string {
	in := map[string]bool{}
	for id := range c.units {
		above := id
		for tries := 0; above != "" && tries <= len(c.units); tries++ {
			if c.units[above].Head == head {
				in[id] = true
			}
			above = c.units[above].Parent
		}
	}
	people := map[string]bool{head: true}
	for id, p := range c.persons {
		if slices.ContainsFunc(p.Units, func(u string) bool { return in[u] }) {
			people[id] = true
		}
	}
	return slices.Sorted(maps.Keys(people))
}
