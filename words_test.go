package clientele_test

import (
	"testing"

	"github.com/clientele/clientele"
)

func TestListed(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := clientele.Listed(words, "or"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
