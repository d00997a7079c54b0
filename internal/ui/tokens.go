package ui

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// tokenRow is a token that lets a program in.
type tokenRow struct{ Name, By, Roles, Scopes, Created, Expires, Used, Revoke string }

// tokenForm makes a token.
type tokenForm struct {
	Action, Name, Days string
	Roles              []tick // of a service
	Scopes             []tick
	Refused            refusal
}

// madePage shows what a program or a person is let in by, once.
type madePage struct {
	frame
	Kicker, Headline, Why string
	Secret                string // of a token
	Link                  string // of an invitation
	Until                 string
	Back                  string
}

// newTokenForm is the form with what it held. A token can reach no further than who makes
// it, so that only what they may stands in it.
func newTokenForm(form url.Values, may func(policy.Permission) bool) tokenForm {
	f := tokenForm{Action: "/account/tokens", Name: form.Get("name"), Days: cmp.Or(form.Get("days"), "90")}
	for _, e := range policy.Entries() {
		if e.Permission != policy.OwnAccount && may(e.Permission) {
			name := e.Permission.Name()
			f.Scopes = append(f.Scopes, tick{"scope", name, capital(e.Means), name, slices.Contains(form["scope"], name)})
		}
	}
	return f
}

func (v visit) tokenRow(t people.Token, revoke string) tokenRow {
	return tokenRow{
		Name: t.Name, Scopes: scopeWords(t.Scopes), Created: v.instant(t.Created), Expires: v.instant(t.Expires), Used: v.instantOr(t.Used, "never"),
		Revoke: revoke + url.PathEscape(t.ID) + "/revoke",
	}
}

// scopeWords lists permissions by name.
func scopeWords(scopes []string) string { return cmp.Or(strings.Join(scopes, ", "), "nothing") }

func (s *Site) fillTokens(v visit, p *accountPage, me people.Person) error {
	tokens, err := s.People.Tokens(v.Context())
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if !t.Service && t.Person == me.ID {
			p.Tokens = append(p.Tokens, v.tokenRow(t, "/account/tokens/"))
		}
	}
	return nil
}

func newToken(form url.Values) (t people.NewToken, err error) {
	t = people.NewToken{Name: form.Get("name"), Scopes: form["scope"]}
	t.For, err = daysOf(form)
	return t, err
}

func (s *Site) addToken(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	t, err := newToken(form)
	var made people.Token
	var secret string
	if err == nil {
		made, secret, err = s.People.AddToken(r.Context(), t)
	}
	if refuses(err) {
		return s.accountWith(w, r, accountRefused{token: err, form: form})
	}
	if err != nil {
		return err
	}
	return s.showToken(w, r, made, secret, "account", "Account")
}

// showToken shows the secret of a token that was made; nobody can read it again.
func (s *Site) showToken(w http.ResponseWriter, r *http.Request, t people.Token, secret, section, back string) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "made", madePage{
		frame: s.frame(v, section, "Token "+t.Name), Kicker: back, Headline: "The token " + t.Name + " is made. Copy it now.",
		Why:    "It is shown this once: here only its hash is kept. A program sends it as Authorization: Bearer, and reaches no further than " + scopeWords(t.Scopes) + ".",
		Secret: secret, Until: v.instant(t.Expires), Back: "/" + section,
	})
}

func (s *Site) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := s.People.RevokeToken(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	leave(w, r, "/account#tokens")
	return nil
}

// servicesPage is the tokens of programs that are nobody's.
type servicesPage struct {
	frame
	Tabs   tabs
	Tokens []tokenRow
	Form   tokenForm
}

func (s *Site) services(w http.ResponseWriter, r *http.Request) error {
	return s.servicesWith(w, r, nil, nil)
}

func (s *Site) servicesWith(w http.ResponseWriter, r *http.Request, form url.Values, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	tokens, err := s.People.Tokens(r.Context())
	if err != nil {
		return err
	}
	names, err := s.names(r)
	if err != nil {
		return err
	}
	p := servicesPage{frame: s.frame(v, "people", "Services"), Tabs: v.peopleTabs("services")}
	for _, t := range tokens {
		if t.Service {
			row := v.tokenRow(t, "/services/")
			row.Roles = rolesText(t.Roles)
			row.By = cmp.Or(names[t.Person], ownerOfTheMachine)
			p.Tokens = append(p.Tokens, row)
		}
	}
	p.Form = newTokenForm(form, func(policy.Permission) bool { return true })
	p.Form.Action, p.Form.Refused = "/services", refusalOf(refused)
	p.Form.Roles = roleTicks(policy.Roles(), func(x policy.Role) bool { return slices.Contains(form["role"], string(x)) })
	return s.show(w, statusOf(refused), "services", p)
}

func (s *Site) addService(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	t, err := newToken(form)
	t.Service, t.Roles = true, rolesOf(form)
	var made people.Token
	var secret string
	if err == nil {
		made, secret, err = s.People.AddToken(r.Context(), t)
	}
	if refuses(err) {
		return s.servicesWith(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return s.showToken(w, r, made, secret, "services", "Services")
}

func (s *Site) revokeService(w http.ResponseWriter, r *http.Request) error {
	if err := s.People.RevokeToken(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	leave(w, r, "/services")
	return nil
}
