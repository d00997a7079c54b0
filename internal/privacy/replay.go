package privacy

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/clientele/clientele"
)

// RestoredName is where in a restored book the tombstones lie that are still to be replayed.
const RestoredName = "tombstones.json"

// replay erases who was erased after a backup was made that the book was restored from.
func (s *Service) replay(ctx context.Context, progress Progress) (done bool, err error) {
	path := filepath.Join(s.parts.Dir, RestoredName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t, err := ReadTombstones(bytes.NewReader(text))
	if err != nil {
		return false, err
	}
	missing, key, err := s.missing(ctx, t)
	if err != nil {
		return false, err
	}
	if len(missing) > 0 {
		r := Request{By: "clientele restore", Why: "erased after the backup was made", Progress: progress}
		_, err = s.alone(ctx, r, func(e *eraser) error {
			e.known = func(id string) bool { return missing[key.of(id)] }
			e.body.What = Replayed
			for d := range missing {
				e.body.Digests = append(e.body.Digests, d)
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return true, errors.Join(os.Remove(path), syncDir(s.parts.Dir))
}

// missing are the tombstones that the book does not hold, and their key.
func (s *Service) missing(ctx context.Context, t Tombstones) (map[string]bool, digester, error) {
	key, err := hex.DecodeString(t.Key)
	if err != nil {
		return nil, nil, err
	}
	own, ok, err := s.parts.Store.Decided(ctx, keyName)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		if err := s.adopt(ctx, key); err != nil {
			return nil, nil, err
		}
	} else if word, err := decodeKey(own, nil); err != nil || !slices.Equal(word, key) {
		return nil, nil, clientele.Errorf(clientele.CodeInvalid, "the tombstones are those of another book").
			WithHint("Use the file that was written from the book that the backup is of.")
	}
	entries, err := s.erasures.Entries(ctx)
	if err != nil {
		return nil, nil, err
	}
	missing, hold := map[string]bool{}, tombstones(entries)
	for _, d := range t.Digests {
		if !hold[d] {
			missing[d] = true
		}
	}
	return missing, key, nil
}
