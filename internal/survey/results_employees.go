package survey

import (
	"context"
	"fmt"

	"github.com/clientele/clientele/internal/store"
)

// employeeResults fills in what employees answered, as far as it is told. Nothing here is read
// from answers that wait: every figure is a sum of whole portions.
func (s *Service) employeeResults(ctx context.Context, v Survey, r *Results) error {
	if err := s.tell(ctx, v); err != nil {
		return err
	}
	counts, err := s.parts.Store.CountTold(ctx, v.ID)
	if err != nil {
		return err
	}
	var cells []cell
	var texts []store.KeptAnswer
	for _, c := range counts {
		id, na := asked(c.Question)
		q, _ := v.Document.Question(id)
		a := store.KeptAnswer{Question: id, Kind: store.ScoreAnswer, Value: c.Value}
		switch {
		case c.Question == "":
			r.Answered += c.N
			for i := range r.Waves {
				if r.Waves[i].Number == c.Wave {
					r.Waves[i].Answered += c.N
				}
			}
			continue
		case na:
			a.Kind = store.NotApplicable
		case q.Kind == Words:
			a.Kind = store.TextAnswer
			for range c.N {
				texts = append(texts, a)
			}
		case q.Kind == Choice:
			a.Kind = store.ChoiceAnswer
		}
		cells = append(cells, cell{store.AnswerCount{Wave: c.Wave, Segment: c.Part, KeptAnswer: a, N: c.N}, 1})
	}
	for i, w := range r.Waves {
		r.Asked += w.Asked
		r.Waves[i].Rate = ratio(r.Waves[i].Answered, w.Asked)
	}
	r.Rate = ratio(r.Answered, r.Asked)
	for _, q := range v.Document.Questions {
		result := questionOf(v.Document, q, cells, 0, r.Waves, texts[:min(len(texts), mostComments)])
		result.Unweighted = nil
		r.Questions = append(r.Questions, result)
	}
	r.Notes = append(r.Notes, fmt.Sprintf("Employees are anonymous: answers to a question are told in portions of at least %d of one part of the company, texts of at least %d, and at most once a day; what waits is in no figure.", Least, LeastTexts))
	return nil
}
