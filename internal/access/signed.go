package access

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/policy"
)

// Definitions guards definition.Service. What a version would have done to past quarters is
// of the statement.
type Definitions struct{ parts *Parts }

// Versions lists every version.
func (g Definitions) Versions(ctx context.Context) ([]definition.Version, error) {
	if _, err := policy.Require(ctx, policy.ReadDefinitions); err != nil {
		return nil, err
	}
	return g.parts.Definitions.Versions(ctx)
}

// Version returns one.
func (g Definitions) Version(ctx context.Context, number int) (v definition.Version, err error) {
	if _, err := policy.Require(ctx, policy.ReadDefinitions); err != nil {
		return v, err
	}
	return g.parts.Definitions.Version(ctx, number)
}

// Disagreements are the terms in which book.toml differs from the version in force.
func (g Definitions) Disagreements(ctx context.Context) ([]definition.Change, error) {
	if _, err := policy.Require(ctx, policy.ReadDefinitions); err != nil {
		return nil, err
	}
	return g.parts.Definitions.Disagreements(ctx)
}

// Propose signs a new version, as the actor; by is heard from the owner of the machine alone.
func (g Definitions) Propose(ctx context.Context, e definition.Edit, why, by string) (v definition.Version, err error) {
	a, err := policy.Require(ctx, policy.ProposeDefinition)
	if err != nil {
		return v, err
	}
	return v, g.parts.recorded(ctx, "definition.proposed", func(ctx context.Context) (string, any, any, error) {
		before, err := g.parts.Definitions.Version(ctx, 0)
		if err != nil {
			return "", nil, nil, err
		}
		v, err = g.parts.Definitions.Propose(ctx, e, why, signature(a, by))
		return definitionName(v), before.Terms, v.Terms, err
	})
}

// Approve brings a version into force, as the actor; by is heard from the owner of the
// machine alone.
func (g Definitions) Approve(ctx context.Context, number int, by string) (v definition.Version, err error) {
	a, err := policy.Require(ctx, policy.ApproveDefinition)
	if err != nil {
		return v, err
	}
	return v, g.parts.recorded(ctx, "definition.approved", func(ctx context.Context) (string, any, any, error) {
		before, err := g.parts.Definitions.Version(ctx, 0)
		if err != nil {
			return "", nil, nil, err
		}
		v, err = g.parts.Definitions.Approve(ctx, number, signature(a, by))
		return definitionName(v), before.Terms, v.Terms, err
	})
}

func definitionName(v definition.Version) string { return "definition/" + strconv.Itoa(v.Number) }

// Compare computes past quarters by two versions.
func (g Definitions) Compare(ctx context.Context, q definition.Question, p definition.Progress) (c definition.Comparison, err error) {
	if _, err := policy.Require(ctx, policy.ReadStatement); err != nil {
		return c, err
	}
	return g.parts.Definitions.Compare(ctx, q, p)
}

// Compared returns a comparison that is there already.
func (g Definitions) Compared(ctx context.Context, q definition.Question) (c definition.Comparison, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadStatement); err != nil {
		return c, false, err
	}
	return g.parts.Definitions.Compared(ctx, q)
}

// Goals guards goal.Service.
type Goals struct{ parts *Parts }

// Set signs targets, as the actor; by is heard from the owner of the machine alone.
func (g Goals) Set(ctx context.Context, period string, t goal.Targets, by string) (set goal.Goal, err error) {
	a, err := policy.Require(ctx, policy.SetGoal)
	if err != nil {
		return set, err
	}
	return set, g.parts.recorded(ctx, "goal.set", func(ctx context.Context) (string, any, any, error) {
		goals, err := g.parts.Goals.Goals(ctx)
		if err != nil {
			return "", nil, nil, err
		}
		if set, err = g.parts.Goals.Set(ctx, period, t, signature(a, by)); err != nil {
			return "", nil, nil, err
		}
		var before any
		if i := slices.IndexFunc(goals, func(o goal.Goal) bool { return o.Period == set.Period }); i >= 0 {
			before = goals[i].Targets
		}
		return "goal/" + strings.TrimSpace(set.Period), before, set.Targets, nil
	})
}

// Goal is what is aimed at in a fiscal period.
func (g Goals) Goal(ctx context.Context, period string) (set goal.Goal, err error) {
	if _, err := policy.Require(ctx, policy.ReadGoals); err != nil {
		return set, err
	}
	return g.parts.Goals.Goal(ctx, period)
}

// ReadyOverview returns what came of all goals if that is there already.
func (g Goals) ReadyOverview(ctx context.Context) (o goal.Overview, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadGoals); err != nil {
		return o, false, err
	}
	return g.parts.Goals.ReadyOverview(ctx)
}

// PrepareOverview has it ready.
func (g Goals) PrepareOverview(ctx context.Context, p goal.Progress) error {
	if _, err := policy.Require(ctx, policy.ReadGoals); err != nil {
		return err
	}
	return g.parts.Goals.PrepareOverview(ctx, p)
}

// Named reports whether a period is one that goals are set for.
func (g Goals) Named(ctx context.Context, p clientele.Period) (bool, error) {
	if _, err := policy.Require(ctx, policy.ReadGoals); err != nil {
		return false, err
	}
	return g.parts.Goals.Named(ctx, p)
}

// Ready returns what came of the goals of a period if that is there already.
func (g Goals) Ready(ctx context.Context, p clientele.Period) (r goal.Report, ok bool, err error) {
	if _, err := policy.Require(ctx, policy.ReadGoals); err != nil {
		return r, false, err
	}
	return g.parts.Goals.Ready(ctx, p)
}

// Prepare has it ready.
func (g Goals) Prepare(ctx context.Context, p clientele.Period, progress goal.Progress) error {
	if _, err := policy.Require(ctx, policy.ReadGoals); err != nil {
		return err
	}
	return g.parts.Goals.Prepare(ctx, p, progress)
}
