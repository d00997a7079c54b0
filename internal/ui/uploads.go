package ui

import (
	"crypto/rand"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/clientele/clientele"
)

// uploads keeps files that wait for their mapping: TOKEN/file and TOKEN/name
// below dir. The token cannot be guessed and is the only way to a file. What
// nobody imported is removed when the book is next opened and a week has passed.
type uploads struct{ dir string }

var tokens = regexp.MustCompile(`^[A-Z2-7]{26}$`) // what rand.Text gives

// save streams the file of a form to disk, for a job that is kept must find it
// whole, even after a power failure; nothing remains of one that failed.
func (u uploads) save(r *http.Request) (token string, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", clientele.Errorf(clientele.CodeUsage, "no file came with the request").WithHint("Choose a file on the data page.").Because(err)
	}
	part, err := filePart(form)
	if err != nil {
		return "", err
	}
	token = rand.Text()
	dir := filepath.Join(u.dir, token)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if _, err := write(filepath.Join(dir, "name"), strings.NewReader(fileName(part))); err != nil {
		return "", diskError(err)
	}
	n, err := write(u.path(token), part)
	if err := errors.Join(err, syncDir(dir), syncDir(u.dir)); err != nil {
		return "", diskError(err)
	}
	if n == 0 {
		return "", clientele.Errorf(clientele.CodeInvalid, "%q is empty", part.FileName()).WithHint("Export it again, and look whether the export has rows.")
	}
	return token, nil
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

// filePart finds the file among the parts of a form.
func filePart(form *multipart.Reader) (*multipart.Part, error) {
	for {
		part, err := form.NextPart()
		if err == nil && part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
		if errors.Is(err, io.EOF) || err == nil && part.FormName() == "file" {
			return nil, clientele.Errorf(clientele.CodeUsage, "no file was chosen").WithHint("Choose a file, then press Read file.")
		}
		if err != nil {
			return nil, err
		}
	}
}

// fileName is the name without the directories that some browsers and systems send.
func fileName(part *multipart.Part) string {
	name := part.FileName()
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// diskError tells a full disk from a defect.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return clientele.Errorf(clientele.CodeNoSpace, "there is no room for the file").WithHint("Free some space, then send it again.").Because(err)
	}
	return err
}

func (u uploads) path(token string) string { return filepath.Join(u.dir, token, "file") }

// name is the original name of an upload. CodeNotFound if there is none by that token.
func (u uploads) name(token string) (string, error) {
	gone := clientele.Errorf(clientele.CodeNotFound, "this file is not waiting any more").WithHint("Send it again on the data page.")
	if !tokens.MatchString(token) {
		return "", gone
	}
	b, err := os.ReadFile(filepath.Join(u.dir, token, "name"))
	if errors.Is(err, os.ErrNotExist) {
		return "", gone.Because(err)
	}
	return string(b), err
}

// discard removes an upload; one that is gone already is no error.
func (u uploads) discard(token string) error {
	if !tokens.MatchString(token) {
		return nil
	}
	return os.RemoveAll(filepath.Join(u.dir, token))
}
