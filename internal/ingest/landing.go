package ingest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Landing is the directory of accepted files: each immutable, named by its
// SHA-256, beside a SHA.json that says how it is read (SHA.KIND.json when the
// same file is also imported as a further kind). One process at a time may have
// it open.
type Landing struct {
	dir string

	mu    sync.Mutex
	list  []Entry   // as List last read them
	as    time.Time // when the directory had changed last by then
	known bool
}

// settled is how long a directory must not have changed for its time to tell: two changes
// within one tick of a file system's clock, of up to 10 ms, look like one. Until then every
// page reads the entries anew.
const settled = 100 * time.Millisecond

// Entry is what a SHA.json says.
type Entry struct {
	Sequence   int64              `json:"sequence"` // replay order, from 1
	Name       string             `json:"name"`     // original name
	SHA256     string             `json:"sha256"`
	Size       int64              `json:"size"` // bytes
	Kind       clientele.Kind     `json:"kind"`
	Source     string             `json:"source"`
	Preset     string             `json:"preset,omitempty"`
	Dialect    Layout             `json:"dialect"`
	Columns    []warehouse.Column `json:"columns"`
	Mapping    map[string]string  `json:"mapping"` // field → expression
	Attributes map[string]string  `json:"attributes,omitempty"`
	Program    string             `json:"program"` // version that accepted it
	Accepted   time.Time          `json:"accepted"`
	State      string             `json:"state"` // "landed"; whether it is loaded, the warehouse knows
	BatchID    string             `json:"batch_id"`
	Replaces   []Replaced         `json:"replaces,omitempty"` // files that people were erased from, the first first
	Before     *Before            `json:"before,omitempty"`   // how it was read before the program wrote it anew
	Check      string             `json:"check"`              // SHA-256 of the entry with an empty check

	file string // its name in landing/
}

// Replaced is an accepted file that another took the place of, for people were erased
// from it.
type Replaced struct {
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
}

// Before is how a file was read as it came. The next file of its kind is read like it.
type Before struct {
	Preset  string             `json:"preset,omitempty"`
	Dialect Layout             `json:"dialect"`
	Columns []warehouse.Column `json:"columns"`
	Mapping map[string]string  `json:"mapping"`
}

// asItCame is the entry with the reading of the file that came.
func (e Entry) asItCame() Entry {
	if b := e.Before; b != nil {
		e.Preset, e.Dialect, e.Columns, e.Mapping = b.Preset, b.Dialect, b.Columns, b.Mapping
	}
	return e
}

// replaced reports whether it took the place of a file.
func (e Entry) replaced(sha string) bool {
	return slices.ContainsFunc(e.Replaces, func(r Replaced) bool { return r.SHA256 == sha })
}

const (
	landed     = "landed"
	partPrefix = "incoming-" // of names of what is not accepted yet
	jsonSuffix = ".json"
)

// Damage is a landed file that is no longer what was accepted.
type Damage struct {
	Name   string `json:"name"` // in landing/
	Reason string `json:"reason"`
}

// OpenLanding opens the directory, making it if need be, and removes what an
// interrupted import left unacknowledged: parts, and a file whose entry is still a
// part. A file that has lost its entry is not touched.
func OpenLanding(dir string) (*Landing, error) {
	l := &Landing{dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, clientele.Errorf(clientele.CodeInvalid, "the landing directory cannot be made").Because(err)
	}
	names, err := l.names()
	if err != nil {
		return nil, err
	}
	var files, parts []string // in the order in which they go: the parts say which files
	for _, name := range names {
		if !strings.HasPrefix(name, partPrefix) {
			continue
		}
		parts = append(parts, name)
		if !strings.HasSuffix(name, jsonSuffix) {
			continue
		}
		if e, err := l.entry(name); err == nil && !noted(names, e.SHA256) {
			files = append(files, e.SHA256)
		}
	}
	for _, name := range append(files, parts...) {
		if err := removed(l.path(name)); err != nil {
			return nil, clientele.Errorf(clientele.CodeInternal, "what an interrupted import left cannot be removed").Because(err)
		}
	}
	return l, nil
}

// noted reports whether names has an entry for a file.
func noted(names []string, sha string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return isEntry(n) && strings.HasPrefix(n, sha) })
}

// isEntry reports whether a name is that of an entry: SHA.json or SHA.KIND.json.
func isEntry(name string) bool {
	sha, kind, _ := strings.Cut(strings.TrimSuffix(name, jsonSuffix), ".")
	return strings.HasSuffix(name, jsonSuffix) && isSHA(sha) && !strings.Contains(kind, ".")
}

func isSHA(name string) bool {
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == 2*sha256.Size
}

func (l *Landing) path(name string) string { return filepath.Join(l.dir, name) }

func (l *Landing) names() ([]string, error) {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "the landing directory cannot be read").Because(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

// List returns all entries by sequence, without those that Unexplained names. They are read
// anew when the directory has changed: an entry is replaced, never written to.
func (l *Landing) List() ([]Entry, error) {
	info, err := os.Stat(l.dir)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "the landing directory cannot be read").Because(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.known || !info.ModTime().Equal(l.as) {
		if l.list, err = l.read(); err != nil {
			return nil, err
		}
		l.as, l.known = info.ModTime(), time.Since(info.ModTime()) > settled
	}
	return slices.Clone(l.list), nil
}

// read reads the entries.
func (l *Landing) read() ([]Entry, error) {
	names, err := l.names()
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, name := range names {
		if !isEntry(name) {
			continue
		}
		if e, err := l.entry(name); err == nil {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return out, nil
}

// Unexplained lists accepted files whose entry is lost, and entries that cannot be
// read. Nothing of them is replayed, so the records may not be made anew without them.
func (l *Landing) Unexplained() ([]Damage, error) {
	names, err := l.names()
	if err != nil {
		return nil, err
	}
	var damage []Damage
	for _, name := range names {
		switch {
		case isEntry(name):
			if _, err := l.entry(name); err != nil {
				damage = append(damage, Damage{name, "the entry cannot be read"})
			}
		case isSHA(name) && !noted(names, name):
			damage = append(damage, Damage{name, noEntry})
		}
	}
	return damage, nil
}

const noEntry = "no SHA.json says what it is"

func (l *Landing) entry(name string) (Entry, error) {
	text, err := os.ReadFile(l.path(name))
	if err != nil {
		return Entry{}, clientele.Errorf(clientele.CodeInternal, "landing/%s cannot be read", name).Because(err)
	}
	e := Entry{file: name}
	if err := json.Unmarshal(text, &e); err != nil || !isSHA(e.SHA256) {
		return Entry{}, clientele.Errorf(clientele.CodeInvalid, "landing/%s is damaged", name).Because(err).WithHint("Restore it from a backup.")
	}
	return e, nil
}

// Open opens an accepted file for reading. CodeNotFound if it is gone.
func (l *Landing) Open(e Entry) (*os.File, error) {
	f, err := os.Open(l.path(e.SHA256))
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeNotFound, "landing/ no longer has %s", e.Name).Because(err).WithHint("Restore it from a backup.")
	}
	return f, nil
}

// Verify hashes every file anew and reports what changed, went missing or has
// no entry. progress, if not nil, gets bytes done and bytes in all.
func (l *Landing) Verify(ctx context.Context, progress func(done, total int64)) ([]Damage, error) {
	names, err := l.names()
	if err != nil {
		return nil, err
	}
	var damage []Damage
	want := map[string]bool{} // files that entries name
	var total, done int64
	for _, name := range names {
		if !isEntry(name) {
			continue
		}
		e, reason := l.verifyEntry(name)
		if reason != "" {
			damage = append(damage, Damage{name, reason})
		}
		if isSHA(e.SHA256) && !want[e.SHA256] {
			want[e.SHA256] = true
			total += e.Size
		}
	}
	for _, name := range names {
		if !isEntry(name) && !want[name] && !noted(names, name) {
			damage = append(damage, Damage{name, noEntry})
		}
	}
	for sha := range want {
		reason, err := l.damageOf(ctx, sha, func(n int) {
			if done += int64(n); progress != nil {
				progress(done, total)
			}
		})
		if err != nil {
			return nil, err
		}
		if reason != "" {
			damage = append(damage, Damage{sha, reason})
		}
	}
	slices.SortFunc(damage, func(a, b Damage) int { return strings.Compare(a.Name, b.Name) })
	return damage, nil
}

// damageOf hashes a file anew and says what is wrong with it; "" is nothing. The error
// is that of the context. progress gets how many bytes were read since the last time.
func (l *Landing) damageOf(ctx context.Context, sha string, progress func(n int)) (string, error) {
	sum := sha256.New()
	err := pass(ctx, l.path(sha), nil, func(b []byte) error {
		progress(len(b))
		_, err := sum.Write(b)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case clientele.CodeOf(err) == clientele.CodeNotFound:
		return "the file is missing", nil
	case err != nil:
		return err.Error(), nil
	case hex.EncodeToString(sum.Sum(nil)) != sha:
		return "the file has changed since it was accepted", nil
	}
	return "", nil
}

// whole is an error, with the remedy, unless every file is as it was accepted.
func (l *Landing) whole(ctx context.Context, entries []Entry) error {
	known := map[string]bool{}
	for _, e := range entries {
		if known[e.SHA256] {
			continue
		}
		known[e.SHA256] = true
		reason, err := l.damageOf(ctx, e.SHA256, func(int) {})
		if err != nil {
			return err
		}
		if reason != "" {
			return clientele.Errorf(clientele.CodeInvalid, "landing/%s (%s): %s", e.SHA256, e.Name, reason).WithHint("Restore it from a backup.")
		}
	}
	return nil
}

// verifyEntry says what is wrong with a SHA.json, to the byte; "" is nothing.
func (l *Landing) verifyEntry(name string) (Entry, string) {
	e, err := l.entry(name)
	if err != nil {
		return Entry{}, err.Error()
	}
	text, err := os.ReadFile(l.path(name))
	if err != nil {
		return e, err.Error()
	}
	if sealed, err := e.sealed(); err != nil || !bytes.Equal(sealed, text) || !strings.HasPrefix(name, e.SHA256+".") {
		return e, "the entry has changed since it was accepted"
	}
	return e, ""
}

// sealed is the entry as JSON with its check.
func (e Entry) sealed() ([]byte, error) {
	e.Check = ""
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	e.Check = hex.EncodeToString(sum[:])
	text, err = json.MarshalIndent(e, "", "  ")
	return append(text, '\n'), err
}

// incoming is a file on its way into landing.
type incoming struct {
	path   string // of the copy; of the original in a dry run
	sha    string
	size   int64
	scan   *textScan
	copied bool

	synced    chan struct{} // closed once the copy is on the disk, or could not be put there:
	syncError error
}

// receive reads a file once: it is hashed, scanned and, if keep is set, copied
// into landing/ under a name that does not count yet. The copy goes on to the
// disk while the file is being validated.
func (l *Landing) receive(ctx context.Context, path string, keep bool, progress func(done, total int64)) (*incoming, error) {
	in := &incoming{path: path, scan: new(textScan)}
	sum := sha256.New()
	takers := []func([]byte) error{
		func(b []byte) error { in.size += int64(len(b)); _, err := sum.Write(b); return err },
		func(b []byte) error { in.scan.block(b); return nil },
	}
	var out *os.File
	if keep {
		var err error
		if out, err = os.CreateTemp(l.dir, partPrefix+"*"); err != nil {
			return nil, storageError(err)
		}
		in.path, in.copied = out.Name(), true
		takers = append(takers, func(b []byte) error { _, err := out.Write(b); return err })
	}
	if err := pass(ctx, path, progress, takers...); err != nil {
		if keep {
			out.Close()
			os.Remove(out.Name())
		}
		return nil, storageError(err)
	}
	in.scan.finish()
	in.sha = hex.EncodeToString(sum.Sum(nil))
	if keep {
		in.synced = make(chan struct{})
		go func() {
			in.syncError = cmp.Or(out.Sync(), out.Close())
			close(in.synced)
		}()
	}
	return in, nil
}

// discard removes the copy unless it was accepted.
func (in *incoming) discard() {
	if in.copied {
		<-in.synced
		os.Remove(in.path)
		in.copied = false
	}
}

// accept makes a file durable with its entry: from the moment its SHA.json
// stands in the directory, the import is acknowledged.
func (l *Landing) accept(in *incoming, e *Entry) error {
	if <-in.synced; in.syncError != nil {
		return storageError(in.syncError)
	}
	entries, err := l.List()
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(entries, func(o Entry) bool { return o.SHA256 == e.SHA256 })
	e.file = e.SHA256 + jsonSuffix
	if slices.ContainsFunc(entries, func(o Entry) bool { return o.file == e.file }) {
		e.file = e.SHA256 + "." + string(e.Kind) + jsonSuffix
	}
	part, err := l.write(e)
	if err != nil {
		return err
	}
	defer os.Remove(part) // gone already once it has its own name
	if !known {
		err = l.place(in, e.SHA256)
	}
	if err == nil {
		err = l.name(part, e)
	}
	if err == nil {
		return nil
	}
	err = errors.Join(err, removed(l.path(e.file)))
	if !known {
		err = errors.Join(err, removed(l.path(e.SHA256)))
	}
	return err
}

// place gives a copy its own name. Its entry has been written before, so that a copy
// that was placed but not acknowledged can be told from one that lost its entry.
func (l *Landing) place(in *incoming, sha string) error {
	if err := os.Chmod(in.path, 0o400); err != nil {
		return storageError(err)
	}
	if err := os.Rename(in.path, l.path(sha)); err != nil {
		return storageError(err)
	}
	in.copied = false
	return l.sync()
}

// removed makes sure that a file is not there.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// put writes an entry under its name, whole or not at all.
func (l *Landing) put(e *Entry) error {
	part, err := l.write(e)
	if err != nil {
		return err
	}
	defer os.Remove(part) // gone already once it has its own name
	return l.name(part, e)
}

// write writes an entry under a name that does not count yet.
func (l *Landing) write(e *Entry) (part string, err error) {
	text, err := e.sealed()
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(l.dir, partPrefix+"*"+jsonSuffix)
	if err != nil {
		return "", storageError(err)
	}
	_, err = f.Write(text)
	if err = cmp.Or(err, f.Sync(), f.Chmod(0o600), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", storageError(err)
	}
	return f.Name(), nil
}

// name gives an entry that was written its own name.
func (l *Landing) name(part string, e *Entry) error {
	if err := os.Rename(part, l.path(e.file)); err != nil {
		return storageError(err)
	}
	return l.sync()
}

// sync makes the directory's names durable.
func (l *Landing) sync() error {
	d, err := os.Open(l.dir)
	if err != nil {
		return err
	}
	return storageError(cmp.Or(d.Sync(), d.Close()))
}

// next is the sequence of the next file.
func (l *Landing) next() (int64, error) {
	entries, err := l.List()
	if err != nil || len(entries) == 0 {
		return 1, err
	}
	return entries[len(entries)-1].Sequence + 1, nil
}

// cleanName makes an original name fit to be shown and kept.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	return shorten(name, 255)
}
