package people

import (
	"bufio"
	"bytes"
	"crypto/sha1" // what the lists of breached passwords are by
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/clientele/clientele"
)

// minBreachedHex is how much of a hash a line has at least; shorter ones would tell of passwords that nobody breached.
const minBreachedHex = 16

// breached reports whether the file of breached passwords has one. Without a file none is.
func (s *Service) breached(password string) (bool, error) {
	if s.o.Breached == "" {
		return false, nil
	}
	f, err := os.Open(s.o.Breached)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, unreadable(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, unreadable(err)
	}
	sum := sha1.Sum([]byte(password))
	found, err := findHash(f, info.Size(), strings.ToUpper(hex.EncodeToString(sum[:])))
	if err != nil {
		return false, unreadable(err)
	}
	return found, nil
}

func unreadable(err error) error {
	return clientele.Errorf(clientele.CodeInvalid, "the file of breached passwords cannot be read, so no password can be set").
		WithHint("It has lines of SHA-1 hashes, sorted, as Have I Been Pwned hands them out by hash; ask who runs the server to replace or remove it.").Because(err)
}

// findHash looks for a hash in lines that begin with hashes, or with the beginnings of
// hashes, and are sorted by them. It halves the file, and reads a few dozen lines.
func findHash(f io.ReaderAt, size int64, hash string) (bool, error) {
	low, high := int64(0), size // the line, if there is one, begins in [low, high)
	for low < high {
		middle := low + (high-low)/2
		start, line, err := lineFrom(f, size, middle)
		if err != nil {
			return false, err
		}
		if start >= high { // none begins in [middle, high)
			high = middle
			continue
		}
		key, err := breachedKey(line)
		if err != nil {
			return false, err
		}
		switch {
		case strings.HasPrefix(hash, key):
			return true, nil
		case key < hash:
			low = start + int64(len(line))
		default:
			high = middle
		}
	}
	return false, nil
}

// maxBreachedLine bounds a line, its count and its end included.
const maxBreachedLine = 128

// lineFrom returns the first line that begins at or after a place, and where.
func lineFrom(f io.ReaderAt, size, at int64) (start int64, line []byte, err error) {
	from := max(at-1, 0) // a line begins at a place if one ends before it
	r := bufio.NewReader(io.NewSectionReader(f, from, min(2*maxBreachedLine, size-from)))
	start = from
	if at > 0 {
		skipped, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && from+int64(len(skipped)) == size {
			return size, nil, nil
		}
		if err != nil {
			return 0, nil, errors.New("a line is too long")
		}
		start += int64(len(skipped))
	}
	line, err = r.ReadBytes('\n')
	switch {
	case errors.Is(err, io.EOF) && start+int64(len(line)) == size:
		return start, line, nil
	case err != nil:
		return 0, nil, errors.New("a line is too long")
	}
	return start, line, nil
}

// breachedKey is the hash that a line begins with, or as much of it as it has.
func breachedKey(line []byte) (string, error) {
	key, _, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
	upper := strings.ToUpper(string(key))
	if len(upper) < minBreachedHex || len(upper) > 40 || strings.Trim(upper, "0123456789ABCDEF") != "" {
		return "", errors.New("a line begins with no hash")
	}
	return upper, nil
}
