package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// How long things last. Sessions and links are the store's, and end by these whenever they were made.
const (
	SessionIdle  = 12 * time.Hour      // without a request, a session ends
	SessionLife  = 30 * 24 * time.Hour // after it a session ends, whatever is done with it
	LinkLife     = 7 * 24 * time.Hour  // of an invitation
	TokenLife    = 365 * 24 * time.Hour
	FreshFor     = 30 * time.Minute // after a sign-in, factors can be changed without another one
	ceremonyLife = 10 * time.Minute // of a sign-in that is under way
	touchAfter   = time.Minute      // how stale "last seen" and "last used" may be
)

// The pages that links lead to.
const (
	SetUpPage      = "/setup"
	InvitationPage = "/invitation"
	SSOReturnPage  = "/sso/callback" // the provider sends the browser back here, with code and state
)

// Link is the path of a page that takes a secret.
func Link(page, secret string) string { return page + "?secret=" + secret }

// Store is what accounts need of a store.
type Store interface {
	store.People
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
}

// Options say what accounts are of. The zero value of each is a good one.
type Options struct {
	Company string      // as reports name it; authenticator apps show it, and no password is made of it
	Origin  string      // how browsers reach the pages, such as https://clientele.example.com; "" has no passkeys and no single sign-on
	SSO     *config.SSO // nil is none
	// SecondFactor says who has to show two factors; "" is who comes from beyond this machine.
	SecondFactor config.SecondFactor
	Breached     string        // file of breached passwords, see docs/accounts.md; none if it does not exist
	Mail         *mail.Service // that sends invitations; nil is none
	Now          func() time.Time
	Hashing      Hashing
}

// Service is the Directory of a book. Its methods may be called from several goroutines.
type Service struct {
	store  Store
	audit  *audit.Log
	now    func() time.Time
	o      Options
	beyond bool        // whether people come from beyond this machine
	any    atomic.Bool // there are accounts, and always will be

	hasher     *hasher
	tries      *throttle
	pending    waiting[pendingSignIn]
	signingIn  waiting[ceremony]  // by passkey
	enrolling  waiting[ceremony]  // of passkeys
	enrolments waiting[string]    // of authenticator apps: their secrets, by person
	passkeys   *webauthn.WebAuthn // nil while the origin is not known
	sso        *provider          // nil if there is none
}

var _ Directory = (*Service)(nil)

// New makes the accounts of a book. CodeInvalid if the origin is none.
func New(s Store, log *audit.Log, o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Hashing == (Hashing{}) {
		o.Hashing = DefaultHashing
	}
	p := &Service{store: s, audit: log, now: o.Now, o: o, hasher: newHasher(o.Hashing), tries: newThrottle(o.Now)}
	if o.SSO != nil {
		p.sso = &provider{settings: *o.SSO}
	}
	if o.Origin == "" {
		return p, nil
	}
	return p, p.SetOrigin(o.Origin)
}

// Any implements Directory.
func (s *Service) Any(ctx context.Context) (bool, error) {
	if s.any.Load() {
		return true, nil
	}
	any, err := s.store.AnyPerson(ctx)
	if any {
		s.any.Store(true) // accounts are never removed
	}
	return any, err
}

// newSecret makes a secret of 256 bits, and what is kept of it.
func newSecret() (secret, hash string) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the program instead
	secret = base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, hashOf(secret)
}

const secretLength = 43 // of 32 bytes in base64

// hashOf is what is kept of a secret that nobody can guess; passwords are hashed otherwise.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func sameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// newID names a thing, and opens nothing.
func newID() string { return strings.ToLower(rand.Text()[:16]) }

// as returns a context in which a person acts, for what they do before they are signed in.
func as(ctx context.Context, p store.KeptPerson) context.Context {
	return policy.With(ctx, policy.Actor{ID: p.ID, Name: p.Name, Roles: p.Roles})
}

// alter changes a person, tells the audit, and returns what they have become.
func (s *Service) alter(ctx context.Context, id, action string, change func(ctx context.Context, p *store.KeptPerson) error) (after Person, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, id)
		if err != nil {
			return err
		}
		was := p
		before, err := s.whole(ctx, p)
		if err != nil {
			return err
		}
		if err := change(ctx, &p); err != nil {
			return err
		}
		p.Version++
		if err := s.keepAdministrator(ctx, was, p); err != nil {
			return err
		}
		if err := s.store.SavePerson(ctx, p); err != nil {
			return err
		}
		if after, err = s.whole(ctx, p); err != nil {
			return err
		}
		return s.audit.Record(ctx, action, "person/"+id, before, after)
	})
	return after, err
}

// keepAdministrator refuses a change after which nobody could manage the others.
func (s *Service) keepAdministrator(ctx context.Context, was, is store.KeptPerson) error {
	if !administers(was) || administers(is) {
		return nil
	}
	all, err := s.store.Persons(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(p store.KeptPerson) bool { return p.ID != is.ID && administers(p) }) {
		return nil
	}
	return clientele.Errorf(clientele.CodeConflict, "%s is the last administrator", was.Name).
		WithHint("Make somebody else an administrator first.")
}

func administers(p store.KeptPerson) bool {
	return p.State == string(Active) && slices.Contains(p.Roles, policy.Administrator)
}

// whole is a person as others see them.
func (s *Service) whole(ctx context.Context, p store.KeptPerson) (Person, error) {
	keys, err := s.store.Passkeys(ctx, p.ID)
	return seen(p, keys), err
}

func seen(p store.KeptPerson, keys []store.KeptPasskey) Person {
	whole := Person{
		ID: p.ID, Version: p.Version, Email: p.Email, Name: p.Name, Roles: p.Roles, Units: p.Units, State: State(p.State), Created: p.Created, LastSeen: p.Seen,
		Factors: Factors{Password: p.Password != "", TOTP: p.TOTP != "", Passkeys: []Passkey{}, SSO: p.Issuer},
	}
	if whole.Units == nil {
		whole.Units = []string{}
	}
	for _, k := range keys {
		if k.Person == p.ID {
			whole.Factors.Passkeys = append(whole.Factors.Passkeys, Passkey{ID: k.ID, Name: k.Name, Created: k.Created, Used: k.Used})
		}
	}
	return whole
}

// People implements Directory.
func (s *Service) People(ctx context.Context) ([]Person, error) {
	if _, err := policy.Require(ctx, policy.ReadPeople); err != nil {
		return nil, err
	}
	kept, err := s.store.Persons(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := s.store.Passkeys(ctx, "")
	all := make([]Person, len(kept))
	for i, p := range kept {
		all[i] = seen(p, keys)
	}
	return all, err
}

// Person implements Directory. Everybody may see themselves.
func (s *Service) Person(ctx context.Context, id string) (Person, error) {
	if err := ownOr(ctx, id, policy.ReadPeople); err != nil {
		return Person{}, err
	}
	p, err := s.store.Person(ctx, id)
	if err != nil {
		return Person{}, err
	}
	return s.whole(ctx, p)
}

// ownOr allows a person what is their own, and others what they have the permission for.
func ownOr(ctx context.Context, person string, p policy.Permission) error {
	if a, ok := policy.ActorOf(ctx); ok && a.ID == person && a.May(policy.OwnAccount) {
		return nil
	}
	_, err := policy.Require(ctx, p)
	return err
}
