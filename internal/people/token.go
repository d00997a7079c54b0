package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// tokenPrefix tells people, and scanners for secrets, what a token is.
const tokenPrefix = "clt_"

// Tokens implements Directory.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	a, err := policy.Require(ctx, policy.OwnAccount)
	if err != nil {
		return nil, err
	}
	kept, err := s.store.Tokens(ctx)
	all := []Token{}
	for _, k := range kept {
		if mayHold(a, k) {
			all = append(all, token(k))
		}
	}
	return all, err
}

// mayHold reports whether a token is the actor's to see and to revoke.
func mayHold(a policy.Actor, k store.KeptToken) bool {
	if k.Service {
		return a.May(policy.ManageServices)
	}
	return k.Person == a.ID || a.IsLocal()
}

func token(k store.KeptToken) Token {
	return Token{ID: k.ID, Name: k.Name, Person: k.Person, Service: k.Service, Scopes: k.Scopes, Roles: k.Roles, Created: k.Created, Expires: k.Expires, Used: k.Used}
}

// AddToken implements Directory. A personal token reaches what its person may at the time of
// use; its scopes must be what they may now.
func (s *Service) AddToken(ctx context.Context, n NewToken) (t Token, secret string, err error) {
	need := policy.OwnAccount
	if n.Service {
		need = policy.ManageServices
	}
	a, err := policy.Require(ctx, need)
	if err != nil {
		return Token{}, "", err
	}
	k, err := s.newToken(a, n)
	if err != nil {
		return Token{}, "", err
	}
	secret, _ = newSecret()
	secret = tokenPrefix + secret
	k.Hash = hashOf(secret)
	t = token(k)
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		if err := s.store.AddToken(ctx, k); err != nil {
			return err
		}
		return s.audit.Record(ctx, "token.added", "token/"+k.ID, nil, t)
	})
	if err != nil {
		return Token{}, "", err
	}
	return t, secret, nil
}

// newToken checks what a token is to be.
func (s *Service) newToken(a policy.Actor, n NewToken) (k store.KeptToken, err error) {
	now := s.now().UTC().Truncate(time.Millisecond)
	k = store.KeptToken{ID: newID(), Person: a.ID, Service: n.Service, Created: now, Expires: now.Add(n.For), Roles: []policy.Role{}}
	if k.Name, err = cleanName("name", n.Name); err != nil {
		return k, err
	}
	if n.For <= 0 || n.For > TokenLife {
		return k, invalid("for", "a token lasts for at most a year").WithHint("Choose between 1 and 365 days.")
	}
	if !n.Service && a.ID == "" {
		return k, clientele.Errorf(clientele.CodeForbidden, "only people have tokens of their own").WithHint("Make a token of a service.")
	}
	if !n.Service && len(n.Roles) > 0 {
		return k, invalid("roles", "a token of your own has your roles").WithHint("Leave the roles out.")
	}
	may := a
	if n.Service {
		if k.Roles, err = cleanRoles(n.Roles); err != nil {
			return k, err
		}
		may = policy.Actor{Roles: k.Roles}
	}
	if k.Scopes, err = cleanScopes(may, n.Scopes); err == nil && n.Service {
		err = within(a, may, k.Scopes)
	}
	return k, err
}

// within refuses a service that would reach further than who makes it.
func within(a, service policy.Actor, scopes []string) error {
	for _, name := range scopes {
		if p, _ := policy.Named(name); a.Reach(p) < service.Reach(p) {
			return clientele.Errorf(clientele.CodeForbidden, "a service may do no more than who makes it, and this one would have more of %s", name).
				WithHint("It has to be made by somebody who has both roles: administrator, and one that may do this.")
		}
	}
	return nil
}

// cleanScopes checks that the scopes of a token are permissions that its holder has.
func cleanScopes(may policy.Actor, names []string) ([]string, error) {
	names = sorted(names)
	if len(names) == 0 {
		return nil, invalid("scopes", "a token needs a scope").WithHint("Name the permissions that it is for, such as %q.", policy.ReadStatement.Name())
	}
	for _, name := range names {
		p, ok := policy.Named(name)
		if !ok {
			return nil, invalid("scopes", "there is no permission %q", name)
		}
		if !may.May(p) {
			return nil, may.Denied(p)
		}
	}
	return names, nil
}

// RevokeToken implements Directory.
func (s *Service) RevokeToken(ctx context.Context, id string) error {
	a, err := policy.Require(ctx, policy.OwnAccount)
	if err != nil {
		return err
	}
	return s.store.Atomically(ctx, func(ctx context.Context) error {
		all, err := s.store.Tokens(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(k store.KeptToken) bool { return k.ID == id && mayHold(a, k) })
		if i < 0 {
			return clientele.Errorf(clientele.CodeNotFound, "there is no such token")
		}
		if err := s.store.RemoveToken(ctx, id); err != nil {
			return err
		}
		return s.audit.Record(ctx, "token.revoked", "token/"+id, token(all[i]), nil)
	})
}

// ByToken implements Directory.
func (s *Service) ByToken(ctx context.Context, secret string) (policy.Actor, Token, error) {
	ended := clientele.Errorf(clientele.CodeUnauthenticated, "the token is not one, has expired or was revoked").WithHint("Make another one on the page Tokens.")
	if !strings.HasPrefix(secret, tokenPrefix) || len(secret) != len(tokenPrefix)+secretLength {
		return policy.Actor{}, Token{}, ended
	}
	k, err := s.store.TokenByHash(ctx, hashOf(secret))
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return policy.Actor{}, Token{}, ended
	}
	if err != nil {
		return policy.Actor{}, Token{}, err
	}
	now := s.now()
	if !now.Before(k.Expires) {
		return policy.Actor{}, Token{}, ended
	}
	a := policy.Actor{ID: k.ID, Name: k.Name, Roles: k.Roles}
	if !k.Service {
		p, err := s.store.Person(ctx, k.Person)
		if err != nil {
			return policy.Actor{}, Token{}, err
		}
		if p.State != string(Active) {
			return policy.Actor{}, Token{}, ended
		}
		if a, err = s.actor(ctx, p); err != nil {
			return policy.Actor{}, Token{}, err
		}
	}
	a.Limits = append([]string{}, k.Scopes...) // not nil: a token always has limits
	if k.Used == nil || now.Sub(*k.Used) >= touchAfter {
		_ = s.store.TouchToken(ctx, k.ID, now) // on a full disk the token still works: the time only ages
	}
	return a, token(k), nil
}
