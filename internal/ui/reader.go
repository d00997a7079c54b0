package ui

import (
	"context"
	"net/http"
	"net/url"

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
	{"model", "Model", "/model", policy.ReadModel},
	{"goals", "Goals", "/goals", policy.ReadGoals},
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
	if a, ok := policy.ActorOf(r.Context()); ok && a.ID != "" { // who is known is to show once more that it is them
		return "/sign-in?again=yes&next=%2Faccount"
	}
	if r.Method != http.MethodGet {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
}
