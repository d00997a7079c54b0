package api

import (
	"context"

	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/policy"
)

const aboutAudit = "Audit"

type auditIn struct {
	paging
	Who     string `query:"who" max:"100" doc:"Only what this person or service did: their id."`
	Action  string `query:"action" max:"100" doc:"Only this action, such as person.changed."`
	Object  string `query:"object" max:"200" doc:"Only what was done to this, such as person/4f2a."`
	Outcome string `query:"outcome" max:"20" doc:"Only what ended so: done, denied or failed."`
}

func (in auditIn) match(e audit.Event) bool {
	for _, c := range []struct{ want, is string }{{in.Who, e.Who}, {in.Action, e.Action}, {in.Object, e.Object}, {in.Outcome, e.Outcome}} {
		if c.want != "" && c.want != c.is {
			return false
		}
	}
	return true
}

// verified is what following the chain found.
type verified struct {
	Events   int64     `json:"events"`
	Head     string    `json:"head" doc:"The hash of the last event."`
	Findings []finding `json:"findings" never:"null" doc:"Events that are not as they were written; none if all are."`
}

type finding struct {
	Where  string `json:"where"`
	Reason string `json:"reason"`
}

func addAudit(a *API) {
	register(a, policy.ReadAudit, operation{
		name: "listEvents", pattern: "GET " + root + "/audit", about: aboutAudit, says: "Who did what, and when; the latest first.",
	}, a.listAudit)
	register(a, policy.ReadAudit, operation{
		name: "verifyAudit", pattern: "GET " + root + "/audit/verification", about: aboutAudit, says: "Follows the chain of the audit, and names what was changed.",
	}, a.verifyAudit)
}

func (a *API) listAudit(ctx context.Context, in *auditIn) (answer[page[audit.Event]], error) {
	below, err := in.position("audit")
	if err != nil {
		return answer[page[audit.Event]]{}, err
	}
	// One event more than is answered tells whether there are others.
	events, err := a.Audit.Page(ctx, below, in.limit()+1, in.match)
	out := page[audit.Event]{Items: append([]audit.Event{}, events...)}
	if len(events) > in.limit() {
		out.Items = out.Items[:in.limit()]
		out.Next = in.after("audit", out.Items[in.limit()-1].Number)
	}
	return only(out, err)
}

func (a *API) verifyAudit(ctx context.Context, _ *none) (answer[verified], error) {
	n, head, found, err := a.Audit.Verify(ctx)
	out := verified{Events: n, Head: head, Findings: []finding{}}
	for _, f := range found {
		out.Findings = append(out.Findings, finding(f))
	}
	return only(out, err)
}
