package survey

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/clientele/clientele"
)

// Text is a text by language.
type Text map[string]string

// In is the text in a language; of one that it has not, in the first of the survey's.
func (t Text) In(language string, languages []string) string {
	if text, ok := t[language]; ok {
		return text
	}
	return t[languages[0]]
}

// UnmarshalYAML reads a text by language, or one that is in the first of the survey's.
func (t *Text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = Text{"": n.Value}
		return nil
	}
	var all map[string]string
	err := n.Decode(&all)
	*t = all
	return err
}

// clean puts every language's text in order.
func (t Text) clean(what string, languages []string) error {
	if text, ok := t[""]; ok {
		delete(t, "")
		t[languages[0]] = text
	}
	if len(t) > 0 && t[languages[0]] == "" {
		return invalid("%s: it is missing in %s, which stands in for other languages", what, languages[0])
	}
	for l, text := range t {
		clean := strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
		switch {
		case !slices.Contains(languages, l):
			return invalid("%s: %q is none of the survey's languages", what, shown(l))
		case !shownWhole(clean):
			return invalid("%s: it holds characters that cannot be shown", what)
		case len([]rune(clean)) > mostLetters:
			return invalid("%s: it is longer than %d letters", what, mostLetters)
		}
		t[l] = clean
	}
	return nil
}

// ParseDocument reads a survey from YAML, as strict as it can be: no field but those that there
// are, none twice, no anchors, aliases or tags. CodeInvalid, with the line where it is known, if
// it is anything else; file names it in errors.
func ParseDocument(file string, text []byte) (d Document, err error) {
	if len(text) > MaxDocument {
		return d, inFile(file, nil, invalid("it is larger than %d bytes", MaxDocument))
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return d, inFile(file, nil, unread(err))
	}
	if root.Kind == 0 {
		return d, inFile(file, nil, invalid("it says nothing"))
	}
	if odd := oddNode(&root); odd != nil {
		return d, inFile(file, odd, invalid("anchors, aliases and tags are not taken"))
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d); err != nil {
		return d, inFile(file, nil, unread(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return d, inFile(file, nil, invalid("it holds more than one document"))
	}
	if err := d.check(); err != nil {
		return d, inFile(file, nil, err)
	}
	return d, nil
}

// oddNode is a node that is something else than it looks like; nil if there is none.
func oddNode(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return n
	}
	for _, below := range n.Content {
		if odd := oddNode(below); odd != nil {
			return odd
		}
	}
	return nil
}

// goType is what a reader of YAML says of this program's own types.
var goType = regexp.MustCompile(` (in type|into) survey\.\w+`)

func unread(err error) *clientele.Error {
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: unmarshal errors:\n  "), "\n")
	text = goType.ReplaceAllString(strings.TrimPrefix(text, "yaml: "), "")
	return invalid("it is no survey: %s", shown(text))
}

// inFile says in which file an error is and, if a node is given, where in it.
func inFile(file string, n *yaml.Node, err error) error {
	var e *clientele.Error
	if !errors.As(err, &e) {
		return err
	}
	e.At.File = file
	if n != nil {
		e.At.Line, e.At.Column = int64(n.Line), strconv.Itoa(n.Column)
	}
	return e
}
