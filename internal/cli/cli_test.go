package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

func TestExitCodes(t *testing.T) {
	for code, want := range map[clientele.Code]int{
		clientele.CodeInternal: 1, clientele.CodeUsage: 2, clientele.CodeInvalid: 3, clientele.CodeNotFound: 3, clientele.CodeConflict: 3,
		clientele.CodeForbidden: 3, clientele.CodeUnbalanced: 4, clientele.CodeNotLoaded: 5, clientele.CodeBusy: 6, clientele.CodeNoSpace: 7,
		clientele.CodeUnauthenticated: 3, clientele.CodeStale: 3, clientele.CodeUnconditional: 2, clientele.CodeTooMany: 6,
	} {
		if got := exitCode(fmt.Errorf("wrapped: %w", clientele.Errorf(code, "x"))); got != want {
			t.Errorf("%s: exit code %d, want %d", code, got, want)
		}
	}
	if got := exitCode(errors.New("anything")); got != 1 {
		t.Errorf("an error without a code: %d", got)
	}
	if got := exitCode(fmt.Errorf("wrapped: %w", context.Canceled)); got != 130 {
		t.Errorf("a command that was stopped: %d", got)
	}
	if got := exitCode(nil); got != 0 {
		t.Errorf("no error: %d", got)
	}
}

func TestWorstExitCodeOfSeveralFiles(t *testing.T) {
	failed := func(code clientele.Code) importedFile { return importedFile{Error: clientele.Errorf(code, "x")} }
	for _, c := range []struct {
		files []importedFile
		want  int
	}{
		{[]importedFile{{}, {}}, 0},
		{[]importedFile{{}, failed(clientele.CodeInvalid)}, 3},
		{[]importedFile{failed(clientele.CodeNotLoaded), failed(clientele.CodeInvalid), {}}, 5},
		{[]importedFile{failed(clientele.CodeNotLoaded), failed(clientele.CodeNoSpace)}, 7},
		{[]importedFile{failed(clientele.CodeInternal), failed(clientele.CodeNoSpace)}, 1},
		{[]importedFile{failed(clientele.CodeNotFound)}, 3},
	} {
		if got := exitCode(worstImport(c.files)); got != c.want {
			t.Errorf("%d files: exit code %d, want %d", len(c.files), got, c.want)
		}
	}
}

func TestRecordsDoNotCommandATerminal(t *testing.T) {
	var out bytes.Buffer
	err := clientele.Errorf(clientele.CodeInvalid, "of \x1b[31m")
	err.Rows = []string{"line 4: \x1b]0;x\a"}
	(&command{Env: Env{Stderr: &out}}).explain(t.Context(), err)
	if text := out.String() + pad("a\x1b[2Jsegment", 20); strings.ContainsAny(text, "\x1b\a") || !strings.Contains(text, "line 4") {
		t.Errorf("%q", text)
	}
}

func TestErrorsAreExplained(t *testing.T) {
	e := clientele.Errorf(clientele.CodeInvalid, "not a date").WithHint("Write it so.").Because(errors.New("the cause"))
	e.At = clientele.Position{File: "a.csv", Line: 7, Column: "day"}
	e.Rows = []string{"line 7: x"}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		err   error
		color bool
		want  string
	}{
		{"whole", t.Context(), e, false, "error: a.csv:7: column day: not a date\n  because: the cause\n  line 7: x\n  try: Write it so.\n"},
		{"without a code", t.Context(), errors.New("oh"), false, "error: oh\n"},
		{"coloured", t.Context(), errors.New("oh"), true, "\x1b[31merror:\x1b[0m oh\n"},
		{"stopped", stopped, context.Canceled, false, "error: stopped on request\n"},
	} {
		var out bytes.Buffer
		(&command{Env: Env{Stderr: &out, Color: c.color}}).explain(c.ctx, c.err)
		if out.String() != c.want {
			t.Errorf("%s:\n%s", c.name, out.String())
		}
	}
}

// frames of a command that was cut off are an error, never a success.
func TestCutFramesAreAnError(t *testing.T) {
	var out bytes.Buffer
	env := Env{Stdout: &out, Stderr: &out}
	whole := "\x01\x00\x00\x00\x02hi\x02\x00\x00\x00\x01!\x03\x00\x00\x00\x01\x05"
	if code, err := copyFrames(env, strings.NewReader(whole)); code != 5 || err != nil || out.String() != "hi!" {
		t.Errorf("exit code %d, %v, output %q", code, err, out.String())
	}
	for n := range len(whole) {
		if _, err := copyFrames(env, strings.NewReader(whole[:n])); err == nil {
			t.Errorf("%d of %d bytes were taken for the whole", n, len(whole))
		}
	}
}
