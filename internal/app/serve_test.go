package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/statement"
)

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
			pages, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- b.Serve(ctx, pages, http.NotFoundHandler(), slog.New(slog.DiscardHandler)) }()
			defer func() {
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
			}()
			answer, err := http.Get("http://" + pages.Addr().String() + "/data")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
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
