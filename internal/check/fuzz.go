package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// function is a test or fuzz function and the folder of its package.
type function struct{ dir, name string }

// functions finds the functions of test files below dir whose names begin with prefix.
func functions(dir, prefix string) ([]function, error) {
	pattern := regexp.MustCompile(`(?m)^func (` + prefix + `[A-Z0-9_]\w*)\(\w+ \*testing\.`)
	var found []function
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
		for _, m := range pattern.FindAllSubmatch(text, -1) {
			found = append(found, function{filepath.Dir(path), string(m[1])})
		}
		return err
	})
	return found, err
}

// fuzzed runs every fuzz target of the repository for a bounded time.
func fuzzed(ctx context.Context, o options, t *tally) error {
	targets, err := functions(".", "Fuzz")
	if err != nil {
		return err
	}
	for _, f := range targets {
		fmt.Printf("   %s %s for %s\n", f.dir, f.name, o.fuzzTime)
		verdict(ctx, t, f.dir+" "+f.name, "go", "test", "-run=^$", "-fuzz=^"+f.name+"$",
			"-fuzztime="+o.fuzzTime.String(), "./"+f.dir)
	}
	return nil
}
