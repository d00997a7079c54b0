package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
)

// run starts a process without limits.
func run(ctx context.Context, program string, args ...string) ([]byte, process.Sample, error) {
	return process.Run(ctx, process.Limits{}, program, args...)
}

// side is one of the two of a contest: it runs once and returns its figures.
type side func(ctx context.Context) (figures map[string]string, s process.Sample, err error)

// contest runs both sides alternately, the first to start changing from round to
// round, and checks that they found the same.
func contest(ctx context.Context, rounds int, ours, peer side) (our, their []process.Sample, err error) {
	for round := range rounds {
		var found [2]map[string]string
		for turn := range 2 {
			who := (round + turn) % 2
			figures, s, err := []side{ours, peer}[who](ctx)
			if err != nil {
				return nil, nil, err
			}
			found[who] = figures
			if who == 0 {
				our = append(our, s)
			} else {
				their = append(their, s)
			}
		}
		if err := same(found[0], found[1]); err != nil {
			return nil, nil, err
		}
		fmt.Fprintf(os.Stderr, "  round %d: %s, peer %s\n", round+1, our[round].Wall.Round(time.Millisecond), their[round].Wall.Round(time.Millisecond))
	}
	return our, their, nil
}

// same compares figures by name: whatever the peer found, ours must be.
func same(ours, theirs map[string]string) error {
	if len(theirs) == 0 {
		return fmt.Errorf("the peer found nothing to compare")
	}
	for name, value := range theirs {
		if ours[name] != value {
			return fmt.Errorf("%s is %q, and %q by the peer", name, ours[name], value)
		}
	}
	return nil
}
