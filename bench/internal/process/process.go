// Package process runs what a benchmark measures: every step in a process of its
// own, so that its memory is its own too.
package process

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Sample is what one process took.
type Sample struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes resident at most
}

// Limits stop a process that takes too much; zero is no limit.
type Limits struct {
	Time   time.Duration
	Memory int64 // bytes resident
}

// Stopped is the error of a process that was stopped at a limit.
type Stopped struct {
	Reason string
	After  time.Duration // the limit of time that it reached; 0: another limit
}

func (s Stopped) Error() string { return s.Reason }

// Run starts a process, waits for it and returns what it printed and took. The
// error is Stopped if it reached a limit.
func Run(ctx context.Context, l Limits, program string, args ...string) ([]byte, Sample, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd := exec.CommandContext(ctx, program, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, Sample{}, err
	}
	go l.watch(ctx, stop, cmd.Process.Pid)
	err := cmd.Wait()
	wall := time.Since(start)
	if reached, ok := errors.AsType[Stopped](context.Cause(ctx)); ok {
		return nil, Sample{}, reached
	}
	if err != nil {
		return nil, Sample{}, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, talk.Bytes())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return out.Bytes(), Sample{
		Wall: wall,
		CPU:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Peak: usage.Maxrss << 10, // Linux counts in KiB
	}, nil
}

// watch stops a process at its limits. Memory is looked at ten times a second.
func (l Limits) watch(ctx context.Context, stop context.CancelCauseFunc, pid int) {
	var expired <-chan time.Time
	if l.Time > 0 {
		expired = time.After(l.Time)
	}
	looks := time.NewTicker(100 * time.Millisecond)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-expired:
			stop(Stopped{fmt.Sprintf("did not finish in %s", l.Time), l.Time})
			return
		case <-looks.C:
			if l.Memory > 0 && resident(pid) > l.Memory {
				stop(Stopped{fmt.Sprintf("did not fit into %d MiB", l.Memory>>20), 0})
				return
			}
		}
	}
}

// resident is the memory that a process holds, 0 if that cannot be told.
func resident(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// tick is what the kernel counts the time of processes in.
const tick = 10 * time.Millisecond

// CPU is what a process that runs has taken so far, to ten milliseconds.
func CPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // after the name, which may hold anything
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat says %q", pid, text)
	}
	user, errUser := strconv.ParseInt(fields[11], 10, 64)
	system, errSystem := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(errUser, errSystem)
}

// Median takes each measure's own median.
func Median(all []Sample) Sample {
	return Sample{
		Wall: Middle(all, func(s Sample) time.Duration { return s.Wall }),
		CPU:  Middle(all, func(s Sample) time.Duration { return s.CPU }),
		Peak: Middle(all, func(s Sample) int64 { return s.Peak }),
	}
}

// Middle is the median of a measure of at least one thing.
func Middle[S any, T cmp.Ordered](all []S, of func(S) T) T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
