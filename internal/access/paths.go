package access

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/policy"
)

// Paths guards path.Service.
type Paths struct{ parts *Parts }

// Ready returns a report that is there already, with the segments that are the actor's.
func (g Paths) Ready(ctx context.Context, r path.Request) (out clientele.PathReport, ok bool, err error) {
	a, err := policy.Require(ctx, policy.ReadMeasures)
	if err != nil {
		return out, false, err
	}
	out, ok, err = g.parts.Paths.Ready(ctx, r)
	return cutPaths(a, out), ok, err
}

// Prepare has a report ready.
func (g Paths) Prepare(ctx context.Context, r path.Request) error {
	if _, err := policy.Require(ctx, policy.ReadMeasures); err != nil {
		return err
	}
	return g.parts.Paths.Prepare(ctx, r)
}
