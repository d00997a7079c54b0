package app_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/privacy"
)

// TestErasingChild is what the next test runs in a process of its own.
func TestErasingChild(t *testing.T) {
	path := os.Getenv("CLIENTELE_ERASE")
	if path == "" {
		return
	}
	b, err := app.Open(t.Context(), path, app.Watcher{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("erasing")
	if _, err := b.Privacy.Erase(t.Context(), privacy.Request{IDs: newCrowd(30, 10).gone, By: "Ada"}); err != nil {
		t.Fatal(err)
	}
	fmt.Println("erased")
}

// eraseInChild begins an erasure in another process, and returns when that has come so far.
func eraseInChild(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, "-test.run=^TestErasingChild$", "-test.v")
	c.Env = append(os.Environ(), "CLIENTELE_ERASE="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "erasing" {
			return c
		}
	}
	t.Fatal("the child never began")
	return nil
}

// Wherever the process is killed, the erasure is finished at the next open or never was.
func TestErasureThatIsKilled(t *testing.T) {
	c := newCrowd(30, 10)
	b := newBook(t, t.TempDir(), settings())
	load(t, b, written(t, "orders.csv", c.orders()), ingest.Request{Kind: clientele.Transactions, Map: []string{"customer=customer"}})
	load(t, b, written(t, "answers.csv", c.answers()), ingest.Request{Kind: clientele.Feedback})
	want := told(t, b)
	closeBook(t, b)
	finished := 0
	for _, kill := range []struct {
		decided bool // wait until the erasure is decided
		after   time.Duration
	}{
		{false, 100 * time.Millisecond}, {true, 0}, {true, 3 * time.Millisecond}, {true, 30 * time.Millisecond}, {true, 200 * time.Millisecond},
	} {
		path := filepath.Join(t.TempDir(), "book")
		if err := os.CopyFS(path, os.DirFS(b.Path)); err != nil {
			t.Fatal(err)
		}
		child := eraseInChild(t, path)
		for kill.decided {
			if _, err := os.Stat(filepath.Join(path, "erasing", "plan.json")); err == nil {
				break
			}
		}
		time.Sleep(kill.after)
		_ = child.Process.Kill() // it may be done already
		_ = child.Wait()
		if survived(t, path, c, want) {
			finished++
		} else if kill.decided {
			t.Error("an erasure that was decided was not finished")
		}
	}
	if finished < 4 {
		t.Errorf("%d were finished", finished)
	}
}

// survived opens a book after a kill, and says whether the erasure was finished.
func survived(t *testing.T, path string, c *crowd, want map[string]clientele.Statement) bool {
	t.Helper()
	var notes bytes.Buffer
	b, err := app.Open(t.Context(), path, app.Watcher{Notice: func(text string) { notes.WriteString(text) }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeBook(t, b) }()
	if _, err := os.Stat(filepath.Join(path, "erasing")); err == nil {
		t.Error("what was staged is still there")
	}
	if diff := cmp.Diff(want, told(t, b)); diff != "" {
		t.Errorf("statements changed: %s (%s)", diff, notes.String())
	}
	all, err := b.Privacy.Erasures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) > 0 {
		forgotten(t, b, c)
		return true
	}
	if v, err := b.Verify(t.Context(), app.Watcher{}); err != nil || len(v.Findings) > 0 || len(holders(t, b.Path)) < 2 {
		t.Errorf("%+v, %v", v.Findings, err)
	}
	return false
}
