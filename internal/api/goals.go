package api

import (
	"context"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

const aboutGoals = "Goals"

// aim is what is aimed at in a period.
type aim struct {
	Period string         `json:"period"`
	From   clientele.Date `json:"from"`
	To     clientele.Date `json:"to"`
	goal.Targets
	By string     `json:"by" doc:"Who set it last; empty if nobody did."`
	At *time.Time `json:"at" doc:"When; null if nobody did."`
}

func aimOf(g goal.Goal) aim {
	out := aim{Period: g.Period, From: g.From, To: g.To, Targets: g.Targets, By: g.By}
	if !g.At.IsZero() {
		out.At = &g.At
	}
	return out
}

func addGoals(a *API) {
	register(a, policy.ReadGoals, operation{
		name: "getGoals", pattern: "GET " + root + "/goals", about: aboutGoals, computes: true,
		says: "All goals with what came of them, and the alarm of the latest quarter.",
	}, func(ctx context.Context, _ *none) (answer[goal.Overview], error) {
		o, ok, err := a.Goals.ReadyOverview(ctx)
		return ready(o, ok, err, func() (store.Job, error) { return a.Work.Goals(ctx, nil) })
	})
	register(a, policy.ReadGoals, operation{
		name: "getGoal", pattern: "GET " + root + "/goals/{period}", about: aboutGoals, says: "What is aimed at in a fiscal period.",
	}, func(ctx context.Context, in *thePeriod) (answer[aim], error) {
		g, err := a.Goals.Goal(ctx, in.Period)
		return only(aimOf(g), err)
	})
	register(a, policy.SetGoal, operation{
		name: "setGoal", pattern: "PATCH " + root + "/goals/{period}", about: aboutGoals,
		says: "Sets targets of a fiscal period, with the name of who asks; those that are not given stay.",
	}, a.setGoal)
	register(a, policy.ReadGoals, operation{
		name: "getGoalReport", pattern: "GET " + root + "/goals/{period}/report", about: aboutGoals, computes: true,
		says: "What came of the goal of a fiscal period, and its alarm.",
	}, a.getGoalReport)
}

type setGoalIn struct {
	thePeriod
	edit
	Body goal.Targets
}

// setGoal sets targets if the goal is still what it was when it was read.
func (a *API) setGoal(ctx context.Context, in *setGoalIn) (got answer[aim], err error) {
	err = a.Replies.Atomically(ctx, func(ctx context.Context) error {
		g, err := a.Goals.Goal(ctx, in.Period)
		if err != nil {
			return err
		}
		now := reply{body: aimOf(g)}
		if err := now.encode(); err != nil {
			return err
		}
		if hashTag(now.text) != in.IfMatch {
			return stale()
		}
		g, err = a.Goals.Set(ctx, in.Period, in.Body, nameOf(ctx))
		got.body = aimOf(g)
		return err
	})
	return got, err
}

func (a *API) getGoalReport(ctx context.Context, in *thePeriod) (answer[goal.Report], error) {
	g, err := a.Goals.Goal(ctx, in.Period)
	if err != nil {
		return answer[goal.Report]{}, err
	}
	p := clientele.Period{From: g.From, To: g.To}
	r, ok, err := a.Goals.Ready(ctx, p)
	return ready(r, ok, err, func() (store.Job, error) { return a.Work.Goals(ctx, &p) })
}
