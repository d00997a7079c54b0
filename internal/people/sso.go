package people

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// ssoTimeout bounds one request to the provider.
const ssoTimeout = 10 * time.Second

// provider is who vouches for people, by OpenID Connect.
type provider struct {
	settings config.SSO
	begun    waiting[ssoSignIn]

	mu    sync.Mutex
	found *oidc.Provider // nil until it has answered
}

// ssoSignIn is what one sign-in is bound to: its answer must name the nonce, and who fetches
// the answer must have the verifier (PKCE).
type ssoSignIn struct{ nonce, verifier string }

// claims are what a provider says of a person.
type claims struct {
	email, name string
	verified    bool // the email is theirs
	groups      []string
}

// SSO implements Directory.
func (s *Service) SSO() string {
	if s.sso == nil {
		return ""
	}
	return s.sso.settings.Name
}

// client asks the provider, and nobody that it points to.
func (p *provider) client(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: ssoTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the provider leads elsewhere") // a secret is sent where book.toml says, and nowhere else
	}})
}

// meet returns the provider, and how to ask it. CodeBusy if it does not answer.
func (s *Service) meet(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	if s.sso == nil || s.o.Origin == "" {
		return nil, nil, clientele.Errorf(clientele.CodeNotFound, "there is no single sign-on here").WithHint("Sign in another way.")
	}
	s.sso.mu.Lock()
	defer s.sso.mu.Unlock()
	if s.sso.found == nil {
		found, err := oidc.NewProvider(s.sso.client(ctx), s.sso.settings.Issuer)
		if err != nil {
			return nil, nil, unanswered(err)
		}
		s.sso.found = found
	}
	return s.sso.found, &oauth2.Config{
		ClientID: s.sso.settings.ClientID, ClientSecret: s.sso.settings.ClientSecret, Endpoint: s.sso.found.Endpoint(),
		RedirectURL: s.o.Origin + SSOReturnPage, Scopes: append([]string{oidc.ScopeOpenID, "email", "profile"}, s.sso.settings.Scopes...),
	}, nil
}

func unanswered(err error) error {
	return clientele.Errorf(clientele.CodeBusy, "the single sign-on does not answer").
		WithHint("Try again in a minute, or sign in another way.").Because(err)
}

// BeginSSO implements Directory. The state goes into a cookie too, so that an answer is
// taken only from the browser that asked.
func (s *Service) BeginSSO(ctx context.Context) (url, state string, err error) {
	_, ask, err := s.meet(ctx)
	if err != nil {
		return "", "", err
	}
	state, _ = newSecret()
	nonce, _ := newSecret()
	verifier := oauth2.GenerateVerifier()
	s.sso.begun.put(state, ssoSignIn{nonce, verifier}, s.now())
	return ask.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), state, nil
}

// FinishSSO implements Directory.
func (s *Service) FinishSSO(ctx context.Context, state, code string, from Client) (SignedIn, error) {
	found, ask, err := s.meet(ctx)
	if err != nil {
		return SignedIn{}, err
	}
	begun, ok := s.sso.begun.take(state, s.now())
	if !ok {
		return SignedIn{}, s.refuse(ctx, store.KeptPerson{}, "", from,
			clientele.Errorf(clientele.CodeForbidden, "this sign-in has taken too long, or was not begun here").WithHint("Sign in again."))
	}
	subject, c, err := s.redeem(ctx, found, ask, begun, code)
	if err != nil {
		return SignedIn{}, s.refuse(ctx, store.KeptPerson{}, "", from, err)
	}
	p, err := s.vouched(ctx, found, subject, c)
	if err != nil {
		return SignedIn{}, s.refuse(ctx, p, c.email, from, err)
	}
	return s.begin(ctx, p.ID, bySSO, from, func(q store.KeptPerson) bool { return q.Subject == subject })
}

// redeem fetches what the provider says for a code, and checks that it says so to us, now, for this sign-in.
func (s *Service) redeem(ctx context.Context, found *oidc.Provider, ask *oauth2.Config, begun ssoSignIn, code string) (subject string, c claims, err error) {
	refused := clientele.Errorf(clientele.CodeUnauthenticated, "the single sign-on was not accepted").WithHint("Sign in again.")
	ctx = s.sso.client(ctx)
	token, err := ask.Exchange(ctx, code, oauth2.VerifierOption(begun.verifier))
	if err != nil {
		return "", c, refused.Because(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: ask.ClientID, Now: s.now}).Verify(ctx, raw)
	if err != nil {
		return "", c, refused.Because(err)
	}
	if !sameHash(hashOf(id.Nonce), hashOf(begun.nonce)) {
		return "", c, refused
	}
	var all map[string]json.RawMessage
	if err := id.Claims(&all); err != nil {
		return "", c, refused.Because(err)
	}
	if c = readClaims(all, s.sso.settings.GroupsClaim); c.complete() || found.UserInfoEndpoint() == "" {
		return id.Subject, c, nil
	}
	// Many providers say little in the token, and the rest when asked with it.
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return "", c, refused.Because(err)
	}
	if info.Subject != id.Subject {
		return "", c, refused
	}
	if err := info.Claims(&all); err != nil { // beside what the token said
		return "", c, refused.Because(err)
	}
	return id.Subject, readClaims(all, s.sso.settings.GroupsClaim), nil
}

// complete reports whether nothing more is to be asked for.
func (c claims) complete() bool { return c.email != "" && c.name != "" && c.groups != nil }

// readClaims reads what there is of the claims; providers differ in how they write them.
func readClaims(all map[string]json.RawMessage, groups string) (c claims) {
	text := func(name string) (s string) {
		_ = json.Unmarshal(all[name], &s) // what is no text says nothing
		return s
	}
	c.email, c.name = text("email"), text("name")
	c.verified = string(all["email_verified"]) == "true" || text("email_verified") == "true"
	if json.Unmarshal(all[groups], &c.groups) != nil {
		c.groups = strings.Fields(text(groups))
	}
	return c
}

// vouched is the account of who was vouched for: found by issuer and subject or, the first
// time, by the invitation to a verified email. Their roles are those of their groups.
func (s *Service) vouched(ctx context.Context, found *oidc.Provider, subject string, c claims) (p store.KeptPerson, err error) {
	issuer := s.sso.settings.Issuer
	roles, roleless := s.rolesOf(c.groups)
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, err = s.store.PersonByIdentity(ctx, issuer, subject)
		if clientele.CodeOf(err) != clientele.CodeNotFound {
			if err != nil {
				return err
			}
			return s.refresh(as(ctx, p), p, roles) // who has no role any more loses them, and is refused then
		}
		if roleless != nil {
			return roleless
		}
		p, err = s.newcomer(ctx, c, roles)
		if err != nil {
			return err
		}
		_, err = s.alter(as(ctx, p), p.ID, "sso.linked", func(ctx context.Context, q *store.KeptPerson) error {
			q.Issuer, q.Subject, q.State = issuer, subject, string(Active)
			if roles != nil {
				q.Roles = roles
			}
			if err := s.store.EndSessions(ctx, q.ID, ""); err != nil {
				return err
			}
			return s.store.EndLinks(ctx, toAccept, q.ID)
		})
		return err
	})
	if err == nil {
		err = roleless
	}
	return p, err
}

// refresh gives a person the roles of their groups.
func (s *Service) refresh(ctx context.Context, p store.KeptPerson, roles []policy.Role) error {
	if p.State != string(Active) {
		return clientele.Errorf(clientele.CodeForbidden, "the account of %s is disabled", p.Name).WithHint("Ask an administrator.")
	}
	if roles == nil || slices.Equal(roles, p.Roles) {
		return nil
	}
	_, err := s.alter(ctx, p.ID, "person.changed", func(ctx context.Context, q *store.KeptPerson) error {
		q.Roles = roles
		return s.store.EndSessions(ctx, q.ID, "")
	})
	return err
}

// newcomer is the account that a verified email leads to: one that is invited or, where the
// settings allow it, a new one.
func (s *Service) newcomer(ctx context.Context, c claims, roles []policy.Role) (store.KeptPerson, error) {
	if !c.verified || c.email == "" {
		return store.KeptPerson{}, clientele.Errorf(clientele.CodeForbidden, "the single sign-on does not say that the email is yours").
			WithHint("Ask who runs the single sign-on to verify it.")
	}
	email, err := cleanEmail(c.email)
	if err != nil {
		return store.KeptPerson{}, err
	}
	p, err := s.store.PersonByEmail(ctx, email)
	switch {
	case clientele.CodeOf(err) == clientele.CodeNotFound && s.sso.settings.AllowNew:
		return s.admit(ctx, email, c.name, roles)
	case clientele.CodeOf(err) == clientele.CodeNotFound:
		return p, uninvited()
	case err != nil:
		return p, err
	}
	open, err := s.store.Links(ctx, toAccept)
	if err != nil {
		return p, err
	}
	if !slices.ContainsFunc(open, func(l store.KeptLink) bool { return l.Person == p.ID && s.now().Before(l.Expires) }) {
		return p, uninvited()
	}
	return p, nil
}

func uninvited() error {
	return clientele.Errorf(clientele.CodeForbidden, "you are not invited").
		WithHint("Ask an administrator to invite you, or to invite you again, by the email of the single sign-on.")
}

// admit makes an account for somebody whom nobody invited.
func (s *Service) admit(ctx context.Context, email, name string, roles []policy.Role) (p store.KeptPerson, err error) {
	if name, err = cleanName("name", name); err != nil {
		name = email
	}
	if p, err = s.newPerson(NewPerson{Email: email, Name: name, Roles: roles}); err != nil {
		return p, err
	}
	_, err = s.add(as(ctx, p), p, "person.admitted")
	return p, err
}

// rolesOf are the roles of groups; nil if the settings give groups no roles, so that those
// given here hold. CodeForbidden, and no roles, if none of the groups has one.
func (s *Service) rolesOf(groups []string) (roles []policy.Role, err error) {
	if len(s.sso.settings.Roles) == 0 {
		return nil, nil
	}
	for _, g := range groups {
		roles = append(roles, s.sso.settings.Roles[g]...)
	}
	if len(roles) == 0 {
		return []policy.Role{}, clientele.Errorf(clientele.CodeForbidden, "none of your groups has a role here").
			WithHint("Ask an administrator which groups have one.")
	}
	return cleanRoles(roles)
}
