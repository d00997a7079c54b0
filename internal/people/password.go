package people

import (
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// The bounds of a password, in characters. OWASP ASVS 5.0 (6.2.1) asks for at least 8 and
// recommends 15; we ask for 12, and refuse what is made of few words that everybody knows.
// There is no rule on which characters (6.2.5), and no expiry (6.2.10).
const (
	MinPassword      = 12
	MaxPassword      = 256
	maxPasswordBytes = 4 * MaxPassword
)

// normal is the one spelling of a password, whichever keyboard it was typed on.
func normal(password string) string { return norm.NFC.String(password) }

// newPassword checks a password that somebody chose, and hashes it.
func (s *Service) newPassword(ctx context.Context, password string, p store.KeptPerson) (hash string, err error) {
	if err := s.checkChoice(password, p); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, password)
}

// checkChoice says what is wrong with a password as one of a person.
func (s *Service) checkChoice(password string, p store.KeptPerson) error {
	if len(password) > maxPasswordBytes || !utf8.ValidString(password) {
		return invalid("password", "the password is too long").WithHint("Use at most %d characters.", MaxPassword)
	}
	password = normal(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return invalid("password", "the password is too short").WithHint("Use at least %d characters; several words are easy to remember.", MinPassword)
	case n > MaxPassword:
		return invalid("password", "the password is too long").WithHint("Use at most %d characters.", MaxPassword)
	}
	local, domain, _ := strings.Cut(p.Email, "@")
	if common(password, "clientele", s.o.Company, p.Name, local, domain) {
		return invalid("password", "the password is easy to guess").
			WithHint("Use several words that have nothing to do with each other, with you or with the company.")
	}
	breached, err := s.breached(password)
	if breached {
		return invalid("password", "the password is known from a breach elsewhere").WithHint("Choose another, and change it wherever else you use it.")
	}
	return err
}

// ChangePassword implements Directory. Who has no password yet gives "" as the old one.
func (s *Service) ChangePassword(ctx context.Context, old, fresh string) error {
	me, err := s.me(ctx)
	if err != nil {
		return err
	}
	if me.Password == "" {
		if err := s.young(ctx, me.ID); err != nil {
			return err
		}
	} else if err := s.confirm(ctx, me, old); err != nil {
		return err
	}
	hash, err := s.newPassword(ctx, fresh, me)
	if err != nil {
		return err
	}
	_, err = s.alter(ctx, me.ID, "password.changed", func(ctx context.Context, p *store.KeptPerson) error {
		if p.Password != me.Password {
			return stale("your password")
		}
		p.Password = hash
		return s.store.EndSessions(ctx, p.ID, ownSession(ctx, p.ID))
	})
	return err
}

// confirm refuses who does not know their password.
func (s *Service) confirm(ctx context.Context, me store.KeptPerson, password string) error {
	from := Client{}
	if k, ok := SessionOf(ctx); ok {
		from.From = k.From
	}
	try, err := s.try(ctx, "confirm:"+me.ID, from)
	if err != nil {
		return err
	}
	ok, _, err := s.checkPassword(ctx, password, me.Password)
	if err != nil {
		try.undone()
		return err
	}
	if !ok {
		return s.refuse(ctx, me, "", from, invalid("old", "your present password is not right"))
	}
	try.succeeded()
	return nil
}

// me is the account of who asks. CodeForbidden if none does: tokens and the owner of the
// machine have no factors to change.
func (s *Service) me(ctx context.Context) (store.KeptPerson, error) {
	a, err := policy.Require(ctx, policy.OwnAccount)
	if err != nil {
		return store.KeptPerson{}, err
	}
	if a.ID == "" || a.Limits != nil {
		return store.KeptPerson{}, clientele.Errorf(clientele.CodeForbidden, "only people change how they sign in").
			WithHint("Sign in to the pages with your account.")
	}
	return s.store.Person(ctx, a.ID)
}

// young refuses a session that is older than FreshFor, or none: who finds a browser open
// takes over no account (ASVS 5.0, 7.5.1).
func (s *Service) young(ctx context.Context, person string) error {
	k, ok := SessionOf(ctx)
	if ok && k.Person == person && s.now().Sub(k.Created) < FreshFor {
		return nil
	}
	return clientele.Errorf(clientele.CodeForbidden, "how you sign in can be changed for %d minutes after you signed in", int(FreshFor.Minutes())).
		WithHint("Sign out, sign in again, and make the change.")
}
