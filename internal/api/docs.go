package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed docs.html
var docsFile embed.FS

// docsPage is the description for people.
type docsPage struct {
	Title, Says string
	Groups      []docsGroup
	Types       []docsType
}

type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	Name, Method, Path, Says, More, Permission string
	Inputs                                     []docsField
	Body, Answer                               string // names of types; "" is none or one without a name
	Computes, Edits, Named                     bool
}

type docsType struct {
	Name   string
	Fields []docsField
}

type docsField struct {
	Name, In, Type, Says string
	Ref                  string // the type that it leads to; "" is none
	Required             bool
}

// write writes the description, for programs and for people. It panics if it cannot, which
// is a defect that any test finds.
func (a *API) write(d document) {
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		panic(err)
	}
	a.described = append(text, '\n')
	var page bytes.Buffer
	if err := template.Must(template.ParseFS(docsFile, "docs.html")).Execute(&page, a.docsPage(d)); err != nil {
		panic(err)
	}
	a.docs = page.Bytes()
}

func (a *API) docsPage(d document) docsPage {
	p := docsPage{Title: "The API of Clientele", Says: fmt.Sprint(d.Info["description"])}
	for _, tag := range d.Tags {
		g := docsGroup{Name: tag["name"]}
		for _, o := range a.operations {
			if o.about == g.Name {
				g.Operations = append(g.Operations, o.forPeople())
			}
		}
		p.Groups = append(p.Groups, g)
	}
	for _, name := range sortedKeys(a.types.components) {
		p.Types = append(p.Types, docsType{name, fieldsForPeople(a.types.components[name])})
	}
	return p
}

func (o *operation) forPeople() docsOperation {
	out := docsOperation{
		Name: o.name, Method: o.method(), Path: o.path(), Says: o.says, More: o.more, Permission: o.need.Name(), Computes: o.computes, Edits: o.edits(),
		Named: o.method() == "POST",
	}
	for _, in := range o.inputs {
		f := fieldForPeople(in.name, in.schema)
		f.In, f.Required = in.in, in.required
		out.Inputs = append(out.Inputs, f)
	}
	if o.body != nil {
		out.Body = refOf(o.body)
	}
	if o.answer != nil {
		out.Answer = refOf(o.answer)
	}
	return out
}

func fieldsForPeople(s *schema) (all []docsField) {
	for _, name := range sortedKeys(s.Properties) {
		f := fieldForPeople(name, s.Properties[name])
		f.Required = slices.Contains(s.Required, name)
		all = append(all, f)
	}
	return all
}

func fieldForPeople(name string, s *schema) docsField {
	return docsField{Name: name, Type: typeForPeople(s), Says: s.Description, Ref: refOf(s)}
}

func typeForPeople(s *schema) string {
	switch {
	case s.Ref != "":
		return refOf(s)
	case s.AnyOf != nil:
		return typeForPeople(s.AnyOf[0]) + " or null"
	case s.Enum != nil:
		return strings.Trim(jsonText(s.Enum), "[]")
	case s.Items != nil:
		return "list of " + typeForPeople(s.Items)
	case len(typeNames(s.Type)) > 2:
		return "anything"
	case s.Format != "":
		return typeWords(s.Type) + " (" + s.Format + ")"
	}
	return typeWords(s.Type)
}

func typeNames(t any) []string {
	names, _ := t.([]string)
	return names
}

// refOf is the name of the type that a schema leads to; "" is none.
func refOf(s *schema) string {
	switch {
	case s == nil:
		return ""
	case s.Items != nil:
		return refOf(s.Items)
	case s.AnyOf != nil:
		return refOf(s.AnyOf[0])
	case s.Properties["items"] != nil: // a part of a list
		return refOf(s.Properties["items"])
	}
	return strings.TrimPrefix(s.Ref, "#/components/schemas/")
}

func sortedKeys(m map[string]*schema) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
