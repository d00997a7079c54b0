package app

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/clientele/clientele"
)

// fileError translates an error of the file system.
func fileError(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return clientele.Errorf(clientele.CodeNoSpace, "%s: the disk is full", what).
			WithHint("Free some space on that disk, then run the command again.").Because(err)
	case errors.Is(err, os.ErrNotExist):
		return clientele.Errorf(clientele.CodeNotFound, "%s", what).Because(err)
	}
	return clientele.Errorf(clientele.CodeInvalid, "%s", what).Because(err)
}

// writeSynced writes a new file and makes it durable, name included.
func writeSynced(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path)))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// makeWhole makes a directory that is there wholly or not at all: fill works
// beside it, and what it made is moved to its place at the end. CodeConflict if
// something is at path already.
func makeWhole(path string, fill func(dir string) error) error {
	if _, err := os.Lstat(path); err == nil {
		return clientele.Errorf(clientele.CodeConflict, "%s exists already", path).
			WithHint("Choose another name, or remove it first.")
	}
	parent := filepath.Dir(filepath.Clean(path))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fileError("the directory "+parent+" cannot be made", err)
	}
	dir, err := os.MkdirTemp(parent, "."+filepath.Base(path)+"-")
	if err != nil {
		return fileError("nothing can be made in "+parent, err)
	}
	err = fill(dir)
	if err == nil {
		err = fileError(path+" cannot be made", errors.Join(syncDir(dir), os.Rename(dir, path), syncDir(parent)))
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}
