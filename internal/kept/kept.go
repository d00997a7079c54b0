// Package kept keeps answers that were computed from the records, and finds them again: of
// the records as they are now, or else as they were when somebody asked the same before.
//
// Rules: an answer is kept under all that makes it, so that what has changed is never found
// by what it was; an answer is of one state of the records; nobody changes an answer that
// was found, for others have found the same.
package kept

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Versions names states of the records; see modelling.Service.
type Versions interface {
	DataVersion(ctx context.Context) (string, error)
}

// Answers are the answers of one capability. Its functions may be called from several
// goroutines.
type Answers struct {
	cache    store.Cache
	versions Versions
	program  string
	recent   *lru.Cache[string, any] // as they were read last: many ask for the same
}

// mostRecent is how many answers are kept as they were read.
const mostRecent = 32

// New makes them; program is the version of the running program, which separates the
// answers of different versions.
func New(c store.Cache, v Versions, program string) *Answers {
	recent, _ := lru.New[string, any](mostRecent) // fails for sizes below 1 alone
	return &Answers{c, v, program, recent}
}

// Question is what makes an answer beside the records and the program.
type Question struct {
	Kind  string // of answer
	Asked any    // what is asked, and by which settings; becomes JSON
	State any    // what else the answer tells of the book as it is; becomes JSON
}

// Work is a question and how it is answered.
type Work[T any] struct {
	Question
	Compute func() (T, error)
}

// Is says what an answer is that was found. The zero value is that there is none.
type Is struct {
	Key     string // names it: an answer by the same name is the same
	Current bool   // whether it is of the records as they are now
}

// keys name an answer in the cache: of the records as they are, and whatever they hold.
type keys struct{ now, last string }

func (a *Answers) keys(version string, q Question) (k keys, err error) {
	if k.now, err = name(q.Kind, version, a.program, q.Asked, q.State); err == nil {
		k.last, err = name("last_"+q.Kind, a.program, q.Asked)
	}
	return k, err
}

// keysNow are the keys of the records as they are.
func (a *Answers) keysNow(ctx context.Context, q Question) (k keys, err error) {
	version, err := a.versions.DataVersion(ctx)
	if err != nil {
		return k, err
	}
	return a.keys(version, q)
}

func name(kind string, parts ...any) (string, error) {
	text, err := json.Marshal(parts)
	if err != nil {
		return "", clientele.Errorf(clientele.CodeInternal, "a %s cannot be named", kind).Because(err)
	}
	sum := sha256.Sum256(text)
	return kind + "/" + hex.EncodeToString(sum[:]), nil
}

// Answer finds an answer, or computes and keeps it: of one state of the records, anew if a
// batch came meanwhile. ask tells the work as it is now. notKept says why the cache did not
// take the answer, which is no fault of it.
func Answer[T any](ctx context.Context, a *Answers, ask func() (Work[T], error)) (v T, notKept, err error) {
	var none T
	for {
		before, err := a.versions.DataVersion(ctx)
		if err != nil {
			return none, nil, err
		}
		w, err := ask()
		if err != nil {
			return none, nil, err
		}
		k, err := a.keys(before, w.Question)
		if err != nil {
			return none, nil, err
		}
		if v, ok, err := found[T](ctx, a, k.now); ok || err != nil {
			return v, nil, err
		}
		v, failed := w.Compute()
		after, err := a.versions.DataVersion(ctx)
		switch {
		case err != nil:
			return none, nil, errors.Join(failed, err)
		case after != before: // what was read is of two states of the records
		case failed != nil:
			return none, nil, failed
		default:
			return v, a.keep(ctx, k, v), nil
		}
	}
}

// Latest finds the answer of the records as they are, or else the one that was kept last.
func Latest[T any](ctx context.Context, a *Answers, q Question) (v T, is Is, err error) {
	k, err := a.keysNow(ctx, q)
	if err != nil {
		return v, is, err
	}
	v, ok, err := found[T](ctx, a, k.now)
	if ok || err != nil {
		return v, Is{k.now, ok}, err
	}
	key, ok, err := a.cache.Get(ctx, k.last)
	if err != nil || !ok {
		return v, is, err
	}
	if v, ok, err = found[T](ctx, a, string(key)); ok {
		is.Key = string(key)
	}
	return v, is, err
}

// Ready finds the answer of the records as they are; ok is false if it has to be computed.
func Ready[T any](ctx context.Context, a *Answers, q Question) (v T, ok bool, err error) {
	k, err := a.keysNow(ctx, q)
	if err != nil {
		return v, false, err
	}
	return found[T](ctx, a, k.now)
}

// found reads what the cache holds; what cannot be read is not there.
func found[T any](ctx context.Context, a *Answers, key string) (v T, ok bool, err error) {
	if v, ok := a.recent.Get(key); ok {
		return v.(T), true, nil
	}
	text, ok, err := a.cache.Get(ctx, key)
	if err != nil || !ok || json.Unmarshal(text, &v) != nil {
		var none T
		return none, false, err
	}
	a.recent.Add(key, v)
	return v, true, nil
}

func (a *Answers) keep(ctx context.Context, k keys, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return clientele.Errorf(clientele.CodeInternal, "what was computed cannot be kept").Because(err)
	}
	if err := a.cache.Put(ctx, k.now, text); err != nil {
		return err
	}
	return a.cache.Put(ctx, k.last, []byte(k.now))
}
