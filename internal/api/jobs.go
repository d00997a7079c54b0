package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

const aboutJobs = "Jobs"

// job is a piece of work as it is answered. What it was given is left out: that may open a
// file.
type job struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	State    store.JobState    `json:"state"`
	Cancel   bool              `json:"cancel" doc:"Whether it was asked to stop."`
	Progress store.JobProgress `json:"progress"`
	Result   json.RawMessage   `json:"result" doc:"Of a job that is done, by its kind; of an import what became of the file."`
	Error    *clientele.Error  `json:"error" doc:"Of a job that failed."`
	Created  time.Time         `json:"created"`
	Started  *time.Time        `json:"started"`
	Finished *time.Time        `json:"finished"`
}

func jobOf(j store.Job) job {
	return job{
		ID: j.ID, Kind: j.Kind, State: j.State, Cancel: j.Cancel, Progress: j.Progress, Result: j.Result, Error: j.Failure(),
		Created: j.Created, Started: j.Started, Finished: j.Finished,
	}
}

// added is the answer to what is being done from now on.
func added(j store.Job, err error) (answer[job], error) {
	return answer[job]{body: jobOf(j), location: jobsPath + j.ID}, err
}

// theJob is the one that an address names.
type theJob struct {
	ID string `path:"id" max:"100" doc:"The id of the job."`
}

func addJobs(a *API) {
	register(a, policy.SeeJobs, operation{
		name: "getJob", pattern: "GET " + jobsPath + "{id}", about: aboutJobs,
		says: "A piece of work: how far it is, or how it ended.",
		more: "What was answered with 202 is there to be asked for again when the job is done.",
	}, func(ctx context.Context, in *theJob) (answer[job], error) {
		j, err := a.Jobs.Job(ctx, in.ID)
		return only(jobOf(j), err)
	})
	register(a, policy.RunJobs, operation{
		name: "cancelJob", pattern: "POST " + jobsPath + "{id}/cancel", about: aboutJobs,
		says: "Ends a job that waits, and asks one that runs to stop.",
	}, func(ctx context.Context, in *theJob) (answer[job], error) {
		j, err := a.Jobs.Cancel(ctx, in.ID)
		return only(jobOf(j), err)
	})
	register(a, policy.RunJobs, operation{
		name: "repeatJob", pattern: "POST " + jobsPath + "{id}/repeat", about: aboutJobs, status: http.StatusAccepted,
		says: "Does the work of a job once more.",
	}, func(ctx context.Context, in *theJob) (answer[job], error) { return added(a.Jobs.Again(ctx, in.ID)) })
}
