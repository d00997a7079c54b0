package api

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

func addPaths(a *API) {
	register(a, policy.ReadMeasures, operation{
		name: "getPaths", pattern: "GET " + root + "/paths", about: aboutJourneys, computes: true,
		says: "The paths that customers took: what follows on what, the most frequent paths, and what differs from what is drawn.",
		more: "By an attribute it has every segment of it that you may see; hidden says what is left out.",
	}, a.getPaths)
}

type pathsIn struct {
	From    *clientele.Date `query:"from" doc:"First day on which a path began; without, the first on record."`
	To      *clientele.Date `query:"to" doc:"Last day on which a path began; without, the last on record."`
	By      string          `query:"by" max:"200" doc:"An attribute of customers."`
	Journey string          `query:"journey" max:"100" doc:"Id of a journey: only paths that came to a touchpoint of it."`
}

func (a *API) getPaths(ctx context.Context, in *pathsIn) (answer[clientele.PathReport], error) {
	r := path.Request{From: in.From, To: in.To, By: in.By, Journey: in.Journey}
	p, ok, err := a.Paths.Ready(ctx, r)
	return ready(p, ok, err, func() (store.Job, error) { return a.Work.Paths(ctx, r) })
}
