package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
)

// The headers that operations read.
const (
	ifMatch        = "If-Match"
	idempotencyKey = "Idempotency-Key"
)

// input is one thing that an operation takes beside its body.
type input struct {
	name     string
	in       string // path, query or header
	required bool
	schema   *schema
	field    []int // where it goes
}

// inputsOf reads the tags path, query and header of a type, and of those that it holds.
func inputsOf(ts *types, t reflect.Type) (all []input) {
	for f := range fieldsOf(t) {
		if f.Anonymous {
			for _, in := range inputsOf(ts, f.Type) {
				in.field = append(slices.Clone(f.Index), in.field...)
				all = append(all, in)
			}
			continue
		}
		for _, place := range []string{"path", "query", "header"} {
			name, ok := f.Tag.Lookup(place)
			if !ok {
				continue
			}
			s := described(ts.of(bare(f.Type), true), f.Tag)
			all = append(all, input{name, place, place == "path" || f.Tag.Get("required") == "true" || name == ifMatch, s, f.Index})
		}
	}
	return all
}

// bare is a type without the pointer that says that it may be missing.
func bare(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// bodyOf is the type of the field Body.
func bodyOf(t reflect.Type) (reflect.Type, bool) {
	f, ok := t.FieldByName("Body")
	return f.Type, ok
}

// question is a request as far as it has been read.
type question struct {
	*http.Request
	api       *API
	operation *operation
	text      []byte // the body, of operations that take JSON
}

// bind reads inputs and body into a value, each held against its schema.
func (q *question) bind(v reflect.Value) error {
	query, err := url.ParseQuery(q.URL.RawQuery)
	if err != nil {
		return clientele.Errorf(clientele.CodeUsage, "the address cannot be read").Because(err).WithHint("Escape what stands after the ?.")
	}
	if err := q.known(query); err != nil {
		return err
	}
	for _, in := range q.operation.inputs {
		if err := q.bindInput(v, in, query); err != nil {
			return err
		}
	}
	if _, ok := bodyOf(v.Type()); !ok {
		return nil
	}
	if q.operation.takes != "" {
		v.FieldByName("Body").Set(reflect.ValueOf(q.Body))
		return nil
	}
	return q.bindBody(v.FieldByName("Body"))
}

// known refuses names that say nothing here: a filter that is misspelt must not be a
// filter less.
func (q *question) known(query url.Values) error {
	for name := range query {
		if !slices.ContainsFunc(q.operation.inputs, func(in input) bool { return in.in == "query" && in.name == name }) {
			return clientele.Errorf(clientele.CodeUsage, "there is no %q to be asked for here", name).WithHint("GET /api/v1/docs says what there is.")
		}
	}
	return nil
}

func (q *question) bindInput(v reflect.Value, in input, query url.Values) error {
	var texts []string
	switch in.in {
	case "path":
		texts = []string{q.PathValue(in.name)}
	case "query":
		texts = query[in.name]
	case "header":
		texts = q.Header.Values(in.name)
	}
	many := in.schema.Type == "array"
	switch {
	case len(texts) == 0 && in.name == ifMatch:
		return clientele.Errorf(clientele.CodeUnconditional, "the request does not say which version it changes").
			WithHint("Read it, and send its ETag as If-Match.")
	case len(texts) == 0 && in.required:
		return invalid(in.name, "it is missing")
	case len(texts) == 0:
		return nil
	case len(texts) > 1 && !many:
		return invalid(in.name, "it is given more than once")
	}
	value, err := valueOf(in.schema, texts)
	if err == nil {
		err = q.api.checker.check(in.schema, value, in.name)
	}
	if err != nil {
		return err
	}
	return set(v.FieldByIndex(in.field), value, in.name)
}

// valueOf is a text as JSON has it, by its schema.
func valueOf(s *schema, texts []string) (any, error) {
	if s.Type == "array" {
		all := []any{}
		for _, t := range texts {
			all = append(all, t)
		}
		return all, nil
	}
	switch text := texts[0]; s.Type {
	case "integer":
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return text, nil // which the check refuses
		}
		return json.Number(text), nil
	case "boolean":
		if text == "true" || text == "false" {
			return text == "true", nil
		}
		return text, nil
	default:
		return text, nil
	}
}

// set puts a value that was checked into a field.
func set(field reflect.Value, value any, at string) error {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, field.Addr().Interface())
	}
	return asInvalid(err, at)
}

// asInvalid tells what a type of the domain does not take.
func asInvalid(err error, at string) error {
	if err == nil {
		return nil
	}
	if e := (*clientele.Error)(nil); errors.As(err, &e) {
		return e
	}
	return clientele.Errorf(clientele.CodeInvalid, "%s: it cannot be read", at).Because(err).WithHint("GET /api/v1/openapi.json says what can be sent.")
}

// bindBody reads the body as JSON.
func (q *question) bindBody(field reflect.Value) error {
	d := json.NewDecoder(bytes.NewReader(q.text))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something follows it")
		}
	}
	if err != nil {
		return clientele.Errorf(clientele.CodeUsage, "the body is not JSON").Because(err).WithHint("Send one JSON value, in UTF-8.")
	}
	if err := q.api.checker.check(q.operation.body, value, "body"); err != nil {
		return err
	}
	return asInvalid(json.Unmarshal(q.text, field.Addr().Interface()), "body")
}

// read reads the body of an operation that takes JSON, and refuses bodies of other types.
func (q *question) read() (err error) {
	o := q.operation
	if o.body == nil && o.takes == "" {
		return nil
	}
	wanted := o.takes
	if wanted == "" {
		wanted = "application/json"
	}
	given, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil || given != wanted {
		return refusal{http.StatusUnsupportedMediaType, clientele.Errorf(clientele.CodeUsage, "the body is %q, not %s", q.Header.Get("Content-Type"), wanted).
			WithHint("Send it with Content-Type: %s.", wanted)}
	}
	if o.body == nil {
		return nil
	}
	if q.text, err = io.ReadAll(q.Body); err != nil {
		return unread(err)
	}
	return nil
}

// unread tells why a body could not be read: it is too large, or was cut off.
func unread(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return err
	}
	return clientele.Errorf(clientele.CodeUsage, "the body cannot be read").Because(err).WithHint("Send it whole.")
}

// accepts reports whether who asks takes what the operation gives.
func (q *question) accepts() error {
	gives := q.operation.gives
	if gives == "" {
		gives = "application/json"
	}
	gives, _, _ = strings.Cut(gives, ";")
	header := strings.Join(q.Header.Values("Accept"), ",")
	if header == "" {
		return nil
	}
	kind, _, _ := strings.Cut(gives, "/")
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		refused := strings.ReplaceAll(parameters, " ", "") == "q=0"
		if !refused && (name == gives || name == kind+"/*" || name == "*/*") {
			return nil
		}
	}
	return refusal{http.StatusNotAcceptable, clientele.Errorf(clientele.CodeUsage, "this address gives %s, and %q is asked for", gives, header).
		WithHint("Send Accept: %s, or none.", gives)}
}

// place is the address of something, with its parts escaped.
func place(format string, parts ...string) string {
	escaped := make([]any, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(p)
	}
	return fmt.Sprintf(format, escaped...)
}
