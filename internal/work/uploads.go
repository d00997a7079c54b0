package work

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/clientele/clientele"
)

// Uploads keeps files that wait for their mapping: TOKEN/file and TOKEN/name below a
// directory. The token cannot be guessed and is the only way to a file. What nobody
// imported is removed when the book is next opened and a week has passed.
type Uploads struct{ Dir string }

var tokens = regexp.MustCompile(`^[A-Z2-7]{26}$`) // what rand.Text gives

// Save streams a file to disk, for a job that is kept must find it whole, even after a
// power failure; nothing remains of one that failed. CodeInvalid if it is empty, CodeNoSpace
// if there is no room.
func (u Uploads) Save(name string, from io.Reader) (token string, size int64, err error) {
	token = rand.Text()
	dir := filepath.Join(u.Dir, token)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if _, err := write(filepath.Join(dir, "name"), strings.NewReader(name)); err != nil {
		return "", 0, diskError(err)
	}
	size, err = write(u.Path(token), from)
	if err := errors.Join(err, syncDir(dir), syncDir(u.Dir)); err != nil {
		return "", 0, diskError(err)
	}
	if size == 0 {
		return "", 0, clientele.Errorf(clientele.CodeInvalid, "%q is empty", name).WithHint("Export it again, and look whether the export has rows.")
	}
	return token, size, nil
}

// write makes a file of what it reads, and has it on the disk when it returns.
func write(path string, from io.Reader) (int64, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, from)
	return n, errors.Join(err, f.Sync(), f.Close())
}

// syncDir has a directory's names on the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// diskError tells a full disk from a defect.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return clientele.Errorf(clientele.CodeNoSpace, "there is no room for the file").WithHint("Free some space, then send it again.").Because(err)
	}
	return err
}

// Path is where an upload lies.
func (u Uploads) Path(token string) string { return filepath.Join(u.Dir, token, "file") }

// Name is the original name of an upload. CodeNotFound if there is none by that token.
func (u Uploads) Name(token string) (string, error) {
	gone := clientele.Errorf(clientele.CodeNotFound, "this file is not waiting any more").WithHint("Send it again.")
	if !tokens.MatchString(token) {
		return "", gone
	}
	b, err := os.ReadFile(filepath.Join(u.Dir, token, "name"))
	if errors.Is(err, os.ErrNotExist) {
		return "", gone.Because(err)
	}
	return string(b), err
}

// Discard removes an upload; one that is gone already is no error.
func (u Uploads) Discard(token string) error {
	if !tokens.MatchString(token) {
		return nil
	}
	return os.RemoveAll(filepath.Join(u.Dir, token))
}
