package ingest

import (
	"context"
	"os"
	"path/filepath"
)

// Inspect tells what a file looks like and how Import would read it. work is a
// directory for prepared copies ("" is the system's); nothing remains in it. A
// file that cannot be read at all is CodeInvalid; what merely stops an import is
// told in Problems.
func Inspect(ctx context.Context, path, work string, r Request) (Inspection, error) {
	return inspect(ctx, path, work, r, func([]string, string) (Entry, bool) { return Entry{}, false })
}

func inspect(ctx context.Context, path, work string, r Request, before recall) (Inspection, error) {
	rd, err := readFile(ctx, path, work, r, nil, before)
	if rd == nil {
		return Inspection{}, err
	}
	defer rd.close()
	info, serr := os.Stat(path)
	if serr != nil {
		return Inspection{}, openError(path, serr)
	}
	return rd.inspection(info.Size(), err), nil
}

// name is the file's name for people: without its directory or control characters.
func (r Request) name(path string) string {
	name := r.Name
	if name == "" {
		name = path
	}
	return cleanName(filepath.Base(filepath.ToSlash(name)))
}
