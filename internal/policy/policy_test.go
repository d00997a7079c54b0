package policy

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

func TestWhatIsNotNamedIsDenied(t *testing.T) {
	for _, a := range []Actor{{}, {Roles: []Role{"king"}}, {Roles: Roles(), Limits: []string{}}} {
		for _, e := range Entries() {
			if a.May(e.Permission) {
				t.Errorf("%+v may %s", a, e.Means)
			}
		}
	}
	if Local("root").May(Permission{}) || (Actor{Roles: Roles()}).May(Permission{}) {
		t.Error("a route that declares nothing is open")
	}
}

func TestAuditorChangesNothingButTheirAccount(t *testing.T) {
	for _, e := range Entries() {
		if e.Changes && e.Permission != OwnAccount && ReachOf(Auditor, e.Permission) > Nothing {
			t.Errorf("an auditor may %s", e.Means)
		}
	}
}

func TestAdministratorDoesNotSeeWhatIsInTheBook(t *testing.T) {
	for _, p := range []Permission{ReadStatement, ReadRows, ReadRejects, ExportPerson} {
		if ReachOf(Administrator, p) > Nothing {
			t.Errorf("an administrator may %s", p.Name())
		}
	}
}

func TestOwnerReachesOwnRows(t *testing.T) {
	north, south := Scope{"region", "north"}, Scope{"region", "south"}
	a := Actor{Roles: []Role{Owner, Employee}, Scopes: []Scope{north}}
	if !a.Covers(ReadRows, north) || a.Covers(ReadRows, south) || a.Reach(ReadRows) != Own || !a.May(ReadStatement) {
		t.Errorf("%+v", a)
	}
	a.Roles = append(a.Roles, Analyst)
	if !a.Covers(ReadRows, south) {
		t.Error("another role reaches further")
	}
}

func TestRowsOfOthersAreDenied(t *testing.T) {
	north, south := Scope{"region", "north"}, Scope{"region", "south"}
	a := Actor{Roles: []Role{Owner}, Scopes: []Scope{north}}
	ctx := With(context.Background(), a)
	if err := RequireRows(ctx, north); err != nil {
		t.Error(err)
	}
	err := RequireRows(ctx, south)
	if clientele.CodeOf(err) != clientele.CodeForbidden || !strings.Contains(clientele.HintOf(err), "executive, lead, analyst or auditor") {
		t.Errorf("%v %s", err, clientele.HintOf(err))
	}
	if err := RequireRows(With(ctx, Actor{Roles: []Role{Employee}}), north); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Error(err)
	}
	if err := RequireRows(context.Background(), north); clientele.CodeOf(err) != clientele.CodeUnauthenticated {
		t.Error(err)
	}
	if err := (Actor{}).DeniedRows(); !strings.Contains(err.Error(), "see segments") {
		t.Error(err)
	}
}

func TestTokenReachesNoFurtherThanItsPerson(t *testing.T) {
	a := Actor{Roles: []Role{Owner}, Limits: []string{ReadStatement.Name(), ErasePerson.Name()}}
	if !a.May(ReadStatement) || a.May(ErasePerson) || a.May(ReadGoals) {
		t.Errorf("%+v", a)
	}
}

func TestEveryPermissionIsGivenToSomebodyAndNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Entries() {
		if seen[e.Permission.Name()] || e.Means == "" || len(RolesThatMay(e.Permission)) == 0 {
			t.Errorf("%+v", e)
		}
		seen[e.Permission.Name()] = true
		if p, ok := Named(e.Permission.Name()); !ok || p != e.Permission {
			t.Errorf("%s is not found by its name", e.Permission.Name())
		}
	}
	for role, grants := range table {
		if !slices.Contains(Roles(), role) {
			t.Errorf("%s is no role", role)
		}
		for p := range grants {
			if !seen[p.Name()] {
				t.Errorf("%s is granted what is not in the table", role)
			}
		}
	}
}

func TestRequireSaysWhatWouldHelp(t *testing.T) {
	_, err := Require(context.Background(), ReadStatement)
	if clientele.CodeOf(err) != clientele.CodeUnauthenticated {
		t.Error(err)
	}
	ctx := With(context.Background(), Actor{Name: "Eve", Roles: []Role{Employee}})
	_, err = Require(ctx, SetGoal)
	if clientele.CodeOf(err) != clientele.CodeForbidden || !strings.Contains(clientele.HintOf(err), "executive or lead") {
		t.Errorf("%v %s", err, clientele.HintOf(err))
	}
	if a, err := Require(ctx, ReadRoles); err != nil || a.Name != "Eve" {
		t.Error(a, err)
	}
}

func TestOneFactorReachesTheAccountAlone(t *testing.T) {
	a := Actor{Roles: Roles(), Unproven: true}
	for _, e := range Entries() {
		if own := e.Permission == OwnAccount || e.Permission == ReadRoles; a.May(e.Permission) != own {
			t.Errorf("may %s: %v", e.Means, a.May(e.Permission))
		}
	}
	if hint := clientele.HintOf(a.Denied(ReadStatement)); !strings.Contains(hint, "authenticator app") {
		t.Error(hint)
	}
}
