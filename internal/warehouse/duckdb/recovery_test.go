package duckdb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// sales writes a file of so many lines that do not compress, and describes it.
func sales(t testing.TB, dir string, sequence int64, rows int) warehouse.Batch {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("sales-%d.csv", sequence))
	var text strings.Builder
	text.WriteString("customer,day,amount\n")
	x := uint64(sequence)
	for range rows {
		x = x*6364136223846793005 + 1442695040888963407
		fmt.Fprintf(&text, "%016x%016x,2024-01-01,%d.25\n", x, x*x, x%1000000)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	column := func(name string, of warehouse.ColumnType) warehouse.Column {
		return warehouse.Column{Name: name, Type: of}
	}
	return warehouse.Batch{
		ID: path, Sequence: sequence, Kind: clientele.Transactions, Source: fmt.Sprint("shop ", sequence), Currency: "EUR", TimeZone: "UTC",
		Input: warehouse.Input{
			Path: path, Name: filepath.Base(path), Format: warehouse.CSV,
			Dialect: warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true},
			Columns: []warehouse.Column{column("customer", warehouse.TextColumn), column("day", warehouse.DateColumn), column("amount", warehouse.DecimalColumn)},
		},
		Mapping: warehouse.Mapping{Fields: map[string]expr.Expr{
			"customer": expr.Column{Name: "customer"}, "time": expr.Column{Name: "day"}, "amount": expr.Column{Name: "amount"},
		}},
	}
}

func expectLoaded(t testing.TB, d *DB, sequences ...int64) {
	t.Helper()
	batches, err := d.Loaded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, b := range batches {
		got = append(got, b.Sequence)
	}
	if fmt.Sprint(got) != fmt.Sprint(sequences) {
		t.Errorf("loaded %v, want %v", got, sequences)
	}
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A file may be named by a link, relative to where that lies.
func TestLinkedFile(t *testing.T) {
	dir := t.TempDir()
	d := open(t, filepath.Join(dir, "records.duckdb"))
	b := sales(t, dir, 1, 3)
	link := filepath.Join(dir, "link.csv")
	if err := os.Symlink(filepath.Base(b.Input.Path), link); err != nil {
		t.Fatal(err)
	}
	b.Input.Path = link
	if got, err := d.Load(t.Context(), b, warehouse.LoadOptions{}); err != nil || got.Loaded != 3 {
		t.Errorf("%+v %v", got, err)
	}
}

// Of several that find the instance gone, one opens it again; the others must
// not close it under that one's hands.
func TestReopenedOnce(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	reader, err := d.conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := d.reopen(ctx, nil); err != nil {
		t.Error(err)
	}
	expectLoaded(t, d)
}

// TestChild is what other tests run in a process of its own.
func TestChild(t *testing.T) {
	switch path := os.Getenv("CLIENTELE_CHILD_PATH"); os.Getenv("CLIENTELE_CHILD") {
	case "hold":
		open(t, path)
		fmt.Println("holding")
		if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err == nil {
			t.Error("nothing was to be said")
		}
	case "fill":
		fillDisk(t, path)
	case "log":
		d := open(t, path)
		mustLoad(t, d, sales(t, filepath.Dir(path), 1, 10))
		if _, err := d.db.ExecContext(t.Context(), query("batch.add"), "a word in the log", 2, "transactions", "shop", 1, 1, 0, 0, 0, nil, nil); err != nil {
			t.Fatal(err)
		}
		for {
			fmt.Println("logged")
		}
	case "die":
		d := open(t, path)
		mustLoad(t, d, sales(t, filepath.Dir(path), 1, 10))
		b := sales(t, filepath.Dir(path), 2, 200_000)
		fmt.Println("loading")
		mustLoad(t, d, b)
		for {
			fmt.Println("loaded")
		}
	}
}

func mustLoad(t testing.TB, d *DB, b warehouse.Batch) {
	t.Helper()
	if _, err := d.Load(t.Context(), b, warehouse.LoadOptions{}); err != nil {
		t.Fatal(err)
	}
}

// child runs a part of TestChild in a process of its own.
func child(t testing.TB, part, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, "-test.run=^TestChild$", "-test.v")
	c.Env = append(os.Environ(), "CLIENTELE_CHILD="+part, "CLIENTELE_CHILD_PATH="+path)
	return c
}

// await starts a child and reads until it says a word.
func await(t testing.TB, c *exec.Cmd, word string) {
	t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == word {
			return
		}
	}
	t.Fatalf("the child never said %q", word)
}

func TestBusyNamesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	holder := child(t, "hold", path)
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	await(t, holder, "holding")
	_, err = Open(t.Context(), path, Options{})
	if clientele.CodeOf(err) != clientele.CodeBusy || !strings.Contains(err.Error(), fmt.Sprintf("process %d ", holder.Process.Pid)) {
		t.Errorf("while process %d holds the file: %v", holder.Process.Pid, err)
	}
	if err := errors.Join(in.Close(), holder.Wait()); err != nil {
		t.Fatal(err)
	}
	d := open(t, path)
	if _, err := Open(t.Context(), path, Options{}); clientele.CodeOf(err) != clientele.CodeBusy {
		t.Errorf("a second time in one process: %v", err)
	}
	expectLoaded(t, d)
}

func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	c := child(t, "die", path)
	await(t, c, "loading")
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	d := open(t, path)
	expectLoaded(t, d, 1)
	mustLoad(t, d, sales(t, filepath.Dir(path), 2, 10))
	expectLoaded(t, d, 1, 2)
}

// TestFullDisk runs where a small disk can be mounted: as root, or where users may
// have namespaces of their own.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	c := child(t, "fill", filepath.Join(dir, "records.duckdb"))
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || strings.Contains(string(out), "SKIPPED") {
		t.Skip("SKIPPED: no small disk can be mounted here")
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fillDisk loads into a book on a disk that is too small for it.
func fillDisk(t *testing.T, path string) {
	input := t.TempDir()
	if err := syscall.Mount("tmpfs", filepath.Dir(path), "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	d := open(t, path)
	mustLoad(t, d, sales(t, input, 1, 10))
	big := sales(t, input, 2, 300_000)
	_, err := d.Load(t.Context(), big, warehouse.LoadOptions{})
	if clientele.CodeOf(err) != clientele.CodeNoSpace || clientele.HintOf(err) == "" {
		t.Errorf("a load larger than the disk: %v", err)
	}
	expectLoaded(t, d, 1)
	mustLoad(t, d, sales(t, input, 3, 10))
	expectLoaded(t, d, 1, 3)
	if err := syscall.Mount("tmpfs", filepath.Dir(path), "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
		t.Fatal(err)
	}
	mustLoad(t, d, big)
	expectLoaded(t, d, 1, 2, 3)
}

func TestDamagedFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "records.duckdb")
	d, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustLoad(t, d, sales(t, dir, 1, 10))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("damage", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	expectSetAside(t, path, path)
	expectLoaded(t, open(t, path))
}

// TestDamagedBlocks: the file opens, and a check finds that it cannot be read.
func TestDamagedBlocks(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "records.duckdb")
	d, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustLoad(t, d, sales(t, dir, 1, 20_000))
	if err := errors.Join(d.Check(t.Context()), d.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)/2] ^= 0xff
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	d = open(t, path)
	if err := d.Check(t.Context()); clientele.CodeOf(err) != clientele.CodeInternal || !strings.Contains(clientele.HintOf(err), "rebuild") {
		t.Errorf("a file with damaged blocks: %v", err)
	}
}

// TestDamagedLog: once the log is set aside, the file is as it was at the last checkpoint.
func TestDamagedLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	c := child(t, "log", path)
	await(t, c, "logged")
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	log, err := os.ReadFile(path + ".wal")
	if err != nil {
		t.Fatal(err)
	}
	log = bytes.Replace(log, []byte("a word in the log"), []byte("another word here"), 1)
	if err := os.WriteFile(path+".wal", log, 0o600); err != nil {
		t.Fatal(err)
	}
	expectSetAside(t, path, path+".wal")
	expectLoaded(t, open(t, path), 1)
}

func expectSetAside(t *testing.T, path, damaged string) {
	t.Helper()
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrDamaged) || clientele.HintOf(err) == "" {
		t.Fatalf("a damaged file: %v", err)
	}
	if aside, _ := filepath.Glob(damaged + ".damaged-*"); len(aside) != 1 {
		t.Errorf("set aside: %v", aside)
	}
}

// Records that another version made are thrown away, for this one to make them again.
func TestOutdatedRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.duckdb")
	for _, change := range []string{"UPDATE made_by SET rules = 'others'", "DELETE FROM made_by", "DROP TABLE made_by"} {
		d := open(t, path)
		mustLoad(t, d, sales(t, filepath.Dir(path), 1, 10))
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		d = open(t, path)
		expectLoaded(t, d, 1)
		if _, err := d.db.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		d = open(t, path)
		expectLoaded(t, d)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
