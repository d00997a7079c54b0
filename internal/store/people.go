package store

import (
	"context"
	"time"

	"github.com/clientele/clientele/internal/policy"
)

// KeptPerson is an account as it is kept.
type KeptPerson struct {
	ID       string
	Version  int64
	Email    string
	Name     string
	State    string
	Roles    []policy.Role
	Units    []string // ids, sorted
	Password string   // hash, which says how it was made; "" if there is none
	TOTP     string   // what an authenticator app shares; "" if there is none
	TOTPStep int64    // of the last code that was used
	Issuer   string   // of the single sign-on; "" if there is none
	Subject  string   // what the issuer calls the person
	Created  time.Time
	Seen     *time.Time // null if never
}

// KeptUnit is a part of the company as it is kept.
type KeptUnit struct {
	ID      string
	Version int64
	Name    string
	Parent  string // id; "" at the top
	Head    string // id of a person; "" if vacant
	Scopes  []policy.Scope
}

// KeptSession is a sign-in as it is kept.
type KeptSession struct {
	Hash    string // of its secret
	ID      string
	Person  string
	Created time.Time
	Seen    time.Time
	Expires time.Time // whatever is done with it
	From    string
	Agent   string
	Method  string
}

// KeptLink is a single-use link as it is kept.
type KeptLink struct {
	Hash    string // of its secret
	Purpose string
	Person  string // id; "" if it is nobody's yet
	Expires time.Time
}

// KeptPasskey is a passkey as it is kept.
type KeptPasskey struct {
	ID         string
	Person     string
	Name       string
	Created    time.Time
	Used       *time.Time // null if never
	Credential []byte     // JSON: its public key and its counter
}

// KeptToken is a token as it is kept.
type KeptToken struct {
	Hash    string // of its secret
	ID      string
	Name    string
	Person  string
	Service bool
	Scopes  []string
	Roles   []policy.Role // of a service
	Created time.Time
	Expires time.Time
	Used    *time.Time // null if never
}

// People keeps accounts. What is read and then changed belongs into one Atomically. Where a
// method names one thing, it is CodeNotFound if there is none.
type People interface {
	// AnyPerson reports whether there are accounts.
	AnyPerson(ctx context.Context) (bool, error)
	// Persons returns every account by name.
	Persons(ctx context.Context) ([]KeptPerson, error)
	Person(ctx context.Context, id string) (KeptPerson, error)
	PersonByEmail(ctx context.Context, email string) (KeptPerson, error)
	PersonByIdentity(ctx context.Context, issuer, subject string) (KeptPerson, error)
	// AddPerson keeps a new account. CodeConflict if the email or the identity is taken.
	AddPerson(ctx context.Context, p KeptPerson) error
	// SavePerson keeps what an account has become, but for when it was made and seen. CodeConflict as for AddPerson.
	SavePerson(ctx context.Context, p KeptPerson) error

	// Units returns every unit by name.
	Units(ctx context.Context) ([]KeptUnit, error)
	AddUnit(ctx context.Context, u KeptUnit) error
	SaveUnit(ctx context.Context, u KeptUnit) error
	// RemoveUnit forgets a unit. CodeConflict if it has units or people.
	RemoveUnit(ctx context.Context, id string) error
	// ScopesOf returns the segments of a person's units, and of all units below those.
	ScopesOf(ctx context.Context, person string) ([]policy.Scope, error)

	AddSession(ctx context.Context, s KeptSession) error
	// SessionByHash returns a session, though it may have ended, and whose it is, without the units.
	SessionByHash(ctx context.Context, hash string) (KeptSession, KeptPerson, error)
	// TouchSession keeps that a session, and so its person, was seen.
	TouchSession(ctx context.Context, hash string, at time.Time) error
	// Sessions returns a person's, the latest seen first.
	Sessions(ctx context.Context, person string) ([]KeptSession, error)
	EndSession(ctx context.Context, person, id string) error
	// EndSessions ends a person's sessions but for one; "" is no exception.
	EndSessions(ctx context.Context, person, except string) error
	// CountSessions counts those that have not ended, neither by their own time nor as unseen since a time.
	CountSessions(ctx context.Context, now, unseenSince time.Time) (int64, error)
	// ForgetSessions forgets those that ended by their own time, or were seen last before a time.
	ForgetSessions(ctx context.Context, now, unseenSince time.Time) error

	// AddLink keeps a link, and ends others of its purpose and person.
	AddLink(ctx context.Context, l KeptLink) error
	// Links returns those of a purpose, whoever's they are.
	Links(ctx context.Context, purpose string) ([]KeptLink, error)
	Link(ctx context.Context, hash string) (KeptLink, error)
	// EndLinks ends a person's links of a purpose.
	EndLinks(ctx context.Context, purpose, person string) error

	// Passkeys returns a person's by age, or everybody's for "".
	Passkeys(ctx context.Context, person string) ([]KeptPasskey, error)
	Passkey(ctx context.Context, id string) (KeptPasskey, error)
	// AddPasskey keeps a new passkey. CodeConflict if it is somebody's already.
	AddPasskey(ctx context.Context, p KeptPasskey) error
	// UsePasskey keeps when a passkey was used, and what it has become.
	UsePasskey(ctx context.Context, id string, at time.Time, credential []byte) error
	RemovePasskey(ctx context.Context, person, id string) error

	// SetRecoveryCodes keeps hashes of a person's recovery codes, instead of those that there are.
	SetRecoveryCodes(ctx context.Context, person string, hashes []string) error
	// UseRecoveryCode ends a code; ok is false if it is none of the person's.
	UseRecoveryCode(ctx context.Context, person, hash string) (ok bool, err error)

	// Tokens returns all by name.
	Tokens(ctx context.Context) ([]KeptToken, error)
	TokenByHash(ctx context.Context, hash string) (KeptToken, error)
	AddToken(ctx context.Context, t KeptToken) error
	// TouchToken keeps that a token was used.
	TouchToken(ctx context.Context, id string, at time.Time) error
	RemoveToken(ctx context.Context, id string) error
	// RemoveTokensOf ends a person's own tokens, not those of services.
	RemoveTokensOf(ctx context.Context, person string) error
}
