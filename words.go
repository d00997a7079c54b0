package clientele

import "strings"

// Listed joins words as people do, with and, or or, before the last: a, b and c.
func Listed(words []string, and string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + and + " " + words[last]
}
