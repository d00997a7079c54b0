// Package web holds the built scripts and styles of the pages, and the lexicon that tells
// English sentiment. `make` builds them, from the TypeScript and CSS beside this file and the
// packages that package.json names, into dist/, which git ignores; a program compiled without
// them says so instead of serving pages that do not work.
package web

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"

	"github.com/clientele/clientele"
)

// dist.txt is always there, so that the program compiles before the first build.
//
//go:embed dist*
var built embed.FS

// Assets are the built files. Their names carry a hash of their content, so
// they may be kept by browsers for ever.
type Assets struct {
	files fs.FS
	names map[string]string // source name → built name
}

// Open finds the built files. CodeInternal, with what to run, if they were not built.
func Open() (*Assets, error) {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, err
	}
	return open(files)
}

func open(files fs.FS) (*Assets, error) {
	raw, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "this program was compiled without its pages").
			WithHint("Run make, which builds web/dist and the program anew.").Because(err)
	}
	a := &Assets{files: files}
	if err := json.Unmarshal(raw, &a.names); err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "web/dist/manifest.json cannot be read").WithHint("Run make clean, then make.").Because(err)
	}
	return a, nil
}

// Lexicon is the English words that tell sentiment: a word, a tab and its valence in each
// line. CodeInternal, with what to run, if it was not built.
func Lexicon() ([]byte, error) { return lexicon(built) }

func lexicon(files fs.FS) ([]byte, error) {
	words, err := fs.ReadFile(files, "dist/lexicon-en.txt")
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "this program was compiled without its lexicon").
			WithHint("Run make, which builds web/dist and the program anew.").Because(err)
	}
	return words, nil
}

// Name is the built name of a source file such as "main.css", or "" if there is none.
func (a *Assets) Name(source string) string { return a.names[source] }

// ServeHTTP serves a built file by its built name.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.FileServerFS(a.files).ServeHTTP(w, r)
}
