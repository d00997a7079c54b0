package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

const aboutDefinitions = "Definitions"

// proposal is what a definition is to become; what is not given stays.
type proposal struct {
	Kind         *clientele.Business `json:"kind,omitempty" doc:"What makes a customer."`
	LapseDays    *int                `json:"lapse_days,omitempty" min:"1" max:"3660"`
	GraceDays    *int                `json:"grace_days,omitempty" min:"0" max:"3660"`
	Margin       *float64            `json:"margin,omitempty" doc:"A fraction of net revenue, above 0 and up to 1."`
	DiscountRate *float64            `json:"discount_rate,omitempty" doc:"A fraction a year, 0 to 1."`
	Why          string              `json:"why" max:"2000" doc:"Why it should change."`
}

func (p proposal) edit() definition.Edit {
	return definition.Edit{Kind: p.Kind, LapseDays: p.LapseDays, GraceDays: p.GraceDays, Margin: p.Margin, DiscountRate: p.DiscountRate}
}

// theVersion is the version that an address names.
type theVersion struct {
	Version int64 `path:"version" min:"1" max:"1000000" doc:"The number of the version."`
}

type comparisonIn struct {
	theVersion
	With *int64 `query:"with" min:"1" max:"1000000" doc:"The version to hold it against; without, the one in force or, of that one, the one before."`
}

func addDefinitions(a *API) {
	register(a, policy.ReadDefinitions, operation{
		name: "listDefinitions", pattern: "GET " + root + "/definitions", about: aboutDefinitions,
		says: "All versions of what customer, lost and value mean, the latest first.",
	}, a.listDefinitions)
	register(a, policy.ReadDefinitions, operation{
		name: "listDisagreements", pattern: "GET " + root + "/disagreements", about: aboutDefinitions,
		says: "What book.toml says otherwise than the version in force.",
	}, func(ctx context.Context, in *paging) (answer[page[definition.Change]], error) {
		all, err := a.Definitions.Disagreements(ctx)
		return pageOf(*in, "disagreements", all, err)
	})
	register(a, policy.ProposeDefinition, operation{
		name: "proposeDefinition", pattern: "POST " + root + "/definitions", about: aboutDefinitions, status: http.StatusCreated,
		says: "Signs another version for approval, with the name of who asks.",
	}, a.propose)
	register(a, policy.ReadDefinitions, operation{
		name: "getDefinition", pattern: "GET " + root + "/definitions/{version}", about: aboutDefinitions, says: "A version of the definition.",
	}, func(ctx context.Context, in *theVersion) (answer[definition.Version], error) {
		return only(a.Definitions.Version(ctx, int(in.Version)))
	})
	register(a, policy.ReadDefinitions, operation{
		name: "compareDefinition", pattern: "GET " + root + "/definitions/{version}/comparison", about: aboutDefinitions, computes: true,
		says: "What a version would have made of past quarters, beside another.",
	}, a.compareDefinition)
	register(a, policy.ApproveDefinition, operation{
		name: "approveDefinition", pattern: "POST " + root + "/definitions/{version}/approve", about: aboutDefinitions,
		says: "Puts a proposed version in force, with the name of who asks.",
	}, func(ctx context.Context, in *theVersion) (answer[definition.Version], error) {
		return only(a.Definitions.Approve(ctx, int(in.Version), nameOf(ctx)))
	})
}

// nameOf is the name that who asks signs with.
func nameOf(ctx context.Context) string {
	actor, _ := policy.ActorOf(ctx)
	return actor.Name
}

func (a *API) listDefinitions(ctx context.Context, in *paging) (answer[page[definition.Version]], error) {
	all, err := a.Definitions.Versions(ctx)
	all = slices.Clone(all)
	slices.Reverse(all)
	return pageOf(*in, "definitions", all, err)
}

func (a *API) propose(ctx context.Context, in *struct{ Body proposal }) (answer[definition.Version], error) {
	v, err := a.Definitions.Propose(ctx, in.Body.edit(), in.Body.Why, nameOf(ctx))
	return answer[definition.Version]{body: v, location: root + "/definitions/" + strconv.Itoa(v.Number)}, err
}

func (a *API) compareDefinition(ctx context.Context, in *comparisonIn) (answer[definition.Comparison], error) {
	q := definition.Question{Version: int(in.Version)}
	if in.With != nil {
		q.With = int(*in.With)
	}
	c, ok, err := a.Definitions.Compared(ctx, q)
	return ready(c, ok, err, func() (store.Job, error) { return a.Work.Definition(ctx, q) })
}
