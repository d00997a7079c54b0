package access

import (
	"context"
	"encoding/json"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// The kinds of job.
const (
	StatementJob  = "statement"
	MovementJob   = "movement"
	ContractsJob  = "contracts"
	GrowthJob     = "growth"
	ImportJob     = "import"
	ModelJob      = "model"
	CompareJob    = "comparison"
	RestateJob    = "restatement"
	DefinitionJob = "definition"
	GoalsJob      = "goals"
	MeasuresJob   = "measures"
	PathsJob      = "paths"
	ThemesJob     = "themes"
)

// asking is what it takes to ask for a kind of job, and to see what it is about. A kind
// that is not here nobody may.
var asking = map[string]policy.Permission{
	StatementJob: policy.ReadStatement, MovementJob: policy.ReadStatement, ContractsJob: policy.ReadStatement, GrowthJob: policy.ReadStatement,
	ImportJob: policy.ImportData, ModelJob: policy.ReadModel, CompareJob: policy.ChooseModel, RestateJob: policy.ReadCloses,
	DefinitionJob: policy.ReadStatement, GoalsJob: policy.ReadGoals, MeasuresJob: policy.ReadMeasures, PathsJob: policy.ReadMeasures,
	ThemesJob: policy.ReadThemes,
}

// Jobs guards job.Queue. Jobs run as the program itself, and are asked for by who may see
// or change what they make.
type Jobs struct{ parts *Parts }

// Add keeps a job. Those that change something are recorded with who asked for them.
func (g Jobs) Add(ctx context.Context, kind, key string, payload any) (j store.Job, err error) {
	a, err := policy.Require(ctx, policy.SeeJobs)
	if err != nil {
		return j, err
	}
	switch {
	case !a.May(asking[kind]):
		return j, a.Denied(asking[kind])
	case kind != ImportJob && kind != CompareJob:
		return g.parts.Jobs.Add(ctx, kind, key, payload)
	}
	return j, g.changed(ctx, "job.added", func(ctx context.Context) (store.Job, error) {
		j, err = g.parts.Jobs.Add(ctx, kind, key, payload)
		return j, err
	})
}

// Job returns a job, with as much of it as the actor may see.
func (g Jobs) Job(ctx context.Context, id string) (j store.Job, err error) {
	a, err := policy.Require(ctx, policy.SeeJobs)
	if err != nil {
		return j, err
	}
	if j, err = g.parts.Jobs.Job(ctx, id); err != nil {
		return j, err
	}
	return cutJob(a, j)
}

// Cancel asks a job to stop.
func (g Jobs) Cancel(ctx context.Context, id string) (j store.Job, err error) {
	a, err := policy.Require(ctx, policy.RunJobs)
	if err != nil {
		return j, err
	}
	err = g.changed(ctx, "job.cancelled", func(ctx context.Context) (store.Job, error) {
		j, err = g.parts.Jobs.Cancel(ctx, id)
		return j, err
	})
	if err != nil {
		return store.Job{}, err
	}
	return cutJob(a, j)
}

// Again does the work of a job once more.
func (g Jobs) Again(ctx context.Context, id string) (j store.Job, err error) {
	a, err := policy.Require(ctx, policy.RunJobs)
	if err != nil {
		return j, err
	}
	err = g.changed(ctx, "job.repeated", func(ctx context.Context) (store.Job, error) {
		if j, err = g.parts.Jobs.Job(ctx, id); err == nil {
			j, err = g.parts.Jobs.Add(ctx, j.Kind, j.Key, j.Payload)
		}
		return j, err
	})
	if err != nil {
		return store.Job{}, err
	}
	return cutJob(a, j)
}

// changed records a change of a job. Its key is not told: it may open a file.
func (g Jobs) changed(ctx context.Context, action string, change func(context.Context) (store.Job, error)) error {
	return g.parts.recorded(ctx, action, func(ctx context.Context) (string, any, any, error) {
		j, err := change(ctx)
		return "job/" + j.ID, nil, map[string]string{"kind": j.Kind}, err
	})
}

// cutJob leaves of a job what somebody may see: how far it is, and what it is about if they
// may ask for such work, with rows as far as these are theirs.
func cutJob(a policy.Actor, j store.Job) (store.Job, error) {
	if !a.May(asking[j.Kind]) {
		failed := j.Error != nil
		j.Key, j.Payload, j.Result, j.Error = "", nil, nil, nil
		if failed {
			return withFailure(j, clientele.Errorf(clientele.CodeForbidden, "it failed, and why is told to who may ask for such work").
				WithHint("%s", clientele.HintOf(a.Denied(asking[j.Kind]))))
		}
		return j, nil
	}
	if f := j.Failure(); f != nil && f.Rows != nil && a.Reach(policy.ReadRows) != policy.Everything {
		f.Rows = nil
		return withFailure(j, f)
	}
	if j.Kind != ImportJob || j.State != store.JobDone || a.May(policy.ReadRejects) {
		return j, nil
	}
	var report ingest.FileReport
	if err := json.Unmarshal(j.Result, &report); err != nil {
		return store.Job{}, err
	}
	report.Rejects, report.Warnings = []warehouse.Reject{}, []ingest.Problem{}
	result, err := json.Marshal(report)
	j.Result = result
	return j, err
}

func withFailure(j store.Job, e *clientele.Error) (store.Job, error) {
	text, err := json.Marshal(e)
	j.Error = text
	return j, err
}
