package httpd

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// Accounts are asked who a secret lets in. people.Directory has them.
type Accounts interface {
	// Any reports whether there are accounts. Once there are, there always are.
	Any(ctx context.Context) (bool, error)
	// Session finds who a session's secret lets in. CodeUnauthenticated if it has ended.
	Session(ctx context.Context, secret string) (policy.Actor, people.Session, error)
	// ByToken finds who a token's secret lets in. CodeUnauthenticated if it is not one, or has ended.
	ByToken(ctx context.Context, secret string) (policy.Actor, people.Token, error)
}

// doorkeeper finds who asks.
type doorkeeper struct {
	accounts Accounts
	owner    string // name of the owner of the machine
	some     atomic.Bool
}

// any reports whether there are accounts, and asks no more once there are.
func (d *doorkeeper) any(ctx context.Context) (bool, error) {
	if d.some.Load() {
		return true, nil
	}
	some, err := d.accounts.Any(ctx)
	if some {
		d.some.Store(true)
	}
	return some, err
}

// visitor is who asks. Without an actor it is somebody not known, of whom only the
// address is.
type visitor struct {
	actor   policy.Actor
	known   bool
	account string // what the bounds of requests count by: the person, or the token
}

// who finds who asks: the owner of the machine while there are no accounts, else whom a
// token or a session lets in. Somebody not known is no error, but a token that lets nobody
// in is, for who sends one means to be known.
func (d *doorkeeper) who(r *http.Request) (visitor, error) {
	some, err := d.any(r.Context())
	if err != nil {
		return visitor{}, err
	}
	if !some {
		return d.alone(r)
	}
	if secret, given := tokenSecret(r); given {
		actor, token, err := d.accounts.ByToken(r.Context(), secret)
		return visitor{actor, true, "token/" + token.ID}, err
	}
	secret := sessionSecret(r)
	if secret == "" || !sessionCounts(r) {
		return visitor{}, nil
	}
	actor, session, err := d.accounts.Session(r.Context(), secret)
	if err != nil {
		if clientele.CodeOf(err) == clientele.CodeUnauthenticated {
			err = nil
		}
		return visitor{}, err
	}
	known := about(r.Context())
	known.session, known.secret = &session, secret
	return visitor{actor, true, "person/" + session.Person}, nil
}

// alone lets in the owner of the machine. A proxy on it speaks for others: they may not
// come in before there are accounts.
func (d *doorkeeper) alone(r *http.Request) (visitor, error) {
	if !about(r.Context()).near {
		return visitor{}, clientele.Errorf(clientele.CodeForbidden, "until there are accounts, this server answers its own machine only").
			WithHint("Open the set-up link that clientele serve prints, on the machine itself.")
	}
	return visitor{actor: policy.Local(d.owner), known: true}, nil
}

// tokenSecret is the token of a request; given is false if it names none. Pages take no
// tokens: a browser sends no header of its own accord, so that one there is a mistake.
// Libraries that send events give a token as the name of HTTP's basic authentication.
func tokenSecret(r *http.Request) (secret string, given bool) {
	header := r.Header.Get("Authorization")
	if header == "" || !forPrograms(r.URL.Path) {
		return "", false
	}
	if scheme, rest, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "Bearer") {
		secret = strings.TrimSpace(rest)
	} else if name, _, ok := r.BasicAuth(); ok && strings.HasPrefix(r.URL.Path, "/v1/") {
		secret = name
	}
	if len(secret) > maxSecret {
		secret = ""
	}
	return secret, true
}

// sessionCounts reports whether a session's cookie says who asks: on pages always, for
// other sites cannot make a browser write there; of the API for what pages of this site
// ask, and the browser says so. Reading from elsewhere is in vain, for other sites are not
// shown the answer.
func sessionCounts(r *http.Request) bool {
	if !forPrograms(r.URL.Path) {
		return true
	}
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return site == "same-origin" || site == "none" || site == ""
	}
	return site == "same-origin" || site == "" && r.Header.Get("Origin") == about(r.Context()).origin
}

// authenticate puts who asks into the context, and where from, and counts what they ask.
func (s *surroundings) authenticate(h http.Handler) http.Handler {
	if s.Accounts == nil {
		return h
	}
	keeper := &doorkeeper{accounts: s.Accounts, owner: s.Owner}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := about(r.Context())
		if keeper.some.Load() && !s.rates.address.take(w, network(known.client)) {
			WriteProblem(w, r, errTooMany) // which costs less than a page
			return
		}
		v, err := keeper.who(r)
		refused := clientele.CodeOf(err) == clientele.CodeUnauthenticated
		switch {
		case err != nil && !refused:
		case !s.rates.admit(w, r, v, refused, below(r.URL.Path, s.Hosted)):
			err = errTooMany
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		ctx := audit.WithOrigin(r.Context(), audit.Origin{Via: via(r.URL.Path), From: known.client, Request: known.id})
		if v.known {
			known.actor = v.actor
			ctx = policy.With(ctx, v.actor)
		}
		if known.session != nil {
			ctx = people.WithSession(ctx, *known.session)
		}
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}
