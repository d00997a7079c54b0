package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/clientele/clientele"
)

const lockName = "book.lock"

// lock is the right of one process to work on a book. The system gives it back
// when the process ends, however it ends.
type lock struct{ file *os.File }

// lockBook takes the right. CodeBusy, naming the holder, while another has it.
func lockBook(dir string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fileError("the book cannot be locked", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, busy(dir, f)
		}
		return nil, clientele.Errorf(clientele.CodeInternal, "the book cannot be locked").Because(err)
	}
	// The name is for people: a disk too full to note it does not matter.
	if f.Truncate(0) == nil {
		_, _ = fmt.Fprintf(f, "process %d (%s)\n", os.Getpid(), strings.Join(commandName(), " "))
	}
	return &lock{f}, nil
}

// commandName is the program and its command, without what they work on.
func commandName() []string {
	name := []string{filepath.Base(os.Args[0])}
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		name = append(name, os.Args[1])
	}
	return name
}

func busy(dir string, f *os.File) error {
	holder := "another process"
	b := make([]byte, 200)
	if n, _ := f.ReadAt(b, 0); n > 0 {
		holder, _, _ = strings.Cut(string(b[:n]), "\n")
	}
	return clientele.Errorf(clientele.CodeBusy, "%s holds the book %s", holder, dir).
		WithHint("Wait until it ends, or stop it, and run the command again.")
}

func (l *lock) release() error { return l.file.Close() }
