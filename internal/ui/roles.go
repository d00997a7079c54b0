package ui

import (
	"net/http"
	"slices"

	"github.com/clientele/clientele/internal/policy"
)

// rolesPage is what each role can see and do: the policy itself.
type rolesPage struct {
	frame
	Tabs  tabs
	Yours string
	Roles []roleHead
	Parts []rolePart
}

// roleHead is a role and what it is.
type roleHead struct {
	Name, Means string
	Yours       bool
}

// rolePart is what may be seen, or what may be done.
type rolePart struct {
	Title string
	Rows  []roleRow
}

// roleRow is a permission, by role.
type roleRow struct {
	Means string
	Cells []roleCell
}

// roleCell is how far a role goes.
type roleCell struct {
	Role, Text string
	None, Own  bool
}

func (s *Site) roles(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p := rolesPage{frame: s.frame(v, "people", "Roles"), Tabs: v.peopleTabs("roles"), Yours: rolesText(v.who.Roles), Parts: []rolePart{{Title: "See"}, {Title: "Do"}}}
	for _, role := range policy.Roles() {
		p.Roles = append(p.Roles, roleHead{string(role), roleWords[role], slices.Contains(v.who.Roles, role)})
	}
	for _, e := range policy.Entries() {
		row := roleRow{Means: capital(e.Means)}
		for _, role := range policy.Roles() {
			reach := policy.ReachOf(role, e.Permission)
			row.Cells = append(row.Cells, roleCell{string(role), reachWords(e, reach), reach == policy.Nothing, reach == policy.Own})
		}
		part := &p.Parts[0]
		if e.Changes {
			part = &p.Parts[1]
		}
		part.Rows = append(part.Rows, row)
	}
	return s.show(w, http.StatusOK, "roles", p)
}

func reachWords(e policy.Entry, r policy.Reach) string {
	return map[policy.Reach]string{policy.Nothing: "no", policy.Own: e.Own, policy.Everything: "yes"}[r]
}
