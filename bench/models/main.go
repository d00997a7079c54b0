// Command models measures Clientele's models beside lifetimes and pymc-marketing,
// which it installs from PyPI into virtual environments below .cache. All are given
// the same simulated transactions: day resolution, first purchases within twelve
// weeks, 39 weeks to fit and 39 more. Every step runs in a process of its own, the
// sides alternately; times are those of the step alone, memory that of its process.
//
//	go run ./bench/models                       0.1 and 1 million customers
//	go run ./bench/models -customers 10000000   other sizes
//
// Goals that are missed end it with an error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
	"github.com/clientele/clientele/bench/internal/sizes"
)

// The models that are compared.
const (
	paretoNBD = "Pareto/NBD"
	bgNBD     = "BG/NBD"
)

func main() {
	customers := flag.String("customers", "100000,1000000", "numbers of customers, separated by commas")
	rounds := flag.Int("rounds", 3, "how often each side runs")
	most := flag.Duration("limit", 10*time.Minute, "time after which a peer's step is stopped")
	memory := flag.Int64("memory", 12, "GiB above which a peer's step is stopped")
	dir := flag.String("dir", "", "where to work; a temporary folder, removed at the end, if not given")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if flag.NArg() > 0 {
		err = child(ctx, flag.Args())
	} else {
		err = bench(ctx, *customers, *rounds, process.Limits{Time: *most, Memory: *memory << 30}, *dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "models:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, customers string, rounds int, l process.Limits, dir string) error {
	dir, remove, err := sizes.Folder(dir, "clientele-models")
	if err != nil {
		return err
	}
	defer remove()
	s, err := findSides(ctx, dir, l)
	if err != nil {
		return err
	}
	if err := s.compile(ctx, filepath.Join(dir, "few")); err != nil {
		return err
	}
	fmt.Printf("%s, %s, %s/%s, %d cores, %d rounds; a peer's step has %s and %d GiB\n",
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), rounds, l.Time, l.Memory>>30)
	var missed []error
	err = sizes.Each(customers, dir, func(n int, dir string) error {
		found, err := s.measure(ctx, company{customers: n, dir: dir}, rounds)
		if err != nil {
			return err
		}
		fmt.Print("\n", found.tables())
		missed = append(missed, found.missed()...)
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(missed...)
}

// side is one of those that are compared: a program, and the arguments that come
// before those of a step.
type side struct {
	name    string
	program string
	args    []string
	limits  process.Limits
}

// sides are all of them, and the program that imports.
type sides struct {
	ours, lifetimes, pymc side
	clientele             string
	gaveUp                map[string]gaveUp // contest and peer → why
}

// peersFolder holds the peers' programs and what they need.
const peersFolder = "bench/peers/python"

func findSides(ctx context.Context, dir string, l process.Limits) (s sides, err error) {
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	s = sides{ours: side{name: "Clientele", program: self}, clientele: filepath.Join(dir, "clientele"), gaveUp: map[string]gaveUp{}}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", s.clientele, "./cmd/clientele")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return s, fmt.Errorf("building ./cmd/clientele: %w", err)
	}
	for name, into := range map[string]*side{"lifetimes": &s.lifetimes, "pymc_marketing": &s.pymc} {
		python, err := install(ctx, name)
		if err != nil {
			return s, err
		}
		*into = side{strings.ReplaceAll(name, "_", "-"), python, []string{filepath.Join(peersFolder, name+"_peer.py")}, l}
	}
	return s, nil
}

// installed is where virtual environments are made, and what their packages compile.
const installed = ".cache/peers"

// install makes a virtual environment with the packages that bench/peers/python
// lists, unless there is one with just these, and returns its interpreter.
func install(ctx context.Context, name string) (python string, err error) {
	wanted := filepath.Join(peersFolder, name+".txt")
	list, err := os.ReadFile(wanted)
	if err != nil {
		return "", fmt.Errorf("run this from the root of the repository: %w", err)
	}
	folder, err := filepath.Abs(filepath.Join(installed, name))
	if err != nil {
		return "", err
	}
	python, done := filepath.Join(folder, "bin", "python"), filepath.Join(folder, "installed.txt")
	if err := os.Setenv("PYTENSOR_FLAGS", "base_compiledir="+filepath.Join(filepath.Dir(folder), "compiled")); err != nil {
		return "", err
	}
	if held, err := os.ReadFile(done); err == nil && string(held) == string(list) {
		return python, nil
	}
	fmt.Fprintf(os.Stderr, "installing %s from PyPI into %s\n", wanted, folder)
	for _, command := range [][]string{
		{"python3", "-m", "venv", "--clear", folder},
		{python, "-m", "pip", "install", "--quiet", "--requirement", wanted},
	} {
		if talk, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("the peers cannot be installed, so there is nothing to compare with: %s: %w\n%s"+
				"Needed are Python 3.11 or 3.12 as python3, and PyPI or a mirror of it that pip is set up for", strings.Join(command, " "), err, talk)
		}
	}
	return python, os.WriteFile(done, list, 0o600)
}
