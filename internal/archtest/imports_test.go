package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/clientele/clientele"

// floors, from the ground up. A package imports rooms on floors below its own,
// and its own room; rooms on one floor never import each other, so what two of
// them share goes down a floor.
var floors = [][]string{
	{"."}, // the domain: the standard library only
	{"internal/expr", "internal/policy", "internal/shareddata"}, // the language of mappings; who may do what; where tests find real data
	{"model"}, // statistics, a library that anyone can import
	{"internal/warehouse", "internal/store", "internal/chart", "internal/config", "internal/spreadsheet", "web"},
	{"internal/ledger"},
	{"internal/modelling", "internal/kept", "internal/ingest", "internal/job", "internal/simulate", "internal/audit"},
	{"internal/mail"}, // what is told by mail, by jobs
	{"internal/people"},
	{"internal/httpd", "internal/privacy", "internal/event", "internal/statement", "internal/closing", "internal/contract", "internal/pack", "internal/definition", "internal/goal", "internal/journey", "internal/measure", "internal/cases", "internal/path", "internal/customer", "internal/theme", "internal/survey"}, // capabilities
	{"internal/access"}, // capabilities, each behind its permission
	{"internal/work"},   // long work that is asked for through them
	{"internal/api", "internal/ui"},
	{"internal/app"},
	{"internal/cli"},
	{"cmd"},
	{"bench", "e2e"}, // look at the whole from outside
}

// apart are rooms that no floor carries: they check the others, and import
// nothing of ours.
var apart = []string{"internal/archtest", "internal/check"}

// reserved are imports that only the packages named may have, by room or path.
var reserved = []struct {
	path   string
	users  []string
	reason string
}{
	{module + "/internal/warehouse/duckdb", []string{"internal/app", "bench"},
		"only app chooses an engine; bench measures this one beside its peers"},
	{module + "/internal/store/sqlite", []string{"internal/app"}, "only app chooses a store"},
	{"github.com/duckdb", []string{"internal/warehouse/duckdb", "bench/peers"},
		"all else asks the warehouse contract; a peer in bench is DuckDB without Clientele"},
	{"github.com/wneessen/go-mail", []string{"internal/mail"}, "all else asks mail, which sends what is told once"},
	{"modernc.org/sqlite", []string{"internal/store/sqlite"}, "all else asks the store contract"},
	{"testing", []string{"internal/warehouse/warehousetest", "internal/store/storetest", "internal/shareddata", "model/internal"},
		"only suites and helpers of tests carry the test machinery outside test files"},
}

// list is what the go command says of a package.
type list struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func (p list) path() string {
	if p.ImportPath == module {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, module+"/")
}

func packages(t *testing.T) []list {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []list
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p list
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// within says whether path is dir or lies below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// place returns the floor and room of a path of this repository.
func place(path string) (floor int, room string, ok bool) {
	for i, rooms := range floors {
		for _, r := range rooms {
			if within(path, r) {
				return i, r, true
			}
		}
	}
	return 0, "", false
}

func isApart(path string) bool {
	return slices.ContainsFunc(apart, func(room string) bool { return within(path, room) })
}

// ours returns the path of an import within this repository.
func ours(imported string) (path string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range packages(t) {
		floor, room, ok := place(p.path())
		if !ok && !isApart(p.path()) {
			t.Errorf("%s stands on no floor: give it its place in archtest's floors", p.path())
			continue
		}
		for _, imported := range p.Imports {
			path, mine := ours(imported)
			if !mine || ok && within(path, room) && room != "." {
				continue
			}
			below, _, placed := place(path)
			if !ok || !placed || below >= floor {
				t.Errorf("%s imports %s, which does not lie below it: move what they share down a floor", p.path(), path)
			}
		}
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			path, mine := ours(imported)
			if above, _, placed := place(path); mine && placed && ok && above > floor {
				t.Errorf("a test of %s imports %s, which lies above it: test that from above", p.path(), path)
			}
		}
	}
}

func TestReservedImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, r := range reserved {
			allowed := within(p.ImportPath, r.path) || slices.ContainsFunc(r.users, func(u string) bool { return within(p.path(), u) })
			if !allowed && slices.ContainsFunc(p.Imports, func(i string) bool { return within(i, r.path) }) {
				t.Errorf("%s imports %s: %s", p.path(), r.path, r.reason)
			}
		}
	}
}

func TestLibrariesStayPure(t *testing.T) {
	for _, p := range packages(t) {
		var allowed []string
		switch {
		case p.path() == ".":
		case within(p.path(), "model"):
			allowed = []string{module + "/model", "gonum.org/v1/gonum"}
		default:
			continue
		}
		for _, i := range p.Imports {
			first, _, _ := strings.Cut(i, "/")
			standard := !strings.Contains(first, ".")
			if !standard && !slices.ContainsFunc(allowed, func(a string) bool { return within(i, a) }) {
				t.Errorf("%s imports %s: it is a library that anyone can import, on %v and the standard library", p.path(), i, allowed)
			}
			if within(p.path(), "model") && !within(p.path(), "model/internal") && slices.Contains([]string{"os", "net", "net/http", "database/sql"}, i) {
				t.Errorf("%s imports %s: the statistics do no I/O", p.path(), i)
			}
		}
	}
}
