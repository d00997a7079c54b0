package archtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every route declares what it needs, for httpd.Router takes none that does not: so
// nothing else may answer requests by their paths.
func TestOnlyTheRouterKnowsRoutes(t *testing.T) {
	forbidden := []string{"NewServeMux", "ServeMux", "DefaultServeMux", "Handle", "HandleFunc", "ListenAndServe", "ListenAndServeTLS"}
	for _, path := range files(t) {
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || within(path, "internal/httpd") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, read(t, path), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(forbidden, s.Sel.Name) {
				if of, ok := s.X.(*ast.Ident); ok && of.Name == "http" {
					t.Errorf("%s uses http.%s: add its routes to an httpd.Router, where each declares what it needs", path, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// A route that declares no permission, or one that the table of policy does not know, does
// not build; that the one beside it does shows that it is for this.
func TestARouteWithoutAPermissionDoesNotBuild(t *testing.T) {
	for name, c := range map[string]struct {
		route string
		says  string // of the compiler; "" is nothing
	}{
		"declared":   {`r.Handle("GET /pay", policy.ReadRows, nil)`, ""},
		"undeclared": {`r.Handle("GET /pay", nil)`, "not enough arguments in call to r.Handle"},
		"no need":    {`r.Handle("GET /pay", nil, nil)`, "cannot use nil as policy.Permission value"},
		"by name":    {`r.Handle("GET /pay", "rows.read", nil)`, "as policy.Permission value"},
		"made up":    {`r.Handle("GET /pay", policy.Permission{"pay.read"}, nil)`, "implicit assignment to unexported field name"},
	} {
		text := "package httpd\n\nimport \"github.com/clientele/clientele/internal/policy\"\n\nfunc pay(r *Router) { " + c.route + " }\n\nvar _ = policy.Anyone\n"
		out, err := buildWith(t, "internal/httpd/pay.go", text)
		if built := err == nil; built != (c.says == "") || !strings.Contains(out, c.says) {
			t.Errorf("%s: built %v: %s", name, built, out)
		}
	}
}

// buildWith builds the room of a file as if the file were there.
func buildWith(t *testing.T, path, text string) (out string, err error) {
	t.Helper()
	at, err := filepath.Abs(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file, overlay := filepath.Join(dir, "added.go"), filepath.Join(dir, "overlay.json")
	replaces, err := json.Marshal(map[string]map[string]string{"Replace": {at: file}})
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{file: []byte(text), overlay: replaces} {
		if err := os.WriteFile(name, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, filepath.Dir(at)).CombinedOutput()
	return string(said), err
}
