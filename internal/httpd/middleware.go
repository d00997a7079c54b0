package httpd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
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
	// Framed are path prefixes of what pages of other sites may show in a frame, as far as its own
	// Content-Security-Policy says.
	Framed []string
	// Hosted are path prefixes of what those answer who need no account.
	Hosted []string
	// Fail answers a request for a page that ends in an error here; nil is WriteProblem.
	Fail func(http.ResponseWriter, *http.Request, error)
	// Accounts say who asks; with nil nobody is known.
	Accounts Accounts
	Owner    string // name of the owner of the machine, who asks while there are no accounts
	Front    *Front // how the server is reached; nil is by loopback
	Rates    Rates
	Meter    *Meter   // nil counts nothing
	Tracing  *Tracing // nil traces nothing

	slowest time.Duration // how long a body may take to arrive; 0 is readTimeout
}

// surroundings are what stands around a handler.
type surroundings struct {
	Options
	rates *rates
}

// Wrap puts around a handler what every request needs: an id, a log line, recovery,
// security headers, the checks of host and origin, who asks, and limits.
func Wrap(h http.Handler, o Options) http.Handler {
	if o.Fail == nil {
		o.Fail = WriteProblem
	}
	if o.slowest == 0 {
		o.slowest = readTimeout
	}
	s := &surroundings{o, newRates(o.Rates)}
	h = s.limit(h)
	h = s.authenticate(h)
	h = s.onlyLinks(h)
	h = s.sameOrigin(h)
	h = s.checkHost(h)
	h = s.recoverPanics(h)
	h = secure(h)
	return o.Tracing.wrap(s.identify(h))
}

// fail answers a request that ends in an error here as who asks can read it.
func (s *surroundings) fail(w http.ResponseWriter, r *http.Request, err error) {
	if forPrograms(r.URL.Path) {
		WriteProblem(w, r, err)
		return
	}
	s.Fail(w, r, err)
}

// sameOrigin lets no page of another site write.
func (s *surroundings) sameOrigin(h http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	if s.Front != nil && s.Front.origin != nil {
		if err := crossOrigin.AddTrustedOrigin(s.Front.origin.String()); err != nil {
			panic(err) // parseOrigin made it
		}
	}
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, clientele.Errorf(clientele.CodeForbidden, "the request comes from another site").
			WithHint("Open the page at this address and try again."))
	}))
	return crossOrigin.Handler(h)
}

// identify gives the request an id, and logs, counts and traces it when it is answered.
// The id is ours: one that the client gives could be another's.
func (s *surroundings) identify(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, known := time.Now(), &request{id: rand.Text()}
		s.Front.look(r, known)
		w.Header().Set("X-Request-Id", known.id)
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, known))
		answer := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer s.tell(r, known, answer, start)
		defer s.Meter.begin()()
		h.ServeHTTP(answer, r)
	})
}

// tell tells of an answered request by its route: its path may name a customer, or hold
// the secret of a link.
func (s *surroundings) tell(r *http.Request, known *request, answer *recorder, start time.Time) {
	took := time.Since(start)
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("id", known.id), slog.String("method", r.Method),
		slog.String("route", known.route), slog.Int("status", answer.status), slog.Int64("bytes", answer.bytes),
		slog.Duration("took", took), slog.String("actor", known.actor.ID), slog.String("from", known.client))
	known.tell(r.Context())
	s.Meter.count(known.route, r.Method, answer.status, took)
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
		if about(r.Context()).secure {
			header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		h.ServeHTTP(w, r)
	})
}

// recoverPanics answers a defect with an error, if nothing was answered yet.
func (s *surroundings) recoverPanics(h http.Handler) http.Handler {
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
			s.Log.ErrorContext(r.Context(), "panic", "id", RequestID(r.Context()), "panic", p, "stack", string(debug.Stack()))
			if answer.begun {
				panic(http.ErrAbortHandler) // a cut answer must not look whole
			}
			s.fail(w, r, clientele.Errorf(clientele.CodeInternal, "panic").Because(fmt.Errorf("%v", p)))
		}()
		h.ServeHTTP(answer, r)
	})
}

// checkHost answers only requests that name this server: a page elsewhere that rebinds its
// own name to the server's address still sends that name. From a proxy it answers only
// what came to that by https, and from others than the proxy nothing. How the server is,
// it tells by every name, for those who look after it know its address alone.
func (s *surroundings) checkHost(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.Front.accepts(r)
		switch {
		case err == nil || r.URL.Path == livesPath || r.URL.Path == readyPath:
			h.ServeHTTP(w, r)
		case errors.Is(err, errPlain) && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !forPrograms(r.URL.Path):
			http.Redirect(w, r, s.Front.origin.String()+r.URL.RequestURI(), http.StatusPermanentRedirect)
		default:
			s.fail(w, r, err)
		}
	})
}

// below reports whether a path begins with one of some prefixes.
func below(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(path, p) })
}

// onlyLinks lets pages of other sites lead here, show what is meant to be framed, and nothing
// else: a picture or a frame in one of them must not make this server compute.
func (s *surroundings) onlyLinks(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site, into := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Dest")
		framed := into == "iframe" && r.Method == http.MethodGet && below(r.URL.Path, s.Framed)
		if (site == "cross-site" || site == "same-site") && into != "" && into != "document" && !framed {
			s.fail(w, r, clientele.Errorf(clientele.CodeForbidden, "a page of another site asks for this one's content").
				WithHint("Open the page at this address."))
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (s *surroundings) limit(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, timeout := int64(maxBody), s.slowest
		if below(r.URL.Path, s.Uploads) {
			size, timeout = maxUpload, uploadTimeout
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

var errSlow = errors.New("the body took too long to arrive")

// timedBody is a body that has to arrive by a deadline. The deadline ends with the
// body: net/http takes one that passes later for a client who left, and would
// cancel an answer that takes longer to make than the request to arrive.
type timedBody struct {
	io.ReadCloser
	c *http.ResponseController
}

func (b timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		_ = b.c.SetReadDeadline(time.Time{})
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = errSlow
	}
	return n, err
}
