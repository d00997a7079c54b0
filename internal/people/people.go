// Package people keeps accounts: who may come in, how they show that it is them, what
// they are in the company and which part of it is theirs.
//
// Rules: what proves somebody, a password, a session, a token, a link, is kept as a hash
// that does not lead back to it. Every change is kept in one transaction with the event of
// the audit that tells of it. A change of a password, of a factor or of roles, or a person
// who is disabled, ends that person's sessions at once.
package people

import (
	"context"
	"time"

	"github.com/clientele/clientele/internal/policy"
)

// Person is an account.
type Person struct {
	ID       string        `json:"id"`
	Version  int64         `json:"version"` // counts changes, from 1
	Email    string        `json:"email"`   // lower case, unique
	Name     string        `json:"name"`
	Roles    []policy.Role `json:"roles"`
	Units    []string      `json:"units"` // ids of those that the person belongs to
	State    State         `json:"state"`
	Factors  Factors       `json:"factors"`
	Created  time.Time     `json:"created"`
	LastSeen *time.Time    `json:"last_seen"` // of a session; null if never
}

// State is where an account stands.
type State string

// The states of an account.
const (
	Invited  State = "invited" // has a link, and no way to sign in yet
	Active   State = "active"
	Disabled State = "disabled" // signs in no more; what they signed stays theirs
)

// Factors are the ways in which somebody can show that it is them.
type Factors struct {
	Password bool      `json:"password"`
	TOTP     bool      `json:"totp"`
	Passkeys []Passkey `json:"passkeys"`
	SSO      string    `json:"sso"` // issuer of the single sign-on; "" if there is none
}

// Passkey is one of a person's passkeys.
type Passkey struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used"`
}

// Unit is a part of the company. Units make a tree.
type Unit struct {
	ID      string         `json:"id"`
	Version int64          `json:"version"` // counts changes, from 1
	Name    string         `json:"name"`
	Parent  string         `json:"parent"` // id; "" at the top
	Head    string         `json:"head"`   // id of a person; "" if vacant
	Scopes  []policy.Scope `json:"scopes"` // segments of customers that are the unit's
}

// Session is one sign-in that has not ended.
type Session struct {
	ID      string    `json:"id"` // names it, and does not open it
	Person  string    `json:"person"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	From    string    `json:"from"`   // network address at sign-in
	Agent   string    `json:"agent"`  // of the browser, shortened
	Method  string    `json:"method"` // password, password+totp, passkey, sso
}

// Token lets a program in, as a person or as a service of its own.
type Token struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Person  string        `json:"person"` // whose it is; for a service, who made it
	Service bool          `json:"service"`
	Scopes  []string      `json:"scopes"` // names of permissions; the token reaches no further
	Roles   []policy.Role `json:"roles"`  // of a service; a person's token has the roles of the person
	Created time.Time     `json:"created"`
	Expires time.Time     `json:"expires"`
	Used    *time.Time    `json:"used"`
}

// Invitation is what an invited person is sent.
type Invitation struct {
	Person  Person    `json:"person"`
	Link    string    `json:"link"`   // path and secret of the page that accepts it; shown once
	Mailed  bool      `json:"mailed"` // it is sent to the person by mail
	Expires time.Time `json:"expires"`
}

// Directory is what pages and the API ask of accounts. Errors: CodeForbidden if the actor of
// ctx may not, CodeNotFound if there is no such thing, CodeInvalid if what is given cannot
// be, CodeConflict if the email is taken, CodeStale if version is not the one at hand.
type Directory interface {
	// Any reports whether there are accounts; without, the server is for its machine alone.
	Any(ctx context.Context) (bool, error)
	// SetUpSecret makes the single-use secret that lets the first person in, and forgets an earlier one. CodeConflict if
	// there are accounts.
	SetUpSecret(ctx context.Context) (string, error)
	// SetUp makes the first account and ends the secret. CodeForbidden if that is not the secret.
	SetUp(ctx context.Context, secret string, first NewPerson, password string) (Person, error)

	People(ctx context.Context) ([]Person, error)
	Person(ctx context.Context, id string) (Person, error)
	Invite(ctx context.Context, p NewPerson) (Invitation, error)
	InviteAgain(ctx context.Context, id string) (Invitation, error) // ends the earlier link; also lets back in who lost all factors
	ResetFactors(ctx context.Context, id string) (Person, error)    // all but the password; ends what was begun by them
	Invited(ctx context.Context, secret string) (Person, error)     // CodeForbidden if the link is used up or too old
	Accept(ctx context.Context, secret, password string) (Person, error)
	Change(ctx context.Context, id string, version int64, e Edit) (Person, error) // the last administrator stays one
	Units(ctx context.Context) ([]Unit, error)
	AddUnit(ctx context.Context, u Unit) (Unit, error)
	ChangeUnit(ctx context.Context, id string, version int64, u Unit) (Unit, error) // CodeInvalid if the tree would have a ring
	RemoveUnit(ctx context.Context, id string, version int64) error                 // CodeConflict if it has units or people

	// SignIn checks a password; the session waits for a second factor if the person has one.
	SignIn(ctx context.Context, email, password string, from Client) (SignedIn, error)
	SecondFactor(ctx context.Context, pending, code string, from Client) (SignedIn, error) // TOTP or recovery code
	BeginPasskey(ctx context.Context) (challenge Ceremony, err error)
	SignInByPasskey(ctx context.Context, ceremony string, response []byte, from Client) (SignedIn, error)
	// BeginSSO is where the browser goes; state comes back to FinishSSO.
	BeginSSO(ctx context.Context) (url, state string, err error)
	FinishSSO(ctx context.Context, state, code string, from Client) (SignedIn, error)
	SSO() string // name of the provider for the button; "" if there is none
	// Session finds who a session's secret lets in. CodeUnauthenticated if it has ended.
	Session(ctx context.Context, secret string) (policy.Actor, Session, error)
	SignOut(ctx context.Context, secret string) error
	Sessions(ctx context.Context, person string) ([]Session, error)
	EndSession(ctx context.Context, person, id string) error
	EndSessions(ctx context.Context, person string) error

	ChangePassword(ctx context.Context, old, fresh string) error // of the actor; ends the other sessions
	BeginTOTP(ctx context.Context) (Enrolment, error)
	ConfirmTOTP(ctx context.Context, code string) (recovery []string, err error)
	RemoveTOTP(ctx context.Context, password string) error
	BeginPasskeyEnrolment(ctx context.Context) (Ceremony, error)
	AddPasskey(ctx context.Context, ceremony, name string, response []byte) (Passkey, error)
	RemovePasskey(ctx context.Context, id string) error

	Tokens(ctx context.Context) ([]Token, error) // the actor's own, and those of services if the actor manages them
	AddToken(ctx context.Context, t NewToken) (Token, string, error)
	RevokeToken(ctx context.Context, id string) error
	// ByToken finds who a token's secret lets in. CodeUnauthenticated if it is not one, or has ended.
	ByToken(ctx context.Context, secret string) (policy.Actor, Token, error)
}

// NewPerson is who is invited.
type NewPerson struct {
	Email string        `json:"email"`
	Name  string        `json:"name"`
	Roles []policy.Role `json:"roles"`
	Units []string      `json:"units"`
}

// Edit is what a person is to become; nil is as it was.
type Edit struct {
	Name     *string        `json:"name,omitempty"`
	Email    *string        `json:"email,omitempty"`
	Roles    *[]policy.Role `json:"roles,omitempty"`
	Units    *[]string      `json:"units,omitempty"`
	Disabled *bool          `json:"disabled,omitempty"`
}

// NewToken is what a token is to be.
type NewToken struct {
	Name    string        `json:"name"`
	Service bool          `json:"service"`
	Scopes  []string      `json:"scopes"`
	Roles   []policy.Role `json:"roles"` // of a service
	For     time.Duration `json:"-"`     // until it expires; at most a year
}

// Client is where a sign-in comes from.
type Client struct{ From, Agent string }

// SignedIn is a session that begins, or the step that is missing.
type SignedIn struct {
	Person  Person
	Secret  string // of the session, for the cookie; "" while a factor is missing
	Expires time.Time
	Pending string // secret of the sign-in that waits for the second factor; "" if none is missing
}

// Ceremony is a passkey's challenge, for the browser.
type Ceremony struct {
	ID      string `json:"id"`      // goes back with the response
	Options any    `json:"options"` // of navigator.credentials
}

// Enrolment is what an authenticator app needs.
type Enrolment struct {
	Secret string // to type
	URL    string // otpauth://
	QR     []byte // PNG of the URL
}
