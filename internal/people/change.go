package people

import (
	"context"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// Change implements Directory.
func (s *Service) Change(ctx context.Context, id string, version int64, e Edit) (Person, error) {
	if _, err := policy.Require(ctx, policy.ManagePeople); err != nil {
		return Person{}, err
	}
	return s.alter(ctx, id, "person.changed", func(ctx context.Context, p *store.KeptPerson) error {
		if p.Version != version {
			return stale(p.Name)
		}
		was := *p
		if err := e.apply(p); err != nil {
			return err
		}
		if err := s.knowUnits(ctx, p.Units); err != nil {
			return err
		}
		if p.State == string(Disabled) {
			if err := s.store.EndLinks(ctx, toAccept, p.ID); err != nil {
				return err
			}
		}
		if p.State != was.State {
			if err := s.enable(ctx, p); err != nil {
				return err
			}
		}
		if p.State == was.State && slices.Equal(p.Roles, was.Roles) {
			return nil
		}
		return s.store.EndSessions(ctx, id, "")
	})
}

// apply changes a person to what they are to become.
func (e Edit) apply(p *store.KeptPerson) (err error) {
	if e.Name != nil {
		if p.Name, err = cleanName("name", *e.Name); err != nil {
			return err
		}
	}
	if e.Email != nil {
		if p.Email, err = cleanEmail(*e.Email); err != nil {
			return err
		}
	}
	if e.Roles != nil {
		if p.Roles, err = cleanRoles(*e.Roles); err != nil {
			return err
		}
	}
	if e.Units != nil {
		p.Units = sorted(*e.Units)
	}
	switch {
	case e.Disabled == nil:
	case *e.Disabled:
		p.State = string(Disabled)
	case p.State == string(Disabled):
		p.State = string(Active)
	}
	return nil
}

// enable makes somebody who was let in again but has no way to sign in one who is to be invited.
func (s *Service) enable(ctx context.Context, p *store.KeptPerson) error {
	if p.State != string(Active) || p.Password != "" || p.Issuer != "" {
		return nil
	}
	keys, err := s.store.Passkeys(ctx, p.ID)
	if len(keys) == 0 {
		p.State = string(Invited)
	}
	return err
}

// ResetFactors takes away an authenticator app, recovery codes, passkeys and tokens, and ends
// all sessions; the password stays. Errors are as for Directory.
func (s *Service) ResetFactors(ctx context.Context, id string) (Person, error) {
	if _, err := policy.Require(ctx, policy.ManagePeople); err != nil {
		return Person{}, err
	}
	return s.alter(ctx, id, "person.factors_reset", s.forgetFactors)
}

func stale(name string) error {
	return clientele.Errorf(clientele.CodeStale, "%s was changed since you read it", name).WithHint("Look at it again, then make your change.")
}

// Units implements Directory.
func (s *Service) Units(ctx context.Context) ([]Unit, error) {
	if _, err := policy.Require(ctx, policy.ReadPeople); err != nil {
		return nil, err
	}
	kept, err := s.store.Units(ctx)
	units := make([]Unit, len(kept))
	for i, u := range kept {
		units[i] = Unit(u)
	}
	return units, err
}

// AddUnit implements Directory.
func (s *Service) AddUnit(ctx context.Context, u Unit) (Unit, error) {
	return s.alterUnits(ctx, func(ctx context.Context, all []store.KeptUnit) (was, is *Unit, err error) {
		u.ID, u.Version = newID(), 1
		if err := s.checkUnit(ctx, all, &u); err != nil {
			return nil, nil, err
		}
		return nil, &u, s.store.AddUnit(ctx, store.KeptUnit(u))
	})
}

// ChangeUnit implements Directory.
func (s *Service) ChangeUnit(ctx context.Context, id string, version int64, u Unit) (Unit, error) {
	return s.alterUnits(ctx, func(ctx context.Context, all []store.KeptUnit) (*Unit, *Unit, error) {
		was, err := unitAt(all, id, version)
		if err != nil {
			return nil, nil, err
		}
		u.ID, u.Version = id, version+1
		if err := s.checkUnit(ctx, all, &u); err != nil {
			return nil, nil, err
		}
		return &was, &u, s.store.SaveUnit(ctx, store.KeptUnit(u))
	})
}

// RemoveUnit implements Directory.
func (s *Service) RemoveUnit(ctx context.Context, id string, version int64) error {
	_, err := s.alterUnits(ctx, func(ctx context.Context, all []store.KeptUnit) (*Unit, *Unit, error) {
		was, err := unitAt(all, id, version)
		if err != nil {
			return nil, nil, err
		}
		return &was, nil, s.store.RemoveUnit(ctx, id)
	})
	return err
}

// alterUnits changes one of the units, and tells the audit; a unit that is nil is not, or no longer, there.
func (s *Service) alterUnits(ctx context.Context, change func(ctx context.Context, all []store.KeptUnit) (was, is *Unit, err error)) (after Unit, err error) {
	if _, err := policy.Require(ctx, policy.ManagePeople); err != nil {
		return Unit{}, err
	}
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		all, err := s.store.Units(ctx)
		if err != nil {
			return err
		}
		was, is, err := change(ctx, all)
		switch {
		case err != nil:
			return err
		case was == nil:
			after = *is
			return s.audit.Record(ctx, "unit.added", "unit/"+is.ID, nil, is)
		case is == nil:
			return s.audit.Record(ctx, "unit.removed", "unit/"+was.ID, was, nil)
		}
		after = *is
		return s.audit.Record(ctx, "unit.changed", "unit/"+is.ID, was, is)
	})
	return after, err
}

func unitAt(all []store.KeptUnit, id string, version int64) (Unit, error) {
	for _, u := range all {
		if u.ID == id && u.Version != version {
			return Unit{}, stale(u.Name)
		}
		if u.ID == id {
			return Unit(u), nil
		}
	}
	return Unit{}, clientele.Errorf(clientele.CodeNotFound, "there is no such unit")
}

// maxScopes bounds the segments of one unit.
const maxScopes = 100

// checkUnit says whether a unit can stand among all others.
func (s *Service) checkUnit(ctx context.Context, all []store.KeptUnit, u *Unit) (err error) {
	if u.Name, err = cleanName("name", u.Name); err != nil {
		return err
	}
	if u.Head != "" {
		if _, err := s.store.Person(ctx, u.Head); err != nil {
			return invalid("head", "there is no such person").Because(err)
		}
	}
	if u.Scopes == nil {
		u.Scopes = []policy.Scope{}
	}
	if len(u.Scopes) > maxScopes {
		return invalid("scopes", "a unit has at most %d segments", maxScopes)
	}
	for _, scope := range u.Scopes {
		if scope.Attribute == "" || len(scope.Attribute) > 200 || len(scope.Value) > 200 {
			return invalid("scopes", "a segment has an attribute and a value, of at most 200 bytes each")
		}
	}
	return checkParent(all, *u)
}

// checkParent refuses a unit whose parent is not there, or lies below it.
func checkParent(all []store.KeptUnit, u Unit) error {
	parents := map[string]string{}
	for _, other := range all {
		parents[other.ID] = other.Parent
	}
	for at := u.Parent; at != ""; at = parents[at] {
		if _, ok := parents[at]; !ok {
			return invalid("parent", "there is no such unit")
		}
		if at == u.ID {
			return invalid("parent", "a unit cannot lie below itself").WithHint("Choose a unit that is not below this one.")
		}
	}
	return nil
}

func (s *Service) knowUnits(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := s.store.Units(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(u store.KeptUnit) bool { return u.ID == id }) {
			return invalid("units", "there is no such unit")
		}
	}
	return nil
}
