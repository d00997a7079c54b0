package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// repliesKeptFor is how long a first answer is given again.
const repliesKeptFor = 24 * time.Hour

// Replies keeps first answers; see store.Store.
type Replies interface {
	store.Replies
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
}

var keyPattern = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

// once does a request that is named, unless it was done: then it gives the first answer.
// The request and its answer are kept in one transaction, so that neither is there without
// the other. An answer that is an error is not kept, for nothing was done.
func (a *API) once(q *question, h handler) (got reply, err error) {
	named, err := a.named(q)
	if err != nil {
		return reply{}, err
	}
	flight := named.Actor + " " + named.Key
	if _, busy := a.inFlight.LoadOrStore(flight, true); busy {
		return reply{}, clientele.Errorf(clientele.CodeConflict, "a request of this name is still being done").
			WithHint("Wait for its answer, or ask again in a moment.")
	}
	defer a.inFlight.Delete(flight)
	if first, ok, err := a.first(q.Context(), named); ok || err != nil {
		return first, err
	}
	do := func(ctx context.Context) (err error) {
		if got, err = h(ctx, q); err == nil {
			err = a.keep(ctx, named, &got, q.operation)
		}
		return err
	}
	if q.operation.alone {
		return got, do(q.Context())
	}
	return got, a.Replies.Atomically(q.Context(), do)
}

// named is what a request is called, by whom, and what it asks for.
func (a *API) named(q *question) (store.Reply, error) {
	keys := q.Header.Values(idempotencyKey)
	if len(keys) != 1 || !keyPattern.MatchString(keys[0]) {
		return store.Reply{}, invalid(idempotencyKey, "it has to be one text of 1 to 255 characters without blanks")
	}
	actor, _ := policy.ActorOf(q.Context())
	who := actor.ID
	if actor.IsLocal() {
		who = "local"
	}
	asked := sha256.New()
	// Of a file that is sent the size stands for the rest: it is not read twice.
	for _, part := range []string{q.Method, q.URL.RequestURI(), strconv.FormatInt(q.ContentLength, 10), string(q.text)} {
		sum := sha256.Sum256([]byte(part))
		asked.Write(sum[:])
	}
	key := sha256.Sum256([]byte(keys[0]))
	return store.Reply{Actor: who, Key: hex.EncodeToString(key[:]), Request: hex.EncodeToString(asked.Sum(nil)), At: a.Now().UTC()}, nil
}

// first is the first answer to what is asked for by its name. CodeConflict if the name
// stands for something else.
func (a *API) first(ctx context.Context, named store.Reply) (reply, bool, error) {
	kept, ok, err := a.Replies.Reply(ctx, named.Actor, named.Key, named.At.Add(-repliesKeptFor))
	if err != nil || !ok {
		return reply{}, false, err
	}
	if kept.Request != named.Request {
		return reply{}, false, clientele.Errorf(clientele.CodeConflict, "this %s was sent with another request", idempotencyKey).
			WithHint("Use a new one for every new request.")
	}
	got := reply{status: kept.Status, etag: kept.ETag, location: kept.Location, replayed: true}
	if len(kept.Body) > 0 {
		got.text = kept.Body
	}
	return got, true, nil
}

// withoutSecrets is a body that has what is shown once.
type withoutSecrets interface{ public() any }

// keep keeps an answer, without what is shown once.
func (a *API) keep(ctx context.Context, named store.Reply, got *reply, o *operation) error {
	if err := got.encode(); err != nil {
		return err
	}
	named.Status, named.ETag, named.Location, named.Body = got.status, got.etag, got.location, got.text
	if o.secret {
		text, err := json.Marshal(got.body.(withoutSecrets).public())
		if err != nil {
			return err
		}
		named.Body = text
	}
	if err := a.Replies.ForgetReplies(ctx, named.At.Add(-repliesKeptFor)); err != nil {
		return err
	}
	return a.Replies.KeepReply(ctx, named)
}

// accepted are the statuses that an operation answers with beside errors.
func (o *operation) accepted() []int {
	status := o.success()
	if o.answer == nil && o.gives == "" {
		status = http.StatusNoContent
	}
	if o.computes {
		return []int{status, http.StatusAccepted}
	}
	return []int{status}
}
