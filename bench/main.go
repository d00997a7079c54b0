// Command bench measures Clientele against DuckDB with SQL written by hand, on
// companies made up for it: importing a file, the movement of a quarter, how equity
// moved and closing the books, and fitting and scoring the purchase model. Each contest runs both sides in
// processes of their own, alternately, and reports medians of wall and CPU
// seconds and of peak memory. Both sides must give the same figures. It also shows
// what an evaluation of the likelihood costs beside its special functions. Command
// bench/models measures the models beside other packages.
//
//	go run ./bench                              0.1 and 1 million customers
//	go run ./bench -customers 100000,10000000   other sizes
//	go run ./bench canvas                       how long edits of a journey take, alone
//	go run ./bench paths                        how long it takes to observe paths, alone
//	go run ./bench survey                       how long answers to a survey take, alone
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/bench/internal/sizes"
	"github.com/clientele/clientele/bench/internal/stream"
	"github.com/clientele/clientele/internal/simulate"
)

// The company of a benchmark ends on lastDay; the movement is of its last quarter.
var (
	firstDay = clientele.MustDate("2026-07-01")
	lastDay  = clientele.MustDate("2026-09-30")
)

const lapseDays = 365

// boundFrom is the number of customers from which on the limits must hold;
// below it the start of a process weighs too much.
const boundFrom = 1_000_000

func main() {
	customers := flag.String("customers", "100000,1000000", "numbers of customers, separated by commas")
	rounds := flag.Int("rounds", 5, "how often each side runs")
	orders := flag.Float64("orders", 10, "mean orders a customer")
	dir := flag.String("dir", "", "where to work; a temporary folder, removed at the end, if not given")
	flag.Parse()
	ctx := context.Background()
	var err error
	switch {
	case flag.Arg(0) == "canvas":
		err = benchCanvas(ctx, *rounds, *dir)
	case flag.Arg(0) == "paths" && flag.NArg() == 1:
		err = benchPaths(ctx, *rounds, *dir)
	case flag.Arg(0) == "survey":
		err = benchSurvey(ctx, *dir)
	case flag.Arg(0) == "static" && flag.NArg() == 2:
		err = stream.Static(flag.Arg(1))
	case flag.NArg() > 0:
		err = child(ctx, flag.Args())
	default:
		err = bench(ctx, *customers, *rounds, *orders, *dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, customers string, rounds int, orders float64, dir string) error {
	dir, remove, err := sizes.Folder(dir, "clientele-bench")
	if err != nil {
		return err
	}
	defer remove()
	programs, err := build(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s/%s, %d cores, %d rounds\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), rounds)
	var results []result
	var growth []growthRow
	err = sizes.Each(customers, dir, func(n int, dir string) error {
		c, err := makeCompany(n, orders, dir)
		if err != nil {
			return err
		}
		r, g, err := programs.measure(ctx, c, rounds)
		results, growth = append(results, r...), append(growth, g)
		return err
	})
	if err != nil {
		return err
	}
	evaluated, err := evaluations(ctx)
	if err != nil {
		return err
	}
	drawn, err := programs.canvases(ctx, dir, rounds)
	if err != nil {
		return err
	}
	observed, err := programs.paths(ctx, dir, rounds)
	if err != nil {
		return err
	}
	fmt.Print("\n", table(results), "\n", growthTable(growth), "\n", evaluationTable(evaluated), "\n", canvasTable(drawn), "\n", observed.table())
	return errors.Join(judge(results), judgeCanvases(drawn), observed.judge())
}

// benchCanvas measures edits of a journey alone.
func benchCanvas(ctx context.Context, rounds int, dir string) error {
	return alone(ctx, dir, func(p programs, dir string) (string, error, error) {
		drawn, err := p.canvases(ctx, dir, rounds)
		return canvasTable(drawn), judgeCanvases(drawn), err
	})
}

// alone builds the programs and measures one thing, of which it shows the table.
func alone(ctx context.Context, dir string, measure func(p programs, dir string) (table string, verdict, err error)) error {
	dir, remove, err := sizes.Folder(dir, "clientele-bench")
	if err != nil {
		return err
	}
	defer remove()
	p, err := build(ctx, dir)
	if err != nil {
		return err
	}
	table, verdict, err := measure(p, dir)
	if err != nil {
		return err
	}
	fmt.Print(table)
	return verdict
}

// company is the data of one size.
type company struct {
	dir   string
	file  string // CSV
	truth simulate.Truth
}

func makeCompany(customers int, orders float64, dir string) (company, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return company{}, err
	}
	truth, files, err := simulate.Company(simulate.Config{Customers: customers, Orders: orders, To: lastDay, Lean: true}, dir)
	if err != nil {
		return company{}, err
	}
	return company{dir: dir, file: files[0].Path, truth: truth}, nil
}

// programs are the executables that the contests start.
type programs struct{ clientele, peers, self string }

func build(ctx context.Context, dir string) (programs, error) {
	self, err := os.Executable()
	if err != nil {
		return programs{}, err
	}
	p := programs{clientele: filepath.Join(dir, "clientele"), peers: filepath.Join(dir, "peers"), self: self}
	for path, pkg := range map[string]string{p.clientele: "./cmd/clientele", p.peers: "./bench/peers"} {
		cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", path, pkg)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return programs{}, fmt.Errorf("building %s: %w", pkg, err)
		}
	}
	return p, nil
}

// judge returns an error if a limit was missed where it is bound to hold.
func judge(results []result) error {
	var errs []error
	for _, r := range results {
		if r.customers >= boundFrom && !r.holds() {
			errs = append(errs, fmt.Errorf("%s missed its limit at %d customers", r.name, r.customers))
		}
	}
	return errors.Join(errs...)
}
