package survey

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// standingPrefix begins the ids of surveys that always stand: of employees, one a touchpoint.
const standingPrefix = "hands-"

// standing is what employees are asked at a touchpoint: how well they can do what customers
// need there, and what ties their hands.
func standing(touchpoint string) Document {
	return Document{
		Survey: "What ties our hands: " + touchpoint, Touchpoint: touchpoint, Ask: Ask{Who: Employees}, Languages: []string{"en"},
		Title: Text{"en": "What ties your hands?"},
		Intro: Text{"en": "About the touchpoint " + touchpoint + "."},
		Questions: []Question{
			{ID: "able", Kind: Rating, From: new(1), To: new(5), Text: Text{"en": "How well can you do here what customers need?"}, Low: Text{"en": "not at all"}, High: Text{"en": "fully"}},
			{ID: "ties", Kind: Choice, Several: true, Text: Text{"en": "What ties your hands?"}, Options: []Option{
				{"rules", Text{"en": "rules that I may not bend"}}, {"systems", Text{"en": "systems and tools"}}, {"time", Text{"en": "too little time"}},
				{"knowledge", Text{"en": "something that I was not told or taught"}}, {"others", Text{"en": "other departments"}}, {"targets", Text{"en": "targets that pull another way"}},
				{"nothing", Text{"en": "nothing"}},
			}},
			{ID: "words", Kind: Words, Text: Text{"en": "What should change?"}},
		},
	}
}

// Report makes a link by which somebody says, once a month, what ties their hands at a
// touchpoint. Person is the id of their account; "" has none. Which link is whose is kept
// nowhere. CodeConflict if they had one this month.
func (s *Service) Report(ctx context.Context, touchpoint, person string) (path string, err error) {
	p, err := s.parts.Store.Part(ctx, touchpoint)
	if err == nil && p.Kind != store.TouchpointPart {
		err = clientele.Errorf(clientele.CodeNotFound, "there is no such touchpoint")
	}
	if err != nil {
		return "", err
	}
	secret, now := newSecret(), s.parts.Now().In(s.parts.Zone)
	err = s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		id, err := s.stand(ctx, p, now)
		if err != nil {
			return err
		}
		if person != "" {
			err := s.parts.Store.Hear(ctx, id, int64(now.Year())*12+int64(now.Month()), person)
			if clientele.CodeOf(err) == clientele.CodeConflict {
				return clientele.Errorf(clientele.CodeConflict, "you were asked about %s this month already", p.Name).
					WithHint("Each is heard once a month, so that few cannot speak for many.")
			}
			if err != nil {
				return err
			}
		}
		return s.parts.Store.AddTicket(ctx, store.KeptTicket{Hash: hashOf(secret), Survey: id})
	})
	return Path + secret, err
}

// stand sees to it that the survey of a touchpoint is there.
func (s *Service) stand(ctx context.Context, p store.KeptPart, now time.Time) (string, error) {
	id := standingPrefix + p.ID
	_, err := s.parts.Store.Survey(ctx, id)
	if clientele.CodeOf(err) != clientele.CodeNotFound {
		return id, err
	}
	d := standing(p.Name)
	d.complete()
	text, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	return id, s.parts.Store.AddSurvey(ctx, store.KeptSurvey{
		ID: id, Name: d.Survey, Key: strings.ToLower(id), Document: text, Employees: true, Made: now.UTC().Truncate(time.Millisecond), By: "clientele",
	})
}

// Reported is what employees said of a touchpoint; ok is false if nobody was asked yet.
func (s *Service) Reported(ctx context.Context, touchpoint string) (r Results, ok bool, err error) {
	r, err = s.Results(ctx, standingPrefix+touchpoint)
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return r, false, nil
	}
	return r, err == nil, err
}
