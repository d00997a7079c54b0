package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
)

// served is a book that is being served at loopback.
type served struct {
	t     *testing.T
	url   string
	setUp string // link
	end   func()
}

func serve(t *testing.T, b *Book) *served { return serveAt(t, b, "localhost:0", 0) }

func serveAt(t *testing.T, b *Book, address string, drain time.Duration) *served {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	front, err := httpd.Door{Listen: address}.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(policy.With(t.Context(), policy.Local("root"))) // who runs the server is not who asks it
	ended, ready := make(chan error, 1), make(chan string, 1)
	go func() {
		ended <- b.Serve(ctx, Serving{Front: front, Commands: http.NotFoundHandler(), Log: log, Drain: drain, Ready: func(setUp string) error {
			ready <- setUp
			return nil
		}})
	}()
	end := sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case setUp := <-ready:
		t.Cleanup(end)
		return &served{t, front.URL(), setUp, end}
	case err := <-ended:
		t.Fatal(err)
		return nil
	}
}

// get asks for a path, with headers by name and value, and returns status and body.
func (s *served) get(path string, headers ...string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// A book that is served has the statement ready that its pages show first: of what was
// imported before, and of what is imported meanwhile.
func TestAServedBookComputesAhead(t *testing.T) {
	for name, before := range map[string]bool{"imported before": true, "imported meanwhile": false} {
		t.Run(name, func(t *testing.T) {
			b := open(t, makeBook(t), Watcher{})
			defer shut(t, b)
			if before {
				fill(t, b)
			}
			s := serve(t, b)
			defer s.end()
			s.get("/data")
			if !before {
				fill(t, b)
			}
			waitForStatement(t, b)
		})
	}
}

// waitForStatement waits until the statement that is shown first is ready.
func waitForStatement(t *testing.T, b *Book) {
	t.Helper()
	for range 300 {
		periods, found, err := b.Statements.Periods(t.Context())
		if err != nil || !found {
			t.Fatal(found, err)
		}
		_, ready, err := b.Statements.Ready(t.Context(), statement.Request{Period: periods.Default.Period})
		if err != nil {
			t.Fatal(err)
		}
		if ready {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Error("the statement is not computed ahead")
}

var administrator = people.NewPerson{Email: "ada@example.com", Name: "Ada", Roles: []policy.Role{policy.Administrator}}

// enter makes the first account by the set-up link, and returns the cookie of its session.
func (s *served) enter(b *Book) (cookie string) {
	s.t.Helper()
	link, err := url.Parse(s.setUp)
	if err != nil {
		s.t.Fatal(err)
	}
	const password = "correct horse battery staple"
	if _, err := b.People.SetUp(s.t.Context(), link.Query().Get("secret"), administrator, password); err != nil {
		s.t.Fatal(err)
	}
	in, err := b.People.SignIn(s.t.Context(), administrator.Email, password, people.Client{From: "127.0.0.1"})
	if err != nil {
		s.t.Fatal(err)
	}
	return "clientele=" + in.Secret
}

func TestAServedBookAsksWhoComesOnceThereAreAccounts(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	s := serve(t, b)
	defer s.end()
	if !strings.HasPrefix(s.setUp, s.url+"/setup?secret=") {
		t.Fatalf("the first person comes by %q", s.setUp)
	}
	for path, want := range map[string]int{"/people": 200, "/metrics": 200, "/readyz": 200, "/healthz": 200} {
		if got, _ := s.get(path); got != want {
			t.Errorf("%s without accounts: %d", path, got)
		}
	}
	cookie := s.enter(b)
	for _, c := range []struct {
		path   string
		cookie string
		want   int
	}{
		{"/people", "", 303}, {"/metrics", "", 401}, {"/readyz", "", 200}, {"/healthz", "", 200}, {"/sign-in", "", 200},
		{"/people", cookie, 200}, {"/metrics", cookie, 200}, {"/orders", cookie, 403}, {"/people", "clientele=x", 303},
	} {
		if got, body := s.get(c.path, "Cookie", c.cookie); got != c.want {
			t.Errorf("%s with %q: %d %s", c.path, c.cookie, got, body)
		}
	}
	_, metrics := s.get("/metrics", "Cookie", cookie)
	for _, want := range []string{"clientele_sessions 1", `clientele_imports{state="loaded"} 0`, "clientele_passwords_waiting 0", "clientele_audit_events ", `route="/people"`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%s is not told: %s", want, metrics)
		}
	}
	sessions := policy.With(t.Context(), policy.Local("root"))
	all, err := b.People.People(sessions)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.People.EndSessions(sessions, all[0].ID); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.get("/people", "Cookie", cookie); got != 303 {
		t.Errorf("a session that was ended: %d", got)
	}
}

func TestOthersReachNoBookWithoutAccounts(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	front, err := httpd.Door{Listen: "127.0.0.1:0", Origin: "https://clientele.example", BehindProxy: true}.Open(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	err = b.Serve(t.Context(), Serving{Front: front, Log: slog.New(slog.DiscardHandler)})
	if clientele.CodeOf(err) != clientele.CodeForbidden || !strings.Contains(clientele.HintOf(err), "set-up link") {
		t.Errorf("got %v", err)
	}
	if _, err := net.Dial("tcp", front.Addr().String()); err == nil {
		t.Error("it listens")
	}
}

// While it drains, a server answers, and says that it is not ready.
func TestAServerThatEndsSaysSoFirst(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	for _, address := range []string{"localhost:0", "127.0.0.1:0"} {
		s := serveAt(t, b, address, 300*time.Millisecond)
		if got, _ := s.get("/readyz"); got != 200 {
			t.Errorf("before: %d", got)
		}
		done := make(chan struct{})
		go func() { s.end(); close(done) }()
		got, body := 0, ""
		for range 100 {
			if got, body = s.get("/readyz"); got == 503 {
				break
			}
		}
		if got != 503 || !strings.Contains(body, "ending") {
			t.Errorf("while it drains: %d %s", got, body)
		}
		if got, _ := s.get("/people"); got != 200 {
			t.Errorf("a page while it drains: %d", got)
		}
		<-done
		if _, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")); err == nil {
			t.Error("it listens after the end")
		}
	}
}
