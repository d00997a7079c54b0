package access

import (
	"context"
	"io"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
)

// Privacy guards privacy.Service.
type Privacy struct{ parts *Parts }

// Held tells what is held of customers, and why.
func (g Privacy) Held(ctx context.Context) (h privacy.Holdings, err error) {
	if _, err := policy.Require(ctx, policy.ReadPrivacy); err != nil {
		return h, err
	}
	return g.parts.Privacy.Held(ctx)
}

// Retention tells how long what is kept.
func (g Privacy) Retention(ctx context.Context) ([]privacy.Kept, error) {
	if _, err := policy.Require(ctx, policy.ReadPrivacy); err != nil {
		return nil, err
	}
	return g.parts.Privacy.Retention(ctx)
}

// Erasures lists what was erased; customers are not named in it.
func (g Privacy) Erasures(ctx context.Context) ([]privacy.Receipt, error) {
	if _, err := policy.Require(ctx, policy.ReadPrivacy); err != nil {
		return nil, err
	}
	return g.parts.Privacy.Erasures(ctx)
}

// Find tells where a customer is held.
func (g Privacy) Find(ctx context.Context, id string) (f privacy.Found, err error) {
	if _, err := policy.Require(ctx, policy.ExportPerson); err != nil {
		return f, err
	}
	return g.parts.Privacy.Find(ctx, id)
}

// Export writes everything that is held of a customer, as an archive. The service records it.
func (g Privacy) Export(ctx context.Context, id string, w io.Writer) error {
	if _, err := policy.Require(ctx, policy.ExportPerson); err != nil {
		return err
	}
	return g.parts.Privacy.Export(ctx, id, w)
}

// Collect reads everything that is held of a customer, and records that it was handed out.
func (g Privacy) Collect(ctx context.Context, id string) (c privacy.Copy, err error) {
	if _, err := policy.Require(ctx, policy.ExportPerson); err != nil {
		return c, err
	}
	if c, err = g.parts.Privacy.Collect(ctx, id); err != nil {
		return c, err
	}
	counts := map[string]int{"files": len(c.Files), "tables": len(c.Records)}
	return c, g.parts.Log.Record(ctx, "customer.exported", "", nil, counts)
}

// Erase makes customers anonymous, as the work of who asks. The service records it.
func (g Privacy) Erase(ctx context.Context, r privacy.Request) (receipt privacy.Receipt, err error) {
	a, err := policy.Require(ctx, policy.ErasePerson)
	if err != nil {
		return receipt, err
	}
	r.By = signature(a, r.By)
	return g.parts.Privacy.Erase(ctx, r)
}
