package app

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/klauspost/compress/zstd"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
)

// What a backup may ask for. Text that companies export shrinks to a tenth or a
// fiftieth; what grows a thousandfold is made to fill a disk.
const (
	maxGrowth    = 1000
	growthFrom   = 64 << 20 // bytes unpacked before growth is looked at
	maxSmallFile = 64 << 20 // settings and manifest
	maxEntries   = 1 << 20
	maxWindow    = 256 << 20
)

// Restore makes a book from a backup: checks every file against the manifest
// and builds the records anew. Who was erased since, by a file of tombstones
// unless that is "", is erased from it before anybody can read it. Nothing is
// at path unless all of it is sound. CodeConflict if there is something at path
// already, CodeInvalid if the file is no backup, or was cut off or changed.
func Restore(ctx context.Context, backup, tombstones, path string, w Watcher) error {
	f, err := os.Open(backup)
	if err != nil {
		return fileError("the backup cannot be read", err)
	}
	defer f.Close()
	fill := func(dir string) error {
		if err := unpack(ctx, f, dir, w); err != nil || tombstones == "" {
			return err
		}
		return layTombstones(tombstones, dir)
	}
	if err := makeWhole(path, fill); err != nil {
		return err
	}
	b, err := Open(ctx, path, w)
	if err != nil {
		return err
	}
	return b.Close()
}

// unpacker writes the files of an archive into a directory.
type unpacker struct {
	dir    string
	in     *countingReader
	out    int64 // bytes written
	sha256 map[string]string
}

// countingReader counts what is read, which the decoder does in the background.
type countingReader struct {
	io.Reader
	n atomic.Int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n.Add(int64(n))
	return n, err
}

func unpack(ctx context.Context, f *os.File, dir string, w Watcher) error {
	info, err := f.Stat()
	if err != nil {
		return fileError("the backup cannot be read", err)
	}
	if err := os.Mkdir(filepath.Join(dir, landingName), 0o700); err != nil {
		return fileError("the book cannot be made", err)
	}
	u := &unpacker{dir: dir, in: &countingReader{Reader: f}, sha256: map[string]string{}}
	z, err := zstd.NewReader(u.in, zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return notABackup(err)
	}
	defer z.Close()
	t := tar.NewReader(z)
	for ctx.Err() == nil {
		w.progress("unpacking the backup", u.in.n.Load(), info.Size())
		header, err := t.Next()
		if errors.Is(err, io.EOF) {
			return notABackup(errors.New("it was cut off before its manifest"))
		}
		if err != nil {
			return notABackup(err)
		}
		if err := u.check(header); err != nil {
			return err
		}
		if header.Name == manifestName {
			return u.compare(t)
		}
		if err := u.write(header, t); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func notABackup(why error) error {
	return clientele.Errorf(clientele.CodeInvalid, "the file is not a whole backup of a book").
		WithHint("Use a file that clientele backup wrote.").Because(why)
}

// check refuses every entry that a backup does not have: links, other names
// than a book's own, and so any path out of it, twice the same, too many, too large.
func (u *unpacker) check(h *tar.Header) error {
	landed, isLanded := strings.CutPrefix(h.Name, landingName+"/")
	known := h.Name == config.FileName || h.Name == operationsName || h.Name == manifestName || isLanded && landedName.MatchString(landed)
	_, twice := u.sha256[h.Name]
	switch {
	case h.Typeflag != tar.TypeReg:
		return notABackup(fmt.Errorf("%q is not a plain file", h.Name))
	case !known:
		return notABackup(fmt.Errorf("%q does not belong into a book", h.Name))
	case twice:
		return notABackup(fmt.Errorf("%q is in it twice", h.Name))
	case len(u.sha256) >= maxEntries:
		return notABackup(fmt.Errorf("it has more than %d files", maxEntries))
	case (h.Name == config.FileName || h.Name == manifestName) && h.Size > maxSmallFile:
		return notABackup(fmt.Errorf("%q is too large", h.Name))
	}
	return u.checkSpace(h.Size)
}

func (u *unpacker) checkSpace(size int64) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(u.dir, &fs); err != nil {
		return fileError("the disk cannot be looked at", err)
	}
	if free := int64(fs.Bavail) * int64(fs.Bsize); size > free { //nolint:unconvert // its type differs between systems
		return clientele.Errorf(clientele.CodeNoSpace, "the backup needs %d bytes more than the %d that are free", size-free, free).
			WithHint("Free some space on that disk, or restore to another.")
	}
	return nil
}

func (u *unpacker) write(h *tar.Header, body io.Reader) error {
	f, err := os.OpenFile(filepath.Join(u.dir, filepath.FromSlash(h.Name)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fileError("the book cannot be written", err)
	}
	hash := sha256.New()
	if err := u.copy(io.MultiWriter(f, hash), body); err != nil {
		return errors.Join(err, f.Close())
	}
	u.sha256[h.Name] = hex.EncodeToString(hash.Sum(nil))
	return fileError("the book cannot be written", errors.Join(f.Sync(), f.Close()))
}

// copy stops as soon as what comes out is out of proportion to what went in.
func (u *unpacker) copy(to io.Writer, body io.Reader) error {
	buffer := make([]byte, 1<<20)
	for {
		n, readErr := body.Read(buffer)
		if _, err := to.Write(buffer[:n]); err != nil {
			return fileError("the book cannot be written", err)
		}
		u.out += int64(n)
		switch {
		case errors.Is(readErr, io.EOF):
			return nil
		case readErr != nil:
			return notABackup(readErr)
		case u.out > growthFrom && u.out > maxGrowth*u.in.n.Load():
			return notABackup(fmt.Errorf("it unpacks to more than %d times its size", maxGrowth))
		}
	}
}

// compare checks what was written against the manifest.
func (u *unpacker) compare(body io.Reader) error {
	var m manifest
	if err := json.NewDecoder(body).Decode(&m); err != nil {
		return notABackup(err)
	}
	if m.Format != manifestFormat {
		return clientele.Errorf(clientele.CodeInvalid, "the backup was written by a newer version (%s)", m.Program).
			WithHint("Restore it with that version, or a later one.")
	}
	for _, name := range slices.Sorted(maps.Keys(m.SHA256)) {
		if m.SHA256[name] != u.sha256[name] {
			return notABackup(fmt.Errorf("%s is missing or was changed", name))
		}
		if err := asAccepted(name, u.sha256[name]); err != nil {
			return err
		}
	}
	if len(m.SHA256) != len(u.sha256) {
		return notABackup(errors.New("it has files that its manifest does not name"))
	}
	if err := syncDir(filepath.Join(u.dir, landingName)); err != nil {
		return fileError("the book cannot be written", err)
	}
	_, err := config.Load(filepath.Join(u.dir, config.FileName))
	return err
}
