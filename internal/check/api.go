package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// proberFolder holds the prober's virtual environment, and proberWants what is in it.
const (
	proberFolder = ".cache/schemathesis"
	proberWants  = "internal/check/schemathesis.txt"
)

// probed is how long the API is probed.
const probed = 45 * time.Second

// apiProbed drives the API of a demo book from its own description: nothing that is sent may
// end in a defect, and every answer has to be what the description says. Where the prober
// cannot be had, nothing was checked, and that is said.
func apiProbed(ctx context.Context, _ options, t *tally) error {
	prober, err := proberAt(ctx)
	if err != nil {
		t.skip("schemathesis", "NOT CHECKED, it cannot be installed from PyPI: "+err.Error())
		return nil
	}
	dir, err := os.MkdirTemp("", "clientele-api-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, book := filepath.Join(dir, "clientele"), filepath.Join(dir, "book")
	if err := say(ctx, os.Stdout, "go", "build", "-o", program, "./cmd/clientele"); err != nil {
		return err
	}
	if _, err := output(ctx, program, "demo", "--customers", "500", "--book", book); err != nil {
		return err
	}
	var log bytes.Buffer
	site, stop, err := servedBook(ctx, program, book, &log)
	if err != nil {
		return err
	}
	defer stop()
	token, err := proberToken(ctx, site)
	if err != nil {
		return err
	}
	// What is right by its type may still be wrong by its meaning, and is refused: that is no
	// fault. Who asks without a token too often is told so, rather than who they are not. And
	// the prober may not take its own token away.
	out, err := exec.CommandContext(ctx, prober, "run", site+"/api/v1/openapi.json", "--header", "Authorization: Bearer "+token, "--max-time", fmt.Sprint(int(probed.Seconds())),
		"--exclude-checks", "positive_data_acceptance,missing_required_header", "--exclude-path-regex", "/tokens/", "--workers", "2", "--seed", "1",
		"--warnings", "off", "--no-color").CombinedOutput()
	if err != nil {
		stop() // log is whole from here on
		t.fail("schemathesis", err.Error(), string(out)+"\n"+string(bytes.Join(defects.FindAll(log.Bytes(), -1), []byte("\n"))))
		return nil
	}
	fmt.Printf("   %s\n", bytes.TrimSpace(proberSent.Find(out)))
	t.pass()
	return nil
}

// defects are what the server says of its own faults.
var defects = regexp.MustCompile(`(?m)^.*level=(?:ERROR|WARN).*$`)

// proberSent is the line in which the prober says how much it sent.
var proberSent = regexp.MustCompile(`.*generated.*`)

// proberAt is the prober, installed unless it is there as it is wanted.
func proberAt(ctx context.Context) (string, error) {
	wanted, err := os.ReadFile(proberWants)
	if err != nil {
		return "", err
	}
	prober, has := filepath.Join(proberFolder, "bin", "schemathesis"), filepath.Join(proberFolder, "installed.txt")
	if installed, err := os.ReadFile(has); err == nil && bytes.Equal(installed, wanted) {
		return prober, nil
	}
	for _, command := range [][]string{
		{"python3", "-m", "venv", "--clear", proberFolder},
		{filepath.Join(proberFolder, "bin", "python"), "-m", "pip", "install", "--quiet", "--requirement", proberWants},
	} {
		if _, err := output(ctx, command[0], command[1:]...); err != nil {
			return "", err
		}
	}
	return prober, os.WriteFile(has, wanted, 0o600)
}

var servedAt = regexp.MustCompile(`http://localhost:[0-9]+`)

// servedBook serves a book at a free port until stop is called, and logs to log.
func servedBook(ctx context.Context, program, book string, log io.Writer) (site string, stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	server := exec.CommandContext(ctx, program, "serve", book, "--listen", "localhost:0")
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	server.WaitDelay = 20 * time.Second
	server.Stderr = log
	stdout, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	stop = func() {
		cancel()
		_ = server.Wait() // it was told to stop
	}
	if err != nil {
		cancel()
		return "", nil, err
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if site = servedAt.FindString(lines.Text()); site != "" {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return site, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("the server did not say where it is")
}

// proberToken makes a token that may do what an administrator, a lead and an analyst may,
// and then an account, from which on a token is needed.
func proberToken(ctx context.Context, site string) (string, error) {
	var me struct{ Permissions []string }
	if err := called(ctx, http.MethodGet, site+"/api/v1/me", nil, &me); err != nil {
		return "", err
	}
	var token struct{ Secret string }
	err := called(ctx, http.MethodPost, site+"/api/v1/tokens", map[string]any{
		"name": "prober", "days": 1, "service": true, "roles": []string{"administrator", "lead", "analyst"}, "scopes": me.Permissions,
	}, &token)
	if err != nil {
		return "", err
	}
	return token.Secret, called(ctx, http.MethodPost, site+"/api/v1/people", map[string]any{
		"name": "Ada", "email": "ada@example.com", "roles": []string{"administrator"},
	}, nil)
}

// called sends JSON and reads the answer.
func called(ctx context.Context, method, url string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", method, url, answer.Status, strings.TrimSpace(string(text)))
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	return err
}
