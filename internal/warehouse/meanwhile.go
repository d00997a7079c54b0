package warehouse

import "context"

type meanwhile struct{}

// Meanwhile marks what is asked for a page: an engine that remembers facts of the records
// (Loaded, Span, Attributes, Touchpoints) may tell them as they were before a batch that is
// being committed, or has just been. The page is then of before that batch, and does not wait.
// Nothing may be computed and kept of what was told so.
func Meanwhile(ctx context.Context) context.Context {
	return context.WithValue(ctx, meanwhile{}, true)
}

// MayBeBefore is whether ctx is marked by Meanwhile.
func MayBeBefore(ctx context.Context) bool { return ctx.Value(meanwhile{}) != nil }
