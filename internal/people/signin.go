package people

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// The methods of sessions.
const (
	byPassword = "password"
	byTOTP     = "password+totp"
	byPasskey  = "passkey"
	bySSO      = "sso"
)

// SignIn implements Directory. It takes as long, and says the same, whether there is such an account or not.
func (s *Service) SignIn(ctx context.Context, email, password string, from Client) (SignedIn, error) {
	address, err := cleanEmail(email)
	if err != nil {
		address = "" // no account has it
	}
	try, err := s.try(ctx, address, from)
	if err != nil {
		return SignedIn{}, err
	}
	p, err := s.store.PersonByEmail(ctx, address)
	if err != nil && clientele.CodeOf(err) != clientele.CodeNotFound {
		return SignedIn{}, err
	}
	known, kept := err == nil && p.State == string(Active), ""
	if known {
		kept = p.Password
	}
	ok, outdated, err := s.checkPassword(ctx, password, kept)
	if err != nil {
		try.undone()
		return SignedIn{}, err
	}
	if !ok {
		return SignedIn{}, s.refuse(ctx, p, address, from, clientele.Errorf(clientele.CodeUnauthenticated, "the email or the password is not right").
			WithHint("Try again, or ask an administrator for a new invitation."))
	}
	if outdated {
		if p, err = s.rehash(ctx, p, password); err != nil {
			return SignedIn{}, err
		}
	}
	if p.TOTP != "" {
		try.undone() // it succeeds once the second factor does
		secret, _ := newSecret()
		s.pending.put(secret, pendingSignIn{person: p.ID, password: p.Password, left: maxCodes}, s.now())
		return SignedIn{Pending: secret}, nil
	}
	try.succeeded()
	return s.begin(ctx, p.ID, byPassword, from, func(q store.KeptPerson) bool { return q.Password == p.Password })
}

// try begins a try to sign in; the first that comes too early is told to the audit.
func (s *Service) try(ctx context.Context, account string, from Client) (attempt, error) {
	try, first, err := s.tries.begin(account, from.From)
	if first {
		return try, s.refuse(ctx, store.KeptPerson{}, account, from, err)
	}
	return try, err
}

// refuse tells the audit of a sign-in that failed, and returns why.
func (s *Service) refuse(ctx context.Context, p store.KeptPerson, account string, from Client, why error) error {
	e := audit.Event{Action: "session.refused", Outcome: audit.Denied, Who: p.ID, Name: p.Name, From: from.From}
	if p.ID == "" {
		e.Name = account
	}
	if e.Name == "" {
		e.Name = "unknown"
	}
	if err := s.audit.Tell(ctx, e, nil, map[string]string{"why": why.Error()}); err != nil {
		return err
	}
	return why
}

func (s *Service) checkPassword(ctx context.Context, password, kept string) (ok, outdated bool, err error) {
	if len(password) > maxPasswordBytes || !utf8.ValidString(password) {
		return false, false, nil // nobody's, whatever the account
	}
	return s.hasher.check(ctx, password, kept)
}

// rehash keeps a password as it would be kept today.
func (s *Service) rehash(ctx context.Context, p store.KeptPerson, password string) (store.KeptPerson, error) {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return p, err
	}
	was := p.Password
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		if p, err = s.store.Person(ctx, p.ID); err != nil || p.Password != was {
			return err
		}
		p.Password = hash
		return s.store.SavePerson(ctx, p)
	})
	return p, err
}

// begin begins a session of somebody who has shown that it is them, if that still holds. It
// ends the one that the browser had.
func (s *Service) begin(ctx context.Context, person, method string, from Client, holds func(store.KeptPerson) bool) (in SignedIn, err error) {
	now := s.now().UTC().Truncate(time.Millisecond)
	k := store.KeptSession{
		ID: newID(), Person: person, Created: now, Seen: now, Expires: now.Add(SessionLife), From: shortened(from.From), Agent: shortened(from.Agent), Method: method,
	}
	in.Secret, k.Hash = newSecret()
	in.Expires = k.Expires
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.State != string(Active) || !holds(p) {
			return clientele.Errorf(clientele.CodeUnauthenticated, "the account was changed while you signed in").WithHint("Sign in again.")
		}
		if old, ok := SessionOf(ctx); ok {
			if err := s.store.EndSession(ctx, old.Person, old.ID); err != nil && clientele.CodeOf(err) != clientele.CodeNotFound {
				return err
			}
		}
		if err := s.store.ForgetSessions(ctx, now, now.Add(-SessionIdle)); err != nil {
			return err
		}
		if err := s.store.AddSession(ctx, k); err != nil {
			return err
		}
		if err := s.store.TouchSession(ctx, k.Hash, now); err != nil {
			return err
		}
		p.Seen = &now
		if in.Person, err = s.whole(ctx, p); err != nil {
			return err
		}
		e := audit.Event{Action: "session.started", Object: "session/" + k.ID, Outcome: audit.Done, Who: p.ID, Name: p.Name, From: from.From}
		return s.audit.Tell(ctx, e, nil, map[string]string{"method": method})
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// shortened keeps what strangers say of themselves small.
func shortened(text string) string {
	runes := []rune(text)
	for i, r := range runes {
		if unprintable(r) {
			runes[i] = ' '
		}
	}
	return string(runes[:min(len(runes), 200)])
}

type sessionKey struct{}

// WithSession returns a context of a request that came by a session. Factors can be changed
// in it while the session is young, and signing in ends that session.
func WithSession(ctx context.Context, s Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SessionOf is the session that a request came by; ok is false if it came by none.
func SessionOf(ctx context.Context) (s Session, ok bool) {
	s, ok = ctx.Value(sessionKey{}).(Session)
	return s, ok
}

// Session implements Directory.
func (s *Service) Session(ctx context.Context, secret string) (policy.Actor, Session, error) {
	ended := clientele.Errorf(clientele.CodeUnauthenticated, "your session has ended").WithHint("Sign in again.")
	if len(secret) != secretLength {
		return policy.Actor{}, Session{}, ended
	}
	k, p, err := s.store.SessionByHash(ctx, hashOf(secret))
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return policy.Actor{}, Session{}, ended
	}
	if err != nil {
		return policy.Actor{}, Session{}, err
	}
	now := s.now()
	if p.State != string(Active) || !now.Before(endOf(k)) {
		return policy.Actor{}, Session{}, ended
	}
	if now.Sub(k.Seen) >= touchAfter {
		// On a full disk people can still look: the time only ages.
		_ = s.store.TouchSession(ctx, k.Hash, now)
	}
	a, err := s.actor(ctx, p)
	a.Unproven = k.Method == byPassword && p.TOTP == "" && s.twoFactors()
	return a, session(k), err
}

func (s *Service) actor(ctx context.Context, p store.KeptPerson) (policy.Actor, error) {
	scopes, err := s.store.ScopesOf(ctx, p.ID)
	return policy.Actor{ID: p.ID, Name: p.Name, Roles: p.Roles, Scopes: scopes}, err
}

// endOf is when a session ends if nobody uses it from now on.
func endOf(k store.KeptSession) time.Time {
	if idle := k.Seen.Add(SessionIdle); idle.Before(k.Expires) {
		return idle
	}
	return k.Expires
}

func session(k store.KeptSession) Session {
	return Session{ID: k.ID, Person: k.Person, Created: k.Created, Seen: k.Seen, Expires: endOf(k), From: k.From, Agent: k.Agent, Method: k.Method}
}

// SignOut implements Directory. A session that has ended is no error.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.store.Atomically(ctx, func(ctx context.Context) error {
		k, p, err := s.store.SessionByHash(ctx, hashOf(secret))
		if clientele.CodeOf(err) == clientele.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.store.EndSession(ctx, k.Person, k.ID); err != nil {
			return err
		}
		return s.audit.Record(as(ctx, p), "session.ended", "session/"+k.ID, nil, nil)
	})
}

// Sessions implements Directory.
func (s *Service) Sessions(ctx context.Context, person string) ([]Session, error) {
	if err := ownOr(ctx, person, policy.ManagePeople); err != nil {
		return nil, err
	}
	kept, err := s.store.Sessions(ctx, person)
	if err != nil {
		return nil, err
	}
	kept = slices.DeleteFunc(kept, func(k store.KeptSession) bool { return !s.now().Before(endOf(k)) })
	all := make([]Session, len(kept))
	for i, k := range kept {
		all[i] = session(k)
	}
	return all, nil
}

// EndSession implements Directory.
func (s *Service) EndSession(ctx context.Context, person, id string) error {
	return s.endSessions(ctx, person, "session.ended", "session/"+id, func(ctx context.Context) error { return s.store.EndSession(ctx, person, id) })
}

// EndSessions implements Directory. Of one's own sessions the one that asks stays.
func (s *Service) EndSessions(ctx context.Context, person string) error {
	return s.endSessions(ctx, person, "sessions.ended", "person/"+person, func(ctx context.Context) error {
		if _, err := s.store.Person(ctx, person); err != nil {
			return err
		}
		return s.store.EndSessions(ctx, person, ownSession(ctx, person))
	})
}

func (s *Service) endSessions(ctx context.Context, person, action, object string, end func(context.Context) error) error {
	if err := ownOr(ctx, person, policy.ManagePeople); err != nil {
		return err
	}
	return s.store.Atomically(ctx, func(ctx context.Context) error {
		if err := end(ctx); err != nil {
			return err
		}
		return s.audit.Record(ctx, action, object, nil, nil)
	})
}

// ownSession is the id of the session that a person asks by; "" if it is not theirs.
func ownSession(ctx context.Context, person string) string {
	if k, ok := SessionOf(ctx); ok && k.Person == person {
		return k.ID
	}
	return ""
}

// twoFactors reports whether a password alone is not enough.
func (s *Service) twoFactors() bool {
	return s.o.SecondFactor == config.Required || s.o.SecondFactor == "" && s.beyond
}
