package access

import (
	"cmp"
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// Customers guards customer.Service.
type Customers struct{ parts *Parts }

// Customer tells of a customer who is in a segment of the actor's, with what the map promises
// if they may see it.
func (g Customers) Customer(ctx context.Context, id string, offset int64, limit int) (r clientele.CustomerReport, err error) {
	a, err := policy.Require(ctx, policy.ReadRows)
	if err != nil {
		return r, err
	}
	if ok, err := g.parts.owns(ctx, a, id); err != nil || !ok {
		return r, cmp.Or(err, a.DeniedRows())
	}
	if r, err = g.parts.Customers.Customer(ctx, id, offset, limit); err != nil {
		return r, err
	}
	if !a.May(policy.ReadJourneys) {
		r.Standing = []clientele.StandingPromise{}
	}
	return r, nil
}
