package api

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

func addCustomers(a *API) {
	register(a, policy.ReadRows, operation{
		name: "getCustomer", pattern: "GET " + root + "/customers/{id}", about: aboutStatement,
		says: "What happened with a customer, the latest first, what they are worth and were, and what is promised to them.",
	}, a.getCustomer)
}

// knownCustomer is a customer with where what happened goes on.
type knownCustomer struct {
	clientele.CustomerReport
	Next *string `json:"next" doc:"Where earlier moments are; null at their end."`
}

func (c knownCustomer) nextPage() *string { return c.Next }

type customerIn struct {
	paging
	ID string `path:"id" max:"1000" doc:"The customer, as files name them."`
}

func (a *API) getCustomer(ctx context.Context, in *customerIn) (answer[knownCustomer], error) {
	from, err := in.position("customer")
	if err != nil {
		return answer[knownCustomer]{}, err
	}
	c, err := a.Customers.Customer(ctx, in.ID, from, in.limit())
	out := knownCustomer{CustomerReport: c}
	if err == nil {
		out.Next = in.beyond("customer", from, len(c.Moments), c.Count)
	}
	return only(out, err)
}
