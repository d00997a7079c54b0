package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// evaluationRow is one evaluation of a likelihood with its derivatives: CPU
// nanoseconds a cell, beside those of its special functions alone.
type evaluationRow struct {
	model, base    string
	cells          int64
	whole, special float64
}

// evaluations runs the benchmark of the library that measures them.
func evaluations(ctx context.Context) ([]evaluationRow, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=^BenchmarkEvaluation$", "./model/btyd").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("the benchmark of evaluations: %w\n%s", err, out)
	}
	return parseEvaluations(string(out))
}

// measuredLine is a line such as
//
//	BenchmarkEvaluation/BG_special/1M/2years-2  10  114 ns/op  399513 cells  26.7 cpu-ns/cell …
var measuredLine = regexp.MustCompile(`(?m)^BenchmarkEvaluation/(\w+?)(_special)?/(\S+?)(?:-\d+)?\s.*?(\d+) cells\s+([0-9.]+) cpu-ns/cell`)

func parseEvaluations(out string) ([]evaluationRow, error) {
	var rows []evaluationRow
	for _, m := range measuredLine.FindAllStringSubmatch(out, -1) {
		cells, errCells := strconv.ParseInt(m[4], 10, 64)
		ns, errNs := strconv.ParseFloat(m[5], 64)
		if errCells != nil || errNs != nil {
			return nil, fmt.Errorf("not a measure: %s", m[0])
		}
		if m[2] == "" {
			rows = append(rows, evaluationRow{model: m[1], base: m[3], cells: cells, whole: ns})
		} else if last := len(rows) - 1; last >= 0 && rows[last].model == m[1] {
			rows[last].special = ns
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("the benchmark of evaluations measured nothing:\n%s", out)
	}
	return rows, nil
}

func evaluationTable(rows []evaluationRow) string {
	var b strings.Builder
	b.WriteString("| likelihood and derivatives | customers | cells | CPU ns a cell | its special functions alone | ratio |\n")
	b.WriteString("| --- | --- | ---: | ---: | ---: | ---: |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s/NBD | %s | %d | %.1f | %.1f | %.1f |\n", r.model, r.base, r.cells, r.whole, r.special, r.whole/r.special)
	}
	return b.String()
}
