package journey

import (
	"bytes"
	"context"
	"errors"

	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/clientele/clientele"
)

// MaxDocument bounds a file that says the map, in bytes.
const MaxDocument = 1 << 20

// Document is the whole map as a file says it.
type Document struct {
	Journeys []Text `yaml:"journeys" json:"journeys"`
}

// Text is a journey of a Document.
type Text struct {
	Name     string      `yaml:"name" json:"name"`
	Stages   []StageText `yaml:"stages,omitempty" json:"stages,omitempty"`
	Journeys []Text      `yaml:"journeys,omitempty" json:"journeys,omitempty"` // below it
}

// StageText is a stage of a Document.
type StageText struct {
	Name        string           `yaml:"name" json:"name"`
	Touchpoints []TouchpointText `yaml:"touchpoints,omitempty" json:"touchpoints,omitempty"`
}

// TouchpointText is a touchpoint of a Document. Owner is the name of who answers, or the id
// or email of their account; "" is nobody.
type TouchpointText struct {
	Name      string   `yaml:"name" json:"name"`
	Owner     string   `yaml:"owner,omitempty" json:"owner,omitempty"`
	Customers string   `yaml:"customers,omitempty" json:"customers,omitempty"`
	Promise   string   `yaml:"promise,omitempty" json:"promise,omitempty"`
	Standard  string   `yaml:"standard,omitempty" json:"standard,omitempty"`
	Problems  []string `yaml:"problems,omitempty" json:"problems,omitempty"`
	Voices    string   `yaml:"voices,omitempty" json:"voices,omitempty"`
	Actions   string   `yaml:"actions,omitempty" json:"actions,omitempty"`

	at *yaml.Node // where it stands in a file; nil if it was in none
}

func (t TouchpointText) notes() Notes {
	return Notes{Customers: t.Customers, Promise: t.Promise, Standard: t.Standard, Problems: t.Problems, Voices: t.Voices, Actions: t.Actions}
}

// Format writes a document as YAML.
func (d Document) Format() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if d.Journeys == nil {
		d.Journeys = []Text{}
	}
	err := errors.Join(e.Encode(d), e.Close())
	return b.Bytes(), err
}

// ParseDocument reads a document from YAML, as strict as it can be: no field but those that
// there are, none twice, no anchors, aliases or tags. CodeInvalid, with the line and column,
// if it is anything else; file names it in errors.
func ParseDocument(file string, text []byte) (d Document, err error) {
	r := reader{file: file, names: map[Kind]map[string]int{IsJourney: {}, IsTouchpoint: {}}}
	if len(text) > MaxDocument {
		return d, r.wrong(nil, "it is larger than %d bytes", MaxDocument)
	}
	root, err := r.node(text)
	if err != nil {
		return d, err
	}
	err = r.mapping(root, map[string]func(*yaml.Node) error{"journeys": r.journeys(&d.Journeys, 1)}, "journeys")
	return d, err
}

// reader reads one file.
type reader struct {
	file  string
	names map[Kind]map[string]int // lines of names that are unique in the book, by how they are compared
	parts int
}

func (r *reader) wrong(n *yaml.Node, format string, args ...any) *clientele.Error {
	e := invalid(format, args...).WithHint("See docs/journeys.md for what a file of journeys holds; export writes one.")
	e.At.File = r.file
	if n != nil {
		e.At.Line, e.At.Column = int64(n.Line), strconv.Itoa(n.Column)
	}
	return e
}

// node parses the one document of a file.
func (r *reader) node(text []byte) (*yaml.Node, error) {
	var root yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	err := d.Decode(&root)
	if errors.Is(err, io.EOF) {
		return nil, r.wrong(nil, "it says nothing").WithHint("A map without journeys is written: journeys: []")
	}
	if err != nil {
		return nil, r.wrong(nil, "it is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, r.wrong(nil, "it holds more than one document")
	}
	return root.Content[0], nil
}

// plain refuses what makes a node something else than it looks like.
func (r *reader) plain(n *yaml.Node, kind yaml.Kind, what string) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return r.wrong(n, "anchors and aliases are not taken")
	case n.Style&yaml.TaggedStyle != 0:
		return r.wrong(n, "tags are not taken")
	case n.Kind != kind:
		return r.wrong(n, "%s is wanted here", what)
	}
	return nil
}

// mapping reads fields, each by its own reader; required ones must be there.
func (r *reader) mapping(n *yaml.Node, fields map[string]func(*yaml.Node) error, required ...string) error {
	if err := r.plain(n, yaml.MappingNode, "a list of fields"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if err := r.plain(key, yaml.ScalarNode, "the name of a field"); err != nil {
			return err
		}
		read, ok := fields[key.Value]
		switch {
		case !ok:
			return r.wrong(key, "there is no field %q here", key.Value)
		case seen[key.Value]:
			return r.wrong(key, "%s stands here twice", key.Value)
		}
		seen[key.Value] = true
		if err := read(value); err != nil {
			return err
		}
	}
	for _, name := range required {
		if !seen[name] {
			return r.wrong(n, "%s is missing", name)
		}
	}
	return nil
}

// each reads every entry of a list; nothing is an empty one.
func (r *reader) each(n *yaml.Node, what string, read func(*yaml.Node) error) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Anchor == "" {
		return nil
	}
	if err := r.plain(n, yaml.SequenceNode, "a list of "+what); err != nil {
		return err
	}
	for _, entry := range n.Content {
		if err := read(entry); err != nil {
			return err
		}
	}
	return nil
}

// text reads a text. What YAML takes for a number, a date or a truth value is the text that it is.
func (r *reader) text(to *string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := r.plain(n, yaml.ScalarNode, "a text"); err != nil {
			return err
		}
		if n.Tag != "!!null" {
			*to = n.Value
		}
		return nil
	}
}

// name reads the name of a part, which is unique among some.
func (r *reader) name(to *string, kind Kind, taken map[string]int) func(*yaml.Node) error {
	return func(n *yaml.Node) (err error) {
		if err := r.text(to)(n); err != nil {
			return err
		}
		if *to, err = cleanName(*to); err != nil {
			return r.wrong(n, "%v", err)
		}
		if line, ok := taken[keyOf(*to)]; ok {
			return r.wrong(n, "there is a %s called %s already, in line %d", kind, *to, line)
		}
		taken[keyOf(*to)] = n.Line
		if r.parts++; r.parts > maxParts {
			return r.wrong(n, "there are more than %d parts", maxParts)
		}
		return nil
	}
}

func (r *reader) journeys(to *[]Text, depth int) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		return r.each(n, "journeys", func(n *yaml.Node) error {
			if depth > maxDepth {
				return r.wrong(n, "journeys nest at most %d deep", maxDepth)
			}
			var j Text
			err := r.mapping(n, map[string]func(*yaml.Node) error{
				"name": r.name(&j.Name, IsJourney, r.names[IsJourney]), "stages": r.stages(&j.Stages), "journeys": r.journeys(&j.Journeys, depth+1),
			}, "name")
			*to = append(*to, j)
			return err
		})
	}
}

func (r *reader) stages(to *[]StageText) func(*yaml.Node) error {
	taken := map[string]int{}
	return func(n *yaml.Node) error {
		return r.each(n, "stages", func(n *yaml.Node) error {
			var s StageText
			err := r.mapping(n, map[string]func(*yaml.Node) error{"name": r.name(&s.Name, IsStage, taken), "touchpoints": r.touchpoints(&s.Touchpoints)}, "name")
			*to = append(*to, s)
			return err
		})
	}
}

func (r *reader) touchpoints(to *[]TouchpointText) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		return r.each(n, "touchpoints", func(n *yaml.Node) error {
			t := TouchpointText{at: n}
			err := r.mapping(n, map[string]func(*yaml.Node) error{
				"name": r.name(&t.Name, IsTouchpoint, r.names[IsTouchpoint]), "owner": r.text(&t.Owner), "customers": r.text(&t.Customers),
				"promise": r.text(&t.Promise), "standard": r.text(&t.Standard), "voices": r.text(&t.Voices), "actions": r.text(&t.Actions),
				"problems": func(n *yaml.Node) error {
					return r.each(n, "texts", func(n *yaml.Node) error {
						t.Problems = append(t.Problems, "")
						return r.text(&t.Problems[len(t.Problems)-1])(n)
					})
				},
			}, "name")
			if err != nil {
				return err
			}
			clean, err := t.notes().clean()
			if err != nil {
				return r.wrong(n, "%s: %v", t.Name, err)
			}
			t.Customers, t.Promise, t.Standard, t.Problems, t.Voices, t.Actions = clean.Customers, clean.Promise, clean.Standard, clean.Problems, clean.Voices, clean.Actions
			t.Owner = strings.Join(strings.Fields(t.Owner), " ")
			*to = append(*to, t)
			return nil
		})
	}
}

// Export is the whole map as a document. An owner is named by what Plan finds them by.
func (s *Service) Export(ctx context.Context) (d Document, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		t, err := s.tree(ctx)
		if err == nil {
			d = t.document()
		}
		return err
	})
	return d, err
}

// document writes a tree down.
func (t *tree) document() (d Document) {
	d.Journeys = []Text{}
	for _, j := range t.top.journeys {
		d.Journeys = append(d.Journeys, t.journeyText(j))
	}
	return d
}

func (t *tree) journeyText(n *node) Text {
	j := Text{Name: n.Part.Name}
	for _, s := range n.stages {
		st := StageText{Name: s.Part.Name}
		for _, p := range s.touchpoints {
			st.Touchpoints = append(st.Touchpoints, TouchpointText{
				Name: p.Part.Name, Owner: t.owners.written(*p.Part.Owner), Customers: p.Notes.Customers, Promise: p.Notes.Promise, Standard: p.Notes.Standard,
				Problems: slices.Clone(p.Notes.Problems), Voices: p.Notes.Voices, Actions: p.Notes.Actions,
			})
		}
		j.Stages = append(j.Stages, st)
	}
	for _, below := range n.journeys {
		j.Journeys = append(j.Journeys, t.journeyText(below))
	}
	return j
}
