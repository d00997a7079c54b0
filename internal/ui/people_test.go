package ui

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

func TestPeoplePage(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	v.sees("/people", http.StatusOK, `aria-current="page">People`, "2 people have an account; 1 is invited.", "Ada &lt;L&gt;", "executive, administrator", "Sales › North", "<strong>disabled</strong>",
		"password, 2 passkeys, single sign-on", "password, app", ">none<", "4 Oct 2026", "Invite somebody", `name="unit" value="u-north"`, "Services")
	body := signedIn(t, f, "olive").sees("/people", http.StatusOK, "Olive")
	for _, hidden := range []string{"passkeys", "Invite somebody", "/people/ada", "4 Oct 2026", `href="/services"`} {
		if strings.Contains(body, hidden) {
			t.Errorf("an owner sees %q", hidden)
		}
	}
	signedIn(t, f, "olive").sees("/people/ada", http.StatusForbidden)
}

func TestInvite(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	form := url.Values{"name": {"Eve"}, "email": {"ivo@northfield.example"}, "role": {"analyst"}, "unit": {"u-north"}}
	v.sends("/people", form, http.StatusConflict, "The email ivo@northfield.example is taken.", `value="Eve"`, `value="analyst" checked`, `value="u-north" checked`)
	form.Set("email", "eve@northfield.example")
	v.sends("/people", form, http.StatusOK, "Send Eve this link.", "http://localhost:8080/invitation?secret=link", "12 Oct 2026", "eve@northfield.example")
	if p := f.directory.people["p2"]; p == nil || rolesText(p.Roles) != "analyst" || len(p.Units) != 1 {
		t.Errorf("%+v", f.directory.people)
	}
	v.sends("/people/ivo/invite", nil, http.StatusOK, "Send Ivo this link.")
	f.directory.fail = clientele.Errorf(clientele.CodeConflict, "somebody disabled has no link")
	v.sends("/people/dan/invite", nil, http.StatusConflict, "Somebody disabled has no link.")
	f.directory.fail = errBurns
	v.sends("/people/ivo/invite", nil, http.StatusInternalServerError)
}

func TestPersonIsChanged(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	v.sees("/people/nobody", http.StatusNotFound)
	v.sees("/people/olive", http.StatusOK, "<h1>Olive</h1>", `name="version" value="1"`, `value="owner" checked`, "They are signed in nowhere.", "Make a link to begin anew", "Disable the account")
	v.sees("/people/ivo", http.StatusOK, "Make a new link")
	signedIn(t, f, "olive")
	v.sees("/people/olive", http.StatusOK, "192.0.2.7", "End their sessions")
	v.leads("/people/olive/factors/reset", nil, "/people/olive")
	v.sees("/people/olive", http.StatusOK, "<dd>password</dd>")
	v.leads("/people/olive/sessions/end", nil, "/people/olive")
	form := url.Values{"version": {"1"}, "name": {"Olive B"}, "email": {"olive@northfield.example"}, "role": {"owner", "analyst"}}
	v.leads("/people/olive", form, "/people/olive")
	if p := f.directory.people["olive"]; p.Name != "Olive B" || rolesText(p.Roles) != "owner, analyst" || len(p.Units) != 0 {
		t.Errorf("%+v", p)
	}
	form.Set("name", "Olivia")
	form["unit"] = []string{"u-sales"}
	body := v.sends("/people/olive", form, http.StatusPreconditionFailed, "Somebody else changed this since you opened it.", `<th scope="row">Name</th><td>Olive B</td><td>Olivia</td>`,
		`<th scope="row">Units</th><td>nothing</td><td>Sales</td>`, `name="version" value="2"`, `value="Olivia"`)
	if strings.Contains(body, `<th scope="row">Roles</th>`) {
		t.Error("a field that nobody changed is said to differ")
	}
	form.Set("version", "2")
	v.leads("/people/olive", form, "/people/olive")
	form.Set("version", "many")
	v.sends("/people/olive", form, http.StatusBadRequest, "does not say which version")
	f.directory.fail = clientele.Errorf(clientele.CodeConflict, "the last administrator stays one")
	v.sends("/people/ada", url.Values{"version": {"1"}, "name": {"Ada"}}, http.StatusConflict, "The last administrator stays one.")
	v.leads("/people/olive/disable", url.Values{"version": {"3"}}, "/people/olive")
	v.sees("/people/olive", http.StatusOK, "Let them in again")
	v.leads("/people/olive/enable", url.Values{"version": {"4"}}, "/people/olive")
	for _, path := range []string{"/people/olive/disable", "/people/olive/sessions/end", "/people/olive/factors/reset"} {
		f.directory.fail = errBurns
		v.sends(path, url.Values{"version": {"5"}}, http.StatusInternalServerError)
	}
}

func TestUnitsPage(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	body := v.sees("/units", http.StatusOK, "1 unit has no head.", "sales region = north", "1 person", "no head", "lost at sea", "Add a unit", `<option value="u-north">Sales › North</option>`, `<option value="country">country</option>`)
	if strings.Index(body, "u-sales") > strings.Index(body, "u-north") || strings.Contains(body, `<option value="dan"`) {
		t.Error("the tree is not in order, or a disabled person may become head")
	}
	f.directory.units["u-sales"].Scopes = []policy.Scope{{Attribute: "sales_region", Value: "south"}}
	if body := signedIn(t, f, "olive").sees("/units", http.StatusOK, "<strong>North</strong>", "sales region = north"); strings.Contains(body, "Add a unit") || strings.Contains(body, "south") {
		t.Error("an owner may add units, or sees the segments of others")
	}
	v.sends("/units", url.Values{"name": {""}, "parent": {"u-north"}}, http.StatusUnprocessableEntity, "A unit needs a name.", `<option value="u-north" selected>`)
	v.leads("/units", url.Values{"name": {"East"}, "parent": {"u-sales"}, "head": {"olive"}, "attribute": {"country", "", "plan", "plan"}, "value": {" Norway ", "x", ""}}, "/units")
	for _, u := range f.directory.units {
		if u.Name == "East" && (u.Parent != "u-sales" || u.Head != "olive" || scopesText(u.Scopes) != "country = Norway") {
			t.Errorf("%+v", u)
		}
	}
	f.directory.units = map[string]*people.Unit{}
	f.noneSeen = clientele.Errorf(clientele.CodeForbidden, "not for administrators")
	v.sees("/units", http.StatusOK, "There are no units yet.", `placeholder="attribute"`)
	f.noneSeen = errBurns
	v.sees("/units", http.StatusInternalServerError)
	f.directory.units["u"] = &people.Unit{ID: "u", Name: "All", Head: "ada"}
	f.noneSeen = nil
	v.sees("/units", http.StatusOK, "Every unit has a head.")
}

func TestUnitIsChanged(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	v.sees("/units/nowhere", http.StatusNotFound)
	body := v.sees("/units/u-sales", http.StatusOK, "<h1>Sales</h1>", `<option value="ada" selected>`)
	if strings.Contains(body, `value="u-north"`) || strings.Contains(body, `<option value="u-sales"`) {
		t.Error("a unit may become part of itself")
	}
	v.sees("/units/u-lost", http.StatusOK, `<option value="dan" selected>`)
	v.sees("/units/u-north", http.StatusOK, `<option value="sales_region" selected>sales region</option>`, `value="north"`)
	form := url.Values{"version": {"1"}, "name": {"North and East"}, "parent": {""}, "head": {"olive"}, "attribute": {"sales_region", "country"}, "value": {"north", "Norway"}}
	v.leads("/units/u-north", form, "/units")
	if u := f.directory.units["u-north"]; u.Parent != "" || len(u.Scopes) != 2 || u.Scopes[1] != (policy.Scope{Attribute: "country", Value: "Norway"}) {
		t.Errorf("%+v", u)
	}
	form.Set("name", "Nordic")
	form.Set("parent", "u-sales")
	form["value"] = []string{"north", "Sweden"}
	v.sends("/units/u-north", form, http.StatusPreconditionFailed, "Somebody else changed this", "<td>North and East</td><td>Nordic</td>", `<th scope="row">Part of</th><td>nothing</td><td>Sales</td>`,
		"<td>sales region = north, country = Norway</td><td>sales region = north, country = Sweden</td>", `name="version" value="2"`, `value="Nordic"`)
	form.Set("version", "")
	v.sends("/units/u-north", form, http.StatusBadRequest)
	f.directory.units["u-north"].Parent = "u-sales"
	v.sends("/units/u-sales/remove", url.Values{"version": {"1"}}, http.StatusConflict, "Sales has units below it.")
	v.sends("/units/u-sales/remove", nil, http.StatusBadRequest)
	v.leads("/units/u-north/remove", url.Values{"version": {"2"}}, "/units")
}

func TestRolesPage(t *testing.T) {
	f := newFake()
	body := signedIn(t, f, "olive").sees("/roles", http.StatusOK, "You are owner.", "reads all, changes nothing", ">own units<", "See segments, and the customers and orders behind a figure", "Erase a customer")
	if n := strings.Count(body, `role="cell"`); n != len(policy.Entries())*len(policy.Roles()) {
		t.Errorf("%d cells", n)
	}
	expect(t, newTestSite(t, f), "/roles", http.StatusOK)
}
