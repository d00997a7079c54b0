package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
)

func TestContestAlternatesAndComparesFigures(t *testing.T) {
	var order []string
	side := func(name, figure string) side {
		return func(context.Context) (map[string]string, process.Sample, error) {
			order = append(order, name)
			return map[string]string{"lines": figure}, process.Sample{Wall: time.Second}, nil
		}
	}
	if _, _, err := contest(t.Context(), 2, side("ours", "7"), side("peer", "7")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "ours peer peer ours" {
		t.Errorf("ran %s", got)
	}
	if _, _, err := contest(t.Context(), 1, side("ours", "7"), side("peer", "8")); err == nil {
		t.Error("7 lines passed for 8")
	}
}

func TestLimitsBindFromTheirSizeOn(t *testing.T) {
	slow := result{name: "import", limit: 1.5, ours: process.Sample{Wall: 2 * time.Second}, peer: process.Sample{Wall: time.Second}, customers: boundFrom - 1}
	if err := judge([]result{slow}); err != nil {
		t.Error("a small company was judged:", err)
	}
	slow.customers = boundFrom
	if judge([]result{slow}) == nil {
		t.Error("twice the peer's time passed for at most 1.5")
	}
	fat := result{name: "fit and score", limit: 1, memoryLimit: 1 << 30, ours: process.Sample{Wall: time.Second, Peak: 1 << 30}, peer: process.Sample{Wall: time.Second}, customers: boundFrom}
	if judge([]result{fat}) == nil {
		t.Error("1 GiB passed for less")
	}
}

func TestEvaluationsAreReadFromABenchmark(t *testing.T) {
	rows, err := parseEvaluations(`
BenchmarkEvaluation/Pareto/1M/2years-2             	       7	 147226206 ns/op	    399513 cells	        76.42 cpu-ns/cell	  195590 B/op	     134 allocs/op
BenchmarkEvaluation/Pareto_special/1M/2years-2     	      32	 118778746 ns/op	    399513 cells	        26.72 cpu-ns/cell	       0 B/op	       0 allocs/op
PASS`)
	if err != nil {
		t.Fatal(err)
	}
	if want := (evaluationRow{"Pareto", "1M/2years", 399513, 76.42, 26.72}); len(rows) != 1 || rows[0] != want {
		t.Errorf("read %+v", rows)
	}
	if _, err := parseEvaluations("PASS"); err == nil {
		t.Error("no measure passed for one")
	}
}
