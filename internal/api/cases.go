package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/policy"
)

const aboutCases = "Cases"

// theCase names a case.
type theCase struct {
	Number int64 `path:"number" min:"1" doc:"The number of the case."`
}

// caseView is a case with all that is known of it.
type caseView struct {
	cases.Detail
	Stake *stakeView `json:"stake" doc:"What the customer bought; null if that is not yours to see."`
}

type stakeView struct {
	Orders int64           `json:"orders"`
	Amount clientele.Money `json:"amount" doc:"Net, of all lines."`
	Last   *clientele.Date `json:"last" doc:"Of the latest sale; null if there is none."`
}

// settledCase is a case with the link by which its customer is asked.
type settledCase struct {
	cases.Case
	Link   *string `json:"link" doc:"Path and secret of the page that takes the customer's answer; shown once, and null when the request is repeated."`
	Mailed bool    `json:"mailed" doc:"It is sent to the customer."`
}

func (c settledCase) public() any {
	c.Link = nil
	return c
}

// ofVersion is the version of a case that is changed.
type ofVersion struct {
	Version int64 `json:"version" min:"1" doc:"That of the case when it was read."`
}

func addCases(a *API) {
	register(a, policy.ReadCases, operation{
		name: "listCases", pattern: "GET " + root + "/cases", about: aboutCases,
		says: "What let customers down, and what was done about it: cases that wait by when they are due, closed ones the latest first.",
	}, a.listCases)
	register(a, policy.ReadCases, operation{
		name: "getCase", pattern: "GET " + root + "/cases/{number}", about: aboutCases, says: "A case, with what happened and what was done.",
	}, a.getCase)
	register(a, policy.WorkCases, operation{
		name: "takeCase", pattern: "POST " + root + "/cases/{number}/take", about: aboutCases, says: "Says that who asks works on a case.",
	}, func(ctx context.Context, in *struct {
		theCase
		Body ofVersion
	},
	) (answer[cases.Case], error) {
		return only(a.Cases.Take(ctx, in.Number, in.Body.Version))
	})
	register(a, policy.WorkCases, operation{
		name: "noteCase", pattern: "POST " + root + "/cases/{number}/notes", about: aboutCases, says: "Keeps what who asks has to say of a case.",
	}, func(ctx context.Context, in *struct {
		theCase
		Body struct {
			ofVersion
			Text string `json:"text" min:"1" max:"2000"`
		}
	},
	) (answer[cases.Case], error) {
		return only(a.Cases.Note(ctx, in.Number, in.Body.Version, in.Body.Text))
	})
	register(a, policy.WorkCases, operation{
		name: "settleCase", pattern: "POST " + root + "/cases/{number}/settlement", about: aboutCases, status: http.StatusCreated, secret: true,
		says: "Says what was done, and asks the customer whether it is settled.",
	}, a.settleCase)
	register(a, policy.ReadCases, operation{
		name: "getCaseRule", pattern: "GET " + root + "/case-rules", about: aboutCases, says: "What opens a case at a touchpoint, and when it is due.",
	}, func(ctx context.Context, in *struct {
		Touchpoint string `query:"touchpoint" max:"100" doc:"Its id; without, what holds where nothing else is said."`
	},
	) (answer[cases.Ruled], error) {
		return only(a.Cases.Rule(ctx, in.Touchpoint))
	})
	register(a, policy.SetCaseRules, operation{
		name: "setCaseRule", pattern: "PUT " + root + "/case-rules", about: aboutCases, says: "Says what opens a case at a touchpoint, and when it is due.",
	}, func(ctx context.Context, in *struct{ Body ruleIn }) (answer[cases.Ruled], error) {
		return only(a.Cases.SetRule(ctx, in.Body.Touchpoint, in.Body.Version, in.Body.Rule))
	})
}

type ruleIn struct {
	Touchpoint string     `json:"touchpoint" max:"100" doc:"Its id; empty is what holds where nothing else is said."`
	Version    int64      `json:"version" min:"0" doc:"That of the rule when it was read."`
	Rule       cases.Rule `json:"rule"`
}

type casesIn struct {
	paging
	Whose      string `query:"whose" max:"10" doc:"mine, units (those of who is in the units that who asks heads, and of who asks) or all; without, all that may be seen."`
	State      string `query:"state" max:"10" doc:"open (which includes taken), settled or closed; without, open."`
	Touchpoint string `query:"touchpoint" max:"100" doc:"Only those at this touchpoint: its id."`
}

func (a *API) listCases(ctx context.Context, in *casesIn) (answer[page[cases.Case]], error) {
	from, err := in.position("cases")
	if err != nil {
		return answer[page[cases.Case]]{}, err
	}
	q := access.CaseQuery{Whose: in.Whose, State: cases.State(in.State), Touchpoint: in.Touchpoint, Offset: min(from, 100_000), Limit: in.limit()}
	if q.State != cases.Settled && q.State != cases.Closed {
		q.State = cases.Open
	}
	if q.Whose == "" {
		q.Whose = access.Units
		if who, _ := policy.ActorOf(ctx); who.Reach(policy.ReadCases) == policy.Everything {
			q.Whose = access.All
		}
	}
	l, err := a.Cases.Cases(ctx, q)
	out := page[cases.Case]{Items: append([]cases.Case{}, l.Cases...)}
	if l.More {
		out.Next = in.after("cases", q.Offset+int64(q.Limit))
	}
	return only(out, err)
}

func (a *API) getCase(ctx context.Context, in *theCase) (answer[caseView], error) {
	d, err := a.Cases.Case(ctx, in.Number)
	out := caseView{Detail: d}
	if d.Stake != nil {
		out.Stake = &stakeView{d.Stake.Orders, d.Stake.Amount, d.Stake.Last}
	}
	return only(out, err)
}

func (a *API) settleCase(ctx context.Context, in *struct {
	theCase
	Body struct {
		ofVersion
		Done    string `json:"done" min:"1" max:"2000" doc:"What was done."`
		Address string `json:"address,omitempty" max:"254" doc:"Where the customer is asked by mail; without, the link is handed over otherwise."`
	}
},
) (answer[settledCase], error) {
	c, asked, err := a.Cases.Settle(ctx, in.Number, in.Body.Version, in.Body.Done, in.Body.Address)
	return answer[settledCase]{body: settledCase{c, &asked.Link, asked.Mailed}, location: place(root+"/cases/%s", strconv.FormatInt(in.Number, 10))}, err
}
