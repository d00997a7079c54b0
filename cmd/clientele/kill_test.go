package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/warehouse"
)

const (
	kills       = 200
	shortKills  = 10 // of go test -short
	linesAFile  = 10_000
	opensWithin = 5 * time.Second // of CPU time: wall time tells of who else uses the machine
	killSeed    = 20261001
)

// An import is killed at random moments, 200 times. After each: every file that
// was acknowledged is whole, none is half there, and the book opens in time.
func TestKilledImportsLoseNothing(t *testing.T) {
	dir := t.TempDir()
	book := filepath.Join(dir, "book")
	mustRun(t, "init", book)
	n := kills
	if testing.Short() {
		n = shortKills
	}
	random := rand.New(rand.NewPCG(killSeed, 0))
	whole := timeOfImport(t, dir)
	var landed, acknowledged, slowest = 0, map[string]bool{}, time.Duration(0)
	for file, kill := 0, 0; kill < n; kill++ {
		path := filepath.Join(dir, fmt.Sprintf("%d.csv", file))
		orders(t, path, file, linesAFile)
		hash := sha256Of(t, path)
		ended := killImport(t, book, path, time.Duration(random.Int64N(int64(whole*3/2))))
		if ended {
			acknowledged[hash] = true
		}
		if kill%3 == 2 { // the process that mends is killed as well
			killImport(t, book, path, time.Duration(random.Int64N(int64(whole))))
		}
		took, held := checkBook(t, book, acknowledged)
		slowest = max(slowest, took)
		if held[hash] {
			landed++
			file++ // the next kill is of another file; one that did not land is tried again
		}
		if t.Failed() {
			t.Fatalf("after kill %d", kill+1)
		}
	}
	if slowest > opensWithin {
		t.Errorf("the book took %v of CPU time to open, want at most %v", slowest, opensWithin)
	}
	t.Logf("%d kills over %v each: %d files landed, %d acknowledged; slowest open %v", n, whole, landed, len(acknowledged), slowest)
	if r := mustRun(t, "verify", book); !strings.Contains(r.stdout, "Sound") {
		t.Errorf("verify: %s%s", r.stdout, r.stderr)
	}
}

// timeOfImport is how long an import takes here, from start to end of the process.
func timeOfImport(t *testing.T, dir string) time.Duration {
	t.Helper()
	book, path := filepath.Join(dir, "measured"), filepath.Join(dir, "measured.csv")
	mustRun(t, "init", book)
	orders(t, path, -1, linesAFile)
	mustRun(t, "verify", book) // makes the records
	start := time.Now()
	mustRun(t, "import", book, path, "--json")
	return time.Since(start)
}

// killImport starts an import and kills it after a while. It says whether the
// import was acknowledged before that.
func killImport(t *testing.T, book, path string, after time.Duration) (acknowledged bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "import", book, path, "--json")
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended
	defer timer.Stop()
	err := cmd.Wait()
	if err != nil && cmd.ProcessState.Exited() {
		t.Errorf("the import failed by itself: %v %s", err, out.String())
	}
	var done struct{ Files []struct{ State string } }
	return json.Unmarshal([]byte(out.String()), &done) == nil && len(done.Files) == 1
}

// checkBook opens the book and compares what it holds with what was
// acknowledged. It returns what opening took, unless the records had to be made anew, and
// the files that the book holds.
func checkBook(t *testing.T, path string, acknowledged map[string]bool) (took time.Duration, held map[string]bool) {
	t.Helper()
	before := spent(t)
	remade := false
	b, err := app.Open(t.Context(), path, app.Watcher{Notice: func(text string) {
		t.Log(text)
		remade = remade || strings.Contains(text, "being rebuilt") || !strings.HasSuffix(text, "and are now: 1")
	}})
	if err != nil {
		t.Fatalf("the book does not open: %v", err)
	}
	if took = spent(t) - before; remade { // it takes as long as all files that there are
		t.Logf("the records were made anew, in %v of CPU time", took)
		took = 0
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	imports, err := b.Imports(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	held = map[string]bool{}
	for _, i := range imports {
		held[i.SHA256] = true
		if i.State != "loaded" || i.Rows != linesAFile || i.Rejected != 0 {
			t.Errorf("%s is half there: %+v", i.Name, i)
		}
		if got := sha256Of(t, filepath.Join(path, "landing", i.SHA256)); got != i.SHA256 {
			t.Errorf("%s was changed: %s", i.Name, got)
		}
	}
	for hash := range acknowledged {
		if !held[hash] {
			t.Errorf("%s was acknowledged and is gone", hash)
		}
	}
	span, _, err := b.Records.Span(context.Background(), warehouse.SpanQuery{Kind: clientele.Orders})
	if err != nil || span.Lines != int64(len(imports))*linesAFile {
		t.Errorf("%d files, %d lines, want %d (%v)", len(imports), span.Lines, len(imports)*linesAFile, err)
	}
	return took, held
}

// spent is the CPU time that this process has used.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func sha256Of(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
