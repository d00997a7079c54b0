package ui

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// setUpPage makes the first account, or says that there is one.
type setUpPage struct {
	frame
	Done                bool
	Secret, Name, Email string
	Roles               []tick // besides administrator
	Refused             refusal
}

// besides are the roles that a first person may also have.
func besides() []policy.Role { return []policy.Role{policy.Executive, policy.Lead, policy.Analyst} }

func (s *Site) setUp(w http.ResponseWriter, r *http.Request) error {
	return s.setUpWith(w, r, r.URL.Query(), nil)
}

// setUpWith shows the form with what it held; refused is why it was refused, or nil.
func (s *Site) setUpWith(w http.ResponseWriter, r *http.Request, form url.Values, refused error) error {
	f, err := s.door(r, "Set up")
	if err != nil {
		return err
	}
	done, err := s.People.Any(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "setup", setUpPage{
		frame: f, Done: done, Secret: form.Get("secret"), Name: form.Get("name"), Email: form.Get("email"), Refused: refusalOf(refused),
		Roles: roleTicks(besides(), func(x policy.Role) bool { return slices.Contains(form["role"], string(x)) }),
	})
}

// setUpFirst makes the first account, and signs its person in.
func (s *Site) setUpFirst(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	password, err := newPassword(form)
	if err == nil {
		_, err = s.People.SetUp(r.Context(), form.Get("secret"), firstPerson(form), password)
	}
	if refuses(err) {
		return s.setUpWith(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return s.enterNew(w, r, form.Get("email"), password, "/people")
}

func firstPerson(form url.Values) people.NewPerson {
	p := people.NewPerson{Email: form.Get("email"), Name: form.Get("name"), Roles: []policy.Role{policy.Administrator}}
	for _, x := range besides() {
		if slices.Contains(form["role"], string(x)) {
			p.Roles = append(p.Roles, x)
		}
	}
	return p
}

// enterNew signs in who just chose a password.
func (s *Site) enterNew(w http.ResponseWriter, r *http.Request, email, password, next string) error {
	in, err := s.People.SignIn(r.Context(), email, password, httpd.ClientOf(r))
	if err != nil {
		return err
	}
	return s.enter(w, r, in, next)
}

// invitationPage lets somebody who was invited choose their password.
type invitationPage struct {
	frame
	Secret, Name, Email, Roles string
	Refused                    refusal
}

func (s *Site) invitation(w http.ResponseWriter, r *http.Request) error {
	return s.invitationWith(w, r, r.URL.Query().Get("secret"), nil)
}

func (s *Site) invitationWith(w http.ResponseWriter, r *http.Request, secret string, refused error) error {
	f, err := s.door(r, "Invitation")
	if err != nil {
		return err
	}
	p, err := s.People.Invited(r.Context(), secret)
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "invitation", invitationPage{f, secret, p.Name, p.Email, rolesText(p.Roles), refusalOf(refused)})
}

func (s *Site) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	password, err := newPassword(form)
	var p people.Person
	if err == nil {
		p, err = s.People.Accept(r.Context(), form.Get("secret"), password)
	}
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		return s.invitationWith(w, r, form.Get("secret"), err)
	}
	if err != nil {
		return err
	}
	return s.enterNew(w, r, p.Email, password, "/account")
}
