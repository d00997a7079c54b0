package ui

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// changeRow is one field of what an event changed.
type changeRow struct {
	Field, Before, After string
	Differs              bool
}

// changesOf lays two JSON texts beside each other, field by field. A text that is no
// object is one field without a name.
func changesOf(before, after json.RawMessage) []changeRow {
	was, is := fieldsOf(before), fieldsOf(after)
	var names []string
	for _, fields := range []map[string]string{was, is} {
		for name := range fields {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var rows []changeRow
	for _, name := range slices.Compact(names) {
		rows = append(rows, changeRow{fieldWords(name), was[name], is[name], was[name] != is[name]})
	}
	return rows
}

// fieldWords is a path as people read it.
func fieldWords(path string) string {
	if path == "" {
		return "what it is"
	}
	return attributeWords(path)
}

// fieldsOf flattens a JSON text: paths with dots between names, values as text. A list of
// plain values is one field.
func fieldsOf(text json.RawMessage) map[string]string {
	fields := map[string]string{}
	if len(text) == 0 {
		return fields
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		fields[""] = string(text) // as it stands, rather than not at all
		return fields
	}
	flatten(fields, "", v)
	return fields
}

func flatten(fields map[string]string, path string, v any) {
	at := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			flatten(fields, at(name), x)
		}
	case []any:
		if text, plain := plainList(v); plain {
			fields[path] = text
			return
		}
		for i, x := range v {
			flatten(fields, at(strconv.Itoa(i+1)), x)
		}
	default:
		fields[path] = plainText(v)
	}
}

func plainList(list []any) (text string, plain bool) {
	words := make([]string, len(list))
	for i, x := range list {
		switch x.(type) {
		case map[string]any, []any:
			return "", false
		}
		words[i] = plainText(x)
	}
	return strings.Join(words, ", "), true
}

func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return ""
}
