package ui

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// unitsPage is the parts of the company, as a tree.
type unitsPage struct {
	frame
	Tabs     tabs
	Headline string
	Tree     []unitNode
	Form     *unitForm // nil for those who may not add one
}

// unitNode is a unit with those below it.
type unitNode struct {
	Name, Href string // Href is "" for those who may not change it
	Head       string // "" if vacant
	People     string
	Scopes     string
	Below      []unitNode
}

// unitPage is one unit, for those who arrange them.
type unitPage struct {
	frame
	Name, Path string
	Self       string
	Facts      []fact
	Form       unitForm
}

// unitForm makes or changes a unit.
type unitForm struct {
	Action, Version string // Version is "" of a new one
	Name            string
	Parents, Heads  []pick
	Scopes          []scopeRow
	Attributes      []string // that there are; none if they cannot be told
	Refused         refusal
	Stale           []staleRow
}

// pick is one entry of a select.
type pick struct {
	Value, Name string
	Selected    bool
}

// scopeRow is a segment: customers whose attribute has a value.
type scopeRow struct {
	Number           int
	Attribute, Value string
	Attributes       []pick // none if they cannot be told: then it is typed
}

// spareScopes are the empty rows for more segments.
const spareScopes = 2

// unitsInOrder are the units depth first, by name, each after the one it is part of, with
// its path. One whose parent is not there stands at the top.
func unitsInOrder(units []people.Unit) (ordered []people.Unit, paths map[string]string) {
	paths = map[string]string{}
	var walk func(parent, path string)
	below := unitsBelow(units)
	walk = func(parent, path string) {
		for _, u := range below[parent] {
			ordered, paths[u.ID] = append(ordered, u), path+u.Name
			walk(u.ID, path+u.Name+" › ")
		}
	}
	walk("", "")
	return ordered, paths
}

// unitsBelow lists units by parent, each list by name.
func unitsBelow(units []people.Unit) map[string][]people.Unit {
	known, below := map[string]bool{}, map[string][]people.Unit{}
	for _, u := range units {
		known[u.ID] = true
	}
	for _, u := range units {
		parent := u.Parent
		if !known[parent] {
			parent = ""
		}
		below[parent] = append(below[parent], u)
	}
	for _, list := range below {
		slices.SortFunc(list, func(a, b people.Unit) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	}
	return below
}

// unitNames are the paths of units by id, in the order of the tree.
func unitNames(units []people.Unit, ids []string) (names []string) {
	ordered, paths := unitsInOrder(units)
	for _, u := range ordered {
		if slices.Contains(ids, u.ID) {
			names = append(names, paths[u.ID])
		}
	}
	return names
}

func unitTicks(units []people.Unit, ticked []string) (ticks []tick) {
	ordered, paths := unitsInOrder(units)
	for _, u := range ordered {
		ticks = append(ticks, tick{Field: "unit", Value: u.ID, Name: paths[u.ID], Ticked: slices.Contains(ticked, u.ID)})
	}
	return ticks
}

// company is what the pages of units are made of.
type company struct {
	units  []people.Unit
	people []people.Person
}

func (s *Site) company(r *http.Request) (c company, err error) {
	if c.units, err = s.People.Units(r.Context()); err != nil {
		return c, err
	}
	c.people, err = s.People.People(r.Context())
	return c, err
}

// head names the head of a unit, or is "" if there is none.
func (c company) head(id string) string {
	for _, p := range c.people {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// members counts those who belong to a unit itself.
func (c company) members(id string) (n int) {
	for _, p := range c.people {
		if slices.Contains(p.Units, id) {
			n++
		}
	}
	return n
}

// nodes are the units below one. Segments are named to those who see their rows, and to those
// who arrange them.
func (v visit) nodes(c company, below map[string][]people.Unit, parent string) (nodes []unitNode) {
	manage := v.may(policy.ManagePeople)
	for _, u := range below[parent] {
		node := unitNode{Name: u.Name, Head: c.head(u.Head), People: many(c.members(u.ID), "person", "people"), Below: v.nodes(c, below, u.ID)}
		node.Scopes = scopesText(slices.DeleteFunc(slices.Clone(u.Scopes), func(s policy.Scope) bool { return !manage && !v.who.Covers(policy.ReadRows, s) }))
		if manage {
			node.Href = unitHref(u.ID)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

func unitHref(id string) string { return "/units/" + url.PathEscape(id) }

func (s *Site) units(w http.ResponseWriter, r *http.Request) error {
	return s.unitsWith(w, r, nil, nil)
}

func (s *Site) unitsWith(w http.ResponseWriter, r *http.Request, form url.Values, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	c, err := s.company(r)
	if err != nil {
		return err
	}
	p := unitsPage{frame: s.frame(v, "people", "Units"), Tabs: v.peopleTabs("units"), Headline: c.headline(), Tree: v.nodes(c, unitsBelow(c.units), "")}
	if v.may(policy.ManagePeople) {
		f, err := s.unitFormOf(r, c, unitOf(form), refused)
		if err != nil {
			return err
		}
		p.Form = &f
	}
	return s.show(w, statusOf(refused), "units", p)
}

func (c company) headline() string {
	vacant := 0
	for _, u := range c.units {
		if c.head(u.Head) == "" {
			vacant++
		}
	}
	switch {
	case len(c.units) == 0:
		return "There are no units yet."
	case vacant == 0:
		return "Every unit has a head."
	}
	return many(vacant, "unit has", "units have") + " no head."
}

// unitOf reads the unit of a form. A segment without a value is none.
func unitOf(form url.Values) people.Unit {
	u := people.Unit{Name: form.Get("name"), Parent: form.Get("parent"), Head: form.Get("head")}
	for i, attribute := range form["attribute"] {
		if i >= len(form["value"]) {
			break
		}
		if value := strings.TrimSpace(form["value"][i]); attribute != "" && value != "" {
			u.Scopes = append(u.Scopes, policy.Scope{Attribute: strings.TrimSpace(attribute), Value: value})
		}
	}
	return u
}

// attributes are those that segments are made by; none for those who may not see them, who
// type what they know.
func (s *Site) attributes(r *http.Request) ([]string, error) {
	attributes, err := s.Statements.Attributes(r.Context())
	if clientele.CodeOf(err) == clientele.CodeForbidden {
		return nil, nil
	}
	return attributes, err
}

// unitFormOf is the form of a unit; one without an id is new.
func (s *Site) unitFormOf(r *http.Request, c company, u people.Unit, refused error) (unitForm, error) {
	attributes, err := s.attributes(r)
	if err != nil {
		return unitForm{}, err
	}
	f := unitForm{Action: "/units", Name: u.Name, Refused: refusalOf(refused), Parents: []pick{{"", "the company itself", u.Parent == ""}}, Heads: []pick{{"", "nobody yet", u.Head == ""}}}
	if u.ID != "" {
		f.Action, f.Version = unitHref(u.ID), strconv.FormatInt(u.Version, 10)
	}
	within := c.within(u.ID)
	ordered, paths := unitsInOrder(c.units)
	for _, x := range ordered {
		if !within[x.ID] {
			f.Parents = append(f.Parents, pick{x.ID, paths[x.ID], x.ID == u.Parent})
		}
	}
	for _, p := range c.people {
		if p.State != people.Disabled || p.ID == u.Head {
			f.Heads = append(f.Heads, pick{p.ID, p.Name, p.ID == u.Head})
		}
	}
	for i, sc := range append(slices.Clone(u.Scopes), make([]policy.Scope, spareScopes)...) {
		f.Scopes = append(f.Scopes, scopeRow{i + 1, sc.Attribute, sc.Value, attributePicks(attributes, sc.Attribute)})
	}
	return f, nil
}

// within are a unit and those below it, which it cannot be part of.
func (c company) within(id string) map[string]bool {
	within := map[string]bool{}
	if id == "" {
		return within
	}
	below := unitsBelow(c.units)
	var walk func(id string)
	walk = func(id string) {
		within[id] = true
		for _, u := range below[id] {
			walk(u.ID)
		}
	}
	walk(id)
	return within
}

// attributePicks are the attributes that there are, and the one chosen even if it is none
// of them any more.
func attributePicks(attributes []string, chosen string) []pick {
	if len(attributes) == 0 {
		return nil
	}
	picks := []pick{{"", "none", chosen == ""}}
	if chosen != "" && !slices.Contains(attributes, chosen) {
		attributes = append(slices.Clone(attributes), chosen)
	}
	for _, a := range attributes {
		picks = append(picks, pick{a, attributeWords(a), a == chosen})
	}
	return picks
}

func (s *Site) addUnit(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	_, err = s.People.AddUnit(r.Context(), unitOf(form))
	if refuses(err) {
		return s.unitsWith(w, r, form, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, "/units")
	return nil
}

func (s *Site) unit(w http.ResponseWriter, r *http.Request) error {
	return s.unitWith(w, r, nil, nil)
}

// unitWith shows a unit; yours and refused are of an edit that was refused, or nil.
func (s *Site) unitWith(w http.ResponseWriter, r *http.Request, yours *people.Unit, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	c, err := s.company(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.units, func(u people.Unit) bool { return u.ID == r.PathValue("id") })
	if i < 0 {
		return clientele.Errorf(clientele.CodeNotFound, "there is no such unit").WithHint("The page of units shows all there are.")
	}
	now := c.units[i]
	shown := now
	if yours != nil {
		shown = *yours
		shown.ID, shown.Version = now.ID, now.Version
	}
	_, paths := unitsInOrder(c.units)
	p := unitPage{frame: s.frame(v, "people", now.Name), Name: now.Name, Path: paths[now.ID], Self: unitHref(now.ID), Facts: []fact{{"People", strconv.Itoa(c.members(now.ID))}}}
	if p.Form, err = s.unitFormOf(r, c, shown, refused); err != nil {
		return err
	}
	if clientele.CodeOf(refused) == clientele.CodeStale {
		p.Form.Stale = staleRows(
			staleRow{"Name", now.Name, shown.Name}, staleRow{"Part of", paths[now.Parent], paths[shown.Parent]},
			staleRow{"Head", c.head(now.Head), c.head(shown.Head)}, staleRow{"Segments", scopesText(now.Scopes), scopesText(shown.Scopes)},
		)
	}
	return s.show(w, statusOf(refused), "unit", p)
}

func (s *Site) changeUnit(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	u := unitOf(form)
	version, err := versionOf(form)
	if err == nil {
		_, err = s.People.ChangeUnit(r.Context(), r.PathValue("id"), version, u)
	}
	if refusesEdit(err) {
		return s.unitWith(w, r, &u, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, "/units")
	return nil
}

func (s *Site) removeUnit(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	version, err := versionOf(form)
	if err == nil {
		err = s.People.RemoveUnit(r.Context(), r.PathValue("id"), version)
	}
	if refusesEdit(err) {
		return s.unitWith(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	leave(w, r, "/units")
	return nil
}
