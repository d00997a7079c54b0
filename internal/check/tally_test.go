package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadCountsWhatRan(t *testing.T) {
	const start = `{"Action":"start","Package":"p"}` + "\n"
	for _, c := range []struct {
		name, stream            string
		passed, failed, skipped int
	}{
		{"one of each",
			`{"Action":"pass","Package":"p","Test":"A"}` + "\n" +
				`{"Action":"fail","Package":"p","Test":"B"}` + "\n" +
				`{"Action":"skip","Package":"p","Test":"C"}` + "\n" +
				`{"Action":"fail","Package":"p"}` + "\n", 1, 1, 1},
		{"subtests count, their parent does not",
			`{"Action":"pass","Package":"p","Test":"A/x"}` + "\n" +
				`{"Action":"skip","Package":"p","Test":"A/y"}` + "\n" +
				`{"Action":"pass","Package":"p","Test":"A"}` + "\n" +
				`{"Action":"pass","Package":"p"}` + "\n", 1, 0, 1},
		{"a parent that failed with a subtest is one failure",
			`{"Action":"fail","Package":"p","Test":"A/x/1"}` + "\n" +
				`{"Action":"fail","Package":"p","Test":"A/x"}` + "\n" +
				`{"Action":"fail","Package":"p","Test":"A"}` + "\n" +
				`{"Action":"fail","Package":"p"}` + "\n", 0, 1, 0},
		{"a parent that failed by itself is a failure",
			`{"Action":"pass","Package":"p","Test":"A/x"}` + "\n" +
				`{"Action":"fail","Package":"p","Test":"A"}` + "\n" +
				`{"Action":"fail","Package":"p"}` + "\n", 1, 1, 0},
		{"a process that died is a failure",
			`{"Action":"pass","Package":"p","Test":"A"}` + "\n" +
				`{"Action":"output","Package":"p","Output":"signal: killed\n"}` + "\n" +
				`{"Action":"fail","Package":"p"}` + "\n", 1, 1, 0},
		{"a package that does not build is a failure",
			`{"ImportPath":"p [p.test]","Action":"build-output","Output":"x.go:1: oops\n"}` + "\n" +
				`{"ImportPath":"p [p.test]","Action":"build-fail"}` + "\n" +
				`{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}` + "\n", 0, 1, 0},
		{"a package without tests is nothing",
			`{"Action":"skip","Package":"p"}` + "\n", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := newTally(io.Discard)
			if err := got.read(strings.NewReader(start + c.stream)); err != nil {
				t.Fatal(err)
			}
			if got.passed != c.passed || got.failed != c.failed || got.skipped != c.skipped {
				t.Errorf("%d passed, %d failed, %d skipped; want %d, %d, %d",
					got.passed, got.failed, got.skipped, c.passed, c.failed, c.skipped)
			}
		})
	}
}

func TestSummaryEndsWithTheCounts(t *testing.T) {
	var out strings.Builder
	sum := newTally(&out)
	stream := `{"Action":"output","Package":"` + module + `/a","Test":"A","Output":"    a_test.go:3: SKIPPED: needs the data\n"}
{"Action":"skip","Package":"` + module + `/a","Test":"A"}
{"Action":"pass","Package":"` + module + `/a"}
`
	if err := sum.read(strings.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	sum.pass()
	sum.summary()
	if want := "\nSkipped:\n  a A: SKIPPED: needs the data\n\n1 passed, 0 failed, 1 skipped\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("the summary is\n%s\nwhich does not end with\n%s", out.String(), want)
	}
}

// Where only the end of a run is kept, it says why something failed.
func TestSummaryTellsWhyAgain(t *testing.T) {
	var out strings.Builder
	sum := newTally(&out)
	sum.fail("a A", "failed", strings.Repeat("talk\n", 2*toldAgain)+"a_test.go:3: 1, want 2\n")
	sum.fail("linter", "exit status 1", "")
	out.Reset()
	sum.took("test", 90*time.Second)
	sum.summary()
	got := out.String()
	if !strings.HasSuffix(got, "      a_test.go:3: 1, want 2\n  linter: exit status 1\n\n0 passed, 2 failed, 0 skipped\n") || strings.Count(got, "talk") != toldAgain-1 {
		t.Errorf("the summary is\n%s", got)
	}
	if !strings.Contains(got, "Times:\n  test took 1m30s\n") {
		t.Errorf("it does not say how long it took:\n%s", got)
	}
}

func TestFuzzTargetsAreFound(t *testing.T) {
	found, err := targets("../expr")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Error("no fuzz target in internal/expr: either they are gone or the search is broken")
	}
	for _, f := range found {
		if f.dir != "../expr" || !strings.HasPrefix(f.name, "Fuzz") {
			t.Errorf("found %v", f)
		}
	}
}

func TestATimeThatEndedLateIsNoFailure(t *testing.T) {
	for out, want := range map[string]bool{
		"--- FAIL: FuzzX (11.24s)\n    context deadline exceeded\nFAIL\n":                                              true,
		"--- FAIL: FuzzX (1.24s)\n    x_test.go:3: wrong\n    Failing input written to testdata/fuzz/FuzzX/1\nFAIL\n":  false,
		"--- FAIL: FuzzX (1.24s)\n    context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzX/1\n": false,
	} {
		if got := endedLate([]byte(out)); got != want {
			t.Errorf("%q: %v", out, got)
		}
	}
}

// A study that takes hours says what it sees as it goes.
func TestAloudPrintsWhatTestsSay(t *testing.T) {
	const said = `{"Action":"output","Package":"p","Test":"A","Output":"    a_test.go:7: so far .95\n"}` + "\n" +
		`{"Action":"output","Package":"p","Test":"A","Output":"=== RUN A\n"}` + "\n"
	for _, aloud := range []bool{false, true} {
		var out strings.Builder
		y := newTally(&out)
		y.aloud = aloud
		if err := y.read(strings.NewReader(said)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "so far .95"); got != aloud || strings.Contains(out.String(), "RUN") {
			t.Errorf("aloud %v: %q", aloud, out.String())
		}
	}
}

// Every package is tested, raced or not, and none by both runs.
func TestEveryPackageIsRacedOrNot(t *testing.T) {
	all := append([]string{module, module + "/modelling", browserTests, killTests, module + "/model/btyd", module + "/model/fit"}, longest...)
	got := racedPackages(all)
	want := append(slices.Clone(longest), module, module+"/modelling")
	if !slices.Equal(got, want) {
		t.Errorf("raced are %v, want %v", got, want)
	}
}
