package api

import (
	"context"
	"net/http"
	"strconv"

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
	addMarks(a)
}

func addMarks(a *API) {
	register(a, policy.ReadMeasures, operation{
		name: "listMarkedEvents", pattern: "GET " + root + "/marked-events", about: aboutMeasures, says: "The events that are marked on the charts of measures, by day.",
	}, func(ctx context.Context, in *paging) (answer[page[clientele.MarkedEvent]], error) {
		all, err := a.Measures.Marks(ctx)
		return pageOf(*in, "marked-events", all, err)
	})
	register(a, policy.MarkEvents, operation{
		name: "markEvent", pattern: "POST " + root + "/marked-events", about: aboutMeasures, status: http.StatusCreated, says: "Marks an event on the charts of measures, with the name of who asks.",
	}, func(ctx context.Context, in *struct{ Body markBody }) (answer[clientele.MarkedEvent], error) {
		m, err := a.Measures.Mark(ctx, in.Body.Day, in.Body.Name, in.Body.Touchpoint, nameOf(ctx))
		got, err := only(m, err)
		got.location = place(root+"/marked-events/%s", strconv.FormatInt(m.Number, 10))
		return got, err
	})
	register(a, policy.MarkEvents, operation{
		name: "unmarkEvent", pattern: "DELETE " + root + "/marked-events/{number}", about: aboutMeasures, says: "Takes a marked event away.",
	}, func(ctx context.Context, in *struct {
		Number int64 `path:"number" doc:"The event."`
	}) (answer[none], error) {
		return answer[none]{}, a.Measures.Unmark(ctx, in.Number, nameOf(ctx))
	})
}

type markBody struct {
	Day        clientele.Date `json:"day" required:"true" doc:"When it happened, or began."`
	Name       string         `json:"name" required:"true" doc:"What happened, in a few words; name no customer."`
	Touchpoint string         `json:"touchpoint" doc:"Where; empty is everywhere."`
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
