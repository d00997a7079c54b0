package api

import (
	"cmp"
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// movementIn is which movement is asked for.
type movementIn struct {
	filter
	Horizon clientele.Horizon `query:"horizon" doc:"How many years ahead worth is counted; 5 if not given."`
}

func (in movementIn) equity(ctx context.Context, s Statements) (statement.EquityRequest, error) {
	r, err := in.request(ctx, s)
	return statement.EquityRequest{Request: r, Horizon: cmp.Or(in.Horizon, clientele.FiveYears)}, err
}

func addMovement(a *API) {
	register(a, policy.ReadStatement, operation{
		name: "getMovement", pattern: "GET " + root + "/movement", about: aboutStatement, computes: true,
		says: "How customer equity moved over a period, line by line.",
	}, a.getMovement)
	register(a, policy.ReadRows, operation{
		name: "explainMovement", pattern: "GET " + root + "/movement/lines/{line}", about: aboutStatement, computes: true,
		says: "The customers behind a line of the equity movement.",
		more: "Lines are called as in the movement, such as expected_release or experience.survival.",
	}, a.explainMovement)
}

func (a *API) getMovement(ctx context.Context, in *movementIn) (answer[clientele.EquityMovement], error) {
	r, err := in.equity(ctx, a.Statements)
	if err != nil {
		return answer[clientele.EquityMovement]{}, err
	}
	m, ok, err := a.Statements.ReadyEquityMovement(ctx, r)
	if err == nil && ok && in.Segment != "" {
		m, err = segmentOf(m.Segments, in.Segment, func(m clientele.EquityMovement) string { return m.Segment })
	}
	return ready(m, ok, err, func() (store.Job, error) { return a.Work.Movement(ctx, r.Request) })
}

// explainedMovement is an explanation with where its rows go on.
type explainedMovement struct {
	statement.EquityExplanation
	Next *string `json:"next" doc:"Where the next rows are; null at their end."`
}

func (e explainedMovement) nextPage() *string { return e.Next }

type explainMovementIn struct {
	movementIn
	paging
	Line string `path:"line" max:"200" doc:"The line, such as new_customers."`
}

func (a *API) explainMovement(ctx context.Context, in *explainMovementIn) (answer[explainedMovement], error) {
	r, err := in.equity(ctx, a.Statements)
	if err != nil {
		return answer[explainedMovement]{}, err
	}
	from, err := in.position("movement")
	if err != nil {
		return answer[explainedMovement]{}, err
	}
	if _, ok, err := a.Statements.ReadyEquityMovement(ctx, r); err != nil || !ok {
		return ready(explainedMovement{}, ok, err, func() (store.Job, error) { return a.Work.Movement(ctx, r.Request) })
	}
	x, err := a.Statements.ExplainEquity(ctx, statement.ExplainEquityRequest{
		EquityRequest: r, Line: warehouse.EquityLine(in.Line), Segment: in.Segment, Offset: from, Limit: in.limit(),
	})
	out := explainedMovement{EquityExplanation: x}
	if err == nil {
		out.Next = in.beyond("movement", from, len(x.Rows), x.Count)
	}
	return only(out, err)
}
