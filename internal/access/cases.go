package access

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/policy"
)

// Cases guards cases.Service. Who has cases of their own alone sees and works on those that are
// theirs, that were raised to them, and of everybody in the units that they head.
type Cases struct{ parts *Parts }

// Whose cases are asked for.
const (
	Mine  = "mine"
	Units = "units" // of those in the units that who asks heads, and of all units below
	All   = "all"
)

// CaseQuery asks for cases.
type CaseQuery struct {
	Whose      string
	State      cases.State // open includes those that are taken
	Touchpoint string      // id; "" is all
	Offset     int64
	Limit      int
}

// Cases lists cases. CodeForbidden if all are asked for by who has some alone.
func (g Cases) Cases(ctx context.Context, q CaseQuery) (l cases.List, err error) {
	a, err := policy.Require(ctx, policy.ReadCases)
	if err != nil {
		return l, err
	}
	own := cases.Query{State: q.State, Touchpoint: q.Touchpoint, Offset: q.Offset, Limit: q.Limit}
	switch {
	case q.Whose == All && a.Reach(policy.ReadCases) != policy.Everything:
		return l, notYours()
	case q.Whose == Units:
		if own.Persons, err = g.persons(ctx, a); err != nil {
			return l, err
		}
	case q.Whose != All:
		own.Persons = personsOf(a)
	}
	if own.Persons != nil && len(own.Persons) == 0 {
		return cases.List{Cases: []cases.Case{}}, nil
	}
	return g.parts.Cases.Cases(ctx, own)
}

// personsOf is who asks, and nobody for who has no account.
func personsOf(a policy.Actor) []string {
	if a.ID == "" {
		return []string{}
	}
	return []string{a.ID}
}

// persons are those whose cases are somebody's own.
func (g Cases) persons(ctx context.Context, a policy.Actor) ([]string, error) {
	if a.ID == "" {
		return []string{}, nil
	}
	return g.parts.Cases.Under(ctx, a.ID)
}

// Waiting counts the cases that wait at a touchpoint, whosever they are.
func (g Cases) Waiting(ctx context.Context, touchpoint string) (int64, error) {
	if _, err := policy.Require(ctx, policy.ReadCases); err != nil {
		return 0, err
	}
	return g.parts.Cases.Waiting(ctx, touchpoint)
}

// Case returns one, with what the customer bought if such rows are the actor's to see.
func (g Cases) Case(ctx context.Context, number int64) (d cases.Detail, err error) {
	a, err := policy.Require(ctx, policy.ReadCases)
	if err != nil {
		return d, err
	}
	if err := g.yours(ctx, a, policy.ReadCases, number); err != nil {
		return d, err
	}
	if d, err = g.parts.Cases.Case(ctx, number); err != nil || !a.May(policy.ReadRows) {
		return d, err
	}
	if ok, err := g.parts.owns(ctx, a, d.Customer); err != nil || !ok {
		return d, err
	}
	stake, err := g.parts.Cases.AtStake(ctx, d.Customer)
	d.Stake = &stake
	return d, err
}

// yours refuses a case that is not the actor's.
func (g Cases) yours(ctx context.Context, a policy.Actor, p policy.Permission, number int64) error {
	c, err := g.parts.Cases.Whose(ctx, number)
	if err != nil || a.Reach(p) == policy.Everything {
		return err
	}
	persons, err := g.persons(ctx, a)
	if err == nil && !slices.Contains(persons, c.Owner.ID) && !slices.Contains(persons, c.RaisedTo.ID) {
		err = notYours()
	}
	return err
}

func notYours() error {
	return clientele.Errorf(clientele.CodeForbidden, "that is not yours: you see cases that are yours, that were raised to you, or of the units that you head").
		WithHint("Ask somebody who leads customer experience.")
}

// Take says that the actor works on a case.
func (g Cases) Take(ctx context.Context, number, version int64) (c cases.Case, err error) {
	a, err := policy.Require(ctx, policy.WorkCases)
	if err != nil {
		return c, err
	}
	err = g.worked(ctx, a, "case.taken", number, func(ctx context.Context) (cases.Case, error) {
		c, err = g.parts.Cases.Take(ctx, number, version)
		return c, err
	})
	return c, err
}

// Note keeps what the actor has to say of a case.
func (g Cases) Note(ctx context.Context, number, version int64, text string) (c cases.Case, err error) {
	a, err := policy.Require(ctx, policy.WorkCases)
	if err != nil {
		return c, err
	}
	err = g.worked(ctx, a, "case.noted", number, func(ctx context.Context) (cases.Case, error) {
		c, err = g.parts.Cases.Note(ctx, number, version, text)
		return c, err
	})
	return c, err
}

// Settle says what was done, and asks the customer.
func (g Cases) Settle(ctx context.Context, number, version int64, done, address string) (c cases.Case, asked cases.Asked, err error) {
	a, err := policy.Require(ctx, policy.WorkCases)
	if err != nil {
		return c, asked, err
	}
	err = g.worked(ctx, a, "case.settled", number, func(ctx context.Context) (cases.Case, error) {
		c, asked, err = g.parts.Cases.Settle(ctx, number, version, done, address)
		return c, err
	})
	return c, asked, err
}

// worked changes a case that is the actor's, and tells the audit of it without what was written.
func (g Cases) worked(ctx context.Context, a policy.Actor, action string, number int64, change func(context.Context) (cases.Case, error)) error {
	return g.parts.recorded(ctx, action, func(ctx context.Context) (string, any, any, error) {
		object := fmt.Sprintf("case/%d", number)
		if err := g.yours(ctx, a, policy.WorkCases, number); err != nil {
			return object, nil, nil, err
		}
		c, err := change(ctx)
		return object, nil, map[string]any{"state": c.State, "version": c.Version}, err
	})
}

// Rule is what opens a case at a touchpoint; "" is where nothing else is said.
func (g Cases) Rule(ctx context.Context, touchpoint string) (r cases.Ruled, err error) {
	if _, err := policy.Require(ctx, policy.ReadCases); err != nil {
		return r, err
	}
	return g.parts.Cases.Rule(ctx, touchpoint)
}

// SetRule says what opens a case at a touchpoint.
func (g Cases) SetRule(ctx context.Context, touchpoint string, version int64, r cases.Rule) (now cases.Ruled, err error) {
	if _, err := policy.Require(ctx, policy.SetCaseRules); err != nil {
		return now, err
	}
	err = g.parts.recorded(ctx, "case_rule.set", func(ctx context.Context) (string, any, any, error) {
		was, err := g.parts.Cases.Rule(ctx, touchpoint)
		if err != nil {
			return "", nil, nil, err
		}
		now, err = g.parts.Cases.SetRule(ctx, touchpoint, version, r)
		return "case_rule/" + touchpoint, was.Rule, now.Rule, err
	})
	return now, err
}

// Question is what the link of a customer asks.
func (g Cases) Question(ctx context.Context, secret string) (q cases.Question, err error) {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return q, err
	}
	return g.parts.Cases.Question(ctx, secret)
}

// Answer keeps what the customer says whose link it is.
func (g Cases) Answer(ctx context.Context, secret string, settled bool, text string) error {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return err
	}
	return g.parts.Cases.Answer(ctx, secret, settled, text)
}
