package people

import (
	"context"
	netmail "net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// The purposes of links.
const (
	toSetUp  = "setup"
	toAccept = "invitation"
)

// SetUpSecret implements Directory. The secret holds until it is used, or another is made.
func (s *Service) SetUpSecret(ctx context.Context) (secret string, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		if any, err := s.store.AnyPerson(ctx); any || err != nil {
			return orAccounts(err)
		}
		link := store.KeptLink{Purpose: toSetUp, Expires: s.now().AddDate(100, 0, 0)}
		secret, link.Hash = newSecret()
		return s.store.AddLink(ctx, link)
	})
	return secret, err
}

func orAccounts(err error) error {
	if err != nil {
		return err
	}
	return clientele.Errorf(clientele.CodeConflict, "there are accounts already").
		WithHint("Sign in, or run: clientele user BOOK link EMAIL")
}

// SetUp implements Directory. The first person is an administrator, whatever else they are.
func (s *Service) SetUp(ctx context.Context, secret string, first NewPerson, password string) (whole Person, err error) {
	if err := s.setUpBy(ctx, secret); err != nil {
		return Person{}, err
	}
	first.Roles = append(slices.Clone(first.Roles), policy.Administrator)
	p, err := s.newPerson(first)
	if err != nil {
		return Person{}, err
	}
	if p.Password, err = s.newPassword(ctx, password, p); err != nil {
		return Person{}, err
	}
	p.State = string(Active)
	err = s.store.Atomically(as(ctx, p), func(ctx context.Context) error {
		if err := s.setUpBy(ctx, secret); err != nil { // somebody else may have been first
			return err
		}
		whole, err = s.add(ctx, p, "person.set_up")
		return err
	})
	return whole, err
}

// setUpBy refuses what is not the secret of the set-up.
func (s *Service) setUpBy(ctx context.Context, secret string) error {
	links, err := s.store.Links(ctx, toSetUp)
	if err != nil {
		return err
	}
	if len(links) != 1 || !sameHash(links[0].Hash, hashOf(secret)) {
		return clientele.Errorf(clientele.CodeForbidden, "this set-up link is not, or no longer, the right one").
			WithHint("Use the link that clientele serve wrote last; once there is an account, sign in.")
	}
	return nil
}

// add keeps a new person, tells the audit, and ends the set-up.
func (s *Service) add(ctx context.Context, p store.KeptPerson, action string) (Person, error) {
	if err := s.knowUnits(ctx, p.Units); err != nil {
		return Person{}, err
	}
	if err := s.store.AddPerson(ctx, p); err != nil {
		return Person{}, err
	}
	if err := s.store.EndLinks(ctx, toSetUp, ""); err != nil {
		return Person{}, err
	}
	whole := seen(p, nil)
	return whole, s.audit.Record(ctx, action, "person/"+p.ID, nil, whole)
}

// Invite implements Directory.
func (s *Service) Invite(ctx context.Context, n NewPerson) (i Invitation, err error) {
	if _, err := policy.Require(ctx, policy.ManagePeople); err != nil {
		return Invitation{}, err
	}
	p, err := s.newPerson(n)
	if err != nil {
		return Invitation{}, err
	}
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		if i.Person, err = s.add(ctx, p, "person.invited"); err != nil {
			return err
		}
		return s.invitation(ctx, &i)
	})
	return i, err
}

// InviteAgain implements Directory. Until the link is used, the person keeps what they have.
func (s *Service) InviteAgain(ctx context.Context, id string) (i Invitation, err error) {
	if _, err := policy.Require(ctx, policy.ManagePeople); err != nil {
		return Invitation{}, err
	}
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, id)
		if err != nil {
			return err
		}
		if p.State == string(Disabled) {
			return clientele.Errorf(clientele.CodeConflict, "%s is disabled", p.Name).WithHint("Enable the account first.")
		}
		if i.Person, err = s.whole(ctx, p); err != nil {
			return err
		}
		if err := s.invitation(ctx, &i); err != nil {
			return err
		}
		return s.audit.Record(ctx, "person.invited_again", "person/"+id, nil, nil)
	})
	return i, err
}

// invitation makes the link of an invitation, and has it mailed if mail is set up.
func (s *Service) invitation(ctx context.Context, i *Invitation) (err error) {
	secret, hash := newSecret()
	i.Link, i.Expires = Link(InvitationPage, secret), s.now().Add(LinkLife).UTC().Truncate(time.Millisecond)
	if err := s.store.AddLink(ctx, store.KeptLink{Hash: hash, Purpose: toAccept, Person: i.Person.ID, Expires: i.Expires}); err != nil {
		return err
	}
	if s.o.Mail == nil {
		return nil
	}
	i.Mailed, err = s.o.Mail.Enqueue(ctx, mail.Letter{
		Key: "invitation/" + hash, Kind: mail.Invitation, Address: i.Person.Email, Name: i.Person.Name, Subject: "Your account at " + s.o.Company,
		Lines: []string{
			"You are invited to an account. The link works once, and until " + i.Expires.Format("2 January 2006, 15:04 MST") + ". On its page you choose a password.",
			"Whoever has the link comes in: do not pass it on.",
		},
		Link: &mail.Link{Says: "Come in", Path: i.Link},
	})
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		return nil // an address that no mail can be sent to: the link is handed over otherwise
	}
	return err
}

// Invited implements Directory.
func (s *Service) Invited(ctx context.Context, secret string) (Person, error) {
	p, err := s.invitedBy(ctx, secret)
	if err != nil {
		return Person{}, err
	}
	return s.whole(ctx, p)
}

func (s *Service) invitedBy(ctx context.Context, secret string) (store.KeptPerson, error) {
	l, err := s.store.Link(ctx, hashOf(secret))
	if clientele.CodeOf(err) != clientele.CodeNotFound && err != nil {
		return store.KeptPerson{}, err
	}
	if err != nil || l.Purpose != toAccept || !s.now().Before(l.Expires) {
		return store.KeptPerson{}, clientele.Errorf(clientele.CodeForbidden, "this invitation is used up or too old").
			WithHint("Ask an administrator to invite you again.")
	}
	return s.store.Person(ctx, l.Person)
}

// Accept implements Directory. Who had an account already begins anew: other factors, sessions and tokens end.
func (s *Service) Accept(ctx context.Context, secret, password string) (Person, error) {
	p, err := s.invitedBy(ctx, secret)
	if err != nil {
		return Person{}, err
	}
	hash, err := s.newPassword(ctx, password, p)
	if err != nil {
		return Person{}, err
	}
	return s.alter(as(ctx, p), p.ID, "person.accepted", func(ctx context.Context, p *store.KeptPerson) error {
		if _, err := s.invitedBy(ctx, secret); err != nil { // it may have been used meanwhile
			return err
		}
		if err := s.forgetFactors(ctx, p); err != nil {
			return err
		}
		p.Password, p.State = hash, string(Active)
		return s.store.EndLinks(ctx, toAccept, p.ID)
	})
}

// forgetFactors takes away all but the password and the single sign-on, and ends what was begun by them.
func (s *Service) forgetFactors(ctx context.Context, p *store.KeptPerson) error {
	p.TOTP, p.TOTPStep = "", 0
	keys, err := s.store.Passkeys(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := s.store.RemovePasskey(ctx, p.ID, k.ID); err != nil {
			return err
		}
	}
	if err := s.store.SetRecoveryCodes(ctx, p.ID, nil); err != nil {
		return err
	}
	if err := s.store.RemoveTokensOf(ctx, p.ID); err != nil {
		return err
	}
	return s.store.EndSessions(ctx, p.ID, "")
}

// newPerson checks who is to be invited.
func (s *Service) newPerson(n NewPerson) (p store.KeptPerson, err error) {
	p = store.KeptPerson{ID: newID(), Version: 1, State: string(Invited), Created: s.now().UTC().Truncate(time.Millisecond)}
	if p.Email, err = cleanEmail(n.Email); err != nil {
		return p, err
	}
	if p.Name, err = cleanName("name", n.Name); err != nil {
		return p, err
	}
	p.Units = sorted(n.Units)
	p.Roles, err = cleanRoles(n.Roles)
	return p, err
}

func cleanEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	parsed, err := netmail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > 254 || strings.ContainsFunc(text, unprintable) {
		return "", invalid("email", "this is no email address, such as ada@example.com")
	}
	return text, nil
}

// cleanName trims a name of a person or a thing.
func cleanName(field, text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len([]rune(text)) > 100 || strings.ContainsFunc(text, unprintable) {
		return "", invalid(field, "a name has 1 to 100 letters, digits and signs")
	}
	return text, nil
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

func cleanRoles(roles []policy.Role) (clean []policy.Role, err error) {
	for _, r := range policy.Roles() {
		if slices.Contains(roles, r) {
			clean = append(clean, r)
		}
	}
	for _, r := range roles {
		if !slices.Contains(clean, r) {
			return nil, invalid("roles", "there is no role %q", r).WithHint("The roles are %q.", policy.Roles())
		}
	}
	if len(clean) == 0 {
		return nil, invalid("roles", "a person needs a role").WithHint("The roles are %q.", policy.Roles())
	}
	return clean, nil
}

func sorted(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// invalid says which field of what was given cannot be.
func invalid(field, format string, args ...any) *clientele.Error {
	e := clientele.Errorf(clientele.CodeInvalid, format, args...)
	e.At.Column = field
	return e
}
