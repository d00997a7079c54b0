package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/clientele/clientele"
)

// Hashing says how much work a password hash is.
type Hashing struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultHashing is argon2id with more than the least that OWASP's password storage cheat
// sheet names (46 MiB with one pass, or 19 MiB with two).
var DefaultHashing = Hashing{MemoryKiB: 64 << 10, Passes: 3, Threads: 1}

const (
	saltBytes  = 16
	hashBytes  = 32
	hashQueue  = 32              // that may wait for their turn
	hashWait   = 5 * time.Second // and no longer
	maxHashing = 4               // at once, as far as there are processors
)

// hasher hashes passwords, few at once: each takes memory, and sign-ins must not exhaust it.
type hasher struct {
	by      Hashing
	running chan struct{}
	queued  chan struct{}
}

func newHasher(by Hashing) *hasher {
	return &hasher{by, make(chan struct{}, min(maxHashing, runtime.GOMAXPROCS(0))), make(chan struct{}, hashQueue)}
}

// turn waits until it may hash. CodeTooMany if too many wait already, or for too long.
func (h *hasher) turn(ctx context.Context) (done func(), err error) {
	busy := clientele.Errorf(clientele.CodeTooMany, "too many people are signing in at once").WithHint("Try again in a few seconds.")
	select {
	case h.queued <- struct{}{}:
		defer func() { <-h.queued }()
	default:
		return nil, busy
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running }, nil
	case <-time.After(hashWait):
		return nil, busy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash makes what is kept of a password: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	return h.by.text(salt, argon2.IDKey([]byte(normal(password)), salt, h.by.Passes, h.by.MemoryKiB, h.by.Threads, hashBytes)), nil
}

// check reports whether a password is the one of a hash, and whether the hash is to be made
// anew. "" is nobody's hash: it takes as long, and is never right.
func (h *hasher) check(ctx context.Context, password, kept string) (ok, outdated bool, err error) {
	if kept == "" {
		_, _, err := h.check(ctx, password, h.by.text(make([]byte, saltBytes), make([]byte, hashBytes)))
		return false, false, err
	}
	by, salt, want, ok := parseHash(kept)
	if !ok {
		return false, false, clientele.Errorf(clientele.CodeInternal, "the password cannot be checked")
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	got := argon2.IDKey([]byte(normal(password)), salt, by.Passes, by.MemoryKiB, by.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, by != h.by, nil
}

func (b Hashing) text(salt, hash []byte) string {
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, b.MemoryKiB, b.Passes, b.Threads, e.EncodeToString(salt), e.EncodeToString(hash))
}

// parseHash reads what text wrote; ok is false for all else.
func parseHash(text string) (by Hashing, salt, hash []byte, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return by, nil, nil, false
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &by.MemoryKiB, &by.Passes, &by.Threads)
	if n != 3 || err != nil || by.Passes == 0 || by.Threads == 0 || by.MemoryKiB > 1<<20 || by.Passes > 100 {
		return by, nil, nil, false
	}
	salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	if err != nil {
		return by, nil, nil, false
	}
	hash, err = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || len(hash) != hashBytes || len(salt) != saltBytes || by.text(salt, hash) != text {
		return by, nil, nil, false
	}
	return by, salt, hash, true
}
