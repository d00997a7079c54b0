package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// peoplePage is everybody who has an account.
type peoplePage struct {
	frame
	Tabs     tabs
	Headline string
	Alone    bool // there are no accounts
	People   []personRow
	Watched  bool // whether the reader sees when people came, and how
	Form     *inviteForm
}

// personRow is one account.
type personRow struct {
	Name, Email, Href, Roles, Units, State, Seen, Factors string
	Active                                                bool
}

// inviteForm invites somebody; nil is for those who may not.
type inviteForm struct {
	Name, Email  string
	Roles, Units []tick
	Refused      refusal
}

// tabs lead to the pages beside the one that is shown.
type tabs struct {
	Here string // id of the one shown
	Tabs []section
}

// peopleTabs are those about people, as far as the reader may see them.
func (v visit) peopleTabs(here string) tabs {
	out := tabs{Here: here}
	for _, t := range []struct {
		section
		need policy.Permission
	}{
		{section{"people", "People", "/people"}, policy.ReadPeople}, {section{"units", "Units", "/units"}, policy.ReadPeople},
		{section{"roles", "Roles", "/roles"}, policy.ReadRoles}, {section{"services", "Services", "/services"}, policy.ManageServices},
		{section{"mail", "Mail", "/mail"}, policy.Operate},
	} {
		if v.may(t.need) {
			out.Tabs = append(out.Tabs, t.section)
		}
	}
	return out
}

// names are people's names by id.
func (s *Site) names(r *http.Request) (map[string]string, error) {
	all, err := s.People.People(r.Context())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return names, nil
}

func (s *Site) people(w http.ResponseWriter, r *http.Request) error {
	return s.peopleWith(w, r, nil, nil)
}

func (s *Site) peopleWith(w http.ResponseWriter, r *http.Request, form url.Values, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	all, err := s.People.People(r.Context())
	if err != nil {
		return err
	}
	units, err := s.People.Units(r.Context())
	if err != nil {
		return err
	}
	p := peoplePage{frame: s.frame(v, "people", "People"), Tabs: v.peopleTabs("people"), Alone: len(all) == 0, Headline: peopleHeadline(all), Watched: v.may(policy.ReadAudit)}
	for _, x := range all {
		p.People = append(p.People, v.personRow(x, units))
	}
	if v.may(policy.ManagePeople) && !p.Alone {
		p.Form = &inviteForm{
			Name: form.Get("name"), Email: form.Get("email"), Refused: refusalOf(refused), Units: unitTicks(units, form["unit"]),
			Roles: roleTicks(policy.Roles(), func(x policy.Role) bool { return slices.Contains(form["role"], string(x)) }),
		}
	}
	return s.show(w, statusOf(refused), "people", p)
}

func peopleHeadline(all []people.Person) string {
	var active, invited int
	for _, p := range all {
		switch p.State {
		case people.Active:
			active++
		case people.Invited:
			invited++
		}
	}
	headline := many(active, "person has", "people have") + " an account"
	if invited > 0 {
		headline += "; " + many(invited, "is", "are") + " invited"
	}
	if len(all) == 0 {
		headline = "Nobody has an account yet"
	}
	return headline + "."
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

func personHref(id string) string { return "/people/" + url.PathEscape(id) }

func (v visit) personRow(p people.Person, units []people.Unit) personRow {
	return personRow{
		Name: p.Name, Email: p.Email, Href: personHref(p.ID), Roles: rolesText(p.Roles), Units: strings.Join(unitNames(units, p.Units), ", "),
		State: string(p.State), Active: p.State == people.Active, Seen: v.instantOr(p.LastSeen, "never"), Factors: factorWords(p.Factors),
	}
}

// factorWords lists the ways in which somebody can show that it is them.
func factorWords(f people.Factors) string {
	var words []string
	if f.Password {
		words = append(words, "password")
	}
	if f.TOTP {
		words = append(words, "app")
	}
	if n := len(f.Passkeys); n > 0 {
		words = append(words, many(n, "passkey", "passkeys"))
	}
	if f.SSO != "" {
		words = append(words, "single sign-on")
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// invite makes a link that lets somebody in, and shows it.
func (s *Site) invite(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	made, err := s.People.Invite(r.Context(), people.NewPerson{Email: form.Get("email"), Name: form.Get("name"), Roles: rolesOf(form), Units: form["unit"]})
	if refuses(err) {
		return s.peopleWith(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return s.showInvitation(w, r, made)
}

// showInvitation shows the link of an invitation; nobody can read it again.
func (s *Site) showInvitation(w http.ResponseWriter, r *http.Request, made people.Invitation) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	headline := "Send " + made.Person.Name + " this link."
	why := "It is shown this once, works once, and lets in whoever has it: send it to " + made.Person.Email + " in a way that reaches nobody else."
	if made.Mailed {
		headline = made.Person.Name + " is sent this link by mail."
		why = "It goes to " + made.Person.Email + ", and what becomes of it stands on the page Mail. Here it is shown this once. It works once, and lets in whoever has it."
	}
	return s.show(w, http.StatusOK, "made", madePage{
		frame: s.frame(v, "people", "Invitation of "+made.Person.Name), Kicker: "People", Headline: headline, Why: why,
		Link: httpd.OriginOf(r.Context()) + made.Link, Until: v.instant(made.Expires), Back: "/people",
	})
}

// personPage is one account, for those who give roles.
type personPage struct {
	frame
	Name, Self, State string
	Facts             []fact
	Disabled, Invited bool
	Form              personForm
	Sessions          []sessionRow
}

// personForm changes an account from a version on.
type personForm struct {
	Version      string
	Name, Email  string
	Roles, Units []tick
	Refused      refusal
	Stale        []staleRow
}

// staleRow is a field that somebody else changed while a form was open.
type staleRow struct{ Field, Now, Yours string }

// staleRows keeps the fields that differ.
func staleRows(rows ...staleRow) (differ []staleRow) {
	for _, row := range rows {
		if row.Now != row.Yours {
			differ = append(differ, row)
		}
	}
	return differ
}

func (s *Site) person(w http.ResponseWriter, r *http.Request) error {
	return s.personWith(w, r, nil, nil)
}

// personWith shows an account; form and refused are of an edit that was refused, or nil.
func (s *Site) personWith(w http.ResponseWriter, r *http.Request, form url.Values, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	x, err := s.People.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	units, err := s.People.Units(r.Context())
	if err != nil {
		return err
	}
	sessions, err := s.People.Sessions(r.Context(), x.ID)
	if err != nil {
		return err
	}
	row := v.personRow(x, units)
	p := personPage{
		frame: s.frame(v, "people", x.Name), Name: x.Name, Self: row.Href, State: row.State, Disabled: x.State == people.Disabled, Invited: x.State == people.Invited,
		Facts: []fact{{"State", row.State}, {"Last seen", row.Seen}, {"Signs in by", row.Factors}, {"Account since", v.instant(x.Created)}},
		Form:  personFormOf(x, units, form, refused),
	}
	for _, x := range sessions {
		p.Sessions = append(p.Sessions, sessionRow{From: x.From, Agent: agentWords(x.Agent), Method: methodWords(x.Method), Created: v.instant(x.Created), Seen: v.instant(x.Seen)})
	}
	return s.show(w, statusOf(refused), "person", p)
}

// personFormOf is the form as the account is, or with what an edit that was refused held.
func personFormOf(x people.Person, units []people.Unit, form url.Values, refused error) personForm {
	f := personForm{Version: strconv.FormatInt(x.Version, 10), Name: x.Name, Email: x.Email, Refused: refusalOf(refused)}
	roles, own := x.Roles, x.Units
	if form != nil {
		f.Name, f.Email, roles, own = form.Get("name"), form.Get("email"), rolesOf(form), form["unit"]
	}
	if clientele.CodeOf(refused) == clientele.CodeStale {
		f.Stale = staleRows(
			staleRow{"Name", x.Name, f.Name}, staleRow{"Email", x.Email, f.Email}, staleRow{"Roles", rolesText(x.Roles), rolesText(roles)},
			staleRow{"Units", strings.Join(unitNames(units, x.Units), ", "), strings.Join(unitNames(units, own), ", ")},
		)
	}
	f.Roles = roleTicks(policy.Roles(), func(r policy.Role) bool { return slices.Contains(roles, r) })
	f.Units = unitTicks(units, own)
	return f
}

// refusesEdit reports whether the form of an edit is shown again.
func refusesEdit(err error) bool { return refuses(err) || clientele.CodeOf(err) == clientele.CodeStale }

func (s *Site) changePerson(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	name, email, roles, units := form.Get("name"), form.Get("email"), rolesOf(form), form["unit"]
	return s.editPerson(w, r, form, people.Edit{Name: &name, Email: &email, Roles: &roles, Units: &units})
}

// disablePerson ends an account, or lets its person in again.
func (s *Site) disablePerson(w http.ResponseWriter, r *http.Request) error {
	disabled := strings.HasSuffix(r.URL.Path, "/disable")
	return s.editPerson(w, r, nil, people.Edit{Disabled: &disabled})
}

// editPerson changes an account from the version of the form on. Fields are what the form
// held, nil if it has none.
func (s *Site) editPerson(w http.ResponseWriter, r *http.Request, fields url.Values, e people.Edit) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	version, err := versionOf(form)
	if err == nil {
		_, err = s.People.Change(r.Context(), id, version, e)
	}
	if refusesEdit(err) {
		return s.personWith(w, r, fields, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, personHref(id))
	return nil
}

// inviteAgain makes a new link for somebody, and ends the earlier one.
func (s *Site) inviteAgain(w http.ResponseWriter, r *http.Request) error {
	made, err := s.People.InviteAgain(r.Context(), r.PathValue("id"))
	if refuses(err) {
		return s.personWith(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	return s.showInvitation(w, r, made)
}

// resetFactors takes away what somebody lost, and may be in others' hands.
func (s *Site) resetFactors(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, err := s.People.ResetFactors(r.Context(), id); err != nil {
		return err
	}
	leave(w, r, personHref(id))
	return nil
}

func (s *Site) endSessions(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := s.People.EndSessions(r.Context(), id); err != nil {
		return err
	}
	leave(w, r, personHref(id))
	return nil
}
