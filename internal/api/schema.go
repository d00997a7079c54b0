package api

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
)

// schema is as much of JSON Schema 2020-12 as answers and questions need.
type schema struct {
	Ref         string             `json:"$ref,omitempty"`
	Type        any                `json:"type,omitempty"` // a name, or names
	Description string             `json:"description,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	MinLength   *int               `json:"minLength,omitempty"`
	MaxLength   *int               `json:"maxLength,omitempty"`
	Minimum     *int64             `json:"minimum,omitempty"`
	Maximum     *int64             `json:"maximum,omitempty"`
	MaxItems    *int               `json:"maxItems,omitempty"`
	Enum        []any              `json:"enum,omitempty"`
	Default     any                `json:"default,omitempty"`
	Example     any                `json:"example,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	// More is what properties that are not named are: a schema, or false for none.
	More  any       `json:"additionalProperties,omitempty"`
	Items *schema   `json:"items,omitempty"`
	AnyOf []*schema `json:"anyOf,omitempty"`
}

// types makes schemas of Go types as encoding/json writes them. Structs that have a name
// become components.
type types struct {
	components map[string]*schema
	names      map[key]string
}

// key is a type as it is taken, or as it is answered: what is taken has no other
// properties than those that it names, and need not have those that may be missing.
type key struct {
	t     reflect.Type
	taken bool
}

func newTypes() *types {
	return &types{components: map[string]*schema{}, names: map[key]string{}}
}

// Amounts and days as they are written; see clientele.Money and clientele.Date.
const (
	amountPattern = `^-?[0-9]{1,26}(\.[0-9]{1,12})?$`
	dayPattern    = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
)

// anything are the types of all that JSON can say.
var anything = []string{"object", "array", "string", "number", "boolean", "null"}

// special are types that say themselves how they are written.
var special = map[reflect.Type]schema{
	reflect.TypeFor[clientele.Money](): {Type: "string", Pattern: amountPattern, Description: "An exact decimal amount, in the currency of the book.", Example: "1234.50"},
	reflect.TypeFor[clientele.Date]():  {Type: "string", Format: "date", Pattern: dayPattern, Example: "2026-09-30"},
	reflect.TypeFor[time.Time]():       {Type: "string", Format: "date-time"},
	reflect.TypeFor[json.RawMessage](): {Type: anything},
}

// words are the types of text that have few values.
var words = map[reflect.Type][]any{
	reflect.TypeFor[clientele.Kind]():           listed(clientele.Kinds()...),
	reflect.TypeFor[clientele.Business]():       listed(clientele.Orders, clientele.Contracts, clientele.Both),
	reflect.TypeFor[clientele.FiscalCalendar](): listed(clientele.FiscalCalendars()...),
	reflect.TypeFor[clientele.Horizon]():        listed(clientele.FiveYears, clientele.Infinite),
	reflect.TypeFor[policy.Role]():              listed(policy.Roles()...),
	reflect.TypeFor[people.State]():             listed(people.Invited, people.Active, people.Disabled),
	reflect.TypeFor[statement.Unit]():           listed(statement.UnitCount, statement.UnitMoney, statement.UnitRate),
	reflect.TypeFor[store.PartKind]():           listed(store.JourneyPart, store.StagePart, store.TouchpointPart, ""),
	reflect.TypeFor[store.CaseState]():          listed(store.CaseOpen, store.CaseTaken, store.CaseSettled, store.CaseClosed),
	reflect.TypeFor[store.MailState]():          listed(store.MailWaiting, store.MailSending, store.MailSent, store.MailRefused, store.MailUnsure),
	reflect.TypeFor[store.JobState]():           listed(store.JobQueued, store.JobRunning, store.JobDone, store.JobFailed, store.JobCancelled),
}

// otherwise are the structs that write themselves, and how they differ from what their
// fields say.
var otherwise = map[reflect.Type]func(*schema){
	// The lines of a movement that is refused are null.
	reflect.TypeFor[clientele.EquityMovement](): func(s *schema) {
		for _, line := range []string{
			"opening", "unwinding", "expected_release", "window", "experience", "new_customers", "scope", "currency_effect", "restatement",
			"assumption_change", "closing",
		} {
			s.Properties[line] = nullable(s.Properties[line])
		}
	},
	// Counts are numbers, and money is as it is everywhere.
	reflect.TypeFor[closing.Line](): func(s *schema) {
		money := special[reflect.TypeFor[clientele.Money]()]
		figure := &schema{AnyOf: []*schema{{Type: "integer"}, &money}}
		s.Properties = map[string]*schema{"line": {Type: "string"}, "closed": figure, "now": figure, "difference": figure}
		s.Required = sortedKeys(s.Properties)
	},
}

func listed[T ~string](values ...T) (all []any) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

var (
	marshalsText = reflect.TypeFor[encoding.TextMarshaler]()
	marshalsJSON = reflect.TypeFor[json.Marshaler]()
)

// of is the schema of a type. It panics on a type that writes itself and is not special:
// that is a defect, which the first test finds.
func (ts *types) of(t reflect.Type, taken bool) *schema {
	if s, ok := special[t]; ok {
		return &s
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return nullable(ts.of(t.Elem(), taken))
	case t.Implements(marshalsJSON) && otherwise[t] == nil:
		panic(fmt.Sprintf("how %s is written is not known", t))
	case t.Implements(marshalsText):
		return &schema{Type: "string"}
	}
	switch t.Kind() {
	case reflect.String:
		if !taken && t == reflect.TypeFor[clientele.Kind]() {
			return &schema{Type: "string"} // "" is what cannot be told
		}
		return &schema{Type: "string", Enum: words[t]}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Float64, reflect.Float32:
		return &schema{Type: "number", Format: "double"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return whole(t, taken)
	case reflect.Slice, reflect.Array:
		return ts.list(t, taken)
	case reflect.Map:
		return nullableIf(!taken, &schema{Type: "object", More: ts.of(t.Elem(), taken)})
	case reflect.Struct:
		return ts.object(t, taken)
	case reflect.Interface:
		return &schema{Type: anything}
	}
	panic(fmt.Sprintf("%s cannot be described", t))
}

func whole(t reflect.Type, taken bool) *schema {
	s := &schema{Type: "integer"}
	if taken {
		least, most := int64(math.MinInt64), int64(math.MaxInt64)
		if bits := t.Bits(); bits < 64 {
			least, most = -1<<(bits-1), 1<<(bits-1)-1
		}
		s.Minimum, s.Maximum = &least, &most
	}
	return s
}

func (ts *types) list(t reflect.Type, taken bool) *schema {
	if t.Elem().Kind() == reflect.Uint8 {
		return nullableIf(!taken, &schema{Type: "string", Format: "byte"})
	}
	return nullableIf(!taken && t.Kind() == reflect.Slice, &schema{Type: "array", Items: ts.of(t.Elem(), taken)})
}

func nullableIf(yes bool, s *schema) *schema {
	if yes {
		return nullable(s)
	}
	return s
}

// nullable is the schema, or null.
func nullable(s *schema) *schema {
	name, plain := s.Type.(string)
	switch {
	case plain && s.Enum == nil:
		null := *s
		null.Type = []string{name, "null"}
		return &null
	}
	return &schema{AnyOf: []*schema{s, {Type: "null"}}}
}

// object is the schema of a struct: a component, if it has a name that can be one.
func (ts *types) object(t reflect.Type, taken bool) *schema {
	if t.Name() == "" || strings.Contains(t.Name(), "[") {
		s := &schema{}
		ts.fill(s, t, taken)
		return s
	}
	name, known := ts.names[key{t, taken}]
	if !known {
		name = ts.name(t, taken)
		s := &schema{}
		ts.names[key{t, taken}], ts.components[name] = name, s // before it is filled: it may hold itself
		ts.fill(s, t, taken)
	}
	return &schema{Ref: "#/components/schemas/" + name}
}

// name is that of a type, with the room before it where another has it already.
func (ts *types) name(t reflect.Type, taken bool) string {
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	if taken {
		name += "Input"
	}
	if ts.components[name] != nil {
		room := path.Base(t.PkgPath())
		name = strings.ToUpper(room[:1]) + room[1:] + name
	}
	return name
}

func (ts *types) fill(s *schema, t reflect.Type, taken bool) {
	s.Type, s.Properties = "object", map[string]*schema{}
	if taken {
		s.More = false
	}
	ts.fields(s, t, taken)
	slices.Sort(s.Required)
	if alter := otherwise[t]; alter != nil {
		alter(s)
	}
}

func (ts *types) fields(s *schema, t reflect.Type, taken bool) {
	for f := range fieldsOf(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			ts.fields(s, f.Type, taken)
			continue
		}
		if name == "" {
			name = f.Name
		}
		property := ts.of(f.Type, taken)
		if f.Tag.Get("never") == "null" {
			property.Type = property.Type.([]string)[0]
		}
		s.Properties[name] = described(property, f.Tag)
		optional := strings.Contains(options, "omit") || taken && f.Type.Kind() == reflect.Pointer
		if !optional {
			s.Required = append(s.Required, name)
		}
	}
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// described adds what the tags of a field say: doc, and the bounds min, max, pattern.
func described(s *schema, tag reflect.StructTag) *schema {
	out := *s
	if doc := tag.Get("doc"); doc != "" {
		out.Description = doc
	}
	if p := tag.Get("pattern"); p != "" {
		out.Pattern = p
	}
	if out.Type == "array" {
		out.MaxItems = bound[int](tag, "max")
		return &out
	}
	if isText(out.Type) {
		out.MinLength, out.MaxLength = bound[int](tag, "min"), bound[int](tag, "max")
		return &out
	}
	for name, to := range map[string]**int64{"min": &out.Minimum, "max": &out.Maximum} {
		if b := bound[int64](tag, name); b != nil {
			*to = b
		}
	}
	return &out
}

func isText(t any) bool {
	names, several := t.([]string)
	return t == "string" || several && slices.Contains(names, "string")
}

// bound reads a tag that is a number; nil is none.
func bound[T int | int64](tag reflect.StructTag, name string) *T {
	text := tag.Get(name)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("the tag %s of %q is no number", name, text))
	}
	b := T(n)
	return &b
}
