package ui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/clientele/clientele/internal/policy"
)

func TestZZ(t *testing.T) {
	f := newFake()
	a := drawing(t, f)
	var b strings.Builder
	b.WriteString("journeys:\n- name: J\n  stages:\n")
	for i := range 200 {
		if i%10 == 0 {
			fmt.Fprintf(&b, "  - name: S%d\n    touchpoints:\n", i)
		}
		fmt.Fprintf(&b, "    - {name: T%d, owner: O, customers: what they do and in the evening on a phone, promise: p as promised before, standard: s, problems: [a, b, c], voices: v, actions: a}\n", i)
	}
	a.apply(b.String())
	s := New(f.services(t))
	id := a.id("J")
	for range 300 {
		r := httptest.NewRequest(http.MethodGet, "/journeys/"+id, nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(policy.With(r.Context(), policy.Local("x"))))
		if w.Code != 200 {
			t.Fatal(w.Body)
		}
	}
}
