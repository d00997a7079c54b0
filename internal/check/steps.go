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

// withoutRace are the packages that run without the race detector, each with
// the reason. All others run with it, and no package runs twice.
var withoutRace = map[string]string{
	"model": "arithmetic on values that no goroutines share; raced it takes ten times as long",
	"e2e":   "waits for a browser; the server that it talks to is raced in its own packages",
}

func raced(ctx context.Context, _ options, t *tally) error {
	packages, err := packages(ctx, func(room string) bool { return withoutRace[room] == "" })
	if err != nil {
		return err
	}
	return goTest(ctx, t, append([]string{"-race"}, packages...))
}

func unraced(ctx context.Context, o options, t *tally) error {
	if o.skipBrowser {
		if err := skipBrowserTests(t); err != nil {
			return err
		}
	}
	packages, err := packages(ctx, func(room string) bool {
		return withoutRace[room] != "" && !(room == "e2e" && o.skipBrowser)
	})
	if err != nil {
		return err
	}
	return goTest(ctx, t, packages)
}

// packages lists those whose room (the first folder of the path) is wanted.
func packages(ctx context.Context, wanted func(room string) bool) ([]string, error) {
	all, err := output(ctx, "go", "list", "./...")
	if err != nil {
		return nil, err
	}
	var chosen []string
	for _, p := range strings.Fields(all) {
		if room, _, _ := strings.Cut(shortName(p), "/"); wanted(room) {
			chosen = append(chosen, p)
		}
	}
	return chosen, nil
}

// goTest runs the tests of packages, given with any further flags, and counts them.
func goTest(ctx context.Context, t *tally, packages []string) error {
	args := append([]string{"test", "-json", "-count=1", "-timeout=20m"}, packages...)
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
		t.fail("go test", err.Error()) // never green where the go command was not
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

// scanned asks for known vulnerabilities. govulncheck -version fails exactly
// where its database does not answer: then nothing was checked, and that is said.
func scanned(ctx context.Context, _ options, t *tally) error {
	govulncheck := []string{"tool", "-modfile=tools/go.mod", "govulncheck"}
	if _, err := output(ctx, "go", append(govulncheck, "-version")...); err != nil {
		t.skip("govulncheck", "NOT CHECKED: the vulnerability database does not answer")
		return nil
	}
	verdict(ctx, t, "govulncheck", "go", append(govulncheck, "./...")...)
	return nil
}

// verdict runs a command that says by its exit whether one check passed.
func verdict(ctx context.Context, t *tally, name, command string, args ...string) {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		t.fail(name, err.Error())
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
