package policy

import (
	"context"

	"github.com/clientele/clientele"
)

type actorKey struct{}

// With returns a context in which the actor asks.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorOf is who asks in a context; ok is false if nobody is known to.
func ActorOf(ctx context.Context) (a Actor, ok bool) {
	a, ok = ctx.Value(actorKey{}).(Actor)
	return a, ok
}

// RequireRows returns nil if the rows of a segment are for who asks. Else its error is that of
// Require or, where others are theirs, CodeForbidden.
func RequireRows(ctx context.Context, s Scope) error {
	a, err := Require(ctx, ReadRows)
	if err == nil && !a.Covers(ReadRows, s) {
		return a.DeniedRows()
	}
	return err
}

// Require returns who asks, if they may do something at all. CodeUnauthenticated if nobody
// is known to ask, CodeForbidden if they may not.
func Require(ctx context.Context, p Permission) (Actor, error) {
	a, ok := ActorOf(ctx)
	if p == Anyone {
		return a, nil
	}
	if !ok {
		return a, clientele.Errorf(clientele.CodeUnauthenticated, "you are not signed in").WithHint("Sign in and try again.")
	}
	if !a.May(p) {
		return a, a.Denied(p)
	}
	return a, nil
}
