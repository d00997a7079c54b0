package ui

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// sections are the entries of the navigation.
var sections = []struct {
	id, name, href string
	need           policy.Permission
}{
	{"statement", "Statement", "/", policy.ReadStatement},
	{"movement", "Movement", "/movement", policy.ReadStatement},
	{"growth", "Growth", "/growth", policy.ReadStatement},
	{"contracts", "Contracts", "/contracts", policy.ReadStatement},
	{"measures", "Measures", "/measures", policy.ReadMeasures},
	{"model", "Model", "/model", policy.ReadModel},
	{"goals", "Goals", "/goals", policy.ReadGoals},
	{"journeys", "Journeys", "/journeys", policy.ReadJourneys},
	{"cases", "Cases", "/cases", policy.ReadCases},
	{"customers", "Customers", "/customers", policy.ReadRows},
	{"themes", "Themes", "/themes", policy.ReadThemes},
	{"surveys", "Surveys", "/surveys", policy.ReadSurveys},
	{"definitions", "Definitions", "/definitions", policy.ReadDefinitions},
	{"closes", "Closes", "/closes", policy.ReadCloses},
	{"data", "Data", "/data", policy.ReadData},
	{"people", "People", "/people", policy.ReadPeople},
	{"privacy", "Privacy", "/privacy", policy.ReadPrivacy},
	{"audit", "Audit", "/audit", policy.ReadAudit},
}

// reader is who reads a page, and where they may go.
type reader struct {
	Reader   string // name of who is signed in; "" without accounts, and for somebody not known
	Sections []section
	Home     string // the first page that they may see
}

// section is an entry of the navigation.
type section struct{ ID, Name, Href string }

func readerOf(ctx context.Context) reader {
	a, _ := policy.ActorOf(ctx)
	out := reader{Home: Home(a)}
	if !a.IsLocal() {
		out.Reader = a.Name
	}
	for _, s := range sections {
		if a.May(s.need) {
			out.Sections = append(out.Sections, section{s.id, s.name, s.href})
		}
	}
	return out
}

// Home is the first page that somebody may see.
func Home(a policy.Actor) string {
	for _, s := range sections {
		if a.May(s.need) {
			return s.href
		}
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
