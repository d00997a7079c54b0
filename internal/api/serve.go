package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
)

// jobsPath is where a job is followed.
const jobsPath = "/api/v1/jobs/"

// refusal is an error that HTTP has a status for which the domain has no word for.
type refusal struct {
	status int
	err    *clientele.Error
}

func (e refusal) Error() string { return e.err.Error() }
func (e refusal) Unwrap() error { return e.err }

// fail answers with a problem. Defects are logged under the id of the request.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := httpd.ProblemOf(r, err)
	if e := (refusal{}); errors.As(err, &e) {
		p.Status, p.Title = e.status, http.StatusText(e.status)
	}
	if p.Status >= http.StatusInternalServerError {
		a.Log.ErrorContext(r.Context(), "answered with an error", "id", p.RequestID, "path", r.URL.Path, "error", err)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", "1")
		}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader may be gone: there is nobody to tell
}

// serve answers an operation.
func (a *API) serve(o *operation, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &question{Request: r, api: a, operation: o}
		got, err := a.ask(q, h)
		if p := (pending{}); errors.As(err, &p) {
			got, err = reply{status: http.StatusAccepted, location: jobsPath + p.job.ID, body: jobOf(p.job)}, nil
		}
		if err == nil {
			err = got.encode()
		}
		if err != nil {
			a.fail(w, r, err)
			return
		}
		got.write(w, r, o)
	})
}

// ask asks the handler, or finds what it answered before.
func (a *API) ask(q *question, h handler) (reply, error) {
	if err := q.accepts(); err != nil {
		return reply{}, err
	}
	if err := q.read(); err != nil {
		return reply{}, err
	}
	if q.operation.method() == http.MethodPost && !q.operation.unkept && len(q.Header.Values(idempotencyKey)) > 0 {
		return a.once(q, h)
	}
	return h(q.Context(), q)
}

// written is a body that is written already.
type written []byte

// encode writes the body, unless it is written already.
func (got *reply) encode() error {
	if got.body == nil || got.text != nil {
		return nil
	}
	if w, ok := got.body.(written); ok {
		got.text = w
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // what is sent is never a page: nosniff is around everything
	if err := e.Encode(got.body); err != nil {
		return err
	}
	got.text = b.Bytes()
	return nil
}

// write sends an answer. Who asks with the ETag of what they have is told that it holds.
func (got *reply) write(w http.ResponseWriter, r *http.Request, o *operation) {
	header := w.Header()
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Authorization, Cookie")
	if got.location != "" {
		header.Set("Location", got.location)
	}
	if got.status == http.StatusAccepted {
		header.Set("Retry-After", "1")
	}
	if got.replayed {
		header.Set("Idempotent-Replayed", "true")
	}
	if next := got.next(); next != "" {
		header.Set("Link", "<"+next+`>; rel="next"`)
	}
	if (o.method() == http.MethodGet || o.edits()) && got.status == http.StatusOK && got.etag == "" {
		got.etag = hashTag(got.text)
	}
	if got.etag != "" {
		header.Set("ETag", got.etag)
		if o.method() == http.MethodGet && matches(r.Header.Get("If-None-Match"), got.etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if got.text != nil {
		gives := o.gives
		if gives == "" {
			gives = "application/json"
		}
		header.Set("Content-Type", gives)
	}
	w.WriteHeader(got.status)
	_, _ = w.Write(got.text) // the reader may be gone: there is nobody to tell
}

// next is where the rest of a list is.
func (got *reply) next() string {
	if p, ok := got.body.(interface{ nextPage() *string }); ok {
		if next := p.nextPage(); next != nil {
			return *next
		}
	}
	return ""
}

// hashTag is the ETag of a body.
func hashTag(text []byte) string {
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// versionTag is the ETag of what counts its changes.
func versionTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// matches reports whether a list of ETags holds one.
func matches(list, etag string) bool {
	for tag := range strings.SplitSeq(list, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

// edit is what says which version of something a request changes.
type edit struct {
	IfMatch string `header:"If-Match" max:"100" doc:"The ETag of what is changed, as it was read."`
}

// version is that of what counts its changes. CodeStale if it can be none.
func (e edit) version() (int64, error) {
	n, err := strconv.ParseInt(strings.Trim(e.IfMatch, `"`), 10, 64)
	if err != nil || versionTag(n) != e.IfMatch {
		return 0, stale()
	}
	return n, nil
}

func stale() error {
	return clientele.Errorf(clientele.CodeStale, "it was changed since it was read").WithHint("Read it again, and send its ETag as If-Match.")
}
