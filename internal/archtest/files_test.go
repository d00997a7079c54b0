package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// built are folders that hold nothing of ours: .gitignore names them.
var built = []string{".git", "bin", "demo-book", "web/dist", "web/node_modules", ".cache", ".tools"}

// files lists what the repository keeps, by path from its root.
func files(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if d.IsDir() && slices.Contains(built, rel) {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	says := map[string]bool{} // folder → whether one of its files has the comment
	for _, path := range files(t) {
		if filepath.Ext(path) != ".go" {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, read(t, path), parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		doc := f.Doc.Text()
		says[filepath.Dir(path)] = says[filepath.Dir(path)] || strings.HasPrefix(doc, "Package ") || strings.HasPrefix(doc, "Command ")
	}
	for folder, ok := range says {
		if !ok {
			t.Errorf("%s has no package comment that begins with Package or Command", folder)
		}
	}
}

// Third parties' code and fonts come from their registries when the program is built.
func TestNothingOfThirdPartiesIsKept(t *testing.T) {
	foreign := regexp.MustCompile(`(^|/)(vendor|node_modules|third_party)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|so|a|dll|wasm)$|(^|/)(htmx|echarts)[^/]*\.js$`)
	for _, path := range files(t) {
		if foreign.MatchString(path) {
			t.Errorf("%s looks like a file of third parties: require it in go.mod or web/package.json", path)
		}
		switch filepath.Ext(path) {
		case ".js", ".ts", ".css":
			for line := range strings.Lines(read(t, path)) {
				if len(line) > 1000 {
					t.Errorf("%s has a line of %d bytes, as minified code of third parties has", path, len(line))
				}
			}
		}
	}
}

// Lock files that name where a package was fetched from tie the build to that place.
func TestLockFilesNameNoRegistry(t *testing.T) {
	for _, path := range files(t) {
		if filepath.Base(path) == "package-lock.json" && strings.Contains(read(t, path), `"resolved"`) {
			t.Errorf("%s names a registry: set omit-lockfile-registry-resolved in .npmrc and write it again", path)
		}
	}
}

func TestQueriesAreNamedAndUsed(t *testing.T) {
	query := regexp.MustCompile(`^[a-z][a-z_]*\.[a-z][a-z_]*\.sql$`)
	migration := regexp.MustCompile(`^[0-9]{4}_[a-z0-9_]+\.sql$`)
	for _, path := range files(t) {
		if filepath.Ext(path) != ".sql" || strings.Contains(path, "testdata/") {
			continue
		}
		name, folder := filepath.Base(path), filepath.Base(filepath.Dir(path))
		switch {
		case folder == "queries" && query.MatchString(name):
			if !mentioned(t, path, strings.TrimSuffix(name, ".sql")) {
				t.Errorf("nothing in the room of %s mentions it: use it or delete it", path)
			}
		case folder == "migrations" && migration.MatchString(name):
		default:
			t.Errorf("%s is neither queries/entity.verb.sql nor migrations/0001_what.sql", path)
		}
	}
}

// mentioned says whether Go, or another query, of a query's room names it.
func mentioned(t *testing.T, path, name string) bool {
	t.Helper()
	_, room, _ := place(path)
	return slices.ContainsFunc(files(t), func(other string) bool {
		code := filepath.Ext(other) == ".go" || filepath.Ext(other) == ".sql"
		return code && other != path && within(other, room) && strings.Contains(read(t, other), name)
	})
}

// A document that names a test as its evidence names one that there is.
func TestTestsThatDocumentsNameExist(t *testing.T) {
	named, declared := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`"), regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9_]+)\(`)
	there := map[string]bool{}
	for _, path := range files(t) {
		if strings.HasSuffix(path, "_test.go") {
			for _, m := range declared.FindAllStringSubmatch(read(t, path), -1) {
				there[m[1]] = true
			}
		}
	}
	for _, path := range files(t) {
		if filepath.Ext(path) != ".md" {
			continue
		}
		for _, m := range named.FindAllStringSubmatch(read(t, path), -1) {
			if !there[m[1]] {
				t.Errorf("%s names %s, which there is not", path, m[1])
			}
		}
	}
}
