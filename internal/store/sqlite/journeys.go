package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// Parts implements store.Journeys.
func (s *Store) Parts(ctx context.Context) ([]store.KeptPart, error) {
	return listed(ctx, s, scanPart, "journey_part.list")
}

// PartsOf implements store.Journeys.
func (s *Store) PartsOf(ctx context.Context, journey string) ([]store.KeptPart, error) {
	return listed(ctx, s, scanPart, "journey_part.list_of", journey, journey)
}

// Part implements store.Journeys.
func (s *Store) Part(ctx context.Context, id string) (store.KeptPart, error) {
	return s.part(ctx, "journey_part.get", id)
}

// PartAt implements store.Journeys.
func (s *Store) PartAt(ctx context.Context, kind store.PartKind, parent string, position int64) (store.KeptPart, error) {
	return s.part(ctx, "journey_part.get_at", kind, parent, position)
}

func (s *Store) part(ctx context.Context, query string, args ...any) (store.KeptPart, error) {
	p, err := scanPart(s.on(ctx).QueryRowContext(ctx, queries.Text(query), args...))
	return p, missing("part of a journey", err)
}

// CountParts implements store.Journeys.
func (s *Store) CountParts(ctx context.Context, kind store.PartKind, parent string) (n int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("journey_part.count"), kind, parent).Scan(&n)
	return n, failure(err)
}

// CountAllParts implements store.Journeys.
func (s *Store) CountAllParts(ctx context.Context) (n int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("journey_part.count_all")).Scan(&n)
	return n, failure(err)
}

// AddPart implements store.Journeys.
func (s *Store) AddPart(ctx context.Context, p store.KeptPart) error {
	return s.inTx(ctx, func(tx *transaction) error {
		if err := nameIsFree(ctx, tx, p); err != nil {
			return err
		}
		if err := shift(ctx, tx, p, 1); err != nil {
			return err
		}
		person, name, since := ownerOf(p)
		_, err := tx.ExecContext(ctx, queries.Text("journey_part.add"), p.ID, p.Version, p.Kind, p.Parent, p.Parent, p.Position, p.Name, p.Key,
			string(p.Notes), person, name, since)
		return err
	})
}

// SavePart implements store.Journeys.
func (s *Store) SavePart(ctx context.Context, p store.KeptPart) error {
	return s.inTx(ctx, func(tx *transaction) error {
		was, err := scanPart(tx.QueryRowContext(ctx, queries.Text("journey_part.get"), p.ID))
		if err != nil {
			return missing("part of a journey", err)
		}
		if err := nameIsFree(ctx, tx, p); err != nil {
			return err
		}
		if was.Parent != p.Parent || was.Position != p.Position {
			if err := errors.Join(shift(ctx, tx, was, -1), shift(ctx, tx, p, 1)); err != nil {
				return err
			}
		}
		person, name, since := ownerOf(p)
		return changed(ctx, tx, "part of a journey", "journey_part.save", p.Version, p.Parent, p.Parent, p.Position, p.Name, p.Key,
			string(p.Notes), person, name, since, p.ID)
	})
}

// RemovePart implements store.Journeys.
func (s *Store) RemovePart(ctx context.Context, id string) error {
	return s.inTx(ctx, func(tx *transaction) error {
		p, err := scanPart(tx.QueryRowContext(ctx, queries.Text("journey_part.get"), id))
		if err != nil {
			return missing("part of a journey", err)
		}
		var below int64
		if err := tx.QueryRowContext(ctx, queries.Text("journey_part.count_below"), id).Scan(&below); err != nil {
			return err
		}
		if below > 0 {
			return clientele.Errorf(clientele.CodeConflict, "%s is not empty", p.Name).WithHint("Move or remove what stands below it first.")
		}
		for _, query := range []string{"past_owner.remove_of", "journey_part.remove"} {
			if _, err := tx.ExecContext(ctx, queries.Text(query), id); err != nil {
				return err
			}
		}
		return shift(ctx, tx, p, -1)
	})
}

// shift moves those that stand at or behind a part's position on, and leaves itself.
func shift(ctx context.Context, tx *transaction, p store.KeptPart, by int64) error {
	_, err := tx.ExecContext(ctx, queries.Text("journey_part.shift"), by, p.Kind, p.Parent, p.Position, p.ID)
	return err
}

func nameIsFree(ctx context.Context, tx *transaction, p store.KeptPart) error {
	var clashes int
	err := tx.QueryRowContext(ctx, queries.Text("journey_part.count_clash"), p.ID, p.Kind, p.Key, p.Parent).Scan(&clashes)
	if err == nil && clashes > 0 {
		where := " in this book"
		if p.Kind == store.StagePart {
			where = " in its journey"
		}
		err = clientele.Errorf(clientele.CodeConflict, "there is a %s called %s already%s", p.Kind, p.Name, where).WithHint("Give it a name of its own.")
	}
	return err
}

// ownerOf are the columns of who answers for a part.
func ownerOf(p store.KeptPart) (person, name string, since sql.NullInt64) {
	if p.Owner == nil {
		return "", "", since
	}
	return p.Owner.Person, p.Owner.Name, millisOf(&p.Owner.Since)
}

func scanPart(row scanner) (p store.KeptPart, err error) {
	var notes string
	var owner store.KeptOwner
	var since sql.NullInt64
	err = row.Scan(&p.ID, &p.Version, &p.Kind, &p.Parent, &p.Position, &p.Name, &p.Key, &notes, &owner.Person, &owner.Name, &since)
	if since.Valid {
		owner.Since, p.Owner = time.UnixMilli(since.Int64).UTC(), &owner
	}
	if notes != "" {
		p.Notes = json.RawMessage(notes)
	}
	return p, err
}

// Vacant implements store.Journeys.
func (s *Store) Vacant(ctx context.Context) (store.Vacant, error) {
	return recalled(ctx, s, "journey_part", "vacant", func() (v store.Vacant, err error) {
		var oldest sql.NullInt64
		err = s.on(ctx).QueryRowContext(ctx, queries.Text("journey_part.count_vacant")).Scan(&v.Count, &oldest)
		v.Oldest = timeOf(oldest)
		return v, failure(err)
	})
}

// PastOwners implements store.Journeys.
func (s *Store) PastOwners(ctx context.Context, touchpoint string) ([]store.KeptOwner, error) {
	return listed(ctx, s, func(row scanner) (o store.KeptOwner, err error) {
		var since int64
		err = row.Scan(&o.Person, &o.Name, &since)
		o.Since = time.UnixMilli(since).UTC()
		return o, err
	}, "past_owner.list_of", touchpoint)
}

// AddPastOwner implements store.Journeys.
func (s *Store) AddPastOwner(ctx context.Context, touchpoint string, o store.KeptOwner) error {
	return s.run(ctx, "past_owner.add", touchpoint, o.Since.UnixMilli(), o.Person, o.Name)
}

// RemovePastOwner implements store.Journeys.
func (s *Store) RemovePastOwner(ctx context.Context, touchpoint string, since time.Time) error {
	return changed(ctx, s.on(ctx), "earlier owner", "past_owner.remove", touchpoint, since.UnixMilli())
}

// AddEdit implements store.Journeys.
func (s *Store) AddEdit(ctx context.Context, e store.KeptEdit) (number int64, err error) {
	err = s.inTx(ctx, func(tx *transaction) error {
		return tx.QueryRowContext(ctx, queries.Text("journey_edit.add"), e.At.UnixMilli(), e.Who, e.Name, e.Kind, e.Part, e.Journey, e.Says,
			e.Undoes, e.Undone, string(e.Steps)).Scan(&number)
	})
	return number, err
}

// Edit implements store.Journeys.
func (s *Store) Edit(ctx context.Context, number int64) (store.KeptEdit, error) {
	e, err := scanEdit(s.on(ctx).QueryRowContext(ctx, queries.Text("journey_edit.get"), number))
	return e, missing("edit", err)
}

// Edits implements store.Journeys.
func (s *Store) Edits(ctx context.Context, journey string, below int64, limit int) ([]store.KeptEdit, error) {
	if below <= 0 {
		below = math.MaxInt64
	}
	return listed(ctx, s, scanEdit, "journey_edit.list", journey, journey, below, limit)
}

// LastEdit implements store.Journeys.
func (s *Store) LastEdit(ctx context.Context, journey string) (store.KeptEdit, bool, error) {
	e, err := scanEdit(s.on(ctx).QueryRowContext(ctx, queries.Text("journey_edit.get_last"), journey, journey))
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, failure(err)
}

// MarkEdit implements store.Journeys.
func (s *Store) MarkEdit(ctx context.Context, number int64, undone bool) error {
	return changed(ctx, s.on(ctx), "edit", "journey_edit.mark", undone, number)
}

func scanEdit(row scanner) (e store.KeptEdit, err error) {
	var at int64
	var steps string
	err = row.Scan(&e.Number, &at, &e.Who, &e.Name, &e.Kind, &e.Part, &e.Journey, &e.Says, &e.Undoes, &e.Undone, &steps)
	e.At, e.Steps = time.UnixMilli(at).UTC(), json.RawMessage(steps)
	return e, err
}
