package httpd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/clientele/clientele"
)

// Limits on requests. Uploads are the paths that Options names.
const (
	maxBody       = 1 << 20
	maxUpload     = 64 << 30
	readTimeout   = 30 * time.Second
	uploadTimeout = 2 * time.Hour
	writeTimeout  = 10 * time.Minute // the longest export
)

// contentPolicy lets a page load what this server serves, and nothing inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Options say what surrounds a handler.
type Options struct {
	Log *slog.Logger
	// Uploads are path prefixes whose bodies may be large and slow.
	Uploads []string
	// Fail answers a request that ends in an error here; nil is WriteProblem.
	Fail func(http.ResponseWriter, *http.Request, error)
}

// Wrap puts around a handler what every request needs: an id, a log line,
// recovery, security headers, the checks of host and origin, and limits.
func Wrap(h http.Handler, o Options) http.Handler {
	if o.Fail == nil {
		o.Fail = WriteProblem
	}
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.Fail(w, r, clientele.Errorf(clientele.CodeForbidden, "the request comes from another site").
			WithHint("Open the page at this address and try again."))
	}))
	h = o.limit(h)
	h = o.onlyLinks(h)
	h = crossOrigin.Handler(h)
	h = o.checkHost(h)
	h = o.recoverPanics(h)
	h = secure(h)
	return o.identify(h)
}

type requestIDKey struct{}

// RequestID is the id of the request that a context belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// identify gives the request an id and logs it when it is answered.
func (o Options) identify(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, id := time.Now(), rand.Text()
		w.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		answer := &recorder{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(answer, r)
		o.Log.InfoContext(r.Context(), "request", "id", id, "method", r.Method, "path", r.URL.Path,
			"status", answer.status, "bytes", answer.bytes, "took", time.Since(start))
	})
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	begun  bool
}

func (w *recorder) WriteHeader(status int) {
	if !w.begun {
		w.status, w.begun = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	w.begun = true
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.ServeHTTP(w, r)
	})
}

// recoverPanics answers a defect with an error, if nothing was answered yet.
func (o Options) recoverPanics(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &recorder{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // the value that net/http itself compares
				panic(p)
			}
			o.Log.ErrorContext(r.Context(), "panic", "id", RequestID(r.Context()), "panic", p, "stack", string(debug.Stack()))
			if answer.begun {
				panic(http.ErrAbortHandler) // a cut answer must not look whole
			}
			o.Fail(w, r, clientele.Errorf(clientele.CodeInternal, "panic").Because(fmt.Errorf("%v", p)))
		}()
		h.ServeHTTP(answer, r)
	})
}

// checkHost answers only requests that name this machine: a page elsewhere that
// rebinds its own name to 127.0.0.1 still sends that name.
func (o Options) checkHost(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !loopback(strings.Trim(host, "[]")) {
			o.Fail(w, r, clientele.Errorf(clientele.CodeForbidden, "this server answers to localhost only, not to %q", r.Host).
				WithHint("Open http://localhost with the server's port."))
			return
		}
		h.ServeHTTP(w, r)
	})
}

// onlyLinks lets pages of other sites lead here, and nothing else: a picture or a
// frame in one of them must not make this server compute.
func (o Options) onlyLinks(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, into := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Dest")
		if (site == "cross-site" || site == "same-site") && into != "" && into != "document" {
			o.Fail(w, r, clientele.Errorf(clientele.CodeForbidden, "a page of another site asks for this one's content").
				WithHint("Open the page at this address."))
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (o Options) limit(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, timeout := int64(maxBody), readTimeout
		for _, prefix := range o.Uploads {
			if strings.HasPrefix(r.URL.Path, prefix) {
				size, timeout = maxUpload, uploadTimeout
			}
		}
		now, c := time.Now(), http.NewResponseController(w)
		// A writer that has no deadlines, as in a test, has no slow clients either.
		_ = c.SetWriteDeadline(now.Add(timeout + writeTimeout))
		if r.Body != http.NoBody {
			_ = c.SetReadDeadline(now.Add(timeout))
			r.Body = timedBody{http.MaxBytesReader(w, r.Body, size), c}
		}
		h.ServeHTTP(w, r)
	})
}

// timedBody is a body that has to arrive by a deadline. The deadline ends with the
// body: net/http takes one that passes later for a client who left, and would
// cancel an answer that takes longer to make than the request to arrive.
type timedBody struct {
	io.ReadCloser
	c *http.ResponseController
}

func (b timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.c.SetReadDeadline(time.Time{})
	}
	return n, err
}
