package httpd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/clientele/clientele/internal/policy"
)

// tell asks a router for a path, as an actor.
func tell(r *Router, path string, a policy.Actor) *httptest.ResponseRecorder {
	req, w := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
	r.ServeHTTP(w, req.WithContext(policy.With(req.Context(), a)))
	return w
}

func TestReadyIsWhenEveryPartAnswers(t *testing.T) {
	var broken atomic.Bool
	asked := 0
	check := Check{"records", func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a part may take for ever")
		}
		if asked++; broken.Load() {
			return errors.New("secret of the disk")
		}
		return nil
	}}
	for _, c := range []struct {
		broken, ending bool
		status         int
		body           string
	}{
		{false, false, 200, `{"status":"ready"}`},
		{true, false, 503, `{"status":"not ready","silent":["records"]}`},
		{false, true, 503, `{"status":"ending"}`},
	} {
		h := NewHealth(discard, check)
		r := NewRouter(WriteProblem)
		h.Register(r)
		broken.Store(c.broken)
		if c.ending {
			h.End()
		}
		for range 3 {
			w := tell(r, "/readyz", policy.Actor{})
			if w.Code != c.status || strings.TrimSpace(w.Body.String()) != c.body || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%+v: %d %s", c, w.Code, w.Body)
			}
		}
		if w := tell(r, "/healthz", policy.Actor{}); w.Code != 200 {
			t.Errorf("%+v: it does not live", c)
		}
	}
	if asked != 2 {
		t.Errorf("the part was asked %d times within a second, for two servers", asked)
	}
}

// site is a router with a route that names a customer.
func site() *Router {
	r := NewRouter(WriteProblem)
	r.Handle("GET /customers/{id}", policy.Anyone, http.HandlerFunc(ok))
	r.Handle("/", policy.Anyone, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
	return r
}

func TestMetricsCountByRouteAndNameNoCustomer(t *testing.T) {
	m := NewMeter("1.2.3")
	m.Watch(Figure{"clientele_jobs", "Jobs.", []string{"kind", "state"}, func(context.Context) ([]Reading, error) {
		return []Reading{{2, []string{"import", "queued"}}}, nil
	}})
	m.Watch(Figure{"clientele_broken", "What cannot be read.", nil, func(context.Context) ([]Reading, error) { return nil, errors.New("no") }})
	h := Wrap(site(), Options{Log: discard, Meter: m})
	for _, path := range []string{"/customers/client-4711", "/customers/client-4712", "/secret/client-4713"} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	strange := httptest.NewRequest("EVILCLIENT-4714", "http://localhost/", nil)
	h.ServeHTTP(httptest.NewRecorder(), strange)
	told := NewRouter(WriteProblem)
	m.Register(told)
	if w := tell(told, "/metrics", policy.Actor{Roles: []policy.Role{policy.Lead}}); w.Code != 403 {
		t.Errorf("who does not run the system is told: %d", w.Code)
	}
	w := tell(told, "/metrics", policy.Actor{Roles: []policy.Role{policy.Administrator}})
	for _, want := range []string{
		`clientele_http_requests_total{method="GET",route="/customers/{id}",status="200"} 2`,
		`clientele_http_requests_total{method="GET",route="/",status="404"} 1`,
		`clientele_http_requests_total{method="other",route="/",status="404"} 1`,
		`clientele_http_request_duration_seconds_count{method="GET",route="/customers/{id}"} 2`,
		`clientele_http_requests_in_flight 0`, `clientele_jobs{kind="import",state="queued"} 2`, `clientele_build_info{version="1.2.3"} 1`, "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), want+"\n") && !strings.Contains(w.Body.String(), want+" ") {
			t.Errorf("%s is not told", want)
		}
	}
	if strings.Contains(strings.ToLower(w.Body.String()), "client-471") {
		t.Error("a customer is named")
	}
}

func TestLogTellsTheRouteAndWhoAsks(t *testing.T) {
	var log bytes.Buffer
	h := Wrap(site(), Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), Accounts: &accounts{}})
	r := httptest.NewRequest(http.MethodGet, "http://localhost/customers/client-4711?secret=x", nil)
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Cookie", "clientele=s")
	h.ServeHTTP(httptest.NewRecorder(), r)
	var line struct {
		ID, Method, Route, Actor, From string
		Status                         int
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line.ID == "" || line.Method != "GET" || line.Route != "/customers/{id}" || line.Actor != "ada" || line.From != "127.0.0.1" || line.Status != 200 {
		t.Errorf("%+v", line)
	}
	if strings.Contains(log.String(), "4711") || strings.Contains(log.String(), "secret") {
		t.Errorf("the log names a customer or a secret: %s", log.String())
	}
}

func TestMountedRoutesAreListedAndAsked(t *testing.T) {
	r := NewRouter(WriteProblem)
	NewHealth(discard).Register(r)
	r.Mount("/", site())
	if got := r.Routes(); len(got) != 4 || got[2].Pattern != "GET /customers/{id}" {
		t.Errorf("%+v", got)
	}
	if w := tell(r, "/customers/1", policy.Actor{}); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
}

// collector takes what is traced.
func collectorOf(t *testing.T) (address string, told func() string) {
	t.Helper()
	bodies := make(chan []byte, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
	}))
	t.Cleanup(s.Close)
	return s.URL, func() string {
		select {
		case b := <-bodies:
			return string(b)
		default:
			return ""
		}
	}
}

func TestTracesTellTheRouteAndNameNoCustomer(t *testing.T) {
	address, told := collectorOf(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
	t.Setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
	tracing, err := NewTracing(t.Context(), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	h := Wrap(site(), Options{Log: discard, Tracing: tracing})
	r, w := httptest.NewRequest(http.MethodGet, "http://localhost/customers/client-4711?secret=s3cr3t", nil), httptest.NewRecorder()
	r.Header.Set("X-Forwarded-For", "198.51.100.99") // made up
	h.ServeHTTP(w, r)
	tracing.Close(discard)
	span := told()
	for _, want := range []string{"/customers/{id}", w.Header().Get("X-Request-Id"), "clientele", "1.2.3"} {
		if !strings.Contains(span, want) {
			t.Errorf("%s is not traced", want)
		}
	}
	for _, leak := range []string{"4711", "s3cr3t", "198.51.100.99"} {
		if strings.Contains(span, leak) {
			t.Errorf("%s is traced", leak)
		}
	}
}

func TestTracingIsOffUnlessAskedFor(t *testing.T) {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		t.Setenv(name, "")
	}
	tracing, err := NewTracing(t.Context(), "1")
	if tracing != nil || err != nil {
		t.Error(tracing, err)
	}
	tracing.Close(discard)
}
