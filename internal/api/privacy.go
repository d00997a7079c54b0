package api

import (
	"context"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
)

const aboutPrivacy = "Privacy"

// oneCustomer names a customer in a body: addresses are logged, and customers are not named
// in logs.
type oneCustomer struct {
	Customer string `json:"customer" min:"1" max:"1000" doc:"The id, as files or records write it."`
}

// erasure is whom to erase.
type erasure struct {
	Customers []string `json:"customers" max:"10000" doc:"Ids, as files or records write them."`
	Why       string   `json:"why" max:"2000"`
	Unknown   bool     `json:"unknown,omitempty" doc:"Remember ids that nothing is held of, for older backups and files to come; else they are refused."`
}

func addPrivacy(a *API) {
	register(a, policy.ReadPrivacy, operation{
		name: "getHoldings", pattern: "GET " + root + "/privacy", about: aboutPrivacy, says: "What is held of customers, and why.",
	}, func(ctx context.Context, _ *none) (answer[privacy.Holdings], error) { return only(a.Privacy.Held(ctx)) })
	register(a, policy.ReadPrivacy, operation{
		name: "listRetention", pattern: "GET " + root + "/privacy/retention", about: aboutPrivacy, says: "How long what is kept.",
	}, func(ctx context.Context, in *paging) (answer[page[privacy.Kept]], error) {
		all, err := a.Privacy.Retention(ctx)
		return pageOf(*in, "retention", all, err)
	})
	register(a, policy.ReadPrivacy, operation{
		name: "listErasures", pattern: "GET " + root + "/privacy/erasures", about: aboutPrivacy, says: "What was erased; nobody is named in it.",
	}, func(ctx context.Context, in *paging) (answer[page[privacy.Receipt]], error) {
		all, err := a.Privacy.Erasures(ctx)
		return pageOf(*in, "erasures", all, err)
	})
	register(a, policy.ExportPerson, operation{
		name: "findCustomer", pattern: "POST " + root + "/privacy/find", about: aboutPrivacy, unkept: true, says: "Where a customer is held.",
	}, func(ctx context.Context, in *struct{ Body oneCustomer }) (answer[privacy.Found], error) {
		return only(a.Privacy.Find(ctx, in.Body.Customer))
	})
	register(a, policy.ExportPerson, operation{
		name: "exportCustomer", pattern: "POST " + root + "/privacy/export", about: aboutPrivacy, unkept: true, says: "Hands out all that is held of a customer. It stands in the audit.",
	}, func(ctx context.Context, in *struct{ Body oneCustomer }) (answer[privacy.Copy], error) {
		return only(a.Privacy.Collect(ctx, in.Body.Customer))
	})
	register(a, policy.ErasePerson, operation{
		name: "eraseCustomers", pattern: "POST " + root + "/privacy/erase", about: aboutPrivacy, alone: true,
		says: "Makes customers anonymous in all that the book holds, or does nothing at all.",
	}, func(ctx context.Context, in *struct{ Body erasure }) (answer[privacy.Receipt], error) {
		return only(a.Privacy.Erase(ctx, privacy.Request{IDs: in.Body.Customers, Why: in.Body.Why, By: nameOf(ctx), Unknown: in.Body.Unknown}))
	})
}
