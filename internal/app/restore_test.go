package app

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/clientele/clientele"
)

// member is one entry of an archive made for a test.
type member struct {
	header tar.Header
	body   string
}

func file(name, body string) member {
	return member{tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(body))}, body}
}

// listing is the manifest of what stands before it.
func listing(members ...member) member {
	m := manifest{Format: manifestFormat, Made: time.Unix(0, 0), SHA256: map[string]string{}}
	for _, e := range members {
		sum := sha256.Sum256([]byte(e.body))
		m.SHA256[e.header.Name] = hex.EncodeToString(sum[:])
	}
	text, _ := json.Marshal(m) // strings only
	return file(manifestName, string(text))
}

func archive(t *testing.T, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, m := range members {
		if err := w.WriteHeader(&m.header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.tar.zst")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const settingsText = "name = 'A'\n"

func TestRestoreRefusesWhatNoBackupHas(t *testing.T) {
	settings := file("book.toml", settingsText)
	hash := strings.Repeat("a", 64)
	link := func(kind byte, name, to string) member {
		return member{tar.Header{Name: name, Typeflag: kind, Linkname: to, Mode: 0o777}, ""}
	}
	for name, members := range map[string][]member{
		"path out of the book":     {settings, file("../evil", "x")},
		"path out of landing":      {settings, file("landing/../../evil", "x")},
		"absolute path":            {settings, file("/tmp/evil", "x")},
		"name not of a book":       {settings, file("landing/evil.sh", "x")},
		"lock":                     {settings, file("book.lock", "x")},
		"symbolic link":            {settings, link(tar.TypeSymlink, "landing/"+hash, "/etc/passwd")},
		"hard link":                {settings, link(tar.TypeLink, "landing/"+hash, "book.toml")},
		"directory":                {settings, link(tar.TypeDir, "landing/"+hash, "")},
		"device":                   {settings, link(tar.TypeChar, "landing/"+hash, "")},
		"same file twice":          {settings, settings, listing(settings)},
		"no manifest":              {settings},
		"changed file":             {file("book.toml", "name = 'B'\n"), listing(settings)},
		"missing file":             {settings, listing(settings, file("landing/"+hash, "x"))},
		"file beyond the manifest": {settings, file("landing/"+hash, "x"), listing(settings)},
		"file of another hash":     {settings, file("landing/"+hash, "x"), listing(settings, file("landing/"+hash, "x"))},
		"bomb":                     {settings, file("landing/"+hash, strings.Repeat("\x00", growthFrom+32<<20))},
		"large settings":           {file("book.toml", strings.Repeat("#", maxSmallFile+1))},
		"settings that are none":   {file("book.toml", "x"), listing(file("book.toml", "x"))},
		"manifest that is none":    {settings, file(manifestName, "{")},
		"later format":             {settings, file(manifestName, `{"format":99}`)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			err := Restore(t.Context(), archive(t, members...), "", filepath.Join(dir, "book"), Watcher{})
			if clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "" && name != "settings that are none" {
				t.Errorf("got %v (hint %q)", err, clientele.HintOf(err))
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestRestoreRefusesWhatIsNoArchive(t *testing.T) {
	path := archive(t, file("book.toml", settingsText), listing(file("book.toml", settingsText)))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{"empty": nil, "text": []byte("hello"), "cut": whole[:len(whole)-20]} {
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Restore(t.Context(), path, "", filepath.Join(t.TempDir(), "book"), Watcher{}); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRestoreReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := archive(t, file("book.toml", settingsText), listing(file("book.toml", settingsText)))
	if err := Restore(t.Context(), path, "", dir, Watcher{}); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("got %v", err)
	}
	if err := Restore(t.Context(), filepath.Join(dir, "none"), "", filepath.Join(dir, "book"), Watcher{}); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
