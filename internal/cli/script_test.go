package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clientele/clientele/internal/shareddata"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"clientele": func() { os.Exit(Main()) }})
}

// Each script in testdata/script is a session at the command line.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script", nil) }

// Those in testdata/shared read the real data sets, as $SHARED.
func TestScriptsOnRealData(t *testing.T) {
	dir := filepath.Dir(filepath.Dir(shareddata.Path(t, "cdnow/CDNOW_master.txt")))
	runScripts(t, "testdata/shared", func(e *testscript.Env) { e.Setenv("SHARED", dir) })
}

func runScripts(t *testing.T, dir string, setup func(*testscript.Env)) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			if setup != nil {
				setup(e)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "value": value, "lines": lines, "flip": flip, "await": await, "orders": orders, "says": says,
		},
	})
}

// exits CODE ARGS... runs clientele and checks its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits CODE ARGS...")
	}
	err := ts.Exec("clientele", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s (%v)", got, args[0], err)
	}
}

// value PATH WANT checks a value of the JSON on standard output: a.b.0.c. WANT
// is as JSON writes it, a text without its quotes, or a number within 1e-9 of it
// relatively; "~X E" is a number within E of X.
func value(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: value PATH WANT")
	}
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.UseNumber()
	var doc any
	ts.Check(d.Decode(&doc))
	for _, key := range strings.Split(args[0], ".") {
		switch at := doc.(type) {
		case map[string]any:
			v, ok := at[key]
			if !ok {
				ts.Fatalf("there is no %s in %s", key, args[0])
			}
			doc = v
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				ts.Fatalf("there is no %s in %s", key, args[0])
			}
			doc = at[i]
		default:
			ts.Fatalf("%s leads nowhere at %s", args[0], key)
		}
	}
	if same(doc, args[1]) == neg {
		ts.Fatalf("%s is %v, want %s", args[0], doc, args[1])
	}
}

func same(got any, want string) bool {
	var target, within float64
	if n, _ := fmt.Sscanf(want, "~%g %g", &target, &within); n == 2 {
		f, err := strconv.ParseFloat(fmt.Sprint(got), 64)
		return err == nil && f >= target-within && f <= target+within
	}
	text, err := json.Marshal(got)
	return err == nil && (string(text) == want || fmt.Sprint(got) == want)
}

// lines N checks how many lines standard output has.
func lines(ts *testscript.TestScript, neg bool, args []string) {
	n := 0
	for s := bufio.NewScanner(strings.NewReader(ts.ReadFile("stdout"))); s.Scan(); {
		n++
	}
	if neg || len(args) != 1 || strconv.Itoa(n) != args[0] {
		ts.Fatalf("%d lines, want %v", n, args)
	}
}

// flip GLOB OFFSET changes one bit of the only file that matches.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip GLOB OFFSET")
	}
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%d files match %s", len(found), args[0])
	}
	offset, err := strconv.Atoi(args[1])
	ts.Check(err)
	text, err := os.ReadFile(found[0])
	ts.Check(err)
	text[offset] ^= 1
	ts.Check(os.Chmod(found[0], 0o600))
	ts.Check(os.WriteFile(found[0], text, 0o600))
}

// await GLOB waits until a file is there, such as a server's socket.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await GLOB")
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if found, err := filepath.Glob(ts.MkAbs(args[0])); len(found) > 0 || err != nil {
			ts.Check(err)
			return
		}
	}
	ts.Fatalf("%s did not appear", args[0])
}

// orders FILE N writes so many order lines of 22 customers over 2025 and 2026.
func orders(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: orders FILE N")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b bytes.Buffer
	b.WriteString("order,customer,time,amount\n")
	for i := range n {
		day := time.Date(2025, 1, 1+i*37%700, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&b, "o%d,c%d,%s,%d.%02d\n", i, i*i%50, day.Format(time.DateOnly), 5+i%40, i%100)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}
