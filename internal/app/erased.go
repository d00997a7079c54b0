package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/privacy"
)

// quiet runs f while no job runs. Files that wait to be imported would be removed with what
// is erased: CodeConflict while there are any.
func (b *Book) quiet(ctx context.Context, f func() error) error {
	imported := func() error {
		n, err := b.Store.CountUnfinished(ctx, access.ImportJob)
		if err == nil && n > 0 {
			err = clientele.Errorf(clientele.CodeConflict, "files wait to be imported: %d", n).WithHint("Wait until they are, or stop them, then try again.")
		}
		return err
	}
	if err := imported(); err != nil {
		return err
	}
	return b.Jobs.Quiet(func() error {
		if err := imported(); err != nil {
			return err
		}
		return f()
	})
}

// forgetCopies removes what lies in the book beside accepted files and may name people.
// It returns how many files waited for their mapping.
func (b *Book) forgetCopies() (uploads int, err error) {
	waiting, err := os.ReadDir(b.file(uploadsName))
	if err != nil {
		return 0, err
	}
	for _, u := range waiting {
		err = errors.Join(err, os.RemoveAll(filepath.Join(b.file(uploadsName), u.Name())))
	}
	aside, globErr := filepath.Glob(b.file(recordsName) + "*.damaged-*")
	for _, path := range aside {
		err = errors.Join(err, os.Remove(path))
	}
	return len(waiting), errors.Join(err, globErr, os.RemoveAll(b.file(workName)), os.Mkdir(b.file(workName), 0o700))
}

// layTombstones puts a file of tombstones into a book that is being restored, for the book
// to replay when it is opened first.
func layTombstones(path, dir string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fileError("the tombstones cannot be read", err)
	}
	if _, err := privacy.ReadTombstones(bytes.NewReader(text)); err != nil {
		return err
	}
	return fileError("the book cannot be written", writeSynced(filepath.Join(dir, privacy.RestoredName), text))
}
