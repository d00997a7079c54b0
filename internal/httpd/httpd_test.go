package httpd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clientele/clientele"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ask sends a request through the middleware and returns the answer.
func ask(h http.HandlerFunc, o Options, change func(*http.Request)) *httptest.ResponseRecorder {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080/page", nil)
	r.RemoteAddr = "127.0.0.1:4711"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	Wrap(h, o).ServeHTTP(w, r)
	return w
}

func ok(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "fine") }

func TestHostIsChecked(t *testing.T) {
	for host, want := range map[string]int{
		"localhost:8080": 200, "localhost": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example": 403, "evil.example:8080": 403, "localhost.evil.example:8080": 403, "192.168.1.5:8080": 403, "": 403,
	} {
		w := ask(ok, Options{}, func(r *http.Request) { r.Host = host })
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestOtherSitesCannotWrite(t *testing.T) {
	for _, c := range []struct {
		method, site, origin string
		want                 int
	}{
		{"POST", "same-origin", "", 200}, {"POST", "cross-site", "", 403}, {"POST", "same-site", "", 403},
		{"POST", "", "http://evil.example", 403}, {"POST", "", "http://localhost:8080", 200}, {"GET", "cross-site", "", 200},
	} {
		w := ask(ok, Options{}, func(r *http.Request) {
			r.Method = c.method
			if c.site != "" {
				r.Header.Set("Sec-Fetch-Site", c.site)
			}
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
		})
		if w.Code != c.want {
			t.Errorf("%+v: status %d", c, w.Code)
		}
	}
}

func TestOtherSitesOnlyLinkHere(t *testing.T) {
	for _, c := range []struct {
		site, into string
		want       int
	}{
		{"cross-site", "image", 403}, {"cross-site", "iframe", 403}, {"cross-site", "empty", 403}, {"same-site", "script", 403},
		{"cross-site", "document", 200}, {"same-origin", "style", 200}, {"none", "document", 200}, {"", "", 200},
	} {
		w := ask(ok, Options{}, func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", c.site)
			r.Header.Set("Sec-Fetch-Dest", c.into)
		})
		if w.Code != c.want {
			t.Errorf("%+v: status %d", c, w.Code)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	w := ask(ok, Options{}, nil)
	policy := w.Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy: %s", policy)
	}
	for header, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestRequestIDIsInAnswerLogAndContext(t *testing.T) {
	var log bytes.Buffer
	var seen string
	w := ask(func(_ http.ResponseWriter, r *http.Request) { seen = RequestID(r.Context()) },
		Options{Log: slog.New(slog.NewJSONHandler(&log, nil))}, nil)
	var line struct{ ID, From string }
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if id := w.Header().Get("X-Request-Id"); id == "" || id != seen || id != line.ID || line.From != "127.0.0.1" {
		t.Errorf("answer %q, context %q, log %s", id, seen, log.String())
	}
}

func TestPanicIsAnsweredAndTellsNothing(t *testing.T) {
	var log bytes.Buffer
	w := ask(func(http.ResponseWriter, *http.Request) { panic("secret") }, Options{Log: slog.New(slog.NewTextHandler(&log, nil))}, nil)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "secret") {
		t.Errorf("status %d, body %s, log %s", w.Code, w.Body, log.String())
	}
}

func TestPanicCutsAnAnswerThatHasBegun(t *testing.T) {
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // the value itself
			t.Errorf("recovered %v", p)
		}
	}()
	ask(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "half"); panic("oh") }, Options{}, nil)
	t.Error("the answer looked whole")
}

func TestBodiesAreLimited(t *testing.T) {
	read := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			WriteProblem(w, r, err)
		}
	}
	for path, want := range map[string]int{"/form": 413, "/data/uploads": 200} {
		w := ask(read, Options{Uploads: []string{"/data/uploads"}}, func(r *http.Request) {
			r.Method, r.URL.Path, r.Body = http.MethodPost, path, io.NopCloser(strings.NewReader(strings.Repeat("x", maxBody+1)))
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		})
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

// deadlines notes until when a request may be read.
type deadlines struct {
	*httptest.ResponseRecorder
	read []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.read = append(d.read, t); return nil }

// A deadline for reading that passes while an answer is made would cancel it.
func TestOnlyBodiesHaveAReadDeadline(t *testing.T) {
	h := Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }), Options{Log: slog.New(slog.DiscardHandler)})
	get := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	h.ServeHTTP(get, httptest.NewRequest(http.MethodGet, "http://localhost/", nil))
	if len(get.read) != 0 {
		t.Errorf("without a body: %v", get.read)
	}
	post := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	h.ServeHTTP(post, httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader("x=1")))
	if len(post.read) < 2 || post.read[0].IsZero() || !post.read[len(post.read)-1].IsZero() {
		t.Errorf("with a body, read whole: %v", post.read)
	}
}

func TestEveryCodeHasAStatusAndAProblem(t *testing.T) {
	for code, want := range map[clientele.Code]int{
		clientele.CodeInternal: 500, clientele.CodeUsage: 400, clientele.CodeInvalid: 422, clientele.CodeNotFound: 404,
		clientele.CodeConflict: 409, clientele.CodeForbidden: 403, clientele.CodeUnbalanced: 500, clientele.CodeNotLoaded: 202,
		clientele.CodeBusy: 503, clientele.CodeNoSpace: 507,
		clientele.CodeUnauthenticated: 401, clientele.CodeStale: 412, clientele.CodeUnconditional: 428, clientele.CodeTooMany: 429,
	} {
		e := clientele.Errorf(code, "what happened").WithHint("Do this.")
		e.At = clientele.Position{File: "a.csv", Line: 3}
		w := ask(func(w http.ResponseWriter, r *http.Request) { WriteProblem(w, r, fmt.Errorf("wrapped: %w", e)) }, Options{}, nil)
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != want || p.Status != want || p.Code != code || p.RequestID == "" || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d, %+v", code, w.Code, p)
		}
		if hides := code == clientele.CodeInternal; hides == (p.Detail == "what happened" && p.Hint == "Do this." && p.At.Line == 3) {
			t.Errorf("%s: tells %+v", code, p)
		}
	}
	if got := Status(errors.New("anything")); got != 500 {
		t.Errorf("an error without a code is %d", got)
	}
}

func TestSocketIsTheOwnersAlsoUnderALongPath(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("long/", 40))
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{t.TempDir(), deep} {
		path := filepath.Join(dir, "server.sock")
		if err := os.WriteFile(path, nil, 0o644); err != nil { // what a killed server left
			t.Fatal(err)
		}
		l, err := ListenSocket(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != os.ModeSocket|0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		roundTrip(t, l, path)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
		if _, err := DialSocket(path); err == nil {
			t.Error("somebody answers a closed socket")
		}
	}
}

func roundTrip(t *testing.T, l net.Listener, path string) {
	t.Helper()
	go func() {
		if conn, err := l.Accept(); err == nil {
			fmt.Fprint(conn, "hello")
			_ = conn.Close()
		}
	}()
	conn, err := DialSocket(path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got, err := io.ReadAll(conn); string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestServeLetsRequestsFinish(t *testing.T) {
	l, err := Door{Listen: "localhost:0"}.Open(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- Serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			stop()
			time.Sleep(50 * time.Millisecond) // well into the shutdown
			fmt.Fprint(w, "whole")
		}), slog.New(slog.DiscardHandler))
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); string(body) != "whole" {
		t.Errorf("got %q, %v", body, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Pages of other sites may show what is meant to be framed, and do nothing else with it.
func TestOnlyWhatIsMeantToBeFramedIs(t *testing.T) {
	h := Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Options{Log: discard, Framed: []string{"/e/"}})
	for _, c := range []struct {
		method, path, into string
		status             int
	}{
		{"GET", "/e/survey", "iframe", 200}, {"GET", "/e/survey", "image", 403}, {"GET", "/e/survey", "script", 403}, {"POST", "/e/survey/1", "iframe", 403},
		{"GET", "/s/survey", "iframe", 403}, {"GET", "/goals", "iframe", 403}, {"GET", "/x/e/survey", "iframe", 403},
	} {
		r, w := httptest.NewRequest(c.method, "http://localhost"+c.path, nil), httptest.NewRecorder()
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Sec-Fetch-Dest", c.into)
		if h.ServeHTTP(w, r); w.Code != c.status {
			t.Errorf("%+v: status %d", c, w.Code)
		}
	}
}
