package people

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

func TestUnitsGiveScopesDownwards(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	north, south := policy.Scope{Attribute: "region", Value: "north"}, policy.Scope{Attribute: "region", Value: "south"}
	top, err := w.AddUnit(admin, Unit{Name: "Sales"})
	w.ok(err)
	below, err := w.AddUnit(admin, Unit{Name: "North", Parent: top.ID, Scopes: []policy.Scope{north}})
	w.ok(err)
	_, err = w.AddUnit(admin, Unit{Name: "South", Parent: top.ID, Scopes: []policy.Scope{south}})
	w.ok(err)
	bea, owner := w.add("bea@example.com", policy.Owner)
	if a, _ := policy.ActorOf(owner); a.Covers(policy.ReadRows, north) {
		t.Error("somebody without a unit sees rows")
	}
	bea = w.change(admin, bea, Edit{Units: &[]string{below.ID, below.ID}})
	in := w.signIn("bea@example.com", good)
	if a, _ := policy.ActorOf(w.in(in)); !a.Covers(policy.ReadRows, north) || a.Covers(policy.ReadRows, south) {
		t.Errorf("%+v", a)
	}
	w.change(admin, bea, Edit{Units: &[]string{top.ID}})
	if a, _ := policy.ActorOf(w.in(in)); !a.Covers(policy.ReadRows, north) || !a.Covers(policy.ReadRows, south) {
		t.Errorf("%+v", a)
	}
	w.want(clientele.CodeConflict, w.RemoveUnit(admin, top.ID, 1))
	_, err = w.ChangeUnit(admin, below.ID, 2, below)
	w.want(clientele.CodeStale, err)
	below.Head, below.Name = bea.ID, "Far north"
	if below, err = w.ChangeUnit(admin, below.ID, 1, below); err != nil || below.Version != 2 || below.Head != bea.ID {
		t.Errorf("%+v %v", below, err)
	}
	w.want(clientele.CodeStale, w.RemoveUnit(admin, below.ID, 1))
	w.ok(w.RemoveUnit(admin, below.ID, 2))
	w.want(clientele.CodeNotFound, w.RemoveUnit(admin, below.ID, 2))
	for _, u := range []Unit{{Name: ""}, {Name: "x", Parent: "none"}, {Name: "x", Head: "none"}, {Name: "x", Scopes: []policy.Scope{{}}}, {Name: "x", Scopes: make([]policy.Scope, 101)}} {
		_, err := w.AddUnit(admin, u)
		w.want(clientele.CodeInvalid, err)
	}
}

// However units are moved about, each still reaches the top.
func TestUnitsNeverMakeARing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		units := make([]store.KeptUnit, n)
		for i := range units {
			units[i] = store.KeptUnit{ID: fmt.Sprint(i)}
		}
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			i, parent := rapid.IntRange(0, n-1).Draw(t, "unit"), rapid.IntRange(-1, n).Draw(t, "parent")
			u := Unit(units[i])
			u.Parent = ""
			if parent >= 0 {
				u.Parent = fmt.Sprint(parent)
			}
			err := checkParent(units, u)
			if parent == n && err == nil {
				t.Fatal("a unit lies below one that is not there")
			}
			if err == nil {
				units[i].Parent = u.Parent
			} else if reaches(units, u.Parent, u.ID, n) != (parent < n) {
				t.Fatalf("%s below %s is refused: %v", u.ID, u.Parent, err)
			}
			for _, u := range units {
				if !reaches(units, u.ID, "", n) {
					t.Fatalf("%s does not reach the top: %+v", u.ID, units)
				}
			}
		}
	})
}

// reaches follows parents from one unit to another, of n units.
func reaches(units []store.KeptUnit, from, to string, n int) bool {
	for at, steps := from, 0; steps <= n; steps++ {
		if at == to {
			return true
		}
		i := slices.IndexFunc(units, func(u store.KeptUnit) bool { return u.ID == at })
		if i < 0 {
			return false
		}
		at = units[i].Parent
	}
	return false
}
