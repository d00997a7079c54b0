package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AnyPerson implements store.People.
func (s *Store) AnyPerson(ctx context.Context) (bool, error) {
	return recalled(ctx, s, "person", "any", func() (bool, error) {
		var n int
		err := s.on(ctx).QueryRowContext(ctx, queries.Text("person.any")).Scan(&n)
		return n > 0, failure(err)
	})
}

// Persons implements store.People.
func (s *Store) Persons(ctx context.Context) ([]store.KeptPerson, error) {
	all, err := listed(ctx, s, scanPerson, "person.list")
	if err != nil {
		return nil, err
	}
	belong, err := listed(ctx, s, scanBelonging, "person_unit.list")
	units := map[string][]string{}
	for _, b := range belong {
		units[b.person] = append(units[b.person], b.unit)
	}
	for i := range all {
		all[i].Units = units[all[i].ID]
	}
	return all, err
}

// Person implements store.People.
func (s *Store) Person(ctx context.Context, id string) (store.KeptPerson, error) {
	return s.person(ctx, "person.get", id)
}

// PersonByEmail implements store.People.
func (s *Store) PersonByEmail(ctx context.Context, email string) (store.KeptPerson, error) {
	return s.person(ctx, "person.get_by_email", email)
}

// PersonByIdentity implements store.People.
func (s *Store) PersonByIdentity(ctx context.Context, issuer, subject string) (store.KeptPerson, error) {
	return s.person(ctx, "person.get_by_identity", issuer, subject)
}

func (s *Store) person(ctx context.Context, query string, args ...any) (store.KeptPerson, error) {
	p, err := scanPerson(s.on(ctx).QueryRowContext(ctx, queries.Text(query), args...))
	if err != nil {
		return p, missing("person", err)
	}
	p.Units, err = s.unitsOf(ctx, p.ID)
	return p, err
}

func (s *Store) unitsOf(ctx context.Context, person string) (units []string, err error) {
	belong, err := listed(ctx, s, scanBelonging, "person_unit.list_of", person)
	for _, b := range belong {
		units = append(units, b.unit)
	}
	return units, err
}

// AddPerson implements store.People.
func (s *Store) AddPerson(ctx context.Context, p store.KeptPerson) error {
	return s.inTx(ctx, func(tx *transaction) error {
		done, err := tx.ExecContext(ctx, queries.Text("person.add"), p.ID, p.Version, p.Email, p.Name, p.State, asJSON(p.Roles), p.Password,
			p.TOTP, p.TOTPStep, p.Issuer, p.Subject, p.Created.UnixMilli())
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(taken(p), err)
		}
		return addUnits(ctx, tx, p)
	})
}

// SavePerson implements store.People.
func (s *Store) SavePerson(ctx context.Context, p store.KeptPerson) error {
	return s.inTx(ctx, func(tx *transaction) error {
		var clashes int
		err := tx.QueryRowContext(ctx, queries.Text("person.count_clash"), p.ID, p.Email, p.Issuer, p.Subject).Scan(&clashes)
		if err != nil {
			return err
		}
		if clashes > 0 {
			return taken(p)
		}
		err = changed(ctx, tx, "person", "person.save", p.Version, p.Email, p.Name, p.State, asJSON(p.Roles), p.Password,
			p.TOTP, p.TOTPStep, p.Issuer, p.Subject, p.ID)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, queries.Text("person_unit.remove_of"), p.ID); err != nil {
			return err
		}
		return addUnits(ctx, tx, p)
	})
}

func addUnits(ctx context.Context, tx *transaction, p store.KeptPerson) error {
	for _, u := range p.Units {
		if _, err := tx.ExecContext(ctx, queries.Text("person_unit.add"), p.ID, u); err != nil {
			return err
		}
	}
	return nil
}

func taken(p store.KeptPerson) error {
	return clientele.Errorf(clientele.CodeConflict, "there is an account of %s already", p.Email).
		WithHint("Look for it among the people.")
}

// belonging is that a person belongs to a unit.
type belonging struct{ person, unit string }

func scanBelonging(row scanner) (b belonging, err error) {
	err = row.Scan(&b.person, &b.unit)
	return b, err
}

func scanPerson(row scanner) (store.KeptPerson, error) {
	var scan personScan
	err := row.Scan(scan.fields()...)
	if err != nil {
		return scan.p, err
	}
	return scan.person()
}

// personScan takes the columns of a person in their order.
type personScan struct {
	p       store.KeptPerson
	roles   string
	created int64
	seen    sql.NullInt64
}

func (s *personScan) fields() []any {
	p := &s.p
	return []any{&p.ID, &p.Version, &p.Email, &p.Name, &p.State, &s.roles, &p.Password, &p.TOTP, &p.TOTPStep, &p.Issuer, &p.Subject, &s.created, &s.seen}
}

func (s *personScan) person() (store.KeptPerson, error) {
	s.p.Created, s.p.Seen = time.UnixMilli(s.created).UTC(), timeOf(s.seen)
	return s.p, json.Unmarshal([]byte(s.roles), &s.p.Roles)
}

// Units implements store.People.
func (s *Store) Units(ctx context.Context) ([]store.KeptUnit, error) {
	return listed(ctx, s, scanUnit, "unit.list")
}

// AddUnit implements store.People.
func (s *Store) AddUnit(ctx context.Context, u store.KeptUnit) error {
	_, err := s.on(ctx).ExecContext(ctx, queries.Text("unit.add"), u.ID, u.Version, u.Name, u.Parent, u.Head, asJSON(u.Scopes))
	return failure(err)
}

// SaveUnit implements store.People.
func (s *Store) SaveUnit(ctx context.Context, u store.KeptUnit) error {
	return changed(ctx, s.on(ctx), "unit", "unit.save", u.Version, u.Name, u.Parent, u.Head, asJSON(u.Scopes), u.ID)
}

// RemoveUnit implements store.People.
func (s *Store) RemoveUnit(ctx context.Context, id string) error {
	return s.inTx(ctx, func(tx *transaction) error {
		var uses int
		if err := tx.QueryRowContext(ctx, queries.Text("unit.count_use"), id, id).Scan(&uses); err != nil {
			return err
		}
		if uses > 0 {
			return clientele.Errorf(clientele.CodeConflict, "the unit still has people, or units below it").
				WithHint("Move them to another unit first.")
		}
		return changed(ctx, tx, "unit", "unit.remove", id)
	})
}

// ScopesOf implements store.People.
func (s *Store) ScopesOf(ctx context.Context, person string) (scopes []policy.Scope, err error) {
	each, err := listed(ctx, s, func(row scanner) (some []policy.Scope, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return nil, err
		}
		return some, json.Unmarshal([]byte(text), &some)
	}, "unit.scopes_of", person)
	for _, some := range each {
		scopes = append(scopes, some...)
	}
	return scopes, err
}

func scanUnit(row scanner) (u store.KeptUnit, err error) {
	var scopes string
	if err := row.Scan(&u.ID, &u.Version, &u.Name, &u.Parent, &u.Head, &scopes); err != nil {
		return u, err
	}
	return u, json.Unmarshal([]byte(scopes), &u.Scopes)
}

// asJSON is the text of a list; an empty one is [].
func asJSON[T any](list []T) string {
	if list == nil {
		list = []T{}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // texts can always be written
	}
	return string(text)
}
