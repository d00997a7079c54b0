package api

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

const aboutMeasures = "Measures"

func addMeasures(a *API) {
	register(a, policy.ReadMeasures, operation{
		name: "getMeasures", pattern: "GET " + root + "/measures", about: aboutMeasures, computes: true,
		says: "All measures over all days on record, each with its definition, its interval and its signals.",
	}, func(ctx context.Context, _ *none) (answer[clientele.MeasureOverview], error) {
		o, ok, err := a.Measures.ReadyOverview(ctx)
		return ready(o, ok, err, func() (store.Job, error) { return a.Work.Measure(ctx, measure.Request{}) })
	})
	register(a, policy.ReadMeasures, operation{
		name: "getMeasure", pattern: "GET " + root + "/measures/{name}", about: aboutMeasures, computes: true,
		says: "One measure over some days, at a touchpoint or by segment, as a control chart.",
		more: "By an attribute it has every segment of it that you may see; hidden says what is left out.",
	}, a.getMeasure)
}

type measureIn struct {
	Name       string          `path:"name" max:"100" doc:"The measure, such as nps."`
	From       *clientele.Date `query:"from" doc:"First day; without, the first on record."`
	To         *clientele.Date `query:"to" doc:"Last day; without, the last on record."`
	Touchpoint string          `query:"touchpoint" max:"1000" doc:"What is recorded at this touchpoint alone."`
	By         string          `query:"by" max:"200" doc:"An attribute of customers, touchpoint or, of answers about orders, days_late."`
	Within     int             `query:"within" doc:"Days within which a contact is a repeat, where the measure has them."`
}

func (a *API) getMeasure(ctx context.Context, in *measureIn) (answer[clientele.MeasureReport], error) {
	r := measure.Request{Name: in.Name, From: in.From, To: in.To, Touchpoint: in.Touchpoint, By: in.By, Within: in.Within}
	m, ok, err := a.Measures.Ready(ctx, r)
	return ready(m, ok, err, func() (store.Job, error) { return a.Work.Measure(ctx, r) })
}
