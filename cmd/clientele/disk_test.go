//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A full disk is a clear error; nothing that was acknowledged is lost, and the
// book works again once there is room. The test runs itself in a namespace of
// its own, where any user may mount a small disk.
func TestFullDisk(t *testing.T) {
	if os.Getenv(programEnv) == "" {
		runInNamespace(t)
		return
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	book, files := filepath.Join(disk, "book"), t.TempDir()
	mustRun(t, "init", book)
	accepted := fillDisk(t, book, files)
	if len(accepted) == 0 {
		t.Fatal("not even one file fits: the disk is too small for the test")
	}
	freeSpace(t, disk)
	mustRun(t, "verify", book)
	for _, path := range accepted {
		if r := mustRun(t, "import", book, path, "--json").report(t); r.Loaded+r.Updated+r.Rejected != 0 {
			t.Errorf("%s was accepted and is not in the book: %+v", path, r)
		}
	}
	path := filepath.Join(files, "small.csv")
	orders(t, path, 1000, 10)
	if r := mustRun(t, "import", book, path, "--json").report(t); r.Loaded != 10 {
		t.Errorf("the book does not work again: %+v", r)
	}
}

func runInNamespace(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), programEnv+"="+program)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Skipf("SKIPPED: this system lets nobody make a namespace to mount a small disk in: %v", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// fillDisk imports files until the disk is full, with ballast to reach every
// kind of lack, and returns those that were accepted.
func fillDisk(t *testing.T, book, files string) (accepted []string) {
	t.Helper()
	ballast := filepath.Join(filepath.Dir(book), "ballast")
	kept, refused := 0, 0
	for file := 0; refused < 4 && file < 40; file++ {
		path := filepath.Join(files, filepath.Base(book)+string(rune('a'+file))+".csv")
		orders(t, path, file, 3000+3000*(file%5))
		r := run(t, "import", book, path, "--json")
		switch r.code {
		case 0:
			accepted = append(accepted, path)
		case 5: // kept, and loads later
			accepted = append(accepted, path)
			kept++
		case 7:
			refused++
		default:
			t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
		}
		if r.code != 0 && !strings.Contains(r.stderr, "try: ") {
			t.Errorf("exit code %d without what to do next: %s", r.code, r.stderr)
		}
		grow(t, ballast, 120<<10)
	}
	if refused == 0 {
		t.Fatal("the disk never was full")
	}
	t.Logf("%d files accepted, %d of them not loaded for want of room, %d refused", len(accepted), kept, refused)
	return accepted
}

func grow(t *testing.T, path string, by int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return // no room for a name either
	}
	_, _ = f.Write(make([]byte, by)) // until the disk is full
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// freeSpace makes the disk larger, as a mount that somebody grew.
func freeSpace(t *testing.T, disk string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=512m"); err != nil {
		t.Fatal(err)
	}
}
