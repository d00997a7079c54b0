package httpd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// drainFor is how long requests may take to end after a shutdown was asked for.
const drainFor = 10 * time.Second

// headersFor is how long the headers of a request may take to arrive, and its handshake.
const headersFor = 10 * time.Second

// Serve answers requests until ctx ends, then lets those under way finish: it
// closes the listener, ends the contexts of requests that outlast the grace, and
// returns when no handler runs any more. Requests know nothing of what ctx holds: who runs
// the server is not who asks it.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	return serve(ctx, l, h, log, headersFor)
}

func serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, headers time.Duration) error {
	requests, cut := context.WithCancel(context.Background())
	defer cut()
	var handlers sync.WaitGroup
	s := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handlers.Add(1)
			defer handlers.Done()
			h.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: headers,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, done := context.WithTimeout(requests, drainFor)
		defer done()
		err := s.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			cut()
			err = s.Close()
		}
		handlers.Wait()
		stopped <- err
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
