package people

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// maxPasskeys bounds those of one person.
const maxPasskeys = 20

// ceremony is a challenge that a browser was given.
type ceremony struct {
	person  string // "" while it is not known
	session webauthn.SessionData
}

// SetOrigin says how browsers reach the pages. To be called before anybody is served.
// CodeInvalid if that is no origin that passkeys and single sign-on can use.
func (s *Service) SetOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return clientele.Errorf(clientele.CodeInvalid, "%q is not where browsers reach the pages", origin).
			WithHint("Write scheme, name and port, such as https://clientele.example.com.")
	}
	s.o.Origin, s.passkeys = origin, nil
	if net.ParseIP(u.Hostname()) != nil {
		return nil // browsers have passkeys for names only
	}
	name := s.o.Company
	if name == "" {
		name = "Clientele"
	}
	s.passkeys, err = webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyLife, TimeoutUVD: ceremonyLife},
			Registration: webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyLife, TimeoutUVD: ceremonyLife},
		},
	})
	if err != nil {
		return clientele.Errorf(clientele.CodeInvalid, "passkeys cannot be used at %s", origin).Because(err)
	}
	return nil
}

// relying is who asks for passkeys. CodeInvalid if the origin is not known, or a number.
func (s *Service) relying() (*webauthn.WebAuthn, error) {
	if s.passkeys == nil {
		return nil, clientele.Errorf(clientele.CodeInvalid, "passkeys need a name by which browsers reach the pages").
			WithHint("Start the server with its public address, which is no number.")
	}
	return s.passkeys, nil
}

// holder is a person as webauthn sees them.
type holder struct {
	store.KeptPerson
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.ID) }
func (h holder) WebAuthnName() string                       { return h.Email }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (s *Service) holder(ctx context.Context, p store.KeptPerson) (h holder, err error) {
	h.KeptPerson = p
	kept, err := s.store.Passkeys(ctx, p.ID)
	if err != nil {
		return h, err
	}
	h.keys = make([]webauthn.Credential, len(kept))
	for i, k := range kept {
		if err := json.Unmarshal(k.Credential, &h.keys[i]); err != nil {
			return h, clientele.Errorf(clientele.CodeInternal, "a passkey cannot be read").Because(err)
		}
	}
	return h, nil
}

func passkeyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// BeginPasskeyEnrolment implements Directory.
func (s *Service) BeginPasskeyEnrolment(ctx context.Context) (Ceremony, error) {
	h, rp, err := s.mayEnrol(ctx)
	if err != nil {
		return Ceremony{}, err
	}
	if len(h.keys) >= maxPasskeys {
		return Ceremony{}, clientele.Errorf(clientele.CodeConflict, "you have %d passkeys already", maxPasskeys).WithHint("Remove one first.")
	}
	options, session, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, clientele.Errorf(clientele.CodeInternal, "a passkey cannot be asked for").Because(err)
	}
	id, _ := newSecret()
	s.enrolling.put(id, ceremony{h.ID, *session}, s.now())
	return Ceremony{ID: id, Options: options}, nil
}

// mayEnrol is who may add a passkey now, and to whom.
func (s *Service) mayEnrol(ctx context.Context) (h holder, rp *webauthn.WebAuthn, err error) {
	me, err := s.me(ctx)
	if err != nil {
		return h, nil, err
	}
	if err := s.young(ctx, me.ID); err != nil {
		return h, nil, err
	}
	if rp, err = s.relying(); err != nil {
		return h, nil, err
	}
	h, err = s.holder(ctx, me)
	return h, rp, err
}

// AddPasskey implements Directory.
func (s *Service) AddPasskey(ctx context.Context, id, name string, response []byte) (Passkey, error) {
	h, rp, err := s.mayEnrol(ctx)
	if err != nil {
		return Passkey{}, err
	}
	begun, ok := s.enrolling.take(id, s.now())
	if !ok || begun.person != h.ID {
		return Passkey{}, clientele.Errorf(clientele.CodeForbidden, "this has taken too long").WithHint("Begin again.")
	}
	if name, err = cleanName("name", name); err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return Passkey{}, invalid("response", "the browser's answer cannot be read").Because(err)
	}
	credential, err := rp.CreateCredential(h, begun.session, parsed)
	if err != nil {
		return Passkey{}, invalid("response", "the passkey was not accepted").WithHint("Begin again.").Because(err)
	}
	text, err := json.Marshal(credential)
	if err != nil {
		return Passkey{}, err
	}
	k := store.KeptPasskey{ID: passkeyID(credential.ID), Person: h.ID, Name: name, Created: s.now().UTC().Truncate(time.Millisecond), Credential: text}
	_, err = s.alter(ctx, h.ID, "passkey.added", func(ctx context.Context, p *store.KeptPerson) error {
		if err := s.store.AddPasskey(ctx, k); err != nil {
			return err
		}
		return s.store.EndSessions(ctx, p.ID, ownSession(ctx, p.ID))
	})
	return Passkey{ID: k.ID, Name: k.Name, Created: k.Created}, err
}

// RemovePasskey implements Directory. Who has no other way to sign in keeps the last one.
func (s *Service) RemovePasskey(ctx context.Context, id string) error {
	me, err := s.me(ctx)
	if err != nil {
		return err
	}
	if err := s.young(ctx, me.ID); err != nil {
		return err
	}
	_, err = s.alter(ctx, me.ID, "passkey.removed", func(ctx context.Context, p *store.KeptPerson) error {
		if err := s.store.RemovePasskey(ctx, p.ID, id); err != nil {
			return err
		}
		left, err := s.store.Passkeys(ctx, p.ID)
		if err != nil {
			return err
		}
		if len(left) == 0 && p.Password == "" && p.Issuer == "" {
			return clientele.Errorf(clientele.CodeConflict, "this passkey is your only way to sign in").WithHint("Add another one, or set a password, first.")
		}
		return s.store.EndSessions(ctx, p.ID, ownSession(ctx, p.ID))
	})
	return err
}

// BeginPasskey implements Directory. Which passkey it is to be the browser asks its person.
func (s *Service) BeginPasskey(context.Context) (Ceremony, error) {
	rp, err := s.relying()
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, clientele.Errorf(clientele.CodeInternal, "a passkey cannot be asked for").Because(err)
	}
	id, _ := newSecret()
	s.signingIn.put(id, ceremony{session: *session}, s.now())
	return Ceremony{ID: id, Options: options}, nil
}

// SignInByPasskey implements Directory. The device has verified its person, so that this is two factors.
func (s *Service) SignInByPasskey(ctx context.Context, id string, response []byte, from Client) (SignedIn, error) {
	rp, err := s.relying()
	if err != nil {
		return SignedIn{}, err
	}
	begun, ok := s.signingIn.take(id, s.now())
	if !ok {
		return SignedIn{}, clientele.Errorf(clientele.CodeForbidden, "this sign-in has taken too long").WithHint("Sign in again.")
	}
	try, err := s.try(ctx, "", from)
	if err != nil {
		return SignedIn{}, err
	}
	refused := clientele.Errorf(clientele.CodeUnauthenticated, "the passkey was not accepted").WithHint("Try again, or sign in another way.")
	parsed, err := protocol.ParseCredentialRequestResponseBytes(response)
	if err != nil {
		return SignedIn{}, s.refuse(ctx, store.KeptPerson{}, "", from, refused.Because(err))
	}
	var h holder
	find := func(_, handle []byte) (webauthn.User, error) {
		p, err := s.store.Person(ctx, string(handle))
		if err != nil {
			return nil, err
		}
		h, err = s.holder(ctx, p)
		return h, err
	}
	_, used, err := rp.ValidatePasskeyLogin(find, begun.session, parsed)
	switch {
	case err != nil:
		return SignedIn{}, s.refuse(ctx, h.KeptPerson, "", from, refused.Because(err))
	case used.Authenticator.CloneWarning || h.State != string(Active):
		return SignedIn{}, s.refuse(ctx, h.KeptPerson, "", from, refused)
	}
	text, err := json.Marshal(used)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.store.UsePasskey(ctx, passkeyID(used.ID), s.now(), text); err != nil {
		return SignedIn{}, err
	}
	try.succeeded()
	return s.begin(ctx, h.ID, byPasskey, from, func(store.KeptPerson) bool { return true })
}
