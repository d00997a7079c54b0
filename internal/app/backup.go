package app

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
)

const manifestName = "manifest.json"

// manifest ends a backup: an archive without it was cut off.
type manifest struct {
	Format  int               `json:"format"`
	Program string            `json:"program"`
	Made    time.Time         `json:"made"`
	SHA256  map[string]string `json:"sha256"` // of every other file in the archive
}

const manifestFormat = 1

// landedName matches accepted files and their notes, and nothing that is still
// on its way. Its first part is the hash.
var landedName = regexp.MustCompile(`^([0-9a-f]{64})(\.[a-z]+)*$`)

// Backup writes everything that the book cannot make again into one new file: its
// settings, accepted files and operational records. It is consistent though
// others import meanwhile, for accepted files never change and each is noted
// only once it is whole. The audit tells that it was made. CodeConflict if the file exists.
func (b *Book) Backup(ctx context.Context, path string, w Watcher) error {
	return WriteNew(path, "the backup", func(f io.Writer) error {
		if err := b.archive(ctx, f, w); err != nil {
			return err
		}
		return b.Audit.Record(ctx, "book.backed_up", "", nil, map[string]string{"file": filepath.Base(path)})
	})
}

// WriteNew writes one new file, which has its name only once it is whole. CodeConflict
// if it exists; other errors say that what is in it cannot be written.
func WriteNew(path, what string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return clientele.Errorf(clientele.CodeConflict, "%s exists already", path).WithHint("Choose another name, or remove it first.")
	}
	what += " cannot be written"
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return fileError(what, err)
	}
	defer os.Remove(f.Name()) // gone already once it has its own name
	defer f.Close()
	if err := write(f); err != nil {
		return fileErrorUnlessNamed(what, err)
	}
	return fileError(what, errors.Join(f.Sync(), os.Rename(f.Name(), path), syncDir(filepath.Dir(path))))
}

func fileErrorUnlessNamed(what string, err error) error {
	if e := (*clientele.Error)(nil); errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return err
	}
	return fileError(what, err)
}

func (b *Book) archive(ctx context.Context, f io.Writer, w Watcher) error {
	z, err := zstd.NewWriter(f)
	if err != nil {
		return err
	}
	a := &archiver{tar: tar.NewWriter(z), manifest: manifest{
		Format: manifestFormat, Program: VersionString(), Made: time.Now().UTC(), SHA256: map[string]string{},
	}}
	if err := b.addAll(ctx, a, w); err != nil {
		return errors.Join(err, z.Close())
	}
	return errors.Join(a.finish(), z.Close())
}

func (b *Book) addAll(ctx context.Context, a *archiver, w Watcher) error {
	operations := filepath.Join(b.file(workName), "backup-"+rand.Text()+".sqlite")
	defer os.Remove(operations)
	if err := b.Store.Backup(ctx, operations); err != nil {
		return err
	}
	names, err := landedNames(b.file(landingName))
	if err != nil {
		return err
	}
	if err := errors.Join(a.add(config.FileName, b.file(config.FileName)), a.add(operationsName, operations)); err != nil {
		return err
	}
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.progress("writing the backup", int64(i), int64(len(names)))
		if err := a.add(landingName+"/"+name, filepath.Join(b.file(landingName), name)); err != nil {
			return err
		}
	}
	return nil
}

type archiver struct {
	tar      *tar.Writer
	manifest manifest
}

func (a *archiver) add(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(a.tar, hash), f); err != nil {
		return err
	}
	a.manifest.SHA256[name] = hex.EncodeToString(hash.Sum(nil))
	return asAccepted(name, a.manifest.SHA256[name])
}

// asAccepted is an error if a name is that of an accepted file whose hash is another:
// its name is its hash.
func asAccepted(name, hash string) error {
	landed, ok := strings.CutPrefix(name, landingName+"/")
	if !ok || strings.HasSuffix(landed, ".json") || landed == hash {
		return nil
	}
	return clientele.Errorf(clientele.CodeInvalid, "%s has changed since it was accepted", name).
		WithHint("Restore it from an earlier backup; clientele verify tells all that is not sound.")
}

func (a *archiver) finish() error {
	body, err := json.MarshalIndent(a.manifest, "", "  ")
	if err != nil {
		return err
	}
	header := &tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(body)), ModTime: a.manifest.Made}
	if err := a.tar.WriteHeader(header); err != nil {
		return err
	}
	if _, err := a.tar.Write(body); err != nil {
		return err
	}
	return a.tar.Close()
}

// landedNames lists the accepted files with their notes. Files are looked for
// after notes, for they come before them: a file that is accepted meanwhile is
// listed with its note or not at all.
func landedNames(dir string) ([]string, error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	noted := map[string]bool{}
	for _, e := range all {
		if m := landedName.FindStringSubmatch(e.Name()); m != nil && strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
			noted[m[1]] = true
		}
	}
	if all, err = os.ReadDir(dir); err != nil {
		return nil, err
	}
	for _, e := range all {
		if m := landedName.FindStringSubmatch(e.Name()); m != nil && noted[m[1]] && !strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}
