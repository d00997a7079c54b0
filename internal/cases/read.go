package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Query asks for cases.
type Query struct {
	State      State    // Open includes those that are taken
	Persons    []string // whose they are, or to whom they were raised; nil is everybody's
	Touchpoint string   // id; "" is all
	Offset     int64
	Limit      int
}

// List is a part of the cases that were asked for.
type List struct {
	Cases []Case `json:"cases"`
	More  bool   `json:"more"` // there are others behind it
}

// Cases lists cases: those that wait by when they are due, closed ones the latest first.
func (s *Service) Cases(ctx context.Context, q Query) (List, error) {
	persons := q.Persons
	if persons == nil {
		persons = []string{""}
	}
	end := int(q.Offset) + q.Limit
	found := map[int64]store.KeptCase{} // one that was raised within a unit is of two
	for _, person := range persons {
		kept, err := s.Store.Cases(ctx, store.CaseQuery{State: q.State, Person: person, Touchpoint: q.Touchpoint, Limit: end + 1})
		if err != nil {
			return List{}, err
		}
		for _, k := range kept {
			found[k.Number] = k
		}
	}
	out := List{Cases: []Case{}, More: len(found) > end}
	for _, k := range found {
		out.Cases = append(out.Cases, s.caseOf(k))
	}
	slices.SortFunc(out.Cases, func(a, b Case) int {
		if q.State == Closed {
			return cmp.Or(b.Closed.Compare(*a.Closed), cmp.Compare(b.Number, a.Number))
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Number, b.Number))
	})
	out.Cases = out.Cases[min(int(q.Offset), len(out.Cases)):min(end, len(out.Cases))]
	return out, nil
}

// Waiting counts the cases at a touchpoint that are open or taken.
func (s *Service) Waiting(ctx context.Context, touchpoint string) (int64, error) {
	return s.Store.CountCases(ctx, store.CaseQuery{State: Open, Touchpoint: touchpoint})
}

// Under are the people whose cases somebody sees: their own, and those of the units that they head.
func (s *Service) Under(ctx context.Context, person string) ([]string, error) {
	c, err := s.chart(ctx)
	if err != nil {
		return nil, err
	}
	return c.under(person), nil
}

// Whose returns a case alone.
func (s *Service) Whose(ctx context.Context, number int64) (Case, error) {
	k, err := s.Store.Case(ctx, number)
	return s.caseOf(k), err
}

// Case returns a case with all that is known of it, but for what the customer bought.
func (s *Service) Case(ctx context.Context, number int64) (d Detail, err error) {
	k, err := s.Store.Case(ctx, number)
	if err != nil {
		return d, err
	}
	d.Case, d.Causes, d.Events = s.caseOf(k), []Cause{}, []Event{}
	causes, err := s.Store.Causes(ctx, number)
	if err != nil {
		return d, err
	}
	for _, kept := range causes {
		c := Cause{Found: kept.At, Quiet: kept.Quiet}
		if err := json.Unmarshal(kept.Body, &c.Fact); err != nil {
			return d, err
		}
		if c.What == warehouse.BadAnswer {
			if c.Text, err = s.Records.AnswerText(ctx, k.Customer, c.Source, c.Record); err != nil {
				return d, err
			}
		}
		d.Causes = append(d.Causes, c)
	}
	events, err := s.Store.CaseEvents(ctx, number)
	if err != nil {
		return d, err
	}
	for _, e := range events {
		d.Events = append(d.Events, Event{e.At, e.Name, e.What, e.Note})
	}
	if k.AskedByMail != "" {
		m, err := s.Mail.Of(ctx, k.AskedByMail)
		if err != nil && clientele.CodeOf(err) != clientele.CodeNotFound { // it was forgotten
			return d, err
		}
		if err == nil {
			d.Asked = &m
		}
	}
	return d, nil
}

// AtStake is what a customer bought up to today.
func (s *Service) AtStake(ctx context.Context, customer string) (warehouse.Stake, error) {
	return s.Records.AtStake(ctx, customer, s.days().To)
}
