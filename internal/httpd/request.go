package httpd

import (
	"context"
	"net/http"
	"strings"

	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// request is what is known of a request. It is made once, filled in on the way down, and
// read on the way up, when the request is logged, counted and traced.
type request struct {
	id      string
	client  string // network address, as far as proxies can be believed
	secure  bool   // whether the browser came by https
	near    bool   // whether it came from this machine itself, by no proxy
	origin  string // scheme and host by which the server was reached
	route   string // pattern of the route that answers; "" if none was reached
	actor   policy.Actor
	session *people.Session // nil is none
	secret  string          // of the session
}

type requestKey struct{}

// about is what is known of the request of a context; never nil.
func about(ctx context.Context) *request {
	if known, ok := ctx.Value(requestKey{}).(*request); ok {
		return known
	}
	return &request{}
}

// RequestID is the id of the request that a context belongs to, or "".
func RequestID(ctx context.Context) string { return about(ctx).id }

// ClientOf is where a request comes from, for a sign-in and its audit.
func ClientOf(r *http.Request) people.Client {
	return people.Client{From: about(r.Context()).client, Agent: r.UserAgent()}
}

// OriginOf is scheme and host by which people reach the server, without a slash at the end,
// for links that are sent to others.
func OriginOf(ctx context.Context) string { return about(ctx).origin }

// SessionOf is the session that asks; ok is false if a token or nobody does.
func SessionOf(ctx context.Context) (s people.Session, secret string, ok bool) {
	known := about(ctx)
	if known.session == nil {
		return s, "", false
	}
	return *known.session, known.secret, true
}

// forPrograms reports whether programs ask for a path, rather than people: they are
// let in by a token, and are answered by problem bodies.
func forPrograms(path string) bool {
	return path == metricsPath || path == livesPath || path == readyPath ||
		strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/v1/")
}

// via is how the audit names the way that a request came.
func via(path string) string {
	if forPrograms(path) {
		return "api"
	}
	return "page"
}
