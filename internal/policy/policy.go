// Package policy says who may do what. It is one table, and what it does not name is
// denied: pages, the API, exports, links and jobs all ask it.
//
// Rules: permissions are made here alone, so that a route or a query can only name one
// that the table knows. A role reaches everything that a permission speaks of, or the rows
// of the units of the person alone. A token reaches no more than its person does.
package policy

import (
	"slices"

	"github.com/clientele/clientele"
)

// Permission is something that a role may do. Only this package makes one; the zero value
// is none, and denies.
type Permission struct{ name string }

// Name is how tokens, the audit and the API name it, such as "statement.read".
func (p Permission) Name() string { return p.name }

// Zero reports whether it is no permission at all.
func (p Permission) Zero() bool { return p.name == "" }

// Reach is how far a permission goes for somebody.
type Reach int

// The reaches, the least first.
const (
	Nothing    Reach = iota
	Own              // what is the person's own: the rows of their units, the touchpoints that they answer for
	Everything       // all
)

// String names it for people.
func (r Reach) String() string { return [...]string{"nothing", "own units", "everything"}[r] }

// Role is what somebody is in the company, as far as this program goes.
type Role string

// The roles.
const (
	Executive     Role = "executive"     // chief executive, finance chief, board
	Lead          Role = "lead"          // of customer experience
	Owner         Role = "owner"         // of touchpoints: company totals, and the rows of their own units
	Analyst       Role = "analyst"       // loads data and checks models
	Employee      Role = "employee"      // answers, and sees what the words mean
	Auditor       Role = "auditor"       // reads all, changes nothing
	Administrator Role = "administrator" // runs the system, and does not thereby see what is in it
)

// Roles lists them.
func Roles() []Role {
	return []Role{Executive, Lead, Owner, Analyst, Employee, Auditor, Administrator}
}

// Scope is the rows of one segment: those of customers whose attribute has that value.
type Scope struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
}

// Actor is who asks.
type Actor struct {
	ID     string // of the person or the service; "" for the owner of the machine, and for the program itself
	Name   string // for people, and what is signed
	Roles  []Role
	Scopes []Scope // segments of the person's units, and of the units below them
	// Limits are the permissions of the token that asks, by name; nil is no token.
	Limits []string
	// Unproven is who has shown one factor where two are needed: until there is another they
	// reach their own account alone.
	Unproven bool
	local    bool
}

// Local is the owner of the machine: who works on the book's own files, by commands or on
// a server without accounts that this machine alone can reach. Nothing is denied.
func Local(name string) Actor { return Actor{Name: name, local: true} }

// IsLocal reports whether the actor is the owner of the machine.
func (a Actor) IsLocal() bool { return a.local }

// Reach is how far a permission goes for the actor.
func (a Actor) Reach(p Permission) Reach {
	if p.Zero() {
		return Nothing
	}
	if a.local || p == Anyone {
		return Everything
	}
	if a.Limits != nil && !slices.Contains(a.Limits, p.name) {
		return Nothing
	}
	if a.Unproven && p != OwnAccount && p != ReadRoles {
		return Nothing
	}
	most := Nothing
	for _, role := range a.Roles {
		most = max(most, table[role][p])
	}
	return most
}

// May reports whether the actor may do it at all.
func (a Actor) May(p Permission) bool { return a.Reach(p) > Nothing }

// Covers reports whether rows of a segment are within the actor's reach of a permission.
func (a Actor) Covers(p Permission, s Scope) bool {
	switch a.Reach(p) {
	case Everything:
		return true
	case Own:
		return slices.Contains(a.Scopes, s)
	}
	return false
}

// DeniedRows is the error of one who may not see rows that are not of their units.
func (a Actor) DeniedRows() error {
	if !a.May(ReadRows) {
		return a.Denied(ReadRows)
	}
	return clientele.Errorf(clientele.CodeForbidden, "these rows are not of your units").
		WithHint("Ask somebody who is %s, or an administrator to give the segment to a unit of yours.", listed(rolesWithoutBound(ReadRows)))
}

// Denied is the error of one who may not: CodeForbidden, with what would help.
func (a Actor) Denied(p Permission) error {
	e := clientele.Errorf(clientele.CodeForbidden, "you may not %s", describe(p))
	if a.Limits != nil && !slices.Contains(a.Limits, p.name) {
		return e.WithHint("The token that asks has no %s; make one that has.", p.name)
	}
	if a.Unproven {
		return e.WithHint("Add an authenticator app or a passkey on the page Account first: beyond this machine a password alone is not enough.")
	}
	if roles := RolesThatMay(p); len(roles) > 0 {
		return e.WithHint("Ask somebody who is %s, or an administrator for that role.", listed(roles))
	}
	return e
}
