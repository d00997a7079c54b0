package main

import (
	"bufio"
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// server starts a server of a book and returns it with its address.
func server(t *testing.T, book string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "serve", book, "--listen", "localhost:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	at := regexp.MustCompile(`http://\S+`).FindString(line)
	if err != nil || at == "" {
		t.Fatalf("the server said %q, %v", line, err)
	}
	return cmd, at
}

// A file that came by page is imported although the server is killed: the job is
// taken up again by the next.
func TestKilledServerFinishesItsImport(t *testing.T) {
	dir := t.TempDir()
	book, path := filepath.Join(dir, "book"), filepath.Join(dir, "orders.csv")
	mustRun(t, "init", book)
	orders(t, path, 0, 300_000)
	cmd, at := server(t, book)
	upload := post(t, at+"/data/uploads", path)
	post(t, upload+"/import", "")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if r := run(t, "verify", book); strings.Contains(r.stdout, "Sound: 1") {
		t.Fatal("the import was over before the server was killed: the file is too small for the test")
	}
	next, _ := server(t, book)
	defer func() {
		_ = next.Process.Kill()
		_ = next.Wait() // it was killed
	}()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		r := mustRun(t, "verify", book)
		if strings.Contains(r.stdout, "Sound: 1 accepted file,") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the import was never finished: %s%s", r.stdout, r.stderr)
		}
	}
}

// post sends a form, with a file if there is one, and returns where it leads.
func post(t *testing.T, to, file string) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if file != "" {
		part, err := form.CreateFormFile("file", filepath.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Post(to, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		said, _ := io.ReadAll(answer.Body) // for the message only
		t.Fatalf("%s: %s\n%s", to, answer.Status, said)
	}
	leads, err := answer.Location()
	if err != nil {
		t.Fatal(err)
	}
	return leads.String()
}
