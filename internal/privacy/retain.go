package privacy

import (
	"context"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
)

// Kept is a sort of thing that is kept for a period, and what is past it.
type Kept struct {
	What   string `json:"what"`   // as [retention] in book.toml names it
	Keep   string `json:"keep"`   // 10y, 6m, 90d or never: for good
	Before string `json:"before"` // what is older is past it, YYYY-MM-DD; "" if nothing ever is
	Past   int64  `json:"past"`   // customers, or rejected rows; 0 for uploads, which go when the book is opened
	Then   string `json:"then"`   // what happens to it
}

// Retention tells how long what is kept, and how much is past its period.
func (s *Service) Retention(ctx context.Context) ([]Kept, error) {
	lines := []Kept{
		{What: config.KeepCustomers, Then: "made anonymous, so that the books still balance"},
		{What: config.KeepRejects, Then: "emptied; that there was a row stays"},
		{What: config.KeepUploads, Then: "removed, when the book is opened"},
	}
	for i := range lines {
		l := &lines[i]
		p := s.parts.Periods[l.What]
		l.Keep = p.String()
		at, ok := p.Before(s.parts.Now())
		if !ok {
			continue
		}
		l.Before = at.Format(time.DateOnly)
		var err error
		switch l.What {
		case config.KeepCustomers:
			var ids []string
			ids, err = s.idleSince(ctx, at)
			l.Past = int64(len(ids))
		case config.KeepRejects:
			l.Past, err = s.oldRejects(ctx, at)
		}
		if err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// idleSince lists the customers of whom nothing happened since, but for those that are
// anonymous already.
func (s *Service) idleSince(ctx context.Context, at time.Time) (ids []string, err error) {
	for id, err := range s.parts.Records.Idle(ctx, clientele.DateOf(at)) {
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(id, PseudonymPrefix) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// oldRejects counts the rejected rows of files that were accepted before, but for those
// that are empty already.
func (s *Service) oldRejects(ctx context.Context, at time.Time) (n int64, err error) {
	entries, err := s.parts.Landing.List()
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !e.Accepted.Before(at) {
			continue
		}
		for r, err := range s.parts.Records.Rejects(ctx, e.BatchID) {
			if err != nil {
				return 0, err
			}
			if strings.Trim(r.Text, ",;|\t\" ") != "" {
				n++
			}
		}
	}
	return n, nil
}

// Retain makes anonymous, or empties, everything that is past its period, as the work of
// by. Nothing is done, and the receipt's number is 0, if nothing is. Nobody is remembered
// as erased: who comes back is a customer like any other. Errors are those of Erase.
func (s *Service) Retain(ctx context.Context, by string, progress Progress) (Receipt, error) {
	lines, err := s.Retention(ctx)
	if err != nil {
		return Receipt{}, err
	}
	var past int64
	for _, l := range lines {
		past += l.Past
	}
	if past == 0 {
		return Receipt{}, nil
	}
	r := Request{Why: "the period that it is kept for is over", By: by, Unknown: true, Progress: progress}
	return s.quietly(ctx, r, func(e *eraser) error {
		e.body.What, e.silent, e.known = Retained, true, e.isOne
		if at, ok := s.parts.Periods[config.KeepRejects].Before(e.at); ok {
			e.rejects = at
		}
		at, ok := s.parts.Periods[config.KeepCustomers].Before(e.at)
		if !ok {
			return nil
		}
		ids, err := s.idleSince(ctx, at)
		for _, id := range ids {
			e.people[id] = true
		}
		return err
	})
}
