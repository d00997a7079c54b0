package api

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/clientele/clientele"
)

// checker holds values against schemas, as encoding/json decodes them with UseNumber.
type checker struct {
	components map[string]*schema
	patterns   sync.Map // pattern → *regexp.Regexp
}

// check is an error, CodeInvalid, that names what is wrong at a place; nil is nothing.
func (c *checker) check(s *schema, v any, at string) error {
	if s.Ref != "" {
		s = c.components[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	if s.AnyOf != nil {
		var first error
		for _, option := range s.AnyOf {
			err := c.check(option, v, at)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
		}
		return first
	}
	if !isType(s.Type, v) {
		return invalid(at, "it has to be %s", typeWords(s.Type))
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		return invalid(at, "it has to be one of %s", jsonText(s.Enum))
	}
	switch v := v.(type) {
	case string:
		return c.text(s, v, at)
	case json.Number:
		return number(s, v, at)
	case []any:
		return c.list(s, v, at)
	case map[string]any:
		return c.object(s, v, at)
	}
	return nil
}

func invalid(at, format string, args ...any) error {
	e := clientele.Errorf(clientele.CodeInvalid, "%s: %s", at, fmt.Sprintf(format, args...))
	e.At.Column = at
	return e.WithHint("GET /api/v1/openapi.json says what can be sent.")
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

func typeWords(t any) string {
	if names, several := t.([]string); several {
		return strings.Join(names, " or ")
	}
	return fmt.Sprint(t)
}

func isType(t, v any) bool {
	switch t := t.(type) {
	case nil:
		return true
	case []string:
		return slices.ContainsFunc(t, func(name string) bool { return isType(name, v) })
	}
	switch v := v.(type) {
	case nil:
		return t == "null"
	case bool:
		return t == "boolean"
	case string:
		return t == "string"
	case json.Number:
		_, err := strconv.ParseInt(v.String(), 10, 64)
		return t == "number" || t == "integer" && err == nil
	case []any:
		return t == "array"
	}
	return t == "object"
}

func (c *checker) text(s *schema, v, at string) error {
	n := utf8.RuneCountInString(v)
	switch {
	case s.MinLength != nil && n < *s.MinLength:
		return invalid(at, "it has fewer than %d characters", *s.MinLength)
	case s.MaxLength != nil && n > *s.MaxLength:
		return invalid(at, "it has more than %d characters", *s.MaxLength)
	case s.Pattern != "" && !c.pattern(s.Pattern).MatchString(v):
		return invalid(at, "it does not match %s", s.Pattern)
	}
	if s.Format == "date" {
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return invalid(at, "%q is not a day, such as 2026-09-30", v)
		}
	}
	return nil
}

func (c *checker) pattern(text string) *regexp.Regexp {
	if p, ok := c.patterns.Load(text); ok {
		return p.(*regexp.Regexp)
	}
	p, _ := c.patterns.LoadOrStore(text, regexp.MustCompile(text))
	return p.(*regexp.Regexp)
}

func number(s *schema, v json.Number, at string) error {
	n, err := strconv.ParseInt(v.String(), 10, 64)
	if err != nil { // a fraction, which has no bounds
		if f, err := v.Float64(); err != nil || f != f {
			return invalid(at, "it is not a number that can be kept")
		}
		return nil
	}
	switch {
	case s.Minimum != nil && n < *s.Minimum:
		return invalid(at, "it is below %d", *s.Minimum)
	case s.Maximum != nil && n > *s.Maximum:
		return invalid(at, "it is above %d", *s.Maximum)
	}
	return nil
}

func (c *checker) list(s *schema, v []any, at string) error {
	if s.MaxItems != nil && len(v) > *s.MaxItems {
		return invalid(at, "it has more than %d items", *s.MaxItems)
	}
	if s.Items == nil {
		return nil
	}
	for i, item := range v {
		if err := c.check(s.Items, item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) object(s *schema, v map[string]any, at string) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return invalid(join(at, name), "it is missing")
		}
	}
	for name, value := range v {
		property := s.Properties[name]
		if property == nil {
			switch more := s.More.(type) {
			case bool:
				return invalid(join(at, name), "there is no such property")
			case *schema:
				property = more
			default:
				continue
			}
		}
		if err := c.check(property, value, join(at, name)); err != nil {
			return err
		}
	}
	return nil
}

func join(at, name string) string {
	if at == "body" {
		return name
	}
	return at + "." + name
}
