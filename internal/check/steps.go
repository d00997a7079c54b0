package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const module = "github.com/clientele/clientele"

// browserTests is the package that drives a real browser, killTests the one that kills
// the program. Both run the program as it ships, without the race detector: what it does
// is raced in the packages that it is made of.
const (
	browserTests = module + "/e2e"
	killTests    = module + "/cmd/clientele"
)

// statistics are packages that compute and do nothing else, which the race detector makes
// five times as slow. Their own tests run twice: all of them without it, and those that are
// short with it, which pass through all of the code that works on several cores. Where
// others call them they are not raced again: see raced.
const statistics = module + "/model/..."

// longStatistics are tests of statistics that take long under the race detector and start no
// work on several cores of a kind that no other test starts.
const longStatistics = "Cohort|Covariate|Pattern|Extreme|Fuzz|Subsamples|Study|Laplace|Profile|Groceries|Regular|OneStage|PartOfTheRows"

// longest are the packages whose tests take longest. They run first, so that at the end no
// core waits for them.
var longest = []string{module + "/internal/cli", module + "/internal/app", module + "/internal/warehouse/duckdb"}

// tested runs the tests of all other packages with the race detector, and of statistics
// what is raced of them.
func tested(ctx context.Context, _ options, t *tally) error {
	all, err := output(ctx, "go", "list", "./...")
	if err != nil {
		return err
	}
	if err := goTest(ctx, t, append(raced(), racedPackages(strings.Fields(all))...)...); err != nil {
		return err
	}
	return goTest(ctx, t, "-race", "-short", "-skip="+longStatistics, statistics)
}

// racedPackages are those of all that are not run unraced, the longest first.
func racedPackages(all []string) []string {
	others := slices.DeleteFunc(slices.Clone(all), func(p string) bool {
		return slices.ContainsFunc(unracedPackages, func(pattern string) bool { return within(pattern, p) }) || slices.Contains(longest, p)
	})
	return append(slices.Clone(longest), others...)
}

// raced are the flags of a run with the race detector. Statistics, and gonum under them,
// are compiled without it: they keep nothing, and share with their callers only what they
// are given and give.
func raced() []string {
	return []string{"-race", "-gcflags=" + statistics + "=-race=false", "-gcflags=gonum.org/v1/gonum/...=-race=false"}
}

// within is true for a package that a pattern, p or p/..., names.
func within(pattern, pkg string) bool {
	root, below := strings.CutSuffix(pattern, "/...")
	return pkg == root || below && strings.HasPrefix(pkg, root+"/")
}

// unracedPackages run without the race detector, beside each other: a browser that is
// waited for leaves time for statistics. The longest are first.
var unracedPackages = []string{killTests, browserTests, module + "/model/btyd", statistics}

func unraced(ctx context.Context, _ options, t *tally) error {
	return goTest(ctx, t, unracedPackages...)
}

// soakedChecks is how many random cases a property is tried on at length; a
// common run tries 100.
const soakedChecks = 2000

// propertiesAtLength runs the packages that test properties of random values.
func propertiesAtLength(ctx context.Context, _ options, t *tally) error {
	const imports = `{{.ImportPath}}{{range .TestImports}} {{.}}{{end}}{{range .XTestImports}} {{.}}{{end}}`
	listed, err := output(ctx, "go", "list", "-f", imports, "./...")
	if err != nil {
		return err
	}
	args := []string{"-timeout=0"}
	for line := range strings.Lines(listed) {
		words := strings.Fields(line)
		if slices.Contains(words[1:], "pgregory.net/rapid") {
			args = append(args, words[0])
		}
	}
	return goTest(ctx, t, append(args, fmt.Sprintf("-rapid.checks=%d", soakedChecks))...)
}

// killsAtLength repeats the two hundred kills of a common run.
func killsAtLength(ctx context.Context, _ options, t *tally) error {
	return goTest(ctx, t, "-count=10", "-timeout=0", "-run=Killed", "./cmd/clientele")
}

// studiesAtLength runs the studies that a common run cuts short: whether intervals of
// models and of the lines of an equity movement hold the truth, whether a second optimiser
// betters a fit, and whether draws agree with a bootstrap. What they find is printed as
// they go, for it goes into docs/models.md.
func studiesAtLength(ctx context.Context, _ options, t *tally) error {
	t.aloud = true
	return goTest(ctx, t, "-timeout=0", "-run=Study|Subsamples|Bootstrap", module+"/model/btyd", module+"/model/equity", "-args", "-soak")
}

func browsed(ctx context.Context, _ options, t *tally) error { return goTest(ctx, t, browserTests) }

// goTest runs tests, and counts them.
func goTest(ctx context.Context, t *tally, args ...string) error {
	args = append([]string{"test", "-json", "-count=1", "-timeout=20m"}, args...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	failed := t.failed
	if err := t.read(stdout); err != nil {
		return fmt.Errorf("reading go test: %w", err)
	}
	if err := cmd.Wait(); err != nil && t.failed == failed {
		t.fail("go test", err.Error(), "") // never green where the go command was not
	}
	return nil
}

func linted(ctx context.Context, _ options, t *tally) error {
	verdict(ctx, t, "golangci-lint", "go", "tool", "-modfile=tools/go.mod", "golangci-lint", "run")
	return nil
}

func typed(ctx context.Context, _ options, t *tally) error {
	verdict(ctx, t, "TypeScript", "npm", "--prefix", "web", "run", "--silent", "check")
	return nil
}

// scanned asks for known vulnerabilities. govulncheck -version says when its
// database was updated, and leaves that out where the database does not answer:
// then nothing was checked, and that is said.
func scanned(ctx context.Context, _ options, t *tally) error {
	govulncheck := []string{"tool", "-modfile=tools/go.mod", "govulncheck"}
	version, err := output(ctx, "go", append(govulncheck, "-version")...)
	if err != nil {
		return err
	}
	if !strings.Contains(version, "DB updated:") {
		t.skip("govulncheck", "NOT CHECKED, its database does not answer")
		return nil
	}
	verdict(ctx, t, "govulncheck", "go", append(govulncheck, "./...")...)
	return nil
}

// verdict runs a command that says by its exit whether one check passed; what it
// printed is shown if not.
func verdict(ctx context.Context, t *tally, name, command string, args ...string) {
	out, err := exec.CommandContext(ctx, command, args...).CombinedOutput()
	if err != nil {
		t.fail(name, err.Error(), string(out))
		return
	}
	t.pass()
}

// output returns what a command prints; its error carries what it said.
func output(ctx context.Context, command string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command, args...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s %s: %w: %s", command, strings.Join(args, " "), err, exit.Stderr)
	}
	return string(out), err
}

// say runs a command whose talk people should see.
func say(ctx context.Context, w io.Writer, command string, args ...string) error {
	fmt.Fprintf(w, "   %s %s\n", command, strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Stdout, cmd.Stderr = w, w
	return cmd.Run()
}

func shortName(pkg string) string {
	if pkg == module {
		return "."
	}
	return strings.TrimPrefix(pkg, module+"/")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
