package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// userVerb is something that can be done with accounts.
type userVerb struct {
	name   string
	args   string // after the verb, as help names them
	least  int    // how many there must be
	most   int
	do     func(c *command, ctx context.Context, b *app.Book, args []string, f userFlags) error
	inHelp string
}

// userFlags is what was asked of accounts.
type userFlags struct {
	name   string
	roles  []string
	units  []string
	origin string
	json   bool
}

// userVerbs are what can be done with accounts, in the order of help.
func userVerbs() []userVerb {
	return []userVerb{
		{"list", "", 0, 0, (*command).listUsers, "who has an account, with roles, state and factors"},
		{"invite", "EMAIL", 1, 1, (*command).inviteUser, "make an account, and a link by which its person chooses a password; needs --name and --role"},
		{"link", "EMAIL", 1, 1, (*command).linkUser, "another such link; the earlier one ends. Whoever opens it chooses a new password and loses all other factors"},
		{"role", "EMAIL ROLE...", 2, 99, (*command).roleUser, "give these roles, and take away all others"},
		{"unit", "EMAIL [UNIT...]", 1, 99, (*command).unitUser, "put somebody into these units, by name, and out of all others"},
		{"disable", "EMAIL", 1, 1, (*command).disableUser, "sign somebody out for good"},
		{"enable", "EMAIL", 1, 1, (*command).enableUser, "let somebody in again"},
		{"sessions", "EMAIL", 1, 1, (*command).listSessions, "where somebody is signed in"},
		{"end-sessions", "EMAIL", 1, 1, (*command).endSessions, "sign somebody out everywhere"},
		{"reset-factors", "EMAIL", 1, 1, (*command).resetFactors, "take away authenticator app, recovery codes, passkeys and tokens; the password stays"},
	}
}

func (c *command) user() *cobra.Command {
	var f userFlags
	var verbs, help []string
	for _, v := range userVerbs() {
		verbs = append(verbs, v.name)
		help = append(help, fmt.Sprintf("  %-13s %-16s %s", v.name, v.args, v.inHelp))
	}
	cmd := &cobra.Command{
		Use: "user BOOK " + strings.Join(verbs, "|") + " [EMAIL]", Short: "Accounts: who may come in, and the way back for an administrator who is locked out", Args: cobra.MinimumNArgs(2),
		Long: `Accounts of a book: who may come in, as what, and how. Whoever can run this on the book's
own files is the owner of the machine, and needs no account: so an administrator who is
locked out comes back by link. All that it does stands in the audit.

` + strings.Join(help, "\n") + `

The roles are ` + strings.Join(roleNames(), ", ") + `.`,
		Example: `  clientele user acme invite ada@example.com --name "Ada Lovelace" --role executive --role administrator
  clientele user acme link ada@example.com
  clientele user acme role bea@example.com owner analyst
  clientele user acme unit bea@example.com "North" "South"
  clientele user acme list --json | jq '.[] | select(.state == "active") | .email'`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "invite: what the person is called")
	flags.StringArrayVar(&f.roles, "role", nil, "invite: a role; may be given more than once")
	flags.StringArrayVar(&f.units, "unit", nil, "invite: the name of a unit; may be given more than once")
	flags.StringVar(&f.origin, "origin", "http://localhost:8080", "invite, link: where browsers reach the pages")
	flags.BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		verb, err := userVerbOf(cmd, args[1:])
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			return verb.do(c, cmd.Context(), b, args[2:], f)
		})
	}
	return cmd
}

// userVerbOf finds the verb, and refuses arguments and flags that do not go with it.
func userVerbOf(cmd *cobra.Command, args []string) (userVerb, error) {
	all := userVerbs()
	i := slices.IndexFunc(all, func(v userVerb) bool { return v.name == args[0] })
	if i < 0 {
		return userVerb{}, fmt.Errorf("%q is no verb of user", args[0])
	}
	v := all[i]
	if n := len(args) - 1; n < v.least || n > v.most {
		return v, fmt.Errorf("it is: user BOOK %s %s", v.name, v.args)
	}
	for name, goes := range map[string][]string{"name": {"invite"}, "role": {"invite"}, "unit": {"invite"}, "origin": {"invite", "link"}} {
		if cmd.Flags().Changed(name) && !slices.Contains(goes, v.name) {
			return v, fmt.Errorf("--%s does not go with %s", name, v.name)
		}
	}
	if v.name == "invite" && (!cmd.Flags().Changed("name") || !cmd.Flags().Changed("role")) {
		return v, fmt.Errorf("invite needs --name and --role")
	}
	return v, nil
}

func roleNames() (names []string) {
	for _, r := range policy.Roles() {
		names = append(names, string(r))
	}
	return names
}

func roles(names []string) (all []policy.Role) {
	for _, n := range names {
		all = append(all, policy.Role(n))
	}
	return all
}

// userNamed finds who has an email.
func userNamed(ctx context.Context, b *app.Book, email string) (people.Person, error) {
	all, err := b.People.People(ctx)
	if err != nil {
		return people.Person{}, err
	}
	i := slices.IndexFunc(all, func(p people.Person) bool { return strings.EqualFold(p.Email, strings.TrimSpace(email)) })
	if i < 0 {
		return people.Person{}, clientele.Errorf(clientele.CodeNotFound, "there is no account of %s", email).
			WithHint("See who has one: clientele user BOOK list")
	}
	return all[i], nil
}

// unitsNamed finds units by name; one that stands more than once must be named by its id.
func unitsNamed(ctx context.Context, b *app.Book, names []string) (ids []string, err error) {
	all, err := b.People.Units(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var found []string
		for _, u := range all {
			if strings.EqualFold(u.Name, name) || u.ID == name {
				found = append(found, u.ID)
			}
		}
		switch len(found) {
		case 0:
			return nil, clientele.Errorf(clientele.CodeNotFound, "there is no unit %q", name).WithHint("Units are made on the page People, or through the API.")
		case 1:
			ids = append(ids, found[0])
		default:
			return nil, clientele.Errorf(clientele.CodeInvalid, "more than one unit is called %q", name).WithHint("Name one of %s.", strings.Join(found, ", "))
		}
	}
	return ids, nil
}

func (c *command) listUsers(ctx context.Context, b *app.Book, _ []string, f userFlags) error {
	all, err := b.People.People(ctx)
	if err != nil || f.json {
		return c.orJSON(all, err)
	}
	if len(all) == 0 {
		fmt.Fprintln(c.out, "There are no accounts: the server answers its own machine alone.")
		return c.next(`clientele serve, and open the set-up link; or clientele user BOOK invite EMAIL --name NAME --role administrator`)
	}
	units, err := b.People.Units(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, p := range all {
		rows = append(rows, []string{visible(p.Name), visible(p.Email), string(p.State), joined(p.Roles), unitNames(units, p.Units), factorsText(p.Factors), whenText(p.LastSeen)})
	}
	page{c.out}.table([]string{"name", "email", "state", "roles", "units", "factors", "last seen"}, rows, 0, 1, 2, 3, 4, 5, 6)
	return nil
}

func (c *command) inviteUser(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	units, err := unitsNamed(ctx, b, f.units)
	if err != nil {
		return err
	}
	i, err := b.People.Invite(ctx, people.NewPerson{Email: args[0], Name: f.name, Roles: roles(f.roles), Units: units})
	return c.invited(i, err, f)
}

func (c *command) linkUser(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	p, err := userNamed(ctx, b, args[0])
	if err != nil {
		return err
	}
	i, err := b.People.InviteAgain(ctx, p.ID)
	return c.invited(i, err, f)
}

// invited writes a link alone on standard output, and what it is beside it.
func (c *command) invited(i people.Invitation, err error, f userFlags) error {
	if err != nil {
		return err
	}
	i.Link = strings.TrimSuffix(f.origin, "/") + i.Link
	if f.json {
		return c.writeJSON(i)
	}
	fmt.Fprintln(c.out, i.Link)
	how := "give the link to %s"
	if i.Mailed {
		how = "the link is mailed to %s while the book is served"
	}
	return c.next(how+"; it works once, until %s", visible(i.Person.Name), whenText(&i.Expires))
}

func (c *command) roleUser(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	given := roles(args[1:])
	return c.changeUser(ctx, b, args[0], people.Edit{Roles: &given}, f)
}

func (c *command) unitUser(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	units, err := unitsNamed(ctx, b, args[1:])
	if err != nil {
		return err
	}
	return c.changeUser(ctx, b, args[0], people.Edit{Units: &units}, f)
}

func (c *command) disableUser(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	disabled := true
	return c.changeUser(ctx, b, args[0], people.Edit{Disabled: &disabled}, f)
}

func (c *command) enableUser(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	disabled := false
	return c.changeUser(ctx, b, args[0], people.Edit{Disabled: &disabled}, f)
}

func (c *command) changeUser(ctx context.Context, b *app.Book, email string, e people.Edit, f userFlags) error {
	p, err := userNamed(ctx, b, email)
	if err != nil {
		return err
	}
	p, err = b.People.Change(ctx, p.ID, p.Version, e)
	return c.tellUser(ctx, b, p, err, f)
}

func (c *command) resetFactors(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	p, err := userNamed(ctx, b, args[0])
	if err != nil {
		return err
	}
	p, err = b.People.ResetFactors(ctx, p.ID)
	return c.tellUser(ctx, b, p, err, f)
}

// tellUser says what somebody has become.
func (c *command) tellUser(ctx context.Context, b *app.Book, p people.Person, err error, f userFlags) error {
	if err != nil || f.json {
		return c.orJSON(p, err)
	}
	units, err := b.People.Units(ctx)
	fmt.Fprintf(c.out, "%s (%s) is %s; roles: %s; units: %s; factors: %s.\n",
		visible(p.Name), p.Email, p.State, joined(p.Roles), unitNames(units, p.Units), factorsText(p.Factors))
	return err
}

func (c *command) listSessions(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	p, err := userNamed(ctx, b, args[0])
	if err != nil {
		return err
	}
	all, err := b.People.Sessions(ctx, p.ID)
	if err != nil || f.json {
		return c.orJSON(all, err)
	}
	if len(all) == 0 {
		fmt.Fprintf(c.out, "%s is not signed in.\n", visible(p.Name))
		return nil
	}
	var rows [][]string
	for _, s := range all {
		rows = append(rows, []string{whenText(&s.Created), whenText(&s.Seen), whenText(&s.Expires), s.Method, visible(s.From), visible(s.Agent)})
	}
	page{c.out}.table([]string{"since", "last seen", "ends", "method", "from", "browser"}, rows, 0, 1, 2, 3, 4, 5)
	return nil
}

func (c *command) endSessions(ctx context.Context, b *app.Book, args []string, f userFlags) error {
	p, err := userNamed(ctx, b, args[0])
	if err != nil {
		return err
	}
	if err := b.People.EndSessions(ctx, p.ID); err != nil || f.json {
		return c.orJSON(p, err)
	}
	fmt.Fprintf(c.out, "%s is signed out everywhere.\n", visible(p.Name))
	return nil
}

func joined(roles []policy.Role) string {
	if len(roles) == 0 {
		return "none"
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

func unitNames(all []people.Unit, ids []string) string {
	var names []string
	for _, u := range all {
		if slices.Contains(ids, u.ID) {
			names = append(names, visible(u.Name))
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func factorsText(f people.Factors) string {
	var have []string
	if f.Password {
		have = append(have, "password")
	}
	if f.TOTP {
		have = append(have, "authenticator app")
	}
	if n := len(f.Passkeys); n > 0 {
		have = append(have, many(n, "passkey"))
	}
	if f.SSO != "" {
		have = append(have, "single sign-on")
	}
	if len(have) == 0 {
		return "none"
	}
	return strings.Join(have, ", ")
}

// whenText writes an instant to the minute, in UTC.
func whenText(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}
