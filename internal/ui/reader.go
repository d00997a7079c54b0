package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// groups are the entries of the navigation.
var groups = []struct {
	name     string
	sections []entry
}{
	{"Worth", []entry{
		{"statement", "Statement", "/", policy.ReadStatement},
		{"movement", "Movement", "/movement", policy.ReadStatement},
		{"growth", "Growth", "/growth", policy.ReadStatement},
		{"contracts", "Contracts", "/contracts", policy.ReadStatement},
		{"model", "Model", "/model", policy.ReadModel},
		{"goals", "Goals", "/goals", policy.ReadGoals},
		{"closes", "Closes", "/closes", policy.ReadCloses},
	}},
	{"Journeys", []entry{
		{"journeys", "Journeys", "/journeys", policy.ReadJourneys},
		{"measures", "Measures", "/measures", policy.ReadMeasures},
		{"cases", "Cases", "/cases", policy.ReadCases},
		{"customers", "Customers", "/customers", policy.ReadRows},
	}},
	{"Voice", []entry{
		{"surveys", "Surveys", "/surveys", policy.ReadSurveys},
		{"themes", "Themes", "/themes", policy.ReadThemes},
	}},
	{"Book", []entry{
		{"definitions", "Definitions", "/definitions", policy.ReadDefinitions},
		{"data", "Data", "/data", policy.ReadData},
		{"people", "People", "/people", policy.ReadPeople},
		{"privacy", "Privacy", "/privacy", policy.ReadPrivacy},
		{"audit", "Audit", "/audit", policy.ReadAudit},
	}},
}

// entry is a section, and what it takes to see it.
type entry struct {
	id, name, href string
	need           policy.Permission
}

// ownerOfTheMachine is what who works without an account is called.
const ownerOfTheMachine = "the owner of the machine"

// reader is who reads a page, and where they may go.
type reader struct {
	Reader string // name of who is signed in; "" without accounts, and for somebody not known
	Groups []pageGroup
	Home   string // the first page that they may see
}

// pageGroup is some sections of the navigation, of which there is at least one.
type pageGroup struct {
	Name     string
	Sections []section
}

// Holds is whether a section is of the group.
func (g pageGroup) Holds(id string) bool {
	return slices.ContainsFunc(g.Sections, func(s section) bool { return s.ID == id })
}

// section is an entry of the navigation.
type section struct{ ID, Name, Href string }

func readerOf(ctx context.Context) reader {
	a, _ := policy.ActorOf(ctx)
	out := reader{Groups: groupsOf(a), Home: Home(a)}
	if !a.IsLocal() {
		out.Reader = a.Name
	}
	return out
}

// groupsOf are the groups with the sections that somebody may see.
func groupsOf(a policy.Actor) (all []pageGroup) {
	for _, g := range groups {
		seen := pageGroup{Name: g.name}
		for _, s := range g.sections {
			if a.May(s.need) {
				seen.Sections = append(seen.Sections, section{s.id, s.name, s.href})
			}
		}
		if len(seen.Sections) > 0 {
			all = append(all, seen)
		}
	}
	return all
}

// Home is the first page that somebody may see.
func Home(a policy.Actor) string {
	if all := groupsOf(a); len(all) > 0 {
		return all[0].Sections[0].Href
	}
	return "/"
}

// signInHref is where one who is not known signs in, and comes back from. Only what was
// to be read is gone back to: a form that was sent is not sent again by that.
func signInHref(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
}

// may reports whether the reader may do something, so that it is offered to them.
func (v visit) may(p policy.Permission) bool { return v.who.May(p) }

// ask says whom to ask for what the reader may not do; "" if they may.
func (v visit) ask(p policy.Permission) string {
	if v.may(p) {
		return ""
	}
	message, hint := sayError(v.who.Denied(p))
	return message + " " + hint
}

// hrefFor is an address for those who may see what is there, and "" for others.
func (v visit) hrefFor(p policy.Permission, href string) string {
	if !v.may(p) {
		return ""
	}
	return href
}

// hidden says what an answer leaves out for this reader; nil if that is nothing.
func (v visit) hidden(h *clientele.Hidden) *caution {
	if h == nil {
		return nil
	}
	lead := v.int(h.Count) + " " + h.What + " are hidden:"
	if h.Count == 1 {
		lead = "1 " + strings.TrimSuffix(h.What, "s") + " is hidden:"
	}
	return &caution{Lead: lead, Text: h.Why + " " + h.Help}
}

// own leads to the same for every segment of the reader's units, where they see only those.
func (v visit) own(f filter, path string, more ...string) []choice {
	if v.who.Reach(policy.ReadRows) != policy.Own {
		return nil
	}
	var out []choice
	for _, s := range v.who.Scopes {
		at := f.of(s.Attribute, s.Value)
		out = append(out, choice{Name: at.about(), Href: at.href(path, more...)})
	}
	return out
}
