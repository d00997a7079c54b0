package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The limits are the 90th percentiles measured on fourteen code bases that read
// well (the design's "Style").
const (
	longestFunction = 45
	longestFile     = 400
)

// Percentiles keep what is long the exception that it may be.
func TestFunctionsAndFilesStayShort(t *testing.T) {
	var functions, lengths []int
	for _, path := range files(t) {
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, filepath.Join(root, path), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		lengths = append(lengths, set.File(f.Pos()).LineCount())
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				functions = append(functions, set.Position(fn.End()).Line-set.Position(fn.Pos()).Line+1)
			}
		}
	}
	slices.Sort(functions)
	slices.Sort(lengths)
	t.Logf("a function's median is %d lines", percentile(functions, 50))
	for _, c := range []struct {
		what       string
		got, limit int
	}{
		{"a function's 90th percentile", percentile(functions, 90), longestFunction},
		{"a file's 90th percentile", percentile(lengths, 90), longestFile},
	} {
		t.Logf("%s is %d lines, of %d", c.what, c.got, c.limit)
		if c.got > c.limit {
			t.Errorf("%s is %d lines, over %d: split what has grown", c.what, c.got, c.limit)
		}
	}
}

func percentile(sorted []int, p int) int { return sorted[len(sorted)*p/100] }
