package statement

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/clientele/clientele"
)

// work is what an answer takes: the keys that it is kept by, the version of the records that
// it is of, and how it is computed.
type work[T any] struct {
	keys
	data    string
	compute func() (T, error)
}

// keys name an answer in the cache: of the records as they are, and whatever they hold.
type keys struct{ now, last string }

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
		if v, ok, err := kept[T](ctx, s, w.now); ok || err != nil {
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
			return v, s.keep(ctx, w.keys, v), nil
		}
	}
}

// kept returns what the cache holds; what cannot be read is computed anew.
func kept[T any](ctx context.Context, s *Service, key string) (v T, ok bool, err error) {
	if v, ok := s.recent.Get(key); ok {
		return v.(T), true, nil
	}
	text, ok, err := s.cache.Get(ctx, key)
	if err != nil || !ok || json.Unmarshal(text, &v) != nil {
		return v, false, err
	}
	s.recent.Add(key, v)
	return v, true, nil
}

// Kept says what an answer is that was computed before it was asked for. The zero value is
// that there is none.
type Kept struct {
	Key     string // names it: an answer by the same name is the same
	Current bool   // whether it is of the records as they are now
}

// latest returns what the cache holds of the records as they are, or else the answer that
// was kept last.
func latest[T any](ctx context.Context, s *Service, k keys) (v T, is Kept, err error) {
	v, ok, err := kept[T](ctx, s, k.now)
	if err != nil {
		return v, Kept{}, err
	}
	if ok {
		return v, Kept{k.now, true}, nil
	}
	key, ok, err := s.cache.Get(ctx, k.last)
	if err != nil || !ok {
		return v, Kept{}, err
	}
	if v, ok, err = kept[T](ctx, s, string(key)); err != nil || !ok {
		return v, Kept{}, err
	}
	return v, Kept{Key: string(key)}, nil
}

func (s *Service) keep(ctx context.Context, k keys, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return clientele.Errorf(clientele.CodeInternal, "what was computed cannot be kept").Because(err)
	}
	if err := s.cache.Put(ctx, k.now, text); err != nil {
		return err
	}
	return s.cache.Put(ctx, k.last, []byte(k.now))
}

// keysOf names what is made of a basis.
func keysOf(kind string, basis, lasting any) (k keys, err error) {
	if k.now, err = keyOf(kind, basis); err == nil {
		k.last, err = keyOf("last_"+kind, lasting)
	}
	return k, err
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
