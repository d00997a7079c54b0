package cases

import (
	"context"
	"encoding/json"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Rule says what opens a case at a touchpoint, and when it is due.
type Rule struct {
	On        bool `json:"on"`         // whether anything does
	NPS       int  `json:"nps"`        // this score or less, of 0 to 10; −1 is none
	CSAT      int  `json:"csat"`       // so many of the lowest boxes; 0 is none
	CES       int  `json:"ces"`        // this score or less, of 1 to 7; 0 is none
	Rating    int  `json:"rating"`     // this score or less, of 1 to 5; 0 is none
	Promises  bool `json:"promises"`   // what was promised and came later
	Failures  bool `json:"failures"`   // what ended with the outcome "failed"
	DueHours  int  `json:"due_hours"`  // until a case is raised, and again until it is raised further
	QuietDays int  `json:"quiet_days"` // after a case is closed, before another of the same matter is opened
}

// Standard is the rule where nothing else is said: detractors of an NPS, the lowest two boxes,
// an effort of three or less of seven.
var Standard = Rule{On: true, NPS: 6, CSAT: 2, CES: 3, Rating: 2, Promises: true, Failures: true, DueHours: 48, QuietDays: 30}

// Ruled is the rule of a touchpoint, and whether it is its own.
type Ruled struct {
	Touchpoint string `json:"touchpoint"` // id; "" is where nothing else is said
	Version    int64  `json:"version"`    // 0 where nothing was said yet
	Own        bool   `json:"own"`        // it was said of this touchpoint
	Rule       Rule   `json:"rule"`
}

func (r Rule) due(from time.Time) time.Time { return from.Add(time.Duration(r.DueHours) * time.Hour) }

func (r Rule) quietSince(now time.Time) time.Time { return now.AddDate(0, 0, -r.QuietDays) }

// validate refuses what is out of range.
func (r Rule) validate() error {
	for _, c := range []struct {
		field           string
		is, least, most int
	}{
		{"nps", r.NPS, -1, 10}, {"csat", r.CSAT, 0, 10}, {"ces", r.CES, 0, 7}, {"rating", r.Rating, 0, 5}, {"due_hours", r.DueHours, 1, 24 * 90}, {"quiet_days", r.QuietDays, 0, 3650},
	} {
		if c.is < c.least || c.is > c.most {
			e := clientele.Errorf(clientele.CodeInvalid, "%s: %d is not from %d to %d", c.field, c.is, c.least, c.most)
			e.At.Column = c.field
			return e
		}
	}
	return nil
}

// rules are those that were said, by touchpoint.
type rules map[string]Ruled

func (s *Service) rules(ctx context.Context) (rules, error) {
	kept, err := s.Store.CaseRules(ctx)
	if err != nil {
		return nil, err
	}
	all := rules{}
	for _, k := range kept {
		r := Ruled{Touchpoint: k.Touchpoint, Version: k.Version, Own: true}
		if err := json.Unmarshal(k.Body, &r.Rule); err != nil {
			return nil, err
		}
		all[k.Touchpoint] = r
	}
	return all, nil
}

// of is the rule of a touchpoint.
func (all rules) of(touchpoint string) Ruled {
	if r, ok := all[touchpoint]; ok {
		return r
	}
	r := Ruled{Touchpoint: touchpoint, Rule: Standard}
	if general, ok := all[""]; ok {
		r.Rule = general.Rule
	}
	return r
}

// Rule is the rule of a touchpoint, or for "" that where nothing else is said.
func (s *Service) Rule(ctx context.Context, touchpoint string) (Ruled, error) {
	all, err := s.rules(ctx)
	if err != nil {
		return Ruled{}, err
	}
	if err := s.known(ctx, touchpoint); err != nil {
		return Ruled{}, err
	}
	return all.of(touchpoint), nil
}

// known refuses a touchpoint that is not on the map.
func (s *Service) known(ctx context.Context, touchpoint string) error {
	if touchpoint == "" {
		return nil
	}
	m, err := s.chart(ctx)
	if err == nil && m.touchpoints[touchpoint].ID == "" {
		err = clientele.Errorf(clientele.CodeNotFound, "there is no such touchpoint")
	}
	return err
}

// SetRule says what opens a case at a touchpoint. CodeStale if version is not the one at hand.
func (s *Service) SetRule(ctx context.Context, touchpoint string, version int64, r Rule) (now Ruled, err error) {
	if err := r.validate(); err != nil {
		return now, err
	}
	err = s.Store.Atomically(ctx, func(ctx context.Context) error {
		was, err := s.Rule(ctx, touchpoint)
		if err != nil {
			return err
		}
		if was.Version != version {
			return clientele.Errorf(clientele.CodeStale, "the rule was changed meanwhile").WithHint("Look at it again.")
		}
		body, err := json.Marshal(r)
		if err != nil {
			return err
		}
		now = Ruled{touchpoint, version + 1, true, r}
		return s.Store.SaveCaseRule(ctx, store.CaseRule{Touchpoint: touchpoint, Version: now.Version, Body: body})
	})
	return now, err
}
