package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

var servedAt = regexp.MustCompile(`http://[^\s/]+`)

// Served starts a server and returns the address that it prints, its process, and how to
// end it.
func Served(ctx context.Context, program string, args ...string) (at string, pid int, stop func(), err error) {
	cmd := exec.CommandContext(ctx, program, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", 0, nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", 0, nil, err
	}
	stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() } // it was killed
	lines := bufio.NewReader(out)
	for at == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			stop()
			return "", 0, nil, fmt.Errorf("%s said no address: %w", program, err)
		}
		at = strings.TrimRight(servedAt.FindString(line), ".")
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return at, cmd.Process.Pid, stop, nil
}
