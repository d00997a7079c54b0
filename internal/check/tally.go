package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// tally counts what passed, failed and was skipped, and remembers the latter two
// for the summary.
type tally struct {
	out                     io.Writer
	aloud                   bool // print what tests say as they say it
	passed, failed, skipped int
	failures, skips, times  []string
}

func newTally(out io.Writer) *tally { return &tally{out: out} }

func (t *tally) pass() { t.passed++ }

// fail counts a failure, with what was printed on the way to it. The summary tells the end of
// that again: where only the end of a run is kept, it has to say why.
func (t *tally) fail(what, why, printed string) {
	t.failed++
	fmt.Fprintf(t.out, "%s   FAILED %s: %s\n", indent(printed), what, why)
	lines := strings.SplitAfter(strings.TrimRight(printed, "\n"), "\n")
	t.failures = append(t.failures, strings.TrimRight(what+": "+why+"\n"+indent(strings.Join(lines[max(0, len(lines)-toldAgain):], "")), "\n"))
}

// toldAgain is how many lines of what a failure printed stand in the summary.
const toldAgain = 40

// took notes how long a check ran.
func (t *tally) took(what string, d time.Duration) {
	took := fmt.Sprintf("%s took %s", what, d.Round(time.Second))
	t.times = append(t.times, took)
	fmt.Fprintf(t.out, "   %s\n", took)
}

func (t *tally) skip(what, why string) {
	t.skipped++
	t.skips = append(t.skips, what+": "+why)
	fmt.Fprintf(t.out, "   SKIPPED %s: %s\n", what, why)
}

// summary names what failed and what was skipped, and ends with the counts.
func (t *tally) summary() {
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(t.out, "\n%s:\n", title)
		for _, l := range lines {
			fmt.Fprintf(t.out, "  %s\n", l)
		}
	}
	section("Times", t.times)
	section("Skipped", t.skips)
	section("Failed", t.failures)
	fmt.Fprintf(t.out, "\n%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
}

// pkg is what is known of a package until its last event.
type pkg struct {
	results map[string]string           // test → pass, fail or skip
	output  map[string]*strings.Builder // test → what it printed; "" is the package itself
}

// read counts a `go test -json` stream. A test with subtests is counted through
// them, and by itself only where it failed and none of them did. A package that
// failed without a failing test (it did not build, or its process died) counts
// as one failure.
func (t *tally) read(r io.Reader) error {
	pkgs := map[string]*pkg{}
	builds := map[string]*strings.Builder{} // what the compiler said
	s := bufio.NewScanner(r)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		var e event
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			fmt.Fprintf(t.out, "   %s\n", s.Text()) // not every line of the go command is JSON
			continue
		}
		if e.Action == "build-output" {
			written(builds, e.ImportPath).WriteString(e.Output)
			continue
		}
		p := pkgs[e.Package]
		if p == nil {
			p = &pkg{map[string]string{}, map[string]*strings.Builder{}}
			pkgs[e.Package] = p
		}
		switch e.Action {
		case "output":
			written(p.output, e.Test).WriteString(e.Output)
			if t.aloud && strings.Contains(e.Output, "_test.go:") {
				fmt.Fprint(t.out, "   ", e.Output)
			}
		case "pass", "fail", "skip":
			if e.Test != "" {
				p.results[e.Test] = e.Action
				break
			}
			if b := builds[e.FailedBuild]; b != nil {
				written(p.output, "").WriteString(b.String())
			}
			t.finish(e, p)
			delete(pkgs, e.Package)
		}
	}
	return s.Err()
}

func written(m map[string]*strings.Builder, key string) *strings.Builder {
	if m[key] == nil {
		m[key] = &strings.Builder{}
	}
	return m[key]
}

// finish counts a package whose last event is e, and prints a line for it.
func (t *tally) finish(e event, p *pkg) {
	name := shortName(e.Package)
	before := *t
	failedBelow := map[string]bool{} // tests with a failed subtest
	parents := map[string]bool{}
	for test, result := range p.results {
		for up := parent(test); up != ""; up = parent(up) {
			parents[up] = true
			failedBelow[up] = failedBelow[up] || result == "fail"
		}
	}
	for _, test := range sortedKeys(p.results) {
		result := p.results[test]
		switch {
		case parents[test] && (result != "fail" || failedBelow[test]):
		case result == "pass":
			t.pass()
		case result == "skip":
			t.skip(name+" "+test, lastLine(p.output[test]))
		default:
			t.fail(name+" "+test, "failed", written(p.output, test).String())
		}
	}
	if e.Action == "fail" && t.failed == before.failed {
		t.fail(name, "failed outside its tests", written(p.output, "").String())
	}
	if e.Action != "skip" { // skip: no test files
		fmt.Fprintf(t.out, "   %-4s %-32s %6.1fs  %d passed, %d failed, %d skipped\n", e.Action, name, e.Elapsed,
			t.passed-before.passed, t.failed-before.failed, t.skipped-before.skipped)
	}
}

func parent(test string) string {
	i := strings.LastIndexByte(test, '/')
	if i < 0 {
		return ""
	}
	return test[:i]
}

// lastLine is the last line that a test itself printed, without the file it came from.
func lastLine(b *strings.Builder) string {
	if b == nil {
		return "no reason given"
	}
	last := "no reason given"
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
			continue
		}
		if _, after, ok := strings.Cut(line, ".go:"); ok {
			_, line, _ = strings.Cut(after, ": ")
		}
		last = line
	}
	return last
}

func indent(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString("      " + strings.TrimSuffix(line, "\n") + "\n")
	}
	return out.String()
}
