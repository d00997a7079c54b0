package access

import (
	"context"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/survey"
)

// Surveys guards survey.Service. Respondents need no account: what they may is in their link.
type Surveys struct{ parts *Parts }

// List returns every survey, the latest first.
func (g Surveys) List(ctx context.Context) ([]survey.Summary, error) {
	if _, err := policy.Require(ctx, policy.ReadSurveys); err != nil {
		return nil, err
	}
	return g.parts.Surveys.List(ctx)
}

// Find returns a survey by its id or its name.
func (g Surveys) Find(ctx context.Context, name string) (v survey.Survey, err error) {
	if _, err := policy.Require(ctx, policy.ReadSurveys); err != nil {
		return v, err
	}
	return g.parts.Surveys.Find(ctx, name)
}

// Results returns what a survey says, with the segments that are the actor's. Of employees
// everybody sees the same: parts of the company are nobody's rows.
func (g Surveys) Results(ctx context.Context, id string) (r survey.Results, err error) {
	a, err := policy.Require(ctx, policy.ReadSurveys)
	if err != nil {
		return r, err
	}
	v, err := g.parts.Surveys.Find(ctx, id)
	if err != nil {
		return r, err
	}
	r, err = g.parts.Surveys.Results(ctx, v.ID)
	return cutSurvey(a, v.Document.Ask, r), err
}

// cutSurvey leaves the segments that are the actor's, and texts to who sees all rows.
func cutSurvey(a policy.Actor, ask survey.Ask, r survey.Results) survey.Results {
	if ask.Who == survey.Employees || a.Reach(policy.ReadRows) == policy.Everything {
		return r
	}
	seen, left := covered(a, ask.By, r.Segments, func(s survey.SegmentResult) string { return s.Name })
	if ask.By == "" {
		seen, left = nil, 0 // all are one segment, which the totals tell of
	}
	r.Segments, r.Hidden = seen, hidden(a, left, "segments")
	questions := make([]survey.QuestionResult, len(r.Questions))
	for i, q := range r.Questions {
		q.Parts, _ = covered(a, ask.By, q.Parts, func(p survey.PartResult) string { return p.Name })
		q.Comments = nil
		questions[i] = q
	}
	r.Questions = questions
	return r
}

// Create makes a survey.
func (g Surveys) Create(ctx context.Context, d survey.Document) (v survey.Survey, err error) {
	a, err := policy.Require(ctx, policy.RunSurveys)
	if err != nil {
		return v, err
	}
	err = g.parts.recorded(ctx, "surveys.created", func(ctx context.Context) (object string, before, after any, err error) {
		v, err = g.parts.Surveys.Create(ctx, d, a.Name)
		return "survey/" + v.ID, nil, map[string]any{"name": v.Name, "who": d.Ask.Who}, err
	})
	return v, err
}

// Send does what is due of a survey, for who sees all customers: links are told to them.
func (g Surveys) Send(ctx context.Context, id, origin string) (sent survey.Sent, err error) {
	a, err := policy.Require(ctx, policy.RunSurveys)
	if err != nil {
		return sent, err
	}
	if a.Reach(policy.ReadRows) != policy.Everything {
		return sent, a.DeniedRows()
	}
	return g.parts.Surveys.Send(ctx, id, origin, func(ctx context.Context, s survey.Sent) error {
		return g.parts.Log.Record(ctx, "surveys.sent", "survey/"+id, nil, map[string]any{"wave": s.Wave, "reminder": s.Reminder, "asked": s.Asked, "mailed": s.Mailed})
	})
}

// Close ends a survey for good.
func (g Surveys) Close(ctx context.Context, id string) error {
	if _, err := policy.Require(ctx, policy.RunSurveys); err != nil {
		return err
	}
	return g.parts.recorded(ctx, "surveys.closed", func(ctx context.Context) (object string, before, after any, err error) {
		return "survey/" + id, nil, nil, g.parts.Surveys.Close(ctx, id)
	})
}

// Invite has a customer asked after an event.
func (g Surveys) Invite(ctx context.Context, id string, asked survey.Asked, origin string) (out survey.Invited, err error) {
	if _, err := policy.Require(ctx, policy.InviteToSurveys); err != nil {
		return out, err
	}
	return g.parts.Surveys.Invite(ctx, id, asked, origin, func(ctx context.Context, out survey.Invited) error {
		return g.parts.Log.Record(ctx, "surveys.invited", "survey/"+id, nil, map[string]any{"mailed": out.Mailed})
	})
}

// Report makes a link by which the actor says what ties their hands at a touchpoint. The audit is
// not told: when somebody was given a link says too much of which answer is theirs.
func (g Surveys) Report(ctx context.Context, touchpoint string) (string, error) {
	a, err := policy.Require(ctx, policy.ReportHands)
	if err != nil {
		return "", err
	}
	return g.parts.Surveys.Report(ctx, touchpoint, a.ID)
}

// Reported is what employees said of a touchpoint; ok is false if nobody was asked yet.
func (g Surveys) Reported(ctx context.Context, touchpoint string) (r survey.Results, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadSurveys); err != nil {
		return r, false, err
	}
	return g.parts.Surveys.Reported(ctx, touchpoint)
}

// Visit finds what a respondent's link leads to.
func (g Surveys) Visit(ctx context.Context, key, draft string) (v survey.Visit, err error) {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return v, err
	}
	return g.parts.Surveys.Visit(ctx, key, draft)
}

// Reply keeps what a respondent answered on one screen.
func (g Surveys) Reply(ctx context.Context, v survey.Visit, r survey.Reply) (n survey.Next, err error) {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return n, err
	}
	return g.parts.Surveys.Reply(ctx, v, r)
}

// Refuse keeps that whoever has a link is not to be asked again.
func (g Surveys) Refuse(ctx context.Context, key string) error {
	if _, err := policy.Require(ctx, policy.Anyone); err != nil {
		return err
	}
	return g.parts.Surveys.Refuse(ctx, key)
}

// Origin is where respondents come; "" is not known.
func (g Surveys) Origin(ctx context.Context) (string, error) {
	if _, err := policy.Require(ctx, policy.ReadSurveys); err != nil {
		return "", err
	}
	return g.parts.Surveys.Origin(), nil
}
