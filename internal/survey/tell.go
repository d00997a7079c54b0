package survey

import (
	"context"
	"strings"

	"github.com/clientele/clientele/internal/store"
)

// The fewest answers of employees that are told together: of one question and part of the
// company, and texts.
const (
	Least      = 5
	LeastTexts = 10
)

// least is how many answers of a cell have to wait before they are told. What somebody wrote is
// told of the company as a whole, and needs more others.
func least(d Document, c store.AnonymousCell) int64 {
	if q, ok := d.Question(c.Question); ok && q.Kind == Words {
		return LeastTexts
	}
	return Least
}

// tell tells employees' answers that wait, if enough of a cell do: a whole portion at once, and
// nothing more that day. Whatever is told later is a sum of whole portions, so that two figures
// that were seen differ by at least a portion, whatever they were filtered by and whenever they
// were seen.
func (s *Service) tell(ctx context.Context, v Survey) error {
	today := s.today()
	return s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		last, ever, err := s.parts.Store.LastTold(ctx, v.ID)
		if err != nil || ever && last >= today {
			return err
		}
		cells, err := s.parts.Store.Untold(ctx, v.ID)
		if err != nil {
			return err
		}
		for _, c := range cells {
			if c.N < s.enough(v.Document, c) {
				continue
			}
			if err := s.parts.Store.Tell(ctx, v.ID, c, today); err != nil {
				return err
			}
		}
		return s.parts.Store.ForgetDrafts(ctx, s.parts.Now().Add(-keptFor).In(s.parts.Zone).Format("2006-01-02"))
	})
}

// asked is the id of the question that a cell is of, and whether it counts those to whom it does
// not apply.
func asked(question string) (id string, na bool) { return strings.CutSuffix(question, naSuffix) }
