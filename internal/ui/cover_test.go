package ui

import (
	"flag"
	"fmt"
	"html/template"
	"os"
	"slices"
	"sync"
	"testing"
	"text/template/parse"
)

// covered has every branch of every template that a test made pages with, and
// whether one was executed: the body of each template, if, else, range and with.
var covered = struct {
	sync.Mutex
	branches map[string]bool
}{branches: map[string]bool{}}

// TestMain fails a full run in which a branch of a template was never executed:
// what no test shows, nobody has seen.
func TestMain(m *testing.M) {
	code := m.Run()
	if flag.Lookup("test.run").Value.String() == "" && code == 0 {
		for _, branch := range unseen() {
			fmt.Printf("no test executes the branch of %s\n", branch)
			code = 1
		}
	}
	os.Exit(code)
}

func unseen() []string {
	var out []string
	for branch, seen := range covered.branches {
		if !seen {
			out = append(out, branch)
		}
	}
	slices.Sort(out)
	return out
}

// coverTemplates makes templates note what is executed. A marker is an
// assignment, which writes nothing wherever it stands.
func coverTemplates(t testing.TB, set templates) {
	t.Helper()
	see := func(branch string) string {
		covered.Lock()
		defer covered.Unlock()
		covered.branches[branch] = true
		return ""
	}
	for _, page := range set {
		page.Funcs(template.FuncMap{"see": see})
		for _, x := range page.Templates() {
			if x.Tree != nil && !parse.IsEmptyTree(x.Tree.Root) {
				coverList(t, x.Tree, x.Tree.Root)
			}
		}
	}
}

func coverList(t testing.TB, tree *parse.Tree, list *parse.ListNode) {
	t.Helper()
	if list == nil || len(list.Nodes) == 0 {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.IfNode:
			coverList(t, tree, n.List)
			coverList(t, tree, n.ElseList)
		case *parse.RangeNode:
			coverList(t, tree, n.List)
			coverList(t, tree, n.ElseList)
		case *parse.WithNode:
			coverList(t, tree, n.List)
			coverList(t, tree, n.ElseList)
		}
	}
	at, _ := tree.ErrorContext(list.Nodes[0])
	covered.Lock()
	if _, known := covered.branches[at]; !known {
		covered.branches[at] = false
	}
	covered.Unlock()
	list.Nodes = slices.Insert(list.Nodes, 0, marker(t, at))
}

func marker(t testing.TB, branch string) parse.Node {
	t.Helper()
	trees, err := parse.Parse("marker", fmt.Sprintf("{{$_ := see %q}}", branch), "", "", map[string]any{"see": func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	return trees["marker"].Root.Nodes[0]
}
