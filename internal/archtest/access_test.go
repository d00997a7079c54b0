package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// unguarded names what is wrong with the guards of a file: exported methods that do not
// begin with policy.Require of a permission that policy names, and types with something
// embedded, whose methods would be out of this rule's sight.
func unguarded(f *ast.File) (faults []string) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.IsExported() && !beginsWithRequire(fn) {
			faults = append(faults, fn.Name.Name+" does not begin with policy.Require(ctx, policy.X)")
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructType); ok {
			for _, field := range s.Fields.List {
				if len(field.Names) == 0 {
					faults = append(faults, "a type embeds something, whose methods would be open")
				}
			}
		}
		return true
	})
	return faults
}

// beginsWithRequire reports whether a method begins with policy.Require, and returns if
// that has an error.
func beginsWithRequire(fn *ast.FuncDecl) bool {
	if len(fn.Body.List) < 2 {
		return false
	}
	asked, refused := fn.Body.List[0], fn.Body.List[1]
	if branch, ok := asked.(*ast.IfStmt); ok {
		asked, refused = branch.Init, branch
	}
	assign, ok := asked.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 || !returnsIfFailed(refused) {
		return false
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	return ok && ofPolicy(call.Fun) == "Require" && len(call.Args) == 2 && ofPolicy(call.Args[1]) != ""
}

// returnsIfFailed reports whether a statement is if err != nil { … return … }.
func returnsIfFailed(s ast.Stmt) bool {
	branch, ok := s.(*ast.IfStmt)
	if !ok || len(branch.Body.List) == 0 {
		return false
	}
	failed, ok := branch.Cond.(*ast.BinaryExpr)
	if !ok || failed.Op != token.NEQ || named(failed.X) != "err" || named(failed.Y) != "nil" {
		return false
	}
	_, ok = branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
	return ok
}

func named(e ast.Expr) string {
	if x, ok := e.(*ast.Ident); ok {
		return x.Name
	}
	return ""
}

// ofPolicy is the name of something of package policy; "" of what is not.
func ofPolicy(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); !ok || x.Name != "policy" {
		return ""
	}
	return s.Sel.Name
}

func TestEveryCapabilityAsksThePolicy(t *testing.T) {
	guards := 0
	for _, p := range files(t) {
		if path.Dir(p) != "internal/access" || filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, read(t, p), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range unguarded(f) {
			t.Errorf("%s: %s", p, fault)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.IsExported() {
				guards++
			}
		}
	}
	if guards < 40 {
		t.Errorf("only %d methods were found: have the guards moved?", guards)
	}
}

// A method without a permission is found, and so is one that asks late, or for what it was given.
func TestACapabilityThatAsksNobodyIsFound(t *testing.T) {
	for body, faults := range map[string]int{
		`func (g G) A(ctx C) error { if _, err := policy.Require(ctx, policy.ReadGoals); err != nil { return err }; return nil }`:    0,
		`func (g G) A(ctx C) error { a, err := policy.Require(ctx, policy.ReadGoals); if err != nil { return err }; return g.a(a) }`: 0,
		`func (g G) A(ctx C) error { a, err := policy.Require(ctx, policy.ReadGoals); if err == nil { return err }; return g.a(a) }`: 1,
		`func (g G) A(ctx C) error { a, err := policy.Require(ctx, policy.ReadGoals); return errors.Join(err, g.a(a)) }`:             1,
		`func (g G) a(ctx C) error { return g.parts.A(ctx) }`:                                                                        0,
		`func (g G) A(ctx C) error { return g.parts.A(ctx) }`:                                                                        1,
		`func (g G) A(ctx C) {}`: 1,
		`func (g G) A(ctx C) error { g.parts.A(ctx); _, err := policy.Require(ctx, policy.ReadGoals); return err }`: 1,
		`func (g G) A(ctx C, p P) error { _, err := policy.Require(ctx, p); return err }`:                           1,
		`func (g G) A(ctx C) error { _, err := other.Require(ctx, policy.ReadGoals); return err }`:                  1,
		`func (g G) A(ctx C) error { err := open; return err }`:                                                     1,
		`type G struct { *goal.Service }`:                                                                           1,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "guards.go", "package access\n"+body, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := unguarded(f); len(got) != faults {
			t.Errorf("%s: found %v", body, got)
		}
	}
}

// Only the router of httpd has a mux: every other route would declare no permission.
func TestRoutesGoThroughTheRouter(t *testing.T) {
	for _, p := range files(t) {
		if filepath.Ext(p) != ".go" || path.Dir(p) == "internal/httpd" || path.Dir(p) == "internal/archtest" {
			continue
		}
		for _, open := range []string{"http.NewServeMux", "http.ServeMux", "http.HandleFunc", "http.Handle("} {
			if strings.Contains(read(t, p), open) {
				t.Errorf("%s uses %s: make an httpd.Router, whose routes declare what they need", p, open)
			}
		}
	}
}
