// Command check runs everything that `make test` promises, one check after the
// other, and counts it: every test that ran, every fuzz target, every linter
// run. What could not be checked is counted as skipped and named, never as
// passed. The last line is always "N passed, N failed, N skipped".
//
//	go run ./internal/check                  everything
//	go run ./internal/check lint fuzz        some of it
//	go run ./internal/check -fuzz 10m fuzz   for longer
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A check is one part of make test. It reports into the tally and goes on after
// a failure; an error means that nothing after it makes sense.
type check struct {
	name string
	run  func(context.Context, options, *tally) error
}

// options are what the command line and the environment ask for.
type options struct {
	fuzzTime    time.Duration
	skipBrowser bool
}

// checks are in the order in which they run: what stops everything first, then
// what people wait for most.
var checks = []check{
	{"browser", findBrowser},
	{"lint", linted},
	{"types", typed},
	{"test", tested},
	{"unraced", unraced},
	{"api", apiProbed},
	{"fuzz", fuzzed},
	{"vulnerabilities", scanned},
}

// campaigns are too long for every change; make soak runs them. Pages are part of unraced,
// and here by themselves.
var campaigns = []check{
	{"pages", browsed},
	{"properties", propertiesAtLength},
	{"kills", killsAtLength},
	{"studies", studiesAtLength},
}

func main() {
	o := options{skipBrowser: os.Getenv("SKIP_BROWSER") == "1"}
	flag.DurationVar(&o.fuzzTime, "fuzz", 3*time.Second, "how long each fuzz target runs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	chosen, err := choose(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if os.Getenv("CI") == "true" {
		// A run that decides may not skip the real data.
		if err := os.Setenv("CLIENTELE_REQUIRE_SHARED", "1"); err != nil {
			panic(err)
		}
	}
	t := newTally(os.Stdout)
	for _, c := range chosen {
		if err := timed(ctx, c, o, t); err != nil {
			t.fail(c.name, err.Error(), "")
			break
		}
	}
	stop()
	t.summary()
	if t.failed > 0 {
		os.Exit(1)
	}
}

func timed(ctx context.Context, c check, o options, t *tally) error {
	start := time.Now()
	fmt.Printf("== %s\n", c.name)
	err := c.run(ctx, o, t)
	t.took(c.name, time.Since(start))
	return err
}

// choose returns the checks and campaigns named; for no names, every check.
func choose(names []string) ([]check, error) {
	if len(names) == 0 {
		return checks, nil
	}
	all := append(slices.Clone(checks), campaigns...)
	var chosen []check
	for _, name := range names {
		i := slices.IndexFunc(all, func(c check) bool { return c.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no check is called %q; there are %s", name, strings.Join(namesOf(all), ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func namesOf(all []check) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.name)
	}
	return names
}
