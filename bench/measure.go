package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// sample is what one process took.
type sample struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes resident at most
}

// run starts a process, waits for it and returns what it printed and took.
func run(ctx context.Context, program string, args ...string) ([]byte, sample, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return nil, sample{}, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, talk.Bytes())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return out.Bytes(), sample{
		Wall: wall,
		CPU:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Peak: usage.Maxrss << 10, // Linux counts in KiB
	}, nil
}

// side is one of the two of a contest: it runs once and returns its figures.
type side func(ctx context.Context) (figures map[string]string, s sample, err error)

// contest runs both sides alternately, the first to start changing from round to
// round, and checks that they found the same.
func contest(ctx context.Context, rounds int, ours, peer side) (our, their []sample, err error) {
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

// median takes each measure's own median.
func median(all []sample) sample {
	return sample{
		Wall: middle(all, func(s sample) time.Duration { return s.Wall }),
		CPU:  middle(all, func(s sample) time.Duration { return s.CPU }),
		Peak: middle(all, func(s sample) int64 { return s.Peak }),
	}
}

func middle[S any, T cmp.Ordered](all []S, of func(S) T) T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
