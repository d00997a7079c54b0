package ui

import (
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// accountPage is a person's own account.
type accountPage struct {
	frame
	Alone    bool // without accounts: the owner of the machine reads it
	Facts    []fact
	Sees     []grantRow
	Does     []grantRow
	Factors  factorsPart
	Sessions []sessionRow
	Others   bool // there are other sessions than this one
	Tokens   []tokenRow
	Form     tokenForm
}

// grantRow is something that somebody may see or do.
type grantRow struct{ Means, Reach string }

// factorsPart is how somebody shows that it is them.
type factorsPart struct {
	Password, TOTP  bool
	SSO             string
	Passkeys        []passkeyRow
	PasswordRefused refusal
	TOTPRefused     refusal
	PasskeyRefused  refusal
}

type passkeyRow struct{ Name, Created, Used, Remove string }

// sessionRow is a sign-in that has not ended.
type sessionRow struct {
	From, Agent, Method, Created, Seen string
	This                               bool
	End                                string
}

// accountRefused is which form of the page was refused; the zero value is none.
type accountRefused struct {
	password, totp, passkey, token error
	form                           url.Values // of the token
}

func (a accountRefused) status() int {
	for _, err := range []error{a.password, a.totp, a.passkey, a.token} {
		if err != nil {
			return statusOf(err)
		}
	}
	return http.StatusOK
}

func (s *Site) account(w http.ResponseWriter, r *http.Request) error {
	return s.accountWith(w, r, accountRefused{})
}

func (s *Site) accountWith(w http.ResponseWriter, r *http.Request, refused accountRefused) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p := accountPage{frame: s.frame(v, "account", "Account"), Alone: v.who.IsLocal()}
	p.Sees, p.Does = grantsOf(v.who)
	if p.Alone {
		p.Facts = []fact{{"Name", v.who.Name}}
		return s.show(w, refused.status(), "account", p)
	}
	me, err := s.People.Person(r.Context(), v.who.ID)
	if err != nil {
		return err
	}
	if p.Facts, err = s.accountFacts(v, me); err != nil {
		return err
	}
	p.Factors = v.factorsPart(me.Factors)
	p.Factors.PasswordRefused, p.Factors.TOTPRefused, p.Factors.PasskeyRefused = refusalOf(refused.password), refusalOf(refused.totp), refusalOf(refused.passkey)
	if err := s.fillSessions(v, &p, me); err != nil {
		return err
	}
	if err := s.fillTokens(v, &p, me); err != nil {
		return err
	}
	p.Form = newTokenForm(refused.form, v.may)
	p.Form.Refused = refusalOf(refused.token)
	return s.show(w, refused.status(), "account", p)
}

// grantsOf lists what somebody may see and do, in the order of the table.
func grantsOf(a policy.Actor) (sees, does []grantRow) {
	for _, e := range policy.Entries() {
		reach := a.Reach(e.Permission)
		if reach == policy.Nothing {
			continue
		}
		row := grantRow{Means: capital(strings.Replace(e.Means, "their own", "your own", 1))}
		if reach == policy.Own {
			row.Reach = "of your " + e.Own
		}
		if e.Changes {
			does = append(does, row)
		} else {
			sees = append(sees, row)
		}
	}
	return sees, does
}

// accountFacts say who somebody is here. Who may not see the units sees their segments.
func (s *Site) accountFacts(v visit, me people.Person) ([]fact, error) {
	facts := []fact{{"Name", me.Name}, {"Email", me.Email}, {"Roles", rolesText(me.Roles)}}
	units, err := s.People.Units(v.Context())
	switch {
	case clientele.CodeOf(err) == clientele.CodeForbidden:
	case err != nil:
		return nil, err
	case len(me.Units) > 0:
		facts = append(facts, fact{"Units", strings.Join(unitNames(units, me.Units), ", ")})
	}
	if len(v.who.Scopes) > 0 && v.may(policy.ReadRows) {
		facts = append(facts, fact{"Segments", scopesText(v.who.Scopes)})
	}
	return facts, nil
}

func scopesText(scopes []policy.Scope) string {
	var words []string
	for _, sc := range scopes {
		words = append(words, attributeWords(sc.Attribute)+" = "+sc.Value)
	}
	return strings.Join(words, ", ")
}

func (v visit) factorsPart(f people.Factors) factorsPart {
	p := factorsPart{Password: f.Password, TOTP: f.TOTP, SSO: f.SSO}
	for _, k := range f.Passkeys {
		p.Passkeys = append(p.Passkeys, passkeyRow{k.Name, v.instant(k.Created), v.instantOr(k.Used, "never"), "/account/passkeys/" + url.PathEscape(k.ID) + "/remove"})
	}
	return p
}

// instantOr writes a moment, or what stands for none.
func (v visit) instantOr(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return v.instant(*t)
}

func (s *Site) fillSessions(v visit, p *accountPage, me people.Person) error {
	sessions, err := s.People.Sessions(v.Context(), me.ID)
	if err != nil {
		return err
	}
	this, _, _ := httpd.SessionOf(v.Context())
	for _, x := range sessions {
		p.Sessions = append(p.Sessions, sessionRow{
			From: x.From, Agent: agentWords(x.Agent), Method: methodWords(x.Method), Created: v.instant(x.Created), Seen: v.instant(x.Seen), This: x.ID == this.ID,
			End: "/account/sessions/" + url.PathEscape(x.ID) + "/end",
		})
		p.Others = p.Others || x.ID != this.ID
	}
	return nil
}

// agentWords names the browser and the system that a user agent tells of, as far as that is
// known here.
func agentWords(agent string) string {
	find := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := find("Edg/", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case browser == "":
		return agent
	case system == "":
		return browser
	}
	return browser + " on " + system
}

// methodWords is how somebody signed in, such as "password, then code".
func methodWords(method string) string {
	return strings.NewReplacer("+totp", ", then code", "+recovery", ", then recovery code", "sso", "single sign-on").Replace(method)
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	fresh, err := newPassword(form)
	if err == nil {
		err = s.People.ChangePassword(r.Context(), form.Get("old"), fresh)
	}
	if refuses(err) {
		return s.accountWith(w, r, accountRefused{password: err})
	}
	if err != nil {
		return err
	}
	leave(w, r, "/account#factors")
	return nil
}

// totpPage shows what an authenticator app needs, and asks for its first code.
type totpPage struct {
	frame
	QR      template.URL // "" where it was shown already
	Secret  string       // in groups of four
	URL     template.URL
	Refused refusal
}

// recoveryPage shows the recovery codes, once.
type recoveryPage struct {
	frame
	Codes []string
}

func (s *Site) beginTOTP(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	e, err := s.People.BeginTOTP(r.Context())
	if refuses(err) {
		return s.accountWith(w, r, accountRefused{totp: err})
	}
	if err != nil {
		return err
	}
	p := totpPage{frame: s.frame(v, "account", "Authenticator app"), Secret: grouped(e.Secret)}
	// Both are made by the program below, of nothing that somebody sent.
	p.QR = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(e.QR)) //nolint:gosec // see above
	p.URL = template.URL(e.URL)                                                             //nolint:gosec // see above
	return s.show(w, http.StatusOK, "totp", p)
}

// grouped writes a secret so that it can be typed.
func grouped(secret string) string {
	var groups []string
	for chunk := range slices.Chunk([]byte(secret), 4) {
		groups = append(groups, string(chunk))
	}
	return strings.Join(groups, " ")
}

func (s *Site) confirmTOTP(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	codes, err := s.People.ConfirmTOTP(r.Context(), form.Get("code"))
	if refuses(err) {
		return s.show(w, statusOf(err), "totp", totpPage{frame: s.frame(v, "account", "Authenticator app"), Refused: refusalOf(err)})
	}
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "recovery", recoveryPage{s.frame(v, "account", "Recovery codes"), codes})
}

func (s *Site) removeTOTP(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	err = s.People.RemoveTOTP(r.Context(), form.Get("password"))
	if refuses(err) {
		return s.accountWith(w, r, accountRefused{totp: err})
	}
	if err != nil {
		return err
	}
	leave(w, r, "/account#factors")
	return nil
}

func (s *Site) endSession(w http.ResponseWriter, r *http.Request) error {
	actor, _ := policy.ActorOf(r.Context())
	if err := s.People.EndSession(r.Context(), actor.ID, r.PathValue("id")); err != nil {
		return err
	}
	leave(w, r, "/account#sessions")
	return nil
}

// endOtherSessions leaves the session that asks.
func (s *Site) endOtherSessions(w http.ResponseWriter, r *http.Request) error {
	actor, _ := policy.ActorOf(r.Context())
	if err := s.People.EndSessions(r.Context(), actor.ID); err != nil {
		return err
	}
	leave(w, r, "/account#sessions")
	return nil
}

// daysOf is how long a token is to last.
func daysOf(form url.Values) (time.Duration, error) {
	days, err := strconv.Atoi(strings.TrimSpace(form.Get("days")))
	if err != nil || days < 1 || days > 365 {
		return 0, clientele.Errorf(clientele.CodeInvalid, "%q is not a number of days from 1 to 365", form.Get("days")).WithHint("A token lasts a year at most.")
	}
	return time.Duration(days) * 24 * time.Hour, nil
}
