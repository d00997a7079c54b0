package statement

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/clientele/clientele"
)

// work is what an answer takes: the key that it is kept by, the version of the records that
// it is of, and how it is computed.
type work[T any] struct {
	key, data string
	compute   func() (T, error)
}

// answer finds an answer in the cache, or computes it: of one state of the records, anew if
// a batch came meanwhile. ask tells the work as it is now. notKept says why the cache did
// not take the answer, which is no fault of it.
func answer[T any](ctx context.Context, s *Service, ask func() (work[T], error)) (v T, notKept, err error) {
	var none T
	for {
		w, err := ask()
		if err != nil {
			return none, nil, err
		}
		if v, ok, err := kept[T](ctx, s, w.key); ok || err != nil {
			return v, nil, err
		}
		v, failed := w.compute()
		version, err := s.models.DataVersion(ctx)
		switch {
		case err != nil:
			return none, nil, errors.Join(failed, err)
		case version != w.data: // what was read is of two states of the records
		case failed != nil:
			return none, nil, failed
		default:
			return v, s.keep(ctx, w.key, v), nil
		}
	}
}

// kept returns what the cache holds; what cannot be read is computed anew.
func kept[T any](ctx context.Context, s *Service, key string) (v T, ok bool, err error) {
	text, ok, err := s.cache.Get(ctx, key)
	if err != nil || !ok {
		return v, false, err
	}
	return v, json.Unmarshal(text, &v) == nil, nil
}

func (s *Service) keep(ctx context.Context, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return clientele.Errorf(clientele.CodeInternal, "what was computed cannot be kept").Because(err)
	}
	return s.cache.Put(ctx, key, text)
}

// keyOf names what is made of a basis.
func keyOf(kind string, basis any) (string, error) {
	text, err := json.Marshal(basis)
	if err != nil {
		return "", clientele.Errorf(clientele.CodeInternal, "a %s cannot be named", kind).Because(err)
	}
	sum := sha256.Sum256(text)
	return kind + "/" + hex.EncodeToString(sum[:]), nil
}
