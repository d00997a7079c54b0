package access

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
)

// Journeys guards journey.Service. Who edits touchpoints of their own alone changes what is
// said of those that they answer for, and takes such edits of theirs back.
type Journeys struct{ parts *Parts }

// Journeys lists every journey, each before those below it.
func (g Journeys) Journeys(ctx context.Context) ([]journey.Summary, error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return nil, err
	}
	return g.parts.Journeys.Journeys(ctx)
}

// Journey returns one with all that is in it.
func (g Journeys) Journey(ctx context.Context, id string) (j journey.Journey, err error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return j, err
	}
	return g.parts.Journeys.Journey(ctx, id)
}

// Touchpoint returns one with who answered for it.
func (g Journeys) Touchpoint(ctx context.Context, id string) (p journey.Profile, err error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return p, err
	}
	return g.parts.Journeys.Touchpoint(ctx, id)
}

// Stage returns one with its touchpoints.
func (g Journeys) Stage(ctx context.Context, id string) (s journey.Stage, of journey.Ref, err error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return s, of, err
	}
	return g.parts.Journeys.Stage(ctx, id)
}

// Places lists every stage.
func (g Journeys) Places(ctx context.Context) ([]journey.Place, error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return nil, err
	}
	return g.parts.Journeys.Places(ctx)
}

// Vacancies counts the touchpoints that nobody answers for.
func (g Journeys) Vacancies(ctx context.Context) (v journey.Vacancies, err error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return v, err
	}
	return g.parts.Journeys.Vacancies(ctx)
}

// Edits returns edits, the latest first.
func (g Journeys) Edits(ctx context.Context, of string, below int64, limit int) ([]journey.Edit, error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return nil, err
	}
	return g.parts.Journeys.Edits(ctx, of, below, limit)
}

// Last is the edit that is taken back next; ok is false if there is none.
func (g Journeys) Last(ctx context.Context, of string) (e journey.Edit, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return e, false, err
	}
	return g.parts.Journeys.Last(ctx, of)
}

// Export is the whole map as a document.
func (g Journeys) Export(ctx context.Context) (d journey.Document, err error) {
	if _, err := policy.Require(ctx, policy.ReadJourneys); err != nil {
		return d, err
	}
	return g.parts.Journeys.Export(ctx)
}

// Plan says what applying a document would do.
func (g Journeys) Plan(ctx context.Context, d journey.Document) (p journey.Plan, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return p, err
	}
	if err := drawsAll(a); err != nil {
		return p, err
	}
	return g.parts.Journeys.Plan(ctx, d)
}

// Apply makes the map what a document says, if the plan of that id, unless it is "", holds.
func (g Journeys) Apply(ctx context.Context, d journey.Document, id string) (p journey.Plan, done journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return p, done, err
	}
	done, err = g.parts.edited(ctx, "journeys.applied", func(ctx context.Context) (done journey.Done, err error) {
		if err := drawsAll(a); err != nil {
			return done, err
		}
		p, done, err = g.parts.Journeys.Apply(ctx, d, id)
		return done, err
	})
	return p, done, err
}

// Add makes a part.
func (g Journeys) Add(ctx context.Context, n journey.NewPart) (d journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return d, err
	}
	return g.parts.edited(ctx, "journeys.added", func(ctx context.Context) (d journey.Done, err error) {
		if err := drawsAll(a); err != nil {
			return d, err
		}
		return g.parts.Journeys.Add(ctx, n)
	})
}

// Change renames a part, moves it, or says other things of it.
func (g Journeys) Change(ctx context.Context, kind journey.Kind, id string, version int64, c journey.Change) (d journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return d, err
	}
	return g.parts.edited(ctx, "journeys.changed", func(ctx context.Context) (d journey.Done, err error) {
		if c.Name == nil && c.Parent == nil && c.Position == nil && kind == journey.IsTouchpoint {
			err = g.parts.writes(ctx, a, id)
		} else {
			err = drawsAll(a)
		}
		if err != nil {
			return d, err
		}
		return g.parts.Journeys.Change(ctx, kind, id, version, c)
	})
}

// Nudge moves a part one place on, or back.
func (g Journeys) Nudge(ctx context.Context, kind journey.Kind, id string, version int64, later bool) (d journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return d, err
	}
	return g.parts.edited(ctx, "journeys.changed", func(ctx context.Context) (d journey.Done, err error) {
		if err := drawsAll(a); err != nil {
			return d, err
		}
		return g.parts.Journeys.Nudge(ctx, kind, id, version, later)
	})
}

// Own makes somebody, or nobody, answer for a touchpoint.
func (g Journeys) Own(ctx context.Context, id string, version int64, o journey.Owner) (d journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return d, err
	}
	return g.parts.edited(ctx, "journeys.owned", func(ctx context.Context) (d journey.Done, err error) {
		if err := drawsAll(a); err != nil {
			return d, err
		}
		return g.parts.Journeys.Own(ctx, id, version, o)
	})
}

// Remove removes a part with all that stands below it.
func (g Journeys) Remove(ctx context.Context, kind journey.Kind, id string, version int64) (d journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return d, err
	}
	return g.parts.edited(ctx, "journeys.removed", func(ctx context.Context) (d journey.Done, err error) {
		if err := drawsAll(a); err != nil {
			return d, err
		}
		return g.parts.Journeys.Remove(ctx, kind, id, version)
	})
}

// Undo takes an edit back.
func (g Journeys) Undo(ctx context.Context, number int64) (d journey.Done, err error) {
	a, err := policy.Require(ctx, policy.EditJourneys)
	if err != nil {
		return d, err
	}
	return g.parts.edited(ctx, "journeys.undone", func(ctx context.Context) (d journey.Done, err error) {
		if drawsAll(a) != nil {
			e, err := g.parts.Journeys.Edit(ctx, number)
			switch {
			case err != nil:
				return d, err
			case !e.Texts || e.Who != a.ID:
				return d, drawsAll(a)
			}
			if err := g.parts.writes(ctx, a, e.Part); err != nil {
				return d, err
			}
		}
		return g.parts.Journeys.Undo(ctx, number)
	})
}

// drawsAll refuses who may edit touchpoints of their own alone.
func drawsAll(a policy.Actor) error {
	if a.Reach(policy.EditJourneys) == policy.Everything {
		return nil
	}
	return clientele.Errorf(clientele.CodeForbidden, "that is not yours to change: of touchpoints that you answer for you change what is said of them").
		WithHint("Ask somebody who leads customer experience.")
}

// writes refuses who may not change what is said of a touchpoint.
func (p *Parts) writes(ctx context.Context, a policy.Actor, touchpoint string) error {
	if drawsAll(a) == nil {
		return nil
	}
	t, err := p.Journeys.Touchpoint(ctx, touchpoint)
	if err == nil && (a.ID == "" || t.Owner.Person != a.ID) {
		err = drawsAll(a)
	}
	return err
}

// edited makes an edit of the map and tells the audit of it in one transaction, unless it
// changed nothing.
func (p *Parts) edited(ctx context.Context, action string, edit func(context.Context) (journey.Done, error)) (d journey.Done, err error) {
	err = p.Store.Atomically(ctx, func(ctx context.Context) error {
		if d, err = edit(ctx); err != nil || d.Number == 0 {
			return err
		}
		object := "journeys"
		if d.Part != "" {
			object = string(d.Kind) + "/" + d.Part
		}
		return p.Log.Record(ctx, action, object, d.Before, d.After)
	})
	return d, err
}
