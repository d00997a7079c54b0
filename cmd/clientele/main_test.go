package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the real program, built as it ships: these tests kill it and
// starve it, and what counts is what it leaves on the disk.
var program string

// programEnv names the program to a test that runs itself anew.
const programEnv = "CLIENTELE_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if program = os.Getenv(programEnv); program != "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "clientele-test-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "clientele")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("go build: %v\n%s", err, out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir) // a directory of the system's temporary ones
	os.Exit(code)
}

// result is what a run of the program gave.
type result struct {
	code           int
	stdout, stderr string
}

func run(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func mustRun(t *testing.T, args ...string) result {
	t.Helper()
	r := run(t, args...)
	if r.code != 0 {
		t.Fatalf("clientele %v: exit code %d\n%s", args, r.code, r.stderr)
	}
	return r
}

// report is what an import says of its first file.
type report struct {
	SHA256                                     string
	State                                      string
	Read, Loaded, Updated, Duplicate, Rejected int64
}

func (r result) report(t *testing.T) report {
	t.Helper()
	var all struct{ Files []report }
	if err := json.Unmarshal([]byte(r.stdout), &all); err != nil || len(all.Files) == 0 {
		t.Fatalf("no report: %v\n%s%s", err, r.stdout, r.stderr)
	}
	return all.Files[0]
}

// orders writes a file of so many order lines, no two files alike.
func orders(t *testing.T, path string, file, lines int) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("order,customer,time,quantity,amount,product\n")
	for i := range lines {
		fmt.Fprintf(&b, "%d-%d,c%d,2026-%02d-%02d,1,%d.%02d,product number %d\n", file, i, (i*7919+file)%5000, 1+i%9, 1+i%28, 10+i%90, i%100, i%200)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
