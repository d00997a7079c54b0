package warehousetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testPersons looks for people in files and in the records.
func testPersons(t *testing.T, w warehouse.Warehouse) {
	s := source{lineFrom: "n", text: "customer,order,time,amount,n\n" +
		" 17.0,o1,2024-01-05,1,1\n17,o2,2024-02-05,2,2\n00017,o3,2024-01-05,3,3\n17,o4,soon,4,4\n,o1,2024-01-05,5,5\n\"a,'b\",,2024-01-06,6,6\n17,o1,2024-01-05\n"}
	b := s.write(t, 1)
	for name, c := range map[string]struct {
		q    warehouse.NamedQuery
		want []string
	}{
		"by customer":           {warehouse.NamedQuery{Customers: []string{"17"}}, []string{"1 17 o1 true", "2 17 o2 true", "4 17 o4 false"}},
		"by key":                {warehouse.NamedQuery{Keys: []string{"o1"}}, []string{"1 17 o1 true", "5  o1 true"}},
		"by either":             {warehouse.NamedQuery{Customers: []string{"00017"}, Keys: []string{"o2"}}, []string{"2 17 o2 true", "3 00017 o3 true"}},
		"that would be refused": {warehouse.NamedQuery{Rejected: true}, []string{"4 17 o4 false"}},
		"with quotes":           {warehouse.NamedQuery{Customers: []string{"a,'b"}}, []string{"6 a,'b  true"}},
		"none":                  {warehouse.NamedQuery{}, nil},
	} {
		var got []string
		for r, err := range w.Named(t.Context(), b, c.q) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%d %s %s %t", r.Number, r.Customer, r.Key, r.Accepted))
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	var names []string
	for name, err := range w.Names(t.Context(), b) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"00017", "17", "a,'b"}) {
		t.Errorf("names %q", names)
	}
	load(t, w, b)
	expectHeld(t, w)
}

// expectHeld looks into the records of testPersons, and of who came by other files.
func expectHeld(t *testing.T, w warehouse.Warehouse) {
	t.Helper()
	load(t, w, source{kind: clientele.Customers, text: "customer,country\n17,DE\nnew,FR\n"}.write(t, 2))
	load(t, w, source{kind: clientele.Subscriptions, text: "customer,start\nold,2020-01-01\nended,2020-01-01\n"}.write(t, 3))
	var got []string
	for r, err := range w.Held(t.Context(), "17") {
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for _, v := range r.Values {
			if slices.Contains([]string{"order_id", "amount", "day", "attribute", "value"}, v.Column) {
				values = append(values, v.Text)
			}
		}
		slices.Sort(values)
		got = append(got, string(r.Table)+" "+strings.Join(values, " "))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"customers DE country", "transactions 1 2024-01-05 o1", "transactions 2 2024-02-05 o2"}, got); diff != "" {
		t.Errorf("held: %s", diff)
	}
	if n, err := w.Known(t.Context()); n != 6 || err != nil { // 17, 00017, a,'b, new, old, ended
		t.Errorf("%d customers, %v", n, err)
	}
	var idle []string
	for id, err := range w.Idle(t.Context(), clientele.MustDate("2024-02-01")) {
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, id)
	}
	if !slices.Equal(idle, []string{"00017", "a,'b"}) {
		t.Errorf("idle %q", idle)
	}
	if err := w.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Known(t.Context()); n != 0 || err != nil {
		t.Errorf("after a reset %d customers are known, %v", n, err)
	}
}
