package httpd

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clientele/clientele/internal/policy"
)

// Where programs ask how the server is.
const (
	livesPath   = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// Bounds of asking the parts: whoever asks more often gets the answer of before.
const (
	askEvery = time.Second
	askFor   = 5 * time.Second
)

// Check asks a part of the server whether it answers.
type Check struct {
	Part string
	Ask  func(ctx context.Context) error
}

// Health says whether the server lives and is ready.
type Health struct {
	log    *slog.Logger
	checks []Check
	ending atomic.Bool

	mu     sync.Mutex
	asked  time.Time
	silent []string // the parts that did not answer then
}

// NewHealth makes the health of a server that is ready when all checks pass.
func NewHealth(log *slog.Logger, checks ...Check) *Health { return &Health{log: log, checks: checks} }

// End says from now on that the server is not ready, for it is about to end.
func (h *Health) End() { h.ending.Store(true) }

// Register adds the routes, which anyone may ask: they tell no more than the names of
// parts.
func (h *Health) Register(r *Router) {
	r.Handle("GET "+livesPath, policy.Anyone, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answerHealth(w, http.StatusOK, healthBody{Status: "alive"})
	}))
	r.Handle("GET "+readyPath, policy.Anyone, http.HandlerFunc(h.ready))
}

type healthBody struct {
	Status string   `json:"status"`
	Silent []string `json:"silent,omitempty"` // parts that do not answer
}

func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	if h.ending.Load() {
		answerHealth(w, http.StatusServiceUnavailable, healthBody{Status: "ending"})
		return
	}
	if silent := h.ask(context.WithoutCancel(r.Context())); len(silent) > 0 {
		answerHealth(w, http.StatusServiceUnavailable, healthBody{"not ready", silent})
		return
	}
	answerHealth(w, http.StatusOK, healthBody{Status: "ready"})
}

// ask returns the parts that do not answer.
func (h *Health) ask(ctx context.Context) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) < askEvery {
		return h.silent
	}
	ctx, done := context.WithTimeout(ctx, askFor)
	defer done()
	h.silent = nil
	for _, c := range h.checks {
		if err := c.Ask(ctx); err != nil {
			h.log.ErrorContext(ctx, "not ready", "part", c.Part, "error", err)
			h.silent = append(h.silent, c.Part)
		}
	}
	h.asked = time.Now()
	return h.silent
}

func answerHealth(w http.ResponseWriter, status int, body healthBody) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the reader may be gone: there is nobody to tell
}
