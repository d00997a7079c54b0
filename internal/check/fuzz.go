package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// target is a fuzz function and the folder of its package.
type target struct{ dir, name string }

var fuzzFunction = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// targets finds the fuzz functions of the test files below dir.
func targets(dir string) ([]target, error) {
	var found []target
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range fuzzFunction.FindAllSubmatch(text, -1) {
			found = append(found, target{filepath.Dir(path), string(m[1])})
		}
		return err
	})
	return found, err
}

// fuzzed runs every fuzz target of the repository for a bounded time. Inputs are made
// smaller with few tries only: those that are merely new, and long, would take all of it.
func fuzzed(ctx context.Context, o options, t *tally) error {
	found, err := targets(".")
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Printf("   %s %s for %s\n", f.dir, f.name, o.fuzzTime)
		args := []string{"test", "-run=^$", "-fuzz=^" + f.name + "$", "-fuzztime=" + o.fuzzTime.String(), "-fuzzminimizetime=20x", "./" + f.dir}
		out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
		if err == nil {
			t.pass()
			continue
		}
		if !endedLate(out) {
			t.fail(f.dir+" "+f.name, err.Error(), string(out))
			continue
		}
		fmt.Println("   its time ended within an input, which go test takes for a failure: once more")
		verdict(ctx, t, f.dir+" "+f.name, "go", args...)
	}
	return nil
}

// endedLate reports whether no input failed, but the time was over while one ran, on a
// busy machine: https://go.dev/issue/48591.
func endedLate(out []byte) bool {
	return bytes.Contains(out, []byte("    context deadline exceeded\n")) && !bytes.Contains(out, []byte("Failing input written to"))
}
