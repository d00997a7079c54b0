package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
)

// result is one contest's medians.
type result struct {
	name             string
	customers, lines int64
	ours, peer       process.Sample
	limit            float64 // of our wall time over the peer's; 0: none, shown for comparison
	memoryLimit      int64   // of our peak, in bytes; 0: none
}

// ratio is our wall time over the peer's.
func (r result) ratio() float64 { return r.ours.Wall.Seconds() / r.peer.Wall.Seconds() }

func (r result) holds() bool {
	return (r.limit == 0 || r.ratio() <= r.limit) && (r.memoryLimit == 0 || r.ours.Peak < r.memoryLimit)
}

func (r result) verdict() string {
	switch {
	case r.limit == 0 || r.customers < boundFrom:
		return "no limit"
	case r.holds():
		return "holds"
	default:
		return "MISSED"
	}
}

func (r result) bound() string {
	if r.limit == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", r.limit)
}

// table shows contests as Markdown: ours before the peer's.
func table(results []result) string {
	var b strings.Builder
	b.WriteString("| customers | lines | what | wall s | peer | ratio | limit | CPU s | peer | ratio | peak MiB | peer | |\n")
	b.WriteString("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %d | %d | %s | %.2f | %.2f | **%.2f** | %s | %.2f | %.2f | %.2f | %d | %d | %s |\n",
			r.customers, r.lines, r.name, r.ours.Wall.Seconds(), r.peer.Wall.Seconds(), r.ratio(), r.bound(),
			r.ours.CPU.Seconds(), r.peer.CPU.Seconds(), r.ours.CPU.Seconds()/r.peer.CPU.Seconds(),
			r.ours.Peak>>20, r.peer.Peak>>20, r.verdict())
	}
	return b.String()
}

// growthRow shows how the model's work grows with a company.
type growthRow struct {
	customers, lines, cells int64
	read, fit, score        time.Duration // medians
}

func growthOf(c company, all []valued) growthRow {
	return growthRow{
		customers: c.truth.Customers, lines: c.truth.Lines, cells: int64(all[0].Histories),
		read:  process.Middle(all, func(v valued) time.Duration { return v.Read }),
		fit:   process.Middle(all, func(v valued) time.Duration { return v.Fit }),
		score: process.Middle(all, func(v valued) time.Duration { return v.Score }),
	}
}

// growthTable shows cells beside customers: the work is linear in cells.
func growthTable(rows []growthRow) string {
	var b strings.Builder
	b.WriteString("| customers | lines | cells | read s | fit s | score s | fit and score, µs a cell |\n")
	b.WriteString("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, g := range rows {
		fmt.Fprintf(&b, "| %d | %d | %d | %.2f | %.2f | %.2f | %.2f |\n", g.customers, g.lines, g.cells,
			g.read.Seconds(), g.fit.Seconds(), g.score.Seconds(), float64((g.fit+g.score).Microseconds())/float64(max(g.cells, 1)))
	}
	return b.String()
}
