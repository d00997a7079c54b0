package cases

import (
	"context"
	"time"

	"github.com/clientele/clientele/internal/store"
)

// tendEvery is how often it is looked whether cases are due.
const tendEvery = time.Minute

// Run has cases found, raised and closed, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	s.Ask(ctx) // what was imported while nobody served
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		due, err := s.due(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "cases that are due cannot be read", "error", err)
		}
		if due {
			s.Ask(ctx)
		}
	}
}

// Ask has the job run. What let customers down is found the next time if that cannot be asked for now.
func (s *Service) Ask(ctx context.Context) {
	if _, err := s.Jobs.Add(ctx, JobKind, "work", struct{}{}); err != nil && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "cases cannot be looked for now", "error", err)
	}
}

func (s *Service) due(ctx context.Context) (bool, error) {
	for _, state := range []State{Open, Taken, Settled} {
		late, err := s.Store.DueCases(ctx, state, s.Now(), 1)
		if err != nil || len(late) > 0 {
			return len(late) > 0, err
		}
	}
	return false, nil
}

// tend gives cases to whoever answers now, raises those that are overdue, and closes those
// whose customer did not answer.
func (s *Service) tend(ctx context.Context, c *chart, did *Found) error {
	all, err := s.rules(ctx)
	if err != nil {
		return err
	}
	if err := s.told(ctx, "cases", did, func(ctx context.Context, now *Found) error { return s.rehome(ctx, c, now) }); err != nil {
		return err
	}
	raise := func(ctx context.Context, now *Found, k store.KeptCase) error {
		now.Raised++
		return s.raise(ctx, c, all, k)
	}
	for _, x := range []struct {
		state State
		do    func(context.Context, *Found, store.KeptCase) error
	}{{Open, raise}, {Taken, raise}, {Settled, s.closeUnanswered}} {
		for more := true; more; {
			err := s.told(ctx, "cases", did, func(ctx context.Context, now *Found) error {
				due, err := s.Store.DueCases(ctx, x.state, s.Now(), mostTended)
				more = len(due) == mostTended
				for i := 0; i < len(due) && err == nil; i++ {
					err = x.do(ctx, now, due[i])
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// rehome gives cases that nobody has taken to whoever answers for their touchpoint by now.
func (s *Service) rehome(ctx context.Context, c *chart, did *Found) error {
	for id := range c.touchpoints {
		owner, why := c.owner(id)
		waiting, err := s.Store.Cases(ctx, store.CaseQuery{State: Open, Touchpoint: id, Limit: MostOpen})
		if err != nil {
			return err
		}
		for _, k := range waiting {
			if k.State != Open || k.Owner == owner.ID && k.OwnerName == owner.Name || why == AsNobody {
				continue
			}
			k.Owner, k.OwnerName, k.Why = owner.ID, owner.Name, why
			if err := s.moved(ctx, &k, "moved", openedNote(owner, why)); err != nil {
				return err
			}
			if err := s.tell(ctx, c, k, owner.ID, "moved", "A case is yours now: "+k.TouchpointName); err != nil {
				return err
			}
			did.Moved++
		}
	}
	return nil
}

// moved keeps a change of a case that the program made.
func (s *Service) moved(ctx context.Context, k *store.KeptCase, what, note string) error {
	k.Version++
	if err := s.Store.SaveCase(ctx, *k); err != nil {
		return err
	}
	return s.happened(ctx, k.Number, what, note)
}

// raise takes a case one step further: to the head of the owner's unit, then to the lead.
func (s *Service) raise(ctx context.Context, c *chart, all rules, k store.KeptCase) error {
	to, note := Person{}, ""
	if k.Step == 0 {
		if head, ok := c.head(k.Owner); ok {
			to, k.Step, note = head, 1, "It is overdue: raised to "+head.Name+", who heads the unit."
		}
	}
	if to.ID == "" {
		k.Step = 2
		lead, ok := c.lead(k.Owner)
		to, note = lead, "It is overdue: raised to "+lead.Name+", who leads customer experience."
		if !ok {
			note = "It is overdue, and there is nobody to raise it to."
		}
	}
	k.RaisedTo, k.RaisedName, k.Due = to.ID, to.Name, all.of(k.Touchpoint).Rule.due(s.moment())
	if err := s.moved(ctx, &k, "raised", note); err != nil {
		return err
	}
	return s.tell(ctx, c, k, to.ID, "raised", "A case is overdue: "+k.TouchpointName, "It is for "+nameOr(k.OwnerName)+".")
}

func nameOr(name string) string {
	if name == "" {
		return "nobody"
	}
	return name
}

// closeUnanswered closes a case whose customer did not say whether it is settled.
func (s *Service) closeUnanswered(ctx context.Context, did *Found, k store.KeptCase) error {
	did.Closed++
	now := s.moment()
	k.State, k.Closed, k.Answer, k.AnswerHash = Closed, &now, None, ""
	return s.moved(ctx, &k, "closed", "The customer did not answer.")
}
