package api

import (
	"context"
	"net/http"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

const aboutModel = "Model"

func addModel(a *API) {
	register(a, policy.ReadModel, operation{
		name: "getModel", pattern: "GET " + root + "/model", about: aboutModel, computes: true,
		says: "The model of purchases as of a day: whether to trust it, and why.",
	}, a.getModel)
	register(a, policy.ChooseModel, operation{
		name: "compareModels", pattern: "POST " + root + "/model/comparisons", about: aboutModel, status: http.StatusAccepted,
		says: "Compares the candidates as of a day, as a job; the best is the model from then on.",
	}, a.compareModels)
}

func (a *API) getModel(ctx context.Context, in *struct{ asOf }) (answer[clientele.ModelRun], error) {
	day, err := in.day(ctx, a.Statements)
	if err != nil {
		return answer[clientele.ModelRun]{}, err
	}
	run, ok, err := a.Models.Examined(ctx, day)
	return ready(run, ok, err, func() (store.Job, error) { return a.Work.Model(ctx, day) })
}

func (a *API) compareModels(ctx context.Context, in *struct {
	Body struct {
		AsOf clientele.Date `json:"as_of"`
	}
},
) (answer[job], error) {
	return added(a.Work.Comparison(ctx, in.Body.AsOf))
}
